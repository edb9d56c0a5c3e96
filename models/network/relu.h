/* SPDX-License-Identifier: MIT
 * Rectified linear unit, y = max(0, x); NaN passes, as in torch.relu. x and y may be the same memory, dx
 * and dy likewise. */
#ifndef MODELS_RELU_H
#define MODELS_RELU_H

#include <stddef.h>

/* y[i] = max(0, x[i]) */
void gm_relu_forward(size_t n, const float *x, float *y);

/* dx[i] = dy[i] where y[i] > 0, else 0; y is the output of the forward pass. */
void gm_relu_backward(size_t n, const float *y, const float *dy, float *dx);

#endif
