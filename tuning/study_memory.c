/* SPDX-License-Identifier: MIT
 * A study that nobody else sees and that ends with its process: every fact is applied as it comes, so a
 * transaction is nothing. It has no queue of trials made by others, and no worker of it can die. */
#include "tuning/study_store.h"

#include "common/json.h"

#include <stdlib.h>

static void close_memory(gm_study_store *store) {
  gm_study_record_free(store->record);
}

static gm_status nothing(gm_study_store *store, gm_error *err) {
  (void)store, (void)err;
  return GM_OK;
}

static void undo_nothing(gm_study_store *store) {
  (void)store;
}

static gm_status start(gm_study_store *store, gm_starting *starting, gm_error *err) {
  *starting = (gm_starting){0};
  return gm_history_add(&store->record->history, &starting->trial, err);
}

static gm_status started(gm_study_store *store, gm_starting *starting, gm_trial **trial, gm_error *err) {
  (void)store, (void)err;
  *trial = starting->trial;
  return GM_OK;
}

static void give_up(gm_study_store *store, gm_starting *starting) {
  (void)store;
  if (starting->trial != NULL) starting->trial->state = GM_TRIAL_FAIL;
}

static gm_status set_parameter(gm_study_store *store, gm_trial *trial, gm_assignment assignment,
                               gm_error *err) {
  (void)store;
  return gm_assignments_set(&trial->parameters, assignment.parameter, assignment.value, err);
}

static gm_status add_report(gm_study_store *store, gm_trial *trial, int64_t step, double value,
                            gm_error *err) {
  (void)store;
  return gm_trial_add_report(trial, step, value, err);
}

static gm_status end(gm_study_store *store, gm_trial *trial, gm_trial_state state, size_t n,
                     const double values[], gm_error *err) {
  (void)store;
  const gm_status status = n > 1 ? gm_trial_set_values(trial, n, values, err) : GM_OK;
  if (status != GM_OK) return status;
  if (n == 1) trial->value = values[0];
  trial->state = state;
  return GM_OK;
}

static gm_status requeue(gm_study_store *store, gm_trial *trial, gm_error *err) {
  (void)store, (void)err;
  trial->state = GM_TRIAL_WAITING;
  return GM_OK;
}

static gm_status set_system_attribute(gm_study_store *store, gm_trial *trial, const char *key,
                                      struct json_object *value, gm_error *err) {
  return gm_study_record_system_attribute(store->record, trial, key, value, err);
}

static gm_status set_attribute(gm_study_store *store, gm_trial *trial, const char *key,
                               struct json_object *value, gm_error *err) {
  (void)store;
  return gm_attribute_set(&trial->user_attributes, key, value, err);
}

static gm_status set_study_attribute(gm_study_store *store, const char *key, struct json_object *value,
                                     gm_error *err) {
  return gm_attribute_set(&store->record->user_attributes, key, value, err);
}

static gm_status set_study_attribute_once(gm_study_store *store, const char *key, struct json_object *value,
                                          bool *set, gm_error *err) {
  *set = !gm_study_record_has_attribute(store->record, key);
  if (*set) return set_study_attribute(store, key, value, err);
  json_object_put(value);
  return GM_OK;
}

static gm_status leave_metrics(gm_study_store *store, const char *const names[], gm_error *err) {
  (void)store, (void)names, (void)err;
  return GM_OK;
}

static gm_status refuse_queue(gm_study_store *store, struct json_object *fixed, gm_error *err) {
  (void)store;
  json_object_put(fixed);
  return gm_fail(err, GM_BAD_INPUT, "a study in memory has no queue: expected a journal");
}

const gm_study_place gm_study_in_memory = {
    .close = close_memory,
    .sync = nothing,
    .begin = nothing,
    .commit = nothing,
    .cancel = undo_nothing,
    .start = start,
    .started = started,
    .give_up = give_up,
    .parameter = set_parameter,
    .report = add_report,
    .end = end,
    .requeue = requeue,
    .system_attribute = set_system_attribute,
    .attribute = set_attribute,
    .study_attribute = set_study_attribute,
    .study_attribute_once = set_study_attribute_once,
    .metric_names = leave_metrics,
    .enqueue = refuse_queue,
};
