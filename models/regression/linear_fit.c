/* SPDX-License-Identifier: MIT
 * What least squares and ridge regression count and combine alike. */
#include "models/regression/linear_fit.h"

#include <math.h>
#include <stdlib.h>

void gm_linear_fit_rank(const gm_linear_fit *f, size_t k, const double *s, gm_linear_regression *model) {
  const size_t n = f->X->n, p = f->X->p;
  const size_t most = f->config->intercept && n <= p ? n - 1 : n < p ? n : p; /* centring costs a row */
  model->singular_value_cutoff = f->cutoff;
  for (size_t j = 0; j < k && s[j] > f->cutoff * s[0]; j++) {
    model->rank = j + 1;
    model->condition = s[0] / s[j];
  }
  model->rank_deficient = model->rank < most;
}

gm_status gm_linear_fit_rank_of_products(gm_linear_fit *f, gm_linear_regression *model, gm_error *err) {
  gm_dual *dual = &f->dual;
  if (dual->least > f->cutoff * dual->greatest) {
    model->singular_value_cutoff = f->cutoff;
    model->rank = dual->k;
    model->condition = dual->greatest / dual->least;
    return GM_OK;
  }
  double *s = malloc(dual->k * sizeof *s);
  if (s == NULL) return gm_fail_memory(err, "the regression");
  const gm_status status = gm_dual_singular_values(dual, s, err);
  if (status == GM_OK) gm_linear_fit_rank(f, dual->k, s, model);
  free(s);
  return status;
}

gm_status gm_linear_fit_combine(const gm_linear_fit *f, const double *a, gm_linear_regression *model,
                                gm_error *err) {
  gm_predictors_combine(f->X, a, f->dual.mean, f->config->pool, model->coefficients);
  for (size_t j = 0; j < f->X->p; j++)
    if (!isfinite(model->coefficients[j]))
      return gm_fail(err, GM_FAILED, "the coefficient of predictor %zu is not finite", j + 1);
  return GM_OK;
}
