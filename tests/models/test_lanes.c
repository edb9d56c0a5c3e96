/* SPDX-License-Identifier: MIT
 * Sums in eight lanes have one order: numbers of which another order loses the small ones. */
#include "models/regression/lanes.h"
#include "tests/assert_near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the above before it */
#include <cmocka.h>

enum { N = 20 };

/* 2^53 in lane 0 and its negative in lane 4 are added first and leave nothing; one after the other the ones
 * between them would be lost, since 2^53 + 1 is no double. By hand: six ones of the first eight, six of the
 * second (lanes 0 and 4 are 0 there) and three of the last four are 15. */
static void the_order_is_that_of_the_lanes(void **state) {
  (void)state;
  double a[N], b[N];
  float single[N];
  for (size_t i = 0; i < N; i++) a[i] = b[i] = 1;
  a[0] = 0x1p53;
  a[4] = -0x1p53;
  a[8] = a[12] = a[16] = 0;
  for (size_t i = 0; i < N; i++) single[i] = (float)a[i];
  assert_near(gm_lanes_dot(N, a, b), 15, 0);
  assert_near(gm_lanes_dot_floats(N, single, b), 15, 0);
}

static void any_length_is_summed(void **state) {
  (void)state;
  double a[N], b[N];
  for (size_t i = 0; i < N; i++) a[i] = (double)i + 1, b[i] = 2;
  for (size_t n = 0; n <= N; n++) assert_near(gm_lanes_dot(n, a, b), (double)(n * (n + 1)), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_order_is_that_of_the_lanes),
      cmocka_unit_test(any_length_is_summed),
  };
  return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
