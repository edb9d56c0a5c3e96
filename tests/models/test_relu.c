/* SPDX-License-Identifier: MIT
 * The rectified linear unit, exact. */
#include "models/network/relu.h"
#include "tests/numbers.h"

static void negative_values_become_zero_and_others_stay(void **state) {
  (void)state;
  float x[] = {-2, -0.0f, 0, 3, -FLT_MIN, FLT_MAX, -INFINITY, INFINITY};
  const float expected[] = {0, 0, 0, 3, 0, FLT_MAX, 0, INFINITY};
  gm_relu_forward(8, x, x);
  for (size_t i = 0; i < 8; i++) assert_true(x[i] == expected[i]);
}

static void the_gradient_passes_where_the_output_is_positive(void **state) {
  (void)state;
  const float y[] = {0, 3, 0, FLT_MIN, 1};
  float dy[] = {1, 2, -3, 4, -5};
  const float expected[] = {0, 2, 0, 4, -5};
  gm_relu_backward(5, y, dy, dy);
  for (size_t i = 0; i < 5; i++) assert_true(dy[i] == expected[i]);
}

static void nan_passes_both_ways(void **state) {
  (void)state;
  float x[3] = {1, NAN, -1}, dy[3] = {1, 2, 3};
  gm_relu_forward(3, x, x);
  assert_true(x[0] == 1 && isnan(x[1]) && x[2] == 0);
  gm_relu_backward(3, x, dy, dy);
  assert_true(dy[0] == 1 && dy[1] == 2 && dy[2] == 0);
}

static void nothing_is_touched_when_there_is_nothing(void **state) {
  (void)state;
  float x = -1;
  gm_relu_forward(0, &x, &x);
  gm_relu_backward(0, &x, &x, &x);
  assert_true(x == -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(negative_values_become_zero_and_others_stay),
      cmocka_unit_test(the_gradient_passes_where_the_output_is_positive),
      cmocka_unit_test(nan_passes_both_ways),
      cmocka_unit_test(nothing_is_touched_when_there_is_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
