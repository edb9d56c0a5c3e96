/* SPDX-License-Identifier: MIT
 * The inner loop of the products that leave zeros out, forward and backward. Included by kernels.c alone. */
#ifndef MODELS_KERNELS_NONZEROS_H
#define MODELS_KERNELS_NONZEROS_H

#include "models/kernels/simd.h"

/* sum += the listed lines of a panel, each of so many vectors, times their values. `vectors` is a constant at
 * every call, and the sums stay in registers. */
SIMD_INLINE void add_listed(size_t vectors, size_t count, const float *value, const uint8_t *line,
                            const float *panel, vec *sum) {
  for (size_t i = 0; i < count; i++) {
    const vec x = vec_splat(value[i]);
    const float *from = panel + line[i] * (vectors * SIMD_LANES);
#pragma GCC unroll 16
    for (size_t v = 0; v < vectors; v++)
      sum[v] = vec_multiply_add(vec_load(from + v * SIMD_LANES, SIMD_LANES), x, sum[v]);
  }
}

#endif
