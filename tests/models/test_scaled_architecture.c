/* SPDX-License-Identifier: MIT
 * The scaled network against the parser's own count, and near what is wanted from 1,000 to 30 million. */
#include "models/network/architecture.h"
#include "models/network/scaled_architecture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const gm_shape sample = {.channels = 1, .length = 12};

static void sizes_are_near_what_is_wanted_and_as_the_parser_counts(void **state) {
  (void)state;
  size_t before = 0;
  for (double wanted = 1000; wanted < 4e7; wanted *= 3) {
    char text[GM_SCALED_ARCHITECTURE_TEXT];
    gm_architecture architecture;
    gm_error err = {0};
    const size_t n = gm_scaled_architecture(sample, (size_t)wanted, text);
    assert_int_equal(gm_architecture_parse(text, sample, &architecture, &err), GM_OK);
    assert_int_equal(architecture.n_parameters, n);
    assert_true(fabs((double)n / wanted - 1) < 0.15);
    assert_true(n > before);
    before = n;
    gm_architecture_free(&architecture);
  }
}

static void the_default_is_one_of_them(void **state) {
  (void)state;
  char text[GM_SCALED_ARCHITECTURE_TEXT];
  assert_int_equal(gm_scaled_architecture(sample, 6990089, text), 6990089);
  assert_string_equal(text, GM_ARCHITECTURE_INDEX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_are_near_what_is_wanted_and_as_the_parser_counts),
      cmocka_unit_test(the_default_is_one_of_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
