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
  gm_interval ratio = {sum_a / sum_b, NAN, NAN};
  for (size_t i = 0; i < n; i++) squares += pow(log(a[i] / b[i]) - mean, 2);
  if (n < 2 || !isfinite(squares)) return ratio;
  const double dof = (double)n - 1, factor = exp(gm_student_t(dof) * sqrt(squares / dof / (double)n));
  ratio.low = ratio.value / factor;
  ratio.high = ratio.value * factor;
  return ratio;
}
