/* SPDX-License-Identifier: MIT
 * Reads errors of two models from standard input, a line per month, the seeds of the first and then of the
 * second, and prints the interval of their RMSE difference and, of the first seed each, the bootstrap's
 * bounds: peer_intervals SEEDS_A SEEDS_B MONTHS, for scripts/peers/conformance_intervals.py. */
#include "models/statistics/rmse_interval.h"
#include "tests/bootstrap.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 12, REPLICATES = 10000, MAX_SEEDS = 100, MAX_MONTHS = 100000 };

int main(int argc, char **argv) {
  const size_t a = argc == 4 ? strtoul(argv[1], NULL, 10) : 0, b = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
  const size_t n = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
  if (a < 1 || b < 1 || n < 1 || a > MAX_SEEDS || b > MAX_SEEDS || n > MAX_MONTHS) {
    fprintf(stderr, "peer_intervals: expected SEEDS_A SEEDS_B MONTHS\n");
    return 2;
  }
  double *values =
      calloc((a + b + 1) * n, sizeof *values); /* the last n: the truth, 0, so forecasts are errors */
  const double *forecast[2 * MAX_SEEDS], *truth = values + (a + b) * n;
  gm_interval i;
  gm_error err = {0};
  if (values == NULL) return 1;
  for (size_t s = 0; s < a + b; s++) forecast[s] = values + s * n;
  for (size_t t = 0; t < n; t++)
    for (size_t s = 0; s < a + b; s++)
      if (scanf("%lf", &values[s * n + t]) != 1) return 2;
  const gm_status status =
      gm_rmse_difference(truth, &(gm_forecasts){forecast, a}, &(gm_forecasts){forecast + a, b}, n, &i, &err);
  if (status == GM_OK) {
    const gm_interval blocks = moving_blocks(forecast[0], forecast[a], n, BLOCK, REPLICATES, 0);
    printf("%.17g %.17g %.17g %.17g %.17g\n", i.value, i.low, i.high, blocks.low, blocks.high);
  } else
    fprintf(stderr, "peer_intervals: %s\n", err.message);
  free(values);
  return gm_exit_code(status);
}
