/* SPDX-License-Identifier: MIT
 * Text that fits a terminal. */
#include "common/terminal.h"

#include "common/utf8.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
  USUAL_COLUMNS = 80,
  LONGEST_SENTENCE = 4096, /* bytes; the rest of a longer one is not shown */
};
static const char margin_of_sentences[] = "  ", ellipsis[] = "…";

size_t gm_terminal_columns(FILE *stream) {
  struct winsize size;
  if (!isatty(fileno(stream))) return 0;
  const size_t columns =
      ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_COLUMNS;
  return columns > 1 ? columns - 1 : 1;
}

/* Whether the byte is not the first of its character (UTF-8). */
static bool goes_on(char byte) {
  return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Characters among the first `n` bytes. */
static size_t width_of(const char *text, size_t n) {
  size_t width = 0;
  for (size_t i = 0; i < n; i++) width += !goes_on(text[i]);
  return width;
}

/* Bytes up to the next blank behind at least `from` bytes. */
static size_t word_end(const char *text, size_t from) {
  return from + strcspn(text + from, " ");
}

/* Whether the blank at text[end] stands between a number and its unit: "44.3 J", "1.2e-06 kg". */
static bool binds(const char *text, size_t end) {
  const unsigned char next = (unsigned char)text[end + 1];
  return isdigit((unsigned char)text[end - 1]) && (isalpha(next) || next == '%' || next >= 0x80);
}

/* Bytes of what stays together at the beginning of `text`, if it fits into `columns`. */
static size_t unbroken(const char *text, size_t columns) {
  size_t end = word_end(text, 0);
  while (end > 0 && text[end] == ' ' && binds(text, end)) {
    const size_t longer = word_end(text, end + 1);
    if (width_of(text, longer) > columns) break;
    end = longer;
  }
  return end;
}

void gm_fold(FILE *out, const char *text, size_t columns, size_t used, const char *margin) {
  const size_t margin_width = gm_utf8_characters(margin);
  bool begun = false; /* whether this line has a word */
  while (columns > 0 && *text != '\0') {
    const size_t blanks = strspn(text, " "), room = columns > margin_width ? columns - margin_width : 1;
    const size_t n = unbroken(text + blanks, room), width = width_of(text + blanks, n);
    if (begun && used + blanks + width > columns) {
      fprintf(out, "\n%s%.*s", margin, (int)n, text + blanks);
      used = margin_width + width;
    } else {
      fprintf(out, "%.*s", (int)(blanks + n), text);
      used += blanks + width;
    }
    begun = true;
    text += blanks + n;
  }
  fprintf(out, "%s\n", text);
}

void gm_say(FILE *out, const char *format, ...) {
  char text[LONGEST_SENTENCE];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  gm_fold(out, text, gm_terminal_columns(out), 0, margin_of_sentences);
}

void gm_terminal_cut(char *text, size_t columns) {
  if (gm_utf8_characters(text) <= columns) return;
  char *end = text; /* behind columns − 1 characters */
  for (size_t n = 0; n + 1 < columns; n++)
    for (end++; goes_on(*end); end++) continue;
  char *blank = end;
  while (blank > text && *blank != ' ') blank--;
  if (blank > text) end = blank;
  strcpy(end, columns > 0 ? ellipsis : "");
}
