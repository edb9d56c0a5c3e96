/* SPDX-License-Identifier: MIT
 * A watch over the months of a map for what no sea does: a cell with the same value in every month (land
 * whose mark the file does not declare), a month with the same value in every cell (one without data), a
 * month that is the one before once more (a file that was filled up). */
#ifndef DATASETS_STILL_CELLS_H
#define DATASETS_STILL_CELLS_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Months that a cell must have, and cells that a month must have, to be judged. */
enum { GM_STILL_MONTHS = 12, GM_STILL_CELLS = 4 };

typedef struct {
  size_t n_cells;
  double *value;   /* (n_cells) first value of the cell, owned */
  uint32_t *count; /* (n_cells) months with that value so far, owned */
  bool *moved;     /* (n_cells) another value came, owned */
  double *last;    /* (n_cells) the month before, owned */
  size_t n_months;
  size_t n_repeats;    /* months equal to the one before in every cell that has a value in both */
  size_t first_repeat; /* the first of them, from 0 */
} gm_still_cells;

gm_status gm_still_cells_create(gm_still_cells *cells, size_t n_cells, gm_error *err);

/* A month, NaN where a cell has no value. Returns whether GM_STILL_CELLS cells or more have one, and all the
 * same. */
bool gm_still_cells_add(gm_still_cells *cells, const double *month);

/* Whether a cell had one and the same value in GM_STILL_MONTHS months or more. */
bool gm_still_cells_is(const gm_still_cells *cells, size_t cell);

/* Accepts a zeroed object. */
void gm_still_cells_free(gm_still_cells *cells);

#endif
