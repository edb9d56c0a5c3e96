/* SPDX-License-Identifier: MIT
 * Maximum over windows, as torch.nn.MaxPool1d(k): stride k, the tail that fills no
 * window is dropped. The first of equal maxima wins; a NaN is larger than any number.
 *
 * x: (rows, length), y: (rows, length / k), rows = batch · channels. */
#ifndef MODELS_MAXPOOL1D_H
#define MODELS_MAXPOOL1D_H

#include <stddef.h>
#include <stdint.h>

/* The one place that gives the output length: floor(length / k). */
size_t gm_maxpool1d_output_length(size_t length, size_t kernel);

/* argmax[i] = position in its row of the input that y[i] came from. */
void gm_maxpool1d_forward(size_t rows, size_t length, size_t kernel, const float *x, float *y,
                          uint32_t *argmax);

/* dx = 0 but for dx[argmax[i]] = dy[i]. */
void gm_maxpool1d_backward(size_t rows, size_t length, size_t kernel, const float *dy, const uint32_t *argmax,
                           float *dx);

#endif
