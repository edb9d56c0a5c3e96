/* SPDX-License-Identifier: MIT
 * Values of columns: text to number, and how far a value is from all others in robust standard deviations. */
#include "datasets/text/series_values.h"

#include "datasets/series_patterns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "0,53" as 0.53: one comma, no point. */
static bool parse_decimal_comma(const char *text, double *value) {
  char copy[64];
  const char *comma = strchr(text, ',');
  const size_t length = strlen(text);
  if (comma == NULL || strchr(comma + 1, ',') != NULL || strchr(text, '.') != NULL || length >= sizeof copy)
    return false;
  memcpy(copy, text, length + 1);
  copy[comma - text] = '.';
  return gm_parse_double(copy, value);
}

/* "0.7-999.9", from columns of fixed width. */
static bool runs_together(const char *text) {
  for (const char *c = text; *c != '\0'; c++)
    if (c > text && *c == '-' && (c[-1] == '.' || (c[-1] >= '0' && c[-1] <= '9')) &&
        strchr(text, '.') != NULL)
      return true;
  return false;
}

static gm_status fail_value(const gm_csv_table *table, size_t row, size_t column, bool number,
                            gm_error *err) {
  const char *text = gm_csv_field(table, row, column);
  char hint[128] = "";
  const bool word = !number && strpbrk(text, "0123456789") == NULL;
  if (word) snprintf(hint, sizeof hint, "; if it stands for a missing value: --missing '%.40s'", text);
  if (runs_together(text)) snprintf(hint, sizeof hint, "; two numbers without a blank between them");
  if (!word && strchr(text, ',') != NULL)
    snprintf(hint, sizeof hint,
             "; a decimal comma, or one between thousands? Write a point and no other separator");
  return gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected a finite number in column \"%s\", got \"%s\"%s",
                 table->name, table->line[row], table->header[column], text, hint);
}

gm_status gm_series_value(const gm_csv_table *table, size_t row, size_t column, const gm_value_rules *rules,
                          double *value, gm_error *err) {
  const char *text = gm_csv_field(table, row, column);
  const bool number = gm_parse_double(text, value) ||
                      (rules->decimal_comma && parse_decimal_comma(text, value)) ||
                      gm_parse_fortran_double(text, value);
  double mark;
  if (number && isfinite(*value)) {
    const bool stated = rules->mark[0] != '\0' && gm_parse_double(rules->mark, &mark) && *value == mark;
    if (stated || gm_missing_is(rules->missing, *value)) *value = (double)NAN;
    return GM_OK;
  }
  if ((!number || isnan(*value)) && (gm_missing_is_empty(text) || gm_missing_is_word(rules->missing, text))) {
    *value = (double)NAN;
    return GM_OK;
  }
  return fail_value(table, row, column, number, err);
}

/* ---- the robust scale ------------------------------------------------------------- */

/* The k-th smallest, k from 0, by Hoare's selection (Comm. ACM 4, 321, 1961); the others are moved about it.
 */
static double select_smallest(double *v, size_t n, size_t k) {
  size_t first = 0, last = n - 1;
  while (first < last) {
    const double pivot = v[first + (last - first) / 2];
    size_t i = first, j = last;
    for (;;) {
      while (v[i] < pivot) i++;
      while (pivot < v[j]) j--;
      if (i >= j) break;
      const double swap = v[i];
      v[i++] = v[j];
      v[j--] = swap;
    }
    if (k <= j)
      last = j;
    else
      first = j + 1;
  }
  return v[k];
}

static const double of_median = 1.4826, of_mean = 1.2533;

/* Whether no value can be farther than `most` scales from the median, from how many values there are in each
 * of equal cells of their range. With c the median's cell, rounding may put a value into the cell beside its
 * own: no value is farther from the median than `far` cells. Where at most half of the values are within
 * far / (most · 1.4826) cells of it, the median deviation is no less than that. False: not known so. */
static bool are_near(const double *values, size_t n, double most) {
  enum { CELLS = 256 };
  size_t count[CELLS] = {0}, there = 0, before = 0, within = 0;
  double least, greatest;
  int median = 0;
  gm_series_range(values, n, &least, &greatest);
  const double per_cell = CELLS / (greatest - least);
  if (!(per_cell > 0 && isfinite(per_cell))) return false;
  for (size_t i = 0; i < n; i++) {
    if (isnan(values[i])) continue;
    const int cell = (int)((values[i] - least) * per_cell);
    count[cell < CELLS ? cell : CELLS - 1]++;
    there++;
  }
  while (before + count[median] <= there / 2) before += count[median++];
  const int far = (median + 1 > CELLS - median ? median + 1 : CELLS - median) + 1;
  const int reach = (int)(far / (most * of_median)) + 1 + 2; /* a cell more at either end */
  for (int cell = median - reach; cell <= median + reach; cell++)
    within += cell >= 0 && cell < CELLS ? count[cell] : 0;
  return within <= there / 2;
}

/* The (upper) median and the scale of the values that are there: 1.4826 times the median absolute deviation,
 * or 1.2533 times the mean one where more than half of the values are the same (both are the standard
 * deviation of a normal distribution; Rousseeuw & Croux, J. Amer. Statist. Assoc. 88, 1993). NaN without
 * values. */
static gm_status robust_scale(const double *values, size_t n, double *median, double *scale, gm_error *err) {
  double *there = malloc((n + 1) * sizeof *there), sum = 0;
  size_t m = 0;
  *median = *scale = (double)NAN;
  if (there == NULL) return gm_fail_memory(err, "the values of a column");
  for (size_t i = 0; i < n; i++)
    if (!isnan(values[i])) there[m++] = values[i];
  if (m > 0) {
    *median = select_smallest(there, m, m / 2);
    for (size_t i = 0; i < m; i++) there[i] = fabs(there[i] - *median);
    for (size_t i = 0; i < m; i++) sum += there[i];
    *scale = of_median * select_smallest(there, m, m / 2);
    if (*scale == 0) *scale = of_mean * sum / (double)m;
  }
  free(there);
  return GM_OK;
}

gm_status gm_series_outliers(const double *values, size_t n, double most, gm_outliers *found, gm_error *err) {
  double median, scale;
  *found = (gm_outliers){.distance = most};
  if (are_near(values, n, most)) return GM_OK;
  const gm_status status = robust_scale(values, n, &median, &scale, err);
  for (size_t i = 0; status == GM_OK && i < n; i++) {
    const double off = fabs(values[i] - median);
    found->n += off > most * scale;
    if (!(off > found->distance * scale)) continue;
    found->distance = off / scale;
    found->farthest = i;
  }
  return status;
}

/* ---- lone values --------------------------------------------------------------------- */

/* The least of sign · values, and the least of those above it. */
typedef struct {
  double end, next;
  size_t n, first; /* how often `end` occurs, and where first */
} range_end;

static range_end find_end(const double *values, size_t n, double sign) {
  range_end e = {.end = INFINITY, .next = INFINITY};
  for (size_t i = 0; i < n; i++) {
    const double value = sign * values[i];
    if (value < e.end)
      e = (range_end){.end = value, .next = e.end, .n = 1, .first = i};
    else if (value == e.end)
      e.n++;
    else if (value < e.next)
      e.next = value;
  }
  return e;
}

/* Whether an end of the range may be farther from the next value than that is from the other end: not where
 * any value between is as near to it as to the other end, and seldom does one look far for such a value. */
static bool may_stand_alone(const double *values, size_t n) {
  double least, most;
  bool low = true, high = true;
  gm_series_range(values, n, &least, &most);
  for (size_t i = 0; i < n && (low || high); i++) {
    if (values[i] > least && values[i] - least <= most - values[i]) low = false;
    if (values[i] < most && most - values[i] <= values[i] - least) high = false;
  }
  return low || high;
}

gm_lone_value gm_series_lone_value(const double *values, size_t n) {
  if (!may_stand_alone(values, n)) return (gm_lone_value){0};
  const range_end low = find_end(values, n, 1), high = find_end(values, n, -1);
  const double least = low.end, above = low.next, below = -high.next, most = -high.end;
  size_t there = 0;
  for (size_t i = 0; i < n; i++) there += isnan(values[i]) ? 0 : 1;
  if (there < GM_LONE_VALUES) return (gm_lone_value){0};
  if (above < most && above - least > most - above)
    return (gm_lone_value){.n = low.n, .first = low.first, .least = above, .most = most};
  if (below > least && most - below > below - least)
    return (gm_lone_value){.n = high.n, .first = high.first, .least = least, .most = below};
  return (gm_lone_value){0};
}
