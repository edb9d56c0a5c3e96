/* SPDX-License-Identifier: MIT
 * The Pareto front, against fronts drawn by hand and the definition itself. */
#include "common/rng.h"
#include "tuning/domination.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void front_is_sorted_and_leaves_out_dominated_points(void **state) {
  (void)state;
  const double x[] = {4, 1, 2, 3, 2.5}, y[] = {1, 5, 3, 3.5, 2};
  size_t front[5];
  assert_int_equal(gm_pareto_front(x, y, 5, front), 4);
  const size_t expected[] = {1, 2, 4, 0}; /* (3, 3.5) is worse than (2, 3) in both */
  assert_memory_equal(front, expected, sizeof expected);
}

static void equal_points_appear_once(void **state) {
  (void)state;
  const double x[] = {1, 1, 1}, y[] = {2, 2, 3};
  size_t front[3];
  assert_int_equal(gm_pareto_front(x, y, 3, front), 1);
  assert_int_equal(front[0], 0);
}

static void unknown_values_stay_off_the_front(void **state) {
  (void)state;
  const double x[] = {NAN, 1, 2}, y[] = {0, 1, NAN};
  size_t front[3];
  assert_int_equal(gm_pareto_front(x, y, 3, front), 1);
  assert_int_equal(front[0], 1);
  assert_int_equal(gm_pareto_front(x, y, 0, front), 0);
}

/* The definition: a point is on the front exactly when no other is as good in both and better in one. */
static void random_fronts_satisfy_the_definition(void **state) {
  (void)state;
  enum { POINTS = 40 };
  gm_rng rng;
  double x[POINTS], y[POINTS];
  size_t front[POINTS];
  gm_rng_seed(&rng, 1);
  for (int i = 0; i < POINTS; i++) {
    x[i] = gm_rng_double(&rng);
    y[i] = gm_rng_double(&rng);
  }
  const size_t n = gm_pareto_front(x, y, POINTS, front);
  size_t expected = 0;
  for (int i = 0; i < POINTS; i++) {
    bool dominated = false, found = false;
    for (int j = 0; j < POINTS; j++) dominated = dominated || (x[j] < x[i] && y[j] < y[i]);
    for (size_t k = 0; k < n; k++) found = found || front[k] == (size_t)i;
    assert_int_equal(found, !dominated);
    expected += !dominated;
  }
  assert_int_equal(n, expected);
  for (size_t k = 1; k < n; k++) assert_true(x[front[k]] > x[front[k - 1]] && y[front[k]] < y[front[k - 1]]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(front_is_sorted_and_leaves_out_dominated_points),
      cmocka_unit_test(equal_points_appear_once),
      cmocka_unit_test(unknown_values_stay_off_the_front),
      cmocka_unit_test(random_fronts_satisfy_the_definition),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
