/* SPDX-License-Identifier: MIT
 * Linear regression as filters on the singular values: every estimate is
 * b = Σ_j f(s_j) c_j v_j with c_j = u_jᵀ y. Files are linear_regression_json.c's. */
#include "models/regression/linear_regression.h"

#include "models/regression/linear_fit.h"

#include <math.h>
#include <stdlib.h>

/* ---- fitting ---------------------------------------------------------- */

gm_status gm_linear_regression_check(const gm_linear_regression_config *config, const gm_predictors *X,
                                     const double *y, gm_error *err) {
  const char *complaint = gm_linear_regression_config_check(config);
  if (complaint != NULL) return gm_fail(err, GM_BAD_INPUT, "%s", complaint);
  if (X->p == 0 || X->n < (config->intercept ? 2u : 1u))
    return gm_fail(err, GM_BAD_INPUT,
                   "linear regression on %zu samples of %zu predictors: expected at least %u and 1", X->n,
                   X->p, config->intercept ? 2u : 1u);
  size_t row, column;
  if (gm_predictors_not_finite(X, config->pool, &row, &column))
    return gm_fail(err, GM_BAD_INPUT, "linear regression: predictor %zu of sample %zu is not a finite number",
                   column + 1, row + 1);
  for (size_t i = 0; i < X->n; i++)
    if (!isfinite(y[i]))
      return gm_fail(err, GM_BAD_INPUT, "linear regression: the target of sample %zu is not a finite number",
                     i + 1);
  return GM_OK;
}

/* Centres y. */
static gm_status prepare(gm_linear_fit *f, const double *y, gm_error *err) {
  const gm_linear_regression_config *config = f->config;
  const gm_predictors *X = f->X;
  const gm_status status = gm_linear_regression_check(config, X, y, err);
  if (status != GM_OK) return status;
  const size_t k = X->n < X->p ? X->n : X->p;
  f->y = malloc(X->n * sizeof *f->y);
  f->c = malloc(k * sizeof *f->c);
  f->w = malloc(k * sizeof *f->w);
  if (f->y == NULL || f->c == NULL || f->w == NULL) return gm_fail_memory(err, "the regression");
  if (config->intercept) {
    for (size_t i = 0; i < X->n; i++) f->y_mean += y[i];
    f->y_mean /= (double)X->n;
  }
  for (size_t i = 0; i < X->n; i++) f->y[i] = y[i] - f->y_mean;
  const double larger = (double)(X->n > X->p ? X->n : X->p);
  f->cutoff = config->rcond > 0 ? config->rcond : larger * config->data_epsilon;
  return GM_OK;
}

static void fit_free(gm_linear_fit *f) {
  gm_svd_free(&f->svd);
  gm_dual_free(&f->dual);
  free(f->y);
  free(f->c);
  free(f->w);
}

/* GM_RIDGE_AUTO's own choice; of least squares it turns to blocks where the system turns out to be singular.
 */
static gm_status solve(gm_linear_fit *f, gm_linear_regression *model, gm_error *err) {
  const bool automatic = f->config->ridge == GM_RIDGE_AUTO, few = f->X->p <= f->X->n / 3;
  f->ridge = !automatic ? f->config->ridge : few || f->config->rcond > 0 ? GM_RIDGE_NONE : GM_RIDGE_BLOCKS;
  gm_status status = GM_OK;
  if (f->ridge == GM_RIDGE_NONE) {
    status = gm_least_squares_solve(f, model, err);
    if (status != GM_FAILED || !automatic || !model->rank_deficient) return status;
    f->ridge = GM_RIDGE_BLOCKS;
    *model = (gm_linear_regression){
        .p = model->p, .coefficients = model->coefficients, .cv_rmse = NAN, .singular = true};
  }
  model->ridge = f->ridge;
  return gm_ridge_solve(f, model, err);
}

gm_status gm_linear_regression_fit(const gm_linear_regression_config *config, const gm_predictors *X,
                                   const double *y, gm_linear_regression *model, gm_error *err) {
  gm_linear_fit f = {.config = config, .X = X};
  *model = (gm_linear_regression){.p = X->p, .ridge = GM_RIDGE_NONE, .cv_rmse = NAN};
  gm_status status = prepare(&f, y, err);
  if (status == GM_OK) {
    model->coefficients = malloc(X->p * sizeof *model->coefficients);
    if (model->coefficients == NULL) status = gm_fail_memory(err, "the coefficients");
  }
  if (status == GM_OK) status = solve(&f, model, err);
  if (status == GM_OK) {
    const double *mean = f.dual.mean != NULL ? f.dual.mean : f.svd.mean;
    model->intercept = f.y_mean;
    for (size_t j = 0; j < X->p; j++) model->intercept -= mean[j] * model->coefficients[j];
    gm_predictors_multiply(X, model->coefficients, config->pool, f.y);
    for (size_t i = 0; i < X->n; i++) {
      const double residual = y[i] - model->intercept - f.y[i];
      model->rss += residual * residual;
    }
  } else {
    gm_linear_regression_free(model);
  }
  fit_free(&f);
  return status;
}

/* ---- use -------------------------------------------------------------- */

void gm_linear_regression_predict(const gm_linear_regression *model, const gm_predictors *X,
                                  double *prediction) {
  gm_predictors_multiply(X, model->coefficients, NULL, prediction);
  for (size_t i = 0; i < X->n; i++) prediction[i] = model->intercept + prediction[i];
}

/* ---- counting ------------------------------------------------------------ */

double gm_linear_regression_forecast_flop(size_t p) {
  return 2.0 * (double)p;
}

double gm_linear_regression_fit_flop(size_t n, size_t p) {
  const double least = (double)(p < n ? p : n), most = (double)(p < n ? n : p);
  return most * least * (least + 1); /* least · (least + 1) / 2 sums of `most` products */
}
