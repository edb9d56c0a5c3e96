/* SPDX-License-Identifier: MIT
 * One fit of a linear regression at work: what least_squares.c and ridge.c, which solve it, share with
 * linear_regression.c. */
#ifndef MODELS_LINEAR_FIT_H
#define MODELS_LINEAR_FIT_H

#include "models/regression/dual.h"
#include "models/regression/linear_model.h"
#include "models/regression/predictors.h"
#include "models/regression/svd.h"

/* What one fit works on. */
typedef struct {
  const gm_linear_regression_config *config;
  const gm_predictors *X;
  double *y; /* (n) centred */
  double *c; /* (k) u_jᵀ y */
  double *w; /* (k) f(s_j) c_j */
  double y_mean;
  gm_ridge ridge; /* what is done: never GM_RIDGE_AUTO */
  double cutoff;  /* relative to s_0 */
  gm_svd svd;     /* one of both is built in the end */
  gm_dual dual;
} gm_linear_fit;

/* Where s_j² + λ falls below this fraction of s_0² it comes within DBL_EPSILON / 1e-6 = 2e-10 (relative) of
 * the rounding of the Gram matrix; then the fit does without it. */
#define GM_GRAM_FLOOR 1e-6

/* Fill in coefficients, rank, condition and, of ridge, the penalty; y is centred and the ridge decided on.
 * GM_FAILED with rank_deficient set: least squares on as few predictors is singular. */
gm_status gm_least_squares_solve(gm_linear_fit *fit, gm_linear_regression *model, gm_error *err);
gm_status gm_ridge_solve(gm_linear_fit *fit, gm_linear_regression *model, gm_error *err);

/* Rank and condition at the cut-off, of k singular values s in descending order. */
void gm_linear_fit_rank(const gm_linear_fit *fit, size_t k, const double *s, gm_linear_regression *model);

/* The same through the products of the samples with one another (dual.h): the outermost singular values tell
 * all unless some are cut off. */
gm_status gm_linear_fit_rank_of_products(gm_linear_fit *fit, gm_linear_regression *model, gm_error *err);

/* b = Xcᵀ a, of a (n) from those products. */
gm_status gm_linear_fit_combine(const gm_linear_fit *fit, const double *a, gm_linear_regression *model,
                                gm_error *err);

#endif
