/* SPDX-License-Identifier: MIT
 * A monthly mean is read; what looks like one and is none is refused or noted. Attributes are as the CF
 * conventions (1.10, 7.3, 7.4, appendix C) and NOAA PSL's long-term means write them. */
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

/* Reads the fixture with one attribute more of `variable` ("sst" or "time"). */
static gm_status read_with(const char *variable, const char *attribute, const char *text, bool chosen,
                           gm_sst_map *map, gm_error *err) {
  edited_map e = edited_map_start(&plain);
  fixture_put_text(e.file, fixture_id(e.file, variable), attribute, text);
  e.config.variable = chosen ? "sst" : NULL;
  return edited_map_read(&e, map, err);
}

static void must_refuse(const char *variable, const char *attribute, const char *text, bool chosen,
                        const char *sentence) {
  gm_sst_map map;
  gm_error err = {0};
  assert_int_equal(read_with(variable, attribute, text, chosen, &map, &err), GM_BAD_INPUT);
  if (strstr(err.message, sentence) == NULL) fail_msg("%s", err.message);
}

static void must_note(const char *attribute, const char *text, bool chosen, const char *sentence) {
  gm_sst_map map;
  gm_error err = {0};
  if (read_with("sst", attribute, text, chosen, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_notes, sentence != NULL ? 1 : 0);
  if (sentence != NULL) assert_non_null(strstr(map.note[0], sentence));
  gm_sst_map_free(&map);
}

static void climatologies_are_refused_even_by_name(void **state) {
  (void)state;
  for (int chosen = 0; chosen < 2; chosen++) {
    must_refuse("time", "climatology", "climatology_bounds", chosen == 1,
                "a climatology, says the attribute climatology of its time axis");
    must_refuse("sst", "cell_methods", "time: mean within years time: mean over years", chosen == 1,
                "a climatology, says its attribute cell_methods");
  }
}

static void a_time_axis_that_repeats_itself_is_noted(void **state) {
  (void)state;
  gm_sst_map map;
  gm_error err = {0};
  if (read_with("time", "modulo", " ", false, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_notes, 1);
  assert_non_null(strstr(map.note[0], "sst may be a climatology: the attribute modulo of its time axis"));
  gm_sst_map_free(&map);
}

/* The second year is the first once more, as a file that goes on with what it had. */
static void a_year_copied_from_the_one_before_is_noted(void **state) {
  (void)state;
  enum { CELLS = FIXTURE_LAT * FIXTURE_LON, YEAR = 12 };
  for (int copied = 0; copied < 2; copied++) {
    edited_map e = edited_map_start(&plain);
    const int sst = fixture_id(e.file, "sst");
    gm_sst_map map;
    gm_error err = {0};
    NC(nc_enddef(e.file));
    for (size_t t = YEAR; copied && t < 2 * YEAR; t++) {
      float month[CELLS];
      NC(nc_get_vara_float(e.file, sst, (size_t[]){t - YEAR, 0, 0}, (size_t[]){1, FIXTURE_LAT, FIXTURE_LON},
                           month));
      NC(nc_put_vara_float(e.file, sst, (size_t[]){t, 0, 0}, (size_t[]){1, FIXTURE_LAT, FIXTURE_LON}, month));
    }
    if (edited_map_read(&e, &map, &err) != GM_OK) fail_msg("%s", err.message);
    assert_int_equal(map.n_notes, copied);
    if (copied) assert_non_null(strstr(map.note[0], "months of the index nino34 in a row, from 2001-"));
    gm_sst_map_free(&map);
  }
}

static void spreads_and_errors_are_refused_unless_chosen(void **state) {
  (void)state;
  static const char *const cases[][2] = {{"cell_methods", "time: variance"},
                                         {"cell_methods", "area: mean time: standard_deviation"},
                                         {"cell_methods", "time: sum (interval: 1 day)"},
                                         {"standard_name", "sea_surface_temperature standard_error"},
                                         {"standard_name", "sea_surface_temperature number_of_observations"},
                                         {"long_name", "Estimated error standard deviation of analysed_sst"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    must_refuse("sst", cases[i][0], cases[i][1], false, "--variable sst takes it as it is");
    must_note(cases[i][0], cases[i][1], true, "sst is no plain monthly mean");
  }
}

static void other_statistics_are_noted_and_means_are_not(void **state) {
  (void)state;
  must_note("cell_methods", "time: maximum", false, "its cell_methods is \"time: maximum\"");
  must_note("cell_methods", "time: maximum within days time: mean over days", false, "maximum within days");
  must_note("cell_methods", "area: maximum time: mean", false, "no plain monthly mean");
  must_note("cell_methods", "lat: lon: median", false, "no plain monthly mean");
  must_note("cell_methods", "time: mean", false, NULL);
  must_note("cell_methods", "area: mean where sea time: mean", false, NULL);
  must_note("cell_methods", "lat: lon: time: mean (comment: maximum of what)", false, NULL);
  must_note("cell_methods", "time: point (unclosed", false, NULL);
  must_note("cell_methods", "", false, NULL);
  must_note("long_name", "Monthly Means of Sea Surface Temperature", false, NULL);
}

static void bounds_that_no_attribute_names_are_found_by_their_name(void **state) {
  (void)state;
  gm_sst_map map;
  gm_error err = {0};
  flavour f = plain;
  f.bounds = true; /* stamps at the end of the month: read as such, they are of the month after */
  edited_map e = edited_map_start(&f);
  NC(nc_del_att(e.file, fixture_id(e.file, "time"), "bounds"));
  if (edited_map_read(&e, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.first, 12 * FIXTURE_YEAR);
  gm_sst_map_free(&map);
}

/* Latitudes 1° apart at the equator and 5° elsewhere: an index of their cosines alone is not that of areas.
 */
static void an_uneven_grid_is_noted(void **state) {
  (void)state;
  static const double latitudes[FIXTURE_LAT] = {-20, -10, -5, -1, 0, 1, 5, 10, 20};
  gm_sst_map map;
  gm_error err = {0};
  edited_map e = edited_map_start(&plain);
  NC(nc_enddef(e.file));
  NC(nc_put_var_double(e.file, fixture_id(e.file, "lat"), latitudes));
  if (edited_map_read(&e, &map, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(map.n_notes, 1);
  assert_non_null(strstr(map.note[0], "latitudes of the index nino34 are 1 to 4 degrees apart"));
  gm_sst_map_free(&map);
}

/* A further axis of length 1 is no harm, but a sea at 500 m is none at its surface. */
static void a_depth_is_noted(void **state) {
  (void)state;
  static const double depths[] = {500, 0};
  for (int i = 0; i < 2; i++) {
    gm_sst_map map;
    gm_error err = {0};
    flavour f = plain;
    f.order = "tlyx";
    edited_map e = edited_map_start(&f);
    const int level = fixture_id(e.file, "zlev");
    fixture_put_text(e.file, level, "units", "m");
    NC(nc_enddef(e.file));
    NC(nc_put_var_double(e.file, level, &depths[i]));
    if (edited_map_read(&e, &map, &err) != GM_OK) fail_msg("%s", err.message);
    assert_int_equal(map.n_notes, depths[i] != 0 ? 1 : 0);
    if (depths[i] != 0) assert_string_equal(map.note[0], "sst is read at zlev = 500 m.");
    gm_sst_map_free(&map);
  }
}

/* So is one on a scalar coordinate, as xarray writes a level that was selected; a time is no level. */
static void a_scalar_depth_is_noted(void **state) {
  (void)state;
  static const struct {
    const char *units, *note;
  } cases[] = {{"m", "sst is read at depth = 500 m."}, {"days since 1950-01-01", NULL}};
  for (int i = 0; i < 2; i++) {
    int depth;
    const double value = 500;
    gm_sst_map map;
    gm_error err = {0};
    edited_map e = edited_map_start(&plain);
    NC(nc_def_var(e.file, "depth", NC_DOUBLE, 0, NULL, &depth));
    fixture_put_text(e.file, depth, "units", cases[i].units);
    fixture_put_text(e.file, fixture_id(e.file, "sst"), "coordinates", "area depth");
    NC(nc_enddef(e.file));
    NC(nc_put_var_double(e.file, depth, &value));
    if (edited_map_read(&e, &map, &err) != GM_OK) fail_msg("%s", err.message);
    assert_int_equal(map.n_notes, cases[i].note != NULL ? 1 : 0);
    if (cases[i].note != NULL) assert_string_equal(map.note[0], cases[i].note);
    gm_sst_map_free(&map);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(climatologies_are_refused_even_by_name),
                                     cmocka_unit_test(a_time_axis_that_repeats_itself_is_noted),
                                     cmocka_unit_test(a_year_copied_from_the_one_before_is_noted),
                                     cmocka_unit_test(spreads_and_errors_are_refused_unless_chosen),
                                     cmocka_unit_test(other_statistics_are_noted_and_means_are_not),
                                     cmocka_unit_test(bounds_that_no_attribute_names_are_found_by_their_name),
                                     cmocka_unit_test(an_uneven_grid_is_noted),
                                     cmocka_unit_test(a_depth_is_noted),
                                     cmocka_unit_test(a_scalar_depth_is_noted)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
