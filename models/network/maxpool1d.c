/* SPDX-License-Identifier: MIT
 * Maximum over windows. */
#include "models/network/maxpool1d.h"

#include <string.h>

size_t gm_maxpool1d_output_length(size_t length, size_t kernel) {
  return length / kernel;
}

void gm_maxpool1d_forward(size_t rows, size_t length, size_t kernel, const float *x, float *y,
                          uint32_t *argmax) {
  const size_t out = gm_maxpool1d_output_length(length, kernel);
  for (size_t r = 0; r < rows; r++)
    for (size_t l = 0; l < out; l++) {
      const float *row = x + r * length;
      size_t best = l * kernel;
      for (size_t i = best + 1; i < (l + 1) * kernel; i++)
        if (row[i] > row[best] || (row[i] != row[i] && row[best] == row[best])) best = i;
      y[r * out + l] = row[best];
      argmax[r * out + l] = (uint32_t)best;
    }
}

void gm_maxpool1d_backward(size_t rows, size_t length, size_t kernel, const float *dy, const uint32_t *argmax,
                           float *dx) {
  const size_t out = gm_maxpool1d_output_length(length, kernel);
  memset(dx, 0, rows * length * sizeof *dx);
  for (size_t r = 0; r < rows; r++)
    for (size_t l = 0; l < out; l++) dx[r * length + argmax[r * out + l]] = dy[r * out + l];
}
