/* SPDX-License-Identifier: MIT
 * Anomalies: value minus the mean of that calendar month (daily tables: calendar
 * day; index tables: all rows) over a base period of whole years. */
#ifndef DATASETS_ANOMALIES_H
#define DATASETS_ANOMALIES_H

#include "common/status.h"
#include "datasets/series.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool none;           /* leave the values as they are */
  int64_t first, last; /* years, both included (index tables: indices) */
} gm_base_period;

/* "Y:Y" or "none". */
gm_status gm_base_period_parse(const char *text, gm_base_period *base, gm_error *err);

/* Replaces target and channels by their anomalies; the mean is that of the values that are there. The base
 * period must lie inside the table, a daily table with a 29 February needs one in it, and every calendar
 * month or day that has values needs one in it; otherwise GM_BAD_INPUT and the table is unchanged. */
gm_status gm_anomalies(gm_series *series, const gm_base_period *base, gm_error *err);

#endif
