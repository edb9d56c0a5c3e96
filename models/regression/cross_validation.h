/* SPDX-License-Identifier: MIT
 * Errors of a regression on samples it was not fitted to, for many penalties, or numbers of patterns, from
 * one factorisation: the samples are left out a block at a time.
 *
 * Consecutive months are near copies of one another, so a month left out alone is predicted by its
 * neighbours and the penalty comes out too small. A whole block goes, and with it a gap on either
 * side whose samples share data with it. With S the block and its gaps, H(λ) the hat matrix and r the
 * residuals of the fit to all samples, the errors of the fit without S are
 *
 *   e_S = (I − H_SS)⁻¹ r_S      (Burman, Chow & Nolan, Biometrika 81, 1994, for h-block errors;
 *                                blocks of one sample and no gap: Allen's PRESS)
 *   I − H = I − 11ᵀ/n − U Uᵀ + U diag(left_j) Uᵀ,   r = (I − H) y
 *   left_j, what the fit leaves of direction j: λ/(s_j² + λ) with a ridge penalty; of the regression on the
 *   leading patterns 0 for those and 1 for the others
 *
 * of which the block's own count. The vector of ones belongs to the intercept. Where it and U span
 * all n dimensions (p ≥ n), the first three terms are 0 and left out, so small penalties keep
 * their digits.
 *
 * Letters: n samples, k singular values. */
#ifndef MODELS_CROSS_VALIDATION_H
#define MODELS_CROSS_VALIDATION_H

#include "common/parallel.h"
#include "common/status.h"
#include "models/regression/svd.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  size_t block;        /* time steps left out together, counted from the first sample, at least 1 */
  size_t gap;          /* time steps left out with them on either side */
  const int64_t *time; /* (n) ascending, borrowed; NULL: 0, 1, … n − 1 */
} gm_folds;

/* GM_BAD_INPUT unless every block leaves samples to learn from. */
gm_status gm_folds_check(const gm_folds *folds, size_t n, gm_error *err);

/* The fit to all samples that is asked what it would have been without some. All borrowed. */
typedef struct {
  const gm_svd *svd; /* of the predictors, centred where `intercept` */
  const double *y;   /* (n) centred likewise */
  bool intercept;
  const gm_folds *folds;
  gm_parallel *pool; /* may be NULL; the result is the same on any */
} gm_whole_fit;

/* mean_square (n_fits) of the n errors of each fit; +Inf where the samples left do not determine a
 * forecast to rounding. left (svd->k, n_fits) row-major, 1 for directions with s_j = 0. */
gm_status gm_cross_validate(const gm_whole_fit *whole, const double *left, size_t n_fits, double *mean_square,
                            gm_error *err);

/* Of ridge regressions with each λ > 0. */
gm_status gm_ridge_cross_validate(const gm_whole_fit *whole, const double *lambda, size_t n_lambda,
                                  double *mean_square, gm_error *err);

#endif
