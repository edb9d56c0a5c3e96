/* SPDX-License-Identifier: MIT
 * Distributions and the parameters of a study. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/search_space.h"

#include <math.h>
#include <string.h>

static gm_distribution checked(gm_distribution d) {
  gm_error err;
  assert_int_equal(gm_distribution_check(&d, "p", &err), GM_OK);
  return d;
}

static void assert_refused(gm_distribution d, const char *expected_words) {
  gm_error err;
  assert_int_equal(gm_distribution_check(&d, "p", &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "parameter 'p': "));
  assert_non_null(strstr(err.message, expected_words));
}

/* Python: float((Decimal(str(high)) - Decimal(str(low))) // Decimal(str(step)) * step + low). */
static void high_is_lowered_to_the_grid_in_decimal(void **state) {
  (void)state;
  static const struct {
    double low, high, step, expected;
  } cases[] = {
      {0.0, 0.3, 0.1, 0.3}, /* binary division would stop at 0.2: 0.3 / 0.1 < 3 */
      {0.0, 1.0, 0.3, 0.9},       {-0.3, 1.0, 0.2, 0.9},    {0.1, 0.35, 0.1, 0.3}, {1e-7, 1e-6, 3e-7, 1e-6},
      {1e-7, 1.1e-6, 3e-7, 1e-6}, {0.0, 1e10, 1e-10, 1e10}, {5.0, 5.0, 0.5, 5.0},  {0.0, 0.05, 0.1, 0.0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const gm_distribution d = checked(gm_float_grid(cases[i].low, cases[i].high, cases[i].step));
    assert_true(d.high == cases[i].expected);
  }
  assert_true(checked(gm_int_grid(16, 250, 16)).high == 240.0);
  assert_true(checked(gm_int_grid(-5, 6, 4)).high == 3.0);
}

static void illegal_ranges_are_refused_with_the_field(void **state) {
  (void)state;
  assert_refused(gm_float_range(1.0, 0.5), "low must not exceed high");
  assert_refused(gm_float_range(NAN, 0.5), "finite");
  assert_refused(gm_float_range(0.0, INFINITY), "finite");
  assert_refused(gm_float_range(-1.7e308, 1.7e308), "finite");
  assert_refused(gm_float_log_range(0.0, 1.0), "low must be above 0 on a log scale");
  assert_refused(gm_float_grid(0.0, 1.0, 0.0), "step must be above 0, not 0");
  assert_refused(gm_float_grid(0.0, 1.0, -0.1), "step must be above 0, not -0.1");
  assert_refused(gm_float_grid(0.0, 1e30, 1e-30), "too small for the range");
  assert_refused((gm_distribution){.kind = GM_FLOAT, .log = true, .low = 1.0, .high = 2.0, .step = 0.5},
                 "takes no step");
  assert_refused(gm_int_log_range(0, 10), "low must be at least 1 on a log scale");
  assert_refused(gm_int_grid(0, 10, 0), "step must be at least 1, not 0");
  assert_refused((gm_distribution){.kind = GM_INT, .low = 0.5, .high = 2.0, .step = 1.0}, "whole numbers");
  assert_refused((gm_distribution){.kind = GM_INT, .log = true, .low = 1.0, .high = 9.0, .step = 2.0},
                 "step must be 1");
  assert_refused(gm_choice(0, NULL), "at least one choice");
}

static void single_valued_means_one_grid_point(void **state) {
  (void)state;
  assert_true(gm_distribution_single(&(gm_distribution){.kind = GM_CATEGORICAL, .n_choices = 1}));
  const gm_distribution narrow = checked(gm_float_grid(0.0, 0.05, 0.1)), step = checked(gm_int_grid(3, 5, 4));
  const gm_distribution two = checked(gm_int_grid(3, 7, 4)), point = checked(gm_float_log_range(2.0, 2.0));
  assert_true(gm_distribution_single(&narrow));
  assert_true(gm_distribution_single(&step));
  assert_true(gm_distribution_single(&point));
  assert_false(gm_distribution_single(&two));
}

static void contains_asks_for_range_and_grid(void **state) {
  (void)state;
  const gm_distribution grid = checked(gm_float_grid(0.0, 1.0, 0.1)), step = checked(gm_int_grid(-3, 9, 4));
  const gm_distribution category = checked(gm_choice(3, NULL)), range = checked(gm_float_range(0.0, 1.0));
  assert_true(gm_distribution_contains(&grid, 0.1 * 3.0)); /* 0.30000000000000004 */
  assert_false(gm_distribution_contains(&grid, 0.35));
  assert_false(gm_distribution_contains(&grid, 1.1));
  assert_true(gm_distribution_contains(&step, 1.0));
  assert_false(gm_distribution_contains(&step, 2.0));
  assert_true(gm_distribution_contains(&category, 2.0));
  assert_false(gm_distribution_contains(&category, 3.0));
  assert_false(gm_distribution_contains(&range, NAN));
}

static void domain_is_widened_by_half_a_step_where_there_is_a_grid(void **state) {
  (void)state;
  static const struct {
    gm_distribution d;
    double lower, upper;
  } cases[] = {
      {{.kind = GM_FLOAT, .low = -1.0, .high = 2.0}, -1.0, 2.0},
      {{.kind = GM_FLOAT, .low = -1.0, .high = 2.0, .step = 0.5}, -1.25, 2.25},
      {{.kind = GM_INT, .low = 16.0, .high = 64.0, .step = 16.0}, 8.0, 72.0},
  };
  double lower, upper;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    gm_distribution_domain(&cases[i].d, &lower, &upper);
    assert_true(lower == cases[i].lower && upper == cases[i].upper);
  }
  const gm_distribution log_float = gm_float_log_range(0.01, 1.0), log_int = gm_int_log_range(1, 8);
  gm_distribution_domain(&log_float, &lower, &upper);
  assert_true(lower == log(0.01) && upper == 0.0);
  gm_distribution_domain(&log_int, &lower, &upper);
  assert_true(lower == log(0.5) && upper == log(8.5));
}

static void snap_rounds_halves_to_even_and_stays_inside(void **state) {
  (void)state;
  const gm_distribution d = checked(gm_int_grid(10, 30, 4)), range = checked(gm_float_range(0.0, 1.0));
  assert_true(gm_distribution_snap(&d, 12.0) == 10.0); /* half of step 0 and 1: 0 is even */
  assert_true(gm_distribution_snap(&d, 16.0) == 18.0); /* half of step 1 and 2: 2 is even */
  assert_true(gm_distribution_snap(&d, -7.0) == 10.0);
  assert_true(gm_distribution_snap(&d, 77.0) == 30.0);
  assert_true(gm_distribution_snap(&range, nextafter(1.0, 2.0)) == 1.0);
}

static void equal_parameters_share_one_pointer_and_copy_their_labels(void **state) {
  (void)state;
  gm_search_space space = {0};
  gm_error err;
  char label[] = "sgd", name[] = "optimizer";
  const char *labels[] = {label, "adam"};
  const gm_distribution choice = gm_choice(2, labels);
  const gm_parameter *first, *again, *other;
  assert_int_equal(gm_search_space_add(&space, name, &choice, &first, &err), GM_OK);
  name[0] = label[0] = 'X';
  assert_string_equal(first->name, "optimizer");
  assert_string_equal(first->distribution.choices[0], "sgd");
  label[0] = 's';
  assert_int_equal(gm_search_space_add(&space, "optimizer", &choice, &again, &err), GM_OK);
  assert_ptr_equal(first, again);
  for (int i = 0; i < 100; i++) { /* grows without moving what it handed out */
    const gm_distribution range = gm_float_range(0.0, 1.0 + i);
    assert_int_equal(gm_search_space_add(&space, "x", &range, &other, &err), GM_OK);
    assert_true(other->distribution.high == 1.0 + i);
    assert_ptr_equal(other->name, space.names[1]);
  }
  assert_int_equal(gm_search_space_add(&space, "optimizer", &choice, &again, &err), GM_OK);
  assert_ptr_equal(first, again);
  gm_search_space_free(&space);
}

static void another_kind_scale_or_list_of_labels_is_refused(void **state) {
  (void)state;
  gm_search_space space = {0};
  gm_error err;
  const char *const labels[] = {"a", "b"}, *const swapped[] = {"b", "a"};
  const gm_distribution x = gm_float_range(0.0, 1.0), wider = gm_float_range(0.0, 2.0),
                        c = gm_choice(2, labels);
  const gm_distribution others_of_x[] = {gm_int_range(0, 1), gm_float_log_range(0.1, 1.0), c};
  const gm_distribution others_of_c[] = {gm_choice(2, swapped), gm_choice(1, labels), gm_choice(2, NULL)};
  const gm_parameter *parameter;
  assert_int_equal(gm_search_space_add(&space, "x", &x, &parameter, &err), GM_OK);
  assert_int_equal(gm_search_space_add(&space, "x", &wider, &parameter, &err), GM_OK);
  assert_int_equal(gm_search_space_add(&space, "c", &c, &parameter, &err), GM_OK);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(gm_search_space_add(&space, "x", &others_of_x[i], &parameter, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "'x'"));
    assert_int_equal(gm_search_space_add(&space, "c", &others_of_c[i], &parameter, &err), GM_BAD_INPUT);
  }
  assert_int_equal(space.n_parameters, 3);
  gm_search_space_free(&space);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(high_is_lowered_to_the_grid_in_decimal),
      cmocka_unit_test(illegal_ranges_are_refused_with_the_field),
      cmocka_unit_test(single_valued_means_one_grid_point),
      cmocka_unit_test(contains_asks_for_range_and_grid),
      cmocka_unit_test(domain_is_widened_by_half_a_step_where_there_is_a_grid),
      cmocka_unit_test(snap_rounds_halves_to_even_and_stays_inside),
      cmocka_unit_test(equal_parameters_share_one_pointer_and_copy_their_labels),
      cmocka_unit_test(another_kind_scale_or_list_of_labels_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
