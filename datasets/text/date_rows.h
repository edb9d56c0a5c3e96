/* SPDX-License-Identifier: MIT
 * A column of dates, whose texts come through functions, and the step that its rows must make. */
#ifndef DATASETS_DATE_ROWS_H
#define DATASETS_DATE_ROWS_H

#include "common/status.h"
#include "datasets/series.h"

typedef struct {
  const char *name;   /* of the source, for messages */
  const char *column; /* its heading, for messages */
  size_t n;           /* rows */
  /* The text of row r: of the date, or of the year with two columns; and of the month with two columns. */
  const char *(*text)(void *context, size_t r);
  const char *(*month)(void *context, size_t r); /* NULL: one column */
  size_t (*line)(void *context, size_t r);       /* of the source */
  void *context;
  bool forced; /* the unit is this one, whatever the texts look like */
  gm_time_unit unit;
} gm_date_column;

enum { GM_DATE_FORM = 64 }; /* room for what was found: "dates at month start" */

/* GM_BAD_INPUT where row r, of that ordinal, does not follow the row before it by one. */
gm_status gm_date_check_step(const gm_date_column *column, size_t r, gm_time_unit unit, int64_t previous,
                             int64_t ordinal, gm_error *err);

#endif
