/* SPDX-License-Identifier: MIT
 * The values of chosen cells over months, collected one month at a time: cells that
 * lack a value are dropped or keep their gaps as NaN, the means of the calendar months over a base period are
 * summed on the way and taken off at the end. It knows nothing of files or boxes.
 *
 * Letters: n_cells chosen cells, n_points of them left, n_rows months kept. */
#ifndef DATASETS_POINT_ROWS_H
#define DATASETS_POINT_ROWS_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  size_t n_cells, n_points, n_rows;
  bool keep_gaps;           /* a cell with some value is a point, NaN where it lacks one */
  int first_calendar_month; /* of row 0: 0 = January */
  size_t *cell;             /* (n_cells) place of each cell in the array of a month; owned */
  uint32_t *n_seen;         /* (n_cells) months with a value */
  size_t
      *point; /* (n_points) index into cell; without gaps, cells with none in the first month never enter */
  float *values;   /* (n_rows, n_points) */
  double *sum;     /* (12, n_points) over the base period */
  uint32_t *n_sum; /* (12, n_points) values in it */
  uint32_t n_base[12];
  uint32_t n_months; /* added so far */
} gm_point_rows;

/* Takes over `cell` (n_cells), also on failure. */
gm_status gm_point_rows_create(gm_point_rows *rows, size_t *cell, size_t n_cells, size_t n_rows,
                               int first_calendar_month, bool keep_gaps, gm_error *err);
void gm_point_rows_free(gm_point_rows *rows);

/* Not a row: the month is looked at but not kept. */
#define GM_NO_ROW SIZE_MAX

/* Adds a month; month[cell[c]] is the value of cell c, NaN where missing. `calendar_month` 0 … 11 counts
 * for the base period when `in_base`. *n_values gets how many points have a value. */
gm_status gm_point_rows_add(gm_point_rows *rows, const double *month, size_t row, int calendar_month,
                            bool in_base, size_t *n_values, gm_error *err);

/* Drops the points that lacked a value in some month (with keep_gaps: in every month) and subtracts the base
 * period's means, where months of it were added (then all twelve calendar months must have been). A point
 * with gaps has the mean of the values that are there, and NaN in a calendar month without any. */
void gm_point_rows_finish(gm_point_rows *rows);

/* Cells that never had a value, and cells that lacked one in some months. */
size_t gm_point_rows_land(const gm_point_rows *rows);
size_t gm_point_rows_gaps(const gm_point_rows *rows);

#endif
