/* SPDX-License-Identifier: MIT
 * Access to X, whichever way it is stored. Sums over columns run in eight lanes, whatever the
 * registers are. */
#include "models/regression/predictors.h"

#include <math.h>
#include <string.h>

enum { LANES = 8 };

void gm_predictors_copy(const gm_predictors *X, size_t i, size_t first, size_t count, const double *offset,
                        double *restrict out) {
  if (X->x != NULL) {
    const double *x = X->x + i * X->p + first;
#pragma omp simd
    for (size_t j = 0; j < count; j++) out[j] = x[j] - offset[first + j];
  } else {
    const float *x = X->rows[i] + first;
#pragma omp simd
    for (size_t j = 0; j < count; j++) out[j] = (double)x[j] - offset[first + j];
  }
}

void gm_predictors_add_row(const gm_predictors *X, size_t i, double weight, const double *offset,
                           double *restrict out) {
  if (X->x != NULL) {
    const double *x = X->x + i * X->p;
#pragma omp simd
    for (size_t j = 0; j < X->p; j++) out[j] += weight * (x[j] - offset[j]);
  } else {
    const float *x = X->rows[i];
#pragma omp simd
    for (size_t j = 0; j < X->p; j++) out[j] += weight * ((double)x[j] - offset[j]);
  }
}

void gm_predictors_means(const gm_predictors *X, double *restrict mean) {
  memset(mean, 0, X->p * sizeof *mean);
  for (size_t i = 0; i < X->n; i++) {
    if (X->x != NULL) {
      const double *x = X->x + i * X->p;
#pragma omp simd
      for (size_t j = 0; j < X->p; j++) mean[j] += x[j];
    } else {
      const float *x = X->rows[i];
#pragma omp simd
      for (size_t j = 0; j < X->p; j++) mean[j] += (double)x[j];
    }
  }
  for (size_t j = 0; j < X->p; j++) mean[j] /= (double)X->n;
}

double gm_predictors_dot(const gm_predictors *X, size_t i, const double *b) {
  double sum = 0;
  if (X->x != NULL) {
    const double *x = X->x + i * X->p;
#pragma omp simd reduction(+ : sum) simdlen(LANES)
    for (size_t j = 0; j < X->p; j++) sum += x[j] * b[j];
  } else {
    const float *x = X->rows[i];
#pragma omp simd reduction(+ : sum) simdlen(LANES)
    for (size_t j = 0; j < X->p; j++) sum += (double)x[j] * b[j];
  }
  return sum;
}

/* 0 · x summed up is 0 unless one of them is not finite. */
static bool row_is_finite(const gm_predictors *X, size_t i) {
  double sum = 0;
  if (X->x != NULL) {
    const double *x = X->x + i * X->p;
#pragma omp simd reduction(+ : sum) simdlen(LANES)
    for (size_t j = 0; j < X->p; j++) sum += 0 * x[j];
  } else {
    const float *x = X->rows[i];
#pragma omp simd reduction(+ : sum) simdlen(LANES)
    for (size_t j = 0; j < X->p; j++) sum += 0 * (double)x[j];
  }
  return sum == 0;
}

bool gm_predictors_not_finite(const gm_predictors *X, size_t *row, size_t *column) {
  for (*row = 0; *row < X->n; ++*row) {
    if (row_is_finite(X, *row)) continue;
    for (*column = 0; *column < X->p; ++*column)
      if (!isfinite(X->x != NULL ? X->x[*row * X->p + *column] : (double)X->rows[*row][*column])) return true;
  }
  return false;
}
