/* SPDX-License-Identifier: MIT
 * Trends. Truths: exact lines, and numpy.polyfit 1.24 where the numbers are no line. */
#include "datasets/detrend.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/assert_near.h"

enum { N = 8 };

/* 3 + 2 t until row 4, something else behind: only the period decides. */
static double value(size_t t) {
  return t < 5 ? 3 + 2 * (double)t : 100;
}

static void the_line_is_that_of_the_period_alone(void **state) {
  (void)state;
  gm_series s;
  assert_int_equal(gm_series_alloc(&s, "s", GM_INDEX, 10, N, 1, NULL), GM_OK);
  for (size_t t = 0; t < N; t++) {
    s.target[t] = value(t);
    s.channels[t] = t == 2 ? (double)NAN : -value(t); /* a gap changes nothing on a line */
  }
  assert_int_equal(gm_detrend_series(&s, &(gm_period){10, 14}, NULL), GM_OK);
  for (size_t t = 0; t < N; t++) {
    const double expected = value(t) - (3 + 2 * (double)t);
    assert_near(s.target[t], expected, 1e-12);
    if (t != 2) assert_near(s.channels[t], -expected, 1e-12);
  }
  assert_true(isnan(s.channels[2]));
  gm_series_free(&s);
}

/* numpy.polyfit([0, 1, 2, 3], [1, 3, 2, 5], 1) = 1.1, 1.1 */
static void scattered_values_give_the_least_squares_line(void **state) {
  (void)state;
  const double x[] = {1, 3, 2, 5}, residual[] = {-0.1, 0.8, -1.3, 0.6};
  float map[8];
  for (size_t t = 0; t < 4; t++) {
    map[2 * t] = (float)x[t];
    map[2 * t + 1] = (float)-x[t];
  }
  gm_detrend_map(map, 4, 2, 0, &(gm_period){0, 3});
  for (size_t t = 0; t < 4; t++) {
    assert_near((double)map[2 * t], residual[t], 1e-6);
    assert_near((double)map[2 * t + 1], -residual[t], 1e-6);
  }
}

static void one_value_has_no_trend(void **state) {
  (void)state;
  gm_series s;
  gm_error err;
  assert_int_equal(gm_series_alloc(&s, "s", GM_INDEX, 0, N, 1, NULL), GM_OK);
  s.target[0] = 7;
  assert_int_equal(gm_detrend_series(&s, &(gm_period){0, 0}, &err), GM_BAD_INPUT);
  assert_true(s.target[0] == 7);
  gm_series_free(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_line_is_that_of_the_period_alone),
      cmocka_unit_test(scattered_values_give_the_least_squares_line),
      cmocka_unit_test(one_value_has_no_trend),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
