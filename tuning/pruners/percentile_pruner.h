/* SPDX-License-Identifier: MIT
 * The percentile rule: a trial stops when its best intermediate value so far is worse
 * than the given percentile of what complete trials reported at the same step.
 * Semantics, corner cases and rounding are those of optuna.pruners.PercentilePruner
 * (3.1 to 5); its median pruner is percentile 50. */
#ifndef TUNING_PERCENTILE_PRUNER_H
#define TUNING_PERCENTILE_PRUNER_H

#include "tuning/pruners/pruner.h"

/* ---- pieces, for callers that explain or check a decision ---------------- */

/* Best of the trial's reports first … last − 1, NaN ignored; NaN when there is no other. */
double gm_best_report(const gm_trial *trial, size_t first, size_t last, gm_direction direction);

/* The value a trial must reach at `step`: the percentile (from the better end) of what
 * complete trials reported at exactly that step. NaN: no verdict, since fewer than
 * n_min_trials reported, or only NaN, or infinities that do not interpolate. */
gm_status gm_percentile_threshold(const gm_pruner_config *config, const gm_history *history, int64_t step,
                                  double *threshold, gm_error *err);

/* The q-th percentile, 0 <= q <= 100, of `sorted` (n >= 1) by linear interpolation,
 * to the bit as numpy.nanpercentile. */
double gm_percentile(size_t n, const double *sorted, double q);

#endif
