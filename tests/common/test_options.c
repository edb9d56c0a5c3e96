/* SPDX-License-Identifier: MIT
 * Command lines: every kind of option, the exact sentences of what is refused,
 * and a help text whose defaults are the values of the targets. */
#include "common/options.h"

#include "common/utf8.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a program with one option of each kind ------------------------------------- */

typedef struct {
  bool summary;
  const char *out;
  int64_t epochs, any;
  double rate, momentum, free;
} targets;

static targets defaults(void) {
  return (targets){.out = "results", .epochs = 50, .any = -3, .rate = 1e-4, .momentum = 0.5, .free = NAN};
}

enum { MOST_OPTIONS = 16, MOST_ARGUMENTS = 16 };

static size_t describe(targets *t, gm_option options[MOST_OPTIONS]) {
  const gm_option all[] = {
      {"summary", NULL, "print the layers", GM_OPTION_FLAG, &t->summary, 0, 0, false},
      {"out", "DIR", "run directory", GM_OPTION_TEXT, &t->out, 0, 0, false},
      {"epochs", "N", "passes over the samples", GM_OPTION_INTEGER, &t->epochs, 1, 1e7, false},
      {"any-integer", "N", "unbounded", GM_OPTION_INTEGER, &t->any, 0, 0, false},
      {"learning-rate", "X", "step size", GM_OPTION_NUMBER, &t->rate, 0, INFINITY, true},
      {"momentum", "X", "of SGD", GM_OPTION_NUMBER, &t->momentum, 0, 1, false},
      {"free", "°C,…", "any number", GM_OPTION_NUMBER, &t->free, 0, 0, false},
      {"epochs-per-step", "N", "has a name that begins as another one's", GM_OPTION_INTEGER, &t->any, 0, 0,
       false},
  };
  memcpy(options, all, sizeof all);
  return sizeof all / sizeof *all;
}

/* Parses `arguments` (NULL-terminated, without the program's name). */
static gm_status parse_all(targets *t, const char *const *arguments, gm_options_action *action,
                           int *first_argument, gm_error *err) {
  gm_option options[MOST_OPTIONS];
  const gm_option_group group = {"Options", options, describe(t, options)};
  const gm_program program = {"prog", "[options]", "Does things.", NULL, &group, 1};
  char name[] = "prog", *argv[MOST_ARGUMENTS] = {name};
  int argc = 1;
  for (; arguments[argc - 1] != NULL; argc++) argv[argc] = (char *)arguments[argc - 1]; /* only read */
  return gm_options_parse(&program, argc, argv, action, first_argument, err);
}

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static targets accepted(const char *const *arguments) {
  targets t = defaults();
  gm_options_action action;
  gm_error err = {GM_OK, ""};
  if (parse_all(&t, arguments, &action, NULL, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(action, GM_OPTIONS_RUN);
  return t;
}

static void assert_refused(const char *const *arguments, const char *sentence) {
  targets t = defaults();
  gm_options_action action;
  gm_error err = {GM_OK, ""};
  assert_int_equal(parse_all(&t, arguments, &action, NULL, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, sentence);
}

/* ---- what is accepted --------------------------------------------------------------- */

static void without_options_the_defaults_stay(void **state) {
  (void)state;
  const targets t = accepted((const char *const[]){NULL});
  assert_false(t.summary);
  assert_string_equal(t.out, "results");
  assert_true(t.epochs == 50 && t.any == -3 && t.rate == 1e-4 && t.momentum == 0.5 && isnan(t.free));
}

static void every_kind_is_stored(void **state) {
  (void)state;
  const targets t = accepted(ARGUMENTS("--summary", "--out", "a b", "--epochs", "7", "--any-integer", "-9",
                                       "--learning-rate", "2.5e-3", "--momentum", "1", "--free", "-0.5"));
  assert_true(t.summary);
  assert_string_equal(t.out, "a b");
  assert_true(t.epochs == 7 && t.any == -9 && t.rate == 2.5e-3 && t.momentum == 1 && t.free == -0.5);
}

static void an_equals_sign_does_as_well(void **state) {
  (void)state;
  const targets t = accepted(ARGUMENTS("--out=x=y", "--epochs=7", "--free=-1", "--momentum=0"));
  assert_string_equal(t.out, "x=y");
  assert_true(t.epochs == 7 && t.free == -1 && t.momentum == 0);
  assert_string_equal(accepted(ARGUMENTS("--out=")).out, "");
}

static void the_last_of_two_counts(void **state) {
  (void)state;
  assert_int_equal(accepted(ARGUMENTS("--epochs", "7", "--epochs", "8")).epochs, 8);
}

static void the_ends_of_a_range_belong_to_it(void **state) {
  (void)state;
  assert_int_equal(accepted(ARGUMENTS("--epochs", "1")).epochs, 1);
  assert_int_equal(accepted(ARGUMENTS("--epochs", "10000000")).epochs, 10000000);
  assert_true(accepted(ARGUMENTS("--learning-rate", "5e-324")).rate > 0);
}

static void a_value_may_look_like_an_option(void **state) {
  (void)state;
  assert_string_equal(accepted(ARGUMENTS("--out", "--help")).out, "--help");
}

/* ---- what is refused ------------------------------------------------------------------ */

static void numbers_out_of_range_or_shape(void **state) {
  (void)state;
  assert_refused(ARGUMENTS("--epochs", "0"),
                 "--epochs: expected a whole number of at least 1 and at most 10000000, got \"0\"");
  assert_refused(ARGUMENTS("--epochs", "1.5"),
                 "--epochs: expected a whole number of at least 1 and at most 10000000, got \"1.5\"");
  assert_refused(ARGUMENTS("--epochs=7x"),
                 "--epochs: expected a whole number of at least 1 and at most 10000000, got \"7x\"");
  assert_refused(ARGUMENTS("--epochs", ""),
                 "--epochs: expected a whole number of at least 1 and at most 10000000, got \"\"");
  assert_refused(ARGUMENTS("--any-integer", "many"), "--any-integer: expected a whole number, got \"many\"");
  assert_refused(ARGUMENTS("--any-integer", "9223372036854775808"),
                 "--any-integer: expected a whole number, got \"9223372036854775808\"");
  assert_refused(ARGUMENTS("--learning-rate", "0"), "--learning-rate: expected a number above 0, got \"0\"");
  assert_refused(ARGUMENTS("--learning-rate", "nan"),
                 "--learning-rate: expected a number above 0, got \"nan\"");
  assert_refused(ARGUMENTS("--learning-rate", "inf"),
                 "--learning-rate: expected a number above 0, got \"inf\"");
  assert_refused(ARGUMENTS("--learning-rate", "1e999"),
                 "--learning-rate: expected a number above 0, got \"1e999\"");
  assert_refused(ARGUMENTS("--momentum", "-0.1"),
                 "--momentum: expected a number of at least 0 and at most 1, got \"-0.1\"");
  assert_refused(ARGUMENTS("--free", "5 °C"), "--free: expected a number, got \"5 °C\"");
}

static void unknown_and_shortened_names(void **state) {
  (void)state;
  assert_refused(ARGUMENTS("--batch", "3"), "--batch: no such option; see prog --help");
  assert_refused(ARGUMENTS("--learning", "3"),
                 "--learning: no such option; did you mean --learning-rate? see prog --help");
  assert_refused(ARGUMENTS("--epoch=3"), "--epoch=3: no such option; did you mean --epochs? see prog --help");
  assert_refused(ARGUMENTS("--mometnum", "1"),
                 "--mometnum: no such option; did you mean --momentum? see prog --help");
  assert_refused(ARGUMENTS("--summar"), "--summar: no such option; did you mean --summary? see prog --help");
  assert_refused(ARGUMENTS("--zz"), "--zz: no such option; see prog --help");
  assert_refused(ARGUMENTS("--ot"), "--ot: no such option; did you mean --out? see prog --help");
  assert_refused(ARGUMENTS("--hel"), "--hel: no such option; see prog --help");
  assert_refused(ARGUMENTS("--vers"), "--vers: no such option; see prog --help");
  assert_refused(ARGUMENTS("-e", "3"), "-e: no such option; see prog --help");
  assert_refused(ARGUMENTS("-:"), "-:: no such option; see prog --help");
}

static void missing_superfluous_and_stray_arguments(void **state) {
  (void)state;
  assert_refused(ARGUMENTS("--epochs"), "--epochs: a value is missing; see prog --help");
  assert_refused(ARGUMENTS("--summary", "--out"), "--out: a value is missing; see prog --help");
  assert_refused(ARGUMENTS("--summary=yes"), "--summary=yes: takes no value; see prog --help");
  assert_refused(ARGUMENTS("--help=cnn"), "--help=cnn: takes no value; see prog --help");
  assert_refused(ARGUMENTS("stray"), "stray: unexpected argument; see prog --help");
  assert_refused(ARGUMENTS("--summary", "--", "--epochs"), "--epochs: unexpected argument; see prog --help");
  assert_refused(ARGUMENTS("--epochs", "3", "4"), "4: unexpected argument; see prog --help");
}

/* ---- a command after the options --------------------------------------------------------- */

static int first_argument_of(const char *const *arguments) {
  targets t = defaults();
  gm_options_action action;
  int first = -1;
  gm_error err = {GM_OK, ""};
  if (parse_all(&t, arguments, &action, &first, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(action, GM_OPTIONS_RUN);
  return first;
}

static void options_end_where_a_command_begins(void **state) {
  (void)state;
  assert_int_equal(first_argument_of(ARGUMENTS("--epochs", "3", "ls", "--help")), 3);
  assert_int_equal(first_argument_of(ARGUMENTS("--summary", "--", "--help")), 3);
  assert_int_equal(first_argument_of(ARGUMENTS("--summary")), 2);
}

/* ---- help ------------------------------------------------------------------------------------ */

static gm_options_action action_of(const char *const *arguments, targets *t) {
  gm_options_action action;
  gm_error err = {GM_OK, ""};
  if (parse_all(t, arguments, &action, NULL, &err) != GM_OK) fail_msg("%s", err.message);
  return action;
}

static void help_and_version_win_and_touch_no_target(void **state) {
  (void)state;
  targets t = defaults();
  assert_int_equal(action_of(ARGUMENTS("--help"), &t), GM_OPTIONS_HELP);
  assert_int_equal(action_of(ARGUMENTS("-h"), &t), GM_OPTIONS_HELP);
  assert_int_equal(action_of(ARGUMENTS("--version"), &t), GM_OPTIONS_VERSION);
  assert_int_equal(action_of(ARGUMENTS("--epochs", "3", "-h"), &t), GM_OPTIONS_HELP);
  assert_int_equal(action_of(ARGUMENTS("--epochs", "3", "--summary", "--help"), &t), GM_OPTIONS_HELP);
  assert_int_equal(action_of(ARGUMENTS("--epochs", "none", "--help"), &t), GM_OPTIONS_HELP);
  assert_true(t.epochs == 50 && !t.summary);
}

/* The help text of a program with these targets, in lines of so many columns; the caller frees it. */
static char *folded_help_of(targets *t, size_t columns) {
  gm_option options[MOST_OPTIONS];
  const gm_option_group group = {"Options", options, describe(t, options)};
  const gm_program program = {
      "prog",          "[options]",
      "Does\nthings.", "Some words.\nExample:\n  prog --epochs 3 --out somewhere/else --summary",
      &group,          1};
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  assert_non_null(out);
  gm_options_write_help(&program, columns, out);
  fclose(out);
  return text;
}

static char *help_of(targets *t) {
  return folded_help_of(t, 0);
}

static void help_shows_what_the_targets_hold(void **state) {
  (void)state;
  targets t = defaults();
  char *text = help_of(&t);
  assert_non_null(strstr(text, "Usage: prog [options]\n\nDoes\nthings.\n"));
  assert_non_null(strstr(text, "  --summary                       print the layers\n"));
  assert_non_null(strstr(text, "  --out DIR                       run directory (default results)\n"));
  assert_non_null(strstr(text, "  --epochs N                      passes over the samples (default 50)\n"));
  assert_non_null(strstr(text, "  --learning-rate X               step size (default 0.0001)\n"));
  assert_non_null(strstr(text, "  --free °C,…                     any number\n"));
  assert_non_null(strstr(text, "  -h, --help "));
  assert_non_null(strstr(text, "  --version "));
  assert_non_null(strstr(text, "Some words.\nExample:\n  prog --epochs 3 --out somewhere/else --summary\n"));
  assert_non_null(strstr(text, "Exit codes: 0 done, 1 failed, 2 wrong usage or input"));
  free(text);
  t.epochs = 7;
  t.out = NULL;
  text = help_of(&t);
  assert_non_null(strstr(text, "passes over the samples (default 7)\n"));
  assert_non_null(strstr(text, "run directory\n"));
  free(text);
}

/* Every line but a command, which is copied, fits; and no word is lost on the way. */
static void help_fits_the_terminal(void **state) {
  (void)state;
  targets t = defaults();
  char *whole = help_of(&t);
  for (size_t columns = 30; columns <= 130; columns++) {
    char *text = folded_help_of(&t, columns);
    const char *word = whole;
    size_t at = 0;
    for (const char *c = text; *c != '\0'; c++)
      if (*c != ' ' && *c != '\n') {
        word += strspn(word, " \n");
        assert_int_equal(*c, *word++);
      }
    assert_int_equal(word[strspn(word, " \n")], '\0');
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
      *end = '\0';
      if (strstr(line, "prog --epochs 3") == NULL && gm_utf8_characters(line) > columns)
        fail_msg("at %zu columns: %s", columns, line);
      at++;
    }
    assert_true(at > 20);
    free(text);
  }
  free(whole);
  char *narrow = folded_help_of(&t, 39);
  assert_non_null(strstr(narrow, "\n\nDoes things.\n\nOptions:\n  --summary\n      print the layers\n"));
  assert_non_null(
      strstr(narrow, "\n\nSome words.\nExample:\n  prog --epochs 3 --out somewhere/else --summary\n"));
  free(narrow);
}

static void the_version_names_program_number_and_commit(void **state) {
  (void)state;
  const gm_program program = {"prog", "", "", NULL, NULL, 0};
  char *text = NULL, expected[256];
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  assert_non_null(out);
  gm_print_version(&program, out);
  fclose(out);
  snprintf(expected, sizeof expected, "prog (greenmile) %s, commit %s\n", gm_version(), gm_git_commit());
  assert_string_equal(text, expected);
  assert_true(gm_version()[0] >= '0' && gm_version()[0] <= '9');
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_options_the_defaults_stay),
      cmocka_unit_test(every_kind_is_stored),
      cmocka_unit_test(an_equals_sign_does_as_well),
      cmocka_unit_test(the_last_of_two_counts),
      cmocka_unit_test(the_ends_of_a_range_belong_to_it),
      cmocka_unit_test(a_value_may_look_like_an_option),
      cmocka_unit_test(numbers_out_of_range_or_shape),
      cmocka_unit_test(unknown_and_shortened_names),
      cmocka_unit_test(missing_superfluous_and_stray_arguments),
      cmocka_unit_test(options_end_where_a_command_begins),
      cmocka_unit_test(help_and_version_win_and_touch_no_target),
      cmocka_unit_test(help_shows_what_the_targets_hold),
      cmocka_unit_test(help_fits_the_terminal),
      cmocka_unit_test(the_version_names_program_number_and_commit),
  };
  return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
