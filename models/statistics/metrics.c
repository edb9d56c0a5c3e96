/* SPDX-License-Identifier: MIT
 * RMSE and Pearson's correlation, in double precision and one order of summation. */
#include "models/statistics/metrics.h"

#include <math.h>
#include <stdbool.h>

/* Both arrays hold something, and nothing but finite numbers. */
static gm_status check(const double *a, const double *b, size_t n, const char *metric, gm_error *err) {
  if (n == 0) return gm_fail(err, GM_FAILED, "%s of no values", metric);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(a[i]) || !isfinite(b[i]))
      return gm_fail(err, GM_FAILED, "%s: value %zu of %zu is not a finite number", metric, i + 1, n);
  return GM_OK;
}

/* A power of two, by which multiplying is exact, that brings values of at most `largest` near 1, so that no
 * square over- or underflows. */
static double scale_for(double largest) {
  int exponent = 0;
  (void)frexp(largest, &exponent);
  return ldexp(1, exponent < -1022 ? 1022 : -exponent);
}

static double largest_of(const double *a, size_t n) {
  double largest = 0;
  for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(a[i]));
  return largest;
}

gm_status gm_rmse(const double *prediction, const double *truth, size_t n, double *rmse, gm_error *err) {
  *rmse = NAN;
  const gm_status status = check(prediction, truth, n, "RMSE", err);
  if (status != GM_OK) return status;
  const double scale = scale_for(fmax(largest_of(prediction, n), largest_of(truth, n)));
  double largest = 0, sum = 0;
  for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(prediction[i] * scale - truth[i] * scale));
  const double finer = scale_for(largest);
  for (size_t i = 0; i < n; i++) {
    const double error = (prediction[i] * scale - truth[i] * scale) * finer;
    sum += error * error;
  }
  const double root = sqrt(sum / (double)n) / finer / scale;
  if (!isfinite(root)) return gm_fail(err, GM_FAILED, "RMSE: the errors are too large for a number");
  *rmse = root;
  return GM_OK;
}

/* Asked of the values, since Σ (a_i − ā)² of a constant series need not be exactly 0. */
static bool constant(const double *a, size_t n) {
  size_t i = 1;
  while (i < n && a[i] == a[0]) i++;
  return i == n;
}

static double scaled_mean(const double *a, size_t n, double scale) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * scale;
  return sum / (double)n;
}

gm_status gm_correlation(const double *a, const double *b, size_t n, double *correlation, gm_error *err) {
  *correlation = NAN;
  const gm_status status = check(a, b, n, "correlation", err);
  if (status != GM_OK || constant(a, n) || constant(b, n)) return status;
  const double scale_a = scale_for(largest_of(a, n)), scale_b = scale_for(largest_of(b, n));
  const double mean_a = scaled_mean(a, n, scale_a), mean_b = scaled_mean(b, n, scale_b);
  double aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < n; i++) {
    const double da = a[i] * scale_a - mean_a, db = b[i] * scale_b - mean_b;
    aa += da * da;
    bb += db * db;
    ab += da * db;
  }
  *correlation = fmax(-1, fmin(1, ab / (sqrt(aa) * sqrt(bb)))); /* rounding may step over the bounds */
  return GM_OK;
}

void gm_skill_by_season(const double *truth, const double *forecast, const double *reference,
                        const int *season, size_t n, size_t n_seasons, gm_season_skill *skill) {
  for (size_t s = 0; s < n_seasons; s++) {
    double error = 0, error_of_reference = 0;
    skill[s].n = 0;
    for (size_t i = 0; i < n; i++) {
      if (season[i] != (int)s) continue;
      error += (forecast[i] - truth[i]) * (forecast[i] - truth[i]);
      error_of_reference += (reference[i] - truth[i]) * (reference[i] - truth[i]);
      skill[s].n++;
    }
    skill[s].skill = error_of_reference > 0 ? 1 - error / error_of_reference : NAN;
  }
}
