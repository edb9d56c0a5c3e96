/* SPDX-License-Identifier: MIT
 * The forward product of a fully connected layer without the products with zeros, where that pays: many
 * samples behind a ReLU, or a single one with weights that were turned before. The same bits as with them. */
#ifndef MODELS_DENSE_NONZEROS_H
#define MODELS_DENSE_NONZEROS_H

#include "models/compute.h"
#include "models/network/dense_weights.h"

#include <stdbool.h>
#include <stddef.h>

/* Floats of scratch; 0 where it never pays. */
size_t gm_dense_nonzeros_size(size_t n, size_t inputs, size_t outputs);

/* Lays W out for gm_dense_weights.turned, in gm_dense_turned_size floats (0: too few inputs or outputs
 * for it, which gives false); false if a weight is not finite, which forbids to leave anything out. */
size_t gm_dense_turned_size(size_t inputs, size_t outputs);
bool gm_dense_turn(const gm_compute *compute, size_t inputs, size_t outputs, const float *w, float *turned);

/* gm_dense_forward, or false where it does not pay, with y as it was or part of it. */
bool gm_dense_nonzeros_forward(const gm_compute *compute, const gm_dense_weights *weights, size_t n,
                               const float *x, float *y, float *scratch);

#endif
