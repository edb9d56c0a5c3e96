/* SPDX-License-Identifier: MIT
 * The search: workers ask the study for trials, train and meter them, and tell. */
#include "common/clock.h"
#include "common/interrupt.h"
#include "energy/carbon/emissions.h"
#include "energy/energy_sum.h"
#include "experiments/tune/program.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/process_energy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FAILURES_IN_A_ROW = 20 };

/* Between two looks at what other workers do. */
static const struct timespec poll_interval = {.tv_nsec = 200000000};

/* ---- opening -------------------------------------------------------------------------- */

gm_status gm_tune_open_study(gm_tune *t, gm_error *err) {
  if (t->journal_location == NULL) return gm_study_create(&t->study_config, &t->study, err);
  gm_status status = gm_tune_open_journal(t, false, err);
  if (status == GM_OK) status = gm_journal_sync(t->journal, err);
  if (status == GM_OK) status = gm_tune_check_objectives(t, err);
  if (status == GM_OK) status = gm_study_open(&t->study_config, t->journal, t->study_name, &t->study, err);
  if (status == GM_OK) status = gm_tune_check_settings(t, err);
  if (status == GM_OK && gm_tune_counts_energy(t))
    status = gm_study_set_metric_names(t->study, gm_tune_metrics, err);
  return status;
}

/* ---- one trial --------------------------------------------------------------------- */

typedef struct {
  gm_tune *tune;
  gm_trial *trial;
  gm_training *training;
  gm_status status;
  gm_error *err;
} judge;

static gm_status note(gm_tune *t, gm_trial *trial, const char *key, double value, gm_error *err) {
  if (isnan(value)) return GM_OK;
  return gm_study_note(t->study, trial, key, gm_journal_float(value), err);
}

/* What the process has drawn so far, overhead included, for whoever finds it dead. */
static gm_status note_process_energy(gm_tune *t, gm_trial *trial, gm_error *err) {
  return note(t, trial, GM_PROCESS_ENERGY_ATTRIBUTE, gm_tune_energy_so_far(t).energy_j, err);
}

/* Epoch e is step e − 1 of the study, as in the Python study. The energy so far goes with every report,
 * so that what a killed worker has spent is known. */
static bool report_epoch(void *context, const gm_epoch *epoch) {
  judge *j = context;
  gm_tune *t = j->tune;
  bool prune = false;
  gm_energy energy = gm_training_energy(j->training);
  gm_tune_energy_look(t, false);
  gm_tune_take_share(t, &energy);
  j->status = note(t, j->trial, GM_ENERGY_ATTRIBUTE, energy.energy_j, j->err);
  if (j->status == GM_OK) j->status = note_process_energy(t, j->trial, j->err);
  if (j->status == GM_OK)
    j->status = gm_study_report(t->study, j->trial, epoch->epoch - 1, epoch->rmse_validation, j->err);
  if (j->status == GM_OK) j->status = gm_study_should_prune(t->study, j->trial, &prune, j->err);
  return j->status == GM_OK && !prune;
}

/* The training that a trial's parameters describe. */
static gm_status prepare(gm_tune *t, const gm_trial *trial, gm_training *training, gm_error *err) {
  gm_training_config config;
  size_t steps;
  gm_status status = gm_tune_configure_trial(t, trial, &config, &steps, err);
  if (status != GM_OK) return status;
  gm_samples *samples = &t->samples[steps - 1];
  if (samples->time_steps == 0) status = gm_experiment_samples(&t->experiment, steps, samples, err);
  if (status == GM_OK) status = gm_training_create(training, &t->experiment, &config, samples, err);
  if (status == GM_OK) training->progress = &t->progress;
  const gm_trial *best = gm_tune_best(t);
  if (status == GM_OK && best != NULL) training->best_rmse = gm_tune_rmse(best);
  return status == GM_BAD_INPUT ? GM_FAILED : status; /* a network that does not fit so few time steps */
}

/* RMSE after the last epoch; with early stopping that of the epoch whose parameters it went back to. */
static double value_of(const gm_training *training) {
  const gm_trainer *trainer = &training->trainer;
  const bool best = trainer->config.early_stopping > 0 && trainer->best_epoch > 0;
  return training->epochs[(best ? trainer->best_epoch : trainer->epoch) - 1].rmse_validation;
}

static gm_status keep_forecasts(gm_tune *t, const gm_trial *trial, gm_training *training, gm_error *err) {
  free(t->validation);
  free(t->test);
  t->validation = t->test = NULL;
  t->forecast_of = trial;
  return gm_training_forecast(training, &t->validation, &t->test, err);
}

static gm_status note_cost(gm_tune *t, gm_trial *trial, const gm_training *training, double *energy_j,
                           gm_error *err) {
  gm_energy energy = gm_training_energy(training);
  gm_tune_take_share(t, &energy);
  *energy_j = energy.energy_j;
  const gm_emissions emissions =
      gm_emissions_of(energy.energy_j, energy.low_j, energy.high_j, &t->experiment.carbon);
  struct json_object *record = gm_energy_to_json(&energy);
  const char *text = json_object_to_json_string_ext(record, JSON_C_TO_STRING_PLAIN);
  gm_status status = note(t, trial, GM_ENERGY_ATTRIBUTE, energy.energy_j, err);
  if (status == GM_OK) status = note(t, trial, GM_EMISSIONS_ATTRIBUTE, emissions.kg, err);
  if (status == GM_OK) status = note(t, trial, GM_DURATION_ATTRIBUTE, energy.duration_s, err);
  if (status == GM_OK)
    status = gm_study_note(t->study, trial, GM_TUNE_ENERGY_RECORD, json_object_new_string(text), err);
  if (status == GM_OK) status = note_process_energy(t, trial, err);
  json_object_put(record);
  return status;
}

/* The value of a training that ran to its end, or was pruned; with two objectives both. */
static gm_status tell_value(gm_tune *t, gm_trial *trial, const gm_training *training, double energy_j,
                            gm_error *err) {
  const bool pruned = training->trainer.stop_reason == GM_STOP_CALLBACK;
  const double values[2] = {value_of(training), energy_j};
  if (gm_tune_counts_energy(t)) return gm_study_tell_values(t->study, trial, values, err);
  return gm_study_tell(t->study, trial, pruned ? GM_TRIAL_PRUNED : GM_TRIAL_COMPLETE, values[0], err);
}

/* Tells how a training ended. What went wrong with one trial does not end the search. */
static gm_status tell(gm_tune *t, gm_trial *trial, gm_training *training, gm_status ended, gm_error *err) {
  gm_error reason = *err;
  double energy_j = NAN;
  gm_status status = note_cost(t, trial, training, &energy_j, err);
  if (status != GM_OK) return status;
  if (ended == GM_OK) {
    status = tell_value(t, trial, training, energy_j, err);
    if (status == GM_OK && gm_tune_best(t) == trial) status = keep_forecasts(t, trial, training, err);
    return status;
  }
  if (ended == GM_INTERRUPTED && t->journal != NULL)
    status = gm_study_requeue(t->study, trial, err); /* whoever goes on with the search takes it up again */
  else
    status = gm_study_fail(t->study, trial, ended == GM_INTERRUPTED ? "interrupted" : reason.message, err);
  if (status != GM_OK) return status;
  *err = reason;
  if (ended != GM_FAILED) return ended;
  gm_progress_clear(&t->progress);
  gm_experiment_warn(&t->experiment, reason.message);
  return GM_OK;
}

static gm_status run_trial(gm_tune *t, gm_trial *trial, gm_error *err) {
  gm_training training = {0};
  judge j = {.tune = t, .trial = trial, .training = &training, .status = GM_OK, .err = err};
  gm_status status = prepare(t, trial, &training, err);
  if (status == GM_FAILED) { /* somebody enqueued what cannot be trained */
    gm_experiment_warn(&t->experiment, err->message);
    return gm_study_fail(t->study, trial, err->message, err);
  }
  if (status == GM_OK) {
    training.progress_done = (size_t)trial->number * (size_t)t->config.trainer.epochs;
    training.on_epoch = report_epoch;
    training.context = &j;
    status = gm_training_run(&training, err);
    status = j.status != GM_OK ? j.status : tell(t, trial, &training, status, err);
  }
  gm_training_free(&training);
  return status;
}

/* ---- when to start another one ------------------------------------------------------------ */

static gm_budget budget_of(const gm_tune *t) {
  const double kg_j = t->budget_kg / t->experiment.carbon.g_per_kwh * 1000.0 * GM_J_PER_KWH;
  return (gm_budget){.energy_j = fmin(kg_j, t->budget_kwh * GM_J_PER_KWH), /* fmin passes over NaN */
                     .duration_s = t->timeout_s};
}

/* Whether the best trial so far would have to be trained again at the end, for its forecasts. */
static bool best_is_elsewhere(const gm_tune *t) {
  const gm_trial *best = gm_tune_best(t);
  gm_training_config config;
  size_t steps;
  return best != NULL && best != t->forecast_of && t->rank <= 0 &&
         gm_tune_configure_trial(t, best, &config, &steps, NULL) == GM_OK;
}

/* *reason: why no further trial starts, or NULL. */
static gm_status spent(const gm_tune *t, double elapsed_s, const char **reason, gm_error *err) {
  const int64_t per_trial = t->config.trainer.epochs, epochs = per_trial * (best_is_elsewhere(t) ? 2 : 1);
  const gm_budget budget = budget_of(t);
  const char *own = t->journal != NULL ? gm_journal_worker_id(t->journal) : NULL;
  gm_search_cost cost;
  const gm_status status = gm_search_cost_of(gm_study_facts(t->study), own, gm_tune_energy_so_far(t).energy_j,
                                             per_trial, &cost, err);
  if (status != GM_OK) return status;
  switch (gm_budget_check(&budget, &cost, epochs, elapsed_s)) {
  case GM_ENERGY_SPENT:
    *reason = isnan(t->budget_kg) ? "budget_kwh" : "budget_kg";
    break;
  case GM_TIME_SPENT:
    *reason = "timeout";
    break;
  case GM_WITHIN_BUDGET:
    *reason = NULL;
    break;
  }
  return GM_OK;
}

/* Waits while the workers on this machine that still run are enough to finish the study: they may
 * fail, and then this one goes on. *wanted: whether another trial should start. */
static gm_status another_wanted(gm_tune *t, bool *wanted, gm_error *err) {
  for (;;) {
    gm_status status = gm_study_sync(t->study, err);
    if (status == GM_OK) status = gm_study_bury(t->study, NAN, NULL, err);
    if (status != GM_OK) return status;
    if (gm_interrupt_requested()) return gm_fail(err, GM_INTERRUPTED, "interrupted");
    const int64_t finished = (int64_t)gm_history_count_finished(gm_study_history(t->study));
    const int64_t running = (int64_t)gm_study_count_alive(t->study);
    *wanted = finished + running < t->trials;
    if (*wanted || finished >= t->trials) return GM_OK;
    nanosleep(&poll_interval, NULL);
  }
}

static gm_status run_trials(gm_tune *t, gm_error *err) {
  const double started_s = gm_monotonic_s();
  int64_t failures = 0;
  for (;;) {
    gm_trial *trial;
    bool wanted;
    gm_status status = another_wanted(t, &wanted, err);
    if (status != GM_OK) return status;
    t->stop_reason = "trials";
    if (wanted) status = spent(t, gm_monotonic_s() - started_s, &t->stop_reason, err);
    if (status != GM_OK || t->stop_reason != NULL) return status;
    gm_tune_energy_look(t, true);
    status = gm_study_ask_with(t->study, t->n_space, t->space, &trial, err);
    if (status == GM_OK && trial == NULL) continue; /* another worker was faster */
    if (status == GM_OK) status = run_trial(t, trial, err);
    if (status != GM_OK) return status;
    failures = trial->state == GM_TRIAL_FAIL ? failures + 1 : 0;
    if (failures == FAILURES_IN_A_ROW)
      return gm_fail(err, GM_FAILED, "%d trials in a row diverged; the search stops", FAILURES_IN_A_ROW);
  }
}

/* ---- the forecasts of the best trial --------------------------------------------------------- */

/* Another process has trained it: train it again, which gives the same forecasts on the same machine. */
static gm_status train_best_again(gm_tune *t, const gm_trial *best, gm_error *err) {
  gm_training training = {0};
  gm_status status = prepare(t, best, &training, err);
  if (status == GM_OK) {
    training.progress = NULL;
    status = gm_training_run(&training, err);
  }
  if (status == GM_OK) status = keep_forecasts(t, best, &training, err);
  if (status == GM_OK) {
    char text[160];
    const double rmse = value_of(&training);
    snprintf(text, sizeof text,
             "trial %lld, the best, ran in another process: it was trained again for its forecasts and "
             "ended at RMSE %.6g (then %.6g)",
             (long long)best->number, rmse, gm_tune_rmse(best));
    gm_experiment_warn(&t->experiment, text);
  }
  gm_training_free(&training);
  return status;
}

gm_status gm_tune_search(gm_tune *t, gm_error *err) {
  gm_status status = run_trials(t, err);
  if (status != GM_OK) return status;
  const gm_trial *best = gm_tune_best(t);
  if (best == NULL && gm_study_history(t->study)->n_trials == 0)
    return gm_fail(err, GM_FAILED, "no trial was started (%s)", t->stop_reason);
  if (best == NULL)
    return gm_fail(err, GM_FAILED, "no trial was completed (%s): every one was pruned or diverged",
                   t->stop_reason);
  if (best == t->forecast_of || t->rank > 0) return GM_OK;
  status = train_best_again(t, best, err);
  if (status != GM_FAILED) return status;
  gm_experiment_warn(&t->experiment, err->message); /* what there is of the search is written all the same */
  free(t->validation);
  free(t->test);
  t->validation = t->test = NULL;
  t->forecast_of = NULL;
  return GM_OK;
}
