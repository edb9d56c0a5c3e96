/* SPDX-License-Identifier: MIT
 * The matrix X (n, p) of a regression as a view: n samples in rows, p predictors
 * in columns, stored in one of two ways. It owns nothing.
 *
 * Passes over all of X run on a pool of threads, which may be NULL; the results are the same on any. */
#ifndef MODELS_PREDICTORS_H
#define MODELS_PREDICTORS_H

#include "common/parallel.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  size_t n, p;
  const double *x;          /* (n, p) row-major; NULL: use rows */
  const float *const *rows; /* n pointers to p floats: windows of a map, left where they are */
} gm_predictors;

/* out_j = X[i][first + j] − offset[first + j], j = 0 … count − 1; offset (p). */
void gm_predictors_copy(const gm_predictors *X, size_t i, size_t first, size_t count, const double *offset,
                        double *restrict out);

/* Means of the columns (p). */
void gm_predictors_means(const gm_predictors *X, gm_parallel *pool, double *mean);

/* out_j += Σ_i weight_i · (X[i][j] − offset_j), in the order of i; weight (n), offset and out (p). */
void gm_predictors_combine(const gm_predictors *X, const double *weight, const double *offset,
                           gm_parallel *pool, double *out);

/* out_i = Σ_j X[i][j] · b_j; b (p), out (n). */
void gm_predictors_multiply(const gm_predictors *X, const double *b, gm_parallel *pool, double *out);

/* Position of the first value that is not finite; false when there is none. */
bool gm_predictors_not_finite(const gm_predictors *X, gm_parallel *pool, size_t *row, size_t *column);

#endif
