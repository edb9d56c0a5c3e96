/* SPDX-License-Identifier: MIT
 * Ridge regression, with a penalty that is given or chosen by cross-validation. */
#include "models/regression/dual_left_out.h"
#include "models/regression/linear_fit.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* λ = 1e-4 … 1e8 */
static void set_grid(double *lambda) {
  for (int g = 0; g < GM_RIDGE_GRID_SIZE; g++) lambda[g] = pow(10, -4 + g / 4.0);
}

/* Sets λ to the grid value of the least error on samples left out; of equal ones the smallest. */
static gm_status take_best(const double *lambda, const double *error, const gm_folds *folds,
                           gm_linear_regression *model, gm_error *err) {
  double best = INFINITY;
  for (int g = 0; g < GM_RIDGE_GRID_SIZE; g++)
    if (error[g] < best) { /* false for NaN */
      best = error[g];
      model->lambda = lambda[g];
      model->cv_rmse = sqrt(error[g]);
      model->lambda_at_grid_end = g == 0 || g == GM_RIDGE_GRID_SIZE - 1;
    }
  model->block = folds->block;
  model->gap = folds->gap;
  if (best < INFINITY) return GM_OK;
  return gm_fail(err, GM_FAILED,
                 "linear regression: no ridge penalty has a finite error on samples left out");
}

static gm_status choose_lambda(const gm_linear_fit *f, gm_linear_regression *model, gm_error *err) {
  double lambda[GM_RIDGE_GRID_SIZE], error[GM_RIDGE_GRID_SIZE];
  const gm_folds folds =
      f->ridge == GM_RIDGE_LOO ? (gm_folds){.block = 1} : gm_linear_regression_folds(f->config, f->X->n);
  set_grid(lambda);
  const gm_whole_fit whole = {&f->svd, f->y, f->config->intercept, &folds, f->config->pool};
  const gm_status status = gm_ridge_cross_validate(&whole, lambda, GM_RIDGE_GRID_SIZE, error, err);
  return status == GM_OK ? take_best(lambda, error, &folds, model, err) : status;
}

/* A penalty that is given or chosen by leaving out one sample at a time, where K resolves s² + λ for the
 * least λ of interest. *done: whether it was so. */
static gm_status ridge_by_products(gm_linear_fit *f, gm_linear_regression *model, bool *done, gm_error *err) {
  static const double resolved = 1e3; /* times the rounding of K: three digits of the least eigenvalue */
  const gm_folds folds = {.block = 1};
  double lambda[GM_RIDGE_GRID_SIZE], error[GM_RIDGE_GRID_SIZE];
  gm_status status = gm_dual_build(f->X, f->config->intercept, f->config->pool, &f->dual, err);
  if (status != GM_OK) return status;
  const double least = f->dual.least, most = f->dual.greatest * f->dual.greatest;
  set_grid(lambda);
  model->lambda = f->ridge == GM_RIDGE_FIXED ? f->config->lambda : lambda[0];
  if (least * least + model->lambda < resolved * (double)f->X->n * DBL_EPSILON * most) return GM_OK;
  if (f->ridge == GM_RIDGE_LOO) {
    status = gm_dual_leave_one_out(&f->dual, f->y, lambda, GM_RIDGE_GRID_SIZE, f->config->pool, error, err);
    if (status == GM_OK) status = take_best(lambda, error, &folds, model, err);
  }
  double *a = malloc(f->X->n * sizeof *a);
  if (status == GM_OK && a == NULL) status = gm_fail_memory(err, "the regression");
  *done = status == GM_OK && least * least + model->lambda >= GM_GRAM_FLOOR * most &&
          gm_dual_solve(&f->dual, f->y, model->lambda, a);
  if (*done) {
    f->cutoff = fmax(f->cutoff, sqrt((double)f->X->n * DBL_EPSILON)); /* smaller ones are not resolved */
    memset(model->coefficients, 0, f->X->p * sizeof *model->coefficients);
    status = gm_linear_fit_combine(f, a, model, err);
    if (status == GM_OK) status = gm_linear_fit_rank_of_products(f, model, err);
  }
  free(a);
  return status;
}

static gm_status factorise(gm_linear_fit *f, bool gram, gm_error *err) {
  gm_svd_free(&f->svd);
  const gm_status status = gram ? gm_svd_gram(f->X, f->config->intercept, f->config->pool, &f->svd, err)
                                : gm_svd_direct(f->X, f->config->intercept, false, f->config->data_epsilon,
                                                f->config->pool, &f->svd, err);
  if (status == GM_OK) gm_svd_project(&f->svd, f->y, f->c);
  return status;
}

/* b = Σ_j v_j c_j s_j / (s_j² + λ). λ is chosen once, from the first factorisation; where it is too small for
 * the Gram matrix's digits, the coefficients come from X itself. */
gm_status gm_ridge_solve(gm_linear_fit *f, gm_linear_regression *model, gm_error *err) {
  const bool wide = f->X->p > f->X->n;
  bool done = false;
  gm_status status = GM_OK;
  if (wide && f->ridge != GM_RIDGE_BLOCKS) status = ridge_by_products(f, model, &done, err);
  if (status != GM_OK || done) return status;
  gm_dual_free(&f->dual);
  status = factorise(f, wide, err);
  if (status == GM_OK && f->ridge != GM_RIDGE_FIXED) status = choose_lambda(f, model, err);
  if (status == GM_OK && f->ridge == GM_RIDGE_FIXED) model->lambda = f->config->lambda;
  if (status != GM_OK) return status;
  /* Of p >= n singular values centring makes the last one 0, and so is its term in every sum. */
  const double least = f->svd.s[f->svd.k - (f->config->intercept && f->svd.k > 1 ? 2 : 1)];
  if (wide && least * least + model->lambda < GM_GRAM_FLOOR * f->svd.s[0] * f->svd.s[0]) {
    status = factorise(f, false, err);
    if (status != GM_OK) return status;
  } else if (wide) { /* smaller singular values are not resolved */
    f->cutoff = fmax(f->cutoff, sqrt((double)f->svd.n * DBL_EPSILON));
  }
  gm_linear_fit_rank(f, f->svd.k, f->svd.s, model);
  for (size_t j = 0; j < f->svd.k; j++)
    f->w[j] = f->c[j] * f->svd.s[j] / (f->svd.s[j] * f->svd.s[j] + model->lambda);
  return gm_svd_combine(&f->svd, f->X, f->w, model->coefficients, err);
}
