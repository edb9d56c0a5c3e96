/* SPDX-License-Identifier: MIT
 * Mean squared error and its gradient, as torch.nn.MSELoss. */
#include "models/network/mse.h"

float gm_mse(size_t n, const float *y, const float *target, float *dy) {
  double sum =
      0; /* of a batch; double costs nothing here and keeps the order of summation out of the result */
  for (size_t i = 0; i < n; i++) {
    const float difference = y[i] - target[i];
    sum += (double)difference * (double)difference;
    if (dy != NULL) dy[i] = 2.0f / (float)n * difference;
  }
  return (float)(sum / (double)n);
}
