/* SPDX-License-Identifier: MIT
 * 97.5 % points against scipy 1.x: scipy.stats.t.ppf(0.975, d). */
#include "common/student_t.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void points_equal_scipy(void **state) {
  (void)state;
  static const struct {
    double degrees, t;
  } known[] = {{1, 12.7062},  {2, 4.30265}, {5, 2.57058},  {9, 2.26216},   {30, 2.04227},  {40, 2.02108},
               {50, 2.00856}, {60, 2.0003}, {80, 1.99006}, {100, 1.98397}, {1000, 1.96234}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    assert_true(fabs(gm_student_t(known[i].degrees) - known[i].t) < 6e-4); /* three decimals */
}

static void between_the_table_it_is_wider_never_narrower(void **state) {
  (void)state;
  for (double d = 1; d < 2000; d += 0.37) assert_true(gm_student_t(d) >= gm_student_t(d + 1));
  assert_true(gm_student_t(2.9) == gm_student_t(2) && gm_student_t(0.5) == gm_student_t(1));
  assert_true(gm_student_t(35) == gm_student_t(30) && gm_student_t(1e9) < 1.97);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(points_equal_scipy),
      cmocka_unit_test(between_the_table_it_is_wider_never_narrower),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
