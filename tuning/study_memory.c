/* SPDX-License-Identifier: MIT
 * A study that nobody else sees and that ends with its process: every fact is applied as it comes, so a
 * transaction is nothing. It has no queue of trials made by others, and no worker of it can die. */
#include "tuning/study_store.h"

#include "common/json.h"

#include <stdlib.h>

static void place_close(gm_study_store *store) {
  gm_study_record_free(store->record);
}

static gm_status place_sync(gm_study_store *store, gm_error *err) {
  (void)store, (void)err;
  return GM_OK;
}

static gm_status place_begin(gm_study_store *store, gm_error *err) {
  return place_sync(store, err);
}

static gm_status place_commit(gm_study_store *store, gm_error *err) {
  return place_sync(store, err);
}

static void place_cancel(gm_study_store *store) {
  (void)store;
}

static gm_status place_start(gm_study_store *store, gm_starting *starting, gm_error *err) {
  *starting = (gm_starting){0};
  return gm_history_add(&store->record->history, &starting->trial, err);
}

static gm_status place_started(gm_study_store *store, gm_starting *starting, gm_trial **trial,
                               gm_error *err) {
  (void)store, (void)err;
  *trial = starting->trial;
  return GM_OK;
}

/* Nothing is fixed beforehand, so nothing can be refused for it. */
static gm_status place_refuse(gm_study_store *store, const gm_starting *starting, const char *reason,
                              gm_error *err) {
  (void)store, (void)starting;
  return gm_fail(err, GM_FAILED, "%s", reason);
}

static void place_give_up(gm_study_store *store, gm_starting *starting) {
  (void)store;
  if (starting->trial != NULL) starting->trial->state = GM_TRIAL_FAIL;
}

static gm_status place_parameter(gm_study_store *store, gm_trial *trial, gm_assignment assignment,
                                 gm_error *err) {
  (void)store;
  return gm_assignments_set(&trial->parameters, assignment.parameter, assignment.value, err);
}

static gm_status place_report(gm_study_store *store, gm_trial *trial, int64_t step, double value,
                              gm_error *err) {
  (void)store;
  return gm_trial_add_report(trial, step, value, err);
}

static gm_status place_end(gm_study_store *store, gm_trial *trial, gm_trial_state state, size_t n,
                           const double values[], gm_error *err) {
  (void)store;
  const gm_status status = n > 1 ? gm_trial_set_values(trial, n, values, err) : GM_OK;
  if (status != GM_OK) return status;
  if (n == 1) trial->value = values[0];
  trial->state = state;
  return GM_OK;
}

static gm_status place_requeue(gm_study_store *store, gm_trial *trial, gm_error *err) {
  (void)store, (void)err;
  trial->state = GM_TRIAL_WAITING;
  return GM_OK;
}

static gm_status place_system_attribute(gm_study_store *store, gm_trial *trial, const char *key,
                                        struct json_object *value, gm_error *err) {
  return gm_study_record_system_attribute(store->record, trial, key, value, err);
}

static gm_status place_attribute(gm_study_store *store, gm_trial *trial, const char *key,
                                 struct json_object *value, gm_error *err) {
  (void)store;
  return gm_attribute_set(&trial->user_attributes, key, value, err);
}

static gm_status place_study_attribute(gm_study_store *store, const char *key, struct json_object *value,
                                       gm_error *err) {
  return gm_attribute_set(&store->record->user_attributes, key, value, err);
}

static gm_status place_study_attribute_once(gm_study_store *store, const char *key, struct json_object *value,
                                            bool *set, gm_error *err) {
  *set = !gm_study_record_has_attribute(store->record, key);
  if (*set) return place_study_attribute(store, key, value, err);
  json_object_put(value);
  return GM_OK;
}

static gm_status place_metric_names(gm_study_store *store, const char *const names[], gm_error *err) {
  (void)store, (void)names, (void)err;
  return GM_OK;
}

static gm_status place_enqueue(gm_study_store *store, struct json_object *fixed, gm_error *err) {
  (void)store;
  json_object_put(fixed);
  return gm_fail(err, GM_BAD_INPUT, "a study in memory has no queue: expected a journal");
}

const gm_study_place gm_study_in_memory = GM_STUDY_PLACE;
