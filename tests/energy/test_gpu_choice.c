/* SPDX-License-Identifier: MIT
 * Which cards a list means. */
#include "energy/sources/gpu_choice.h"
#include "tests/assert_near.h"

/* How many of cards 0, 1, 2 (the last with a UUID) the list wants. */
static int wanted(const char *list, gm_gpu_choice *choice) {
  static const char *const uuid[] = {"GPU-00aa", "GPU-00bb", "GPU-1a2b3c"};
  int n = 0;
  gm_gpu_choice_parse(choice, list);
  for (int i = 0; i < 3; i++) n += gm_gpu_choice_wants(choice, i, uuid[i], "");
  return n;
}

static void lists_mean_what_they_name(void **state) {
  (void)state;
  static const struct {
    const char *list;
    int n;
  } cases[] = {{NULL, 3}, {"all", 3},    {"ALL", 3},      {"", 0},         {"none", 0}, {"-1", 0},
               {"1", 1},  {"[0, 2]", 2}, {"0,-1,1,2", 1}, {"GPU-1a2b", 1}, {"\"0\"", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_gpu_choice choice;
    assert_int_equal(wanted(cases[i].list, &choice), cases[i].n);
    assert_null(gm_gpu_choice_unknown(&choice));
  }
}

static void a_name_without_a_card_is_told(void **state) {
  (void)state;
  gm_gpu_choice choice;
  assert_int_equal(wanted("0,7", &choice), 1);
  assert_string_equal(gm_gpu_choice_unknown(&choice), "7");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lists_mean_what_they_name),
      cmocka_unit_test(a_name_without_a_card_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
