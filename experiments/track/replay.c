/* SPDX-License-Identifier: MIT
 * track replay: a run worked out again from the log of its raw counters. */
#include "common/json.h"
#include "energy/carbon/emissions.h"
#include "energy/record/readings_log.h"
#include "experiments/track/commands.h"
#include "experiments/track/session.h"

#include <math.h>
#include <string.h>

static gm_status replay(gm_track *track, const char *path, gm_error *err) {
  gm_replay log;
  gm_energy e;
  char sources[512], uncertainty[512];
  const gm_settings *s = &track->settings;
  const bool stated = strcmp(s->origin[GM_SET_PUE], "built-in") != 0; /* else the run's own */
  gm_status status = gm_track_carbon(track, err);
  if (status == GM_OK)
    status = gm_replay_open(&log, path, stated ? gm_settings_number(s, GM_SET_PUE) : NAN, err);
  if (status != GM_OK) return status;
  gm_meter_between(log.meter, &log.readings[log.start], &log.readings[log.stop], NULL, &e);
  const gm_emissions kg = gm_emissions_of(e.energy_j, e.low_j, e.high_j, &track->carbon);
  gm_meter_sources(log.meter, &e.basis, sources, sizeof sources);
  gm_meter_uncertainty(log.meter, &e.basis, uncertainty, sizeof uncertainty);
  struct json_object *root = json_object_new_object(), *reasons = json_object_new_array();
  gm_json_add_text(root, "schema", "greenmile-replay-1");
  gm_json_add_text(root, "readings", path);
  gm_json_add_integer(root, "n_readings", (int64_t)(log.stop - log.start + 1));
  gm_json_add_integer(root, "differences_from_log", (int64_t)log.differences);
  gm_json_add_number(root, "duration_s", e.duration_s);
  gm_json_add_number(root, "energy_kwh", gm_kwh(e.energy_j));
  gm_json_add_number(root, "energy_low_kwh", gm_kwh(e.low_j));
  gm_json_add_number(root, "energy_high_kwh", gm_kwh(e.high_j));
  gm_json_add_number(root, "emissions_kg", kg.kg);
  gm_json_add_number(root, "emissions_low_kg", kg.low_kg);
  gm_json_add_number(root, "emissions_high_kg", kg.high_kg);
  gm_json_add_number(root, "pue", e.pue);
  gm_json_add_text(root, "energy_sources", sources);
  gm_json_add_text(root, "energy_basis", uncertainty);
  for (int r = 0; r < GM_N_REASONS; r++)
    if ((e.reasons & GM_REASON_BIT(r)) != 0)
      json_object_array_add(reasons, json_object_new_string(gm_reason_name((gm_reason)r)));
  json_object_object_add(root, "energy_reasons", reasons);
  printf("%s\n", json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED));
  json_object_put(root);
  gm_replay_close(&log);
  return GM_OK;
}

int gm_track_replay(int argc, char **argv) {
  const gm_track_usage usage = {
      .name = "track replay",
      .usage = "[options] READINGS.csv",
      .description =
          "Works a run out again from the log that track --readings wrote: counters from their raw\n"
          "values, with another --pue, --country or --carbon-intensity where given. Prints JSON."};
  gm_track track;
  gm_error err = {0};
  bool done;
  int first = argc;
  gm_status status = gm_track_open(&track, &usage, argc, argv, &done, &first, &err);
  if (status == GM_OK && !done) {
    gm_track_print_notices(&track);
    if (first + 1 != argc)
      status = gm_fail(&err, GM_BAD_INPUT, "expected one log: track replay [options] READINGS.csv");
    else
      status = replay(&track, argv[first], &err);
  }
  gm_track_close(&track);
  return gm_track_exit(status, &err);
}
