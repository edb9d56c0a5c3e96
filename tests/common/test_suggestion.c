/* SPDX-License-Identifier: MIT
 * "did you mean": what is near, what is not, and lists as messages write them. */
#include "common/suggestion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char pruners[] =
    "none, median, percentile:P, successive-halving[:MIN,FACTOR], patient:N[,INNER] or threshold:LOWER,UPPER";

static void suggests(const char *typed, const char *list, const char *sentence) {
  gm_error err;
  gm_fail(&err, GM_BAD_INPUT, "refused");
  assert_int_equal(gm_suggest(&err, typed, strlen(typed), list), GM_BAD_INPUT);
  assert_string_equal(err.message, sentence);
  assert_int_equal(err.status, GM_BAD_INPUT);
}

static void a_misspelt_word_of_a_list_is_suggested(void **state) {
  (void)state;
  suggests("adma", "adam or sgd", "refused; did you mean adam?");
  suggests("Adam", "adam or sgd", "refused; did you mean adam?");
  suggests("medain", pruners, "refused; did you mean median?");
  suggests("prf", "auto|perf|powercap", "refused; did you mean perf?");
  suggests("tep", "tpe or random", "refused; did you mean tpe?");
  suggests("intel_packag", "intel_package, dram", "refused; did you mean intel_package?");
  suggests("nino43", "nino34, nino3, nino4", "refused; did you mean nino34?");
}

static void a_beginning_is_near(void **state) {
  (void)state;
  suggests("succ", pruners, "refused; did you mean successive-halving?");
  suggests("s", pruners, "refused");
}

static void what_is_far_is_not_suggested(void **state) {
  (void)state;
  suggests("bayes", pruners, "refused");
  suggests("rmsprop", "adam or sgd", "refused");
  suggests("lots", "blocks, loo or none", "refused");
  suggests("", "adam or sgd", "refused");
  suggests("ro", "tpe or random", "refused");        /* "or" joins */
  suggests("inner", "patient:N[,INNER]", "refused"); /* capitals stand for values */
}

/* Only so many letters of what was typed are a word: "blokcs:24". */
static void what_follows_the_word_is_not_compared(void **state) {
  (void)state;
  gm_error err;
  gm_fail(&err, GM_BAD_INPUT, "refused");
  gm_suggest(&err, "blokcs:24", strlen("blokcs"), "blocks, loo or none");
  assert_string_equal(err.message, "refused; did you mean blocks?");
  assert_int_equal(gm_suggest(NULL, "blokcs", 6, "blocks"), GM_BAD_INPUT);
}

static void what_is_longer_than_a_word_and_a_full_message_do_no_harm(void **state) {
  (void)state;
  char text[2 * GM_ERROR_LENGTH];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  suggests(text, "xx or yy", "refused");
  suggests("xxy", text, "refused");
  gm_error err;
  gm_fail(&err, GM_BAD_INPUT, "%s", text);
  gm_suggest(&err, "adma", 4, "adam or sgd");
  assert_int_equal(strlen(err.message), GM_ERROR_LENGTH - 1);
}

static void of_words_as_near_the_first_is_kept(void **state) {
  (void)state;
  const char *const words[] = {"epochs", "epoch", "out"};
  gm_nearest nearest = GM_NEAREST_NONE;
  for (size_t i = 0; i < 3; i++) gm_nearest_offer(&nearest, "epochz", words[i], strlen(words[i]));
  assert_ptr_equal(nearest.word, words[0]);
  assert_int_equal(nearest.distance, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_misspelt_word_of_a_list_is_suggested),
      cmocka_unit_test(a_beginning_is_near),
      cmocka_unit_test(what_is_far_is_not_suggested),
      cmocka_unit_test(what_follows_the_word_is_not_compared),
      cmocka_unit_test(what_is_longer_than_a_word_and_a_full_message_do_no_harm),
      cmocka_unit_test(of_words_as_near_the_first_is_kept),
  };
  return cmocka_run_group_tests_name("suggestion", tests, NULL, NULL);
}
