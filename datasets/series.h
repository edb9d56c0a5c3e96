/* SPDX-License-Identifier: MIT
 * A dated table in memory: one target, one or more channels (predictor columns),
 * consecutive rows; a missing value is NaN. Also the dates themselves: text <-> ordinal, and periods
 * ("1980-01:1995-12"). It knows nothing of files, models or splits.
 *
 * Letters: n_times rows, n_channels columns. */
#ifndef DATASETS_SERIES_H
#define DATASETS_SERIES_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- time ------------------------------------------------------------- */

/* One row per … ; the ordinal of a row in the proleptic Gregorian calendar. */
typedef enum {
  GM_INDEX,   /* YYYY, or any whole number   ordinal = the number           */
  GM_MONTHLY, /* YYYY-MM                     ordinal = 12·year + month − 1  */
  GM_DAILY,   /* YYYY-MM-DD                  ordinal = days since 1970-01-01 */
} gm_time_unit;

/* "YYYY", "YYYY-MM", "YYYY-MM-DD": the form of a unit's dates, for messages. */
const char *gm_time_form(gm_time_unit unit);

/* "row", "month" or "day": what one step of the unit is, for messages. */
const char *gm_time_step(gm_time_unit unit);

/* Parses `text` in whichever of the three forms it has; false for anything else
 * (month 13, 30 February, an index of more than GM_INDEX_DIGITS digits). */
bool gm_time_parse(const char *text, gm_time_unit *unit, int64_t *ordinal);

#define GM_INDEX_DIGITS 15 /* whole numbers a double holds exactly */

/* Size of a buffer for gm_time_format. */
#define GM_TIME_TEXT 32

/* The date of an ordinal, in the form gm_time_parse reads. Returns `text`. */
const char *gm_time_format(gm_time_unit unit, int64_t ordinal, char text[GM_TIME_TEXT]);

/* Calendar parts: month 1 … 12, day 1 … 31; for GM_INDEX year = the index and
 * month = day = 1; for GM_MONTHLY day = 1. */
void gm_time_split(gm_time_unit unit, int64_t ordinal, int64_t *year, int *month, int *day);

/* Ordinal of a calendar date; the parts the unit does not use are ignored. */
int64_t gm_time_join(gm_time_unit unit, int64_t year, int month, int day);

/* Whether n months from `first` are whole years from February to January, as they look where the end of a
 * month is taken for the beginning of the next. */
bool gm_are_years_from_february(int64_t first, size_t n);

/* A closed range of ordinals. */
typedef struct {
  int64_t first, last; /* last = INT64_MAX: open end */
} gm_period;

/* "A:B" or the open "A:", A and B dates of this unit, A <= B. `what` names the
 * option or split in the message (GM_BAD_INPUT). */
gm_status gm_period_parse(const char *text, gm_time_unit unit, const char *what, gm_period *period,
                          gm_error *err);

/* ---- the table -------------------------------------------------------- */

typedef struct {
  char *name;           /* of the source, for messages and records; owned */
  gm_time_unit unit;    /* of one row */
  int64_t first;        /* ordinal of row 0; rows are consecutive, so row r is first + r */
  size_t n_times;       /* rows */
  size_t n_channels;    /* predictor columns */
  double *target;       /* (n_times); starts the one allocation that holds both */
  double *channels;     /* (n_channels, n_times), column-wise */
  size_t n_missing;     /* values of target and channels that are NaN */
  size_t n_base;        /* fewest values behind a calendar mean that was taken off; 0: none was */
  char *target_name;    /* owned */
  char *target_unit;    /* "°C", "hPa", …; NULL: not known; owned */
  char **channel_names; /* n_channels, owned */
} gm_series;

/* Allocates a table with zero values and empty names of columns ("").
 * n_times and n_channels must be at least 1. */
gm_status gm_series_alloc(gm_series *series, const char *name, gm_time_unit unit, int64_t first,
                          size_t n_times, size_t n_channels, gm_error *err);

/* Replaces a text of the table (target_name, target_unit or one of channel_names) by a copy of `name`. */
gm_status gm_series_name(char **column_name, const char *name, gm_error *err);

/* Accepts a zeroed or half-built table. */
void gm_series_free(gm_series *series);

#endif
