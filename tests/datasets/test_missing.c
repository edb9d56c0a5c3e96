/* SPDX-License-Identifier: MIT
 * Marks of missing values. Truths: what agencies write (NOAA PSL −99.99, −9.99 and −999.9, NCEI 99.99 and
 * −9999, CMIP 1e20, netCDF's fill values, Ferret −1e34), and pandas' list of words. */
#include "datasets/missing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void known_marks_are_known_as_doubles_and_as_floats(void **state) {
  (void)state;
  static const double marks[] = {-99.99, -99.9, -999,   -999.9,     -9999,     999.9,   99.99,
                                 9999,   -9.99, -99,    -999.9,     9.969e36,  1e20,    -1e34,
                                 -32768, 32767, -32767, 2147483647, -99.999,   -9999.9, 999999,
                                 1e30,   -1e30, 99.9,   -999.99,    9.96921e36};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    if (!gm_missing_is_known(marks[i])) fail_msg("%g", marks[i]);
    if (!gm_missing_is_known((double)(float)marks[i])) fail_msg("%g as a float", marks[i]);
  }
  static const double data[] = {0,      0.999, 9,    9.9,  -9.9,  99,   -9,  99.95, 999.5,
                                -99.98, 998,   1000, 1e19, -1000, 0.99, 100, 9990};
  for (size_t i = 0; i < sizeof data / sizeof *data; i++)
    if (gm_missing_is_known(data[i])) fail_msg("%g", data[i]);
}

static void a_mark_betrays_itself_beyond_all_other_values(void **state) {
  (void)state;
  double mark;
  size_t place;
  gm_missing_watch w = gm_missing_watch_start();
  const double pressure[] = {999.9, 998.2, 1003.4, 999.9};
  for (size_t i = 0; i < 4; i++) gm_missing_watch_value(&w, pressure[i], i);
  assert_false(gm_missing_watch_finds(&w, &mark, &place)); /* hectopascals */
  w = gm_missing_watch_start();
  const double anomalies[] = {0.3, -99.99, (double)NAN, 999.9, -99.99, -1.2};
  for (size_t i = 0; i < 6; i++) gm_missing_watch_value(&w, anomalies[i], i + 10);
  assert_true(gm_missing_watch_finds(&w, &mark, &place));
  assert_true(mark == -99.99 && place == 11);
  w = gm_missing_watch_start();
  for (size_t i = 3; i < 6; i += 2) gm_missing_watch_value(&w, anomalies[i], i);
  assert_true(gm_missing_watch_finds(&w, &mark, &place));
  assert_true(mark == 999.9 && place == 3);
}

static void an_option_lists_numbers_words_and_none(void **state) {
  (void)state;
  gm_missing m;
  gm_error err;
  assert_int_equal(gm_missing_parse("-99.99,***,9.96921e36", &m, &err), GM_OK);
  assert_true(!m.all_data && m.n == 3);
  assert_true(gm_missing_is(&m, -99.99) && gm_missing_is(&m, (double)-99.99F) && !gm_missing_is(&m, -99.9));
  assert_true(gm_missing_is(&m, 9.969209968386869e36));
  assert_true(gm_missing_is_word(&m, "***") && !gm_missing_is_word(&m, "**"));
  assert_false(gm_missing_is(&m, (double)NAN));
  assert_int_equal(gm_missing_parse("none", &m, &err), GM_OK);
  assert_true(m.all_data && m.n == 0);
  assert_int_equal(gm_missing_parse(NULL, &m, &err), GM_OK);
  assert_true(!m.all_data && m.n == 0);
  assert_int_equal(gm_missing_parse("0", &m, &err), GM_OK);
  assert_true(gm_missing_is(&m, 0) && !gm_missing_is(&m, 1e-300));
  static const char *const bad[] = {"", ",", "-99,", "1,,2", "123456789012345678901234567890123"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(gm_missing_parse(bad[i], &m, &err), GM_BAD_INPUT);
}

static void words_for_nothing_are_those_of_pandas(void **state) {
  (void)state;
  static const char *const words[] = {"",     "NA",   "N/A",  "n/a",  "NaN",  "nan",
                                      "-nan", "null", "NULL", "None", "<NA>", "#N/A"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) assert_true(gm_missing_is_empty(words[i]));
  static const char *const others[] = {"-", ".", "***", "x", "0", "nana"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) assert_false(gm_missing_is_empty(others[i]));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_marks_are_known_as_doubles_and_as_floats),
      cmocka_unit_test(a_mark_betrays_itself_beyond_all_other_values),
      cmocka_unit_test(an_option_lists_numbers_words_and_none),
      cmocka_unit_test(words_for_nothing_are_those_of_pandas),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
