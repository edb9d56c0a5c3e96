/* SPDX-License-Identifier: MIT
 * track replay: a run worked out again from the log of its raw counters. */
#include "common/json.h"
#include "common/terminal.h"
#include "energy/record/readings_log.h"
#include "energy/record/run_record.h"
#include "experiments/track/commands.h"
#include "experiments/track/session.h"

#include <math.h>
#include <string.h>

static gm_status replay(gm_track *track, const char *path, void *context, gm_error *err) {
  (void)context;
  gm_replay log;
  const gm_settings *s = &track->settings;
  const bool stated = strcmp(s->origin[GM_SET_PUE], "built-in") != 0; /* else the run's own */
  gm_status status = gm_track_carbon(track, err);
  if (status == GM_OK)
    status = gm_replay_open(&log, path, stated ? gm_settings_number(s, GM_SET_PUE) : NAN, err);
  if (status != GM_OK) return status;
  gm_run_record r = {.meter = log.meter,
                     .start = &log.readings[log.start],
                     .stop = &log.readings[log.stop],
                     .carbon = track->carbon,
                     .wue = gm_settings_number(s, GM_SET_WUE)};
  gm_meter_between(log.meter, r.start, r.stop, NULL, &r.energy);
  struct json_object *root = json_object_new_object();
  gm_json_add_text(root, "schema", "greenmile-replay-2");
  gm_json_add_text(root, "readings", path);
  gm_json_add_integer(root, "n_readings", (int64_t)(log.stop - log.start + 1));
  gm_json_add_integer(root, "differences_from_log", (int64_t)log.differences);
  gm_run_record_add_energy(root, &r);
  printf("%s\n", json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED));
  json_object_put(root);
  if (log.differences > 0)
    gm_say(stderr,
           "track replay: warning: %s: %zu of its figures are not what its counters, times and models give, "
           "which are taken instead: the log was changed, or written by another version",
           path, log.differences);
  gm_replay_close(&log);
  return GM_OK;
}

int gm_track_replay(int argc, char **argv) {
  const gm_track_usage usage = {
      .name = "track replay",
      .usage = "[options] READINGS.csv",
      .operand = "log",
      .description =
          "Works a run out again from the log that track --readings wrote: counters from their raw\n"
          "values, with another --pue, --country or --carbon-intensity where given. Prints JSON."};
  return gm_track_main(&usage, argc, argv, replay, NULL);
}
