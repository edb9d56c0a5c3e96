/* SPDX-License-Identifier: MIT
 * Patterns through the singular values of svd.h. */
#include "models/regression/eof.h"

#include "models/regression/svd.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void normalise_weights(const double *area, size_t p, double *weight) {
  double total = 0;
  for (size_t j = 0; j < p; j++) total += area[j];
  for (size_t j = 0; j < p; j++) weight[j] = sqrt(area[j] / total);
}

/* Y_ij = w_j (x_ij − m_j) */
static void weigh(const gm_predictors *X, const double *mean, const double *weight, double *Y) {
  for (size_t i = 0; i < X->n; i++) {
    double *row = Y + i * X->p;
    gm_predictors_copy(X, i, 0, X->p, mean, row);
    for (size_t j = 0; j < X->p; j++) row[j] *= weight[j];
  }
}

/* Row c of the patterns: v_c, its sign, its weights. `unit` (svd->k) is scratch. */
static gm_status make_pattern(const gm_svd *svd, const gm_predictors *Y, size_t c, const double *weight,
                              double *unit, double *pattern, gm_error *err) {
  memset(unit, 0, svd->k * sizeof *unit);
  unit[c] = 1;
  const gm_status status = gm_svd_combine(svd, Y, unit, pattern, err);
  size_t largest = 0;
  for (size_t j = 1; j < Y->p; j++)
    if (fabs(pattern[j]) > fabs(pattern[largest])) largest = j;
  const double sign = pattern[largest] < 0 ? -1 : 1;
  for (size_t j = 0; j < Y->p; j++) pattern[j] *= sign * weight[j];
  return status;
}

static gm_status find_patterns(gm_eof *eof, const gm_predictors *Y, const double *weight, gm_error *err) {
  gm_svd svd;
  gm_status status = Y->n <= Y->p ? gm_svd_gram(Y, false, NULL, &svd, err)
                                  : gm_svd_direct(Y, false, false, FLT_EPSILON, NULL, &svd, err);
  if (status != GM_OK) return status;
  double variance = 0;
  size_t rank = 0;
  for (size_t j = 0; j < svd.k; j++) {
    variance += svd.s[j] * svd.s[j];
    rank += svd.s[j] > (double)FLT_EPSILON * (double)Y->p * svd.s[0];
  }
  double *unit = malloc(svd.k * sizeof *unit);
  if (unit == NULL) status = gm_fail_memory(err, "the EOF patterns");
  if (status == GM_OK && rank < eof->k)
    status = gm_fail(err, GM_BAD_INPUT, "EOF truncation: %zu patterns wanted, the training months have %zu",
                     eof->k, rank);
  for (size_t c = 0; status == GM_OK && c < eof->k; c++) {
    eof->explained[c] = svd.s[c] * svd.s[c] / variance;
    status = make_pattern(&svd, Y, c, weight, unit, eof->pattern + c * eof->p, err);
  }
  free(unit);
  gm_svd_free(&svd);
  return status;
}

gm_status gm_eof_fit(const gm_predictors *X, const double *area, size_t k, gm_eof *eof, gm_error *err) {
  const size_t most = X->n < 2 ? 0 : X->n - 1 < X->p ? X->n - 1 : X->p;
  *eof = (gm_eof){.p = X->p, .k = k};
  if (k < 1 || k > most)
    return gm_fail(
        err, GM_BAD_INPUT,
        "EOF truncation: expected 1 to %zu patterns of %zu training months and %zu points, got %zu", most,
        X->n, X->p, k);
  eof->mean = malloc((X->p + k * X->p + k) * sizeof *eof->mean);
  double *weight = malloc(X->p * sizeof *weight), *Y = calloc(X->n, X->p * sizeof *Y);
  gm_status status = GM_OK;
  if (eof->mean == NULL || weight == NULL || Y == NULL) {
    status = gm_fail_memory(err, "the EOF patterns");
  } else {
    eof->pattern = eof->mean + X->p;
    eof->explained = eof->pattern + k * X->p;
    gm_predictors_means(X, NULL, eof->mean);
    normalise_weights(area, X->p, weight);
    weigh(X, eof->mean, weight, Y);
    const gm_predictors weighted = {.n = X->n, .p = X->p, .x = Y};
    status = find_patterns(eof, &weighted, weight, err);
  }
  free(weight);
  free(Y);
  if (status != GM_OK) gm_eof_free(eof);
  return status;
}

void gm_eof_project(const gm_eof *eof, const float *x, float *score) {
  for (size_t c = 0; c < eof->k; c++) {
    const double *pattern = eof->pattern + c * eof->p;
    double sum = 0;
    for (size_t j = 0; j < eof->p; j++) sum += pattern[j] * ((double)x[j] - eof->mean[j]);
    score[c] = (float)sum;
  }
}

void gm_eof_to_points(const gm_eof *eof, const double *by_score, double *by_point) {
  memset(by_point, 0, eof->p * sizeof *by_point);
  for (size_t c = 0; c < eof->k; c++)
    for (size_t j = 0; j < eof->p; j++) by_point[j] += by_score[c] * eof->pattern[c * eof->p + j];
}

void gm_eof_free(gm_eof *eof) {
  free(eof->mean);
  *eof = (gm_eof){0};
}
