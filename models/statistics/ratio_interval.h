/* SPDX-License-Identifier: MIT
 * How many times as much, of quantities that come in pairs (seed by seed): the geometric mean of the n ratios
 * and its 95 % interval, Student's t of their logarithms l_i = ln(a_i / b_i), n − 1 degrees of freedom:
 *   r = exp(mean l),   low = r · exp(−t s / √n),   high = r · exp(t s / √n),   s the standard deviation of l.
 * The ratio of the means would be a matter of the largest pair, which these logarithms say little of. Their
 * extremes are no such interval: of two pairs that do not differ they leave out 1 every other time, of five
 * every sixteenth. */
#ifndef MODELS_RATIO_INTERVAL_H
#define MODELS_RATIO_INTERVAL_H

#include "models/statistics/rmse_interval.h"

#include <stddef.h>

/* a, b: (n). Of fewer than two pairs, and where a ratio is not positive and finite, it is Σa / Σb, with NaN
 * for bounds. */
gm_interval gm_ratio_interval(const double *a, const double *b, size_t n);

#endif
