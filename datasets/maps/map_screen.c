/* SPDX-License-Identifier: MIT
 * Rules for single values, for cells over all months, and for months over all cells. */
#include "datasets/maps/map_screen.h"

#include <math.h>
#include <stdio.h>

/* So many zeros, and so many for each anomaly next to 0, are more than chance brings: in rounded values the
 * two neighbours of 0 are as frequent as itself. */
enum { LEAST_ZEROS = 10, MORE_ZEROS = 5 };

enum { MARK_TEXT = 256 };

static const double no_ice = 40; /* degrees from the equator where the sea never freezes */

/* ---- places -------------------------------------------------------------------------- */

static size_t n_cells(const gm_map_screen *s) {
  return s->part->count[1] * s->part->count[2];
}

static double latitude_of(const gm_map_screen *s, size_t cell) {
  return s->field->latitude[s->part->first[1] + cell / s->part->count[2]];
}

static double longitude_of(const gm_map_screen *s, size_t cell) {
  return s->field->longitude[s->part->first[2] + cell % s->part->count[2]];
}

/* A value's place: its month from the first of the file, and its cell. */
static size_t place_of(const gm_map_screen *s, int64_t month, size_t cell) {
  return (size_t)(month - s->field->months.first_month) * n_cells(s) + cell;
}

static const char *month_of(const gm_map_screen *s, size_t place, char text[GM_TIME_TEXT]) {
  return gm_time_format(GM_MONTHLY, s->field->months.first_month + (int64_t)(place / n_cells(s)), text);
}

/* ---- values -------------------------------------------------------------------------- */

/* The scale of a temperature whose units the file does not say: the first of °C, K and °F in which every
 * value of a month is plausible; °C, whose refusal names the value, where none fits. */
static gm_temperature_units guess_units(const gm_netcdf_field *f, const double *month, size_t n) {
  for (int u = GM_UNITS_CELSIUS; u <= GM_UNITS_FAHRENHEIT; u++) {
    bool fits = true;
    for (size_t i = 0; fits && i < n; i++)
      fits = isnan(month[i]) || gm_temperature_mark(month[i]) ||
             gm_temperature_plausible((gm_temperature_units)u, f->anomaly, month[i]);
    if (fits) return (gm_temperature_units)u;
  }
  return GM_UNITS_CELSIUS;
}

/* A temperature of the screen's units in °C. */
static double celsius_of(const gm_map_screen *s, double value) {
  return s->units == GM_UNITS_KELVIN       ? value - 273.15
         : s->units == GM_UNITS_FAHRENHEIT ? (value - 32) / 1.8
                                           : value;
}

/* Whether a sea of this latitude can have the value: those of the tropics stay above 10 °C even where cold
 * water wells up, so that a 0 written for "no value" betrays itself there. */
static bool is_of_water(const gm_map_screen *s, double value, double latitude) {
  static const double tropics = 25, least_there = 5; /* degrees from the equator, °C */
  const bool anomaly = s->field->anomaly;
  if (!gm_temperature_of_water(s->units, anomaly, value)) return false;
  return anomaly || s->units == GM_UNITS_OTHER || fabs(latitude) > tropics ||
         celsius_of(s, value) >= least_there;
}

/* Counts anomalies of 0, and the smallest others within half as much again. */
static void watch_zero(gm_map_screen *s, double value) {
  const double magnitude = fabs(value), near = 1.5;
  if (magnitude == 0) {
    s->n_zero++;
  } else if (s->n_small == 0 || near * magnitude < s->small) {
    s->small = magnitude;
    s->n_small = 1;
  } else if (magnitude <= near * s->small) {
    s->n_small++;
  }
}

/* What no surface has; an anomaly in K is told from a temperature by its name alone. */
static gm_status refuse(const gm_map_screen *s, int64_t month, size_t cell, double value, gm_error *err) {
  const gm_netcdf_field *f = s->field;
  char date[GM_TIME_TEXT];
  const bool anomaly = !f->anomaly && gm_temperature_of_water(s->units, true, value);
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s: %s: %g in %s at latitude %g, longitude %g is no sea surface temperature%s in %s; are all "
      "months in the same units, or is it a missing value (--missing %g)%s?",
      f->path, f->name, value, gm_time_format(GM_MONTHLY, month, date), latitude_of(s, cell),
      longitude_of(s, cell), f->anomaly ? " anomaly" : "", gm_temperature_label(s->units), value,
      anomaly ? ", or an anomaly (its long_name must say so)" : "");
}

gm_status gm_map_screen_step(gm_map_screen *s, int64_t month, double *values, gm_error *err) {
  const gm_netcdf_field *f = s->field;
  const size_t n = n_cells(s);
  if (f->temperature && s->units == GM_UNITS_OTHER) s->units = guess_units(f, values, n);
  for (size_t i = 0; i < n; i++) {
    if (isnan(values[i])) continue;
    if (gm_missing_is(&s->missing, values[i])) values[i] = (double)NAN;
    if (f->temperature && gm_temperature_mark(values[i])) {
      values[i] = (double)NAN;
      s->n_marks++;
    }
    if (isnan(values[i])) continue;
    if (!gm_temperature_plausible(s->units, f->anomaly, values[i]))
      return refuse(s, month, i, values[i], err);
    if (f->water && !is_of_water(s, values[i], latitude_of(s, i)) && s->n_odd++ == 0) {
      s->odd_value = values[i];
      s->odd_place = place_of(s, month, i);
    }
    if (f->temperature && f->anomaly && fabs(latitude_of(s, i)) < no_ice) watch_zero(s, values[i]);
    gm_missing_watch_value(&s->watch, values[i], place_of(s, month, i));
  }
  return GM_OK;
}

/* ---- months -------------------------------------------------------------------------- */

/* Sea ice stands at the freezing point of sea water (−1.8 °C in most analyses) for as long as it lies there;
 * its anomaly is 0. */
static bool is_frozen(const gm_map_screen *s, double value, double latitude) {
  static const double least = -2, most = -1.6; /* °C */
  const double celsius = celsius_of(s, value);
  if (!s->field->temperature || fabs(latitude) < no_ice) return false;
  return s->field->anomaly ? value == 0 : celsius >= least && celsius <= most;
}

/* A month whose cells are all the same has no data. */
gm_status gm_map_screen_month(gm_map_screen *s, int64_t month, const double *values, gm_error *err) {
  const gm_netcdf_field *f = s->field;
  if (!gm_still_cells_add(&s->still, values)) return GM_OK;
  size_t one = 0;
  bool frozen = true;
  for (size_t i = n_cells(s); i-- > 0;) {
    if (isnan(values[i])) continue;
    one = i;
    frozen = frozen && is_frozen(s, values[i], latitude_of(s, i));
  }
  if (frozen) return GM_OK;
  if (s->n_flat++ == 0) {
    s->flat_month = month;
    s->flat_value = values[one];
  }
  if (!f->temperature || s->missing.all_data) return GM_OK;
  char date[GM_TIME_TEXT];
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s: %s: %s has %g in every cell: a month without data; leave it out of the file, or --missing "
      "none takes it as data",
      f->path, f->name, gm_time_format(GM_MONTHLY, month, date), values[one]);
}

/* ---- the whole ------------------------------------------------------------------------ */

/* Whether a known mark is beyond all other values, and the sentence that says so. */
static bool find_mark(const gm_map_screen *s, double *mark, char text[MARK_TEXT]) {
  char date[GM_TIME_TEXT];
  size_t place;
  if (!gm_missing_watch_finds(&s->watch, mark, &place)) return false;
  const size_t cell = place % n_cells(s);
  snprintf(
      text, MARK_TEXT,
      "%g in %s at latitude %g, longitude %g is a known mark of missing values beyond all others (%g to %g)",
      *mark, month_of(s, place, date), latitude_of(s, cell), longitude_of(s, cell), s->watch.least,
      s->watch.most);
  return true;
}

/* Such a mark is one the file does not declare. */
static gm_status check_marks(const gm_map_screen *s, gm_error *err) {
  double mark;
  char text[MARK_TEXT];
  if (s->missing.all_data || !find_mark(s, &mark, text)) return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s: %s: %s, but the file does not declare it: --missing %g leaves it out, --missing none takes "
      "it as data",
      s->field->path, s->field->name, text, mark);
}

/* Cells that never change are no sea. */
static gm_status check_still(gm_map_screen *s, gm_error *err) {
  const gm_netcdf_field *f = s->field;
  for (size_t c = n_cells(s); c-- > 0;) {
    if (!gm_still_cells_is(&s->still, c)) continue;
    const bool frozen = is_frozen(s, s->still.value[c], latitude_of(s, c));
    *(frozen ? &s->frozen_cell : &s->still_cell) = c;
    ++*(frozen ? &s->n_frozen : &s->n_still);
  }
  if (s->n_still == 0 || !f->temperature || s->missing.all_data) return GM_OK;
  const size_t first = s->still_cell;
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s: %s: %g at latitude %g, longitude %g is the same in all %u months, as in %zu cell%s: land, "
      "whose mark the file does not declare? --missing %.7g leaves it out, --missing none takes it as "
      "data",
      f->path, f->name, s->still.value[first], latitude_of(s, first), longitude_of(s, first),
      (unsigned)s->still.count[first], s->n_still, s->n_still == 1 ? "" : "s", s->still.value[first]);
}

gm_status gm_map_screen_end(gm_map_screen *s, gm_error *err) {
  const gm_status status = check_marks(s, err);
  return status == GM_OK ? check_still(s, err) : status;
}

/* ---- what is told ------------------------------------------------------------------------ */

static void tell_odd(const gm_map_screen *s, gm_sst_map *map) {
  const size_t cell = s->odd_place % n_cells(s);
  map->n_odd = s->n_odd;
  if (s->n_odd == 0) return;
  map->odd_value = s->odd_value;
  map->odd_month = s->field->months.first_month + (int64_t)(s->odd_place / n_cells(s));
  map->odd_latitude = latitude_of(s, cell);
  map->odd_longitude = longitude_of(s, cell);
}

void gm_map_screen_tell(const gm_map_screen *s, int64_t first, gm_sst_map *map) {
  char date[GM_TIME_TEXT], text[MARK_TEXT];
  double mark;
  map->n_marks = s->n_marks;
  tell_odd(s, map);
  if (find_mark(s, &mark, text)) gm_sst_map_note(map, "%s, and is taken as data.", text);
  if (s->n_zero >= LEAST_ZEROS && s->n_zero > MORE_ZEROS * (s->n_small + 1))
    gm_sst_map_note(
        map,
        "%zu anomalies are exactly 0, and %zu as small as %g: if 0 stands for a missing value: --missing 0",
        s->n_zero, s->n_small, s->small);
  if (s->field->temperature && s->still.n_repeats > 0)
    gm_sst_map_note(map,
                    "%zu month%s the month before once more in every cell, the first %s: has the file been "
                    "filled up?",
                    s->still.n_repeats, s->still.n_repeats == 1 ? " is" : "s are",
                    gm_time_format(GM_MONTHLY, first + (int64_t)s->still.first_repeat, date));
  if (s->n_flat > 0)
    gm_sst_map_note(map, "%zu month%s one value in every cell, the first %s (%g): is it without data?",
                    s->n_flat, s->n_flat == 1 ? " has" : "s have",
                    gm_time_format(GM_MONTHLY, s->flat_month, date), s->flat_value);
  if (s->n_still > 0)
    gm_sst_map_note(
        map,
        "%zu cell%s the same value in every month, such as %g at latitude %g, longitude %g; if it stands for "
        "a missing value: --missing %.7g",
        s->n_still, s->n_still == 1 ? " has" : "s have", s->still.value[s->still_cell],
        latitude_of(s, s->still_cell), longitude_of(s, s->still_cell), s->still.value[s->still_cell]);
  if (s->n_frozen > 0)
    gm_sst_map_note(
        map,
        "%zu cell%s, such as %g at latitude %g, longitude %g, as ice that does not melt: %s kept, and tell%s "
        "nothing; --missing %.7g leaves that value out.",
        s->n_frozen, s->n_frozen == 1 ? " never changes" : "s never change", s->still.value[s->frozen_cell],
        latitude_of(s, s->frozen_cell), longitude_of(s, s->frozen_cell),
        s->n_frozen == 1 ? "it is" : "they are", s->n_frozen == 1 ? "s" : "", s->still.value[s->frozen_cell]);
}

/* ---- life --------------------------------------------------------------------------------- */

gm_status gm_map_screen_start(gm_map_screen *s, const gm_netcdf_field *field, const gm_netcdf_part *part,
                              gm_error *err) {
  s->field = field;
  s->part = part;
  s->units = field->units;
  s->watch = gm_missing_watch_start();
  return gm_still_cells_create(&s->still, part->count[1] * part->count[2], err);
}

void gm_map_screen_free(gm_map_screen *s) {
  gm_still_cells_free(&s->still);
}
