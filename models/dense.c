/* SPDX-License-Identifier: MIT
 * Fully connected layer. Small batches stream W once through our own kernels;
 * larger ones are square enough for OpenBLAS. Pieces have a fixed size. */
#include "models/dense.h"

#include <cblas.h>

enum {
  SKINNY_BATCH = 32,    /* up to here a product is bound by reading W (design: batch ≤ 32) */
  ROWS_A_TASK = 64,     /* rows of W per piece, forward */
  COLUMNS_A_TASK = 256, /* columns of W per piece, backward: dx of a batch of 10 stays in the L1 cache */
};

void gm_dense_forward(const gm_compute *compute, size_t n, size_t inputs, size_t outputs, const float *x,
                      const float *w, const float *b, float *y) {
  const size_t tasks = gm_pieces(outputs, ROWS_A_TASK);
#pragma omp parallel for num_threads(compute->threads) schedule(static) if (compute->threads > 1 && tasks > 1)
  for (size_t t = 0; t < tasks; t++) {
    const size_t first = t * ROWS_A_TASK, last = gm_least(first + ROWS_A_TASK, outputs);
    if (n <= SKINNY_BATCH) {
      compute->kernels->dense_forward(n, inputs, outputs, first, last, x, w, b, y);
      continue;
    }
    for (size_t i = 0; i < n; i++)
      for (size_t o = first; o < last; o++) y[i * outputs + o] = b[o];
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)(last - first), (int)inputs, 1.0f, x,
                (int)inputs, w + first * inputs, (int)inputs, 1.0f, y + first, (int)outputs);
  }
}

/* db[o] = sum_n dy[n][o] */
static void bias_gradient(size_t n, size_t outputs, const float *dy, float *db) {
  for (size_t o = 0; o < outputs; o++) db[o] = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t o = 0; o < outputs; o++) db[o] += dy[i * outputs + o];
}

void gm_dense_backward(const gm_compute *compute, size_t n, size_t inputs, size_t outputs, const float *x,
                       const float *w, const float *dy, float *dx, float *dw, float *db) {
  const size_t tasks = gm_pieces(inputs, COLUMNS_A_TASK);
#pragma omp parallel for num_threads(compute->threads) schedule(static) if (compute->threads > 1 && tasks > 1)
  for (size_t t = 0; t < tasks; t++) {
    const size_t first = t * COLUMNS_A_TASK, count = gm_least(COLUMNS_A_TASK, inputs - first);
    if (dx != NULL)
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)count, (int)outputs, 1.0f, dy,
                  (int)outputs, w + first, (int)inputs, 0.0f, dx + first, (int)inputs);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)outputs, (int)count, (int)n, 1.0f, dy,
                (int)outputs, x + first, (int)inputs, 0.0f, dw + first, (int)inputs);
  }
  bias_gradient(n, outputs, dy, db);
}

void gm_dense_backward_step(const gm_compute *compute, const gm_step *step, size_t n, size_t inputs,
                            size_t outputs, const float *x, const float *dy, gm_tensor weight, gm_tensor bias,
                            float *dx, float *db) {
  const size_t tasks = gm_pieces(inputs, COLUMNS_A_TASK);
#pragma omp parallel for num_threads(compute->threads) schedule(static) if (compute->threads > 1 && tasks > 1)
  for (size_t t = 0; t < tasks; t++) {
    const size_t first = t * COLUMNS_A_TASK;
    compute->kernels->dense_backward_step(step, n, inputs, outputs, first,
                                          gm_least(first + COLUMNS_A_TASK, inputs), x, dy, weight, dx);
  }
  bias_gradient(n, outputs, dy, db);
  compute->kernels->step(step, outputs, bias, db);
}
