/* SPDX-License-Identifier: MIT
 * Errors to intervals: the influence of each month on an RMSE, its long-run variance, and t times its root.
 * No resampling and no random numbers (docs/statistics.md says why). */
#include "models/statistics/rmse_interval.h"

#include "common/student_t.h"
#include "models/statistics/long_run_variance.h"
#include "models/statistics/metrics.h"

#include <math.h>
#include <stdlib.h>

/* z_t += mean over seeds of (e_t² − MSE)/(2 RMSE); rmse (seeds). A perfect forecast has no spread. */
static gm_status add_influence(const double *truth, const gm_forecasts *f, size_t n, double *rmse, double *z,
                               gm_error *err) {
  for (size_t s = 0; s < f->seeds; s++) {
    const gm_status status = gm_rmse(f->forecast[s], truth, n, &rmse[s], err);
    if (status != GM_OK) return status;
    for (size_t t = 0; t < n && rmse[s] > 0; t++) {
      const double e = f->forecast[s][t] - truth[t];
      z[t] += (e / rmse[s] * e - rmse[s]) / (2 * (double)f->seeds);
    }
  }
  return GM_OK;
}

typedef struct {
  double mean;
  double variance; /* of the mean; 0 of one */
  double degrees;
} spread;

static spread over_seeds(const double *values, size_t n) {
  spread s = {0, 0, (double)n - 1};
  for (size_t i = 0; i < n; i++) s.mean += values[i] / (double)n;
  for (size_t i = 0; n > 1 && i < n; i++)
    s.variance += (values[i] - s.mean) * (values[i] - s.mean) / (s.degrees * (double)n);
  return s;
}

/* `parts` independent estimates of variances add up. */
static double half_width(const spread *parts, size_t n) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) {
    sum += parts[i].variance;
    if (parts[i].variance > 0) squares += parts[i].variance * parts[i].variance / parts[i].degrees;
  }
  return sum > 0 ? gm_student_t(sum * sum / squares) * sqrt(sum) : 0;
}

/* b of no seeds: a alone. */
static gm_status interval_of(const double *truth, const gm_forecasts *a, const gm_forecasts *b, size_t n,
                             gm_interval *interval, gm_error *err) {
  *interval = (gm_interval){NAN, NAN, NAN};
  if (n == 0 || a->seeds == 0) return gm_fail(err, GM_FAILED, "an interval of no forecasts");
  double *rmse_a = calloc(a->seeds + b->seeds + 2 * n, sizeof *rmse_a);
  if (rmse_a == NULL) return gm_fail_memory(err, "an interval");
  double *rmse_b = rmse_a + a->seeds, *z = rmse_b + b->seeds, *z_b = z + n;
  gm_status status = add_influence(truth, a, n, rmse_a, z, err);
  if (status == GM_OK) status = add_influence(truth, b, n, rmse_b, z_b, err);
  if (status == GM_OK) {
    spread parts[3] = {{0, 0, 1}, over_seeds(rmse_a, a->seeds), {0, 0, 1}};
    if (b->seeds > 0) parts[2] = over_seeds(rmse_b, b->seeds);
    interval->value = parts[1].mean - parts[2].mean;
    if (a->seeds == b->seeds) { /* paired */
      for (size_t s = 0; s < a->seeds; s++) rmse_a[s] -= rmse_b[s];
      parts[1] = over_seeds(rmse_a, a->seeds);
      parts[2] = (spread){0, 0, 1};
    }
    for (size_t t = 0; t < n; t++) z[t] -= z_b[t];
    if (n >= GM_INTERVAL_MIN_MONTHS) {
      const gm_long_run_variance months = gm_variance_by_cosines(z, n, gm_cosines_of_series(z, n));
      parts[0] = (spread){0, months.variance / (double)n, months.degrees};
      const double half = half_width(parts, 3);
      interval->low = interval->value - half;
      interval->high = interval->value + half;
    }
  }
  free(rmse_a);
  return status;
}

gm_status gm_rmse_interval(const double *truth, const gm_forecasts *a, size_t n, gm_interval *interval,
                           gm_error *err) {
  const gm_status status = interval_of(truth, a, &(gm_forecasts){0}, n, interval, err);
  if (interval->low < 0) interval->low = 0;
  return status;
}

gm_status gm_rmse_difference(const double *truth, const gm_forecasts *a, const gm_forecasts *b, size_t n,
                             gm_interval *interval, gm_error *err) {
  if (b->seeds == 0) {
    *interval = (gm_interval){NAN, NAN, NAN};
    return gm_fail(err, GM_FAILED, "an interval of no forecasts");
  }
  return interval_of(truth, a, b, n, interval, err);
}

gm_verdict gm_interval_verdict(const gm_interval *interval) {
  return interval->high < 0 ? GM_BELOW : interval->low > 0 ? GM_ABOVE : GM_NOT_APART;
}
