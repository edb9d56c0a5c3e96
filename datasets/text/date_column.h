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

#include "datasets/text/date_rows.h"

/* Unit and first ordinal of rows that advance by one each; `form` says what was found ("dates at month
 * start"). GM_BAD_INPUT with line and what was expected names the step that breaks it. */
gm_status gm_date_column_read(const gm_date_column *column, gm_time_unit *unit, int64_t *first,
                              char form[GM_DATE_FORM], gm_error *err);

#endif
