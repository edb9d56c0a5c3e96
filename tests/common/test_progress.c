/* SPDX-License-Identifier: MIT
 * Progress on a file (plain lines, no control characters) and on a
 * pseudo-terminal (a bar). What it says is checked, never how long it took. */
#include "common/progress.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What `work` printed to something that is no terminal; the caller frees it. */
static char *printed(void (*work)(gm_progress *, FILE *)) {
  FILE *out = tmpfile();
  assert_non_null(out);
  gm_progress progress;
  work(&progress, out);
  const long size = ftell(out);
  assert_true(size >= 0);
  char *text = calloc((size_t)size + 1, 1);
  assert_non_null(text);
  rewind(out);
  assert_int_equal(fread(text, 1, (size_t)size, out), (size_t)size);
  fclose(out);
  return text;
}

static size_t lines(const char *text) {
  size_t n = 0;
  for (; *text != '\0'; text++) n += *text == '\n';
  return n;
}

static void fifty_epochs(gm_progress *p, FILE *out) {
  gm_progress_start(p, out, "training", 50);
  for (size_t e = 1; e <= 50; e++) gm_progress_update(p, e, "RMSE 0.5");
  gm_progress_clear(p);
  gm_progress_finish(p, "12.3 J");
}

static void without_a_terminal_every_tenth_is_one_plain_line(void **state) {
  (void)state;
  char *text = printed(fifty_epochs);
  assert_int_equal(lines(text), 10); /* nine tenths and the end */
  assert_non_null(strstr(text, "training: 5 of 50, "));
  assert_non_null(strstr(text, " left, RMSE 0.5\n"));
  assert_non_null(strstr(text, "training: 45 of 50, "));
  assert_null(strstr(text, "50 of 50"));
  assert_non_null(strstr(text, "training: done in "));
  assert_non_null(strstr(text, ", 12.3 J\n"));
  assert_null(strpbrk(text, "\r\033"));
  free(text);
}

static void three_trials(gm_progress *p, FILE *out) {
  gm_progress_start(p, out, "search", 3);
  for (size_t e = 1; e <= 3; e++) gm_progress_update(p, e, NULL);
  gm_progress_finish(p, NULL);
}

static void fewer_units_than_tenths_are_a_line_each(void **state) {
  (void)state;
  char *text = printed(three_trials);
  assert_int_equal(lines(text), 3);
  assert_non_null(strstr(text, "search: 1 of 3, "));
  assert_non_null(strstr(text, "search: done in "));
  free(text);
}

static void too_much(gm_progress *p, FILE *out) {
  gm_progress_start(p, out, "search", 10);
  for (size_t e = 1; e <= 25; e++) gm_progress_update(p, e, NULL);
}

static void more_than_all_counts_as_all(void **state) {
  (void)state;
  char *text = printed(too_much);
  assert_int_equal(lines(text), 9);
  assert_null(strstr(text, "11 of 10"));
  free(text);
}

static void nothing_to_do_or_nowhere_to_say_it_is_silence(void **state) {
  (void)state;
  gm_progress progress;
  gm_progress_start(&progress, NULL, "training", 5);
  gm_progress_update(&progress, 5, "note");
  gm_progress_clear(&progress);
  gm_progress_finish(&progress, "note");
  gm_progress_start(&progress, NULL, "training", 0);
  gm_progress_update(&progress, 0, NULL);
  assert_false(progress.terminal);
}

/* A pseudo-terminal: what is written to `slave` is read from `master`. */
static FILE *open_terminal(int *master) {
  *master = posix_openpt(O_RDWR | O_NOCTTY);
  if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0) return NULL;
  return fopen(ptsname(*master), "w");
}

static void draws(const char *term, const char *no_color, bool *terminal, char *text, size_t size) {
  int master = -1;
  FILE *slave = open_terminal(&master);
  text[0] = '\0';
  if (slave == NULL) { /* no pseudo-terminals here */
    if (master >= 0) close(master);
    skip();
  }
  setenv("TERM", term, 1);
  if (no_color != NULL)
    setenv("NO_COLOR", no_color, 1);
  else
    unsetenv("NO_COLOR");
  gm_progress progress;
  gm_progress_start(&progress, slave, "training", 4);
  *terminal = progress.terminal;
  gm_progress_update(&progress, 2, "RMSE 0.5"); /* the first update is always drawn */
  gm_progress_finish(&progress, "done");
  fclose(slave);
  /* The kernel hands what was written to the reading side in pieces, whenever it gets to it; the end is an
   * error (Linux) or an end of file. */
  size_t length = 0;
  for (ssize_t n; length + 1 < size && (n = read(master, text + length, size - 1 - length)) > 0;)
    length += (size_t)n;
  text[length] = '\0';
  close(master);
}

static void a_terminal_gets_a_bar_that_is_cleared_at_the_end(void **state) {
  (void)state;
  bool terminal = false;
  char text[1024];
  draws("xterm", NULL, &terminal, text, sizeof text);
  assert_true(terminal);
  assert_non_null(strstr(text, "training [============            ]  50 %"));
  assert_non_null(strstr(text, "RMSE 0.5"));
  const char *end = strstr(text, "training: done in ");
  assert_non_null(end);
  assert_memory_equal(end - 4, "\r\033[K", 4);
}

static void no_color_and_dumb_terminals_get_plain_lines(void **state) {
  (void)state;
  bool terminal = true;
  char text[1024];
  draws("xterm", "1", &terminal, text, sizeof text);
  assert_false(terminal);
  assert_null(strchr(text, '\033'));
  terminal = true;
  draws("dumb", NULL, &terminal, text, sizeof text);
  assert_false(terminal);
  assert_null(strchr(text, '\033'));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_terminal_every_tenth_is_one_plain_line),
      cmocka_unit_test(fewer_units_than_tenths_are_a_line_each),
      cmocka_unit_test(more_than_all_counts_as_all),
      cmocka_unit_test(nothing_to_do_or_nowhere_to_say_it_is_silence),
      cmocka_unit_test(a_terminal_gets_a_bar_that_is_cleared_at_the_end),
      cmocka_unit_test(no_color_and_dumb_terminals_get_plain_lines),
  };
  return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
