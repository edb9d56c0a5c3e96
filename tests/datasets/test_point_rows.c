/* SPDX-License-Identifier: MIT
 * Months of cells into a matrix without gaps, as anomalies. */
#include "datasets/maps/point_rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CELLS = 4 };

static size_t *cells(void) {
  size_t *list = malloc(CELLS * sizeof *list);
  for (size_t c = 0; c < CELLS; c++) list[c] = CELLS - 1 - c; /* places in the month, in reverse */
  return list;
}

static void land_and_gaps_are_dropped_and_counted(void **state) {
  (void)state;
  gm_point_rows r;
  size_t n;
  assert_int_equal(gm_point_rows_create(&r, cells(), CELLS, 3, 0, false, NULL), GM_OK);
  const double months[3][CELLS] = {{1, 2, NAN, NAN}, {3, NAN, NAN, 9}, {5, 6, NAN, 9}};
  for (size_t t = 0; t < 3; t++)
    assert_int_equal(gm_point_rows_add(&r, months[t], t, (int)t, false, &n, NULL), GM_OK);
  gm_point_rows_finish(&r);
  assert_int_equal(r.n_points, 1); /* place 0, which is cell 3 */
  assert_int_equal(r.point[0], 3);
  assert_true(r.values[0] == 1 && r.values[1] == 3 && r.values[2] == 5);
  assert_int_equal(gm_point_rows_land(&r), 1);
  assert_int_equal(gm_point_rows_gaps(&r), 2);
  gm_point_rows_free(&r);
}

static void gaps_are_kept_where_they_are_wanted(void **state) {
  (void)state;
  gm_point_rows r;
  size_t n;
  assert_int_equal(gm_point_rows_create(&r, cells(), CELLS, 3, 0, true, NULL), GM_OK);
  const double months[3][CELLS] = {{NAN, 2, NAN, NAN}, {3, 5, NAN, 9}, {5, 8, NAN, 10}};
  for (size_t t = 0; t < 3; t++) /* three Januaries, the first two in the base period */
    assert_int_equal(gm_point_rows_add(&r, months[t], t, 0, t < 2, &n, NULL), GM_OK);
  gm_point_rows_finish(&r);
  assert_int_equal(r.n_points, 3); /* places 3, 1, 0 */
  /* Means of what is there: 9, (2 + 5)/2, 3; row 0 of the result is January, rows 1 and 2 have no base. */
  assert_true(isnan(r.values[0]) && r.values[1] == 2 - 3.5F && isnan(r.values[2]));
  assert_true(r.values[3] == 9 && r.values[4] == 5 && r.values[5] == 3);
  assert_int_equal(gm_point_rows_gaps(&r), 2);
  gm_point_rows_free(&r);
}

/* Value of place c in month t: its calendar month, its year and its cell, in eighths. */
static double value(size_t t, size_t c) {
  return (double)(t % 12) * 0.5 + (double)(t / 12) * 0.25 + (double)c * 2;
}

static void the_seasonal_cycle_of_the_base_period_goes_and_nothing_else(void **state) {
  (void)state;
  enum { FIRST = 5, ROWS = 30 }; /* rows begin in June of year 0; the base is years 0 and 1, all read */
  gm_point_rows r;
  size_t n;
  assert_int_equal(gm_point_rows_create(&r, cells(), CELLS, ROWS, FIRST, false, NULL), GM_OK);
  for (size_t t = 0; t < 36; t++) {
    double month[CELLS];
    for (size_t c = 0; c < CELLS; c++) month[c] = value(t, c);
    const size_t row = t >= FIRST && t < FIRST + ROWS ? t - FIRST : GM_NO_ROW;
    assert_int_equal(gm_point_rows_add(&r, month, row, (int)(t % 12), t < 24, &n, NULL), GM_OK);
    assert_int_equal(n, CELLS);
  }
  gm_point_rows_finish(&r);
  for (size_t row = 0; row < ROWS; row++)
    for (size_t p = 0; p < CELLS; p++)
      assert_true(r.values[row * CELLS + p] == (float)((double)((row + FIRST) / 12) * 0.25 - 0.125));
  gm_point_rows_free(&r);
}

static void nothing_but_land_is_no_point(void **state) {
  (void)state;
  gm_point_rows r;
  size_t n;
  const double month[CELLS] = {NAN, NAN, NAN, NAN};
  assert_int_equal(gm_point_rows_create(&r, cells(), CELLS, 1, 0, false, NULL), GM_OK);
  assert_int_equal(gm_point_rows_add(&r, month, 0, 0, true, &n, NULL), GM_OK);
  assert_int_equal(n, 0);
  gm_point_rows_finish(&r);
  assert_int_equal(r.n_points, 0);
  assert_int_equal(gm_point_rows_land(&r), CELLS);
  gm_point_rows_free(&r);
  gm_point_rows_free(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(land_and_gaps_are_dropped_and_counted),
      cmocka_unit_test(gaps_are_kept_where_they_are_wanted),
      cmocka_unit_test(the_seasonal_cycle_of_the_base_period_goes_and_nothing_else),
      cmocka_unit_test(nothing_but_land_is_no_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
