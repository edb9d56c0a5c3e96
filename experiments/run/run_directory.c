/* SPDX-License-Identifier: MIT
 * The run directory: emissions.csv, and run.json written last, so that a directory with a run.json holds a
 * whole run. What every metered run records is the energy library's (energy/record/run_record.h); here the
 * study adds data, configuration and scores. */
#include "experiments/run/run_directory.h"

#include "common/atomic_file.h"
#include "common/clock.h"
#include "energy/energy_sum.h"
#include "energy/record/run_record.h"
#include "experiments/run/foreign_load.h"
#include "experiments/run/spent.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- the directory --------------------------------------------------------------------- */

/* What a run may leave. run.json first: without it the rest is nobody's. */
static const struct {
  const char *name;
  bool stays; /* what was drawn stays drawn, and a checkpoint is asked whose it is */
} results[] = {{"run.json", false},         {"epochs.csv", false},
               {"predictions.csv", false},  {"model.safetensors", false},
               {"linear.json", false},      {"references.csv", false},
               {"trials.csv", false},       {"curves.csv", false},
               {"pareto.csv", false},       {"replay.csv", false},
               {"frontier.csv", false},     {"coefficient_map.csv", false},
               {"saliency_map.csv", false}, {"emissions.csv", true},
               {"processes.csv", true},     {"checkpoint.safetensors", true}};

/* Holds the directory for this process until it is closed or ends, however it ends. */
static gm_status lock(gm_experiment *e, gm_error *err) {
  char sentence[GM_ERROR_LENGTH];
  e->out_lock = open(e->options.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (e->out_lock >= 0 && flock(e->out_lock, LOCK_EX | LOCK_NB) == 0) return GM_OK;
  if (e->out_lock >= 0 && errno == EWOULDBLOCK)
    return gm_fail(err, GM_BAD_INPUT,
                   "--out %s: another run is writing there; wait for it, or choose another", e->options.out);
  snprintf(sentence, sizeof sentence, "--out %s cannot be locked (%s): let no other run write there.",
           e->options.out, strerror(errno));
  gm_experiment_warn(e, sentence);
  return GM_OK;
}

gm_status gm_experiment_check_files(const gm_experiment *e, gm_error *err) {
  gm_status status = gm_file_options_check(e, err);
  for (size_t i = 0; status == GM_OK && i < sizeof results / sizeof *results; i++)
    status = gm_file_options_keep_off(e, results[i].name, err);
  return status;
}

gm_status gm_experiment_create_out(gm_experiment *e, gm_error *err) {
  gm_status status = gm_experiment_check_files(e, err);
  if (status != GM_OK) return status;
  status = gm_make_directories(e->options.out, err);
  if (status == GM_BAD_INPUT) gm_error_prefix(err, "--out");
  if (status == GM_OK) status = lock(e, err);
  for (size_t i = 0; status == GM_OK && i < sizeof results / sizeof *results; i++) {
    char *path = gm_experiment_path(e, results[i].name);
    if (path == NULL) return gm_fail_memory(err, "a file name");
    if (!results[i].stays && unlink(path) != 0 && errno != ENOENT)
      status = gm_fail(err, GM_IO_ERROR, "%s: cannot remove this file of an earlier run: %s", path,
                       strerror(errno));
    gm_atomic_file_sweep(path);
    free(path);
  }
  return status;
}

/* ---- energy ------------------------------------------------------------------------------- */

static double seconds(const gm_reading *a, const gm_reading *b) {
  return gm_ns_to_s(b->time_ns - a->time_ns);
}

static double cpu_seconds(const gm_reading *a, const gm_reading *b) {
  return gm_ns_to_s(b->process_cpu_ns - a->process_cpu_ns);
}

/* The energy between two readings outside the interval, this process's share where it is not alone. */
static gm_energy around(const gm_experiment *e, const gm_reading *a, const gm_reading *b, bool shared) {
  gm_energy energy;
  gm_meter_between(e->meter, a, b, NULL, &energy);
  if (shared && energy.busy_share < 1) {
    energy.energy_j *= energy.busy_share;
    energy.low_j *= energy.busy_share;
    energy.high_j *= energy.busy_share;
  }
  return energy;
}

/* Two views of the program from its start to now: `process` as a tracker around a script
 * that only does its work would see it, with one call of a repetition; `all` is what
 * was drawn, with every repetition. */
static void add_process_energy(struct json_object *run, gm_experiment *e, const gm_run_result *result) {
  gm_reading now;
  gm_energy all, process;
  gm_meter_read(e->meter, &now);
  double cpu_s = cpu_seconds(&e->opened, &now);
  gm_meter_between(e->meter, &e->opened, &now, NULL, &all);
  process = all;
  if (result->repeated || result->shared) {
    const gm_energy after = around(e, &e->stopped, &now, result->shared);
    process = around(e, &e->opened, &e->started, result->shared);
    gm_energy_add(&process, &result->energy);
    gm_energy_add(&process, &after);
  }
  if (result->repeated) {
    const double calls = seconds(&e->started, &e->stopped) / result->energy.duration_s;
    cpu_s -= cpu_seconds(&e->started, &e->stopped) * (1 - 1 / calls);
  } else {
    all = process;
  }
  gm_json_add_number(run, "process_energy_kwh", gm_kwh(process.energy_j));
  gm_json_add_number(run, "process_duration_s", process.duration_s);
  gm_json_add_number(run, "process_cpu_s", cpu_s);
  gm_json_add_number(run, "all_energy_kwh", gm_kwh(all.energy_j));
  gm_json_add_number(run, "all_duration_s", all.duration_s);
}

static gm_run_record record_of(const gm_experiment *e, const gm_energy *energy, bool repeated) {
  return (gm_run_record){.run_id = e->run_id,
                         .program = e->program,
                         .complete = true,
                         .argv = (const char *const *)e->argv,
                         .argc = (size_t)e->argc,
                         .exit_status = -1,
                         .started_at = e->started_at,
                         .stopped_at = time(NULL),
                         .meter = e->meter,
                         .start = &e->started,
                         .stop = &e->stopped,
                         .energy = *energy,
                         .repeated = repeated,
                         .carbon = e->carbon,
                         .wue = NAN,
                         .baseline = e->has_baseline ? &e->baseline : NULL,
                         .no_baseline = e->no_baseline,
                         .tree_method = "this process",
                         .project = "greenmile",
                         .experiment = e->options.out,
                         .version = gm_version(),
                         .git_commit = gm_git_commit(),
                         .ram_used_gib = NAN};
}

gm_status gm_experiment_write_emissions(const gm_experiment *e, const gm_energy *energy, bool continued,
                                        gm_error *err) {
  gm_run_record record = record_of(e, energy, false);
  char version[64], *path = gm_experiment_path(e, "emissions.csv");
  if (path == NULL) return gm_fail_memory(err, "a file name");
  snprintf(version, sizeof version, "greenmile-%s", gm_version());
  record.row_version = version;
  const gm_emissions_row row = gm_run_record_row(&record);
  if (!continued) remove(path); /* a run directory holds one run */
  const gm_status status = gm_emissions_append(path, &row, NULL, err);
  free(path);
  return status;
}

/* ---- run.json ------------------------------------------------------------------------------ */

/* Whole numbers that a run may not have. */
static void add_count(struct json_object *run, const char *key, int64_t count) {
  if (count >= 0)
    gm_json_add_integer(run, key, count);
  else
    gm_json_add_text(run, key, NULL);
}

static void add_study(struct json_object *run, const gm_experiment *e, const gm_run_result *result) {
  gm_json_add_text(run, "protocol", e->options.protocol);
  json_object_object_add(run, "dataset", gm_experiment_dataset(e));
  json_object_object_add(run, "config", json_object_get(result->config));
  gm_json_add_integer(run, "seed", e->options.seed);
  gm_json_add_integer(run, "parameters", result->parameters);
  add_count(run, "epochs", result->epochs);
  gm_json_add_text(run, "stop_reason", result->stop_reason);
  gm_scores_add(run, &result->scores);
  gm_json_add_integer(run, "threads", e->compute.threads);
  gm_json_add_text(run, "isa", e->compute.kernels->isa);
  gm_json_add_text(run, "blas", gm_blas_description());
}

static void add_members(struct json_object *run, struct json_object *extra) {
  if (extra == NULL) return;
  json_object_object_foreach(extra, key, value) json_object_object_add(run, key, json_object_get(value));
}

gm_status gm_experiment_record(gm_experiment *e, const gm_run_result *result, struct json_object *extra,
                               gm_error *err) {
  struct json_object *run = json_object_new_object();
  gm_status status = GM_OK;
  if (!result->recorded) status = gm_experiment_write_emissions(e, &result->energy, false, err);
  if (status == GM_OK) {
    const gm_run_record record = record_of(e, &result->energy, result->repeated);
    gm_run_record_add_identity(run, &record);
    add_study(run, e, result);
    add_members(run, extra);
    gm_run_record_add_energy(run, &record);
    add_process_energy(run, e, result);
    gm_spent_add(run, e);
    gm_foreign_load_add(run, e, &result->energy,
                        result->repeated ? seconds(&e->started, &e->stopped) : result->energy.duration_s,
                        result->shared);
    json_object_object_add(run, "warnings", json_object_get(e->warnings));
    status = gm_json_write_in(e->options.out, "run.json", run, err);
  }
  json_object_put(run);
  json_object_put(extra);
  json_object_put(result->config);
  return status;
}
