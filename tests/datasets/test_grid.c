/* SPDX-License-Identifier: MIT
 * Boxes and the cells in them, whichever way the grid is stored. */
#include "datasets/maps/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N_LAT = 5, N_LON = 12 };
static const double ascending[N_LAT] = {-60, -30, 0, 30, 60};
static const double descending[N_LAT] = {60, 30, 0, -30, -60};

/* Longitudes from `first` in steps of 30. */
static void longitudes(double first, double out[N_LON]) {
  for (int i = 0; i < N_LON; i++) out[i] = first + 30 * i;
}

static gm_selection select_box(const char *text, const double *latitude, double first_longitude) {
  double longitude[N_LON];
  gm_box box;
  gm_selection s;
  longitudes(first_longitude, longitude);
  assert_int_equal(gm_box_parse(text, "box", &box, NULL), GM_OK);
  assert_int_equal(gm_box_select(&box, latitude, N_LAT, longitude, N_LON, &s, NULL), GM_OK);
  return s;
}

static void edges_belong_to_the_box(void **state) {
  (void)state;
  gm_selection s = select_box("-30:30,60:120", ascending, 0);
  assert_int_equal(s.n_rows, 3);
  assert_int_equal(s.n_columns, 3);
  assert_int_equal(s.row[0], 1);
  assert_int_equal(s.column[0], 2);
  gm_selection_free(&s);
}

static void rows_run_south_to_north_also_when_stored_north_first(void **state) {
  (void)state;
  gm_selection s = select_box("-30:30,60:120", descending, 0);
  assert_int_equal(s.n_rows, 3);
  assert_true(descending[s.row[0]] == -30 && descending[s.row[1]] == 0 && descending[s.row[2]] == 30);
  gm_selection_free(&s);
}

static void every_convention_of_longitude_selects_the_same_meridians(void **state) {
  (void)state;
  static const char *const same[] = {"0:0,150:-120", "0:0,150:240", "0:0,-210:-120"};
  static const double firsts[] = {0, -180, 30, -330};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
      gm_selection s = select_box(same[i], ascending, firsts[f]);
      double longitude[N_LON];
      longitudes(firsts[f], longitude);
      assert_int_equal(s.n_columns, 4); /* 150, 180, 210, 240: across the date line, in this order */
      for (size_t j = 0; j < s.n_columns; j++) {
        const double east = longitude[s.column[j]] - (150.0 + 30.0 * (double)j);
        assert_true(east == 0 || east == 360 || east == -360);
      }
      gm_selection_free(&s);
    }
}

static void a_whole_circle_starts_at_its_west(void **state) {
  (void)state;
  gm_selection s = select_box("-90:90,-180:180", ascending, 0);
  assert_int_equal(s.n_columns, N_LON);
  assert_int_equal(s.column[0], 6); /* 180° */
  gm_selection_free(&s);
}

static void a_meridian_stored_twice_counts_once(void **state) {
  (void)state;
  const double cyclic[] = {0, 120, 240, 360};
  gm_box globe = gm_box_globe(0);
  gm_selection s;
  assert_int_equal(gm_box_select(&globe, ascending, N_LAT, cyclic, 4, &s, NULL), GM_OK);
  assert_int_equal(s.n_columns, 3);
  gm_selection_free(&s);
}

static void single_precision_centres_on_the_edge_are_inside(void **state) {
  (void)state;
  const double third[] = {(double)(1.0F / 3), (double)(2.0F / 3), 1};
  gm_box box;
  gm_selection s;
  assert_int_equal(
      gm_box_parse("0.333333333333:0.666666666666,0.333333333333:0.666666666666", "box", &box, NULL), GM_OK);
  assert_int_equal(gm_box_select(&box, third, 3, third, 3, &s, NULL), GM_OK);
  assert_int_equal(s.n_rows * s.n_columns, 4);
  gm_selection_free(&s);
}

static void longitudes_of_a_map_have_no_seam(void **state) {
  (void)state;
  gm_box box;
  gm_box_parse("-30:30,120:-80", "box", &box, NULL);
  assert_true(gm_box_longitude(&box, 120) == 120 && gm_box_longitude(&box, -80) == 280);
  assert_true(gm_box_longitude(&box, -180) == 180 && gm_box_longitude(&box, 180) == 180);
}

static void regions_have_their_published_corners(void **state) {
  (void)state;
  gm_box box;
  assert_int_equal(gm_box_find("nino34", "index", &box, NULL), GM_OK);
  assert_true(box.south == -5 && box.north == 5 && box.west == 190 && box.east == 240);
  assert_int_equal(gm_box_find("nino3", "index", &box, NULL), GM_OK);
  assert_true(box.west == 210 && box.east == 270);
  assert_int_equal(gm_box_find("nino4", "index", &box, NULL), GM_OK);
  assert_true(box.west == 160 && box.east == 210);
  assert_int_equal(gm_box_find("nino12", "index", &box, NULL), GM_OK);
  assert_true(box.south == -10 && box.north == 0 && box.west == 270 && box.east == 280);
  assert_int_equal(gm_box_find("-3:3,100:110", "index", &box, NULL), GM_OK);
  assert_true(box.south == -3 && box.east == 110);
}

static void bad_boxes_are_refused_with_the_option(void **state) {
  (void)state;
  static const char *const bad[] = {"",          "nino99",           "1:2",         "5:-5,0:10", "-91:0,0:10",
                                    "0:91,0:10", "0:1,0:10 ",        "0:1,0:999",   "a:b,c:d",   "nan:1,0:10",
                                    "0:1,0:inf", "0:1,0:10,extra:1", "0:1;100:110", "0:1,-999:0"};
  gm_box box;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_error err = {0};
    assert_int_equal(gm_box_find(bad[i], "--index", &box, &err), GM_BAD_INPUT);
    assert_memory_equal(err.message, "--index: ", 9);
  }
}

static void an_index_is_a_box_or_the_difference_of_two(void **state) {
  (void)state;
  gm_box b[GM_INDEX_BOXES];
  size_t n;
  gm_error err;
  assert_int_equal(gm_boxes_find("nino34", "--index", b, &n, &err), GM_OK);
  assert_true(n == 1 && b[0].west == 190);
  assert_int_equal(gm_boxes_find("-5:5,-170:-120", "--index", b, &n, &err), GM_OK);
  assert_true(n == 1 && b[0].west == -170);
  assert_int_equal(gm_boxes_find("iod", "--index", b, &n, &err), GM_OK); /* Saji et al. 1999 */
  assert_true(n == 2 && b[0].south == -10 && b[0].north == 10 && b[0].west == 50 && b[0].east == 70);
  assert_true(b[1].south == -10 && b[1].north == 0 && b[1].west == 90 && b[1].east == 110);
  assert_int_equal(gm_boxes_find("-10:0,270:280 - -5:5,160:210", "--index", b, &n, &err), GM_OK);
  assert_true(n == 2 && b[0].west == 270 && b[1].south == -5 && b[1].west == 160);
  assert_int_equal(gm_boxes_find("nino3-", "--index", b, &n, &err), GM_BAD_INPUT);
  assert_int_equal(gm_boxes_find("nino3-nino5", "--index", b, &n, &err), GM_BAD_INPUT);
}

/* Where a grid of so many rows and columns from there on, of these steps, ends inside a box; "" where it
 * covers it. */
static void expect_end(const char *text, double south, double d_lat, size_t n_lat, double west, double d_lon,
                       size_t n_lon, const char *side) {
  double latitude[200], longitude[400];
  gm_box box;
  gm_selection s;
  for (size_t i = 0; i < n_lat; i++) latitude[i] = south + d_lat * (double)i;
  for (size_t i = 0; i < n_lon; i++) longitude[i] = west + d_lon * (double)i;
  assert_int_equal(gm_box_parse(text, "box", &box, NULL), GM_OK);
  assert_int_equal(gm_box_select(&box, latitude, n_lat, longitude, n_lon, &s, NULL), GM_OK);
  const char *end = gm_box_uncovered(&box, latitude, n_lat, longitude, n_lon, &s);
  gm_selection_free(&s);
  if (strcmp(end != NULL ? end : "", side) != 0) fail_msg("%s: %s, not \"%s\"", text, end, side);
}

static void a_grid_that_ends_inside_a_box_is_found(void **state) {
  (void)state;
  expect_end("-5:5,190:240", -88, 2, 89, 0, 2, 180, "");     /* ERSST: centres at ±4 */
  expect_end("-5:5,190:240", -4.5, 1, 10, 190.5, 1, 50, ""); /* just its cells */
  expect_end("-5:5,190:240", 88, -2, 89, 0, 2, 180, "");     /* from north to south */
  expect_end("-5:5,-10:10", -89.5, 1, 180, -179.5, 1, 360, "");
  expect_end("-5:5,350:10", -88, 2, 89, 0, 2, 180, "");  /* across the seam */
  expect_end("-90:90,0:360", -88, 2, 89, 0, 2, 180, ""); /* no row on the poles */
  expect_end("-90:90,0:360", -20, 4, 11, 160, 5, 27, "south");
  expect_end("-20:20,0:360", -20, 4, 11, 160, 5, 27, "east");
  expect_end("-5:5,280:330", -20, 4, 11, 160, 5, 27, "east");
  expect_end("-5:5,120:170", -20, 4, 11, 160, 5, 27, "west");
  expect_end("-60:0,190:240", -20, 4, 11, 160, 5, 27, "south");
  expect_end("0:60,190:240", 20, -4, 11, 160, 5, 27, "north");
  expect_end("-5:5,190:240", -4, 1, 20, 160, 1, 100, "south"); /* the row at −5 is not there */
  expect_end("-5:5,190:240", 0, 1, 1, 215, 1, 1, "");          /* one cell has no spacing */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_index_is_a_box_or_the_difference_of_two),
      cmocka_unit_test(edges_belong_to_the_box),
      cmocka_unit_test(rows_run_south_to_north_also_when_stored_north_first),
      cmocka_unit_test(every_convention_of_longitude_selects_the_same_meridians),
      cmocka_unit_test(a_whole_circle_starts_at_its_west),
      cmocka_unit_test(a_meridian_stored_twice_counts_once),
      cmocka_unit_test(single_precision_centres_on_the_edge_are_inside),
      cmocka_unit_test(longitudes_of_a_map_have_no_seam),
      cmocka_unit_test(regions_have_their_published_corners),
      cmocka_unit_test(bad_boxes_are_refused_with_the_option),
      cmocka_unit_test(a_grid_that_ends_inside_a_box_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
