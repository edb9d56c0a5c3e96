/* SPDX-License-Identifier: MIT
 * A dated table from any CSV file: monthly, daily, yearly or plain-index rows
 * (series.h), a target column and the columns that become channels. */
#ifndef DATASETS_CSV_SERIES_H
#define DATASETS_CSV_SERIES_H

#include "common/status.h"
#include "datasets/series.h"

typedef struct {
  const char *path;
  const char *date_column; /* required */
  const char *target;      /* column to forecast; required */
  const char *features;    /* comma-separated columns, channels in that order; NULL = the target alone */
} gm_csv_series_config;

/* Reads the file. Rows must be consecutive: a gap, a duplicate or unordered date,
 * a second form of date, an empty or non-numeric value, a missing or repeated
 * column are GM_BAD_INPUT, one sentence with file and line. */
gm_status gm_csv_series_read(const gm_csv_series_config *config, gm_series *series, gm_error *err);

#endif
