/* SPDX-License-Identifier: MIT
 * The interval the suite does not use, to be compared with the one it does: a paired moving-block bootstrap
 * of an RMSE difference (Künsch, Ann. Statist. 17, 1989), percentile interval. Blocks of consecutive months
 * keep the autocorrelation of the errors, the same blocks for both models keep their pairing.
 * docs/statistics.md says why not. `make conformance` compares it with the arch package's. */
#ifndef TESTS_BOOTSTRAP_H
#define TESTS_BOOTSTRAP_H

#include "common/ascending.h"
#include "common/rng.h"
#include "models/statistics/rmse_interval.h"

#include <math.h>
#include <stdlib.h>

/* Quantile q of n sorted values, linear between order statistics (type 7 of Hyndman & Fan, 1996). */
static inline double quantile(const double *sorted, size_t n, double q) {
  const double position = q * (double)(n - 1);
  const size_t below = (size_t)position;
  const size_t above = below + 1 < n ? below + 1 : below;
  return sorted[below] + (position - (double)below) * (sorted[above] - sorted[below]);
}

/* RMSE(a) − RMSE(b) over n samples drawn as blocks; one block of n is all of them. */
static inline double replicate(const double *a, const double *b, size_t n, size_t block, gm_rng *rng) {
  double sum_a = 0, sum_b = 0;
  for (size_t drawn = 0; drawn < n; drawn += block) {
    const size_t start = (size_t)(gm_rng_double(rng) * (double)(n - block + 1));
    for (size_t i = start; i < start + block && i - start < n - drawn; i++) {
      sum_a += a[i] * a[i];
      sum_b += b[i] * b[i];
    }
  }
  return sqrt(sum_a / (double)n) - sqrt(sum_b / (double)n);
}

/* Forecasts a and b of a truth of 0, (n) errors each: 2.5 and 97.5 % quantiles of the replicates, each of
 * which draws ceil(n / block) of the n − block + 1 blocks with replacement and is cut to n. 1 <= block <= n.
 */
static inline gm_interval moving_blocks(const double *a, const double *b, size_t n, size_t block,
                                        size_t replicates, uint32_t seed) {
  double *differences = malloc(replicates * sizeof *differences);
  if (differences == NULL) exit(1);
  gm_rng rng;
  gm_rng_seed(&rng, seed);
  for (size_t r = 0; r < replicates; r++) differences[r] = replicate(a, b, n, block, &rng);
  qsort(differences, replicates, sizeof *differences, gm_ascending);
  const gm_interval interval = {.value = replicate(a, b, n, n, &rng),
                                .low = quantile(differences, replicates, 0.025),
                                .high = quantile(differences, replicates, 0.975)};
  free(differences);
  return interval;
}

#endif
