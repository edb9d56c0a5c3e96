/* SPDX-License-Identifier: MIT
 * Rectified linear unit, y = max(0, x), in place; NaN passes, as in torch.relu. */
#ifndef MODELS_RELU_H
#define MODELS_RELU_H

#include <stddef.h>

/* x[i] <- max(0, x[i]) */
void gm_relu_forward(size_t n, float *x);

/* dy[i] <- dy[i] where y[i] > 0, else 0; y is the output of the forward pass. */
void gm_relu_backward(size_t n, const float *y, float *dy);

#endif
