/* SPDX-License-Identifier: MIT
 * Linear trends, learned on one period and taken off everywhere:
 *
 *   x(t) −= a + b t,  a and b least squares over the rows of the period that have a value
 *
 * so that nothing of the other periods leaks into the training. */
#ifndef DATASETS_DETREND_H
#define DATASETS_DETREND_H

#include "common/status.h"
#include "datasets/series.h"

/* Target and channels of a table, each with its own trend. GM_BAD_INPUT where the period has fewer than two
 * values of a column; the table is unchanged then. */
gm_status gm_detrend_series(gm_series *series, const gm_period *period, gm_error *err);

/* Every column of a matrix (n_times, n_points), row-major, without missing values; row 0 is `first`. The
 * period must hold at least two rows. */
void gm_detrend_map(float *values, size_t n_times, size_t n_points, int64_t first, const gm_period *period);

#endif
