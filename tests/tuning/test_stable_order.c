/* SPDX-License-Identifier: MIT
 * The radix sort against an insertion sort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rng.h"
#include "tuning/samplers/stable_order.h"

#include <float.h>
#include <math.h>

enum { MAX_N = 700 };

static void assert_as_insertion_sort(size_t n, const double *values) {
  uint32_t order[MAX_N + 1], naive[MAX_N];
  gm_order_item scratch[2 * MAX_N];
  order[n] = 12345; /* must stay untouched */
  gm_stable_order(n, values, order, scratch);
  assert_int_equal(order[n], 12345);
  for (size_t i = 0; i < n; i++) {
    size_t j = i;
    for (; j > 0 && values[i] < values[naive[j - 1]]; j--) naive[j] = naive[j - 1];
    naive[j] = (uint32_t)i;
  }
  for (size_t i = 0; i < n; i++) assert_int_equal(order[i], naive[i]);
}

static void special_values_sort_as_numbers_do(void **state) {
  (void)state;
  const double values[] = {0.0,           -0.0,         INFINITY, 1.0,  -INFINITY, DBL_MIN,
                           -DBL_TRUE_MIN, DBL_TRUE_MIN, -1.0,     -0.0, 0.0,       DBL_MAX,
                           1.0,           -DBL_MAX,     -1.0,     1.0,  1e-300,    INFINITY};
  assert_as_insertion_sort(sizeof values / sizeof values[0], values);
  assert_as_insertion_sort(1, values);
  assert_as_insertion_sort(0, values);
}

static void random_values_with_ties_keep_their_age(void **state) {
  (void)state;
  gm_rng rng;
  gm_rng_seed(&rng, 1);
  double values[MAX_N];
  for (size_t n = 2; n <= MAX_N; n = 2 * n + 3) {
    for (size_t i = 0; i < n; i++) values[i] = gm_rng_double(&rng) - 0.5;
    assert_as_insertion_sort(n, values);
    for (size_t i = 0; i < n; i++) values[i] = floor(9.0 * gm_rng_double(&rng)) - 4.0;
    assert_as_insertion_sort(n, values);
    for (size_t i = 0; i < n; i++) values[i] = 7.0;
    assert_as_insertion_sort(n, values);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(special_values_sort_as_numbers_do),
      cmocka_unit_test(random_values_with_ties_keep_their_age),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
