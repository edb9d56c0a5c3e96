/* SPDX-License-Identifier: MIT
 * Rectified linear unit. */
#include "models/network/relu.h"

void gm_relu_forward(size_t n, float *x) {
#pragma omp simd
  for (size_t i = 0; i < n; i++) x[i] = x[i] <= 0 ? 0 : x[i];
}

void gm_relu_backward(size_t n, const float *y, float *dy) {
#pragma omp simd
  for (size_t i = 0; i < n; i++) dy[i] = y[i] <= 0 ? 0 : dy[i];
}
