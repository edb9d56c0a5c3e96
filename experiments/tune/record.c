/* SPDX-License-Identifier: MIT
 * The record of a search: run.json with its energy, and what the study in the journal says of it. */
#include "common/atomic_file.h"
#include "common/terminal.h"
#include "energy/carbon/emissions.h"
#include "energy/energy_sum.h"
#include "experiments/run/model_input.h"
#include "experiments/run/words.h"
#include "experiments/tune/program.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/process_energy.h"
#include "tuning/worker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- run.json -------------------------------------------------------------------------------- */

/* Every option but questions to a study that is there, and the texts behind options in the end. */
static struct json_object *config_object(const gm_tune *t) {
  static const char *const apart[] = {"univariate", "space",           "timeout", "best",    "importance",
                                      "plots",      "export",          "studies", "enqueue", "explain",
                                      "replay",     "bury-older-than", NULL};
  const gm_study_config *c = &t->study_config;
  struct json_object *config = json_object_new_object();
  char pruner[GM_PRUNER_TEXT];
  gm_pruner_format(&c->pruner, pruner);
  gm_config_add_options(config, &t->experiment, apart);
  gm_json_add_text(config, "arch", gm_training_arch(&t->config, &t->experiment));
  gm_json_add_bool(config, "multivariate", c->sampler.multivariate);
  gm_json_add_text(config, "pruner", pruner);
  if (t->space_json != NULL) json_object_object_add(config, "space", json_object_get(t->space_json));
  gm_json_add_number(config, "timeout_s", t->timeout_s);
  return config;
}

static int by_name(const void *a, const void *b) {
  struct json_object *const *left = a, *const *right = b;
  return strcmp(json_object_get_string(*left), json_object_get_string(*right));
}

/* The names of what is searched, in alphabetical order; what is searched is not fixed. Ranges may change. */
static void add_searched(const gm_tune *t, struct json_object *settings) {
  struct json_object *names = json_object_new_array();
  for (size_t i = 0; i < t->n_space; i++) {
    json_object_array_add(names, json_object_new_string(t->space[i].name));
    json_object_object_del(settings, t->space[i].name);
  }
  json_object_array_sort(names, by_name);
  json_object_object_add(settings, "searched", names);
}

struct json_object *gm_tune_settings(const gm_tune *t, gm_error *err) {
  const gm_experiment *e = &t->experiment;
  struct json_object *settings = json_object_new_object();
  gm_samples samples = {0}; /* of the longest window: a trial's are part of it */
  gm_status status = gm_experiment_samples(e, e->sampling.max_time_steps, &samples, err);
  if (status == GM_OK) status = gm_data_identity(e, &samples, settings, err);
  gm_samples_free(&samples);
  if (status != GM_OK) {
    json_object_put(settings);
    return NULL;
  }
  json_object_object_del(settings, "time_steps"); /* searched */
  gm_json_add_integer(settings, "epochs", t->config.trainer.epochs);
  gm_json_add_integer(settings, "batch_size", t->config.trainer.batch_size);
  gm_json_add_text(settings, "arch", gm_training_arch(&t->config, e));
  gm_json_add_integer(settings, "seed", e->options.seed);
  gm_json_add_number(settings, "pue", e->options.pue);
  add_searched(t, settings);
  return settings;
}

static int64_t count(const gm_history *history, gm_trial_state state) {
  int64_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++) n += history->trials[i]->state == state;
  return n;
}

static struct json_object *best_object(const gm_trial *best) {
  struct json_object *object = json_object_new_object();
  gm_json_add_integer(object, "trial", best->number);
  gm_json_add_number(object, "num_input_time_steps", gm_tune_number_of(best, "num_input_time_steps"));
  gm_json_add_number(object, "learning_rate", gm_tune_number_of(best, "learning_rate"));
  gm_json_add_text(object, "optimizer", gm_tune_optimizer_of(best));
  gm_json_add_number(object, "value", gm_tune_rmse(best));
  json_object_object_add(object, "parameters", gm_tune_parameters(best));
  return object;
}

/* The network of a trial, which may have been searched. */
static gm_status network_of(const gm_tune *t, const gm_trial *trial, gm_architecture *a, gm_error *err) {
  gm_training_config config;
  size_t steps;
  if (gm_tune_configure_trial(t, trial, &config, &steps, NULL) != GM_OK) config = t->config;
  return gm_architecture_parse(gm_training_arch(&config, &t->experiment),
                               gm_experiment_shape(&t->experiment.samples), a, err);
}

static gm_status parameter_count(const gm_tune *t, int64_t *n, gm_error *err) {
  gm_architecture a;
  const gm_status status = network_of(t, gm_tune_best(t), &a, err);
  if (status != GM_OK) return status;
  *n = (int64_t)a.n_parameters;
  gm_architecture_free(&a);
  return GM_OK;
}

/* Of every epoch that a trial of the study has reported, pruned and failed trials too, with its look at the
 * validation samples: at least so many. */
static gm_status add_operations(const gm_tune *t, struct json_object *extra, gm_error *err) {
  const gm_history *history = gm_study_history(t->study);
  const gm_split *split = t->experiment.samples.split;
  double flop = 0;
  for (size_t i = 0; i < history->n_trials; i++) {
    gm_architecture a;
    const double epochs = (double)history->trials[i]->n_reports;
    const gm_status status = network_of(t, history->trials[i], &a, err);
    if (status != GM_OK) return status;
    flop += gm_architecture_training_flop(&a, epochs * (double)split[GM_TRAIN].n,
                                          epochs * (double)split[GM_VALIDATION].n);
    gm_architecture_free(&a);
  }
  gm_json_add_number(extra, "training_flop", flop);
  return GM_OK;
}

/* ---- energy ------------------------------------------------------------------------------------ */

/* What another process has left. A killed one has told joules only: they get this run's relative bounds. */
static gm_energy energy_of_process(const gm_process_energy *process, const gm_energy *own) {
  gm_energy energy = {.energy_j = process->energy_j};
  if (process->record != NULL) {
    struct json_object *record = json_tokener_parse(process->record);
    energy = gm_energy_from_json(record);
    json_object_put(record);
  } else {
    energy.low_j = energy.energy_j * own->low_j / own->energy_j;
    energy.high_j = energy.energy_j * own->high_j / own->energy_j;
  }
  if (isnan(energy.low_j) || isnan(energy.high_j)) energy.low_j = energy.high_j = energy.energy_j;
  if (isnan(energy.duration_s)) energy.duration_s = 0;
  return energy;
}

/* Energies, bounds and durations of all processes, past and present. */
static gm_status study_energy(gm_tune *t, gm_energy *sum, int64_t *n_processes, gm_error *err) {
  gm_process_energy *processes;
  int64_t killed = 0;
  size_t n;
  const gm_energy own = gm_tune_energy_until(t, &t->experiment.stopped);
  const char *id = t->journal != NULL ? gm_journal_worker_id(t->journal) : NULL;
  const gm_status status = gm_study_processes(gm_study_facts(t->study), &processes, &n, err);
  if (status != GM_OK) return status;
  *sum = own;
  *n_processes = 1;
  for (size_t i = 0; i < n && id != NULL; i++) {
    if (processes[i].worker != NULL && strcmp(processes[i].worker, id) == 0) continue;
    const gm_energy energy = energy_of_process(&processes[i], &own);
    sum->energy_j += energy.energy_j;
    sum->low_j += energy.low_j;
    sum->high_j += energy.high_j;
    sum->duration_s += energy.duration_s;
    ++*n_processes;
    killed += processes[i].record == NULL;
  }
  free(processes);
  if (killed > 0) {
    char text[200];
    snprintf(
        text, sizeof text,
        "%lld of the study's %lld processes run still or were killed: their energy is what they had told "
        "with their last report",
        (long long)killed, (long long)*n_processes);
    gm_experiment_warn(&t->experiment, text);
  }
  return GM_OK;
}

/* The study's sum beside what this process drew. */
static void add_study_energy(const gm_tune *t, const gm_energy *sum, int64_t n_processes,
                             struct json_object *extra) {
  const gm_emissions emissions =
      gm_emissions_of(sum->energy_j, sum->low_j, sum->high_j, &t->experiment.carbon);
  gm_json_add_integer(extra, "study_processes", n_processes);
  gm_json_add_number(extra, "study_duration_s", sum->duration_s);
  gm_json_add_number(extra, "study_energy_kwh", gm_kwh(sum->energy_j));
  gm_json_add_number(extra, "study_energy_low_kwh", gm_kwh(sum->low_j));
  gm_json_add_number(extra, "study_energy_high_kwh", gm_kwh(sum->high_j));
  gm_json_add_number(extra, "study_emissions_kg", emissions.kg);
  gm_json_add_number(extra, "study_emissions_low_kg", emissions.low_kg);
  gm_json_add_number(extra, "study_emissions_high_kg", emissions.high_kg);
}

/* The record that gm_study_processes finds: the energy, whole, and which row in emissions.csv holds it. */
static gm_status leave_in_study(gm_tune *t, const gm_energy *energy, gm_error *err) {
  char key[sizeof GM_PROCESS_PREFIX + GM_WORKER_ID];
  if (t->journal == NULL) return GM_OK;
  struct json_object *record = gm_energy_to_json(energy);
  gm_json_add_text(record, "run_id", t->experiment.run_id);
  const char *text = json_object_to_json_string_ext(record, JSON_C_TO_STRING_PLAIN);
  snprintf(key, sizeof key, "%s%s", GM_PROCESS_PREFIX, gm_journal_worker_id(t->journal));
  const gm_status status = gm_study_set_attribute(t->study, key, json_object_new_string(text), err);
  json_object_put(record);
  return status;
}

gm_status gm_tune_leave_energy(gm_tune *t, gm_error *err) {
  const gm_energy energy = gm_tune_energy_until(t, &t->experiment.stopped);
  gm_status status = leave_in_study(t, &energy, err);
  if (status == GM_OK) status = gm_make_directories(t->experiment.options.out, err);
  return status == GM_OK ? gm_experiment_write_emissions(&t->experiment, &energy, true, err) : status;
}

/* Whether a row is of a process that has left its energy in this study. */
static bool is_known(const gm_process_energy *processes, size_t n, const char *run_id) {
  bool known = false;
  for (size_t i = 0; i < n && !known; i++) {
    struct json_object *record = processes[i].record != NULL ? json_tokener_parse(processes[i].record) : NULL;
    const char *id = record != NULL ? gm_json_text(record, "run_id") : NULL;
    known = id != NULL && strcmp(id, run_id) == 0;
    json_object_put(record);
  }
  return known;
}

/* Whether all rows of emissions.csv are of this study. */
static bool continues(const gm_tune *t, const char *path) {
  gm_process_energy *processes = NULL;
  gm_csv_table rows = {0};
  gm_error ignored;
  size_t n = 0, column;
  bool all = t->journal != NULL && gm_csv_read(path, &rows, &ignored) == GM_OK &&
             gm_csv_column(&rows, "run_id", &column, &ignored) == GM_OK &&
             gm_study_processes(gm_study_facts(t->study), &processes, &n, &ignored) == GM_OK;
  for (size_t i = 0; i < rows.n_rows && all; i++)
    all = is_known(processes, n, gm_csv_field(&rows, i, column));
  free(processes);
  gm_csv_free(&rows);
  return all;
}

gm_status gm_tune_create_out(gm_tune *t, gm_error *err) {
  const gm_status status = gm_experiment_create_out(&t->experiment, err);
  if (status != GM_OK) return status;
  char *path = gm_experiment_path(&t->experiment, "emissions.csv");
  if (path == NULL) return gm_fail_memory(err, "a file name");
  if (!continues(t, path)) remove(path);
  free(path);
  return GM_OK;
}

/* ---- all of it ----------------------------------------------------------------------------------- */

/* The whole front, where two objectives count. */
static gm_status add_front(const gm_tune *t, struct json_object *extra, gm_error *err) {
  if (!gm_tune_counts_energy(t)) return GM_OK;
  struct json_object *front = gm_tune_front(gm_study_facts(t->study), err);
  if (front == NULL) return err->status;
  json_object_object_add(extra, "front", front);
  return GM_OK;
}

static struct json_object *extra_object(const gm_tune *t) {
  const gm_history *history = gm_study_history(t->study);
  struct json_object *extra = json_object_new_object();
  char pruner[GM_PRUNER_TEXT];
  gm_pruner_format(&t->study_config.pruner, pruner);
  json_object_object_add(extra, "best", best_object(gm_tune_best(t)));
  gm_json_add_integer(extra, "trials_complete", count(history, GM_TRIAL_COMPLETE));
  gm_json_add_integer(extra, "trials_pruned", count(history, GM_TRIAL_PRUNED));
  gm_json_add_integer(extra, "trials_failed", count(history, GM_TRIAL_FAIL));
  gm_json_add_text(extra, "sampler", t->study_config.sampler.method->name);
  gm_json_add_text(extra, "pruner", pruner);
  json_object_object_add(extra, "search_notes", json_object_get(t->search_notes));
  if (t->journal == NULL) return extra;
  gm_json_add_text(extra, "worker_id", gm_journal_worker_id(t->journal));
  if (t->rank >= 0) {
    gm_json_add_integer(extra, "rank", t->rank);
    gm_json_add_text(extra, "rank_source", t->rank_variable);
  }
  return extra;
}

/* What the study has cost and why this worker stopped, for all who open the journal. */
static gm_status note_in_study(gm_tune *t, const gm_energy *energy, gm_error *err) {
  const double kg =
      gm_emissions_of(energy->energy_j, energy->low_j, energy->high_j, &t->experiment.carbon).kg;
  gm_status status =
      gm_study_set_attribute(t->study, GM_ENERGY_ATTRIBUTE, gm_journal_float(energy->energy_j), err);
  if (status == GM_OK && !isnan(kg))
    status = gm_study_set_attribute(t->study, GM_EMISSIONS_ATTRIBUTE, gm_journal_float(kg), err);
  if (status != GM_OK) return status;
  return gm_study_set_attribute(t->study, "stop_reason", json_object_new_string(t->stop_reason), err);
}

/* "2 time steps, learning rate 3.5e-05, adam", or what else was searched. */
static void put_parameters(const gm_tune *t, const gm_trial *best, FILE *out) {
  const char *optimizer = gm_tune_optimizer_of(best);
  if (t->space_json == NULL) {
    fprintf(out, " with %.0f time steps, learning rate %.3g, %s",
            gm_tune_number_of(best, "num_input_time_steps"), gm_tune_number_of(best, "learning_rate"),
            optimizer != NULL ? optimizer : "no optimizer");
    return;
  }
  struct json_object *parameters = gm_tune_parameters(best);
  const char *separator = " with ";
  json_object_object_foreach(parameters, name, value) {
    fprintf(out, "%s%s %s", separator, name, value != NULL ? json_object_get_string(value) : "null");
    separator = ", ";
  }
  json_object_put(parameters);
}

/* tune: best is trial 12: validation RMSE 0.463 °C with 2 time steps, learning rate 3.5e-05, adam; 25
 * complete, … With two objectives "least RMSE on a front of 5 trials is trial 12: …, 3.1 J". */
static void say_best(const gm_tune *t, struct json_object *front) {
  const gm_history *history = gm_study_history(t->study);
  const gm_trial *best = gm_tune_best(t);
  char unit[GM_UNIT_SUFFIX], *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL) return;
  if (front != NULL)
    fprintf(out, "tune: least RMSE on a front of %zu trials is", json_object_array_length(front));
  else
    fputs("tune: best is", out);
  fprintf(out, " trial %lld: validation RMSE %.4g%s", (long long)best->number, gm_tune_rmse(best),
          gm_unit_suffix(&t->experiment, unit));
  if (front != NULL) fprintf(out, " at %.3g J", best->values[1]);
  put_parameters(t, best, out);
  fprintf(out, "; %lld complete, %lld pruned, %lld failed", (long long)count(history, GM_TRIAL_COMPLETE),
          (long long)count(history, GM_TRIAL_PRUNED), (long long)count(history, GM_TRIAL_FAIL));
  if (fclose(out) == 0) gm_say(stderr, "%s", text);
  free(text);
}

gm_status gm_tune_record(gm_tune *t, gm_error *err) {
  gm_experiment *e = &t->experiment;
  const gm_history *history = gm_study_history(t->study);
  gm_run_result result = {.stop_reason = t->stop_reason,
                          .energy = gm_tune_energy_until(t, &e->stopped),
                          .scores = {NAN, NAN, NAN, NAN}, /* without forecasts */
                          .recorded = true,
                          .shared = t->was_shared};
  gm_energy sum;
  int64_t n_processes;
  gm_status status = study_energy(t, &sum, &n_processes, err);
  if (status == GM_OK) status = note_in_study(t, &sum, err);
  if (status == GM_OK) status = parameter_count(t, &result.parameters, err);
  if (status == GM_OK) status = gm_tune_write_trials(t, err);
  if (status == GM_OK) status = gm_tune_write_pareto(t, err);
  if (status == GM_OK) status = gm_tune_write_replay(t, err);
  if (status == GM_OK && t->validation != NULL)
    status = gm_experiment_scores(&e->samples, t->validation, t->test, &result.scores, err);
  if (status == GM_OK && t->validation != NULL)
    status = gm_experiment_write_predictions(e, &e->samples, t->validation, t->test, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < history->n_trials; i++) result.epochs += (int64_t)history->trials[i]->n_reports;
  result.config = config_object(t);
  struct json_object *extra = extra_object(t), *front = NULL;
  add_study_energy(t, &sum, n_processes, extra);
  status = add_operations(t, extra, err);
  if (status == GM_OK) status = add_front(t, extra, err);
  if (status != GM_OK) {
    json_object_put(extra);
    return status;
  }
  if (json_object_object_get_ex(extra, "front", &front)) json_object_get(front);
  status = gm_experiment_record(e, &result, extra, err);
  if (status == GM_OK) say_best(t, front);
  json_object_put(front);
  if (status != GM_OK) return status;
  gm_experiment_say_cost(e, &result.energy, "");
  return GM_OK;
}
