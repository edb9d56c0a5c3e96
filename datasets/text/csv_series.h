/* SPDX-License-Identifier: MIT
 * A dated table from any text file: CSV and its relatives, columns separated by blanks, tables of years and
 * twelve months; monthly, daily, yearly or plain-index rows (series.h), a target column and the columns that
 * become channels. What is not said is found by looking at the file (text_layout.h, date_column.h) and told.
 *
 * Missing values: an empty field, the words of missing.h, those that are listed, and a mark that the file
 * itself states are NaN in the series; samples that would need one are left out (samples.h). A number that
 * agencies are known to write for a missing value is refused where it lies beyond all other values of its
 * column, unless it is listed or everything is stated to be data. */
#ifndef DATASETS_CSV_SERIES_H
#define DATASETS_CSV_SERIES_H

#include "common/status.h"
#include "datasets/series.h"
#include "datasets/text/series_found.h"

typedef struct {
  const char *path;
  const char *date_column; /* a column, or two for year and month; NULL: the first, or the first two if they
                              are these */
  const char *target;      /* column to forecast; NULL: the only one beside the dates */
  const char *features;    /* comma-separated columns, channels in that order; NULL = the target alone */
  const char *missing;     /* values that are none (missing.h), or NULL */
  const char *layout;      /* words that prevail over what is found (text_layout.h), or NULL */
} gm_csv_series_config;

/* Reads the file. A column is called by its name in the header or, where none has it, by its number from 1;
 * in lists, names with commas stand in quotation marks. Rows must be consecutive: a gap, a duplicate or
 * unordered date, a second form of date, a value that is no number, a missing or repeated column are
 * GM_BAD_INPUT, one sentence with file and line. `found` may be NULL. */
gm_status gm_csv_series_read(const gm_csv_series_config *config, gm_series *series, gm_series_found *found,
                             gm_error *err);

#endif
