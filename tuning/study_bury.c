/* SPDX-License-Identifier: MIT
 * Trials of dead workers: who is dead, and what becomes of the trial. Only studies in a journal have any. */
#include "tuning/study_bury.h"

#include "common/json.h"
#include "tuning/journal/journal_time.h"
#include "tuning/process_energy.h"
#include "tuning/worker.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char died[] = "its worker ended without telling the outcome";

static double last_word_s(const gm_trial *trial) {
  const double beat_s =
      trial->system_attributes != NULL ? gm_json_number(trial->system_attributes, GM_HEARTBEAT) : NAN;
  return fmax(trial->started_s, beat_s); /* fmax prefers the number over NaN */
}

static bool is_silent(const gm_trial *trial, double silence_s) {
  return gm_journal_time_now() - last_word_s(trial) > silence_s; /* false for NaN */
}

static bool is_dead(const gm_study_store *store, const gm_trial *trial, const gm_bury_rule *rule) {
  if (trial->state != GM_TRIAL_RUNNING) return false;
  if (trial->worker != NULL && strcmp(trial->worker, gm_journal_worker_id(store->journal)) == 0) return false;
  const gm_worker_fate fate = gm_worker_fate_of(trial->worker);
  return fate == GM_WORKER_DEAD || (fate == GM_WORKER_UNKNOWN && is_silent(trial, rule->silence_s));
}

static size_t count_dead(const gm_study_store *store, const gm_bury_rule *rule) {
  const gm_history *history = &store->record->history;
  size_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++) n += is_dead(store, history->trials[i], rule);
  return n;
}

/* The trial's next process will overwrite what this one had drawn, so it is kept in the study. */
static void keep_energy(gm_study_store *store, const gm_trial *trial) {
  char key[sizeof GM_PROCESS_PREFIX + GM_WORKER_ID];
  const double energy_j = gm_trial_attribute(trial, GM_PROCESS_ENERGY_ATTRIBUTE);
  if (trial->worker == NULL || !(energy_j >= 0.0)) return;
  snprintf(key, sizeof key, "%s%s", GM_PROCESS_PREFIX, trial->worker);
  if (gm_study_record_has_attribute(store->record, key)) return;
  struct json_object *record = json_object_new_object();
  gm_json_add_number(record, "energy_j", energy_j);
  const char *text = json_object_to_json_string_ext(record, JSON_C_TO_STRING_PLAIN);
  gm_records_study_attribute(&store->batch, store->record->id, key, json_object_new_string(text));
  json_object_put(record);
}

/* Ends a trial as FAIL, and enqueues its like where that is wanted and has not been done too often. */
static void end(gm_study_store *store, const gm_trial *trial, const char *reason, const gm_bury_rule *rule) {
  gm_records_attribute(&store->batch, trial->id, GM_FAIL_REASON, json_object_new_string(reason));
  gm_records_end_trial(&store->batch, trial->id, GM_TRIAL_FAIL, 0, NULL, trial->started_s);
  struct json_object *history = NULL;
  if (trial->system_attributes != NULL)
    json_object_object_get_ex(trial->system_attributes, GM_RETRY_HISTORY, &history);
  const size_t retried =
      json_object_is_type(history, json_type_array) ? json_object_array_length(history) : 0;
  if (rule->max_retries >= 0 && (int64_t)retried < rule->max_retries)
    gm_records_retry_trial(&store->batch, store->record->id, trial);
}

static void bury(gm_study_store *store, const gm_trial *trial, const gm_bury_rule *rule) {
  const double told = gm_trial_attribute(trial, GM_RESTARTS);
  const int64_t restarts = told >= 0.0 ? (int64_t)told : 0;
  keep_energy(store, trial);
  if (gm_worker_fate_of(trial->worker) != GM_WORKER_DEAD) {
    char reason[80];
    snprintf(reason, sizeof reason, "its worker has told nothing for more than %g s", rule->silence_s);
    end(store, trial, reason, rule);
  } else if (rule->max_retries >= 0 || restarts >= rule->max_restarts) {
    end(store, trial, died, rule);
  } else {
    gm_records_attribute(&store->batch, trial->id, GM_RESTARTS, json_object_new_int64(restarts + 1));
    gm_records_requeue_trial(&store->batch, trial->id);
  }
}

gm_status gm_store_bury(gm_study_store *store, const gm_bury_rule *rule, size_t *n, gm_error *err) {
  *n = 0;
  while (store->journal != NULL && count_dead(store, rule) > 0) {
    bool done;
    gm_status status = store->in->begin(store, err);
    if (status != GM_OK) return status;
    const gm_history *history = &store->record->history;
    size_t buried = 0;
    for (size_t i = 0; i < history->n_trials; i++) {
      if (!is_dead(store, history->trials[i], rule)) continue;
      bury(store, history->trials[i], rule);
      buried++;
    }
    status = gm_journal_commit_alone(store->journal, &store->batch, &done, err);
    if (status != GM_OK) return status;
    if (done) *n += buried;
  }
  return GM_OK;
}
