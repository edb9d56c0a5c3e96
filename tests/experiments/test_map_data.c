/* SPDX-License-Identifier: MIT
 * Maps in a run: what is kept, that EOFs see the training split only, and the maps of influence. */
#include "experiments/run/map_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifndef GM_HAVE_NETCDF

int main(void) {
  puts("built without libnetcdf: nothing to test");
  return 0;
}

#else

#include "common/csv.h"
#include "tests/assert_near.h"
#include "tests/netcdf_fixture.h"

#include <unistd.h>

enum { PATH_SIZE = 64, OCEAN = FIXTURE_LAT * FIXTURE_LON - FIXTURE_LAND };

static gm_samples_config sampling(void) {
  gm_samples_config config = gm_map_data_sampling();
  config.period[GM_TRAIN] = "2000-08:2001-06";
  config.period[GM_VALIDATION] = "2001-12:2002-03";
  config.period[GM_TEST] = "2002-05:2002-08";
  config.lead = 2;
  return config;
}

static gm_map_data load_for(const flavour *f, gm_map_options options, size_t time_steps) {
  char path[PATH_SIZE] = "/tmp/gm_map_XXXXXX";
  const char *base_period = "none";
  gm_samples_config config = sampling();
  config.time_steps = time_steps;
  gm_map_data data;
  gm_error err = {0};
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  fixture_write(path, f);
  options.sst = path;
  const gm_status status = gm_map_data_load(&data, &options, &base_period, &config, &err);
  unlink(path);
  if (status != GM_OK) fail_msg("%s", err.message);
  return data;
}

static gm_map_data load(const flavour *f, gm_map_options options) {
  return load_for(f, options, sampling().time_steps);
}

static void only_the_months_of_the_splits_are_kept(void **state) {
  (void)state;
  gm_map_data data = load(&plain, (gm_map_options){.eof = 0});
  assert_int_equal(data.map.first, 12 * 2000 + 2); /* August less five months of window */
  assert_int_equal(data.map.first + (int64_t)data.map.n_times - 1, 12 * 2002 + 9); /* August and the lead */
  assert_int_equal(data.width, OCEAN);
  const gm_samples_config config = sampling();
  gm_samples samples;
  assert_int_equal(gm_map_data_samples(&data, &config, &samples, NULL), GM_OK);
  assert_int_equal(samples.split[GM_TRAIN].n, 11);
  assert_int_equal(samples.split[GM_TEST].n, 4);
  assert_int_equal(samples.split[GM_TRAIN].n_dropped + samples.split[GM_TEST].n_dropped, 0);
  gm_samples_free(&samples);
  gm_map_data_free(&data);
}

/* The fixture's months differ by a constant everywhere: one pattern is everything, and its score is the
 * target. */
static void a_pattern_s_amplitude_may_be_the_target(void **state) {
  (void)state;
  gm_map_data d = load(&plain, (gm_map_options){.eof = 1, .index = "eof1"});
  assert_string_equal(d.map.index.target_name, "eof1");
  assert_null(d.map.index.target_unit);
  for (size_t t = 0; t < d.map.n_times; t++) assert_true(d.map.index.target[t] == (double)d.scores[t]);
  gm_map_data_free(&d);
  gm_error err;
  assert_int_equal(gm_map_options_check(&(gm_map_options){.sst = "a.nc", .eof = 1, .index = "eof2"}, &err),
                   GM_BAD_INPUT);
  assert_string_equal(err.message, "--index eof2: needs --eof 2 or more");
}

static void eofs_are_learned_on_the_training_split_alone(void **state) {
  (void)state;
  flavour f = plain;
  f.standard_name = NULL;
  f.name = "heat";
  f.units = NULL; /* no temperature, so no check of plausible values */
  gm_map_data without = load(&f, (gm_map_options){.eof = 1});
  f.hot_month = 30; /* a test month becomes very hot */
  gm_map_data with = load(&f, (gm_map_options){.eof = 1});
  assert_int_equal(with.width, 1);
  assert_memory_equal(with.eof.mean, without.eof.mean, OCEAN * sizeof(double));
  assert_memory_equal(with.eof.pattern, without.eof.pattern, OCEAN * sizeof(double));
  size_t differ = 0;
  for (size_t t = 0; t < with.map.n_times; t++) differ += with.values[t] != without.values[t];
  assert_int_equal(differ, 1);
  /* The fixture's months differ by a constant everywhere, so one pattern is everything. */
  assert_near(with.eof.explained[0], 1, 1e-9);
  gm_map_data_free(&without);
  gm_map_data_free(&with);
}

/* By this sum `inference` knows the data of a model again, whose search tried windows of many lengths. */
static void the_sum_of_the_maps_is_of_the_longest_window(void **state) {
  (void)state;
  assert_true(sampling().max_time_steps > 1);
  gm_map_data one = load_for(&plain, (gm_map_options){.eof = 1}, 1);
  gm_map_data all = load_for(&plain, (gm_map_options){.eof = 1}, sampling().max_time_steps);
  assert_true(one.training_maps[0] != '\0');
  assert_string_equal(one.training_maps, all.training_maps);
  gm_map_data_free(&one);
  gm_map_data_free(&all);
}

static void warnings_tell_of_looking_ahead_and_of_gaps(void **state) {
  (void)state;
  flavour f = plain;
  char text[512];
  f.gap = true;
  const gm_map_options options = {.three_month_mean = true};
  gm_map_data data = load(&f, options);
  assert_true(gm_map_data_warning(&data, &options, 0, text, sizeof text));
  assert_non_null(strstr(text, "looks ahead"));
  assert_true(gm_map_data_warning(&data, &options, 1, text, sizeof text));
  assert_non_null(strstr(text, "1 of the box's cells"));
  assert_false(gm_map_data_warning(&data, &options, 2, text, sizeof text));
  gm_map_data_free(&data);
  const gm_map_options quiet = {.eof = 0};
  data = load(&plain, quiet);
  assert_false(gm_map_data_warning(&data, &quiet, 0, text, sizeof text));
  gm_map_data_free(&data);
}

static void a_map_of_influence_names_lag_and_place(void **state) {
  (void)state;
  gm_map_data data = load(&plain, (gm_map_options){.box = "-5:0,195:225"});
  assert_int_equal(data.map.n_points, 6);
  double influence[12];
  for (int i = 0; i < 12; i++) influence[i] = i * 0.5;
  char path[PATH_SIZE] = "/tmp/gm_map_XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  assert_int_equal(
      gm_map_data_write(&data, path, "coefficient", (const double *const[]){influence}, 1, 2, NULL), GM_OK);
  gm_csv_table table;
  assert_int_equal(gm_csv_read(path, &table, NULL), GM_OK);
  unlink(path);
  assert_int_equal(table.n_rows, 12);
  static const char *const names[] = {"lag", "latitude", "longitude", "coefficient"};
  static const double first[] = {1, -5, 195, 0}, last[] = {0, 0, 225, 5.5}; /* oldest month first */
  for (size_t c = 0; c < 4; c++) {
    double value;
    assert_string_equal(table.header[c], names[c]);
    assert_int_equal(gm_csv_number(&table, 0, c, &value, NULL), GM_OK);
    assert_true(value == first[c]);
    assert_int_equal(gm_csv_number(&table, 11, c, &value, NULL), GM_OK);
    assert_true(value == last[c]);
  }
  gm_csv_free(&table);
  gm_map_data_free(&data);
}

static void options_of_a_map_need_a_map(void **state) {
  (void)state;
  gm_error err;
  assert_int_equal(gm_map_options_check(&(gm_map_options){.eof = 0}, &err), GM_OK);
  assert_int_equal(gm_map_options_check(&(gm_map_options){.sst = "a.nc", .eof = 3}, &err), GM_OK);
  assert_int_equal(gm_map_options_check(&(gm_map_options){.eof = 3}, &err), GM_BAD_INPUT);
  assert_int_equal(gm_map_options_check(&(gm_map_options){.index = "nino3"}, &err), GM_BAD_INPUT);
  assert_int_equal(gm_map_options_check(&(gm_map_options){.three_month_mean = true}, &err), GM_BAD_INPUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_the_months_of_the_splits_are_kept),
      cmocka_unit_test(a_pattern_s_amplitude_may_be_the_target),
      cmocka_unit_test(eofs_are_learned_on_the_training_split_alone),
      cmocka_unit_test(the_sum_of_the_maps_is_of_the_longest_window),
      cmocka_unit_test(warnings_tell_of_looking_ahead_and_of_gaps),
      cmocka_unit_test(a_map_of_influence_names_lag_and_place),
      cmocka_unit_test(options_of_a_map_need_a_map),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
