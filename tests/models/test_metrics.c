/* SPDX-License-Identifier: MIT
 * RMSE and correlation where the answer is known. */
#include "models/statistics/metrics.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const double rounding = 4 * DBL_EPSILON;

static void rmse_of_a_right_triangle(void **state) {
  (void)state;
  const double truth[] = {1, 2}, prediction[] = {4, 6}; /* errors 3 and 4: sqrt(25 / 2) */
  double rmse;
  assert_int_equal(gm_rmse(prediction, truth, 2, &rmse, NULL), GM_OK);
  assert_true(fabs(rmse - sqrt(12.5)) < rounding);
  assert_int_equal(gm_rmse(truth, truth, 2, &rmse, NULL), GM_OK);
  assert_true(rmse == 0);
}

static void rmse_of_one_sample_is_its_error(void **state) {
  (void)state;
  double rmse;
  assert_int_equal(gm_rmse((double[]){2}, (double[]){5}, 1, &rmse, NULL), GM_OK);
  assert_true(rmse == 3);
}

static void correlation_of_lines_is_one_and_minus_one(void **state) {
  (void)state;
  const double a[] = {1, 2, 3, 5}, up[] = {10.1, 10.2, 10.3, 10.5}, down[] = {-1, -2, -3, -5};
  double r;
  assert_int_equal(gm_correlation(a, up, 4, &r, NULL), GM_OK);
  assert_true(fabs(r - 1) < 1e-14 && r <= 1); /* 10.1 … 10.5 are rounded decimals */
  assert_int_equal(gm_correlation(a, down, 4, &r, NULL), GM_OK);
  assert_true(fabs(r + 1) < rounding && r >= -1);
}

/* Deviations (−1, 0, 1) and (−1, 1, 0): 1 / 2. */
static void correlation_of_a_known_triple(void **state) {
  (void)state;
  const double a[] = {1, 2, 3}, b[] = {1, 3, 2};
  double r;
  assert_int_equal(gm_correlation(a, b, 3, &r, NULL), GM_OK);
  assert_true(fabs(r - 0.5) < rounding);
}

/* Anscombe's quartet, first set: 0.81642 (Anscombe 1973). */
static void correlation_of_anscombes_first_set(void **state) {
  (void)state;
  const double x[] = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
  const double y[] = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
  double r;
  assert_int_equal(gm_correlation(x, y, 11, &r, NULL), GM_OK);
  assert_true(fabs(r - 0.81642) < 5e-6); /* as printed */
}

static void correlation_of_a_constant_or_of_one_sample_is_undefined(void **state) {
  (void)state;
  const double constant[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, other[] = {1, 2, 3, 4, 5, 6};
  double r;
  assert_int_equal(gm_correlation(constant, other, 6, &r, NULL), GM_OK);
  assert_true(isnan(r));
  assert_int_equal(gm_correlation(other, constant, 6, &r, NULL), GM_OK);
  assert_true(isnan(r));
  assert_int_equal(gm_correlation(other, other + 1, 1, &r, NULL), GM_OK);
  assert_true(isnan(r));
}

/* The same triple and triangle in units in which squares are no numbers. */
static void values_of_any_size_keep_their_metrics(void **state) {
  (void)state;
  static const double units[] = {0x1p-1060, 1e-200, 1e-162, 1e-150, 1, 1e150, 1e200, 1e305};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    const double u = units[i], truth[] = {u, 2 * u}, prediction[] = {4 * u, 6 * u};
    const double a[] = {u, 2 * u, 3 * u}, b[] = {u, 3 * u, 2 * u}, down[] = {-1, -2, -3};
    double result;
    assert_int_equal(gm_rmse(prediction, truth, 2, &result, NULL), GM_OK);
    assert_true(fabs(result / u / sqrt(12.5) - 1) <
                (u < 1e-300 ? 1e-3 : rounding)); /* few digits are left down there */
    assert_int_equal(gm_correlation(a, b, 3, &result, NULL), GM_OK);
    assert_true(fabs(result - 0.5) < rounding);
    assert_int_equal(gm_correlation(a, down, 3, &result, NULL), GM_OK);
    assert_true(fabs(result + 1) < rounding);
  }
  const double tiny[] = {0x1p-1070}, vast[] = {0x1p1020};
  for (int side = 0; side < 2; side++) { /* far apart, whichever is the larger */
    double error;
    assert_int_equal(gm_rmse(side == 0 ? tiny : vast, side == 0 ? vast : tiny, 1, &error, NULL), GM_OK);
    assert_true(error == vast[0]);
  }
  const double mixed[] = {1, 1e-170}, other[] = {1, 4e-170}; /* the error is far below the values */
  double rmse;
  assert_int_equal(gm_rmse(mixed, other, 2, &rmse, NULL), GM_OK);
  assert_true(fabs(rmse / (3e-170 / sqrt(2)) - 1) < rounding);
}

static void nan_infinity_nothing_and_overflow_are_refused(void **state) {
  (void)state;
  static const double bad[] = {NAN, INFINITY, -INFINITY};
  double result;
  gm_error err = {0};
  for (size_t i = 0; i < 3; i++) {
    const double a[] = {1, bad[i], 3}, b[] = {1, 2, 3};
    assert_int_equal(gm_rmse(a, b, 3, &result, &err), GM_FAILED);
    assert_true(isnan(result) && strstr(err.message, "value 2 of 3") != NULL);
    assert_int_equal(gm_correlation(b, a, 3, &result, &err), GM_FAILED);
    assert_true(isnan(result));
  }
  assert_int_equal(gm_rmse(NULL, NULL, 0, &result, &err), GM_FAILED);
  assert_int_equal(gm_correlation(NULL, NULL, 0, &result, &err), GM_FAILED);
  const double huge[] = {DBL_MAX, DBL_MAX}, opposite[] = {-DBL_MAX, -DBL_MAX};
  assert_int_equal(gm_rmse(huge, opposite, 2, &result, &err), GM_FAILED);
  assert_true(isnan(result));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rmse_of_a_right_triangle),
      cmocka_unit_test(rmse_of_one_sample_is_its_error),
      cmocka_unit_test(correlation_of_lines_is_one_and_minus_one),
      cmocka_unit_test(correlation_of_a_known_triple),
      cmocka_unit_test(correlation_of_anscombes_first_set),
      cmocka_unit_test(correlation_of_a_constant_or_of_one_sample_is_undefined),
      cmocka_unit_test(values_of_any_size_keep_their_metrics),
      cmocka_unit_test(nan_infinity_nothing_and_overflow_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
