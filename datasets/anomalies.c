/* SPDX-License-Identifier: MIT
 * Subtraction of the mean seasonal cycle, in place. A missing value stays missing and counts in no mean. */
#include "datasets/anomalies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 12, MONTH_DAYS = 31, MAX_CYCLE = MONTHS * MONTH_DAYS };

gm_status gm_base_period_parse(const char *text, gm_base_period *base, gm_error *err) {
  *base = (gm_base_period){.none = strcmp(text, "none") == 0};
  if (base->none) return GM_OK;
  gm_period years;
  gm_error ignored;
  if (gm_period_parse(text, GM_INDEX, "", &years, &ignored) != GM_OK || years.last == INT64_MAX)
    return gm_fail(err, GM_BAD_INPUT,
                   "base period: expected first and last year \"Y:Y\" or \"none\", got \"%s\"", text);
  base->first = years.first;
  base->last = years.last;
  return GM_OK;
}

/* Position of a row in the cycle of its unit, below MAX_CYCLE. */
static size_t cycle_position(gm_time_unit unit, int64_t ordinal) {
  int64_t year;
  int month, day;
  gm_time_split(unit, ordinal, &year, &month, &day);
  return (size_t)((month - 1) * MONTH_DAYS + day - 1);
}

/* Means of the cycle over the base rows that have a value, and how many those are; NaN where none has. */
static void mean_cycle(const gm_series *series, size_t first_row, size_t last_row, const double *values,
                       double mean[MAX_CYCLE], size_t count[MAX_CYCLE]) {
  memset(count, 0, MAX_CYCLE * sizeof *count);
  for (size_t k = 0; k < MAX_CYCLE; k++) mean[k] = 0;
  for (size_t row = first_row; row <= last_row; row++) {
    const size_t k = cycle_position(series->unit, series->first + (int64_t)row);
    if (isnan(values[row])) continue;
    mean[k] += values[row];
    count[k]++;
  }
  for (size_t k = 0; k < MAX_CYCLE; k++) mean[k] = count[k] > 0 ? mean[k] / (double)count[k] : (double)NAN;
}

/* The first row with a value that its calendar month lacks in the whole base period, or n_times. */
static size_t row_without_mean(const gm_series *series, size_t first_row, size_t last_row,
                               const double *values) {
  double mean[MAX_CYCLE];
  size_t row = 0, count[MAX_CYCLE];
  mean_cycle(series, first_row, last_row, values, mean, count);
  while (row < series->n_times &&
         (isnan(values[row]) || !isnan(mean[cycle_position(series->unit, series->first + (int64_t)row)])))
    row++;
  return row;
}

/* values(t) −= mean of values(s) over the base rows s with the position of t. Notes the fewest such rows; of
 * 29 February there are a quarter as many. */
static void subtract_cycle(gm_series *series, size_t first_row, size_t last_row, double *values) {
  double mean[MAX_CYCLE];
  size_t count[MAX_CYCLE];
  const size_t leap_day = MONTH_DAYS + 28;
  mean_cycle(series, first_row, last_row, values, mean, count);
  for (size_t row = 0; row < series->n_times; row++)
    values[row] -= mean[cycle_position(series->unit, series->first + (int64_t)row)];
  for (size_t k = 0; k < MAX_CYCLE; k++)
    if (count[k] > 0 && k != leap_day && (series->n_base == 0 || count[k] < series->n_base))
      series->n_base = count[k];
}

/* The first row whose calendar day the base rows do not have (29 February), or n_times. */
static size_t row_without_base(const gm_series *series, size_t first_row, size_t last_row) {
  bool present[MAX_CYCLE] = {0};
  for (size_t row = first_row; row <= last_row; row++)
    present[cycle_position(series->unit, series->first + (int64_t)row)] = true;
  size_t row = 0;
  while (row < series->n_times && present[cycle_position(series->unit, series->first + (int64_t)row)]) row++;
  return row;
}

gm_status gm_anomalies(gm_series *series, const gm_base_period *base, gm_error *err) {
  if (base->none) return GM_OK;
  const int64_t first = gm_time_join(series->unit, base->first, 1, 1);
  const int64_t last = gm_time_join(series->unit, base->last, MONTHS, MONTH_DAYS);
  const int64_t end = series->first + (int64_t)series->n_times - 1;
  char from[GM_TIME_TEXT], to[GM_TIME_TEXT];
  if (first < series->first || last > end || first > last)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: base period %lld:%lld is not inside the series, which runs from %s to %s",
                   series->name, (long long)base->first, (long long)base->last,
                   gm_time_format(series->unit, series->first, from), gm_time_format(series->unit, end, to));
  const size_t first_row = (size_t)(first - series->first), last_row = (size_t)(last - series->first);
  const size_t missing = row_without_base(series, first_row, last_row);
  if (missing < series->n_times)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: base period %lld:%lld has no such calendar day as %s; choose one with a leap year",
                   series->name, (long long)base->first, (long long)base->last,
                   gm_time_format(series->unit, series->first + (int64_t)missing, from));
  for (size_t c = 0; c <= series->n_channels; c++) { /* the target, then the channels behind it */
    const size_t row = row_without_mean(series, first_row, last_row, series->target + c * series->n_times);
    if (row < series->n_times)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s: all values of the calendar %s of %s are missing in the base period %lld:%lld",
                     series->name, gm_time_step(series->unit),
                     gm_time_format(series->unit, series->first + (int64_t)row, from), (long long)base->first,
                     (long long)base->last);
  }
  for (size_t c = 0; c <= series->n_channels; c++)
    subtract_cycle(series, first_row, last_row, series->target + c * series->n_times);
  return GM_OK;
}
