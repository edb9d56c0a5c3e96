/* SPDX-License-Identifier: MIT
 * One-dimensional convolution by im2col and OpenBLAS. Pieces (samples forward,
 * output channels for dW) have a fixed size, so results do not depend on threads. */
#include "models/conv1d.h"

#include <cblas.h>
#include <string.h>

enum { SAMPLES_A_TASK = 5, CHANNELS_A_TASK = 16 };

size_t gm_conv1d_output_length(size_t length, size_t kernel) {
  const size_t padding = kernel / 2;
  return length + 2 * padding - kernel + 1; /* = length for odd kernels */
}

size_t gm_conv1d_col_size(const gm_conv1d *conv, size_t n) {
  return conv->c_in * conv->kernel * n * conv->length;
}

size_t gm_conv1d_rows_size(const gm_conv1d *conv, size_t n) {
  return conv->c_out * n * conv->length;
}

/* The positions l for which tap j of the kernel falls inside the input:
 * 0 ≤ l + j − k/2 < length. */
typedef struct {
  size_t first, last;
} span;

static span inside(const gm_conv1d *conv, size_t j) {
  const size_t half = conv->kernel / 2, length = conv->length;
  const size_t first = j < half ? half - j : 0;
  const size_t last = j > half ? (length > j - half ? length - (j - half) : 0) : length;
  return (span){gm_least(first, length), last > gm_least(first, length) ? last : gm_least(first, length)};
}

/* col[(ci, j)][(i, ·)] of sample i */
static void im2col(const gm_conv1d *conv, size_t n, size_t i, const float *x, float *col) {
  const size_t half = conv->kernel / 2, length = conv->length;
  for (size_t ci = 0; ci < conv->c_in; ci++)
    for (size_t j = 0; j < conv->kernel; j++) {
      const float *from = x + (i * conv->c_in + ci) * length;
      float *to = col + ((ci * conv->kernel + j) * n + i) * length;
      const span s = inside(conv, j);
      memset(to, 0, s.first * sizeof *to);
      if (s.last > s.first) memcpy(to + s.first, from + s.first + j - half, (s.last - s.first) * sizeof *to);
      memset(to + s.last, 0, (length - s.last) * sizeof *to);
    }
}

/* dx[i][ci][l + j − k/2] += col[(ci, j)][(i, l)]: the adjoint of im2col */
static void col2im(const gm_conv1d *conv, size_t n, size_t i, const float *col, float *dx) {
  const size_t half = conv->kernel / 2, length = conv->length;
  memset(dx + i * conv->c_in * length, 0, conv->c_in * length * sizeof *dx);
  for (size_t ci = 0; ci < conv->c_in; ci++)
    for (size_t j = 0; j < conv->kernel; j++) {
      const float *from = col + ((ci * conv->kernel + j) * n + i) * length;
      float *to = dx + (i * conv->c_in + ci) * length;
      const span s = inside(conv, j);
      for (size_t l = s.first; l < s.last; l++) to[l + j - half] += from[l];
    }
}

void gm_conv1d_forward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *x,
                       const float *w, const float *b, float *y, float *col, float *rows) {
  const size_t length = conv->length, taps = conv->c_in * conv->kernel, width = n * length;
  const size_t tasks = gm_pieces(n, SAMPLES_A_TASK);
#pragma omp parallel for num_threads(compute->threads) schedule(static) if (compute->threads > 1 && tasks > 1)
  for (size_t t = 0; t < tasks; t++) {
    const size_t first = t * SAMPLES_A_TASK, last = gm_least(first + SAMPLES_A_TASK, n);
    for (size_t i = first; i < last; i++) im2col(conv, n, i, x, col);
    /* rows(c_out, n·l) = W(c_out, taps) · col(taps, n·l) */
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)conv->c_out, (int)((last - first) * length),
                (int)taps, 1.0f, w, (int)taps, col + first * length, (int)width, 0.0f, rows + first * length,
                (int)width);
    for (size_t i = first; i < last; i++)
      for (size_t co = 0; co < conv->c_out; co++) {
        const float *from = rows + co * width + i * length;
        float *to = y + (i * conv->c_out + co) * length;
        for (size_t l = 0; l < length; l++) to[l] = from[l] + b[co];
      }
  }
}

void gm_conv1d_backward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *w,
                        const float *dy, float *dx, float *dw, float *db, float *col, float *rows) {
  const size_t length = conv->length, taps = conv->c_in * conv->kernel, width = n * length;
  const size_t channel_tasks = gm_pieces(conv->c_out, CHANNELS_A_TASK), tasks = gm_pieces(n, SAMPLES_A_TASK);
#pragma omp parallel for num_threads(compute->threads)                                                       \
    schedule(static) if (compute->threads > 1 && channel_tasks > 1)
  for (size_t t = 0; t < channel_tasks; t++) {
    const size_t first = t * CHANNELS_A_TASK, last = gm_least(first + CHANNELS_A_TASK, conv->c_out);
    for (size_t co = first; co < last; co++) { /* rows = dy with the channel first; db = its sums */
      db[co] = 0;
      for (size_t i = 0; i < n; i++) {
        const float *from = dy + (i * conv->c_out + co) * length;
        memcpy(rows + co * width + i * length, from, length * sizeof *from);
        for (size_t l = 0; l < length; l++) db[co] += from[l];
      }
    }
    /* dW(c_out, taps) = rows(c_out, n·l) · colᵀ */
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(last - first), (int)taps, (int)width, 1.0f,
                rows + first * width, (int)width, col, (int)width, 0.0f, dw + first * taps, (int)taps);
  }
  if (dx == NULL) return;
#pragma omp parallel for num_threads(compute->threads) schedule(static) if (compute->threads > 1 && tasks > 1)
  for (size_t t = 0; t < tasks; t++) {
    const size_t first = t * SAMPLES_A_TASK, last = gm_least(first + SAMPLES_A_TASK, n);
    /* dcol(taps, n·l) = Wᵀ · rows, in place of col */
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)taps, (int)((last - first) * length),
                (int)conv->c_out, 1.0f, w, (int)taps, rows + first * length, (int)width, 0.0f,
                col + first * length, (int)width);
    for (size_t i = first; i < last; i++) col2im(conv, n, i, col, dx);
  }
}
