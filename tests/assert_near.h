/* SPDX-License-Identifier: MIT
 * |a − b| ≤ tolerance for doubles, with both values in the message. cmocka's own
 * assert_float_equal compares floats. */
#ifndef TESTS_ASSERT_NEAR_H
#define TESTS_ASSERT_NEAR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the above before it */
#include <cmocka.h>

#include <math.h>

#define assert_near(a, b, tolerance) assert_near_at(a, b, tolerance, __FILE__, __LINE__)

static inline void assert_near_at(double a, double b, double tolerance, const char *file, int line) {
  if (fabs(a - b) <= tolerance) return;
  print_error("%.17g is not within %g of %.17g\n", a, tolerance, b);
  _fail(file, line);
}

#endif
