/* SPDX-License-Identifier: MIT
 * Is A better than B on these months? 95 % intervals of an RMSE and of the difference of two, whose
 * coverage is measured (`make coverage`, docs/statistics.md).
 *
 * To first order an RMSE moves with the mean of z_t = (e_t² − MSE)/(2 RMSE), e_t the errors, and the
 * difference of two models on the same months with the mean of z_t(A) − z_t(B), so what both find hard
 * cancels. Consecutive errors are alike: the variance of that mean is the long-run one by cosines
 * (long_run_variance.h), and the interval ± t of its degrees of freedom.
 *
 * Models trained with several seeds: the RMSE is the mean over seeds, z_t likewise, and the variance of
 * the mean over seeds is added; the degrees of freedom of the sum are Satterthwaite's (Biometrics
 * Bull. 2, 1946). With as many seeds on both sides the seeds are paired. One seed tells nothing
 * about others: then the interval is of that seed's model. */
#ifndef MODELS_RMSE_INTERVAL_H
#define MODELS_RMSE_INTERVAL_H

#include "common/status.h"

#include <stddef.h>

typedef struct {
  double value, low, high;
} gm_interval;

/* Forecasts of one model on the n months, consecutive in time, of each of its seeds. */
typedef struct {
  const double *const *forecast; /* (seeds) pointers to (n) */
  size_t seeds;                  /* at least 1 */
} gm_forecasts;

/* So few months tell nothing: no interval is given. */
enum { GM_INTERVAL_MIN_MONTHS = 12 };

/* RMSE of a; low is at least 0. GM_FAILED for values that are not finite. The bounds are NaN below
 * GM_INTERVAL_MIN_MONTHS. truth (n). */
gm_status gm_rmse_interval(const double *truth, const gm_forecasts *a, size_t n, gm_interval *interval,
                           gm_error *err);

/* RMSE(a) − RMSE(b), likewise. */
gm_status gm_rmse_difference(const double *truth, const gm_forecasts *a, const gm_forecasts *b, size_t n,
                             gm_interval *interval, gm_error *err);

/* ---- the rule --------------------------------------------------------- */

/* What may be said of a difference: nothing where its interval includes zero or there is none. */
typedef enum { GM_NOT_APART, GM_BELOW, GM_ABOVE } gm_verdict;

gm_verdict gm_interval_verdict(const gm_interval *interval);

#endif
