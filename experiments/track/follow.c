/* SPDX-License-Identifier: MIT
 * Following a command that runs: signals, the live line, checkpoints. No handler is installed; the
 * signals are blocked and taken one by one. */
#include "common/clock.h"
#include "common/terminal.h"
#include "energy/carbon/emissions.h"
#include "experiments/track/metered_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double live_s = 1, survivors_poll_s = 0.05;

void gm_track_watched_signals(sigset_t *set) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD};
  sigemptyset(set);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(set, numbers[i]);
}

FILE *gm_track_open_live(void) {
  const char *term = getenv("TERM");
  if (getenv("NO_COLOR") != NULL || term == NULL || strcmp(term, "dumb") == 0) return NULL;
  if (isatty(STDOUT_FILENO) || isatty(STDERR_FILENO)) return NULL; /* the command's output is there */
  FILE *terminal = fopen("/dev/tty", "we");
  if (terminal != NULL && tcgetpgrp(fileno(terminal)) == getpgrp()) return terminal;
  if (terminal != NULL) fclose(terminal); /* somebody else is in the foreground */
  return NULL;
}

static void print_live(const gm_metered_run *run) {
  gm_reading now;
  gm_energy e;
  gm_meter_read(run->meter, &now);
  gm_meter_between(run->meter, &run->start, &now, NULL, &e);
  char line[160];
  snprintf(line, sizeof line, "track: %.0f s, %.3g kWh (%.3g to %.3g), %.3g W%s", e.duration_s,
           gm_kwh(e.energy_j), gm_kwh(e.low_j), gm_kwh(e.high_j), e.power_w, e.measured ? "" : ", modelled");
  gm_terminal_cut(line, gm_terminal_columns(run->live));
  fprintf(run->live, "\r\033[K%s", line);
  fflush(run->live);
}

void gm_track_follow(gm_metered_run *run) {
  const bool wait = gm_settings_flag(&run->track.settings, GM_SET_WAIT);
  const double checkpoint_s = gm_settings_number(&run->track.settings, GM_SET_CHECKPOINT);
  const double begun_s = gm_monotonic_s();
  double next_live_s = run->live != NULL ? begun_s + live_s : INFINITY,
         next_checkpoint_s = begun_s + checkpoint_s;
  const double timeline_s = gm_settings_number(&run->track.settings, GM_SET_INTERVAL);
  double next_timeline_s = run->timeline != NULL ? begun_s + timeline_s : INFINITY;
  for (;;) {
    const bool ended = gm_process_tree_reap(run->tree);
    if (ended && (!wait || gm_process_tree_population(run->tree) == 0)) break;
    double due_s = fmin(fmin(next_live_s, next_timeline_s), next_checkpoint_s) - gm_monotonic_s();
    if (ended) due_s = fmin(due_s, survivors_poll_s);
    due_s = fmin(due_s, gm_process_tree_watch_s(run->tree, gm_monotonic_s() - begun_s));
    const struct timespec timeout = gm_s_to_timespec(due_s);
    siginfo_t info;
    const int number = sigtimedwait(&run->signals, &info, &timeout);
    /* A terminal's Ctrl-C went to the whole foreground group; the command too, unless it left (timeout,
     * setsid). */
    if (run->argv == NULL && (number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT))
      break;
    const bool has_it = info.si_code == SI_KERNEL && !gm_process_tree_left_group(run->tree);
    if (number > 0 && number != SIGCHLD && run->argv != NULL && !has_it)
      gm_process_tree_signal(run->tree, number);
    const double now_s = gm_monotonic_s();
    (void)gm_process_tree_cpu_ns(run->tree); /* where nothing else looks so often */
    if (now_s >= next_live_s) {
      print_live(run);
      next_live_s = now_s + live_s;
    }
    if (now_s >= next_timeline_s) {
      gm_track_timeline_add(run);
      next_timeline_s = now_s + timeline_s;
    }
    if (now_s >= next_checkpoint_s) {
      gm_meter_read(run->meter, &run->stop);
      run->stopped_at = time(NULL);
      gm_track_checkpoint(run);
      next_checkpoint_s = now_s + checkpoint_s;
    }
  }
  if (run->live != NULL) {
    fputs("\r\033[K", run->live);
    fclose(run->live);
    run->live = NULL;
  }
}
