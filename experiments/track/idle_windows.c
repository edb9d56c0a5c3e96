/* SPDX-License-Identifier: MIT
 * The idle machine right before and right after a command (docs/energy-model.md, Idle baseline): a baseline
 * of the same minutes and temperature as the run, and a look at whether it moved meanwhile. */
#include "common/clock.h"
#include "common/terminal.h"
#include "experiments/track/metered_run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

static const int shortest_window_s = 2;

static int window_s(const gm_metered_run *run) {
  return (int)gm_settings_number(&run->track.settings, GM_SET_IDLE_WINDOWS);
}

gm_status gm_track_check_windows(const gm_metered_run *run, gm_error *err) {
  const gm_settings *s = &run->track.settings;
  const double seconds = gm_settings_number(s, GM_SET_IDLE_WINDOWS);
  if (seconds == 0 || (seconds >= shortest_window_s && seconds == floor(seconds))) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: expected 0 or a whole number of at least %d seconds, got \"%s\"",
                 s->origin[GM_SET_IDLE_WINDOWS], shortest_window_s, gm_settings_text(s, GM_SET_IDLE_WINDOWS));
}

/* Waits; false when a signal asks to stop. Those are blocked, so nothing else would see it. */
static bool wait_s(void *context, double seconds) {
  const gm_metered_run *run = context;
  const double end_s = gm_monotonic_s() + seconds;
  for (;;) {
    const double left_s = end_s - gm_monotonic_s();
    if (left_s <= 0) return true;
    const struct timespec timeout = gm_s_to_timespec(left_s);
    const int number = sigtimedwait(&run->signals, NULL, &timeout);
    if (number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT) return false;
    if (number < 0 && errno != EAGAIN && errno != EINTR) return false;
  }
}

static gm_status watch(gm_metered_run *run, const char *when, gm_idle_baseline *window, gm_error *err) {
  if (!gm_settings_flag(&run->track.settings, GM_SET_QUIET))
    gm_say(stderr, "track: watching the idle machine for %d s %s the command", window_s(run), when);
  return gm_idle_baseline_measure(run->meter, window_s(run), wait_s, run, window, err);
}

gm_status gm_track_window_before(gm_metered_run *run, gm_error *err) {
  if (window_s(run) == 0) return GM_OK;
  const gm_status status = watch(run, "before", &run->before, err);
  if (status == GM_INTERRUPTED) return status;
  run->has_before = status == GM_OK;
  if (!run->has_before) gm_track_warn(run, "idle window before the command: %s", err->message);
  return GM_OK;
}

void gm_track_window_after(gm_metered_run *run) {
  gm_error err = {0};
  gm_idle_baseline after;
  if (!run->has_before) return; /* nothing to compare it with */
  gm_track_checkpoint(run);     /* what is known is kept meanwhile */
  if (watch(run, "after", &after, &err) != GM_OK) {
    gm_track_warn(run, "idle window after the command: %s", err.message);
    return;
  }
  run->baseline = gm_idle_baseline_around(&run->before, &after);
  run->has_baseline = true;
  gm_meter_set_idle(run->meter, &run->baseline.power);
  if (gm_idle_baseline_is_drifting(&run->baseline))
    gm_track_warn(run, "the idle baseline is drifting: before and after the command differ by %.0f %%",
                  100 * run->baseline.drift);
}
