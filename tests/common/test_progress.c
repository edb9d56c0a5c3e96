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
#include <sys/ioctl.h>
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
  for (size_t e = 1; e <= 50; e++) gm_progress_update(p, e, "7.5 J", "RMSE 0.5");
  gm_progress_clear(p);
  gm_progress_finish(p, "12.3 J");
}

static void without_a_terminal_every_tenth_is_one_plain_line(void **state) {
  (void)state;
  char *text = printed(fifty_epochs);
  assert_int_equal(lines(text), 10); /* nine tenths and the end */
  assert_non_null(strstr(text, "training: 5 of 50, "));
  assert_non_null(strstr(text, " left, 7.5 J, RMSE 0.5\n"));
  assert_non_null(strstr(text, "training: 45 of 50, "));
  assert_null(strstr(text, "50 of 50"));
  assert_non_null(strstr(text, "training: done in "));
  assert_non_null(strstr(text, ", 12.3 J\n"));
  assert_null(strpbrk(text, "\r\033"));
  free(text);
}

static void three_trials(gm_progress *p, FILE *out) {
  gm_progress_start(p, out, "search", 3);
  for (size_t e = 1; e <= 3; e++) gm_progress_update(p, e, NULL, NULL);
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
  for (size_t e = 1; e <= 25; e++) gm_progress_update(p, e, NULL, NULL);
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
  gm_progress_update(&progress, 5, "cost", "note");
  gm_progress_clear(&progress);
  gm_progress_finish(&progress, "note");
  gm_progress_start(&progress, NULL, "training", 0);
  gm_progress_update(&progress, 0, NULL, NULL);
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
  gm_progress_update(&progress, 2, "7.5 J", "RMSE 0.5"); /* the first update is always drawn */
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

/* ---- the width of the terminal --------------------------------------------------------- */

/* What stands on a terminal of so many columns after what was written: one row of characters, as the escape
 * sequences used here have it. Fails where a character would go beyond the last column. */
static void screen(const char *written, size_t width, char row[1024]) {
  size_t column = 0;
  row[0] = '\0';
  for (const char *c = written; *c != '\0'; c++) {
    if (*c == '\r') {
      column = 0;
    } else if (strncmp(c, "\033[K", 3) == 0) {
      assert_int_equal(column, 0); /* erased from the start */
      row[0] = '\0';
      c += 2;
    } else if (((unsigned char)*c & 0xc0) != 0x80) {
      assert_true(*c >= ' ' || (unsigned char)*c >= 0x80);
      if (++column > width) fail_msg("wraps at %zu columns: %s", width, written);
    }
    if (*c >= ' ' || (unsigned char)*c >= 0x80)
      if (*c != 'K' || c[-1] != '[') strncat(row, c, 1);
  }
}

typedef struct {
  int master;
  FILE *slave;
  gm_progress progress;
} terminal;

static void open_progress(terminal *t, size_t width, const char *label) {
  t->slave = open_terminal(&t->master);
  if (t->slave == NULL) {
    if (t->master >= 0) close(t->master);
    skip();
  }
  const struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)width};
  assert_int_equal(ioctl(fileno(t->slave), TIOCSWINSZ, &size), 0);
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  gm_progress_start(&t->progress, t->slave, label, 1000);
  t->progress.started_s -= 3000; /* hours are left: the longest time that is usual */
}

/* One update, and what it has written. */
static void drawn(terminal *t, size_t done, const char *cost, const char *note, char *text, size_t size) {
  t->progress.drawn_s = 0; /* whatever the time: draw */
  gm_progress_update(&t->progress, done, cost, note);
  const ssize_t n = read(t->master, text, size - 1); /* one flush comes in one piece */
  assert_true(n > 0);
  text[n] = '\0';
}

static void close_terminal(terminal *t) {
  fclose(t->slave);
  close(t->master);
}

static void the_line_fits_every_width(void **state) {
  (void)state;
  static const size_t widths[] = {1, 2, 10, 20, 30, 40, 41, 59, 60, 79, 80, 100, 120, 200, 400};
  for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
    terminal t;
    char text[2048], row[1024];
    open_progress(&t, widths[w], "training");
    for (size_t done = 100; done <= 1000; done += 100) {
      drawn(&t, done, "12345.6 J", "validation RMSE 0.4834 °C, best 0.4711 °C", text, sizeof text);
      screen(text, widths[w], row);
      if (widths[w] < 40) continue;
      assert_ptr_equal(strstr(row, "training"), row); /* what stays readable at 40 columns */
      if (strstr(row, " left  12345.6 J") == NULL) fail_msg("%zu columns: %s", widths[w], row);
      assert_non_null(strstr(row, " %  "));
    }
    if (widths[w] >= 100) assert_non_null(strstr(row, "validation RMSE 0.4834 °C, best 0.4711 °C"));
    close_terminal(&t);
  }
}

static void a_window_that_changes_is_followed(void **state) {
  (void)state;
  terminal t;
  char text[2048], row[1024];
  open_progress(&t, 120, "search");
  drawn(&t, 100, "9.9 J", "validation RMSE 0.4834 °C", text, sizeof text);
  screen(text, 120, row);
  assert_non_null(strstr(row, "0.4834 °C"));
  const struct winsize narrow = {.ws_row = 24, .ws_col = 40};
  assert_int_equal(ioctl(fileno(t.slave), TIOCSWINSZ, &narrow), 0);
  drawn(&t, 200, "9.9 J", "validation RMSE 0.4834 °C", text, sizeof text);
  static const char erased[] = "\r\033[2A\033[J\033[K"; /* the terminal has folded the line in three */
  assert_memory_equal(text, erased, sizeof erased - 1);
  screen(text + sizeof erased - 1, 40, row);
  assert_non_null(strstr(row, " left  9.9 J"));
  drawn(&t, 300, "9.9 J", NULL, text, sizeof text);
  assert_memory_equal(text, "\r\033[K", 4);
  close_terminal(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_terminal_every_tenth_is_one_plain_line),
      cmocka_unit_test(fewer_units_than_tenths_are_a_line_each),
      cmocka_unit_test(more_than_all_counts_as_all),
      cmocka_unit_test(nothing_to_do_or_nowhere_to_say_it_is_silence),
      cmocka_unit_test(a_terminal_gets_a_bar_that_is_cleared_at_the_end),
      cmocka_unit_test(the_line_fits_every_width),
      cmocka_unit_test(a_window_that_changes_is_followed),
      cmocka_unit_test(no_color_and_dumb_terminals_get_plain_lines),
  };
  return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
