/* SPDX-License-Identifier: MIT
 * One date as people write it. Some texts fit two forms (198001, 1/2/1980): what they mean is seen from the
 * other rows (date_column.h). */
#ifndef DATASETS_DATE_TEXT_H
#define DATASETS_DATE_TEXT_H

#include "datasets/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Years that decimal years and dates without separators may have. */
enum { GM_FIRST_YEAR = 1000, GM_LAST_YEAR = 2999 };

typedef enum {
  GM_DATE_NONE,
  GM_DATE_NUMBER,        /* a whole number, which may be YYYYMM or YYYYMMDD */
  GM_DATE_DECIMAL,       /* 1980.042 */
  GM_DATE_MONTH,         /* YYYY-MM, Jan 1980, 1/1980 */
  GM_DATE_DAY,           /* YYYY-MM-DD, 15 Jan 1980 */
  GM_DATE_DAY_MONTH_YEAR /* D/M/YYYY or M/D/YYYY */
} gm_date_form;

typedef struct {
  gm_date_form form;
  int64_t number; /* of GM_DATE_NUMBER; ordinal of GM_DATE_MONTH and GM_DATE_DAY */
  double decimal; /* of GM_DATE_DECIMAL */
  int a, b;       /* of GM_DATE_DAY_MONTH_YEAR: the first two numbers */
  int year;
} gm_date;

void gm_date_parse(const char *text, gm_date *date);

/* Whether the calendar has the day. */
bool gm_is_real_day(int64_t year, int month, int day);

/* The month, 1 … 12, that a name means in any case of letters: "January", "Jan", or three months by their
 * initials ("DJF" is January, its middle); 0 for anything else. */
int gm_month_of_name(const char *name, size_t length);

/* The same without the three months. */
int gm_month_by_name(const char *name, size_t length);

/* A whole number of at most GM_INDEX_DIGITS digits, also as "1980.0", as tables have them whose column once
 * had gaps. */
bool gm_parse_whole(const char *text, int64_t *value);

/* Whether a field could be the date of a row: it is a number to begin with, or the name of a month. */
bool gm_date_is_likely(const char *text, size_t length);

#endif
