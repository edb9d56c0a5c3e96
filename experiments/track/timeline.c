/* SPDX-License-Identifier: MIT
 * track --timeline: power of each component against time, one line per --interval, written as it goes. Each
 * line is on the sources that moved in it. */
#include "common/csv.h"
#include "common/terminal.h"
#include "experiments/track/metered_run.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* A rest shorter than this part of the interval is left out: no power can be told from it. */
static const double shortest_part = 0.1;

static const char header[] = "time_s,power_w,low_w,high_w,cpu_w,ram_w,gpu_w,wall_w,measured_share\n";

gm_status gm_track_timeline_open(gm_metered_run *run, gm_error *err) {
  if (run->timeline_path == NULL) return GM_OK;
  run->timeline = fopen(run->timeline_path, "we");
  if (run->timeline == NULL)
    return gm_fail(err, GM_BAD_INPUT, "--timeline: %s: cannot create it: %s", run->timeline_path,
                   strerror(errno));
  fputs(header, run->timeline);
  return GM_OK;
}

static void put(FILE *out, double value, char end) {
  char text[GM_DOUBLE_TEXT] = "";
  if (isfinite(value)) gm_format_double(value, text);
  fprintf(out, "%s%c", text, end);
}

void gm_track_timeline_add(gm_metered_run *run) {
  gm_reading now;
  gm_energy e;
  if (run->timeline == NULL) return;
  gm_meter_read(run->meter, &now);
  gm_meter_between(run->meter, &run->timeline_last, &now, NULL, &e);
  const bool first = run->timeline_last.time_ns == run->start.time_ns;
  const double interval_s = gm_settings_number(&run->track.settings, GM_SET_INTERVAL);
  if (!(e.duration_s > 0) || (!first && e.duration_s < shortest_part * interval_s)) return;
  put(run->timeline, (double)(now.time_ns - run->start.time_ns) * 1e-9, ',');
  put(run->timeline, e.power_w, ',');
  put(run->timeline, e.low_j / e.duration_s, ',');
  put(run->timeline, e.high_j / e.duration_s, ',');
  for (int c = 0; c < GM_N_COMPONENTS; c++) put(run->timeline, e.component_j[c] / e.duration_s, ',');
  put(run->timeline, e.energy_j > 0 ? e.measured_j / e.energy_j : NAN, '\n');
  if (fflush(run->timeline) != 0 && run->timeline_failure == 0) run->timeline_failure = errno;
  run->timeline_last = now;
}

bool gm_track_timeline_close(gm_metered_run *run) {
  if (run->timeline == NULL) return true;
  if (fclose(run->timeline) != 0 && run->timeline_failure == 0) run->timeline_failure = errno;
  run->timeline = NULL;
  if (run->timeline_failure == 0) return true;
  gm_say(stderr, "track: %s: cannot write all of it: %s", run->timeline_path,
         strerror(run->timeline_failure));
  return false;
}
