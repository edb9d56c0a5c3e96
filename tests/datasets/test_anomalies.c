/* SPDX-License-Identifier: MIT
 * Anomalies of tables whose cycle is known by hand. */
#include "datasets/anomalies.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const double rounding = 1e-13; /* of values below 400 */

/* A table from January (1 January) 2000 with values f(row) in target and one channel. */
static gm_series table(gm_time_unit unit, size_t n_times, double (*f)(size_t)) {
  gm_series series;
  assert_int_equal(gm_series_alloc(&series, "table", unit, gm_time_join(unit, 2000, 1, 1), n_times, 1, NULL),
                   GM_OK);
  for (size_t row = 0; row < n_times; row++) series.target[row] = series.channels[row] = f(row);
  return series;
}

/* A step of 2 per year on a seasonal cycle: 2·year + month². */
static double cycle_and_trend(size_t row) {
  return 2 * (double)(row / 12) + (double)(row % 12) * (double)(row % 12);
}

static double row_number(size_t row) {
  return (double)row;
}

static void a_monthly_cycle_leaves_the_trend_about_the_base_mean(void **state) {
  (void)state;
  gm_series series = table(GM_MONTHLY, 60, cycle_and_trend);
  gm_base_period base;
  assert_int_equal(gm_base_period_parse("2000:2002", &base, NULL), GM_OK); /* its mean year is 1 */
  assert_int_equal(gm_anomalies(&series, &base, NULL), GM_OK);
  for (size_t row = 0; row < 60; row++) {
    assert_true(fabs(series.target[row] - (2 * (double)(row / 12) - 2)) < rounding);
    assert_true(series.channels[row] == series.target[row]);
  }
  gm_series_free(&series);
}

static void the_fewest_values_behind_a_mean_are_noted(void **state) {
  (void)state;
  gm_series series = table(GM_MONTHLY, 60, cycle_and_trend);
  const gm_base_period base = {.first = 2000, .last = 2003};
  series.channels[0] = series.channels[12] = series.channels[24] = NAN; /* of four Januaries one is left */
  assert_int_equal(gm_anomalies(&series, &base, NULL), GM_OK);
  assert_int_equal(series.n_base, 1);
  assert_true(series.channels[36] == 0);
  gm_series_free(&series);
  series = table(GM_DAILY, 366 + 365, row_number);
  const gm_base_period days = {.first = 2000, .last = 2001}; /* 29 February comes once */
  assert_int_equal(gm_anomalies(&series, &days, NULL), GM_OK);
  assert_int_equal(series.n_base, 2);
  gm_series_free(&series);
}

/* Over one common year every calendar day is its own mean; the next year's days are 365 later. */
static void a_daily_cycle_is_by_calendar_day(void **state) {
  (void)state;
  gm_series series = table(GM_DAILY, 366 + 365, row_number);
  const gm_base_period base = {.first = 2000, .last = 2000};
  assert_int_equal(gm_anomalies(&series, &base, NULL), GM_OK);
  assert_true(series.target[0] == 0 && series.target[365] == 0);
  assert_true(series.target[366] == 366);          /* 1 January, a leap year later */
  assert_true(series.target[366 + 59] == 366 - 1); /* 1 March follows 28 February now */
  gm_series_free(&series);
}

static void index_rows_lose_their_overall_mean(void **state) {
  (void)state;
  gm_series series = table(GM_INDEX, 5, row_number);
  const gm_base_period base = {.first = 2001, .last = 2002}; /* values 1 and 2 */
  assert_int_equal(gm_anomalies(&series, &base, NULL), GM_OK);
  assert_true(series.target[0] == -1.5 && series.target[4] == 2.5);
  gm_series_free(&series);
}

static void none_changes_nothing(void **state) {
  (void)state;
  gm_series series = table(GM_MONTHLY, 12, row_number);
  gm_base_period base;
  assert_int_equal(gm_base_period_parse("none", &base, NULL), GM_OK);
  assert_int_equal(gm_anomalies(&series, &base, NULL), GM_OK);
  assert_true(series.target[11] == 11);
  gm_series_free(&series);
}

static void a_base_period_outside_the_table_is_refused_and_changes_nothing(void **state) {
  (void)state;
  gm_series series = table(GM_MONTHLY, 60, cycle_and_trend);
  static const gm_base_period bad[] = {
      {.first = 1999, .last = 2001}, {.first = 2003, .last = 2005}, {.first = 2002, .last = 2001}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_error err = {0};
    assert_int_equal(gm_anomalies(&series, &bad[i], &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "base period"));
  }
  for (size_t row = 0; row < 60; row++) assert_true(series.target[row] == cycle_and_trend(row));
  gm_series_free(&series);
}

static void a_leap_day_without_base_is_refused(void **state) {
  (void)state;
  gm_series series = table(GM_DAILY, 366 + 365, row_number);
  const gm_base_period base = {.first = 2001, .last = 2001};
  gm_error err = {0};
  assert_int_equal(gm_anomalies(&series, &base, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "2000-02-29"));
  assert_true(series.target[365] == 365);
  gm_series_free(&series);
}

static void bad_base_periods_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"", "1950", "1950:", ":1979", "1950-01:1979-12", "1979:1950", "all"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_base_period base;
    gm_error err = {0};
    assert_int_equal(gm_base_period_parse(bad[i], &base, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "base period: expected"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_monthly_cycle_leaves_the_trend_about_the_base_mean),
      cmocka_unit_test(the_fewest_values_behind_a_mean_are_noted),
      cmocka_unit_test(a_daily_cycle_is_by_calendar_day),
      cmocka_unit_test(index_rows_lose_their_overall_mean),
      cmocka_unit_test(none_changes_nothing),
      cmocka_unit_test(a_base_period_outside_the_table_is_refused_and_changes_nothing),
      cmocka_unit_test(a_leap_day_without_base_is_refused),
      cmocka_unit_test(bad_base_periods_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
