/* SPDX-License-Identifier: MIT
 * The 97.5 % quantiles as statistical tables print them, three decimals. Between two rows the one of fewer
 * degrees is taken, so that an interval is never too narrow. */
#include "common/student_t.h"

#include <stddef.h>

double gm_student_t(double degrees) {
  static const double first[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                 2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                 2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  static const struct {
    double degrees, t;
  } rest[] = {{1000, 1.962}, {100, 1.984}, {80, 1.990}, {60, 2.000}, {50, 2.009}, {40, 2.021}};
  const size_t n = sizeof first / sizeof *first;
  for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
    if (degrees >= rest[i].degrees) return rest[i].t;
  if (!(degrees >= 1)) return first[0];
  return first[degrees >= (double)n ? n - 1 : (size_t)degrees - 1];
}
