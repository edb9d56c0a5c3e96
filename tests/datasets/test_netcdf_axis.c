/* SPDX-License-Identifier: MIT
 * The month of a time step: by its bounds, else by its stamp, and which of them is told; refused where the
 * file leaves it open. The fixture's months are January 2000 to December 2002. */
#include "datasets/maps/sst_netcdf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifndef GM_HAVE_NETCDF

int main(void) {
  return 0;
}

#else

#include "tests/edited_map.h"

typedef void edit(int file, int time);

/* Reads the fixture, with stamps at the end of the month and bounds or without, after an edit. */
static gm_status read_edited(bool bounds, edit *change, gm_sst_map *map, gm_error *err) {
  flavour f = plain;
  f.bounds = bounds;
  edited_map e = edited_map_start(&f);
  change(e.file, fixture_id(e.file, "time"));
  return edited_map_read(&e, map, err);
}

static void must_start(int64_t first, bool bounds, edit *change, const char *stamps) {
  gm_sst_map map;
  gm_error err = {0};
  if (read_edited(bounds, change, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.first, first);
  assert_string_equal(map.stamps, stamps);
  gm_sst_map_free(&map);
}

static void must_refuse(bool bounds, edit *change, const char *sentence) {
  gm_sst_map map;
  gm_error err = {0};
  assert_int_equal(read_edited(bounds, change, &map, &err), GM_BAD_INPUT);
  if (strstr(err.message, sentence) == NULL) fail_msg("%s", err.message);
}

static void move(int file, int time, double days) {
  double stamps[FIXTURE_MONTHS];
  NC(nc_enddef(file));
  NC(nc_get_var_double(file, time, stamps));
  for (int i = 0; i < FIXTURE_MONTHS; i++) stamps[i] += days;
  NC(nc_put_var_double(file, time, stamps));
  NC(nc_redef(file));
}

static void nothing(int file, int time) {
  (void)file;
  (void)time;
}

static void to_the_third(int file, int time) {
  move(file, time, 2);
}

static void to_the_middle(int file, int time) {
  move(file, time, 14.5);
}

static void to_the_first_evening(int file, int time) {
  move(file, time, 0.75);
}

static void to_the_last_day(int file, int time) {
  move(file, time, -0.5);
}

static const int64_t january = 12 * FIXTURE_YEAR;

static void the_place_of_stamps_is_told(void **state) {
  (void)state;
  must_start(january, false, nothing, "by time stamps at midnight of the first, as of the month that begins");
  must_start(january, false, to_the_first_evening, "by time stamps at the first of the month");
  must_start(january, false, to_the_third, "by time stamps within the month");
  must_start(january, false, to_the_middle, "by time stamps at mid-month");
  must_start(january - 1, false, to_the_last_day, "by time stamps at the end of the month");
  must_start(january, true, nothing, "by the bounds of its time steps");
}

static void name_other_bounds(int file, int time) {
  fixture_put_text(file, time, "bounds", "time_bound");
}

static void hide_bounds(int file, int time) {
  (void)time;
  NC(nc_rename_var(file, fixture_id(file, "time_bnds"), "hidden"));
}

static void hide_bounds_of_psl(int file, int time) {
  hide_bounds(file, time);
  fixture_put_text(file, time, "delta_t", "0000-01-00 00:00:00");
}

static void hide_bounds_and_move(int file, int time) {
  hide_bounds(file, time);
  move(file, time, -1);
}

/* CESM's stamps end their month; without the bounds that say so they would be read a month late. */
static void midnight_of_the_first_is_open_where_bounds_are_lost(void **state) {
  (void)state;
  must_start(january, true, name_other_bounds, "by the bounds of its time steps");
  must_refuse(true, hide_bounds, "the bounds \"time_bnds\" that would say whether that ends a month");
  must_start(january + 1, true, hide_bounds_of_psl,
             "by time stamps at midnight of the first, as of the month that begins");
  must_start(january, true, hide_bounds_and_move, "by time stamps at the end of the month");
}

/* Changes the bounds of every step; leaves the file open for values. */
static void change_bounds(int file, void change(double pair[2])) {
  const int bounds = fixture_id(file, "time_bnds");
  double pairs[FIXTURE_MONTHS][2];
  NC(nc_enddef(file));
  NC(nc_get_var_double(file, bounds, &pairs[0][0]));
  for (int i = 0; i < FIXTURE_MONTHS; i++) change(pairs[i]);
  NC(nc_put_var_double(file, bounds, &pairs[0][0]));
}

static void set_to_zero(double pair[2]) {
  pair[0] = pair[1] = 0;
}

static void zero_bounds(int file, int time) {
  change_bounds(file, set_to_zero);
  NC(nc_redef(file));
  move(file, time, -15);
}

static void add_a_month(double pair[2]) {
  pair[0] += 31.5;
  pair[1] += 31.5;
}

static void bounds_of_the_month_after(int file, int time) {
  (void)time;
  change_bounds(file, add_a_month);
}

static void count_hours(double pair[2]) {
  pair[0] *= 24;
  pair[1] *= 24;
}

static void bounds_in_hours(int file, int time) {
  (void)time;
  fixture_put_text(file, fixture_id(file, "time_bnds"), "units", "hours since 1999-12-01");
  change_bounds(file, count_hours);
}

static void bounds_in_the_same_units(int file, int time) {
  (void)time;
  fixture_put_text(file, fixture_id(file, "time_bnds"), "units", "days since 1999-12-1");
}

static void swap(double pair[2]) {
  const double first = pair[0];
  pair[0] = pair[1];
  pair[1] = first;
}

static void swapped_bounds(int file, int time) {
  (void)time;
  change_bounds(file, swap);
}

static void bounds_must_agree_with_their_stamps(void **state) {
  (void)state;
  must_start(january, true, zero_bounds, "by time stamps at mid-month"); /* as in some of NOAA PSL's files */
  must_refuse(true, bounds_of_the_month_after, "time step 1 is 62, outside its bounds 62.5 to 93.5");
  must_refuse(true, bounds_in_hours, "the bounds of its time axis are in \"hours since 1999-12-01\"");
  must_start(january, true, bounds_in_the_same_units, "by the bounds of its time steps");
  must_start(january, true, swapped_bounds, "by the bounds of its time steps");
}

/* The first of the month `i` months after January 2000 as CDO's absolute axes write it, 20000101. */
static double first_of(int i) {
  return 10000.0 * (FIXTURE_YEAR + i / 12) + 100.0 * (i % 12 + 1) + 1;
}

/* Stamps and bounds as `cdo -a` leaves them: stamps so many days into their months, 20000116.5. */
static void count_dates(int file, int time, double days) {
  const int bounds = fixture_id(file, "time_bnds");
  double stamps[FIXTURE_MONTHS], pairs[FIXTURE_MONTHS][2];
  for (int i = 0; i < FIXTURE_MONTHS; i++) {
    stamps[i] = first_of(i) + days;
    pairs[i][0] = first_of(i);
    pairs[i][1] = first_of(i + 1);
  }
  fixture_put_text(file, time, "units", "day as %Y%m%d.%f");
  NC(nc_enddef(file));
  NC(nc_put_var_double(file, time, stamps));
  NC(nc_put_var_double(file, bounds, &pairs[0][0]));
  NC(nc_redef(file));
}

static void count_dates_of_the_middle(int file, int time) {
  count_dates(file, time, 14.5);
}

static void count_dates_without_bounds(int file, int time) {
  count_dates(file, time, 14.5);
  NC(nc_rename_var(file, fixture_id(file, "time_bnds"), "hidden"));
  NC(nc_del_att(file, time, "bounds"));
}

static void count_dates_beyond_the_month(int file, int time) {
  count_dates(file, time, 30);
}

static void dates_as_numbers_are_read(void **state) {
  (void)state;
  must_start(january, true, count_dates_of_the_middle, "by the bounds of its time steps");
  must_start(january, true, count_dates_without_bounds, "by time stamps at mid-month");
  must_refuse(true, count_dates_beyond_the_month, "time step 2 is 20000231, no date of its calendar");
}

/* From one month before to one after: running means of three months. */
static void widen(double pair[2]) {
  pair[0] -= 30;
  pair[1] += 30;
}

static void bounds_of_three_months(int file, int time) {
  (void)time;
  change_bounds(file, widen);
}

static void lose_bounds(int file, int time) {
  hide_bounds(file, time);
  NC(nc_del_att(file, time, "bounds"));
}

/* Nothing says that these stamps end their months, but that the years begin in February. */
static void years_from_february_are_pointed_out(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    gm_sst_map map;
    gm_error err = {0};
    if (read_edited(i == 0, i == 0 ? lose_bounds : nothing, &map, &err) != GM_OK) fail_msg("%s", err.message);
    assert_int_equal(map.first, i == 0 ? january + 1 : january);
    assert_int_equal(map.n_notes, i == 0 ? 1 : 0);
    if (i == 0)
      assert_non_null(strstr(map.note[0], "whole years from February to January by stamps at midnight"));
    gm_sst_map_free(&map);
  }
}

static void means_that_overlap_are_pointed_out(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    gm_sst_map map;
    gm_error err = {0};
    if (read_edited(true, i == 0 ? bounds_of_three_months : nothing, &map, &err) != GM_OK)
      fail_msg("%s", err.message);
    assert_int_equal(map.first, january);
    assert_int_equal(map.n_notes, i == 0 ? 1 : 0);
    if (i == 0) assert_non_null(strstr(map.note[0], "The steps are means over 91 days"));
    gm_sst_map_free(&map);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(years_from_february_are_pointed_out),
      cmocka_unit_test(means_that_overlap_are_pointed_out),
      cmocka_unit_test(the_place_of_stamps_is_told),
      cmocka_unit_test(midnight_of_the_first_is_open_where_bounds_are_lost),
      cmocka_unit_test(bounds_must_agree_with_their_stamps),
      cmocka_unit_test(dates_as_numbers_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
