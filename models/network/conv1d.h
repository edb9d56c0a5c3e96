/* SPDX-License-Identifier: MIT
 * One-dimensional convolution as torch.nn.Conv1d(c_in, c_out, k, padding=k//2),
 * stride 1, odd k: cross-correlation (the kernel is not flipped) with zero padding.
 *
 * Layout (n, c, l), row-major float. Letters: n batch, ci input channel, co output
 * channel, l position, j tap of the kernel.
 *
 *   y[n][co][l] = b[co] + sum_{ci,j} W[co][ci][j] · x[n][ci][l + j − k/2]
 *
 * computed on lines: one channel of several samples after one another, k/2 zeros before, between and behind
 * them. On a line there is no border, tap j is the same line j values further on, and a short sample costs no
 * more than its share. A group is as many samples as make GROUP_POSITIONS; every piece of work is a group or
 * some channels. */
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

/* Floats of `lines` and of `scratch` for a batch of n. */
size_t gm_conv1d_lines_size(const gm_conv1d *conv, size_t n);
size_t gm_conv1d_scratch_size(const gm_conv1d *conv, size_t n);

/* y = conv(x); leaves the input in `lines`, which the backward pass of the same batch needs. A sample's
 * output has the same bits in every batch. */
void gm_conv1d_forward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *x,
                       const float *w, const float *b, float *y, float *lines, float *scratch);

/* dx (may be NULL), dW, db from dy and the `lines` of the forward pass; overwrites its outputs and `scratch`.
 */
void gm_conv1d_backward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *w,
                        const float *dy, float *dx, float *dw, float *db, float *lines, float *scratch);

#endif
