/* SPDX-License-Identifier: MIT
 * How many times as much, of quantities that come in pairs (seed by seed): the ratio of the means and its
 * 95 % interval, Student's t of the logarithms of the n ratios, n − 1 degrees of freedom:
 *   r = Σa / Σb,   low = r · exp(−t s / √n),   high = r · exp(t s / √n),   s the standard deviation of
 * ln(a_i / b_i). Their extremes are no such interval: of two pairs that do not differ they leave out 1 every
 * other time, of five every sixteenth. */
#ifndef MODELS_RATIO_INTERVAL_H
#define MODELS_RATIO_INTERVAL_H

#include "models/statistics/rmse_interval.h"

#include <stddef.h>

/* a, b: (n). Bounds are NaN of fewer than two pairs, and where a ratio is not positive and finite. */
gm_interval gm_ratio_interval(const double *a, const double *b, size_t n);

#endif
