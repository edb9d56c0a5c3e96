/* SPDX-License-Identifier: MIT
 * Moving blocks of squared errors. */
#include "models/statistics/bootstrap.h"

#include "common/rng.h"
#include "models/statistics/metrics.h"

#include <math.h>
#include <stdlib.h>

static const double tail = 0.025; /* on either side: a 95 % interval */

static int ascending(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Quantile q of n sorted values, linear between order statistics (type 7 of Hyndman & Fan, 1996). */
static double quantile(const double *sorted, size_t n, double q) {
  const double position = q * (double)(n - 1);
  const size_t below = (size_t)position;
  const size_t above = below + 1 < n ? below + 1 : below;
  return sorted[below] + (position - (double)below) * (sorted[above] - sorted[below]);
}

/* RMSE(a) − RMSE(b) over n samples drawn as blocks. */
static double replicate(const double *truth, const double *a, const double *b, size_t n, size_t block,
                        gm_rng *rng) {
  double sum_a = 0, sum_b = 0;
  for (size_t drawn = 0; drawn < n; drawn += block) {
    const size_t start = (size_t)(gm_rng_double(rng) * (double)(n - block + 1));
    for (size_t i = start; i < start + block && i - start < n - drawn; i++) {
      sum_a += (a[i] - truth[i]) * (a[i] - truth[i]);
      sum_b += (b[i] - truth[i]) * (b[i] - truth[i]);
    }
  }
  return sqrt(sum_a / (double)n) - sqrt(sum_b / (double)n);
}

gm_status gm_bootstrap_rmse_difference(const double *truth, const double *a, const double *b, size_t n,
                                       size_t block, size_t replicates, uint32_t seed,
                                       gm_bootstrap_interval *interval, gm_error *err) {
  double rmse_a, rmse_b;
  *interval = (gm_bootstrap_interval){NAN, NAN, NAN};
  if (block < 1 || block > n || replicates < 1)
    return gm_fail(
        err, GM_BAD_INPUT,
        "bootstrap of %zu samples in blocks of %zu, %zu replicates: expected a block of 1 to %zu and at "
        "least one replicate",
        n, block, replicates, n);
  gm_status status = gm_rmse(a, truth, n, &rmse_a, err);
  if (status == GM_OK) status = gm_rmse(b, truth, n, &rmse_b, err);
  if (status != GM_OK) return status;
  double *differences = malloc(replicates * sizeof *differences);
  if (differences == NULL) return gm_fail_memory(err, "the bootstrap");
  gm_rng rng;
  gm_rng_seed(&rng, seed);
  for (size_t r = 0; r < replicates; r++) differences[r] = replicate(truth, a, b, n, block, &rng);
  qsort(differences, replicates, sizeof *differences, ascending);
  *interval = (gm_bootstrap_interval){.difference = rmse_a - rmse_b,
                                      .low = quantile(differences, replicates, tail),
                                      .high = quantile(differences, replicates, 1 - tail)};
  free(differences);
  return GM_OK;
}
