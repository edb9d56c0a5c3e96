/* SPDX-License-Identifier: MIT
 * Marks of missing values: the user's list, and a watch over a column for marks that nobody listed. */
#include "datasets/missing.h"

#include "common/csv.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* ---- what the user names ------------------------------------------------------ */

static const double same_number = 1e-6; /* relative */

gm_status gm_missing_parse(const char *text, gm_missing *missing, gm_error *err) {
  *missing = (gm_missing){0};
  for (const char *at = text; at != NULL;) {
    const size_t length = strcspn(at, ",");
    if (length == 0 || length >= GM_MISSING_WORD || missing->n == GM_MISSING_MOST)
      return gm_fail(
          err, GM_BAD_INPUT,
          "--missing: expected at most %d numbers or words separated by commas, or none, got \"%s\"",
          GM_MISSING_MOST, text);
    char *word = missing->word[missing->n];
    memcpy(word, at, length);
    word[length] = '\0';
    if (strcmp(word, "none") == 0) {
      missing->all_data = true;
    } else {
      double *value = &missing->value[missing->n++];
      if (!gm_parse_double(word, value) && !gm_parse_fortran_double(word, value)) *value = (double)NAN;
    }
    at = at[length] == ',' ? at + length + 1 : NULL;
  }
  return GM_OK;
}

bool gm_missing_is(const gm_missing *missing, double value) {
  for (size_t i = 0; i < missing->n; i++)
    if (fabs(value - missing->value[i]) <= same_number * fabs(missing->value[i])) return true;
  return false;
}

bool gm_missing_is_word(const gm_missing *missing, const char *text) {
  for (size_t i = 0; i < missing->n; i++)
    if (strcmp(text, missing->word[i]) == 0) return true;
  return false;
}

/* ---- what everybody writes ------------------------------------------------------ */

bool gm_missing_is_empty(const char *text) {
  /* na_values of pandas.read_csv (pandas 2.2, io/parsers), without those that differ in case alone. */
  static const char *const words[] = {"",     "nan",    "na",       "n/a",     "null",
                                      "none", "#n/a",   "#n/a n/a", "#na",     "<na>",
                                      "-nan", "1.#ind", "-1.#ind",  "1.#qnan", "-1.#qnan"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcasecmp(text, words[i]) == 0) return true;
  return false;
}

/* 10^k − 10^−d for k digits before the point and d after it: three nines or more, two where negative.
 * A float's −99.99 is −99.98999786, hence the tolerance. */
static bool all_nines(double value) {
  static const double spacing = 1e-7; /* relative, of a float */
  const double magnitude = fabs(value);
  double power = 10;
  int k = 1;
  if (!(magnitude >= 9 && magnitude < 1e8)) return false;
  for (; power <= magnitude; k++) power *= 10;
  if (power - magnitude > 1 + spacing * power) return false; /* too far below it for nines at the end */
  double last = 1;                                           /* 10^−d */
  for (int d = 0; d <= 3; d++, last /= 10)
    if (k + d >= (value < 0 && k >= 2 ? 2 : 3) && fabs(power - last - magnitude) <= spacing * power)
      return true;
  return false;
}

bool gm_missing_is_known(double value) {
  static const double least_huge = 1e20 * (1 - 1e-6); /* 1e20 as a float is 1.00000002e20 */
  return fabs(value) >= least_huge || all_nines(value) || value == -32768 || fabs(value) == 32767 ||
         fabs(value) == 2147483647 || fabs(value) == 2147483648.0;
}

gm_missing_watch gm_missing_watch_start(void) {
  return (gm_missing_watch){
      .least = INFINITY, .most = -INFINITY, .lowest_mark = INFINITY, .highest_mark = -INFINITY};
}

void gm_missing_watch_value(gm_missing_watch *w, double value, size_t place) {
  if (isnan(value) || (value >= w->least && value <= w->most)) return; /* no mark beyond the others */
  if (!gm_missing_is_known(value)) {
    if (value < w->least) w->least = value;
    if (value > w->most) w->most = value;
    return;
  }
  if (value < w->lowest_mark) {
    w->lowest_mark = value;
    w->lowest_place = place;
  }
  if (value > w->highest_mark) {
    w->highest_mark = value;
    w->highest_place = place;
  }
}

bool gm_missing_watch_finds(const gm_missing_watch *w, double *mark, size_t *place) {
  const bool low = w->lowest_mark<w->least, high = w->highest_mark> w->most;
  *mark = low ? w->lowest_mark : w->highest_mark;
  *place = low ? w->lowest_place : w->highest_place;
  return low || high;
}
