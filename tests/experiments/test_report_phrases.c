/* SPDX-License-Identifier: MIT
 * What is said of a number, and that its interval carries it. */
#include "experiments/report/phrases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(gm_phrase phrase, const char *expected) {
  assert_string_equal(phrase.text, expected);
}

static void a_difference_is_said_only_where_its_interval_excludes_zero(void **state) {
  (void)state;
  const gm_interval both[] = {{-0.01, -0.016, -0.002}, {-0.014, -0.030, 0.002}};
  expect(
      gm_phrase_compared(both, "°C", 0.5),
      "is lower on validation (−0.016 to −0.002 °C) and cannot be told apart on test (−0.030 to 0.002 °C)");
  const gm_interval worse[] = {{0.1, 0.05, 0.15}, {0.1, NAN, NAN}};
  expect(gm_phrase_compared(worse, NULL, 0),
         "is higher on validation (0.050 to 0.150) and has no interval on test");
}

static void a_factor_has_the_digits_of_its_interval(void **state) {
  (void)state;
  expect(gm_phrase_factor(&(gm_ratio){.ours = 1.0612, .low = 1.02, .high = 1.11}), "1.06");
  expect(gm_phrase_factor(&(gm_ratio){.ours = 0.284, .low = 0.2, .high = 0.36}), "0.28");
  expect(gm_phrase_factor(&(gm_ratio){.ours = 23.4, .low = NAN, .high = NAN}), "about 20");
  expect(gm_phrase_factor(&(gm_ratio){.ours = 1045870, .low = 3e5, .high = 2.5e6}), "about 10⁶");
  expect(gm_phrase_factor(&(gm_ratio){.ours = 1045870, .low = 0.9e6, .high = 1.2e6}), "1,000,000");
  expect(gm_phrase_factor(&(gm_ratio){.ours = 812345, .low = NAN, .high = NAN}), "about 800,000");
  expect(gm_phrase_factor(&(gm_ratio){.ours = 133.8, .low = 133.7, .high = 133.9}), "134");
  expect(gm_phrase_factor(&(gm_ratio){.ours = NAN, .low = NAN, .high = NAN}), "an unknown number of");
}

static void energy_is_saved_only_by_an_interval_below_one(void **state) {
  (void)state;
  assert_string_equal(gm_phrase_saving(&(gm_ratio){.ours = 0.3, .low = 0.2, .high = 0.4}), "saved energy");
  assert_string_equal(gm_phrase_saving(&(gm_ratio){.ours = 1.3, .low = 1.2, .high = 1.4}),
                      "cost more energy");
  assert_string_equal(gm_phrase_saving(&(gm_ratio){.ours = 0.9, .low = 0.7, .high = 1.1}),
                      "cannot be told apart from it in energy");
  assert_string_equal(gm_phrase_saving(&(gm_ratio){.ours = 0.3, .low = NAN, .high = NAN}),
                      "took, with one seed and so without an interval");
}

static void ratios_are_set_beside_the_posters(void **state) {
  (void)state;
  expect(gm_phrase_beside_poster(&(gm_ratio){.ours = 120, .poster = 133.8}), "close to the poster's 134");
  expect(gm_phrase_beside_poster(&(gm_ratio){.ours = 267.6, .poster = 133.8}), "2 times the poster's 134");
  expect(gm_phrase_beside_poster(&(gm_ratio){.ours = 0.25, .poster = 0.5}), "0.5 times the poster's 0.500");
  expect(gm_phrase_beside_poster(&(gm_ratio){.ours = 1e6, .poster = 134}), "far from the poster's 134");
  expect(gm_phrase_beside_poster(&(gm_ratio){.ours = 1, .poster = NAN}), "");
  expect(gm_phrase_ratio(&(gm_ratio){.ours = 1.06, .low = 1.02, .high = 1.11, .poster = 1.04}, "of it"),
         "1.06 of it (1.0 to 1.1; close to the poster's 1.04)");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_difference_is_said_only_where_its_interval_excludes_zero),
      cmocka_unit_test(a_factor_has_the_digits_of_its_interval),
      cmocka_unit_test(energy_is_saved_only_by_an_interval_below_one),
      cmocka_unit_test(ratios_are_set_beside_the_posters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
