/* SPDX-License-Identifier: MIT
 * CF time axes to months. Truths: the calendars' definitions, and values of files in use. */
#include "datasets/maps/cf_time.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t month_of(const char *units, const char *calendar, double value) {
  gm_cf_time time;
  gm_error err = {0};
  int64_t month = -1;
  if (gm_cf_time_parse(units, calendar, &time, &err) != GM_OK) fail_msg("%s", err.message);
  assert_true(gm_cf_time_month(&time, value, &month));
  return month;
}

static int64_t ordinal(int64_t year, int month) {
  return 12 * year + month - 1;
}

static void published_files_give_their_months(void **state) {
  (void)state;
  assert_int_equal(month_of("days since 1800-1-1 00:00:00", NULL, 19723), ordinal(1854, 1));    /* ERSST v5 */
  assert_int_equal(month_of("days since 1891-1-1 00:00:00", NULL, 0), ordinal(1891, 1));        /* COBE */
  assert_int_equal(month_of("days since 1870-1-1 0:0:0", "gregorian", 15.5), ordinal(1870, 1)); /* HadISST */
  assert_int_equal(month_of("hours since 1-1-1 00:00:0.0", NULL, 17540832),
                   ordinal(2002, 1)); /* old PSL files */
  assert_int_equal(month_of("hour since 0000-01-01 00:00:00", NULL, 366),
                   ordinal(0, 1)); /* Ferret climatology */
  assert_int_equal(month_of("hour since 0000-01-01 00:00:00", NULL, 8401.335), ordinal(0, 12));
  assert_int_equal(month_of("days since 1899-12-30", NULL, 2), ordinal(1900, 1)); /* as spreadsheets count */
  assert_int_equal(month_of("months since 1960-01-01", "360_day", 0.5),
                   ordinal(1960, 1)); /* IRI data library */
}

/* udunits 2.2.28 reads the dates without a separator and the short ones as here, pandas 2 those with strokes.
 */
static void a_reference_has_many_spellings(void **state) {
  (void)state;
  static const char *const dates[] = {"1980-02-01", "1980-2-1",           "1980/02/01", "1980/2/1 00:00:00",
                                      "19800201",   "19800201T00:00:00Z", "1980-02"};
  for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
    char units[64];
    snprintf(units, sizeof units, "days since %s", dates[i]);
    assert_int_equal(month_of(units, NULL, 0), ordinal(1980, 2));
    assert_int_equal(month_of(units, NULL, -0.5), ordinal(1980, 1));
  }
  assert_int_equal(month_of("hours since 1900", NULL, 0), ordinal(1900, 1));
  assert_int_equal(month_of("hours since 1900", NULL, -1), ordinal(1899, 12));
}

/* cftime 1.6.6 takes TAI for the proleptic Gregorian calendar as well; UTC it refuses. */
static void atomic_time_has_days_of_one_length_and_utc_has_not(void **state) {
  (void)state;
  gm_cf_time time;
  gm_error err = {0};
  assert_int_equal(month_of("seconds since 1958-01-01", "tai", 86400.0 * (365 + 31)), ordinal(1959, 2));
  assert_int_equal(month_of("seconds since 1958-01-01", "TAI", 86400.0 * (365 + 31) - 1), ordinal(1959, 1));
  assert_int_equal(gm_cf_time_parse("seconds since 1972-01-01", "utc", &time, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "the attribute set to standard leaves them out"));
}

static void every_unit_reaches_the_same_month(void **state) {
  (void)state;
  assert_int_equal(month_of("days since 1970-01-01", NULL, 31), ordinal(1970, 2));
  assert_int_equal(month_of("Hours Since 1970-01-01", NULL, 31 * 24), ordinal(1970, 2));
  assert_int_equal(month_of("minutes since 1970-01-01", NULL, 31 * 1440.0), ordinal(1970, 2));
  assert_int_equal(month_of("seconds since 1970-01-01", NULL, 31 * 86400.0), ordinal(1970, 2));
  assert_int_equal(month_of("months since 1970-01-01", NULL, 1), ordinal(1970, 2));
  assert_int_equal(month_of("days since 1970-01-01", NULL, 31 - 1.0 / 24), ordinal(1970, 1));
  assert_int_equal(month_of("months since 1970-01-31", NULL, 1), ordinal(1970, 2)); /* stays a month later */
}

static void weeks_and_parts_of_a_second_count(void **state) {
  (void)state;
  assert_int_equal(month_of("weeks since 1970-01-01", NULL, 31 / 7.0), ordinal(1970, 2));
  assert_int_equal(month_of("milliseconds since 1970-01-01", NULL, 31 * 86400e3), ordinal(1970, 2));
  assert_int_equal(month_of("microseconds since 1970-01-01", NULL, 31 * 86400e6), ordinal(1970, 2));
  assert_int_equal(month_of("nanoseconds since 1970-01-01", NULL, 31 * 86400e9), ordinal(1970, 2));
}

static void calendars_have_many_spellings(void **state) {
  (void)state;
  static const char *const noleap[] = {"noleap", "no_leap", "365_day", "365_days",
                                       "365",    "365-day", "365_DAYS"};
  static const char *const d360[] = {"360_day", "360", "360_days", "360 day"};
  for (size_t i = 0; i < sizeof noleap / sizeof *noleap; i++)
    assert_int_equal(month_of("days since 2000-01-01", noleap[i], 59), ordinal(2000, 3));
  for (size_t i = 0; i < sizeof d360 / sizeof *d360; i++)
    assert_int_equal(month_of("days since 2000-01-01", d360[i], 59), ordinal(2000, 2));
}

static void calendars_differ_where_they_should(void **state) {
  (void)state;
  /* Day 59 after 1 January 2000 is 29 February, 1 March, 30 February. */
  assert_int_equal(month_of("days since 2000-01-01", "standard", 59), ordinal(2000, 2));
  assert_int_equal(month_of("days since 2000-01-01", "noleap", 59), ordinal(2000, 3));
  assert_int_equal(month_of("days since 2000-01-01", "365_day", 59), ordinal(2000, 3));
  assert_int_equal(month_of("days since 1999-01-01", "all_leap", 59), ordinal(1999, 2));
  assert_int_equal(month_of("days since 2000-01-01", "360_day", 59), ordinal(2000, 2));
  assert_int_equal(month_of("days since 2000-01-01", "360_day", 60), ordinal(2000, 3));
  assert_int_equal(month_of("days since 2000-02-30", "360_day", 1), ordinal(2000, 3));
  /* 1900 is a leap year in the Julian calendar alone. */
  assert_int_equal(month_of("days since 1900-02-28", "proleptic_gregorian", 1), ordinal(1900, 3));
  assert_int_equal(month_of("days since 1900-02-28", "julian", 1), ordinal(1900, 2));
}

static void the_standard_calendar_skips_ten_days_of_1582(void **state) {
  (void)state;
  assert_int_equal(month_of("days since 1582-10-04", "standard", 1), ordinal(1582, 10)); /* the 15th */
  assert_int_equal(month_of("days since 1582-10-04", "standard", 17), ordinal(1582, 10));
  assert_int_equal(month_of("days since 1582-10-04", "standard", 18), ordinal(1582, 11));
  assert_int_equal(month_of("days since 1582-10-15", "standard", 16), ordinal(1582, 10));
  assert_int_equal(month_of("days since 1582-10-15", "standard", 17), ordinal(1582, 11));
  assert_int_equal(month_of("days since 1582-10-04", "proleptic_gregorian", 28), ordinal(1582, 11));
}

static void every_day_of_four_centuries_falls_into_the_next_month_or_the_same(void **state) {
  (void)state;
  static const char *const calendars[] = {"standard", "proleptic_gregorian", "julian", "noleap", "all_leap",
                                          "360_day"};
  static const int days[] = {146097, 146097, 146100, 146000, 146400, 144000}; /* of 400 years */
  for (size_t c = 0; c < 6; c++) {
    gm_cf_time time;
    assert_int_equal(gm_cf_time_parse("days since 1600-01-01", calendars[c], &time, NULL), GM_OK);
    int64_t before = ordinal(1600, 1), month = 0;
    for (int day = 0; day < days[c]; day++) {
      assert_true(gm_cf_time_month(&time, day, &month));
      assert_true(month == before || month == before + 1);
      before = month;
    }
    assert_int_equal(month, ordinal(1999, 12));
  }
}

static void zones_move_the_reference(void **state) {
  (void)state;
  assert_int_equal(month_of("days since 2000-02-01 00:00:00 +1:00", NULL, 0), ordinal(2000, 1));
  assert_int_equal(month_of("days since 2000-01-31T23:00:00-0200", NULL, 0), ordinal(2000, 2));
  assert_int_equal(month_of("days since 2000-02-01T00:00:00Z", NULL, 0), ordinal(2000, 2));
  assert_int_equal(month_of("days since 2000-02-01 00:00 UTC", NULL, 0), ordinal(2000, 2));
}

/* CDO's absolute axes (cdo -a): the date is in the digits. */
static void dates_as_numbers_are_their_days(void **state) {
  (void)state;
  static const char day[] = "day as %Y%m%d.%f", month[] = "month as %Y%m.%f";
  gm_cf_time dates, since;
  assert_int_equal(gm_cf_time_parse(day, "standard", &dates, NULL), GM_OK);
  assert_int_equal(gm_cf_time_parse("days since 0001-01-01", "standard", &since, NULL), GM_OK);
  assert_true(gm_cf_time_value(&dates, 10101) == 0);
  assert_true(gm_cf_time_value(&dates, 10102.25) == 1.25);
  /* 1858-11-17 is the modified Julian day 0, 2000-01-01 is 51544. */
  assert_true(gm_cf_time_value(&dates, 20000101.5) - gm_cf_time_value(&dates, 18581117) == 51544.5);
  assert_true(gm_cf_time_value(&since, 12.5) == 12.5);
  int64_t found;
  assert_true(gm_cf_time_month(&dates, gm_cf_time_value(&dates, 19800229.75), &found));
  assert_int_equal(found, ordinal(1980, 2));
  assert_false(gm_cf_time_same(&dates, &since));
  assert_int_equal(gm_cf_time_parse(day, "360_day", &dates, NULL), GM_OK);
  assert_true(gm_cf_time_value(&dates, 19800301) - gm_cf_time_value(&dates, 19800230) == 1);
  assert_int_equal(gm_cf_time_parse(month, "noleap", &dates, NULL), GM_OK);
  assert_true(gm_cf_time_value(&dates, 198002.5) - gm_cf_time_value(&dates, 198002) == 14);
  assert_true(gm_cf_time_month(&dates, gm_cf_time_value(&dates, 198002.5), &found));
  assert_int_equal(found, ordinal(1980, 2));
}

static void numbers_that_are_no_dates_are_told(void **state) {
  (void)state;
  static const double none[] = {NAN,      INFINITY, -1,       0,   19800000, 19800100, 19801301,
                                19800132, 19790229, 99999999, 1e8, 1e300,    -19800101};
  gm_cf_time dates;
  gm_error err = {0};
  assert_int_equal(gm_cf_time_parse("day as %Y%m%d.%f", NULL, &dates, NULL), GM_OK);
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_true(isnan(gm_cf_time_value(&dates, none[i])));
  assert_int_equal(gm_cf_time_parse("year as %Y.%f", NULL, &dates, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cdo -r copy"));
}

static void nonsense_is_refused(void **state) {
  (void)state;
  static const char *const units[] = {"",
                                      "days",
                                      "degrees_north",
                                      "days since",
                                      "days since yesterday",
                                      "days since 2000-13-01",
                                      "days since 2000-02-30",
                                      "days since 2000-01-00",
                                      "days since 2000/13/01",
                                      "days since 2000/01-01",
                                      "days since 2000-01/01",
                                      "days since 01/02/2000",
                                      "days since 1/2/00",
                                      "days since 20001301",
                                      "days since 200001",
                                      "days since 2000010100",
                                      "days since 2000-",
                                      "days since 2000-01 -15",
                                      "days since 2000 -01",
                                      "days since 00",
                                      "days since 99999-01-01",
                                      "days since 2000-01-01 25:00",
                                      "days since 2000-01-01 12:00 EST",
                                      "days since 2000-01-01 +99:00",
                                      "years since 2000-01-01",
                                      "days until 2000-01-01"};
  gm_cf_time time;
  gm_error err;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    assert_int_equal(gm_cf_time_parse(units[i], NULL, &time, &err), GM_BAD_INPUT);
  assert_int_equal(gm_cf_time_parse("days since 2000-01-01", "lunar", &time, &err), GM_BAD_INPUT);
  assert_int_equal(gm_cf_time_parse("days since 1999-02-29", "all_leap", &time, &err), GM_OK);
}

static void values_beyond_the_years_0_to_9999_are_none(void **state) {
  (void)state;
  gm_cf_time days, months;
  int64_t month;
  gm_cf_time_parse("days since 1800-01-01", NULL, &days, NULL);
  gm_cf_time_parse("months since 1800-01-01", NULL, &months, NULL);
  static const double values[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 1e7, -1e6, 9.96921e36};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    assert_false(gm_cf_time_month(&days, values[i], &month));
    assert_false(gm_cf_time_month(&months, values[i], &month));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_files_give_their_months),
      cmocka_unit_test(a_reference_has_many_spellings),
      cmocka_unit_test(atomic_time_has_days_of_one_length_and_utc_has_not),
      cmocka_unit_test(every_unit_reaches_the_same_month),
      cmocka_unit_test(weeks_and_parts_of_a_second_count),
      cmocka_unit_test(calendars_have_many_spellings),
      cmocka_unit_test(calendars_differ_where_they_should),
      cmocka_unit_test(the_standard_calendar_skips_ten_days_of_1582),
      cmocka_unit_test(every_day_of_four_centuries_falls_into_the_next_month_or_the_same),
      cmocka_unit_test(zones_move_the_reference),
      cmocka_unit_test(dates_as_numbers_are_their_days),
      cmocka_unit_test(numbers_that_are_no_dates_are_told),
      cmocka_unit_test(nonsense_is_refused),
      cmocka_unit_test(values_beyond_the_years_0_to_9999_are_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
