/* SPDX-License-Identifier: MIT
 * Text that fits a terminal: nothing is lost, nothing is cut, and what is no terminal gets one line. */
#include "common/terminal.h"

#include "common/utf8.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

static const char last_words[] = "cnn: 44.3 J (20.1 to 80.3), 4.6e-06 kg CO2eq (2e-06 to 9.2e-06), WLD; RMSE "
                                 "0.4823 °C; in results/runs/cnn";

/* What gm_fold makes of the text; freed by the caller. */
static char *folded(const char *text, size_t columns, size_t used, const char *margin) {
  char *result = NULL;
  size_t size;
  FILE *out = open_memstream(&result, &size);
  assert_non_null(out);
  gm_fold(out, text, columns, used, margin);
  assert_int_equal(fclose(out), 0);
  return result;
}

/* The lines of `text` put together again with one blank each, margins taken off; in place. */
static void unfold(char *text, const char *margin) {
  const size_t n = strlen(margin);
  for (char *newline = strchr(text, '\n'); newline != NULL; newline = strchr(newline + 1, '\n')) {
    if (newline[1] == '\0') {
      *newline = '\0';
      return;
    }
    assert_memory_equal(newline + 1, margin, n);
    *newline = ' ';
    memmove(newline + 1, newline + 1 + n, strlen(newline + 1 + n) + 1);
  }
}

static void every_width_keeps_every_word(void **state) {
  (void)state;
  for (size_t columns = 1; columns <= 130; columns++) {
    char *text = folded(last_words, columns, 0, "  ");
    unfold(text, "  ");
    assert_string_equal(text, last_words);
    free(text);
  }
}

static void no_line_is_wider_unless_one_word_is(void **state) {
  (void)state;
  for (size_t columns = 24; columns <= 130; columns++) { /* its longest piece and the margin */
    char *text = folded(last_words, columns, 0, "  ");
    for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
      assert_true(gm_utf8_characters(line) <= columns);
    free(text);
  }
}

static void a_number_stays_with_its_unit(void **state) {
  (void)state;
  static const char *const together[] = {"44.3 J", "4.6e-06 kg", "0.4823 °C"};
  for (size_t columns = 14; columns <= 130; columns++) {
    char *text = folded(last_words, columns, 0, "  ");
    for (size_t i = 0; i < sizeof together / sizeof *together; i++)
      assert_non_null(strstr(text, together[i]));
    free(text);
  }
}

static void the_first_line_may_have_begun(void **state) {
  (void)state;
  char *text = folded("one two three", 12, 6, "      ");
  assert_string_equal(text, "one\n      two\n      three\n");
  free(text);
  text = folded("one  two", 0, 6, "      "); /* no terminal: as it is */
  assert_string_equal(text, "one  two\n");
  free(text);
}

static void without_a_terminal_a_sentence_is_one_line(void **state) {
  (void)state;
  char text[256] = "";
  FILE *out = tmpfile();
  assert_non_null(out);
  gm_say(out, "%s", last_words);
  rewind(out);
  assert_non_null(fgets(text, sizeof text, out));
  assert_int_equal(strlen(text), sizeof last_words);
  assert_int_equal(fgetc(out), EOF);
  fclose(out);
}

/* Widths as terminals tell them: of none that says 0, of one column, of a usual one. */
static void the_width_is_the_windows_at_that_moment(void **state) {
  (void)state;
  static const struct {
    unsigned short columns;
    size_t expected;
  } cases[] = {{0, 79}, {1, 1}, {2, 1}, {40, 39}, {80, 79}, {65535, 65534}};
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  FILE *out =
      master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 ? fopen(ptsname(master), "w") : NULL;
  if (out == NULL) { /* no pseudo-terminals here */
    if (master >= 0) close(master);
    skip();
  }
  assert_non_null(out);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct winsize size = {.ws_row = 24, .ws_col = cases[i].columns};
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    assert_int_equal(gm_terminal_columns(out), cases[i].expected);
  }
  fclose(out);
  close(master);
}

static void a_line_is_cut_between_words(void **state) {
  (void)state;
  static const struct {
    size_t columns;
    const char *expected;
  } cases[] = {{12, "12.345 J now"}, {11, "12.345 J…"}, {9, "12.345 J…"}, {8, "12.345…"},
               {7, "12.345…"},       {4, "12.…"},       {1, "…"},         {0, ""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[] = "12.345 J now";
    gm_terminal_cut(text, cases[i].columns);
    assert_string_equal(text, cases[i].expected);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_width_keeps_every_word),
      cmocka_unit_test(no_line_is_wider_unless_one_word_is),
      cmocka_unit_test(a_number_stays_with_its_unit),
      cmocka_unit_test(the_first_line_may_have_begun),
      cmocka_unit_test(without_a_terminal_a_sentence_is_one_line),
      cmocka_unit_test(the_width_is_the_windows_at_that_moment),
      cmocka_unit_test(a_line_is_cut_between_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
