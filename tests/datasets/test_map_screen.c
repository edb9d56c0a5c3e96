/* SPDX-License-Identifier: MIT
 * What no sea has is refused or pointed out: land written as a number that no attribute declares, a month
 * without data written as zeros, zeros for gaps; ice that never melts is kept, and said. */
#include "datasets/maps/map_screen.h"

#include "datasets/maps/sst_netcdf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifndef GM_HAVE_NETCDF

int main(void) {
  return 0;
}

#else

#include "tests/assert_near.h"
#include "tests/edited_map.h"

/* The fixture with its two easternmost columns of the index box (225 and 240°E), or a month, at one value. */
typedef struct {
  double land;
  int month; /* −1: the columns instead */
  const char *units, *long_name, *missing, *variable;
} change;

static gm_status read_changed(const change *c, gm_sst_map *map, gm_error *err) {
  flavour f = plain;
  f.units = c->units;
  f.long_name = c->long_name;
  if (c->variable != NULL) f.standard_name = NULL, f.name = c->variable;
  edited_map e = edited_map_start(&f);
  const int variable = fixture_id(e.file, f.name);
  NC(nc_enddef(e.file));
  for (size_t t = 0; t < FIXTURE_MONTHS; t++)
    for (size_t i = 0; i < FIXTURE_LAT; i++)
      for (size_t j = 0; j < FIXTURE_LON; j++)
        if (c->month < 0 ? j == 15 || j == 16 : (int)t == c->month)
          NC(nc_put_var1_double(e.file, variable, (const size_t[]){t, i, j}, &c->land));
  e.config.missing = c->missing;
  e.config.variable = c->variable;
  return edited_map_read(&e, map, err);
}

static void land_that_the_file_does_not_declare_is_refused_with_the_option(void **state) {
  (void)state;
  static const struct {
    change change;
    const char *sentence;
  } cases[] = {{{0, -1, "degC", NULL, NULL, NULL}, "--missing 0 leaves it out"},
               {{1, -1, "degC", NULL, NULL, NULL},
                "sst: 1 at latitude -20, longitude 225 is the same in all 36 months"},
               {{-1.75, -1, "degC", NULL, NULL, NULL}, "as in 18 cells"}, /* no sea ice at 20° */
               {{0, -1, "degC", "SST anomaly", NULL, NULL}, "--missing 0 leaves it out"},
               {{0, 7, "degC", NULL, NULL, NULL}, "2000-08 has 0 in every cell: a month without data"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_sst_map map;
    gm_error err = {0};
    assert_int_equal(read_changed(&cases[i].change, &map, &err), GM_BAD_INPUT);
    if (strstr(err.message, cases[i].sentence) == NULL) fail_msg("%s", err.message);
  }
}

static void the_option_leaves_the_land_out_or_takes_it_as_data(void **state) {
  (void)state;
  const change without = {.land = 0, .month = -1, .units = "degC", .missing = "0"};
  gm_sst_map map;
  gm_error err = {0};
  if (read_changed(&without, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_land, FIXTURE_LAND + 2 * FIXTURE_LAT);
  assert_int_equal(map.n_index_land, 3 * 2);
  for (int t = 0; t < FIXTURE_MONTHS; t++) /* 195 and 210°E are left */
    assert_near(map.index.target[t], fixture_value(t, 0, 0) + 202.5 / 120, 1e-9);
  gm_sst_map_free(&map);
  const change with = {.land = 0, .month = -1, .units = "degC", .missing = "none"};
  if (read_changed(&with, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_near(map.index.target[0], (fixture_value(0, 0, 0) + 202.5 / 120) / 2, 1e-9);
  assert_int_equal(map.n_notes, 1); /* what would have been refused is pointed out */
  assert_non_null(strstr(map.note[0], "18 cells have the same value in every month"));
  gm_sst_map_free(&map);
  const change month = {.land = 0, .month = 7, .units = "degC", .missing = "none"};
  if (read_changed(&month, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_notes, 1);
  assert_non_null(strstr(map.note[0], "1 month has one value in every cell, the first 2000-08 (0)"));
  gm_sst_map_free(&map);
}

enum { OCEAN_CELLS = FIXTURE_LAT * FIXTURE_LON - FIXTURE_LAND };

/* The row at 20°N or S moved to 60°: at the freezing point, or an anomaly of 0. */
static void ice_may_stand_still(void **state) {
  (void)state;
  static const double values[] = {-1.8, 0, 0};
  static const char *const names[] = {"SST", "SST anomaly", "SST"};
  for (int i = 0; i < 3; i++) {
    static const double latitudes[FIXTURE_LAT] = {-60, -15, -10, -5, 0, 5, 10, 15, 20};
    flavour f = plain;
    f.long_name = names[i];
    edited_map e = edited_map_start(&f);
    const int variable = fixture_id(e.file, "sst");
    NC(nc_enddef(e.file));
    NC(nc_put_var_double(e.file, fixture_id(e.file, "lat"), latitudes));
    for (size_t t = 0; t < FIXTURE_MONTHS; t++)
      for (size_t j = 0; j < FIXTURE_LON; j++)
        NC(nc_put_var1_double(e.file, variable, (const size_t[]){t, 0, j}, &values[i]));
    gm_sst_map map;
    gm_error err = {0};
    assert_int_equal(edited_map_read(&e, &map, &err), i < 2 ? GM_OK : GM_BAD_INPUT);
    if (i < 2) {
      assert_non_null(strstr(map.note[map.n_notes - 1],
                             values[i] == 0 ? "24 cells never change, such as 0 at latitude -60"
                                            : "24 cells never change, such as -1.8 at latitude -60"));
      assert_int_equal(map.n_points, OCEAN_CELLS);
    }
    gm_sst_map_free(&map);
  }
}

/* Anomalies in steps of 1/8 about 1/16: none is 0, as many as usual lie next to it; or half of them are 0 in
 * every other month. Steps about 0 have zeros by chance. */
static void anomalies_of_zero_beyond_chance_are_pointed_out(void **state) {
  (void)state;
  static const struct {
    double offset;
    bool zeros;
  } cases[] = {{-20.0625, true}, {-20.0625, false}, {-20, false}};
  for (int i = 0; i < 3; i++) {
    const double zero = 0;
    flavour f = plain;
    f.long_name = "SST anomaly";
    f.kelvin = cases[i].offset;
    edited_map e = edited_map_start(&f);
    const int variable = fixture_id(e.file, "sst");
    NC(nc_enddef(e.file));
    for (size_t t = 0; cases[i].zeros && t < FIXTURE_MONTHS; t += 2)
      for (size_t c = 0; c < FIXTURE_LAT * FIXTURE_LON / 2; c++)
        NC(nc_put_var1_double(e.file, variable,
                              (const size_t[]){t, c / (FIXTURE_LON / 2), c % (FIXTURE_LON / 2)}, &zero));
    gm_sst_map map;
    gm_error err = {0};
    if (edited_map_read(&e, &map, &err) != GM_OK) fail_msg("%s", err.message);
    assert_int_equal(map.n_notes, cases[i].zeros ? 1 : 0);
    if (cases[i].zeros) assert_non_null(strstr(map.note[0], "1944 anomalies are exactly 0, and "));
    gm_sst_map_free(&map);
  }
}

static void of_another_quantity_still_cells_are_pointed_out(void **state) {
  (void)state;
  const change rain = {.land = 0, .month = -1, .units = "mm/day", .variable = "precip"};
  gm_sst_map map;
  gm_error err = {0};
  if (read_changed(&rain, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_notes, 1);
  assert_non_null(
      strstr(map.note[0], "18 cells have the same value in every month, such as 0 at latitude -20"));
  gm_sst_map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(land_that_the_file_does_not_declare_is_refused_with_the_option),
      cmocka_unit_test(the_option_leaves_the_land_out_or_takes_it_as_data),
      cmocka_unit_test(ice_may_stand_still),
      cmocka_unit_test(anomalies_of_zero_beyond_chance_are_pointed_out),
      cmocka_unit_test(of_another_quantity_still_cells_are_pointed_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
