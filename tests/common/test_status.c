/* SPDX-License-Identifier: MIT
 * Statuses, exit codes and what happens to sentences that are too long. */
#include "common/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void exit_codes_are_those_of_the_interface(void **state) {
  (void)state;
  assert_int_equal(gm_exit_code(GM_OK), 0);
  assert_int_equal(gm_exit_code(GM_BAD_INPUT), 2);
  assert_int_equal(gm_exit_code(GM_FAILED), 1);
  assert_int_equal(gm_exit_code(GM_IO_ERROR), 1);
  assert_int_equal(gm_exit_code(GM_NO_MEMORY), 1);
  assert_int_equal(gm_exit_code(GM_INTERRUPTED), 130);
}

static void a_failure_stores_its_sentence_and_returns_its_status(void **state) {
  (void)state;
  gm_error err = {GM_OK, ""};
  assert_int_equal(gm_fail(&err, GM_BAD_INPUT, "%s:%d: expected %s", "a.csv", 3, "a date"), GM_BAD_INPUT);
  assert_int_equal(err.status, GM_BAD_INPUT);
  assert_string_equal(err.message, "a.csv:3: expected a date");
  assert_int_equal(gm_fail_memory(&err, "the samples"), GM_NO_MEMORY);
  assert_int_equal(err.status, GM_NO_MEMORY);
  assert_string_equal(err.message, "not enough memory for the samples");
}

static void a_caller_may_not_care_for_the_sentence(void **state) {
  (void)state;
  assert_int_equal(gm_fail(NULL, GM_IO_ERROR, "%s", "lost"), GM_IO_ERROR);
  assert_int_equal(gm_fail_memory(NULL, "anything"), GM_NO_MEMORY);
  gm_error_prefix(NULL, "--option");
}

static void a_prefix_keeps_sentence_and_status(void **state) {
  (void)state;
  gm_error err;
  gm_fail(&err, GM_BAD_INPUT, "expected a number");
  assert_int_equal(gm_error_prefix(&err, "--ridge"), GM_BAD_INPUT);
  assert_string_equal(err.message, "--ridge: expected a number");
  gm_error_prefix(&err, "config.txt");
  assert_string_equal(err.message, "config.txt: --ridge: expected a number");
}

static void a_sentence_that_is_too_long_is_cut(void **state) {
  (void)state;
  char name[2 * GM_ERROR_LENGTH];
  gm_error err;
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  gm_fail(&err, GM_FAILED, "%s", name);
  assert_int_equal(strlen(err.message), GM_ERROR_LENGTH - 1);
  gm_error_prefix(&err, "prefix");
  assert_int_equal(strlen(err.message), GM_ERROR_LENGTH - 1);
  assert_memory_equal(err.message, "prefix: xxx", strlen("prefix: xxx"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exit_codes_are_those_of_the_interface),
      cmocka_unit_test(a_failure_stores_its_sentence_and_returns_its_status),
      cmocka_unit_test(a_caller_may_not_care_for_the_sentence),
      cmocka_unit_test(a_prefix_keeps_sentence_and_status),
      cmocka_unit_test(a_sentence_that_is_too_long_is_cut),
  };
  return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
