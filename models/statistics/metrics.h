/* SPDX-License-Identifier: MIT
 * The figures of merit, defined here and nowhere else: root mean square error, Pearson correlation and the
 * skill score, the first two in double, two passes, of values scaled by powers of two: they hold for series
 * of any size, 1e-300 as well as 1e300. */
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

typedef struct {
  double skill; /* NaN where the season has no sample or the reference no error */
  size_t n;     /* samples of the season */
} gm_season_skill;

/* By how much a forecast is better than a reference, season by season:
 *
 *   skill = 1 − Σ (forecast − truth)² / Σ (reference − truth)²   over the samples of a season
 *
 * (mean squared error skill score; Murphy, Mon. Wea. Rev. 116, 1988): 1 is perfect, 0 as good as the
 * reference, negative worse. Against climatology by target month it shows the spring barrier of El Niño's
 * forecasts.
 *
 * truth, forecast, reference, season (n); season is 0 … n_seasons − 1; skill (n_seasons). */
void gm_skill_by_season(const double *truth, const double *forecast, const double *reference,
                        const int *season, size_t n, size_t n_seasons, gm_season_skill *skill);

#endif
