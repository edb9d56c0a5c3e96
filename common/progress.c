/* SPDX-License-Identifier: MIT
 * Progress on stderr. */
#include "common/progress.h"

#include "common/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 24, TENTHS = 10 };
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

void gm_progress_update(gm_progress *p, size_t done, const char *note) {
  if (p->out == NULL || p->total == 0) return;
  if (done > p->total) done = p->total; /* a search repeats diverged trials */
  const double now = gm_monotonic_s();
  const double elapsed = now - p->started_s;
  const double left = done > 0 ? elapsed * (double)(p->total - done) / (double)done : 0;
  char left_text[24];
  clock_text(left, left_text);
  if (p->terminal) {
    if (now - p->drawn_s < redraw_interval_s && done < p->total) return;
    p->drawn_s = now;
    const size_t filled = done * BAR_WIDTH / p->total;
    fprintf(p->out, "\r\033[K%s [", p->label);
    for (size_t i = 0; i < BAR_WIDTH; i++) fputc(i < filled ? '=' : ' ', p->out);
    fprintf(p->out, "] %3zu %%  %s left  %s", done * 100 / p->total, left_text, note != NULL ? note : "");
    fflush(p->out);
  } else {
    const size_t tenth = done * TENTHS / p->total;
    if (tenth <= p->announced || done == p->total) return;
    p->announced = tenth;
    fprintf(p->out, "%s: %zu of %zu, %s left%s%s\n", p->label, done, p->total, left_text,
            note != NULL ? ", " : "", note != NULL ? note : "");
  }
}

void gm_progress_clear(gm_progress *p) {
  if (p->out == NULL || !p->terminal) return;
  fputs("\r\033[K", p->out);
  fflush(p->out);
}

void gm_progress_finish(gm_progress *p, const char *note) {
  if (p->out == NULL) return;
  char text[24];
  gm_progress_clear(p);
  fprintf(p->out, "%s: done in %s%s%s\n", p->label, clock_text(gm_monotonic_s() - p->started_s, text),
          note != NULL ? ", " : "", note != NULL ? note : "");
  fflush(p->out);
}
