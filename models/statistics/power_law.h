/* SPDX-License-Identifier: MIT
 * y = a x^b by least squares of log y on log x, with the 95 % t-interval of b and how well the line describes
 * what was measured. */
#ifndef MODELS_POWER_LAW_H
#define MODELS_POWER_LAW_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  double exponent, low, high; /* b and its interval; NaN below three points or for one x */
  double factor;              /* a */
  double r2;                  /* share of the variance of log y that the line takes */
  bool holds;                 /* the interval excludes 0 and r2 is at least GM_POWER_LAW_R2 */
} gm_power_law;

#define GM_POWER_LAW_R2 0.9

/* x, y (n) > 0. */
gm_power_law gm_power_law_fit(const double *x, const double *y, size_t n);

#endif
