/* SPDX-License-Identifier: MIT
 * Life of an experiment: meter and baseline opened, an interval metered, everything closed. Options, data,
 * forecasts and the run directory are in the files beside it. */
#include "experiments/run/experiment.h"

#include "common/atomic_file.h"
#include "common/interrupt.h"
#include "common/terminal.h"

#include <stdlib.h>
#include <unistd.h>

static gm_status open_energy(gm_experiment *e, gm_error *err) {
  const gm_experiment_options *o = &e->options;
  gm_meter_config config = gm_meter_config_default();
  gm_meter_config_environment(&config);
  config.pue = o->pue;
  gm_status status = gm_carbon_intensity_choose(o->country, NULL, o->carbon_intensity, &e->carbon, err);
  if (status == GM_OK) status = gm_carbon_intensity_contract(o->contract_intensity, &e->carbon, err);
  if (status == GM_OK) status = gm_meter_open(&e->meter, &config, err);
  if (status != GM_OK) return status;
  return gm_idle_baseline_use(NULL, e->meter, &e->baseline, &e->has_baseline, e->no_baseline,
                              sizeof e->no_baseline, err);
}

gm_status gm_experiment_begin(gm_experiment *e, gm_error *err) {
  e->started_at = time(NULL);
  gm_interrupt_watch();
  gm_status status = gm_uuid(e->run_id, err);
  if (status == GM_OK) status = open_energy(e, err);
  if (status != GM_OK) return status;
  gm_meter_read(e->meter, &e->opened);
  return gm_compute_init(&e->compute, (int)e->options.threads, getenv("GREENMILE_ISA"), err);
}

gm_status gm_experiment_open(gm_experiment *e, gm_error *err) {
  const gm_status status = gm_experiment_begin(e, err);
  return status == GM_OK ? gm_experiment_load(e, err) : status;
}

void gm_experiment_close(gm_experiment *e) {
  gm_samples_free(&e->samples);
  gm_series_free(&e->series);
  gm_compute_free(&e->compute);
  gm_map_data_free(&e->map);
  if (e->on_close != NULL) e->on_close(e);
  gm_meter_close(e->meter);
  json_object_put(e->warnings);
  free(e->own_argv);
  if (e->out_lock >= 0) close(e->out_lock);
  *e = (gm_experiment){.program = e->program, .out_lock = -1};
}

int gm_experiment_exit(const gm_experiment *e, gm_status status, const gm_error *err) {
  if (status != GM_OK) gm_say(stderr, "%s: %s", e->program, err->message);
  if (fflush(stdout) == 0 && ferror(stdout) == 0) return gm_exit_code(status);
  gm_say(stderr, "%s: cannot write to standard output", e->program); /* --help > a full disk */
  return gm_exit_code(status == GM_OK ? GM_IO_ERROR : status);
}

void gm_experiment_warn(gm_experiment *e, const char *sentence) {
  gm_say(stderr, "%s: warning: %s", e->program, sentence);
  json_object_array_add(e->warnings, gm_json_string(sentence));
}

char *gm_experiment_path(const gm_experiment *e, const char *name) {
  return gm_path_join(e->options.out, name);
}

/* ---- the metered interval ---------------------------------------------------------------- */

void gm_experiment_start(gm_experiment *e) {
  gm_meter_read(e->meter, &e->started);
}

void gm_experiment_stop(gm_experiment *e) {
  gm_meter_read(e->meter, &e->stopped);
}

double gm_experiment_energy_so_far(gm_experiment *e) {
  gm_reading now;
  gm_energy energy;
  gm_meter_read(e->meter, &now);
  gm_meter_between(e->meter, &e->started, &now, NULL, &energy);
  return energy.energy_j;
}
