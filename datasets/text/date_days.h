/* SPDX-License-Identifier: MIT
 * Columns whose dates are days. */
#ifndef DATASETS_DATE_DAYS_H
#define DATASETS_DATE_DAYS_H

#include "datasets/text/date_rows.h"
#include "datasets/text/date_text.h"

/* In which order the numbers of a date stand; GM_COMPACT: YYYYMMDD. */
typedef enum { GM_YEAR_FIRST, GM_COMPACT, GM_DAY_FIRST, GM_MONTH_FIRST } gm_day_order;

/* The ordinal of a day; false where the calendar has no such day. */
bool gm_date_day(const gm_date *date, gm_day_order order, int64_t *day_number);

/* Days, or months or years by one day each. As gm_date_column_read. */
gm_status gm_date_read_days(const gm_date_column *column, gm_day_order order, gm_time_unit *unit,
                            int64_t *first, char form[GM_DATE_FORM], gm_error *err);

/* Day before month or month before day: the one that gives regular rows, if it is one alone. */
gm_status gm_date_read_day_month(const gm_date_column *column, gm_time_unit *unit, int64_t *first,
                                 char form[GM_DATE_FORM], gm_error *err);

#endif
