/* SPDX-License-Identifier: MIT
 * Which month a step of a netCDF file is: by its bounds, else by its stamp. The calendar is cf_time.c's. */
#include "datasets/maps/netcdf_months.h"

#include "datasets/maps/cf_time.h"
#include "datasets/maps/netcdf_axis.h"
#include "datasets/series.h"

#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bounds that no map exceeds, so that a hostile header cannot ask for the machine's memory. */
enum { MOST_STEPS = 12 * 10000, MOST_PARTS_OF_DAYS = 24 * 366 * 1000 };

/* Days of a month below which its mean is not taken. */
enum { LEAST_DAYS = 25 };

typedef enum { NO_BOUNDS, STATED_BUT_ABSENT, WITHOUT_VALUES, BOUNDS } bounds_state;

/* A time axis as it is read. */
typedef struct {
  gm_netcdf_file file;
  const char *name; /* of the variable that needs it, for messages */
  int dimension, variable;
  bool monthly_mean;
  char *calendar; /* owned; NULL: not stated */
  gm_cf_time time;
  double *values; /* (n): stamps, then the middles of their bounds where there are some; owned */
  size_t n;
  bounds_state bounds;
  double most_days; /* the widest bounds; 0: there are none */
  bool midnight;    /* every stamp is at midnight of the first */
} time_axis;

/* ---- bounds ----------------------------------------------------------------- */

/* The variable of the bounds: the attribute's (CF 7.1), else the axis's own name with _bnds, _bounds or
 * _bound, which some writers forget to name or misspell; −1 where there is none. */
static int find_bounds(time_axis *a) {
  static const char *const endings[] = {"_bnds", "_bounds", "_bound"};
  char axis[NC_MAX_NAME + 1] = "", name[NC_MAX_NAME + 16];
  char *stated = gm_netcdf_text(a->file, a->variable, "bounds");
  int id = -1;
  a->bounds = stated != NULL ? STATED_BUT_ABSENT : NO_BOUNDS;
  if (stated == NULL || nc_inq_varid(a->file.id, stated, &id) != NC_NOERR) id = -1;
  free(stated);
  nc_inq_varname(a->file.id, a->variable, axis);
  for (size_t i = 0; id < 0 && i < sizeof endings / sizeof *endings; i++) {
    snprintf(name, sizeof name, "%s%s", axis, endings[i]);
    if (nc_inq_varid(a->file.id, name, &id) != NC_NOERR) id = -1;
  }
  return id;
}

/* Bounds in other units than their axis (CF 7.1 wants the same) would be read wrong. */
static gm_status check_units_of_bounds(const time_axis *a, int bounds, gm_error *err) {
  char *units = gm_netcdf_text(a->file, bounds, "units");
  gm_cf_time own;
  const bool same =
      units == NULL || units[0] == '\0' ||
      (gm_cf_time_parse(units, a->calendar, &own, NULL) == GM_OK && gm_cf_time_same(&own, &a->time));
  const gm_status status =
      same ? GM_OK
           : gm_fail(err, GM_BAD_INPUT,
                     "%s: %s: the bounds of its time axis are in \"%.60s\", other units than the axis; "
                     "expected the same",
                     a->file.path, a->name, units);
  free(units);
  return status;
}

/* Whether bounds have the shape of the axis: two for every step. */
static bool fits(const time_axis *a, int bounds) {
  int rank = 0, dims[2] = {-1, -1};
  size_t two = 0;
  return nc_inq_varndims(a->file.id, bounds, &rank) == NC_NOERR && rank == 2 &&
         nc_inq_vardimid(a->file.id, bounds, dims) == NC_NOERR && dims[0] == a->dimension &&
         nc_inq_dimlen(a->file.id, dims[1], &two) == NC_NOERR && two == 2;
}

/* Whether the pairs have values, and where the first stamp outside its own is; n: all are inside. */
static bounds_state judge_pairs(const time_axis *a, const double *pairs, size_t *outside) {
  static const double least_huge = 1e30; /* fill values */
  const double second = a->time.months ? 0 : 1 / (86400 * a->time.unit_days);
  bounds_state state = BOUNDS;
  *outside = a->n;
  for (size_t i = 0; i < a->n; i++) {
    const double from = fmin(pairs[2 * i], pairs[2 * i + 1]), to = fmax(pairs[2 * i], pairs[2 * i + 1]);
    if (!(from < to && fabs(from) < least_huge && to < least_huge)) state = WITHOUT_VALUES;
    if (*outside == a->n && !(a->values[i] >= from - second && a->values[i] <= to + second)) *outside = i;
  }
  return state;
}

/* Replaces time stamps by the middle of their bounds, where the axis has some with values in them. */
static gm_status centre_in_bounds(time_axis *a, gm_error *err) {
  char own[NC_MAX_NAME + 1] = "";
  const int bounds = find_bounds(a);
  if (bounds < 0) return GM_OK;
  a->bounds = WITHOUT_VALUES;
  if (!fits(a, bounds)) return GM_OK;
  double *pairs = calloc(a->n, 2 * sizeof *pairs);
  if (pairs == NULL) return gm_fail_memory(err, a->name);
  nc_inq_varname(a->file.id, bounds, own);
  size_t outside = a->n;
  gm_status status = gm_netcdf_unpacked((gm_netcdf_variable){a->file, bounds, own}, pairs, 2 * a->n, err);
  for (size_t i = 0; status == GM_OK && i < 2 * a->n; i++) pairs[i] = gm_cf_time_value(&a->time, pairs[i]);
  if (status == GM_OK) a->bounds = judge_pairs(a, pairs, &outside);
  if (status == GM_OK && a->bounds == BOUNDS) status = check_units_of_bounds(a, bounds, err);
  if (status == GM_OK && a->bounds == BOUNDS && outside < a->n)
    status = gm_fail(err, GM_BAD_INPUT,
                     "%s: %s: time step %zu is %.10g, outside its bounds %.10g to %.10g: which month is it? "
                     "Mend one of them, or take the bounds (%s) out of the file",
                     a->file.path, a->name, outside + 1, a->values[outside], pairs[2 * outside],
                     pairs[2 * outside + 1], own);
  for (size_t i = 0; status == GM_OK && a->bounds == BOUNDS && i < a->n; i++) {
    const double days = fabs(pairs[2 * i + 1] - pairs[2 * i]) * (a->time.months ? 30 : a->time.unit_days);
    a->values[i] = (pairs[2 * i] + pairs[2 * i + 1]) / 2;
    a->most_days = fmax(a->most_days, days);
  }
  free(pairs);
  return status;
}

/* ---- stamps ----------------------------------------------------------------- */

/* Where time stamps lie in their months, as it is told. */
static const char *name_stamps(time_axis *a) {
  const double day = 1.0 / 28, minute = day / (24 * 60); /* of a month, at most */
  bool start = true, middle = true, end = true;
  a->midnight = true;
  for (size_t i = 0; i < a->n; i++) {
    int64_t month;
    double into = 0;
    gm_cf_time_place(&a->time, a->values[i], &month, &into);
    start = start && into < day;
    middle = middle && into > 0.4 && into < 0.6;
    end = end && into > 1 - 1.5 * day;
    a->midnight = a->midnight && into < minute;
  }
  return a->midnight ? "by time stamps at midnight of the first, as of the month that begins"
         : start     ? "by time stamps at the first of the month"
         : middle    ? "by time stamps at mid-month"
         : end       ? "by time stamps at the end of the month"
                     : "by time stamps within the month";
}

/* Midnight of the first is also the end of the month before: a file that lost its bounds may mean either.
 * NOAA PSL's attribute delta_t is of files whose stamps begin the month. */
static gm_status check_stamps(const time_axis *a, gm_error *err) {
  int id;
  if (a->bounds != STATED_BUT_ABSENT || !a->midnight ||
      nc_inq_attid(a->file.id, a->variable, "delta_t", &id) == NC_NOERR)
    return GM_OK;
  char *stated = gm_netcdf_text(a->file, a->variable, "bounds");
  const gm_status status = gm_fail(
      err, GM_BAD_INPUT,
      "%s: %s: its time steps are at midnight of the first, and the bounds \"%.40s\" that would say "
      "whether that ends a month or begins one are not in the file: put them back, or move the steps "
      "(cdo shifttime,-1day) where they are ends, or take off the attribute bounds where they are not",
      a->file.path, a->name, stated != NULL ? stated : "");
  free(stated);
  return status;
}

/* ---- months ----------------------------------------------------------------- */

/* The month of every step; they must not go back, nor leave one out. */
static gm_status find_months(const time_axis *a, int64_t *months, gm_error *err) {
  const char *path = a->file.path, *name = a->name;
  const double *values = a->values;
  for (size_t i = 0; i < a->n; i++) {
    char found[GM_TIME_TEXT], before[GM_TIME_TEXT];
    if (!gm_cf_time_month(&a->time, values[i], &months[i]))
      return gm_fail(err, GM_BAD_INPUT, "%s: %s: time step %zu is %g, no date of the years 0 to 9999", path,
                     name, i + 1, values[i]);
    if (i == 0 || months[i] == months[i - 1] + 1) continue;
    if (a->monthly_mean && months[i] == months[i - 1] && values[i] > values[i - 1]) continue;
    gm_time_format(GM_MONTHLY, months[i], found);
    gm_time_format(GM_MONTHLY, months[i - 1], before);
    if (months[i] == months[i - 1] && !a->monthly_mean)
      return gm_fail(
          err, GM_BAD_INPUT,
          "%s: %s: two time steps in %s; expected monthly means (--monthly-mean takes them of days)", path,
          name, found);
    if (months[i] <= months[i - 1])
      return gm_fail(err, GM_BAD_INPUT, "%s: %s: time step %zu (%s) comes after %s, expected ascending %s",
                     path, name, i + 1, found, before, a->monthly_mean ? "days" : "months");
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: months are missing, %s is followed by %s", path, name, before,
                   found);
  }
  return GM_OK;
}

/* Different days among the steps first … end − 1. */
static size_t count_days(const time_axis *a, size_t first, size_t end) {
  size_t n = 0;
  double day = 0;
  for (size_t i = first; i < end; i++) {
    const double own = floor(a->values[i] * a->time.unit_days + a->time.reference_fraction + 0.5 / 86400);
    n += i == first || own > day;
    day = own;
  }
  return n;
}

/* Steps to months. */
static gm_status group(const time_axis *a, const int64_t *months, gm_month_steps *s, gm_error *err) {
  const size_t n = a->n;
  *s = (gm_month_steps){.first_month = months[0], .first_step = malloc((n + 1) * sizeof *s->first_step)};
  if (s->first_step == NULL) return gm_fail_memory(err, a->name);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || months[i] != months[i - 1]) s->first_step[s->n_months++] = i;
  s->first_step[s->n_months] = n;
  if (!a->monthly_mean) return GM_OK;
  for (size_t m = 0; m < s->n_months;) {
    const size_t first = s->first_step[m], end = s->first_step[m + 1], days = count_days(a, first, end);
    const bool at_start = m == 0, at_end = m + 1 == s->n_months;
    char month[GM_TIME_TEXT];
    if (days >= LEAST_DAYS) {
      m++;
    } else if (s->n_months == 1 || !(at_start || at_end)) {
      return gm_fail(err, GM_BAD_INPUT, "%s: %s: %s has %zu days; a monthly mean is taken of %d or more",
                     a->file.path, a->name, gm_time_format(GM_MONTHLY, s->first_month + (int64_t)m, month),
                     days, LEAST_DAYS);
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

/* ---- all ---------------------------------------------------------------------- */

/* Stamps, calendar and units. */
static gm_status read_axis(time_axis *a, gm_error *err) {
  gm_status status =
      gm_netcdf_axis_values(a->file, a->dimension, a->name, a->monthly_mean ? MOST_PARTS_OF_DAYS : MOST_STEPS,
                            &a->variable, &a->values, &a->n, err);
  if (status != GM_OK) return status;
  a->calendar = gm_netcdf_text(a->file, a->variable, "calendar");
  char *units = gm_netcdf_text(a->file, a->variable, "units");
  status = gm_cf_time_parse(units != NULL ? units : "", a->calendar, &a->time, err);
  if (status != GM_OK) {
    gm_error_prefix(err, a->name);
    gm_error_prefix(err, a->file.path);
  }
  free(units);
  for (size_t i = 0; status == GM_OK && i < a->n; i++) {
    const double stored = a->values[i];
    a->values[i] = gm_cf_time_value(&a->time, stored);
    if (isnan(a->values[i]) && !isnan(stored))
      status = gm_fail(err, GM_BAD_INPUT, "%s: %s: time step %zu is %.10g, no date of its calendar",
                       a->file.path, a->name, i + 1, stored);
  }
  if (status == GM_OK && a->monthly_mean && a->time.months)
    status = gm_fail(err, GM_BAD_INPUT, "%s: %s: its time is in months; --monthly-mean is for days",
                     a->file.path, a->name);
  return status;
}

gm_status gm_netcdf_axis_months(gm_netcdf_file file, int dimension, const char *name, bool monthly_mean,
                                gm_month_steps *steps, size_t *n_steps, gm_error *err) {
  time_axis axis = {.file = file, .name = name, .dimension = dimension, .monthly_mean = monthly_mean};
  int64_t *months = NULL;
  const char *stamps = NULL;
  *steps = (gm_month_steps){0};
  gm_status status = read_axis(&axis, err);
  if (status == GM_OK && (months = malloc(axis.n * sizeof *months)) == NULL)
    status = gm_fail_memory(err, name);
  if (status == GM_OK) status = centre_in_bounds(&axis, err);
  if (status == GM_OK) status = find_months(&axis, months, err);
  if (status == GM_OK) {
    stamps = monthly_mean ? "by means of its steps" : name_stamps(&axis);
    status = check_stamps(&axis, err);
  }
  if (status == GM_OK) status = group(&axis, months, steps, err);
  if (status == GM_OK) {
    *n_steps = axis.n;
    steps->most_days = axis.most_days;
    steps->at_midnight = axis.midnight && axis.bounds != BOUNDS;
    steps->stamps = axis.bounds == BOUNDS && !monthly_mean ? "by the bounds of its time steps" : stamps;
  } else {
    free(steps->first_step);
    *steps = (gm_month_steps){0};
  }
  free(axis.calendar);
  free(axis.values);
  free(months);
  return status;
}
