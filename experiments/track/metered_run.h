/* SPDX-License-Identifier: MIT
 * One metered run of a command: what is shared by the files that start it (run.c), follow it (follow.c),
 * watch the idle machine around it (idle_windows.c) and write its results (results.c). */
#ifndef EXPERIMENTS_TRACK_METERED_RUN_H
#define EXPERIMENTS_TRACK_METERED_RUN_H

#include "energy/carbon/emissions_csv.h"
#include "energy/likely_wall.h"
#include "energy/process/process_tree.h"
#include "energy/record/readings_log.h"
#include "energy/record/run_record.h"
#include "experiments/track/session.h"

#include <signal.h>
#include <stdio.h>

typedef struct {
  gm_track track;
  gm_process_tree *tree;
  gm_meter *meter;
  gm_readings_log *log; /* NULL: none was asked for */
  gm_reading start, stop;
  gm_idle_baseline baseline, before; /* in use; of the window before the command */
  bool has_baseline, has_before;
  gm_wall_calibration wall;
  char no_baseline[256], run_id[GM_UUID_LENGTH], version[64];
  char *output, *record_path;
  time_t started_at, stopped_at;
  char **argv; /* NULL: no command, `pid` or the whole machine is watched until a signal */
  int argc;
  int64_t pid;               /* of a process that ran already, 0: none */
  const char *timeline_path; /* NULL: none */
  FILE *timeline;            /* power against time */
  int timeline_failure;      /* errno of the first line that could not be written, 0: none */
  gm_reading timeline_last;
  char warning_texts[8][256];
  const char *warnings[8]; /* the first n_warnings of the texts */
  size_t n_warnings;
  sigset_t signals; /* blocked, and taken one by one */
  FILE *live;       /* the terminal, where the command does not write to it; NULL: no live line */
} gm_metered_run;

/* Keeps a sentence for the record and prints it. */
__attribute__((format(printf, 2, 3))) void gm_track_warn(gm_metered_run *run, const char *format, ...);

/* ---- idle_windows.c ------------------------------------------------------------------- */

/* GM_BAD_INPUT where --idle-windows is neither 0 nor a window that can be watched. */
gm_status gm_track_check_windows(const gm_metered_run *run, gm_error *err);

/* Watches the machine before the command where it is asked for. A machine that is not idle is a warning;
 * GM_INTERRUPTED when a signal asked to stop. */
gm_status gm_track_window_before(gm_metered_run *run, gm_error *err);

/* And after it; the baseline is then that of both windows, if both were idle. */
void gm_track_window_after(gm_metered_run *run);

/* ---- follow.c ---------------------------------------------------------------------------- */

/* The terminal for a live line, where it is the user's and the command's output goes elsewhere; else NULL. */
FILE *gm_track_open_live(void);

/* The signals that end or tell a program something. */
void gm_track_watched_signals(sigset_t *set);

/* ---- timeline.c: watts of each component against time, a line per interval -------------------- */

gm_status gm_track_timeline_open(gm_metered_run *run, gm_error *err);
void gm_track_timeline_add(gm_metered_run *run);   /* the time since the last line */
bool gm_track_timeline_close(gm_metered_run *run); /* false, said, where it could not be written */

/* Until the command has ended, and with --wait everything it started: passes signals on, keeps the live
 * line and the checkpoints. */
void gm_track_follow(gm_metered_run *run);

/* ---- results.c --------------------------------------------------------------------------- */

/* Writes the record up to run->stop, of a run that goes on. */
void gm_track_checkpoint(gm_metered_run *run);

/* The row, the record and the summary; false where one of the files could not be written. */
bool gm_track_write_results(gm_metered_run *run);

/* ---- summary.c --------------------------------------------------------------------------- */

/* Prints what a person wants to know, also where the files could not be written: `recorded` the record was,
 * `written` is the row's file, NULL: none. */
void gm_track_print_summary(const gm_metered_run *run, const gm_run_record *record, bool recorded,
                            const char *written);

#endif
