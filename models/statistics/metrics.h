/* SPDX-License-Identifier: MIT
 * The two figures of merit, defined here and nowhere else: root mean square error and
 * Pearson correlation, in double, two passes, of values scaled by powers of two: they hold for series of any
 * size, 1e-300 as well as 1e300. */
#ifndef MODELS_METRICS_H
#define MODELS_METRICS_H

#include "common/status.h"

#include <stddef.h>

/* sqrt(1/n · Σ (prediction_i − truth_i)²). n = 0 or a value that is not finite is
 * GM_FAILED (the model diverged), and *rmse is NaN. */
gm_status gm_rmse(const double *prediction, const double *truth, size_t n, double *rmse, gm_error *err);

/* Σ (a_i − ā)(b_i − b̄) / sqrt(Σ (a_i − ā)² · Σ (b_i − b̄)²), in [−1, 1]. Undefined where one of the two
 * is constant, also for n = 1: then NaN with GM_OK. n = 0 or a value that is not finite as for gm_rmse. */
gm_status gm_correlation(const double *a, const double *b, size_t n, double *correlation, gm_error *err);

#endif
