/* SPDX-License-Identifier: MIT
 * Gridded files: every flavour gives the same map, files nobody here wrote are read right, and one
 * sentence for everything that is no such file. Without libnetcdf: the sentence that says so. */
#include "datasets/maps/sst_netcdf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef GM_HAVE_NETCDF

static void a_build_without_libnetcdf_says_what_is_missing(void **state) {
  (void)state;
  gm_sst_netcdf_config config = gm_sst_netcdf_config_default();
  gm_sst_map map;
  gm_error err;
  config.path = "sst.nc";
  assert_int_equal(gm_sst_netcdf_read(&config, &map, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "sst.nc"));
  assert_non_null(strstr(err.message, "libnetcdf-dev"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_build_without_libnetcdf_says_what_is_missing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

#include "tests/assert_near.h"
#include "tests/netcdf_fixture.h"

enum { OCEAN = FIXTURE_LAT * FIXTURE_LON - FIXTURE_LAND, PATH_SIZE = 64 };

static gm_sst_netcdf_config as_they_are(const char *path) {
  gm_sst_netcdf_config config = gm_sst_netcdf_config_default();
  config.path = path;
  config.base_period = "none";
  return config;
}

static void make_path(char path[PATH_SIZE]) {
  strcpy(path, "/tmp/gm_sst_XXXXXX");
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
}

/* Reads a flavour with a configuration whose path is still to be filled in. */
static gm_status read_flavour(const flavour *f, gm_sst_netcdf_config config, gm_sst_map *map, gm_error *err) {
  char path[PATH_SIZE];
  make_path(path);
  fixture_write(path, f);
  config.path = path;
  const gm_status status = gm_sst_netcdf_read(&config, map, err);
  unlink(path);
  if (status != GM_OK && err != NULL) { /* the sentence names the file; leave it out for comparisons */
    assert_memory_equal(err->message, path, strlen(path));
    memmove(err->message, err->message + strlen(path), strlen(err->message + strlen(path)) + 1);
  }
  return status;
}

static gm_sst_map must_read(const flavour *f, gm_sst_netcdf_config config) {
  gm_sst_map map;
  gm_error err = {0};
  if (read_flavour(f, config, &map, &err) != GM_OK) fail_msg("%s", err.message);
  return map;
}

/* The cosine-weighted mean of Niño 3.4 is that of its longitudes: latitudes are symmetric. */
static double true_index(int t) {
  return fixture_value(t, 0, 0) + (195 + 210 + 225 + 240) / 4.0 / 120;
}

static void check_absolute(const gm_sst_map *map, double kelvin) {
  assert_int_equal(map->first, 12 * FIXTURE_YEAR);
  assert_int_equal(map->n_times, FIXTURE_MONTHS);
  assert_int_equal(map->n_points, OCEAN);
  assert_int_equal(map->n_land, FIXTURE_LAND);
  assert_int_equal(map->n_gaps, 0);
  assert_int_equal(map->n_index_cells, 3 * 4);
  assert_int_equal(map->n_index_land, 0);
  assert_near(map->index_area, 4 * (1 + 2 * 0.99619469809174555), 1e-12); /* cos 5° */
  for (size_t p = 1; p < map->n_points; p++) /* south to north, within a row west to east */
    assert_true(map->latitude[p] > map->latitude[p - 1] ||
                (map->latitude[p] == map->latitude[p - 1] && map->longitude[p] > map->longitude[p - 1]));
  for (int t = 0; t < FIXTURE_MONTHS; t++) {
    for (size_t p = 0; p < map->n_points; p++)
      assert_true(map->values[(size_t)t * map->n_points + p] ==
                  (float)(fixture_value(t, map->latitude[p], map->longitude[p]) + kelvin));
    assert_near(map->index.target[t], true_index(t) + kelvin,
                1e-12 * (20 + kelvin)); /* rounding of 12 terms */
  }
}

static void every_flavour_gives_the_same_map(void **state) {
  (void)state;
  static const int formats[] = {0, NC_64BIT_OFFSET, NC_64BIT_DATA, NC_NETCDF4, NC_NETCDF4 | NC_CLASSIC_MODEL};
  static const char *const orders[] = {"tyx", "txy", "tlyx", "yxt", "ytx", "xylt"};
  int n = 0;
  for (size_t a = 0; a < sizeof formats / sizeof *formats; a++)
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
      for (int variant = 0; variant < 12; variant++, n++) {
        flavour f = plain;
        f.format = NC_CLOBBER | formats[a];
        f.order = orders[o];
        f.type = variant % 3 == 0 ? NC_FLOAT : variant % 3 == 1 ? NC_DOUBLE : NC_SHORT;
        f.packed = f.type == NC_SHORT;
        f.missing = (missing_mark)(n % 6);
        if (f.missing == MISSING_NAN && f.type == NC_SHORT) f.missing = MISSING_FILL;
        f.north_first = variant % 2 == 1;
        f.from_minus_180 = variant % 4 >= 2;
        f.unlimited = (formats[a] & NC_NETCDF4) != 0 || orders[o][0] == 't';
        f.chunked = (formats[a] & NC_NETCDF4) != 0 && variant >= 6;
        gm_sst_map map = must_read(&f, as_they_are(NULL));
        check_absolute(&map, 0);
        gm_sst_map_free(&map);
      }
}

static void every_calendar_and_unit_of_time_is_understood(void **state) {
  (void)state;
  static const struct {
    const char *units, *calendar;
  } axes[] = {{"days since 1999-12-01", "standard"},      {"days since 1999-12-1 00:00:0.0", "gregorian"},
              {"hours since 1999-12-01 00:00", "noleap"}, {"days since 1999-12-01", "360_day"},
              {"hours since 1999-12-01", "360_day"},      {"months since 1999-12-01", NULL}};
  for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
    flavour f = plain;
    f.time_units = axes[i].units;
    f.calendar = axes[i].calendar;
    for (int bounds = 0; bounds < 2; bounds++) { /* stamps at the end of a month belong to it by its bounds */
      f.bounds = bounds == 1;
      gm_sst_map map = must_read(&f, as_they_are(NULL));
      check_absolute(&map, 0);
      gm_sst_map_free(&map);
    }
  }
}

/* Two numbers a step and nothing else are bounds: these, read as such, would move every month. */
static void bounds_of_another_shape_are_not_read(void **state) {
  (void)state;
  enum { STEPS = FIXTURE_MONTHS, MOST = 4 * STEPS };
  static const int ranks[] = {1, 2, 3}, per_step[] = {1, 3, 4};
  for (int s = 0; s < 3; s++) {
    char path[PATH_SIZE];
    double stamps[STEPS], values[MOST];
    int file, time, variable, dims[3];
    gm_error err = {0};
    gm_sst_map map;
    make_path(path);
    fixture_write(path, &plain);
    NC(nc_open(path, NC_WRITE, &file));
    NC(nc_redef(file));
    NC(nc_inq_dimid(file, "time", &dims[0]));
    NC(nc_def_dim(file, "nv", ranks[s] == 2 ? 3 : 2, &dims[1]));
    NC(nc_def_dim(file, "more", 2, &dims[2]));
    NC(nc_def_var(file, "time_bnds", NC_DOUBLE, ranks[s], dims, &variable));
    NC(nc_inq_varid(file, "time", &time));
    fixture_put_text(file, time, "bounds", "time_bnds");
    NC(nc_enddef(file));
    NC(nc_get_var_double(file, time, stamps));
    for (int i = 0; i < per_step[s] * STEPS; i++) values[i] = stamps[i / 2 % STEPS] + i % 2 * 120;
    NC(nc_put_var_double(file, variable, values));
    NC(nc_close(file));
    const gm_sst_netcdf_config config = as_they_are(path);
    if (gm_sst_netcdf_read(&config, &map, &err) != GM_OK) fail_msg("%s", err.message);
    check_absolute(&map, 0);
    gm_sst_map_free(&map);
    unlink(path);
  }
}

static void kelvin_stay_kelvin(void **state) {
  (void)state;
  flavour f = plain;
  f.units = "K";
  f.kelvin = 273.125;
  gm_sst_map map = must_read(&f, as_they_are(NULL));
  check_absolute(&map, 273.125);
  gm_sst_map_free(&map);
}

static void anomalies_are_relative_to_the_base_period(void **state) {
  (void)state;
  gm_sst_netcdf_config config = as_they_are(NULL);
  config.base_period = "2000:2001"; /* years 0 and 1: anomaly = (year − 1/2) / 4 everywhere */
  config.first_month = 12 * 2001 + 5;
  config.last_month = 12 * 2002 + 2;
  gm_sst_map map = must_read(&plain, config);
  assert_int_equal(map.first, 12 * 2001 + 5);
  assert_int_equal(map.n_times, 10);
  for (size_t t = 0; t < map.n_times; t++) {
    const double expected = t < 7 ? 0.125 : 0.375;
    for (size_t p = 0; p < map.n_points; p++)
      assert_true(map.values[t * map.n_points + p] == (float)expected);
    assert_near(map.index.target[t], expected, 1e-14); /* a mean of equal numbers */
  }
  gm_sst_map_free(&map);
}

static void anomalies_are_taken_as_they_are_by_their_name(void **state) {
  (void)state;
  gm_sst_netcdf_config config = as_they_are(NULL);
  config.base_period = NULL;
  flavour f = plain;
  f.long_name = "Monthly SST anomaly";
  gm_sst_map map = must_read(&f, config);
  assert_true(map.anomaly);
  check_absolute(&map, 0);
  gm_sst_map_free(&map);
  gm_error err = {0};
  assert_int_equal(read_flavour(&plain, config, &map, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "sst"));
  assert_non_null(strstr(err.message, "--base-period"));
}

static void a_box_across_the_date_line_is_one_piece(void **state) {
  (void)state;
  for (int convention = 0; convention < 2; convention++) {
    flavour f = plain;
    f.from_minus_180 = convention == 1;
    gm_sst_netcdf_config config = as_they_are(NULL);
    config.box = "-5:10,150:-120";
    config.index = "-5:0,165:-165";
    gm_sst_map map = must_read(&f, config);
    assert_int_equal(map.n_points, 4 * 7);
    assert_int_equal(map.n_index_cells, 2 * 3);
    for (size_t p = 0; p < map.n_points; p++) {
      assert_true(map.latitude[p] == -5 + 5 * (double)(p / 7) &&
                  map.longitude[p] == 150 + 15 * (double)(p % 7));
      assert_true(map.values[p] == (float)fixture_value(0, map.latitude[p], map.longitude[p]));
    }
    /* cos(5°) and 1 as weights of −5/8 and 0 */
    const double c = cos(5 * acos(-1) / 180);
    assert_near(map.index.target[0], 16 + 180.0 / 120 - 5.0 / 8 * c / (1 + c), 1e-13);
    gm_sst_map_free(&map);
  }
}

static void a_three_month_mean_is_centred(void **state) {
  (void)state;
  gm_sst_netcdf_config config = as_they_are(NULL);
  config.three_month_mean = true;
  gm_sst_map map = must_read(&plain, config);
  assert_int_equal(map.n_times, FIXTURE_MONTHS - 2);
  assert_int_equal(map.first, 12 * FIXTURE_YEAR + 1);
  for (int t = 1; t < FIXTURE_MONTHS - 1; t++)
    assert_near(map.index.target[t - 1], (true_index(t - 1) + true_index(t) + true_index(t + 1)) / 3, 1e-12);
  assert_true(map.values[0] == (float)fixture_value(1, map.latitude[0], map.longitude[0])); /* not smoothed */
  gm_sst_map_free(&map);
}

static void cells_with_gaps_and_sea_ice_are_left_out_and_counted(void **state) {
  (void)state;
  flavour f = plain;
  f.gap = f.ice = true;
  gm_sst_map map = must_read(&f, as_they_are(NULL));
  assert_int_equal(map.n_points, OCEAN - 2);
  assert_int_equal(map.n_gaps, 2);
  assert_int_equal(map.n_land, FIXTURE_LAND);
  gm_sst_map_free(&map);
}

/* 12 cells of the index box, one of which is 8 warmer and lacks a value in month 3: the mean of the others
 * that month (xarray's .weighted(cos φ).mean() skips it likewise), 8 times its weight more in all other
 * months. */
static void a_gap_in_the_index_box_leaves_its_cell_out_of_that_month(void **state) {
  (void)state;
  flavour f = plain;
  f.index_gap = true;
  const double c = cos(5 * acos(-1) / 180), all = 4 * (1 + 2 * c);
  gm_sst_map map = must_read(&f, as_they_are(NULL));
  assert_int_equal(map.n_index_cells, 12);
  assert_int_equal(map.n_index_gaps, 1);
  assert_int_equal(map.fewest_index_cells, 11);
  assert_int_equal(map.fewest_month, 12 * FIXTURE_YEAR + 3);
  assert_near(map.index.target[4], true_index(4) + 8 * c / all, 1e-12 * 20);
  assert_near(map.index.target[3], (true_index(3) * all - c * fixture_value(3, 5, 195)) / (all - c),
              1e-12 * 20);
  gm_sst_map_free(&map);

  /* As anomalies of years 0 to 2 its warmth does not matter: (year − 1) / 4 everywhere but in its April,
   * whose base has years 1 and 2 alone. */
  gm_sst_netcdf_config config = as_they_are(NULL);
  config.base_period = "2000:2002";
  map = must_read(&f, config);
  assert_near(map.index.target[4], -0.25, 1e-12);
  assert_near(map.index.target[3], -0.25, 1e-12);
  assert_near(map.index.target[15], (0 * (all - c) + -0.125 * c) / all, 1e-12);
  gm_sst_map_free(&map);
}

/* Latitudes are the same in both boxes, so the difference is that of the mean longitudes: 210 … 270 and 165 …
 * 210. */
static void an_index_may_be_the_difference_of_two_boxes(void **state) {
  (void)state;
  static const char *const spellings[] = {"nino3-nino4", "-5:5,210:270 - -5:5,160:210"};
  for (size_t i = 0; i < 2; i++) {
    gm_sst_netcdf_config config = as_they_are(NULL);
    config.index = spellings[i];
    gm_sst_map map = must_read(&plain, config);
    assert_string_equal(map.index.target_name, spellings[i]);
    assert_int_equal(map.n_index_cells, 3 * 5 + 3 * 4);
    for (size_t t = 0; t < map.n_times; t++) assert_near(map.index.target[t], (240 - 187.5) / 120, 1e-12);
    gm_sst_map_free(&map);
  }
}

/* 70 days from 1 January 2000, twice a day, at 3 × 3 cells around 0°N, 200°E: 20 + day/10 + 1/4 in the second
 * half; the cell at the equator and 200°E lacks days 0 … 4 (26 of 31 are left), that at 205°E days 0 … 7. */
static void write_days(const char *path, int skip) {
  int file, dims[3], axis[3], sst;
  NC(nc_create(path, NC_CLOBBER, &file));
  NC(nc_def_dim(file, "time", 140, &dims[0]));
  NC(nc_def_dim(file, "lat", 3, &dims[1]));
  NC(nc_def_dim(file, "lon", 3, &dims[2]));
  NC(nc_def_var(file, "time", NC_DOUBLE, 1, &dims[0], &axis[0]));
  NC(nc_def_var(file, "lat", NC_DOUBLE, 1, &dims[1], &axis[1]));
  NC(nc_def_var(file, "lon", NC_DOUBLE, 1, &dims[2], &axis[2]));
  NC(nc_def_var(file, "sst", NC_DOUBLE, 3, dims, &sst));
  fixture_put_text(file, axis[0], "units", "hours since 2000-01-01");
  fixture_put_text(file, axis[1], "units", "degrees_north");
  fixture_put_text(file, axis[2], "units", "degrees_east");
  fixture_put_text(file, sst, "units", "degC");
  NC(nc_enddef(file));
  NC(nc_put_var_double(file, axis[1], (const double[]){-5, 0, 5}));
  NC(nc_put_var_double(file, axis[2], (const double[]){195, 200, 205}));
  for (size_t i = 0; i < 140; i++) {
    const size_t day = i / 2 + (i / 2 >= 35 ? (size_t)skip : 0);
    const double hours = 24 * (double)day + 12 * (double)(i % 2);
    NC(nc_put_var1_double(file, axis[0], &i, &hours));
    for (size_t c = 0; c < 9; c++) {
      const bool gap = (c == 4 && day < 5) || (c == 5 && day < 8);
      const double value = gap ? (double)NAN : 20 + (double)day / 10 + 0.25 * (double)(i % 2);
      NC(nc_put_var1_double(file, sst, (const size_t[]){i, c / 3, c % 3}, &value));
    }
  }
  NC(nc_close(file));
}

static void days_are_averaged_to_months_on_request(void **state) {
  (void)state;
  char path[PATH_SIZE];
  make_path(path);
  write_days(path, 0);
  gm_sst_netcdf_config config = as_they_are(path);
  gm_sst_map map;
  gm_error err = {0};
  assert_int_equal(gm_sst_netcdf_read(&config, &map, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "two time steps in 2000-01"));
  assert_non_null(strstr(err.message, "--monthly-mean"));
  config.monthly_mean = true;
  config.missing = "none"; /* its cells are all alike in a month */
  if (gm_sst_netcdf_read(&config, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.first, 12 * 2000);
  assert_int_equal(map.n_times, 2);
  assert_int_equal(map.n_dropped_steps, 20); /* ten days of March */
  assert_int_equal(map.n_points, 8);         /* 23 of 31 days are too few */
  assert_int_equal(map.n_gaps, 1);
  for (size_t p = 0; p < 8; p++) {
    const double first_day = p == 4 ? 5 : 0; /* days 5 … 30 have a mean of 17.5, 0 … 30 of 15 */
    assert_near((double)map.values[p], 20 + (first_day + 30) / 20 + 0.125, 1e-6);
    assert_near((double)map.values[8 + p], 20 + (31 + 59) / 20.0 + 0.125, 1e-6);
  }
  gm_sst_map_free(&map);
  write_days(path, 7); /* a week of February is not there */
  assert_int_equal(gm_sst_netcdf_read(&config, &map, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "2000-02 has 22 days; a monthly mean is taken of 25 or more"));
  unlink(path);
}

/* HadISST marks sea ice by −1000, whatever the file says of its units. */
static void marks_of_ice_are_missing_in_every_unit(void **state) {
  (void)state;
  static const char *const units[] = {"degC", "K", "degF", NULL, ""};
  static const double offset[] = {0, 273.125, 40, 0, 273.125};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    flavour f = plain;
    f.ice = true;
    f.units = units[i];
    f.kelvin = offset[i];
    gm_sst_map map = must_read(&f, as_they_are(NULL));
    assert_int_equal(map.n_points, OCEAN - 1);
    assert_int_equal(map.n_marks, 1);
    gm_sst_map_free(&map);
  }
}

static void the_unit_is_the_file_s(void **state) {
  (void)state;
  static const char *const units[][2] = {
      {"degC", "°C"}, {"Celsius_scale", "°C"}, {"kelvin", "K"}, {"degree_F", "°F"}};
  static const double offset[] = {0, 0, 273.125, 40};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    flavour f = plain;
    f.units = units[i][0];
    f.kelvin = offset[i];
    gm_sst_map map = must_read(&f, as_they_are(NULL));
    assert_string_equal(map.index.target_unit, units[i][1]);
    gm_sst_map_free(&map);
  }
  flavour f = plain;
  f.units = NULL;
  gm_sst_map map = must_read(&f, as_they_are(NULL));
  assert_null(map.index.target_unit);
  gm_sst_map_free(&map);
  gm_sst_netcdf_config config = as_they_are(NULL);
  config.variable = "slp";
  f.name = "slp";
  f.standard_name = NULL;
  f.units = "hPa";
  map = must_read(&f, config);
  assert_string_equal(map.index.target_unit, "hPa");
  gm_sst_map_free(&map);
}

/* What a byte without sign holds beyond 127 is negative as stored. */
static void unsigned_bytes_are_read_as_they_are_meant(void **state) {
  (void)state;
  char path[PATH_SIZE];
  int file, variable;
  make_path(path);
  flavour f = plain;
  f.format = NC_CLOBBER;
  f.type = NC_BYTE;
  f.packed = true; /* (value − 16) / 0.125 = 0 … 46; with 110 more some are beyond 127 */
  f.kelvin = 110 * 0.125;
  fixture_write(path, &f); /* _FillValue −1 is 255 */
  NC(nc_open(path, NC_WRITE, &file));
  NC(nc_redef(file));
  NC(nc_inq_varid(file, "sst", &variable));
  fixture_put_text(file, variable, "_Unsigned", "true");
  NC(nc_close(file));
  gm_sst_netcdf_config config = as_they_are(path);
  gm_sst_map map;
  gm_error err = {0};
  if (gm_sst_netcdf_read(&config, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_points, OCEAN);
  for (size_t t = 0; t < map.n_times; t++)
    for (size_t p = 0; p < map.n_points; p++)
      assert_near((double)map.values[t * map.n_points + p],
                  fixture_value((int)t, map.latitude[p], map.longitude[p]) + f.kelvin,
                  0.0625); /* half a step */
  gm_sst_map_free(&map);
  unlink(path);
}

/* A fill value that the file does not declare: −999 among winds. */
static void undeclared_marks_are_refused_with_the_option(void **state) {
  (void)state;
  flavour f = plain;
  gm_sst_netcdf_config config = as_they_are(NULL);
  char path[PATH_SIZE];
  int file, variable;
  make_path(path);
  f.standard_name = NULL;
  f.name = "uwnd";
  f.units = "m s-1";
  f.missing = MISSING_NAN;
  fixture_write(path, &f);
  NC(nc_open(path, NC_WRITE, &file));
  NC(nc_inq_varid(file, "uwnd", &variable));
  const size_t at[] = {5, 4, 13}; /* June 2000, 0°N, 195°E */
  const double mark = -999;
  NC(nc_put_var1_double(file, variable, at, &mark));
  NC(nc_close(file));
  gm_sst_map map;
  gm_error err = {0};
  config.path = path;
  config.variable = "uwnd";
  assert_int_equal(gm_sst_netcdf_read(&config, &map, &err), GM_BAD_INPUT);
  const char *const words[] = {"-999 in 2000-06 at latitude 0, longitude 195", "--missing -999",
                               "--missing none"};
  for (size_t i = 0; i < 3; i++)
    if (strstr(err.message, words[i]) == NULL) fail_msg("\"%s\" is not in \"%s\"", words[i], err.message);
  config.missing = "-999";
  if (gm_sst_netcdf_read(&config, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_points, OCEAN - 1);
  gm_sst_map_free(&map);
  config.missing = "none";
  if (gm_sst_netcdf_read(&config, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_points, OCEAN);
  assert_int_equal(map.n_notes, 1);
  assert_non_null(strstr(map.note[0], "-999 in 2000-06 at latitude 0, longitude 195 is a known mark"));
  gm_sst_map_free(&map);
  unlink(path);
}

static void a_variable_is_found_by_its_names_or_by_being_the_only_one(void **state) {
  (void)state;
  flavour f = plain;
  f.standard_name = NULL;
  gm_sst_map map = must_read(&f, as_they_are(NULL)); /* named sst, as NOAA PSL's ERSST v5 has it */
  gm_sst_map_free(&map);
  f.name = "t_surf";
  map = must_read(&f, as_they_are(NULL));
  assert_string_equal(map.variable, "t_surf");
  gm_sst_map_free(&map);
  f.second = true;
  f.name = "SST";
  map = must_read(&f, as_they_are(NULL));
  assert_string_equal(map.variable, "SST");
  gm_sst_map_free(&map);
  gm_sst_netcdf_config config = as_they_are(NULL);
  config.variable = "other";
  map = must_read(&f, config);
  assert_string_equal(map.variable, "other");
  gm_sst_map_free(&map);
}

/* ---- bad input --------------------------------------------------------------- */

/* The flavour is refused with GM_BAD_INPUT, the variable and every one of the words. */
static void must_refuse(const flavour *f, gm_sst_netcdf_config config, const char *const *words) {
  gm_sst_map map;
  gm_error err = {0};
  assert_int_equal(read_flavour(f, config, &map, &err), GM_BAD_INPUT);
  for (; *words != NULL; words++)
    if (strstr(err.message, *words) == NULL) fail_msg("\"%s\" is not in \"%s\"", *words, err.message);
}
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void unusable_files_get_one_sentence(void **state) {
  (void)state;
  const gm_sst_netcdf_config config = as_they_are(NULL);
  gm_sst_netcdf_config other = config;
  flavour f = plain;
  f.skip_month = 14;
  must_refuse(&f, config, WORDS("sst", "missing", "2001-02", "2001-04"));
  f = plain;
  f.empty_month = 9;
  must_refuse(&f, config, WORDS("sst", "no value", "2000-10"));
  f = plain;
  f.hot_month = 9;
  must_refuse(&f, config, WORDS("sst", "2000-10", "same units"));
  flavour in_kelvin = plain; /* an anomaly of 1 K, or a temperature of 28 °C */
  in_kelvin.units = "K";
  in_kelvin.kelvin = -12.5;
  must_refuse(&in_kelvin, config, WORDS("or an anomaly (its long_name must say so)"));
  in_kelvin.kelvin = 12;
  must_refuse(&in_kelvin, config, WORDS("(--missing 25.5)?"));
  f = plain;
  f.units = "m s-1";
  must_refuse(&f, config, WORDS("sst", "m s-1", "--variable"));
  f = plain;
  f.units = "K"; /* but the values are °C */
  must_refuse(&f, config, WORDS("sst", "2000-01", "K"));
  f = plain;
  f.second = true;
  must_refuse(&f, config, WORDS("sst", "other", "--variable"));
  f = plain;
  f.time_units = "years";
  must_refuse(&f, config, WORDS("sst", "time"));
  f = plain;
  f.time_units = "days since the flood";
  must_refuse(&f, config, WORDS("sst", "since the flood", "YYYY-MM-DD"));
  f = plain;
  f.calendar = "lunar";
  must_refuse(&f, config, WORDS("sst", "lunar"));
  other.box = "10:10,300:315";
  must_refuse(&plain, other, WORDS("sst", "10:10,300:315", "land"));
  other = config;
  other.index = "10:10,300:315";
  must_refuse(&plain, other, WORDS("sst", "10:10,300:315", "land"));
  other = config;
  other.box = "1:2,1:2";
  must_refuse(&plain, other, WORDS("sst", "1:2,1:2", "no cell"));
  other = config;
  other.base_period = "1999:2001";
  must_refuse(&plain, other, WORDS("sst", "1999:2001", "2000-01", "2002-12"));
  other = config;
  other.first_month = 12 * 2010;
  must_refuse(&plain, other, WORDS("sst", "2002-12"));
  other = config;
  other.variable = "nothing";
  must_refuse(&plain, other, WORDS("nothing"));
  other.variable = "lat";
  must_refuse(&plain, other, WORDS("lat", "longitude"));
}

/* A file without time, written here because the fixture always has it. */
static void a_map_without_time_is_named(void **state) {
  (void)state;
  char path[PATH_SIZE];
  int file, dims[2], lat, lon, sst;
  make_path(path);
  NC(nc_create(path, NC_CLOBBER, &file));
  NC(nc_def_dim(file, "lat", 2, &dims[0]));
  NC(nc_def_dim(file, "lon", 2, &dims[1]));
  NC(nc_def_var(file, "lat", NC_FLOAT, 1, &dims[0], &lat));
  NC(nc_def_var(file, "lon", NC_FLOAT, 1, &dims[1], &lon));
  NC(nc_def_var(file, "sst", NC_FLOAT, 2, dims, &sst));
  NC(nc_close(file));
  const gm_sst_netcdf_config config = as_they_are(path);
  gm_sst_map map;
  gm_error err;
  assert_int_equal(gm_sst_netcdf_read(&config, &map, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "sst: it has no time axis"));
  unlink(path);
}

static void files_that_are_none_are_named(void **state) {
  (void)state;
  static const char *const paths[] = {"/nonexistent/sst.nc", "/tmp", "http://localhost:1/sst.nc", "Makefile"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    const gm_sst_netcdf_config config = as_they_are(paths[i]);
    gm_sst_map map;
    gm_error err = {0};
    assert_int_equal(gm_sst_netcdf_read(&config, &map, &err), GM_BAD_INPUT);
    assert_memory_equal(err.message, paths[i], strlen(paths[i]));
  }
}

static void no_truncated_file_passes_for_data(void **state) {
  (void)state;
  static const int formats[] = {0, NC_64BIT_OFFSET, NC_64BIT_DATA, NC_NETCDF4};
  for (size_t a = 0; a < sizeof formats / sizeof *formats; a++) {
    char path[PATH_SIZE];
    flavour f = plain;
    f.format = NC_CLOBBER | formats[a];
    f.chunked = formats[a] == NC_NETCDF4;
    make_path(path);
    fixture_write(path, &f);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    fseek(stream, 0, SEEK_END);
    const long size = ftell(stream);
    fclose(stream);
    for (long length = size - 1; length >= 0;
         length -= length > size / 2 ? 997 : 61) { /* shorter and shorter */
      assert_int_equal(truncate(path, length), 0);
      const gm_sst_netcdf_config config = as_they_are(path);
      gm_sst_map map;
      gm_error err = {0};
      assert_int_equal(gm_sst_netcdf_read(&config, &map, &err), GM_BAD_INPUT);
      assert_memory_equal(err.message, path, strlen(path));
    }
    unlink(path);
  }
}

/* ---- files nobody here wrote ------------------------------------------------------ */

static const char *find_file(const char *const *candidates) {
  for (; *candidates != NULL; candidates++)
    if (access(*candidates, R_OK) == 0) return *candidates;
  return NULL;
}

static void the_shared_map_has_the_facts_of_its_readme(void **state) {
  (void)state;
  const char *path =
      find_file((const char *const[]){"../shared/data/tropical_pacific_sst_anomaly_1970_2003.nc",
                                      "../../shared/data/tropical_pacific_sst_anomaly_1970_2003.nc", NULL});
  if (path == NULL) skip();
  gm_sst_netcdf_config config = gm_sst_netcdf_config_default();
  config.path = path;
  gm_sst_map map;
  gm_error err = {0};
  if (gm_sst_netcdf_read(&config, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_times, 399);
  assert_int_equal(map.n_points, 2261);
  assert_int_equal(map.first, 12 * 1970);
  double mean = 0, square = 0;
  for (size_t t = 0; t < map.n_times; t++) mean += map.index.target[t] / (double)map.n_times;
  for (size_t t = 0; t < map.n_times; t++)
    square += (map.index.target[t] - mean) * (map.index.target[t] - mean) / (double)map.n_times;
  assert_near(sqrt(square), 0.893, 5e-4); /* printed with three decimals */
  assert_near(map.index.target[12 * 12 + 11], 2.617, 5e-4);
  assert_near(map.index.target[27 * 12 + 11], 2.693, 5e-4);
  gm_sst_map_free(&map);
}

/* Debian's ferret-datasets. Truths: ncdump -v of single cells. */
static void ferret_s_climatology_is_read_right(void **state) {
  (void)state;
  const char *path =
      find_file((const char *const[]){"/usr/share/ferret-vis/data/coads_climatology.cdf", NULL});
  if (path == NULL) skip();
  gm_sst_netcdf_config config = as_they_are(path);
  config.box = "0:2,180:182"; /* centres 1°N, 181°E: the cell at COADSX = 181, COADSY = 1 */
  gm_sst_map map;
  gm_error err = {0};
  if (gm_sst_netcdf_read(&config, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_string_equal(map.variable, "SST");
  assert_int_equal(map.n_times, 12);
  assert_int_equal(map.first, 0); /* a climatology: January of the year 0 */
  assert_int_equal(map.n_points, 1);
  assert_true(map.latitude[0] == 1 && map.longitude[0] == 181);
  assert_near((double)map.values[0], 28.28389, 1e-5);
  assert_near((double)map.values[11], 28.2665, 1e-5);
  gm_sst_map_free(&map);
}

static void ferret_s_navy_winds_are_read_right(void **state) {
  (void)state;
  const char *path =
      find_file((const char *const[]){"/usr/share/ferret-vis/data/monthly_navy_winds.cdf", NULL});
  if (path == NULL) skip();
  gm_sst_netcdf_config config = as_they_are(path);
  gm_sst_map map;
  gm_error err = {0};
  assert_int_equal(gm_sst_netcdf_read(&config, &map, &err), GM_BAD_INPUT); /* two candidates */
  assert_non_null(strstr(err.message, "UWND, VWND"));
  config.variable = "VWND";
  config.box = "0:0,180:180";
  if (gm_sst_netcdf_read(&config, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.first, 12 * 1982); /* 1982 – 1992 */
  assert_int_equal(map.n_times, 132);
  assert_int_equal(map.n_points, 1);
  assert_near((double)map.values[0], 1.347828, 1e-5);
  assert_near((double)map.values[131], 0.4930785, 1e-5);
  gm_sst_map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_flavour_gives_the_same_map),
      cmocka_unit_test(every_calendar_and_unit_of_time_is_understood),
      cmocka_unit_test(bounds_of_another_shape_are_not_read),
      cmocka_unit_test(kelvin_stay_kelvin),
      cmocka_unit_test(anomalies_are_relative_to_the_base_period),
      cmocka_unit_test(anomalies_are_taken_as_they_are_by_their_name),
      cmocka_unit_test(a_box_across_the_date_line_is_one_piece),
      cmocka_unit_test(a_three_month_mean_is_centred),
      cmocka_unit_test(cells_with_gaps_and_sea_ice_are_left_out_and_counted),
      cmocka_unit_test(a_gap_in_the_index_box_leaves_its_cell_out_of_that_month),
      cmocka_unit_test(an_index_may_be_the_difference_of_two_boxes),
      cmocka_unit_test(days_are_averaged_to_months_on_request),
      cmocka_unit_test(marks_of_ice_are_missing_in_every_unit),
      cmocka_unit_test(the_unit_is_the_file_s),
      cmocka_unit_test(unsigned_bytes_are_read_as_they_are_meant),
      cmocka_unit_test(undeclared_marks_are_refused_with_the_option),
      cmocka_unit_test(a_variable_is_found_by_its_names_or_by_being_the_only_one),
      cmocka_unit_test(unusable_files_get_one_sentence),
      cmocka_unit_test(a_map_without_time_is_named),
      cmocka_unit_test(files_that_are_none_are_named),
      cmocka_unit_test(no_truncated_file_passes_for_data),
      cmocka_unit_test(the_shared_map_has_the_facts_of_its_readme),
      cmocka_unit_test(ferret_s_climatology_is_read_right),
      cmocka_unit_test(ferret_s_navy_winds_are_read_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
