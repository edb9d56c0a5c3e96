/* SPDX-License-Identifier: MIT
 * Least squares: through the samples' products where they keep the digits, else by singular values of X
 * itself. */
#include "models/regression/linear_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether every column varies by more than the rounding of its data: svd.h counts those that do not as zero.
 */
static bool all_vary(const gm_linear_fit *f, double *row, double *squares) {
  const gm_predictors *X = f->X;
  memset(squares, 0, X->p * sizeof *squares);
  for (size_t i = 0; i < X->n; i++) {
    gm_predictors_copy(X, i, 0, X->p, f->dual.mean, row);
#pragma omp simd
    for (size_t j = 0; j < X->p; j++) squares[j] += row[j] * row[j];
  }
  const double rounding = sqrt((double)X->n) * f->config->data_epsilon;
  for (size_t j = 0; j < X->p; j++)
    if (sqrt(squares[j]) <= rounding * fabs(f->dual.mean[j])) return false;
  return true;
}

/* Least squares of minimum norm where all singular values count and K resolves them: then one correction by
 * the residual of X itself gives the digits of a factorisation of X (Björck, Linear Algebra Appl. 88, 31
 * (1987): corrected seminormal equations). *done: whether it was so. */
static gm_status least_squares_by_products(gm_linear_fit *f, gm_linear_regression *model, bool *done,
                                           gm_error *err) {
  const gm_predictors *X = f->X;
  gm_status status = gm_dual_build(X, f->config->intercept, f->config->pool, &f->dual, err);
  if (status != GM_OK) return status;
  const double least = f->dual.least / f->dual.greatest;
  double *row = malloc(X->p * sizeof *row), *a = malloc(X->n * sizeof *a),
         *residual = malloc(X->n * sizeof *a);
  if (row == NULL || a == NULL || residual == NULL) status = gm_fail_memory(err, "the regression");
  memset(model->coefficients, 0, X->p * sizeof *model->coefficients);
  *done = status == GM_OK && least * least >= GM_GRAM_FLOOR && least > f->cutoff &&
          all_vary(f, row, model->coefficients) && gm_dual_solve(&f->dual, f->y, 0, a);
  if (*done) {
    memset(model->coefficients, 0, X->p * sizeof *model->coefficients);
    status = gm_linear_fit_combine(f, a, model, err);
    double offset = 0;
    for (size_t j = 0; j < X->p; j++) offset += f->dual.mean[j] * model->coefficients[j];
    gm_predictors_multiply(X, model->coefficients, f->config->pool, residual);
    for (size_t i = 0; i < X->n; i++) residual[i] = f->y[i] - (residual[i] - offset);
    if (status == GM_OK && gm_dual_solve(&f->dual, residual, 0, a))
      status = gm_linear_fit_combine(f, a, model, err);
    if (status == GM_OK) status = gm_linear_fit_rank_of_products(f, model, err);
    model->ill_conditioned = model->condition > 1 / sqrt(f->config->data_epsilon);
  }
  free(row);
  free(a);
  free(residual);
  return status;
}

/* b = Σ_{j < rank} v_j c_j / s_j */
gm_status gm_least_squares_solve(gm_linear_fit *f, gm_linear_regression *model, gm_error *err) {
  const size_t determined = f->X->n - (f->config->intercept ? 1 : 0);
  const bool unique = f->X->p <= determined && f->config->rcond <= 0; /* expected to be */
  bool done = false;
  gm_status status = f->X->p > f->X->n ? least_squares_by_products(f, model, &done, err) : GM_OK;
  if (status != GM_OK || done) return status;
  gm_dual_free(&f->dual);
  status = gm_svd_direct(f->X, f->config->intercept, unique, f->config->data_epsilon, f->config->pool,
                         &f->svd, err);
  if (status != GM_OK) return status;
  gm_linear_fit_rank(f, f->svd.k, f->svd.s, model);
  if (unique && model->rank_deficient)
    return gm_fail(
        err, GM_FAILED,
        "linear regression: the system is singular, %zu predictors of rank %zu; drop those that repeat "
        "others or do not vary, use a ridge penalty, or give a rank cut-off",
        f->X->p, model->rank);
  model->ill_conditioned = model->condition > 1 / sqrt(f->config->data_epsilon);
  gm_svd_project(&f->svd, f->y, f->c);
  for (size_t j = 0; j < f->svd.k; j++) f->w[j] = j < model->rank ? f->c[j] / f->svd.s[j] : 0;
  return gm_svd_combine(&f->svd, f->X, f->w, model->coefficients, err);
}
