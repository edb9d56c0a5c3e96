/* SPDX-License-Identifier: MIT
 * Which rows of a table are the last input times of each split: what samples of index
 * series (series_samples.c) and of maps (map_samples.c) have in common. Private to datasets. */
#ifndef DATASETS_SPLIT_ROWS_H
#define DATASETS_SPLIT_ROWS_H

#include "datasets/samples.h"

#include <stdbool.h>

/* The rows of first_row … end_row − 1 of the table that gm_split_rows_has: n of them. */
typedef struct {
  size_t first_row, end_row, n, n_dropped;
} gm_split_rows;

/* Whether row t has its window of max_time_steps rows, its target and its own value, none of them missing. */
bool gm_split_rows_has(const gm_samples_config *config, const gm_series *series, size_t t);

/* The rows t of each period that have a full window behind and a target ahead, without missing values.
 * GM_BAD_INPUT for a bad configuration, bad or overlapping periods, and a split without samples. */
gm_status gm_split_rows_find(const gm_samples_config *config, const gm_series *series,
                             gm_split_rows rows[GM_N_SPLITS], gm_error *err);

/* One block of memory per type, and the views of the splits into it: `predictors` doubles of X and
 * `block_size` floats of x per sample; without predictors (maps) x is to point elsewhere, without block_size
 * alone there is no x. */
gm_status gm_samples_allocate(gm_samples *samples, const gm_split_rows rows[GM_N_SPLITS], size_t predictors,
                              size_t block_size, gm_error *err);

#endif
