/* SPDX-License-Identifier: MIT
 * What is taken for a secret, and what is not. */
#include "common/secrets.h"
#include "common/status.h"
#include "tests/assert_near.h"

#include <stdlib.h>
#include <string.h>

static void secrets_are_masked_by_their_forms(void **state) {
  (void)state;
  static const struct {
    const char *text, *masked;
  } cases[] = {
      {"redis://:pw@h:1/0", "redis://:***@h:1/0"},
      {"redis://me:p%40w@h", "redis://me:***@h"},
      {"rediss://me:a@b@h/0?prefix=x", "rediss://me:***@h/0?prefix=x"},
      {"redis://:a/b@h", "redis://:***@h"},
      {"https://TOKEN@host/path", "https://***@host/path"},
      {"see postgres://u:p@h and redis://:q@i, both", "see postgres://u:***@h and redis://:***@i, both"},
      {"--password=abc", "--password=***"},
      {"--db-password=abc --x=1", "--db-password=*** --x=1"},
      {"--api-key abc def", "--api-key *** def"},
      {"token=abc&x=1", "token=***&x=1"},
      {"https://h/p?a=1&access_token=abc&b=2", "https://h/p?a=1&access_token=***&b=2"},
      {"AWS_SECRET_ACCESS_KEY=abc", "AWS_SECRET_ACCESS_KEY=***"},
      {"PGPASSWORD='a b' psql", "PGPASSWORD='***' psql"},
      {"{\"apiKey\": \"a b\", \"n\": 1}", "{\"apiKey\": \"***\", \"n\": 1}"},
      {"{\\\"token\\\":\\\"abc\\\"}", "{\\\"token\\\":\\\"***\\\"}"},
      {"Authorization: Bearer abc", "Authorization: Bearer ***"},
      {"authorization: Basic YTpi", "authorization: Basic ***"},
      {"ghp_0123456789abcdefghij", "ghp_***"},
      {"x hf_abcdefghijklmnop1234 y", "x hf_*** y"},
      {"password: x", "password: ***"},
      {"DB_PASS=x", "DB_PASS=***"},
      {"https://h/b?sv=1&sig=a%2F&x=1", "https://h/b?sv=1&sig=***&x=1"},
      {"https://h/b?X-Amz-Signature=ab", "https://h/b?X-Amz-Signature=***"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t found = 0;
    char *masked = gm_secrets_mask(cases[i].text, &found);
    assert_string_equal(masked, cases[i].masked);
    assert_true(found > 0);
    free(masked);
  }
  assert_null(gm_secrets_mask(NULL, NULL));
}

static void what_is_no_secret_stays(void **state) {
  (void)state;
  static const char *const texts[] = {"redis://h:6379/0",
                                      "https://h/a@b",
                                      "https://h:80/a@b:c",
                                      "--max-tokens=100",
                                      "--tokenizer gpt2",
                                      "--pad-token=x",
                                      "--eos_token x",
                                      "--password-file=/etc/x",
                                      "--token-length 5",
                                      "password",
                                      "--password",
                                      "--password=",
                                      "the token of the file",
                                      "sk-learn-is-a-library-of-python",
                                      "user@host:path",
                                      "data/a=b.csv",
                                      "",
                                      "://",
                                      "\\\"",
                                      "--token --next",
                                      "--sig 0.05",
                                      "sig=3",
                                      "--two-pass 1",
                                      "--signature=x"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    size_t found = 0;
    char *masked = gm_secrets_mask(texts[i], &found);
    assert_string_equal(masked, texts[i]);
    assert_int_equal(found, 0);
    free(masked);
  }
}

static void an_option_covers_the_argument_behind_it(void **state) {
  (void)state;
  const char *argv[] = {"prog",     "--password", "a b",      "-token", "xyz",
                        "--tokens", "5",          "--secret", "-v",     "--password"};
  const char *expected[] = {"prog",     "--password", "***",      "-token", "***",
                            "--tokens", "5",          "--secret", "-v",     "--password"};
  enum { N = sizeof argv / sizeof *argv };
  size_t found = 0;
  char **masked = gm_secrets_mask_arguments(N, argv, &found);
  assert_non_null(masked);
  for (int i = 0; i < N; i++) assert_string_equal(masked[i], expected[i]);
  assert_null(masked[N]);
  assert_int_equal(found, 2);
  free(masked);
}

static void what_follows_a_user_s_name_is_a_password(void **state) {
  (void)state;
  const char *argv[] = {"curl", "-u",        "me:geheim",    "--user", "me",
                        "-u",   "1000:1000", "--proxy-user", "a:b:c",  "x:y"};
  const char *expected[] = {"curl", "-u",        "me:***",       "--user", "me",
                            "-u",   "1000:1000", "--proxy-user", "a:***",  "x:y"};
  enum { N = sizeof argv / sizeof *argv };
  size_t found = 0;
  char **masked = gm_secrets_mask_arguments(N, argv, &found);
  assert_non_null(masked);
  for (int i = 0; i < N; i++) assert_string_equal(masked[i], expected[i]);
  assert_int_equal(found, 2);
  free(masked);
}

static void a_taken_command_line_keeps_its_secrets_to_itself(void **state) {
  (void)state;
  char a[] = "tune", b[] = "--journal=redis://:geheim@h", c[] = "--password", d[] = "geheim", e[] = "rest";
  char *argv[] = {a, b, c, d, e, NULL};
  char **own = gm_secrets_take(5, argv);
  assert_string_equal(own[1], "--journal=redis://:geheim@h");
  assert_string_equal(own[3], "geheim");
  assert_null(own[5]);
  assert_string_equal(argv[1],
                      "--journal=redis://:******@h"); /* of the same length: it is the process's memory */
  assert_string_equal(argv[3], "******");
  assert_string_equal(argv[4], "rest");
  free(own);
}

static void messages_have_no_credentials(void **state) {
  (void)state;
  gm_error err;
  gm_fail(&err, GM_BAD_INPUT, "%s: expected something else", "redis://:geheim@h");
  assert_string_equal(err.message, "redis://:******@h: expected something else");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(secrets_are_masked_by_their_forms),
      cmocka_unit_test(what_is_no_secret_stays),
      cmocka_unit_test(an_option_covers_the_argument_behind_it),
      cmocka_unit_test(what_follows_a_user_s_name_is_a_password),
      cmocka_unit_test(a_taken_command_line_keeps_its_secrets_to_itself),
      cmocka_unit_test(messages_have_no_credentials),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
