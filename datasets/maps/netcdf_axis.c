/* SPDX-License-Identifier: MIT
 * Coordinate variables of a netCDF file: degrees and months, checked. The calendar is cf_time.c's. */
#include "datasets/maps/netcdf_axis.h"

#include "datasets/maps/cf_time.h"
#include "datasets/series.h"

#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Bounds that no monthly map exceeds, so that a hostile header cannot ask for the machine's memory. */
enum { MOST_STEPS = 12 * 10000, MOST_DEGREES = 100 * 1000, MOST_PARTS_OF_DAYS = 24 * 366 * 1000 };

/* Days of a month below which its mean is not taken. */
enum { LEAST_DAYS = 25 };

/* ---- recognition ---------------------------------------------------------- */

int gm_netcdf_coordinate(gm_netcdf_file file, int dimension) {
  char name[NC_MAX_NAME + 1];
  int variable, rank;
  if (nc_inq_dimname(file.id, dimension, name) != NC_NOERR ||
      nc_inq_varid(file.id, name, &variable) != NC_NOERR ||
      nc_inq_varndims(file.id, variable, &rank) != NC_NOERR || rank != 1)
    return -1;
  int of = -1;
  return nc_inq_vardimid(file.id, variable, &of) == NC_NOERR && of == dimension ? variable : -1;
}

static bool one_of(const char *text, const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcasecmp(text, list[i]) == 0) return true;
  return false;
}

/* The spellings CF 1.10, sections 4.1 and 4.2, allows. */
static gm_axis_kind kind_of_units(const char *units) {
  static const char *const north[] = {"degrees_north", "degree_north", "degree_N",
                                      "degrees_N",     "degreeN",      "degreesN"};
  static const char *const east[] = {"degrees_east", "degree_east", "degree_E",
                                     "degrees_E",    "degreeE",     "degreesE"};
  if (one_of(units, north, sizeof north / sizeof *north)) return GM_AXIS_LATITUDE;
  if (one_of(units, east, sizeof east / sizeof *east)) return GM_AXIS_LONGITUDE;
  return strcasestr(units, " since ") != NULL ? GM_AXIS_TIME : GM_AXIS_OTHER;
}

/* What a name, standard_name or axis attribute says. */
static gm_axis_kind kind_of_word(const char *word) {
  static const char *const latitude[] = {"lat", "latitude", "Y"};
  static const char *const longitude[] = {"lon", "longitude", "X"};
  static const char *const time[] = {"time", "T"};
  if (one_of(word, latitude, sizeof latitude / sizeof *latitude)) return GM_AXIS_LATITUDE;
  if (one_of(word, longitude, sizeof longitude / sizeof *longitude)) return GM_AXIS_LONGITUDE;
  return one_of(word, time, sizeof time / sizeof *time) ? GM_AXIS_TIME : GM_AXIS_OTHER;
}

static bool is_plain_degrees(const char *units) {
  static const char *const degrees[] = {"degrees", "degree", "deg", "°", ""};
  return one_of(units, degrees, sizeof degrees / sizeof *degrees);
}

gm_axis_kind gm_netcdf_degrees_kind(gm_netcdf_file file, int variable) {
  char name[NC_MAX_NAME + 1] = "";
  gm_axis_kind kind = GM_AXIS_OTHER;
  char *standard = gm_netcdf_text(file, variable, "standard_name");
  char *units = gm_netcdf_text(file, variable, "units");
  nc_inq_varname(file.id, variable, name);
  if (standard != NULL && standard[0] != '\0')
    kind = strlen(standard) > 1 ? kind_of_word(standard) : GM_AXIS_OTHER;
  else if (units != NULL && !is_plain_degrees(units))
    kind = kind_of_units(units);
  else if (strlen(name) > 1) /* neither X nor Y */
    kind = kind_of_word(name);
  if (units != NULL && !is_plain_degrees(units) && kind_of_units(units) != kind) kind = GM_AXIS_OTHER;
  free(standard);
  free(units);
  return kind == GM_AXIS_LATITUDE || kind == GM_AXIS_LONGITUDE ? kind : GM_AXIS_OTHER;
}

gm_axis_kind gm_netcdf_axis_kind(gm_netcdf_file file, int dimension) {
  static const char *const attributes[] = {"standard_name", "axis"};
  const int variable = gm_netcdf_coordinate(file, dimension);
  gm_axis_kind kind = GM_AXIS_OTHER;
  char *units = variable >= 0 ? gm_netcdf_text(file, variable, "units") : NULL;
  if (units != NULL) kind = kind_of_units(units);
  free(units);
  for (size_t i = 0; variable >= 0 && kind == GM_AXIS_OTHER && i < 2; i++) {
    char *word = gm_netcdf_text(file, variable, attributes[i]);
    if (word != NULL) kind = kind_of_word(word);
    free(word);
  }
  char name[NC_MAX_NAME + 1];
  if (kind == GM_AXIS_OTHER && nc_inq_dimname(file.id, dimension, name) == NC_NOERR)
    kind = kind_of_word(name);
  return kind;
}

/* ---- values --------------------------------------------------------------- */

/* The coordinates of `variable` unpacked: they may be stored as integers too (CF conventions, section 8.1).
 */
static gm_status read_unpacked(gm_netcdf_file file, int variable, const char *name, double *values, size_t n,
                               gm_error *err) {
  double scale = 1, offset = 0;
  size_t given;
  gm_status status = gm_netcdf_numbers(file, variable, name, "scale_factor", 1, 1, &scale, &given, NULL, err);
  if (status == GM_OK)
    status = gm_netcdf_numbers(file, variable, name, "add_offset", 1, 1, &offset, &given, NULL, err);
  if (status != GM_OK) return status;
  const int code = nc_get_var_double(file.id, variable, values);
  if (code != NC_NOERR) return gm_netcdf_fail(file, name, code, err);
  for (size_t i = 0; i < n; i++) values[i] = values[i] * scale + offset;
  return GM_OK;
}

/* All values of a 1-D coordinate variable, at least one and at most `most`. */
static gm_status read_values(gm_netcdf_file file, int dimension, const char *name, size_t most, int *variable,
                             double **values, size_t *n, gm_error *err) {
  char axis[NC_MAX_NAME + 1] = "";
  nc_type type = NC_NAT;
  nc_inq_dim(file.id, dimension, axis, n);
  *variable = gm_netcdf_coordinate(file, dimension);
  if (*variable < 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: its dimension %s has no coordinate variable", file.path, name,
                   axis);
  if (*n < 1 || *n > most)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: its axis %s has %zu values, expected 1 to %zu", file.path,
                   name, axis, *n, most);
  nc_inq_vartype(file.id, *variable, &type);
  if (type < NC_BYTE || type == NC_CHAR || type > NC_UINT64)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: its axis %s does not hold numbers", file.path, name, axis);
  *values = calloc(*n, sizeof **values);
  if (*values == NULL) return gm_fail_memory(err, axis);
  return read_unpacked(file, *variable, axis, *values, *n, err);
}

/* 0, 1, 2, … or 1, 2, 3, …: the number of a row, not its latitude. */
static bool counts_up(const double *values, size_t n) {
  bool index = n > 2 && (values[0] == 0 || values[0] == 1);
  for (size_t i = 1; i < n; i++) index = index && values[i] == values[i - 1] + 1;
  return index;
}

static gm_status check_degrees(gm_netcdf_file file, int variable, gm_axis_kind kind, const char *name,
                               const double *values, size_t n, gm_error *err) {
  const bool north = kind == GM_AXIS_LATITUDE;
  const char *axis = north ? "latitude" : "longitude";
  const double limit = north ? 90.001 : 720; /* room for rounding; some files run on past 360 */
  char *units = gm_netcdf_text(file, variable, "units");
  gm_status status = GM_OK;
  if (status == GM_OK && units == NULL && counts_up(values, n))
    status = gm_fail(
        err, GM_BAD_INPUT,
        "%s: %s: its %s has no units and counts %g, %g, …, %g, as an index does; expected degrees (units "
        "%s)",
        file.path, name, axis, values[0], values[1], values[n - 1], north ? "degrees_north" : "degrees_east");
  free(units);
  for (size_t i = 0; status == GM_OK && i < n; i++) {
    if (!(fabs(values[i]) <= limit))
      status = gm_fail(err, GM_BAD_INPUT, "%s: %s: %s %zu is %g, expected degrees within ±%.0f", file.path,
                       name, axis, i + 1, values[i], limit);
    else if (i > 0 && (values[i] - values[i - 1]) * (values[1] - values[0]) <= 0)
      status = gm_fail(err, GM_BAD_INPUT, "%s: %s: its %s is neither ascending nor descending at value %zu",
                       file.path, name, axis, i + 1);
  }
  return status;
}

gm_status gm_netcdf_axis_degrees(gm_netcdf_file file, int dimension, gm_axis_kind kind, const char *name,
                                 double **values, size_t *n, gm_error *err) {
  int variable;
  *values = NULL;
  gm_status status = read_values(file, dimension, name, MOST_DEGREES, &variable, values, n, err);
  if (status == GM_OK) status = check_degrees(file, variable, kind, name, *values, *n, err);
  if (status != GM_OK) {
    free(*values);
    *values = NULL;
  }
  return status;
}

/* ---- months ----------------------------------------------------------------- */

typedef enum { NO_BOUNDS, STATED_BUT_ABSENT, WITHOUT_VALUES, BOUNDS } bounds_state;

/* The variable of the bounds: the attribute's (CF 7.1), else the axis's own name with _bnds, _bounds or
 * _bound, which some writers forget to name or misspell; −1 where there is none. */
static int bounds_of(gm_netcdf_file file, int variable, bounds_state *state) {
  static const char *const endings[] = {"_bnds", "_bounds", "_bound"};
  char axis[NC_MAX_NAME + 1] = "", name[NC_MAX_NAME + 16];
  char *stated = gm_netcdf_text(file, variable, "bounds");
  int id = -1;
  *state = stated != NULL ? STATED_BUT_ABSENT : NO_BOUNDS;
  if (stated == NULL || nc_inq_varid(file.id, stated, &id) != NC_NOERR) id = -1;
  free(stated);
  nc_inq_varname(file.id, variable, axis);
  for (size_t i = 0; id < 0 && i < sizeof endings / sizeof *endings; i++) {
    snprintf(name, sizeof name, "%s%s", axis, endings[i]);
    if (nc_inq_varid(file.id, name, &id) != NC_NOERR) id = -1;
  }
  return id;
}

/* Bounds in other units than their axis (CF 7.1 wants the same) would be read wrong. */
static gm_status check_units_of_bounds(gm_netcdf_file file, const char *name, int bounds,
                                       const char *calendar, const gm_cf_time *time, gm_error *err) {
  char *units = gm_netcdf_text(file, bounds, "units");
  gm_cf_time own;
  const bool same = units == NULL || units[0] == '\0' ||
                    (gm_cf_time_parse(units, calendar, &own, NULL) == GM_OK && gm_cf_time_same(&own, time));
  const gm_status status =
      same ? GM_OK
           : gm_fail(err, GM_BAD_INPUT,
                     "%s: %s: the bounds of its time axis are in \"%.60s\", other units than the axis; "
                     "expected the same",
                     file.path, name, units);
  free(units);
  return status;
}

/* Replaces time stamps by the middle of their bounds, where the axis has some with values in them, of which
 * the widest is *most_days. */
static gm_status centre_in_bounds(gm_netcdf_file file, const char *name, int variable, int dimension,
                                  const char *calendar, const gm_cf_time *time, double *values, size_t n,
                                  bounds_state *state, double *most_days, gm_error *err) {
  char own[NC_MAX_NAME + 1] = "";
  const int bounds = bounds_of(file, variable, state);
  int rank = 0, dims[2] = {-1, -1};
  size_t two = 0;
  if (bounds >= 0) *state = WITHOUT_VALUES;
  if (bounds < 0 || nc_inq_varndims(file.id, bounds, &rank) != NC_NOERR || rank != 2 ||
      nc_inq_vardimid(file.id, bounds, dims) != NC_NOERR || dims[0] != dimension ||
      nc_inq_dimlen(file.id, dims[1], &two) != NC_NOERR || two != 2)
    return GM_OK;
  double *pairs = calloc(n, 2 * sizeof *pairs);
  if (pairs == NULL) return gm_fail_memory(err, name);
  nc_inq_varname(file.id, bounds, own);
  gm_status status = read_unpacked(file, bounds, own, pairs, 2 * n, err);
  const double second = time->months ? 0 : 1 / (86400 * time->unit_days), least_huge = 1e30; /* fill values */
  *state = BOUNDS;
  size_t outside = n;
  for (size_t i = 0; status == GM_OK && i < n; i++) {
    const double from = fmin(pairs[2 * i], pairs[2 * i + 1]), to = fmax(pairs[2 * i], pairs[2 * i + 1]);
    if (!(from < to && fabs(from) < least_huge && to < least_huge)) *state = WITHOUT_VALUES;
    if (outside == n && !(values[i] >= from - second && values[i] <= to + second)) outside = i;
  }
  if (status == GM_OK && *state == BOUNDS)
    status = check_units_of_bounds(file, name, bounds, calendar, time, err);
  if (status == GM_OK && *state == BOUNDS && outside < n)
    status = gm_fail(err, GM_BAD_INPUT,
                     "%s: %s: time step %zu is %.10g, outside its bounds %.10g to %.10g: which month is it? "
                     "Mend one of them, or take the bounds (%s) out of the file",
                     file.path, name, outside + 1, values[outside], pairs[2 * outside],
                     pairs[2 * outside + 1], own);
  for (size_t i = 0; status == GM_OK && *state == BOUNDS && i < n; i++) {
    values[i] = (pairs[2 * i] + pairs[2 * i + 1]) / 2;
    *most_days =
        fmax(*most_days, fabs(pairs[2 * i + 1] - pairs[2 * i]) * (time->months ? 30 : time->unit_days));
  }
  free(pairs);
  return status;
}

/* Where time stamps lie in their months, as it is told. */
static const char *name_stamps(const gm_cf_time *time, const double *values, size_t n, bool *midnight) {
  const double day = 1.0 / 28, minute = day / (24 * 60); /* of a month, at most */
  bool start = true, middle = true, end = true;
  *midnight = true;
  for (size_t i = 0; i < n; i++) {
    int64_t month;
    double into = 0;
    gm_cf_time_place(time, values[i], &month, &into);
    start = start && into < day;
    middle = middle && into > 0.4 && into < 0.6;
    end = end && into > 1 - 1.5 * day;
    *midnight = *midnight && into < minute;
  }
  return *midnight ? "by time stamps at midnight of the first, as of the month that begins"
         : start   ? "by time stamps at the first of the month"
         : middle  ? "by time stamps at mid-month"
         : end     ? "by time stamps at the end of the month"
                   : "by time stamps within the month";
}

/* Midnight of the first is also the end of the month before: a file that lost its bounds may mean either.
 * NOAA PSL's attribute delta_t is of files whose stamps begin the month. */
static gm_status check_stamps(gm_netcdf_file file, const char *name, int variable, bounds_state state,
                              bool midnight, gm_error *err) {
  int id;
  if (state != STATED_BUT_ABSENT || !midnight || nc_inq_attid(file.id, variable, "delta_t", &id) == NC_NOERR)
    return GM_OK;
  char *stated = gm_netcdf_text(file, variable, "bounds");
  const gm_status status = gm_fail(
      err, GM_BAD_INPUT,
      "%s: %s: its time steps are at midnight of the first, and the bounds \"%.40s\" that would say "
      "whether that ends a month or begins one are not in the file: put them back, or move the steps "
      "(cdo shifttime,-1day) where they are ends, or take off the attribute bounds where they are not",
      file.path, name, stated != NULL ? stated : "");
  free(stated);
  return status;
}

/* The month of every step; they must not go back, nor leave one out. */
static gm_status find_months(gm_netcdf_file file, const char *name, const gm_cf_time *time,
                             const double *values, size_t n, bool monthly_mean, int64_t *months,
                             gm_error *err) {
  for (size_t i = 0; i < n; i++) {
    char found[GM_TIME_TEXT], before[GM_TIME_TEXT];
    if (!gm_cf_time_month(time, values[i], &months[i]))
      return gm_fail(err, GM_BAD_INPUT, "%s: %s: time step %zu is %g, no date of the years 0 to 9999",
                     file.path, name, i + 1, values[i]);
    if (i == 0 || months[i] == months[i - 1] + 1) continue;
    if (monthly_mean && months[i] == months[i - 1] && values[i] > values[i - 1]) continue;
    gm_time_format(GM_MONTHLY, months[i], found);
    gm_time_format(GM_MONTHLY, months[i - 1], before);
    if (months[i] == months[i - 1] && !monthly_mean)
      return gm_fail(
          err, GM_BAD_INPUT,
          "%s: %s: two time steps in %s; expected monthly means (--monthly-mean takes them of days)",
          file.path, name, found);
    if (months[i] <= months[i - 1])
      return gm_fail(err, GM_BAD_INPUT, "%s: %s: time step %zu (%s) comes after %s, expected ascending %s",
                     file.path, name, i + 1, found, before, monthly_mean ? "days" : "months");
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: months are missing, %s is followed by %s", file.path, name,
                   before, found);
  }
  return GM_OK;
}

/* Different days among the steps first … end − 1. */
static size_t count_days(const gm_cf_time *time, const double *values, size_t first, size_t end) {
  size_t n = 0;
  double day = 0;
  for (size_t i = first; i < end; i++) {
    const double own = floor(values[i] * time->unit_days + time->reference_fraction + 0.5 / 86400);
    n += i == first || own > day;
    day = own;
  }
  return n;
}

/* Steps to months. */
static gm_status group(gm_netcdf_file file, const char *name, const gm_cf_time *time, const double *values,
                       const int64_t *months, size_t n, bool monthly_mean, gm_month_steps *s, gm_error *err) {
  *s = (gm_month_steps){.first_month = months[0], .first_step = malloc((n + 1) * sizeof *s->first_step)};
  if (s->first_step == NULL) return gm_fail_memory(err, name);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || months[i] != months[i - 1]) s->first_step[s->n_months++] = i;
  s->first_step[s->n_months] = n;
  if (!monthly_mean) return GM_OK;
  for (size_t m = 0; m < s->n_months;) {
    const size_t first = s->first_step[m], end = s->first_step[m + 1],
                 days = count_days(time, values, first, end);
    const bool at_start = m == 0, at_end = m + 1 == s->n_months;
    char month[GM_TIME_TEXT];
    if (days >= LEAST_DAYS) {
      m++;
    } else if (s->n_months == 1 || !(at_start || at_end)) {
      return gm_fail(err, GM_BAD_INPUT, "%s: %s: %s has %zu days; a monthly mean is taken of %d or more",
                     file.path, name, gm_time_format(GM_MONTHLY, s->first_month + (int64_t)m, month), days,
                     LEAST_DAYS);
    } else {
      s->n_dropped += end - first;
      s->n_months--;
      if (at_start) {
        s->first_month++;
        memmove(s->first_step, s->first_step + 1, (s->n_months + 1) * sizeof *s->first_step);
      }
    }
  }
  return GM_OK;
}

/* The units of a time axis. */
static gm_status read_units(gm_netcdf_file file, const char *name, int variable, const char *calendar,
                            gm_cf_time *time, gm_error *err) {
  char *units = gm_netcdf_text(file, variable, "units");
  const gm_status status = gm_cf_time_parse(units != NULL ? units : "", calendar, time, err);
  if (status != GM_OK) {
    gm_error_prefix(err, name);
    gm_error_prefix(err, file.path);
  }
  free(units);
  return status;
}

gm_status gm_netcdf_axis_months(gm_netcdf_file file, int dimension, const char *name, bool monthly_mean,
                                gm_month_steps *steps, size_t *n_steps, gm_error *err) {
  int variable = -1;
  double *values = NULL;
  int64_t *months = NULL;
  char *calendar = NULL;
  const char *stamps = NULL;
  gm_cf_time time;
  bounds_state state = NO_BOUNDS;
  bool midnight = false;
  double most_days = 0;
  *steps = (gm_month_steps){0};
  gm_status status = read_values(file, dimension, name, monthly_mean ? MOST_PARTS_OF_DAYS : MOST_STEPS,
                                 &variable, &values, n_steps, err);
  if (status == GM_OK) {
    calendar = gm_netcdf_text(file, variable, "calendar");
    status = read_units(file, name, variable, calendar, &time, err);
  }
  if (status == GM_OK && monthly_mean && time.months)
    status = gm_fail(err, GM_BAD_INPUT, "%s: %s: its time is in months; --monthly-mean is for days",
                     file.path, name);
  if (status == GM_OK) {
    months = malloc(*n_steps * sizeof *months);
    if (months == NULL) status = gm_fail_memory(err, name);
  }
  if (status == GM_OK)
    status = centre_in_bounds(file, name, variable, dimension, calendar, &time, values, *n_steps, &state,
                              &most_days, err);
  if (status == GM_OK) status = find_months(file, name, &time, values, *n_steps, monthly_mean, months, err);
  if (status == GM_OK) {
    stamps = monthly_mean ? "by means of its steps" : name_stamps(&time, values, *n_steps, &midnight);
    status = check_stamps(file, name, variable, state, midnight, err);
  }
  if (status == GM_OK) status = group(file, name, &time, values, months, *n_steps, monthly_mean, steps, err);
  steps->most_days = most_days;
  steps->at_midnight = midnight && state != BOUNDS;
  steps->stamps = state == BOUNDS && !monthly_mean ? "by the bounds of its time steps" : stamps;
  if (status != GM_OK) {
    free(steps->first_step);
    *steps = (gm_month_steps){0};
  }
  free(calendar);
  free(months);
  free(values);
  return status;
}
