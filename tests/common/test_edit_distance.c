/* SPDX-License-Identifier: MIT
 * The distance of two words: known cases, and the laws of a distance. */
#include "common/edit_distance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void known_cases(void **state) {
  (void)state;
  assert_int_equal(gm_edit_distance("kitten", "sitting"), 3);
  assert_int_equal(gm_edit_distance("saturday", "sunday"), 3);
  assert_int_equal(gm_edit_distance("flaw", "lawn"), 2);
  assert_int_equal(gm_edit_distance("", "abc"), 3);
  assert_int_equal(gm_edit_distance("abc", ""), 3);
  assert_int_equal(gm_edit_distance("Epochs", "ePOCHS"), 0);
}

/* "ca" to "abc" is the known case that tells the alignment, 3, from the unrestricted distance, 2. */
static void neighbours_that_are_swapped_count_once(void **state) {
  (void)state;
  assert_int_equal(gm_edit_distance("DUE", "DEU"), 1);
  assert_int_equal(gm_edit_distance("medain", "median"), 1);
  assert_int_equal(gm_edit_distance("ab", "ba"), 1);
  assert_int_equal(gm_edit_distance("abcd", "badc"), 2);
  assert_int_equal(gm_edit_distance("ca", "abc"), 3);
}

static void it_is_a_distance(void **state) {
  (void)state;
  const char *const words[] = {"",       "a",     "seed", "seeds", "speed",
                               "epochs", "epoch", "out",  "tuo",   "learning-rate"};
  const size_t n = sizeof words / sizeof *words;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      const int d = gm_edit_distance(words[i], words[j]);
      assert_true((d == 0) == (i == j));
      assert_int_equal(d, gm_edit_distance(words[j], words[i]));
      for (size_t k = 0; k < n; k++)
        assert_true(d <= gm_edit_distance(words[i], words[k]) + gm_edit_distance(words[k], words[j]));
    }
}

static void what_is_longer_than_it_looks_at_does_no_harm(void **state) {
  (void)state;
  char text[1000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  assert_int_equal(gm_edit_distance("x", text), GM_EDIT_LENGTH - 1);
  assert_int_equal(gm_edit_distance(text, "x"), sizeof text - 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_cases),
      cmocka_unit_test(neighbours_that_are_swapped_count_once),
      cmocka_unit_test(it_is_a_distance),
      cmocka_unit_test(what_is_longer_than_it_looks_at_does_no_harm),
  };
  return cmocka_run_group_tests_name("edit_distance", tests, NULL, NULL);
}
