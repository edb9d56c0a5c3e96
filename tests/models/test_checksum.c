/* SPDX-License-Identifier: MIT
 * Checksums against those of Python's xxhash; a seal is found where it is and nowhere else. */
#include "models/files/checksum.h"
#include "tests/assert_near.h"

#include <string.h>

/* xxhash.xxh3_128_hexdigest of each. */
static void checksums_are_those_of_the_published_algorithm(void **state) {
  (void)state;
  unsigned char thousand[1000];
  for (size_t i = 0; i < sizeof thousand; i++) thousand[i] = (unsigned char)(i % 251);
  const struct {
    const void *data;
    size_t size;
    const char *digits;
  } cases[] = {{"", 0, "99aa06d3014798d86001c324468d497f"},
               {"greenmile", 9, "632255f6170c4d400234d26796b4ba23"},
               {thousand, sizeof thousand, "18bf41bc8229e27733ef703fb2b20ed1"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (size_t cut = 0; cut <= cases[i].size; cut += 1 + cases[i].size / 7) { /* in two pieces */
      char text[GM_CHECKSUM_TEXT];
      gm_checksum *checksum = gm_checksum_create();
      assert_non_null(checksum);
      gm_checksum_add(checksum, cases[i].data, cut);
      gm_checksum_add(checksum, (const char *)cases[i].data + cut, cases[i].size - cut);
      assert_string_equal(gm_checksum_digits(checksum, text), cases[i].digits);
      gm_checksum_free(checksum);
    }
  gm_checksum_free(NULL); /* harmless */
}

#define ZEROS "00000000000000000000000000000000"

static void a_seal_stands_in_the_member_and_nowhere_else(void **state) {
  (void)state;
  static const char *const without[] = {
      "{}",
      "{\"checksum\":\"short\"}",
      "{\"checksum\":" ZEROS "}",
      "{\"note\":\"checksum\",\"x\":\"" ZEROS "\"}",
      "{\"note\":\"\\\"checksum\\\":\\\"" ZEROS "\\\"\"}",
      "{\"checksum\":\"" ZEROS "0\"}",
  };
  bool sealed = true;
  for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
    char text[128];
    strcpy(text, without[i]);
    assert_int_equal(gm_seal_check("f", text, strlen(text), NULL, 0, &sealed, NULL), GM_OK);
    assert_false(sealed);
  }
}

static void a_sealed_text_is_checked_with_its_data(void **state) {
  (void)state;
  char text[] = "{\"note\": \"checksum\", \"checksum\" : \"" ZEROS "\"}\n", data[] = "1234";
  gm_error err = {GM_OK, ""};
  bool sealed = false;
  gm_checksum *content = gm_checksum_create();
  gm_checksum_add(content, text, strlen(text));
  gm_checksum_add(content, data, 4);
  gm_seal_set(text, content);
  gm_checksum_free(content);
  assert_null(strstr(text, ZEROS));
  char copy[sizeof text];
  memcpy(copy, text, sizeof text);
  assert_int_equal(gm_seal_check("f", text, strlen(text), data, 4, &sealed, NULL), GM_OK);
  assert_true(sealed);
  assert_string_equal(text, copy); /* and stays as it was */
  data[2] ^= 1;
  assert_int_equal(gm_seal_check("f", text, strlen(text), data, 4, &sealed, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "f: damaged, or changed since it was written: its checksum is "));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(checksums_are_those_of_the_published_algorithm),
      cmocka_unit_test(a_seal_stands_in_the_member_and_nowhere_else),
      cmocka_unit_test(a_sealed_text_is_checked_with_its_data),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
