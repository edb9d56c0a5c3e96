/* SPDX-License-Identifier: MIT
 * The forward product of a fully connected layer without the products with zeros, where that pays: many
 * samples behind a ReLU. The same bits as with them. */
#ifndef MODELS_DENSE_NONZEROS_H
#define MODELS_DENSE_NONZEROS_H

#include "models/compute.h"

#include <stdbool.h>
#include <stddef.h>

/* Floats of scratch; 0 where it never pays. */
size_t gm_dense_nonzeros_size(size_t n, size_t inputs, size_t outputs);

/* y = x·Wᵀ + b as gm_dense_forward, or false where it does not pay, with y as it was or part of it. */
bool gm_dense_nonzeros_forward(const gm_compute *compute, size_t n, size_t inputs, size_t outputs,
                               const float *x, const float *w, const float *b, float *y, float *scratch);

#endif
