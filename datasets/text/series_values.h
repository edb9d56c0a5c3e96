/* SPDX-License-Identifier: MIT
 * Fields of a table to numbers, one column at a time: what is missing, marks that nobody listed, values
 * far from all others. Private to datasets/text. */
#ifndef DATASETS_SERIES_VALUES_H
#define DATASETS_SERIES_VALUES_H

#include "common/csv.h"
#include "common/status.h"
#include "datasets/missing.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  const gm_missing *missing;
  const char *mark;   /* the missing value that the file states, or "" */
  bool decimal_comma; /* "0,53" is a number */
} gm_value_rules;

/* One value; NaN where it is missing. GM_BAD_INPUT with line and column for what is no finite number. */
gm_status gm_series_value(const gm_csv_table *table, size_t row, size_t column, const gm_value_rules *rules,
                          double *value, gm_error *err);

typedef struct {
  size_t n;        /* values farther from the median than asked for */
  size_t farthest; /* position of one of them */
  double distance; /* its own, in robust standard deviations */
} gm_outliers;

/* A value at an end of the range that stands alone. */
typedef struct {
  size_t n, first;    /* how often it occurs, and where first; n = 0: there is none */
  double least, most; /* of all others */
} gm_lone_value;

/* The least or the greatest value, if it is farther from the next one than all the others are apart (of which
 * there are two or more, and GM_LONE_VALUES values in all): a zero or −1 written for "no value" among
 * temperatures of 24 to 28 is too near for robust standard deviations. */
enum { GM_LONE_VALUES = 12 };
gm_lone_value gm_series_lone_value(const double *values, size_t n);

/* Values more than `most` robust standard deviations from the median. */
gm_status gm_series_outliers(const double *values, size_t n, double most, gm_outliers *found, gm_error *err);

#endif
