/* SPDX-License-Identifier: MIT
 * Columns that were filled up, and columns whose units change; and those that only look like it. */
#include "datasets/series_patterns.h"

#include "common/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MONTHS = 360, YEAR = 12 };

/* A season and scatter, in steps of `step`. */
static void make(double *values, double step) {
  gm_rng rng;
  gm_rng_seed(&rng, 7);
  for (int i = 0; i < MONTHS; i++)
    values[i] = step * round((26 + 2 * sin(0.5236 * i) + 2 * gm_rng_double(&rng)) / step);
}

static void a_column_filled_with_its_last_value_is_found(void **state) {
  (void)state;
  double values[MONTHS];
  make(values, 0.001);
  assert_int_equal(gm_series_repeated(values, MONTHS, 1).n, 0);
  for (int i = 330; i < MONTHS; i++) values[i] = values[329];
  const gm_repeated found = gm_series_repeated(values, MONTHS, 1);
  assert_int_equal(found.n, 30);
  assert_int_equal(found.first, 330);
}

static void a_year_copied_from_the_one_before_is_found(void **state) {
  (void)state;
  double values[MONTHS];
  make(values, 0.01);
  assert_int_equal(gm_series_repeated(values, MONTHS, YEAR).n, 0);
  for (int i = 120; i < 132; i++) values[i] = values[i - YEAR];
  const gm_repeated found = gm_series_repeated(values, MONTHS, YEAR);
  assert_true(found.n >= 11 && found.n <= 12); /* the greatest value of all may be among them */
  assert_true(found.first >= 120 && found.first <= 121);
}

/* What is coarse repeats itself, and so does what rests at an end of its range. */
static void values_that_often_repeat_are_none(void **state) {
  (void)state;
  double values[MONTHS];
  make(values, 1);
  assert_int_equal(gm_series_repeated(values, MONTHS, 1).n, 0);
  assert_int_equal(gm_series_repeated(values, MONTHS, YEAR).n, 0);
  make(values, 0.01);
  for (int i = 0; i < MONTHS; i++) values[i] = i % YEAR < 7 ? 0 : values[i]; /* a dry season */
  assert_int_equal(gm_series_repeated(values, MONTHS, 1).n, 0);
  assert_int_equal(gm_series_repeated(values, MONTHS, YEAR).n, 0);
  for (int i = 0; i < MONTHS; i++) values[i] = i / 40; /* a rate that is set and holds */
  assert_int_equal(gm_series_repeated(values, MONTHS, 1).n, 0);
  for (int i = 0; i < MONTHS; i++) values[i] = NAN;
  assert_int_equal(gm_series_repeated(values, MONTHS, 1).n, 0);
}

static void another_unit_from_some_month_on_is_found(void **state) {
  (void)state;
  static const struct {
    double factor, offset;
  } units[] = {{1.8, 32}, {1, 273.15}, {100, 0}, {0.01, 0}, {1, -273.15}};
  static const int places[] = {3, 200, MONTHS - 3};
  for (size_t u = 0; u < sizeof units / sizeof *units; u++)
    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
      double values[MONTHS];
      make(values, 0.001);
      values[10] = NAN;
      for (int i = places[p]; i < MONTHS; i++) values[i] = units[u].factor * values[i] + units[u].offset;
      assert_int_equal(gm_series_level_change(values, MONTHS).first, places[p]);
    }
}

static void another_unit_now_and_then_is_found(void **state) {
  (void)state;
  double values[MONTHS];
  make(values, 0.001);
  for (int i = 100; i < 150; i++) values[i] += 273.15;
  gm_level_change found = gm_series_level_change(values, MONTHS);
  assert_true(found.comes_back && found.first == 100 && found.n_after == 50);
  assert_true(found.least_after > 250 && found.most_before < 50);
  make(values, 0.001);
  for (int i = 1; i < MONTHS; i += 2) values[i] = 1.8 * values[i] + 132;
  found = gm_series_level_change(values, MONTHS);
  assert_true(found.comes_back && found.first == 1 && found.n_after == MONTHS / 2);
}

static void trends_steps_and_lone_values_are_no_other_unit(void **state) {
  (void)state;
  double values[MONTHS];
  make(values, 0.001);
  assert_int_equal(gm_series_level_change(values, MONTHS).first, 0);
  values[MONTHS - 1] = 300; /* one that stands alone */
  assert_int_equal(gm_series_level_change(values, MONTHS).first, 0);
  for (int i = 0; i < MONTHS; i++) values[i] = 315 * exp(0.004 * i); /* carbon dioxide, and faster */
  assert_int_equal(gm_series_level_change(values, MONTHS).first, 0);
  for (int i = 0; i < MONTHS; i++) values[i] = i > 200; /* before and after a law */
  assert_int_equal(gm_series_level_change(values, MONTHS).first, 0);
}

/* A wave that no shift maps onto itself, and columns made of it. */
static void a_column_that_runs_ahead_is_found(void **state) {
  (void)state;
  enum { N = 120 };
  double target[N], column[N];
  for (size_t t = 0; t < N; t++) target[t] = sin((double)t) + sin(0.37 * (double)t) + 0.01 * (double)t;
  assert_int_equal(gm_series_ahead(target, target, N, 24), 0); /* itself */
  for (size_t t = 0; t < N; t++) column[t] = t + 3 < N ? 32 + 1.8 * target[t + 3] : NAN;
  assert_int_equal(gm_series_ahead(column, target, N, 24), 3); /* in other units */
  assert_int_equal(gm_series_ahead(column, target, N, 2), 0);
  column[50] += 0.5;
  assert_int_equal(gm_series_ahead(column, target, N, 24), 0); /* no copy */
  for (size_t t = 0; t < N; t++) column[t] = t >= 2 ? target[t - 2] : NAN;
  assert_int_equal(gm_series_ahead(column, target, N, 24), 0); /* behind */
  for (size_t t = 0; t < N; t++) column[t] = 7;
  assert_int_equal(gm_series_ahead(column, target, N, 24), 0); /* says nothing */
  for (size_t t = 0; t < N; t++) column[t] = t < 20 ? target[t + 1] : NAN;
  assert_int_equal(gm_series_ahead(column, target, N, 24), 0); /* too few to tell */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_column_filled_with_its_last_value_is_found),
      cmocka_unit_test(a_year_copied_from_the_one_before_is_found),
      cmocka_unit_test(values_that_often_repeat_are_none),
      cmocka_unit_test(another_unit_from_some_month_on_is_found),
      cmocka_unit_test(another_unit_now_and_then_is_found),
      cmocka_unit_test(trends_steps_and_lone_values_are_no_other_unit),
      cmocka_unit_test(a_column_that_runs_ahead_is_found),
  };
  return cmocka_run_group_tests_name("series_patterns", tests, NULL, NULL);
}
