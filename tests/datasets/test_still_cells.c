/* SPDX-License-Identifier: MIT
 * Cells that never change, months of one value and months that repeat the one before are found. */
#include "datasets/maps/still_cells.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_year_without_change_is_still_and_any_change_is_not(void **state) {
  (void)state;
  enum { CELLS = 4 };
  gm_still_cells cells;
  gm_error err;
  assert_int_equal(gm_still_cells_create(&cells, CELLS, &err), GM_OK);
  for (int t = 0; t < 13; t++) {
    /* never changes; changes at last; eleven months only; never has a value */
    const double month[CELLS] = {-1, t == 12 ? 3 : 2, t < 11 ? 5 : (double)NAN, (double)NAN};
    assert_false(gm_still_cells_add(&cells, month));
    assert_int_equal(gm_still_cells_is(&cells, 0), t >= 11);
    assert_int_equal(gm_still_cells_is(&cells, 1), t == 11);
  }
  assert_false(gm_still_cells_is(&cells, 2));
  assert_false(gm_still_cells_is(&cells, 3));
  gm_still_cells_free(&cells);
}

static void a_month_of_one_value_needs_four_cells(void **state) {
  (void)state;
  const double nan = (double)NAN;
  const double months[][5] = {
      {0, 0, 0, 0, nan}, {0, -0.0, 0, 0, 0}, {0, 0, 0, nan, nan}, {0, 0, 0, 0, 1}, {nan, nan, nan, nan, nan}};
  const bool one_value[] = {true, true, false, false, false};
  for (size_t m = 0; m < 5; m++) {
    gm_still_cells cells;
    gm_error err;
    assert_int_equal(gm_still_cells_create(&cells, 5, &err), GM_OK);
    assert_int_equal(gm_still_cells_add(&cells, months[m]), one_value[m]);
    gm_still_cells_free(&cells);
  }
}

static void a_month_that_is_the_one_before_is_counted(void **state) {
  (void)state;
  const double nan = (double)NAN;
  const double months[][5] = {
      {1, 2, 3, 4, 5}, {2, 2, 3, 4, 5}, {2, 2, 3, 4, nan}, {2, 2, 3, 4, 6}, {2, 2, 3, nan, nan}};
  gm_still_cells cells; /* the third and the fourth repeat; the fifth has three cells in common */
  gm_error err;
  assert_int_equal(gm_still_cells_create(&cells, 5, &err), GM_OK);
  for (size_t m = 0; m < 5; m++) gm_still_cells_add(&cells, months[m]);
  assert_int_equal(cells.n_repeats, 2);
  assert_int_equal(cells.first_repeat, 2);
  gm_still_cells_free(&cells);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_year_without_change_is_still_and_any_change_is_not),
      cmocka_unit_test(a_month_of_one_value_needs_four_cells),
      cmocka_unit_test(a_month_that_is_the_one_before_is_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
