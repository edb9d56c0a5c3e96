/* SPDX-License-Identifier: MIT
 * Power laws: an exact one, and scipy.stats.linregress of logarithms. */
#include "models/statistics/power_law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void an_exact_law_is_found_and_certain(void **state) {
  (void)state;
  const double x[] = {1, 10, 100, 1000};
  double y[4];
  for (int i = 0; i < 4; i++) y[i] = 3 * pow(x[i], -0.5);
  const gm_power_law law = gm_power_law_fit(x, y, 4);
  assert_true(fabs(law.exponent + 0.5) < 1e-12 && fabs(law.factor - 3) < 1e-12);
  assert_true(law.high - law.low < 1e-6 && law.holds);
}

/* scipy 1.x: linregress(log([1, 2, 4, 8, 16]), log([3, 5, 4, 9, 12])) has slope 0.48480, its standard error
 * 0.11393, r² 0.85787; t(3) = 3.182. */
static void a_scattered_law_has_its_interval(void **state) {
  (void)state;
  const double x[] = {1, 2, 4, 8, 16}, y[] = {3, 5, 4, 9, 12};
  const gm_power_law law = gm_power_law_fit(x, y, 5);
  assert_true(fabs(law.exponent - 0.48480) < 1e-5 && fabs(law.r2 - 0.85787) < 1e-5);
  assert_true(fabs((law.high - law.low) / 2 - 3.182 * 0.11393) < 1e-3);
  assert_false(law.holds); /* too loose a line */
}

static void what_is_flat_or_too_little_is_none(void **state) {
  (void)state;
  const double x[] = {1, 2, 3, 4}, flat[] = {5, 5.1, 4.9, 5}, same[] = {2, 2, 2, 2};
  assert_false(gm_power_law_fit(x, flat, 4).holds);
  assert_true(isnan(gm_power_law_fit(x, flat, 2).exponent));
  assert_true(isnan(gm_power_law_fit(same, flat, 4).exponent));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_exact_law_is_found_and_certain),
      cmocka_unit_test(a_scattered_law_has_its_interval),
      cmocka_unit_test(what_is_flat_or_too_little_is_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
