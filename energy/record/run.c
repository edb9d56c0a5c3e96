/* SPDX-License-Identifier: MIT
 * One metered interval behind an opaque handle. */
#include "energy/record/run.h"

#include "common/json.h"
#include "common/options.h"
#include "energy/carbon/emissions.h"
#include "energy/record/run_record.h"
#include "energy/record/settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct gm_run {
  gm_settings settings;
  gm_carbon_intensity carbon;
  gm_meter *meter;
  gm_status failed; /* of opening */
  bool started, stopped;
  gm_reading start, stop;
  time_t started_at, stopped_at;
  gm_energy energy;
  gm_error err;
  char text[2048], run_id[GM_UUID_LENGTH], version[64];
};

int gm_run_interface(void) {
  return GM_RUN_INTERFACE;
}

static int done(gm_run *run, gm_status status) {
  if (status == GM_OK) run->err.message[0] = '\0';
  return gm_exit_code(status);
}

gm_run *gm_run_open(void) {
  gm_run *run = calloc(1, sizeof *run);
  if (run == NULL) return NULL;
  gm_status status = gm_settings_open(&run->settings, &run->err);
  if (status == GM_OK) status = gm_settings_read_environment(&run->settings, environ, &run->err);
  run->failed = status; /* said by the start, where somebody looks */
  run->carbon = gm_carbon_intensity_unset();
  return run;
}

void gm_run_close(gm_run *run) {
  if (run == NULL) return;
  gm_meter_close(run->meter);
  gm_settings_close(&run->settings);
  free(run);
}

const char *gm_run_error(const gm_run *run) {
  return run != NULL ? run->err.message : "no run: gm_run_open had no memory";
}

int gm_run_set(gm_run *run, const char *name, const char *value) {
  for (int i = 0; i < GM_N_SETTINGS; i++) {
    if (strcmp(gm_setting_table()[i].key, name) != 0) continue;
    if (run->meter != NULL)
      return done(run, gm_fail(&run->err, GM_BAD_INPUT, "%s: expected before the first start", name));
    return done(run, gm_settings_set(&run->settings, (gm_setting_id)i, value, name, &run->err));
  }
  return done(run, gm_fail(&run->err, GM_BAD_INPUT, "\"%s\" is no setting; see track config", name));
}

int gm_run_start(gm_run *run) {
  gm_status status = run->failed;
  run->stopped = false;
  if (status == GM_OK && run->meter == NULL) {
    const gm_meter_config config = gm_settings_meter_config(&run->settings);
    status = gm_settings_carbon(&run->settings, &run->carbon, &run->err);
    if (status == GM_OK) status = gm_meter_open(&run->meter, &config, &run->err);
  }
  if (status != GM_OK) return done(run, status);
  run->started_at = time(NULL);
  gm_meter_read_aligned(run->meter, &run->start);
  run->started = true;
  return done(run, GM_OK);
}

double gm_run_stop_j(gm_run *run) {
  if (!run->started) {
    (void)gm_fail(&run->err, GM_BAD_INPUT, "expected gm_run_start before gm_run_stop_j");
    return NAN;
  }
  gm_meter_read(run->meter, &run->stop);
  gm_meter_between(run->meter, &run->start, &run->stop, NULL, &run->energy);
  run->stopped_at = time(NULL);
  run->stopped = true;
  return run->energy.energy_j;
}

/* ---- what the interval was ------------------------------------------------------------- */

double gm_run_duration_s(const gm_run *run) {
  return run->stopped ? run->energy.duration_s : NAN;
}

double gm_run_energy_j(const gm_run *run) {
  return run->stopped ? run->energy.energy_j : NAN;
}

double gm_run_low_j(const gm_run *run) {
  return run->stopped ? run->energy.low_j : NAN;
}

double gm_run_high_j(const gm_run *run) {
  return run->stopped ? run->energy.high_j : NAN;
}

double gm_run_measured_share(const gm_run *run) {
  return run->stopped && run->energy.energy_j > 0 ? run->energy.measured_j / run->energy.energy_j : NAN;
}

static gm_emissions emissions(const gm_run *run) {
  const gm_energy *e = &run->energy;
  if (!run->stopped) return (gm_emissions){NAN, NAN, NAN};
  return gm_emissions_of(e->energy_j, e->low_j, e->high_j, &run->carbon);
}

double gm_run_emissions_kg(const gm_run *run) {
  return emissions(run).kg;
}

double gm_run_emissions_low_kg(const gm_run *run) {
  return emissions(run).low_kg;
}

double gm_run_emissions_high_kg(const gm_run *run) {
  return emissions(run).high_kg;
}

/* ---- texts and files -------------------------------------------------------------------- */

static gm_run_record record_of(gm_run *run) {
  snprintf(run->version, sizeof run->version, "greenmile-%s", gm_version());
  return (gm_run_record){.run_id = run->run_id,
                         .program = "greenmile-energy",
                         .complete = true,
                         .exit_status = -1,
                         .started_at = run->started_at,
                         .stopped_at = run->stopped_at,
                         .meter = run->meter,
                         .start = &run->start,
                         .stop = &run->stop,
                         .energy = run->energy,
                         .carbon = run->carbon,
                         .wue = gm_settings_number(&run->settings, GM_SET_WUE),
                         .project = gm_settings_text(&run->settings, GM_SET_PROJECT),
                         .experiment = gm_settings_text(&run->settings, GM_SET_EXPERIMENT),
                         .region = gm_settings_text(&run->settings, GM_SET_REGION),
                         .cloud_provider = gm_settings_text(&run->settings, GM_SET_CLOUD_PROVIDER),
                         .cloud_region = gm_settings_text(&run->settings, GM_SET_CLOUD_REGION),
                         .version = gm_version(),
                         .row_version = run->version,
                         .ram_used_gib = NAN};
}

const char *gm_run_sources(gm_run *run) {
  run->text[0] = '\0';
  if (run->stopped) gm_meter_sources(run->meter, &run->energy.basis, run->text, sizeof run->text);
  return run->text;
}

const char *gm_run_notes(gm_run *run) {
  size_t used = 0;
  run->text[0] = '\0';
  if (!run->stopped) return run->text;
  const gm_run_record record = record_of(run);
  struct json_object *notes = gm_run_record_notes(&record);
  for (size_t i = 0; i < json_object_array_length(notes) && used < sizeof run->text; i++)
    used += (size_t)snprintf(run->text + used, sizeof run->text - used, "%s%s", i > 0 ? "\n" : "",
                             json_object_get_string(json_object_array_get_idx(notes, i)));
  json_object_put(notes);
  return run->text;
}

int gm_run_append_csv(gm_run *run, const char *path) {
  if (!run->stopped)
    return done(run, gm_fail(&run->err, GM_BAD_INPUT, "expected gm_run_stop_j before gm_run_append_csv"));
  gm_status status = gm_uuid(run->run_id, &run->err);
  const gm_run_record record = record_of(run);
  const gm_emissions_row row = gm_run_record_row(&record);
  if (status == GM_OK) status = gm_emissions_append(path, &row, NULL, &run->err);
  return done(run, status);
}
