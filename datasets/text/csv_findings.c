/* SPDX-License-Identifier: MIT
 * Values that may stand for "no value", each by a rule of its own: what is said of them is never more than
 * that somebody should look. */
#include "datasets/text/csv_findings.h"

#include "datasets/series_patterns.h"
#include "datasets/text/column_units.h"

#include <math.h>
#include <string.h>

/* Farther than this from the median, in robust standard deviations, a value is pointed out. */
static const double far_off = 20;

/* Points out a value at an end that stands alone; whether there is one. */
static bool note_lone(gm_csv_reading *r, size_t column, const char *name, const double *values) {
  const gm_lone_value lone = gm_series_lone_value(values, r->series->n_times);
  size_t row, field;
  if (lone.n == 0) return false;
  gm_csv_place(r, column, lone.first, &row, &field);
  const char *text = gm_csv_field(&r->table, row, field);
  gm_csv_note(r,
              "%s:%zu: %s in column \"%s\" stands alone: %zu time%s, and all others are %g to %g; if it "
              "stands for a missing value: --missing %s",
              r->table.name, r->table.line[row], text, name, lone.n, lone.n == 1 ? "" : "s", lone.least,
              lone.most, text);
  return true;
}

/* Points out a known mark amid the other values that comes more often than all that are near it: 999.9 five
 * times in a column from 0 to 1500 with nothing else between 995 and 1005. */
static void note_inner_mark(gm_csv_reading *r, size_t column, const char *name, const double *values) {
  enum { TIMES = 3, OFTENER = 2 };
  static const double near = 0.005; /* of the mark */
  const size_t n = r->series->n_times;
  size_t first = 0, times = 0, others = 0, row, field;
  while (first < n && !gm_missing_is_known(values[first])) first++;
  for (size_t i = first; i < n; i++) times += values[i] == values[first] ? 1 : 0;
  for (size_t i = 0; times >= TIMES && i < n; i++)
    others +=
        values[i] != values[first] && fabs(values[i] - values[first]) <= near * fabs(values[first]) ? 1 : 0;
  if (times < TIMES || times <= OFTENER * (others + 1)) return;
  gm_csv_place(r, column, first, &row, &field);
  const char *text = gm_csv_field(&r->table, row, field);
  gm_csv_note(r,
              "%s:%zu: %s in column \"%s\" is a known mark of missing values, and comes %zu times; if it is "
              "one here: --missing %s",
              r->table.name, r->table.line[row], text, name, times, text);
}

static bool is_whole(double value) {
  static const double least_whole = 0x1p52; /* from here on all are */
  if (!(fabs(value) < least_whole)) return !isnan(value);
  return (double)(int64_t)value == value;
}

/* Whether a value of the column is written without decimals: few texts have to be looked at for it. */
static bool has_whole(const gm_csv_reading *r, size_t column, const double *values) {
  size_t row, field;
  for (size_t i = 0; i < r->series->n_times; i++) {
    if (!is_whole(values[i])) continue;
    gm_csv_place(r, column, i, &row, &field);
    if (strpbrk(gm_csv_field(&r->table, row, field), ".,eE") == NULL) return true;
  }
  return false;
}

/* Points out the one value that is written without decimals where all others have as many of them: "0" among
 * "0.53" and "-1.20". */
static void note_whole(gm_csv_reading *r, size_t column, const char *name, const double *values) {
  enum { OTHERS = 5 }; /* for each of them */
  const size_t n = r->series->n_times;
  const char *whole = NULL;
  size_t n_whole = 0, n_others = 0, decimals = 0, first = 0, row, field;
  if (!has_whole(r, column, values)) return;
  for (size_t i = 0; i < n; i++) {
    if (isnan(values[i])) continue;
    gm_csv_place(r, column, i, &row, &field);
    const char *text = gm_csv_field(&r->table, row, field), *point = strpbrk(text, ".,");
    if (strpbrk(text, "eEdD") != NULL || (point != NULL && n_others > 0 && strlen(point) != decimals)) return;
    if (point != NULL) {
      decimals = strlen(point);
      n_others++;
    } else if (n_whole++ == 0) {
      whole = text;
      first = i;
    } else if (strcmp(text, whole) != 0) {
      return;
    }
  }
  if (n_whole == 0 || decimals < 2 || n_others < OTHERS * n_whole) return;
  if (n_whole == 1 && decimals == 2) return; /* of tenths, one in ten ends in 0, which some programs drop */
  gm_csv_place(r, column, first, &row, &field);
  gm_csv_note(r,
              "%s:%zu: %s in column \"%s\" is written without decimals (%zu time%s), and all others have "
              "%zu; if it stands for a missing value: --missing %s",
              r->table.name, r->table.line[row], whole, name, n_whole, n_whole == 1 ? "" : "s", decimals - 1,
              whole);
}

/* Points out values that are those before once more, or those of the year before. */
static void note_repeated(gm_csv_reading *r, size_t column, const char *name, const double *values) {
  enum { YEAR = 12 };
  const size_t n = r->series->n_times;
  const bool monthly = r->series->unit == GM_MONTHLY;
  gm_repeated found = gm_series_repeated(values, n, 1);
  const bool same = found.n > 0;
  if (!same && monthly) found = gm_series_repeated(values, n, YEAR);
  if (found.n == 0) return;
  char date[GM_TIME_TEXT];
  size_t row, field;
  gm_csv_place(r, column, found.first, &row, &field);
  gm_csv_note(
      r, "%s:%zu: %zu values of \"%s\" in a row, from %s on, are %s once more: have they been filled up?",
      r->table.name, r->table.line[row], found.n, name,
      gm_time_format(r->series->unit, r->series->first + (int64_t)found.first, date),
      same ? "the one before" : "those of the year before");
}

/* Points out a place from which on values are others, for good or now and then; whether there is one. */
static bool note_level(gm_csv_reading *r, size_t column, const char *name, const double *values) {
  const gm_level_change c = gm_series_level_change(values, r->series->n_times);
  char date[GM_TIME_TEXT];
  size_t row, field;
  if (c.first == 0) return false;
  gm_csv_place(r, column, c.first, &row, &field);
  gm_time_format(r->series->unit, r->series->first + (int64_t)c.first, date);
  if (c.comes_back) {
    gm_csv_note(
        r,
        "%s:%zu: from %s on %zu values of \"%s\" are %g to %g, and all others are %g to %g, with none "
        "between: are they in other units?",
        r->table.name, r->table.line[row], date, c.n_after, name, c.least_after, c.most_after, c.least_before,
        c.most_before);
    return true;
  }
  gm_csv_note(r, "%s:%zu: from %s on \"%s\" is %g to %g, and before it was %g to %g: have the units changed?",
              r->table.name, r->table.line[row], date, name, c.least_after, c.most_after, c.least_before,
              c.most_before);
  return true;
}

gm_status gm_csv_look_at(gm_csv_reading *r, size_t column, const char *name, const double *values,
                         gm_error *err) {
  const size_t n = r->series->n_times;
  size_t missing = 0, first = n, row, field;
  gm_outliers far = {0};
  for (size_t i = 0; i < n; i++) {
    if (!isnan(values[i])) continue;
    if (missing++ == 0) first = i;
  }
  if (missing == n)
    return gm_fail(err, GM_BAD_INPUT, "%s: column \"%s\" has no value at all", r->table.name, name);
  r->series->n_missing += missing;
  if (missing > 0) {
    char date[GM_TIME_TEXT];
    gm_csv_place(r, column, first, &row, &field);
    gm_csv_note(r,
                "%s: %zu of the %zu values of \"%s\" are missing, the first in line %zu (%s); samples that "
                "would need one are left out.",
                r->table.name, missing, n, name, r->table.line[row],
                gm_time_format(r->series->unit, r->series->first + (int64_t)first, date));
  }
  note_repeated(r, column, name, values);
  const bool level = note_level(r, column, name, values); /* which has values far off and alone */
  const gm_status status = level ? GM_OK : gm_series_outliers(values, n, far_off, &far, err);
  if (status == GM_OK && far.n == 0 && (level || !note_lone(r, column, name, values))) {
    note_inner_mark(r, column, name, values);
    note_whole(r, column, name, values);
  }
  if (status != GM_OK || far.n == 0) return status;
  gm_csv_place(r, column, far.farthest, &row, &field);
  gm_csv_note(r,
              "%s:%zu: %s in column \"%s\" is %.0f robust standard deviations from the median%s; if it "
              "stands for a missing value: --missing %s",
              r->table.name, r->table.line[row], gm_csv_field(&r->table, row, field), name, far.distance,
              far.n > 1 ? ", and it is not the only one beyond 20" : "", gm_csv_field(&r->table, row, field));
  return GM_OK;
}

void gm_csv_note_unit(gm_csv_reading *r, size_t column, const double *values) {
  const char *unit = gm_csv_unit(r, column);
  const size_t n = r->series->n_times;
  size_t odd = 0, first = 0;
  if (unit == NULL) return;
  for (size_t i = n; i-- > 0;)
    if (!isnan(values[i]) && !gm_unit_allows(unit, values[i])) {
      odd++;
      first = i;
    }
  if (odd == 0) return;
  gm_csv_note(r,
              "%s:%zu: %s in column \"%s\" is no temperature in %s, as are %zu of its values: is that the "
              "unit, or does it stand for a missing value (--missing %s)?",
              r->table.name, r->table.line[first], gm_csv_field(&r->table, first, column),
              r->table.header[column], unit, odd, gm_csv_field(&r->table, first, column));
}
