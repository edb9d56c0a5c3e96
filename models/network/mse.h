/* SPDX-License-Identifier: MIT
 * Mean squared error, as torch.nn.MSELoss: L = (1/n) sum_i (y_i − t_i)². */
#ifndef MODELS_MSE_H
#define MODELS_MSE_H

#include <stddef.h>

/* Returns L; dy (may be NULL) gets dL/dy_i = 2 (y_i − t_i) / n. */
float gm_mse(size_t n, const float *y, const float *target, float *dy);

#endif
