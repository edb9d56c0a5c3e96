/* SPDX-License-Identifier: MIT
 * Fully connected layer, as torch.nn.Linear: y = x·Wᵀ + b.
 *
 * n = batch; x: (n, inputs), W: (outputs, inputs), b: (outputs), y: (n, outputs),
 * all row-major float. */
#ifndef MODELS_DENSE_H
#define MODELS_DENSE_H

#include "models/compute.h"
#include "models/network/dense_weights.h"

#include <stddef.h>

/* y = x·Wᵀ + b. With `scratch` of gm_dense_nonzeros_size floats (dense_nonzeros.h) products with
 * zeros are left out where that is faster; NULL does them all. The bits are the same. */
void gm_dense_forward(const gm_compute *compute, const gm_dense_weights *weights, size_t n, const float *x,
                      float *y, float *scratch);

/* dx = dy·W,  dW = dyᵀ·x,  db = sum_n dy.  dx may be NULL. Overwrites its outputs. */
void gm_dense_backward(const gm_compute *compute, size_t n, size_t inputs, size_t outputs, const float *x,
                       const float *w, const float *dy, float *dx, float *dw, float *db);

/* Its db alone: db[o] = sum_n dy[n][o] */
void gm_dense_bias_gradient(size_t n, size_t outputs, const float *dy, float *db);

/* gm_dense_backward followed by the optimiser step on W and b, in one pass over W that never stores dW (Adam
 * on a big layer is bound by memory, so this is what the trainer uses). dx is computed with the old W. Rows
 * of W and products that a zero of dy makes needless are left out, and no bit changes as long as W and x are
 * finite; a zero times an infinity may be left out too. `scratch` holds gm_dense_scratch_size floats
 * of so many samples or more. */
size_t gm_dense_scratch_size(size_t n, size_t inputs, size_t outputs);
void gm_dense_backward_step(const gm_compute *compute, const gm_step *step, size_t n, size_t inputs,
                            size_t outputs, const float *x, const float *dy, gm_tensor weight, gm_tensor bias,
                            float *dx, float *scratch);

#endif
