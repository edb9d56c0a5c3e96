/* SPDX-License-Identifier: MIT
 * Sums of products with cosines; the series itself one step later says how many. */
#include "models/statistics/long_run_variance.h"

#include <math.h>

static double mean(const double *z, size_t n) {
  double sum = 0;
  for (size_t t = 0; t < n; t++) sum += z[t];
  return sum / (double)n;
}

size_t gm_cosines_of_length(size_t n) {
  const double cosines = floor(0.4 * pow((double)n, 2 / 3.0));
  return cosines < 2 ? 2 : (size_t)cosines;
}

/* Σ (z_t − centre)(z_{t−k} − centre) */
static double product_at_lag(const double *z, size_t n, size_t k, double centre) {
  double sum = 0;
  for (size_t t = k; t < n; t++) sum += (z[t] - centre) * (z[t - k] - centre);
  return sum;
}

size_t gm_cosines_of_series(const double *z, size_t n) {
  const double count = (double)n, centre = mean(z, n), variance = product_at_lag(z, n, 0, centre);
  const size_t most = gm_cosines_of_length(n);
  if (!(variance > 0)) return most;
  const double r = product_at_lag(z, n, 1, centre) / variance, phi = fmin(r + (1 + 3 * r) / count, 1);
  if (phi <= 0) return most;
  const double flat = 0.35 * count * (1 - phi) / (acos(-1) * sqrt(phi));
  return flat < 2 ? 2 : flat < (double)most ? (size_t)flat : most;
}

gm_long_run_variance gm_variance_by_cosines(const double *z, size_t n, size_t cosines) {
  const double pi = acos(-1), centre = mean(z, n); /* cosines are free of the mean but for rounding */
  double sum = 0;
  for (size_t j = 1; j <= cosines; j++) {
    double product = 0;
    for (size_t t = 0; t < n; t++)
      product += (z[t] - centre) * cos(pi * (double)j * ((double)t + 0.5) / (double)n);
    sum += product * product * 2 / (double)n;
  }
  return (gm_long_run_variance){sum / (double)cosines, (double)cosines};
}
