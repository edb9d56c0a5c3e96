/* SPDX-License-Identifier: MIT
 * The record of a search: run.json with its energy, and what the study in the journal says of it. */
#include "energy/carbon/emissions.h"
#include "energy/energy_sum.h"
#include "experiments/tune/program.h"
#include "tuning/journal/journal_distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- run.json -------------------------------------------------------------------------------- */

static struct json_object *config_object(const gm_tune *t) {
  const gm_study_config *c = &t->study_config;
  struct json_object *config = json_object_new_object();
  char pruner[GM_PRUNER_TEXT];
  gm_pruner_format(&c->pruner, pruner);
  gm_json_add_integer(config, "trials", t->trials);
  gm_json_add_integer(config, "epochs", t->config.trainer.epochs);
  gm_json_add_integer(config, "batch_size", t->config.trainer.batch_size);
  gm_json_add_text(config, "arch", gm_training_arch(&t->config, &t->experiment));
  gm_json_add_text(config, "sampler", c->sampler.method->name);
  gm_json_add_bool(config, "multivariate", c->sampler.multivariate);
  gm_json_add_integer(config, "n_startup_trials", (int64_t)c->sampler.n_startup_trials);
  gm_json_add_text(config, "pruner", pruner);
  gm_json_add_integer(config, "pruner_startup_trials", (int64_t)c->pruner.n_startup_trials);
  gm_json_add_integer(config, "pruner_warmup_steps", c->pruner.n_warmup_steps);
  gm_json_add_integer(config, "pruner_interval", c->pruner.interval_steps);
  gm_json_add_text(config, "journal", t->journal_location);
  gm_json_add_text(config, "study", t->study_name);
  gm_json_add_number(config, "budget_kg", t->budget_kg);
  gm_json_add_number(config, "budget_kwh", t->budget_kwh);
  gm_json_add_number(config, "timeout_s", t->timeout_s);
  return config;
}

/* FNV-1a, 64 bits (Fowler, Noll & Vo), of all values of the series: a file of the same name may change. */
static uint64_t fingerprint(const gm_series *series) {
  const size_t n = (1 + series->n_channels) * series->n_times * sizeof(double);
  const unsigned char *bytes = (const unsigned char *)series->target; /* one block with the channels */
  uint64_t hash = 0xcbf29ce484222325U;
  for (size_t i = 0; i < n; i++) hash = (hash ^ bytes[i]) * 0x100000001b3U;
  return hash;
}

struct json_object *gm_tune_settings(const gm_tune *t) {
  struct json_object *settings = gm_experiment_input_metadata(&t->experiment, &t->experiment.samples);
  json_object_object_del(settings, "time_steps"); /* searched */
  json_object_object_del(settings, "version");
  char data[20];
  snprintf(data, sizeof data, "%016llx", (unsigned long long)fingerprint(&t->experiment.series));
  gm_json_add_text(settings, "data", data);
  gm_json_add_text(settings, "validation", t->experiment.options.validation);
  gm_json_add_text(settings, "features", t->experiment.options.features);
  gm_json_add_integer(settings, "epochs", t->config.trainer.epochs);
  gm_json_add_integer(settings, "batch_size", t->config.trainer.batch_size);
  gm_json_add_text(settings, "arch", gm_training_arch(&t->config, &t->experiment));
  gm_json_add_integer(settings, "seed", t->experiment.options.seed);
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
  gm_json_add_integer(object, "num_input_time_steps",
                      (int64_t)gm_trial_parameter(best, "num_input_time_steps"));
  gm_json_add_number(object, "learning_rate", gm_trial_parameter(best, "learning_rate"));
  gm_json_add_text(object, "optimizer", gm_tune_optimizer_of(best));
  gm_json_add_number(object, "value", best->value);
  return object;
}

static gm_status parameter_count(const gm_tune *t, int64_t *n, gm_error *err) {
  gm_architecture a;
  const gm_status status = gm_architecture_parse(gm_training_arch(&t->config, &t->experiment),
                                                 gm_experiment_shape(&t->experiment.samples), &a, err);
  if (status != GM_OK) return status;
  *n = (int64_t)a.n_parameters;
  gm_architecture_free(&a);
  return GM_OK;
}

/* The energy record of a trial; false where it has none (killed before its end, or run by other software). */
static bool trial_energy(const gm_trial *trial, gm_energy *energy) {
  const char *text =
      trial->user_attributes != NULL ? gm_json_text(trial->user_attributes, GM_TUNE_ENERGY_RECORD) : NULL;
  struct json_object *record = text != NULL ? json_tokener_parse(text) : NULL;
  const double energy_j = gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE);
  *energy = (gm_energy){0};
  if (json_object_is_type(record, json_type_object))
    *energy = gm_energy_from_json(record);
  else if (energy_j >= 0.0)
    energy->energy_j = energy->low_j = energy->high_j = energy_j;
  else
    return false;
  json_object_put(record);
  return true;
}

/* Energy of the study: the metered interval of this process plus the trials of all other processes, past
 * and present. Where workers share the machine, the interval would hold the others' energy too: then it is
 * the sum over all trials, each with its worker's share, and what lies between trials is not counted. */
static gm_energy study_energy(gm_tune *t) {
  const gm_history *history = gm_study_history(t->study);
  const char *own = t->journal != NULL ? gm_journal_worker_id(t->journal) : NULL;
  const gm_energy interval = gm_experiment_energy(&t->experiment);
  gm_energy sum = {0};
  int64_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    gm_energy energy;
    const bool mine = own == NULL || (trial->worker != NULL && strcmp(trial->worker, own) == 0);
    if ((mine && !t->shared) || !trial_energy(trial, &energy)) continue;
    energy.basis = interval.basis;
    energy.scope = interval.scope;
    energy.measured = interval.measured;
    energy.utilisation = interval.utilisation;
    energy.pue = interval.pue;
    gm_energy_add(&sum, &energy);
    n += !mine;
  }
  if (!t->shared) gm_energy_add(&sum, &interval);
  if (n > 0) {
    char text[200];
    snprintf(text, sizeof text,
             "trials that other processes ran: %lld; their energy is the sum of what each trial recorded, "
             "without what those processes spent between trials",
             (long long)n);
    gm_experiment_warn(&t->experiment, text);
  }
  return sum;
}

static struct json_object *extra_object(const gm_tune *t) {
  const gm_history *history = gm_study_history(t->study);
  struct json_object *extra = json_object_new_object();
  char pruner[GM_PRUNER_TEXT];
  gm_pruner_format(&t->study_config.pruner, pruner);
  json_object_object_add(extra, "best", best_object(gm_study_best(t->study)));
  gm_json_add_integer(extra, "trials_complete", count(history, GM_TRIAL_COMPLETE));
  gm_json_add_integer(extra, "trials_pruned", count(history, GM_TRIAL_PRUNED));
  gm_json_add_integer(extra, "trials_failed", count(history, GM_TRIAL_FAIL));
  gm_json_add_text(extra, "sampler", t->study_config.sampler.method->name);
  gm_json_add_text(extra, "pruner", pruner);
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

gm_status gm_tune_record(gm_tune *t, gm_error *err) {
  gm_experiment *e = &t->experiment;
  const gm_history *history = gm_study_history(t->study);
  gm_run_result result = {.stop_reason = t->stop_reason, .energy = study_energy(t)};
  gm_status status = note_in_study(t, &result.energy, err);
  if (status == GM_OK) status = parameter_count(t, &result.parameters, err);
  if (status == GM_OK) status = gm_tune_write_trials(t, err);
  if (status == GM_OK) status = gm_tune_write_pareto(t, err);
  if (status == GM_OK) status = gm_tune_write_replay(t, err);
  if (status == GM_OK)
    status = gm_experiment_scores(&e->samples, t->validation, t->test, &result.scores, err);
  if (status == GM_OK) status = gm_experiment_write_predictions(e, &e->samples, t->validation, t->test, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < history->n_trials; i++) result.epochs += (int64_t)history->trials[i]->n_reports;
  result.config = config_object(t);
  return gm_experiment_record(e, &result, extra_object(t), err);
}
