/* SPDX-License-Identifier: MIT
 * One line that shows how far a run is: on a terminal a bar that is redrawn, a plain line at every
 * tenth otherwise. Goes to the stream it is given (programs pass stderr), never to results. */
#ifndef COMMON_PROGRESS_H
#define COMMON_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct {
  FILE *out;
  const char *label; /* not owned */
  size_t total;      /* units of work */
  double started_s;  /* gm_monotonic_s */
  double drawn_s;
  size_t drawn_columns; /* of the line that stands there now */
  size_t announced;     /* tenths already printed, without a terminal */
  bool terminal;
} gm_progress;

/* Starts the line; `out` may be NULL for silence. NO_COLOR and TERM=dumb switch
 * the bar off. */
void gm_progress_start(gm_progress *progress, FILE *out, const char *label, size_t total);

/* `done` of total units (more count as all) are finished; `cost` ("12.3 J") and `note` (the last score), both
 * may be NULL, follow. Redraws at most ten times a second, in the width that the terminal has at that moment:
 * first the bar gets shorter, then the note is cut; label, percent, time left and cost stay as long as they
 * fit. */
void gm_progress_update(gm_progress *progress, size_t done, const char *cost, const char *note);

/* Clears the bar, before something else is printed. */
void gm_progress_clear(gm_progress *progress);

/* Clears the bar and leaves one plain line with the elapsed time and `note`. */
void gm_progress_finish(gm_progress *progress, const char *note);

#endif
