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

gm_status gm_rmse(const double *prediction, const double *truth, size_t n, double *rmse, gm_error *err) {
  *rmse = NAN;
  const gm_status status = check(prediction, truth, n, "RMSE", err);
  if (status != GM_OK) return status;
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    const double error = prediction[i] - truth[i];
    sum += error * error;
  }
  if (!isfinite(sum)) return gm_fail(err, GM_FAILED, "RMSE: the errors are too large to square");
  *rmse = sqrt(sum / (double)n);
  return GM_OK;
}

/* Asked of the values, since Σ (a_i − ā)² of a constant series need not be exactly 0. */
static bool constant(const double *a, size_t n) {
  size_t i = 1;
  while (i < n && a[i] == a[0]) i++;
  return i == n;
}

static double mean(const double *a, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i];
  return sum / (double)n;
}

gm_status gm_correlation(const double *a, const double *b, size_t n, double *correlation, gm_error *err) {
  *correlation = NAN;
  const gm_status status = check(a, b, n, "correlation", err);
  if (status != GM_OK || constant(a, n) || constant(b, n)) return status;
  const double mean_a = mean(a, n), mean_b = mean(b, n);
  double aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < n; i++) {
    const double da = a[i] - mean_a, db = b[i] - mean_b;
    aa += da * da;
    bb += db * db;
    ab += da * db;
  }
  *correlation = fmax(-1, fmin(1, ab / (sqrt(aa) * sqrt(bb)))); /* rounding may step over the bounds */
  if (!isfinite(aa) || !isfinite(bb)) {
    *correlation = NAN;
    return gm_fail(err, GM_FAILED, "correlation: the values are too large to square");
  }
  return GM_OK;
}
