/* SPDX-License-Identifier: MIT
 * UTF-8 (RFC 3629): every character there is, written and measured, and nothing else. */
#include "common/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_character_has_the_length_it_is_written_with(void **state) {
  (void)state;
  char text[4];
  for (unsigned long code = 0; code <= 0x10ffff; code++) {
    const size_t n = gm_utf8_write(code, text);
    const size_t expected = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const int surrogate = code >= 0xd800 && code < 0xe000;
    if (n != expected) fail_msg("U+%04lX is written in %zu bytes", code, n);
    if (gm_utf8_length(text, n) != (surrogate ? 0 : n)) fail_msg("U+%04lX is not taken as it is", code);
    if (n > 1 && gm_utf8_length(text, n - 1) != 0) fail_msg("U+%04lX is taken where it is cut short", code);
  }
}

/* Counted over all first and second bytes: exactly the sequences of RFC 3629 are accepted. */
static void exactly_the_table_of_the_standard_is_accepted(void **state) {
  (void)state;
  size_t two = 0, three = 0;
  for (unsigned a = 0x80; a < 0x100; a++)
    for (unsigned b = 0; b < 0x100; b++) {
      const char pair[] = {(char)a, (char)b, (char)0x80};
      two += gm_utf8_length(pair, 2) == 2;
      three += gm_utf8_length(pair, 3) == 3;
    }
  assert_int_equal(two, 0x800 - 0x80); /* U+0080 to U+07FF */
  assert_int_equal(three,
                   (0x10000 - 0x800 - 0x800) / 0x40); /* U+0800 to U+FFFF less surrogates, last byte 80 */
}

static void characters_are_counted_not_bytes(void **state) {
  (void)state;
  assert_int_equal(gm_utf8_characters(""), 0);
  assert_int_equal(gm_utf8_characters("Niño 3.4 °C"), 11);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_character_has_the_length_it_is_written_with),
      cmocka_unit_test(exactly_the_table_of_the_standard_is_accepted),
      cmocka_unit_test(characters_are_counted_not_bytes),
  };
  return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
