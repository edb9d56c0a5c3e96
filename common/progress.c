/* SPDX-License-Identifier: MIT
 * Progress on a stream: how long the line may be, what of it gives way when the terminal is narrow, and when
 * it is written again. It measures nothing and knows nothing of what is being done. */
#include "common/progress.h"

#include "common/clock.h"
#include "common/terminal.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  TENTHS = 10,
  LONG_BAR = 24,
  SHORT_BAR = 10,     /* where the note needs the room */
  FRAME = 3,          /* " [" and "]" */
  SHORTEST_NOTE = 12, /* less of it says nothing */
  LONGEST_LINE = 512, /* bytes */
};
static const double redraw_interval_s = 0.1;

/* "1:02:03" or "2:03" */
static const char *clock_text(double seconds, char text[24]) {
  const long s = seconds > 0 ? (long)(seconds + 0.5) : 0;
  if (s >= 3600)
    snprintf(text, 24, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(text, 24, "%ld:%02ld", s / 60, s % 60);
  return text;
}

void gm_progress_start(gm_progress *p, FILE *out, const char *label, size_t total) {
  const char *term = getenv("TERM");
  *p = (gm_progress){.out = out, .label = label, .total = total, .started_s = gm_monotonic_s()};
  p->terminal = out != NULL && isatty(fileno(out)) && term != NULL && strcmp(term, "dumb") != 0 &&
                (getenv("NO_COLOR") == NULL || getenv("NO_COLOR")[0] == '\0');
}

/* ---- the line on a terminal ---------------------------------------------------------- */

/* The bar's length: long where all fits beside it, shorter for the note, none where it would be a stump. */
static size_t bar_length(size_t room, size_t note) {
  if (room >= FRAME + LONG_BAR + note) return LONG_BAR;
  if (room >= FRAME + SHORT_BAR + note) return room - FRAME - note;
  return room >= FRAME + SHORT_BAR ? SHORT_BAR : 0;
}

/* "label [=====     ]  50 %  0:12 left  12.3 J  note" in at most `width` columns. */
static void compose(const gm_progress *p, size_t done, const char *left, const char *cost, const char *note,
                    size_t width, char line[LONGEST_LINE]) {
  char facts[128], bar[FRAME + LONG_BAR + 1] = "", rest[256] = "";
  snprintf(facts, sizeof facts, " %3zu %%  %s left%s%.40s", done * 100 / p->total, left,
           cost != NULL ? "  " : "", cost != NULL ? cost : "");
  if (note != NULL) snprintf(rest, sizeof rest, "  %.200s", note);
  const size_t taken = gm_utf8_characters(p->label) + gm_utf8_characters(facts);
  const size_t room = width > taken ? width - taken : 0;
  const size_t length = bar_length(room, gm_utf8_characters(rest));
  if (length > 0) {
    const size_t filled = done * length / p->total;
    char *end = stpcpy(bar, " [");
    for (size_t i = 0; i < length; i++) *end++ = i < filled ? '=' : ' ';
    strcpy(end, "]");
  }
  const size_t for_note = room - (length > 0 ? FRAME + length : 0);
  gm_terminal_cut(rest, for_note >= SHORTEST_NOTE ? for_note : 0);
  snprintf(line, LONGEST_LINE, "%.60s%s%s%s", p->label, bar, facts, rest);
  gm_terminal_cut(line, width);
}

/* Erases the line. A window that has become narrower since has folded it into several. */
static void erase(gm_progress *p) {
  const size_t width = gm_terminal_columns(p->out) + 1;
  const size_t folded = p->drawn_columns > width ? (p->drawn_columns - 1) / width : 0;
  fputc('\r', p->out);
  if (folded > 0) fprintf(p->out, "\033[%zuA\033[J", folded);
  fputs("\033[K", p->out);
  p->drawn_columns = 0;
}

static void draw(gm_progress *p, size_t done, const char *left, const char *cost, const char *note) {
  const double now = gm_monotonic_s();
  char line[LONGEST_LINE];
  if (now - p->drawn_s < redraw_interval_s && done < p->total) return;
  p->drawn_s = now;
  compose(p, done, left, cost, note, gm_terminal_columns(p->out), line);
  erase(p);
  fputs(line, p->out);
  fflush(p->out);
  p->drawn_columns = gm_utf8_characters(line);
}

/* ---- both ------------------------------------------------------------------------------- */

void gm_progress_update(gm_progress *p, size_t done, const char *cost, const char *note) {
  if (p->out == NULL || p->total == 0) return;
  if (done > p->total) done = p->total; /* a search repeats diverged trials */
  const double elapsed = gm_monotonic_s() - p->started_s;
  char left[24];
  clock_text(done > 0 ? elapsed * (double)(p->total - done) / (double)done : 0, left);
  if (p->terminal) {
    draw(p, done, left, cost, note);
    return;
  }
  const size_t tenth = done * TENTHS / p->total;
  if (tenth <= p->announced || done == p->total) return;
  p->announced = tenth;
  gm_say(p->out, "%s: %zu of %zu, %s left%s%s%s%s", p->label, done, p->total, left, cost != NULL ? ", " : "",
         cost != NULL ? cost : "", note != NULL ? ", " : "", note != NULL ? note : "");
}

void gm_progress_clear(gm_progress *p) {
  if (p->out == NULL || !p->terminal) return;
  erase(p);
  fflush(p->out);
}

void gm_progress_finish(gm_progress *p, const char *note) {
  if (p->out == NULL) return;
  char text[24];
  gm_progress_clear(p);
  gm_say(p->out, "%s: done in %s%s%s", p->label, clock_text(gm_monotonic_s() - p->started_s, text),
         note != NULL ? ", " : "", note != NULL ? note : "");
  fflush(p->out);
}
