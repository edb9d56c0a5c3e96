/* SPDX-License-Identifier: MIT
 * Dates and periods against the C library's calendar and by hand. */
#include "datasets/series.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void dates_have_the_ordinals_of_their_form(void **state) {
  (void)state;
  static const struct {
    const char *text;
    gm_time_unit unit;
    int64_t ordinal;
  } known[] = {
      {"1970-01-01", GM_DAILY, 0},
      {"1969-12-31", GM_DAILY, -1},
      {"2000-02-29", GM_DAILY, 11016},
      {"0000-03-01", GM_DAILY, -719468},
      {"9999-12-31", GM_DAILY, 2932896},
      {"1950-01", GM_MONTHLY, 23400},
      {"0000-01", GM_MONTHLY, 0},
      {"2010", GM_INDEX, 2010},
      {"-7", GM_INDEX, -7},
      {"0", GM_INDEX, 0},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    gm_time_unit unit;
    int64_t ordinal;
    char text[GM_TIME_TEXT];
    assert_true(gm_time_parse(known[i].text, &unit, &ordinal));
    assert_int_equal(unit, known[i].unit);
    assert_int_equal(ordinal, known[i].ordinal);
    assert_string_equal(gm_time_format(unit, ordinal, text), known[i].text);
  }
}

/* As printf writes their parts, before the year 0 and far beyond 9999 too. */
static void dates_are_written_as_printf_writes_them(void **state) {
  (void)state;
  for (int64_t ordinal = 1; ordinal < (int64_t)1 << 50; ordinal += ordinal / 3 + 1)
    for (int sign = -1; sign <= 1; sign += 2)
      for (int unit = GM_INDEX; unit <= GM_DAILY; unit++) {
        char text[GM_TIME_TEXT], expected[2 * GM_TIME_TEXT];
        int64_t year;
        int month, day;
        gm_time_split((gm_time_unit)unit, sign * ordinal, &year, &month, &day);
        if (unit == GM_INDEX) snprintf(expected, sizeof expected, "%" PRId64, year);
        if (unit == GM_MONTHLY) snprintf(expected, sizeof expected, "%04" PRId64 "-%02d", year, month);
        if (unit == GM_DAILY)
          snprintf(expected, sizeof expected, "%04" PRId64 "-%02d-%02d", year, month, day);
        assert_string_equal(gm_time_format((gm_time_unit)unit, sign * ordinal, text), expected);
      }
}

static void what_is_no_date_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",        "1950-13",          "1950-00",    "1950-1", "1950-02-30", "1900-02-29",       "50-01",
      "1950/01", "1950-01-",         "1950-01-1x", "195O",   " 1950",      "1950-01-01T00:00", "12.5",
      "1e3",     "1234567890123456", "Jan 1950"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_time_unit unit;
    int64_t ordinal;
    if (gm_time_parse(bad[i], &unit, &ordinal)) fail_msg("\"%s\" was taken for a date", bad[i]);
  }
}

/* Every day of 1600 to 2400 in steps of a prime, against gmtime_r. */
static void days_agree_with_the_c_library(void **state) {
  (void)state;
  for (int64_t day = -135140; day < 157055; day += 7) {
    const time_t seconds = (time_t)(day * 86400);
    struct tm expected;
    int64_t year;
    int month, date;
    gmtime_r(&seconds, &expected);
    gm_time_split(GM_DAILY, day, &year, &month, &date);
    assert_int_equal(year, expected.tm_year + 1900);
    assert_int_equal(month, expected.tm_mon + 1);
    assert_int_equal(date, expected.tm_mday);
    assert_int_equal(gm_time_join(GM_DAILY, year, month, date), day);
  }
}

static void months_before_year_zero_count_backwards(void **state) {
  (void)state;
  int64_t year;
  int month, day;
  gm_time_split(GM_MONTHLY, -1, &year, &month, &day);
  assert_true(year == -1 && month == 12 && day == 1);
}

static void periods_are_closed_or_open_at_the_end(void **state) {
  (void)state;
  gm_period period;
  gm_error err = {0};
  assert_int_equal(gm_period_parse("1980-01:1995-12", GM_MONTHLY, "train", &period, &err), GM_OK);
  assert_int_equal(period.last - period.first + 1, 192);
  assert_int_equal(gm_period_parse("2007-01:", GM_MONTHLY, "test", &period, &err), GM_OK);
  assert_true(period.last == INT64_MAX);
  assert_int_equal(gm_period_parse("-3:5", GM_INDEX, "train", &period, &err), GM_OK);
  assert_true(period.first == -3 && period.last == 5);
}

static void bad_periods_are_one_sentence_naming_the_split(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    ":",
                                    "1980-01",
                                    ":1995-12",
                                    "1980:1995",
                                    "1980-01:1995-13",
                                    "1980-01:1979-12",
                                    "1980-01:1981-01:1982-01"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_period period;
    gm_error err = {0};
    assert_int_equal(gm_period_parse(bad[i], GM_MONTHLY, "validation", &period, &err), GM_BAD_INPUT);
    assert_ptr_equal(strstr(err.message, "validation: "), err.message);
  }
}

static void freeing_a_zeroed_table_is_fine(void **state) {
  (void)state;
  gm_series series = {0};
  gm_series_free(&series);
  assert_int_equal(gm_series_alloc(&series, "x", GM_DAILY, 5, 3, 2, NULL), GM_OK);
  assert_true(series.channels == series.target + 3 && series.channels[5] == 0);
  gm_series_free(&series);
  gm_series_free(&series);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dates_have_the_ordinals_of_their_form),
      cmocka_unit_test(dates_are_written_as_printf_writes_them),
      cmocka_unit_test(what_is_no_date_is_refused),
      cmocka_unit_test(days_agree_with_the_c_library),
      cmocka_unit_test(months_before_year_zero_count_backwards),
      cmocka_unit_test(periods_are_closed_or_open_at_the_end),
      cmocka_unit_test(bad_periods_are_one_sentence_naming_the_split),
      cmocka_unit_test(freeing_a_zeroed_table_is_fine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
