/* SPDX-License-Identifier: MIT
 * Least squares on patterns: one factorisation of the weighted samples (svd.h) gives all numbers of patterns,
 * and the best of them is chosen on blocks left out (cross_validation.h). */
#include "models/regression/component_regression.h"

#include "models/regression/cross_validation.h"
#include "models/regression/svd.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

typedef struct {
  double *Y, *weight, *mean, *y, *c; /* (n, p), (p), (p), (n) centred, (k) */
  double y_mean;
  gm_svd svd;
} fit;

static void fit_free(fit *f) {
  free(f->Y);
  free(f->weight);
  free(f->mean);
  free(f->y);
  free(f->c);
  gm_svd_free(&f->svd);
}

/* Weighs, centres and factorises. */
static gm_status prepare(fit *f, const gm_linear_regression_config *config, const double *area,
                         const gm_predictors *X, const double *y, gm_error *err) {
  const size_t n = X->n, p = X->p;
  double total = 0;
  *f = (fit){.Y = malloc(n * p * sizeof(double)),
             .weight = malloc(p * sizeof(double)),
             .mean = malloc(p * sizeof(double)),
             .y = malloc(n * sizeof(double)),
             .c = malloc((n < p ? n : p) * sizeof(double))};
  if (f->Y == NULL || f->weight == NULL || f->mean == NULL || f->y == NULL || f->c == NULL)
    return gm_fail_memory(err, "the EOF regression");
  for (size_t j = 0; j < p; j++) total += area != NULL ? area[j] : 1;
  for (size_t j = 0; j < p; j++) f->weight[j] = sqrt((area != NULL ? area[j] : 1) / total);
  gm_predictors_means(X, config->pool, f->mean);
  for (size_t i = 0; i < n; i++) {
    gm_predictors_copy(X, i, 0, p, f->mean, f->Y + i * p);
    for (size_t j = 0; j < p; j++) f->Y[i * p + j] *= f->weight[j];
    f->y_mean += y[i] / (double)n;
  }
  for (size_t i = 0; i < n; i++) f->y[i] = y[i] - f->y_mean;
  const gm_predictors weighted = {.n = n, .p = p, .x = f->Y};
  const gm_status status =
      n < p ? gm_svd_gram(&weighted, true, config->pool, &f->svd, err)
            : gm_svd_direct(&weighted, true, false, config->data_epsilon, config->pool, &f->svd, err);
  if (status == GM_OK) gm_svd_project(&f->svd, f->y, f->c);
  return status;
}

/* Patterns that the data's precision resolves. */
static size_t rank_of(const fit *f, const gm_linear_regression_config *config) {
  const double cutoff = fmax((double)(f->svd.n > f->svd.p ? f->svd.n : f->svd.p) * config->data_epsilon,
                             sqrt((double)f->svd.n * DBL_EPSILON));
  size_t rank = 0;
  while (rank < f->svd.k && rank + 1 < f->svd.n && f->svd.s[rank] > cutoff * f->svd.s[0]) rank++;
  return rank;
}

/* The number of patterns of least error on blocks left out; of equal ones the smallest. */
static gm_status choose(const fit *f, const gm_folds *folds, size_t most, gm_parallel *pool,
                        gm_linear_regression *model, gm_error *err) {
  double error[GM_MAX_COMPONENTS], best = INFINITY;
  double *left = malloc(f->svd.k * most * sizeof *left); /* of direction j by the fit of g + 1 patterns */
  if (left == NULL) return gm_fail_memory(err, "the EOF regression");
  for (size_t j = 0; j < f->svd.k; j++)
    for (size_t g = 0; g < most; g++) left[j * most + g] = j <= g ? 0 : 1;
  const gm_whole_fit whole = {&f->svd, f->y, true, folds, pool};
  const gm_status status = gm_cross_validate(&whole, left, most, error, err);
  free(left);
  if (status != GM_OK) return status;
  for (size_t g = 0; g < most; g++)
    if (error[g] < best) {
      best = error[g];
      model->components = g + 1;
      model->cv_rmse = sqrt(error[g]);
    }
  model->block = folds->block;
  model->gap = folds->gap;
  if (best < INFINITY) return GM_OK;
  return gm_fail(err, GM_FAILED,
                 "EOF regression: no number of patterns has a finite error on samples left out");
}

/* b, b0 and what is left. */
static gm_status solve(fit *f, const gm_predictors *X, const double *y, gm_linear_regression *model,
                       gm_error *err) {
  const gm_predictors weighted = {.n = X->n, .p = X->p, .x = f->Y};
  for (size_t j = 0; j < f->svd.k; j++) f->c[j] = j < model->components ? f->c[j] / f->svd.s[j] : 0;
  const gm_status status = gm_svd_combine(&f->svd, &weighted, f->c, model->coefficients, err);
  if (status != GM_OK) return status;
  model->intercept = f->y_mean;
  for (size_t j = 0; j < X->p; j++) {
    model->coefficients[j] *= f->weight[j];
    model->intercept -= model->coefficients[j] * f->mean[j];
  }
  model->rank = model->components;
  model->singular_value_cutoff = 0;
  model->condition = f->svd.s[0] / f->svd.s[model->components - 1];
  gm_predictors_multiply(X, model->coefficients, NULL, f->y);
  for (size_t i = 0; i < X->n; i++) {
    const double residual = y[i] - model->intercept - f->y[i];
    model->rss += residual * residual;
  }
  return GM_OK;
}

gm_status gm_component_regression_fit(const gm_linear_regression_config *config, size_t components,
                                      const double *area, const gm_predictors *X, const double *y,
                                      gm_linear_regression *model, gm_error *err) {
  fit f = {0};
  *model =
      (gm_linear_regression){.p = X->p, .ridge = GM_RIDGE_NONE, .components = components, .cv_rmse = NAN};
  gm_status status = gm_linear_regression_check(config, X, y, err);
  if (status == GM_OK) status = prepare(&f, config, area, X, y, err);
  const size_t rank = status == GM_OK ? rank_of(&f, config) : 0;
  if (status == GM_OK && (rank == 0 || components > rank))
    status = gm_fail(err, GM_BAD_INPUT, "EOF regression on %zu patterns: the training samples have %zu",
                     components, rank);
  if (status == GM_OK && components == 0) {
    const gm_folds folds = gm_linear_regression_folds(config, X->n);
    const size_t third = X->n < 3 ? 1 : X->n / 3, most = third < rank ? third : rank;
    status =
        choose(&f, &folds, most < GM_MAX_COMPONENTS ? most : GM_MAX_COMPONENTS, config->pool, model, err);
  }
  if (status == GM_OK) {
    model->coefficients = malloc(X->p * sizeof *model->coefficients);
    status =
        model->coefficients == NULL ? gm_fail_memory(err, "the EOF regression") : solve(&f, X, y, model, err);
  }
  if (status != GM_OK) gm_linear_regression_free(model);
  fit_free(&f);
  return status;
}
