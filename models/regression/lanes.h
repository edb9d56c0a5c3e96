/* SPDX-License-Identifier: MIT
 * Sums of products in eight lanes, added in one order whatever compiler and registers: a reduction that is
 * left to the compiler has another order with each. */
#ifndef MODELS_LANES_H
#define MODELS_LANES_H

#include <stddef.h>

enum { GM_LANES = 8 };

static inline double gm_lanes_sum(const double lane[GM_LANES]) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* aᵀ b, a and b: (n). */
static inline double gm_lanes_dot(size_t n, const double *a, const double *b) {
  double lane[GM_LANES] = {0};
  size_t i = 0;
  for (; i + GM_LANES <= n; i += GM_LANES)
    for (size_t l = 0; l < GM_LANES; l++) lane[l] += a[i + l] * b[i + l];
  for (size_t l = 0; i + l < n; l++) lane[l] += a[i + l] * b[i + l];
  return gm_lanes_sum(lane);
}

/* The same of single precision with double. */
static inline double gm_lanes_dot_floats(size_t n, const float *a, const double *b) {
  double lane[GM_LANES] = {0};
  size_t i = 0;
  for (; i + GM_LANES <= n; i += GM_LANES)
    for (size_t l = 0; l < GM_LANES; l++) lane[l] += (double)a[i + l] * b[i + l];
  for (size_t l = 0; i + l < n; l++) lane[l] += (double)a[i + l] * b[i + l];
  return gm_lanes_sum(lane);
}

#endif
