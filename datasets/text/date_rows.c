/* SPDX-License-Identifier: MIT
 * The step from one row to the next. */
#include "datasets/text/date_rows.h"

#include <string.h>

gm_status gm_date_check_step(const gm_date_column *c, size_t r, gm_time_unit unit, int64_t previous,
                             int64_t ordinal, gm_error *err) {
  if (r == 0 || ordinal == previous + 1) return GM_OK;
  const char *text = c->text(c->context, r);
  const size_t line = c->line(c->context, r);
  char before[GM_TIME_TEXT], own[GM_TIME_TEXT];
  gm_time_format(unit, ordinal, own);
  if (c->month != NULL) text = own;
  if (ordinal == previous) {
    const bool exact = strcmp(own, text) == 0;
    return gm_fail(err, GM_BAD_INPUT,
                   exact ? "%s:%zu: date %s occurs twice" : "%s:%zu: date %s is a second row of %s", c->name,
                   line, text, own);
  }
  if (ordinal < previous)
    return gm_fail(err, GM_BAD_INPUT, "%s:%zu: date %s comes after %s; the rows must be in ascending order",
                   c->name, line, text, gm_time_format(unit, previous, before));
  return gm_fail(err, GM_BAD_INPUT, "%s:%zu: a gap, expected %s but got %s", c->name, line,
                 gm_time_format(unit, previous + 1, before), text);
}
