/* SPDX-License-Identifier: MIT
 * K = Xc Xcᵀ, the products of the samples with one another, summed over blocks of columns so that no
 * centred copy of X is needed. */
#ifndef MODELS_GRAM_H
#define MODELS_GRAM_H

#include "common/parallel.h"
#include "common/status.h"
#include "models/regression/predictors.h"

/* The lower triangle of K (n, n) row-major; mean (p) is taken off the columns. `pool` may be NULL; the result
 * is the same on any. */
gm_status gm_gram_matrix(const gm_predictors *X, const double *mean, gm_parallel *pool, double *K,
                         gm_error *err);

#endif
