/* SPDX-License-Identifier: MIT
 * The t-interval of the logarithms of paired ratios. */
#include "models/statistics/ratio_interval.h"

#include "common/student_t.h"

#include <math.h>

gm_interval gm_ratio_interval(const double *a, const double *b, size_t n) {
  double sum_a = 0, sum_b = 0, mean = 0, squares = 0;
  for (size_t i = 0; i < n; i++) {
    sum_a += a[i];
    sum_b += b[i];
    mean += log(a[i] / b[i]) / (double)n;
  }
  for (size_t i = 0; i < n; i++) squares += pow(log(a[i] / b[i]) - mean, 2);
  if (n < 2 || !isfinite(squares)) return (gm_interval){sum_a / sum_b, NAN, NAN};
  const double dof = (double)n - 1, half = gm_student_t(dof) * sqrt(squares / dof / (double)n);
  return (gm_interval){exp(mean), exp(mean - half), exp(mean + half)};
}
