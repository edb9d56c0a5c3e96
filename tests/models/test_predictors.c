/* SPDX-License-Identifier: MIT
 * The two ways to store X give the same numbers. */
#include "models/regression/predictors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { N = 2, P = 3 };

static const double contiguous[N * P] = {1, 2, 3, 5, 7, 12};
static const float row_a[P] = {1, 2, 3}, row_b[P] = {5, 7, 12};
static const float *const rows[N] = {row_a, row_b};
static const gm_predictors views[] = {{.n = N, .p = P, .x = contiguous}, {.n = N, .p = P, .rows = rows}};

static void both_views_do_the_same_arithmetic(void **state) {
  (void)state;
  for (size_t v = 0; v < 2; v++) {
    double mean[P], copy[2], sum[P] = {1, 1, 1};
    gm_predictors_means(&views[v], mean);
    assert_true(mean[0] == 3 && mean[1] == 4.5 && mean[2] == 7.5);
    gm_predictors_copy(&views[v], 1, 1, 2, mean, copy);
    assert_true(copy[0] == 2.5 && copy[1] == 4.5);
    gm_predictors_add_row(&views[v], 0, 2, mean, sum);
    assert_true(sum[0] == -3 && sum[1] == -4 && sum[2] == -8);
    assert_true(gm_predictors_dot(&views[v], 1, (double[]){1, 0, -1}) == -7);
  }
}

static void a_value_that_is_not_finite_is_found(void **state) {
  (void)state;
  const double bad[N * P] = {1, 2, 3, 5, NAN, INFINITY};
  const float infinite[P] = {1, 2, INFINITY};
  const float *const bad_rows[N] = {row_a, infinite};
  size_t row, column;
  for (size_t v = 0; v < 2; v++) assert_false(gm_predictors_not_finite(&views[v], &row, &column));
  assert_true(gm_predictors_not_finite(&(gm_predictors){.n = N, .p = P, .x = bad}, &row, &column));
  assert_true(row == 1 && column == 1);
  assert_true(gm_predictors_not_finite(&(gm_predictors){.n = N, .p = P, .rows = bad_rows}, &row, &column));
  assert_true(row == 1 && column == 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_views_do_the_same_arithmetic),
      cmocka_unit_test(a_value_that_is_not_finite_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
