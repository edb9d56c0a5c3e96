/* SPDX-License-Identifier: MIT
 * Access to X, whichever way it is stored. */
#include "models/predictors.h"

#include <math.h>
#include <string.h>

void gm_predictors_copy(const gm_predictors *X, size_t i, size_t first, size_t count, const double *offset,
                        double *out) {
  if (X->x != NULL)
    for (size_t j = 0; j < count; j++) out[j] = X->x[i * X->p + first + j] - offset[first + j];
  else
    for (size_t j = 0; j < count; j++) out[j] = (double)X->rows[i][first + j] - offset[first + j];
}

void gm_predictors_add_row(const gm_predictors *X, size_t i, double weight, const double *offset,
                           double *out) {
  if (X->x != NULL)
    for (size_t j = 0; j < X->p; j++) out[j] += weight * (X->x[i * X->p + j] - offset[j]);
  else
    for (size_t j = 0; j < X->p; j++) out[j] += weight * ((double)X->rows[i][j] - offset[j]);
}

void gm_predictors_means(const gm_predictors *X, double *mean) {
  memset(mean, 0, X->p * sizeof *mean);
  for (size_t i = 0; i < X->n; i++) {
    if (X->x != NULL)
      for (size_t j = 0; j < X->p; j++) mean[j] += X->x[i * X->p + j];
    else
      for (size_t j = 0; j < X->p; j++) mean[j] += (double)X->rows[i][j];
  }
  for (size_t j = 0; j < X->p; j++) mean[j] /= (double)X->n;
}

double gm_predictors_dot(const gm_predictors *X, size_t i, const double *b) {
  double sum = 0;
  if (X->x != NULL)
    for (size_t j = 0; j < X->p; j++) sum += X->x[i * X->p + j] * b[j];
  else
    for (size_t j = 0; j < X->p; j++) sum += (double)X->rows[i][j] * b[j];
  return sum;
}

bool gm_predictors_not_finite(const gm_predictors *X, size_t *row, size_t *column) {
  for (*row = 0; *row < X->n; ++*row)
    for (*column = 0; *column < X->p; ++*column)
      if (!isfinite(X->x != NULL ? X->x[*row * X->p + *column] : (double)X->rows[*row][*column])) return true;
  return false;
}
