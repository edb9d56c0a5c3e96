/* SPDX-License-Identifier: MIT
 * What stands beside the numbers of a file changes them or is refused, and is never passed over: scales that
 * are no numbers, packed axes, values that no sea has. Files are the fixture's with one thing changed. */
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

typedef void editor(int file, int variable);

/* The fixture's packed map (scale_factor 0.125, add_offset 16) changed by `edit`. */
static gm_status read_edited(editor *edit, gm_sst_map *map, gm_error *err) {
  flavour f = plain;
  f.type = NC_SHORT;
  f.packed = true;
  edited_map e = edited_map_start(&f);
  edit(e.file, fixture_id(e.file, "sst"));
  return edited_map_read(&e, map, err);
}

/* Every point is the formula's, but for half a step of the packing. */
static void must_be_right(editor *edit) {
  gm_sst_map map;
  gm_error err = {0};
  if (read_edited(edit, &map, &err) != GM_OK) fail_msg("%s", err.message);
  for (size_t t = 0; t < map.n_times; t++)
    for (size_t p = 0; p < map.n_points; p++) {
      const double truth = fixture_value((int)t, map.latitude[p], map.longitude[p]);
      assert_true(fabs((double)map.values[t * map.n_points + p] - truth) <= 0.0625);
    }
  assert_int_equal(map.first, 12 * FIXTURE_YEAR);
  gm_sst_map_free(&map);
}

static void must_refuse(editor *edit, const char *words) {
  gm_sst_map map;
  gm_error err = {0};
  assert_int_equal(read_edited(edit, &map, &err), GM_BAD_INPUT);
  if (strstr(err.message, words) == NULL) fail_msg("\"%s\" is not in \"%s\"", words, err.message);
}

/* ---- attributes that are no numbers ------------------------------------------------- */

static void unchanged(int file, int variable) {
  (void)file, (void)variable;
}

static void scale_as_text(int file, int variable) {
  fixture_put_text(file, variable, "scale_factor", "0.125");
  fixture_put_text(file, variable, "add_offset", "16");
}

static void scale_as_words(int file, int variable) {
  fixture_put_text(file, variable, "scale_factor", "an eighth");
}

static void scale_as_list(int file, int variable) {
  const double two[] = {0.125, 0.25};
  NC(nc_put_att_double(file, variable, "scale_factor", NC_DOUBLE, 2, two));
}

static void scale_of_nothing(int file, int variable) {
  const double zero = 0;
  NC(nc_put_att_double(file, variable, "scale_factor", NC_DOUBLE, 1, &zero));
}

static void missing_as_words(int file, int variable) {
  fixture_put_text(file, variable, "missing_value", "minus nine");
}

static void half_a_range(int file, int variable) {
  const short low = -300;
  NC(nc_put_att_short(file, variable, "valid_range", NC_SHORT, 1, &low));
}

static void padded_texts(int file, int variable) {
  fixture_put_text(file, variable, "standard_name", " sea_surface_temperature  ");
  fixture_put_text(file, variable, "units", "degC \n");
  fixture_put_text(file, variable, "scale_factor", " 0.125 ");
  fixture_put_text(file, fixture_id(file, "lat"), "units", "degrees_north   ");
}

static void blanks_at_the_ends_of_texts_mean_nothing(void **state) {
  (void)state;
  must_be_right(padded_texts);
}

static void attributes_are_numbers_or_refused(void **state) {
  (void)state;
  must_be_right(unchanged);
  must_be_right(scale_as_text);
  must_refuse(scale_as_words, "its attribute scale_factor is text, expected 1 number");
  must_refuse(scale_as_list, "its attribute scale_factor is a list of another length, expected 1 number");
  must_refuse(scale_of_nothing, "scale_factor 0 and add_offset 16 cannot unpack anything");
  must_refuse(missing_as_words, "its attribute missing_value is text");
  must_refuse(half_a_range, "its attribute valid_range is a list of another length, expected 2 numbers");
}

/* ---- packed axes ------------------------------------------------------------------------ */

/* Stores a coordinate as (value − offset) / scale. */
static void pack_axis(int file, const char *name, size_t n, double scale, double offset) {
  const int variable = fixture_id(file, name);
  double values[FIXTURE_MONTHS];
  NC(nc_put_att_double(file, variable, "scale_factor", NC_DOUBLE, 1, &scale));
  NC(nc_put_att_double(file, variable, "add_offset", NC_DOUBLE, 1, &offset));
  NC(nc_enddef(file));
  NC(nc_get_var_double(file, variable, values));
  for (size_t i = 0; i < n; i++) values[i] = (values[i] - offset) / scale;
  NC(nc_put_var_double(file, variable, values));
  NC(nc_redef(file));
}

static void packed_axes(int file, int variable) {
  (void)variable;
  pack_axis(file, "lat", FIXTURE_LAT, 0.5, 10);
  pack_axis(file, "lon", FIXTURE_LON, 0.25, 180);
  pack_axis(file, "time", FIXTURE_MONTHS, 2, 8);
}

static void axes_may_be_packed_too(void **state) {
  (void)state;
  must_be_right(packed_axes);
}

/* ---- water --------------------------------------------------------------------------------- */

static void two_cold_values(int file, int variable) {
  const size_t at[][3] = {{7, 4, 13}, {9, 0, 0}}; /* August 2000, 0°N, 195°E; October, 20°S, 0°E */
  const short stored[] = {(short)((-12 - 16) / 0.125), (short)((-5 - 16) / 0.125)};
  NC(nc_enddef(file));
  for (int i = 0; i < 2; i++) NC(nc_put_var1_short(file, variable, at[i], &stored[i]));
}

static void zeros_for_two_months(int file, int variable) {
  const size_t at[][3] = {{7, 4, 13}, {9, 0, 0}}; /* August 2000, 0°N, 195°E; October, 20°S, 0°E */
  const short zero = (short)((0 - 16) / 0.125);
  NC(nc_enddef(file));
  for (int i = 0; i < 2; i++) NC(nc_put_var1_short(file, variable, at[i], &zero));
}

/* 0 °C is a sea's, but not in the tropics. */
static void a_frozen_tropical_sea_is_counted(void **state) {
  (void)state;
  gm_sst_map map;
  gm_error err = {0};
  if (read_edited(zeros_for_two_months, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_odd, 2);
  assert_true(map.odd_value == 0 && map.odd_latitude == 0 && map.odd_longitude == 195);
  gm_sst_map_free(&map);
}

/* −12 °C is a temperature, but of no sea: read, counted, and the first one's place is known. */
static void values_that_no_sea_has_are_counted(void **state) {
  (void)state;
  gm_sst_map map;
  gm_error err = {0};
  if (read_edited(unchanged, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_odd, 0);
  gm_sst_map_free(&map);
  if (read_edited(two_cold_values, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_odd, 2);
  assert_int_equal(map.odd_month, 12 * FIXTURE_YEAR + 7);
  assert_true(map.odd_value == -12 && map.odd_latitude == 0 && map.odd_longitude == 195);
  gm_sst_map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blanks_at_the_ends_of_texts_mean_nothing),
      cmocka_unit_test(attributes_are_numbers_or_refused),
      cmocka_unit_test(axes_may_be_packed_too),
      cmocka_unit_test(values_that_no_sea_has_are_counted),
      cmocka_unit_test(a_frozen_tropical_sea_is_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
