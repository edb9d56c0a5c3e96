/* SPDX-License-Identifier: MIT
 * One-dimensional convolution as torch.nn.Conv1d(c_in, c_out, k, padding=k//2),
 * stride 1, odd k: cross-correlation (the kernel is not flipped) with zero padding.
 *
 * Layout (n, c, l), row-major float. Letters: n batch, ci input channel, co output
 * channel, l position, j tap of the kernel.
 *
 *   y[n][co][l] = b[co] + sum_{ci,j} W[co][ci][j] · x[n][ci][l + j − k/2]
 *
 * computed as a matrix product with the columns matrix (im2col)
 *   col[(ci, j)][(n, l)] = x[n][ci][l + j − k/2],  0 outside. */
#ifndef MODELS_CONV1D_H
#define MODELS_CONV1D_H

#include "models/compute.h"

#include <stddef.h>

typedef struct {
  size_t c_in, c_out, kernel, length; /* length of input and of output */
} gm_conv1d;

/* Output length: the same as the input's, for odd kernels with padding k/2. The
 * one place that says so. */
size_t gm_conv1d_output_length(size_t length, size_t kernel);

/* Floats of `col` and of `rows` for a batch of n. */
size_t gm_conv1d_col_size(const gm_conv1d *conv, size_t n);  /* c_in·k × n·length */
size_t gm_conv1d_rows_size(const gm_conv1d *conv, size_t n); /* c_out × n·length */

/* y = conv(x); fills `col`, which the backward pass of the same batch needs.
 * `rows` is scratch. */
void gm_conv1d_forward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *x,
                       const float *w, const float *b, float *y, float *col, float *rows);

/* dx (may be NULL), dW, db from dy and the `col` of the forward pass; overwrites
 * its outputs, and `col` and `rows`. */
void gm_conv1d_backward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *w,
                        const float *dy, float *dx, float *dw, float *db, float *col, float *rows);

#endif
