/* SPDX-License-Identifier: MIT
 * Dates as people write them, to consecutive rows: each of the forms below, and the step of the rows found by
 * looking at all of them.
 *
 *   YYYY-MM-DD (also / or . between, and a time of day behind)   days; months when there is one row in each
 *   YYYYMMDD, D/M/YYYY, M/D/YYYY                                  month, all at its first, its last, its
 *                                                                 middle or the same day; years likewise
 *   YYYY-MM (also / : M between), YYYYMM, Jan 1980, 1/1980        months
 *   1980.042                                                      months, at their start, middle or last day
 *   year and month in two columns (1 … 12, names, DJF …)          months
 *   whole numbers                                                 themselves
 *
 * It knows nothing of files: the texts come through a function. */
#ifndef DATASETS_DATE_COLUMN_H
#define DATASETS_DATE_COLUMN_H

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

enum { GM_DATE_FORM = 64 };

/* Unit and first ordinal of rows that advance by one each; `form` says what was found ("dates at month
 * start"). GM_BAD_INPUT with line and what was expected names the step that breaks it. */
gm_status gm_date_column_read(const gm_date_column *column, gm_time_unit *unit, int64_t *first,
                              char form[GM_DATE_FORM], gm_error *err);

/* The month, 1 … 12, that a name means in any case of letters: "January", "Jan", or three months by their
 * initials ("DJF" is January, its middle); 0 for anything else. */
int gm_month_of_name(const char *name, size_t length);

/* A whole number of at most GM_INDEX_DIGITS digits, also as "1980.0", as tables have them whose column once
 * had gaps. */
bool gm_parse_whole(const char *text, int64_t *value);

/* Whether a field could be the date of a row: it is a number to begin with, or the name of a month. */
bool gm_date_is_likely(const char *text, size_t length);

#endif
