/* SPDX-License-Identifier: MIT
 * Samples of maps: which months, which targets, and that nothing is copied. */
#include "datasets/map_samples.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MONTHS = 60, POINTS = 3, FIRST_YEAR = 2000 };

typedef struct {
  gm_series index;
  float values[MONTHS][POINTS];
} fixture;

static int set_up(void **state) {
  static fixture f;
  f = (fixture){0};
  if (gm_series_alloc(&f.index, "map", GM_MONTHLY, 12 * FIRST_YEAR, MONTHS, 1, NULL) != GM_OK) return -1;
  for (int t = 0; t < MONTHS; t++) {
    f.index.target[t] = 100 + t;
    for (int p = 0; p < POINTS; p++) f.values[t][p] = (float)(10 * t + p);
  }
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  gm_series_free(&((fixture *)*state)->index);
  return 0;
}

static gm_samples_config config(size_t time_steps, size_t lead) {
  gm_samples_config c = gm_samples_config_default();
  c.max_time_steps = GM_MAP_MAX_TIME_STEPS;
  c.time_steps = time_steps;
  c.lead = lead;
  c.period[GM_TRAIN] = "2000-01:2001-12";
  c.period[GM_VALIDATION] = "2002-06:2002-12";
  c.period[GM_TEST] = "2003-01:";
  return c;
}

static void windows_point_into_the_map_months_as_channels(void **state) {
  fixture *f = *state;
  const gm_samples_config c = config(3, 2);
  gm_samples s;
  assert_int_equal(gm_samples_from_map(&c, &f->index, &f->values[0][0], POINTS, &s, NULL), GM_OK);
  assert_true(s.n_channels == 3 && s.length == POINTS && s.n_predictors == 9);
  assert_true(s.data_epsilon == FLT_EPSILON);
  const gm_split *train = &s.split[GM_TRAIN];
  assert_int_equal(train->n, 24 - 5); /* a window of six months, whatever T */
  assert_int_equal(train->n_dropped, 5);
  assert_null(train->X);
  assert_ptr_equal(train->x[0], &f->values[3][0]); /* t = 5: months 3, 4, 5 */
  assert_true(train->y[0] == 107 && train->y_float[0] == 107 && train->index_at_t[0] == 105);
  assert_int_equal(train->target_time[0], 12 * FIRST_YEAR + 7);
  const gm_split *test = &s.split[GM_TEST];
  assert_int_equal(test->n, MONTHS - 36 - 2);
  assert_true(test->y[test->n - 1] == 100 + MONTHS - 1);
  assert_ptr_equal(test->x[0], &f->values[34][0]);
  gm_samples_free(&s);
}

static void the_number_of_samples_does_not_depend_on_time_steps(void **state) {
  fixture *f = *state;
  for (size_t T = 1; T <= GM_MAP_MAX_TIME_STEPS; T++) {
    const gm_samples_config c = config(T, 1);
    gm_samples s;
    assert_int_equal(gm_samples_from_map(&c, &f->index, &f->values[0][0], POINTS, &s, NULL), GM_OK);
    assert_int_equal(s.split[GM_TRAIN].n, 19);
    assert_int_equal(s.split[GM_VALIDATION].n, 7);
    assert_ptr_equal(s.split[GM_VALIDATION].x[0] + (T - 1) * POINTS, &f->values[29][0]);
    gm_samples_free(&s);
  }
}

static void more_than_six_months_are_refused(void **state) {
  fixture *f = *state;
  const gm_samples_config c = config(7, 1);
  gm_samples s;
  gm_error err;
  assert_int_equal(gm_samples_from_map(&c, &f->index, &f->values[0][0], POINTS, &s, &err), GM_BAD_INPUT);
  assert_memory_equal(err.message, "time_steps: ", 12);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(windows_point_into_the_map_months_as_channels, set_up, tear_down),
      cmocka_unit_test_setup_teardown(the_number_of_samples_does_not_depend_on_time_steps, set_up, tear_down),
      cmocka_unit_test_setup_teardown(more_than_six_months_are_refused, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
