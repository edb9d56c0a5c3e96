/* SPDX-License-Identifier: MIT
 * A line through logarithms, in closed form; the interval of its slope by Student's t of n − 2 degrees of
 * freedom. */
#include "models/statistics/power_law.h"

#include "common/student_t.h"

#include <math.h>

gm_power_law gm_power_law_fit(const double *x, const double *y, size_t n) {
  gm_power_law law = {NAN, NAN, NAN, NAN, NAN, false};
  const double count = (double)n;
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0;
  if (n < 3) return law;
  for (size_t i = 0; i < n; i++) {
    mean_x += log(x[i]) / count;
    mean_y += log(y[i]) / count;
  }
  for (size_t i = 0; i < n; i++) {
    const double dx = log(x[i]) - mean_x, dy = log(y[i]) - mean_y;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (!(xx > 0)) return law;
  law.exponent = xy / xx;
  law.factor = exp(mean_y - law.exponent * mean_x);
  const double rest = fmax(yy - law.exponent * xy, 0);
  const double half = gm_student_t(count - 2) * sqrt(rest / (count - 2) / xx);
  law.low = law.exponent - half;
  law.high = law.exponent + half;
  law.r2 = yy > 0 ? 1 - rest / yy : 0;
  law.holds = (law.low > 0 || law.high < 0) && law.r2 >= GM_POWER_LAW_R2;
  return law;
}
