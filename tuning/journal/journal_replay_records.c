/* SPDX-License-Identifier: MIT
 * Replay of the records of trials: each changes one trial as Optuna's storage would. Records of studies and
 * the order of reading are journal_replay.c's. What no reader could have written is refused, what has become
 * moot is passed over. */
#include "tuning/journal/journal_replay_trial.h"

#include "common/json.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/journal/journal_members.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* No int64_t reaches this. */
static const double largest_integer = 0x1p63;

/* The trial of the record's trial_id; NULL where there is none or it has ended: the record is ignored. */
static gm_status record_trial(const gm_journal_replay *replay, struct json_object *record,
                              gm_replayed_trial *found, gm_error *err) {
  int64_t id = 0;
  const gm_status status = gm_member_integer(record, "trial_id", &id, err);
  *found = (gm_replayed_trial){NULL, NULL};
  if (status == GM_OK && id >= 0 && (uint64_t)id < replay->n_trials &&
      !gm_trial_finished(replay->trials[id].trial))
    *found = replay->trials[id];
  return status;
}

/* Remembers which trial this worker has created or started last. */
static gm_status note_owner(gm_journal_replay *replay, struct json_object *record, gm_trial *trial,
                            gm_error *err) {
  const char *worker = gm_json_text(record, "worker_id");
  char *copy = strdup(worker);
  if (copy == NULL) return gm_fail_memory(err, "a trial");
  free(trial->worker);
  trial->worker = copy;
  if (replay->worker_id != NULL && strcmp(worker, replay->worker_id) == 0) replay->own_trial = trial->id;
  return GM_OK;
}

/* ---- creation ------------------------------------------------------------------------ */

static gm_status assign(gm_study_record *study, gm_trial *trial, const char *name,
                        struct json_object *internal, const gm_distribution *d, gm_error *err) {
  const gm_parameter *parameter;
  if (!gm_member_is_number(internal)) return gm_member_missing(err, "param_value_internal", "a number");
  const double value = json_object_get_double(internal);
  if (d->kind == GM_CATEGORICAL && !(value >= 0.0 && value < (double)d->n_choices))
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': %g is the index of none of its %zu choices", name,
                   value, d->n_choices);
  if (d->kind == GM_INT && !(fabs(value) < largest_integer))
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': %g is no integer of 64 bits", name, value);
  const gm_status status = gm_search_space_intern(&study->space, name, d, &parameter, err);
  if (status != GM_OK) return status;
  return gm_assignments_set(&trial->parameters, parameter, d->kind == GM_FLOAT ? value : trunc(value), err);
}

static gm_status read_parameter(gm_study_record *study, gm_trial *trial, const char *name,
                                struct json_object *internal, const char *distribution, gm_error *err) {
  gm_distribution d;
  void *labels;
  gm_status status = gm_journal_distribution_parse(distribution, name, &d, &labels, err);
  if (status == GM_OK) status = assign(study, trial, name, internal, &d, err);
  free(labels);
  return status;
}

/* Members params and distributions of a trial that is created with all it has. */
static gm_status read_parameters(gm_study_record *study, gm_trial *trial, struct json_object *record,
                                 gm_error *err) {
  struct json_object *params, *distributions;
  if (!json_object_object_get_ex(record, "params", &params)) return GM_OK;
  gm_status status = gm_member_object(record, "params", -1, &params, err);
  if (status == GM_OK) status = gm_member_object(record, "distributions", -1, &distributions, err);
  if (status != GM_OK) return status;
  json_object_object_foreach(params, name, internal) {
    const char *text = gm_json_text(distributions, name);
    if (text == NULL)
      return gm_member_missing(err, "distributions", "an object with every parameter's distribution");
    status = read_parameter(study, trial, name, internal, text, err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}

static gm_status read_reports(gm_trial *trial, struct json_object *record, gm_error *err) {
  struct json_object *reports;
  if (!json_object_object_get_ex(record, "intermediate_values", &reports)) return GM_OK;
  gm_status status = gm_member_object(record, "intermediate_values", -1, &reports, err);
  if (status != GM_OK) return status;
  json_object_object_foreach(reports, step, value) {
    char *end;
    const long long number = strtoll(step, &end, 10);
    double report = NAN;
    if (end == step || *end != '\0')
      return gm_member_missing(err, "intermediate_values", "an object of steps");
    if (value != NULL) status = gm_member_number(value, "intermediate_values", &report, err);
    if (status == GM_OK) status = gm_trial_set_report(trial, number, report, err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}

/* One value per objective. A list of another length is taken as no value, which readers of the trial tell. */
static gm_status read_values(const gm_study_record *study, gm_trial *trial, struct json_object *list,
                             gm_error *err) {
  const size_t n_objectives = study->history.n_objectives;
  if (list == NULL) return GM_OK;
  if (!json_object_is_type(list, json_type_array)) return gm_member_missing(err, "values", "a list or null");
  const size_t n = json_object_array_length(list);
  double *values = calloc(n > 0 ? n : 1, sizeof *values);
  if (values == NULL) return gm_fail_memory(err, "a trial");
  gm_status status = GM_OK;
  for (size_t i = 0; i < n && status == GM_OK; i++)
    status = gm_member_number(json_object_array_get_idx(list, i), "values", &values[i], err);
  if (status == GM_OK && n_objectives == 1) trial->value = n > 0 ? values[0] : NAN;
  if (status == GM_OK && n_objectives > 1 && n == n_objectives)
    status = gm_trial_set_values(trial, n, values, err);
  free(values);
  return status;
}

static gm_status read_attributes(gm_study_record *study, gm_trial *trial, struct json_object *record,
                                 gm_error *err) {
  struct json_object *user, *system;
  gm_status status = GM_OK;
  if (json_object_object_get_ex(record, "user_attrs", &user) && user != NULL) {
    status = gm_member_object(record, "user_attrs", -1, &user, err);
    if (status == GM_OK) trial->user_attributes = json_object_get(user);
  }
  if (status != GM_OK || !json_object_object_get_ex(record, "system_attrs", &system) || system == NULL)
    return status;
  status = gm_member_object(record, "system_attrs", -1, &system, err);
  if (status != GM_OK) return status;
  json_object_object_foreach(system, key, value) {
    status = gm_study_record_system_attribute(study, trial, key, json_object_get(value), err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}

/* A trial is created bare, or with all it has: enqueued, retried or copied from elsewhere. */
static gm_status fill_trial(gm_study_record *study, gm_trial *trial, struct json_object *record,
                            gm_error *err) {
  struct json_object *member, *value = NULL;
  double single = NAN;
  gm_status status = gm_member_time(record, "datetime_start", 1, &trial->started_s, err);
  if (status == GM_OK && json_object_object_get_ex(record, "datetime_complete", &member))
    status = gm_member_time(record, "datetime_complete", 0, &trial->ended_s, err);
  if (status == GM_OK) status = read_parameters(study, trial, record, err);
  if (status == GM_OK) status = read_reports(trial, record, err);
  if (status == GM_OK) status = read_attributes(study, trial, record, err);
  if (status == GM_OK && json_object_object_get_ex(record, "values", &member))
    status = read_values(study, trial, member, err);
  if (status == GM_OK && json_object_object_get_ex(record, "value", &value) && value != NULL)
    status = gm_member_number(value, "value", &single, err);
  if (status == GM_OK && study->history.n_objectives == 1 && !isnan(single)) trial->value = single;
  if (status == GM_OK && json_object_object_get_ex(record, "state", &member))
    status = gm_member_state(record, &trial->state, err);
  return status;
}

gm_status gm_replay_create_trial(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_study_record *study;
  gm_trial *trial;
  gm_status status = gm_replay_study(replay, record, &study, err);
  if (status != GM_OK || study == NULL) return status;
  void *trials = replay->trials;
  if (!gm_replay_reserve(&trials, replay->n_trials, &replay->trial_capacity, sizeof *replay->trials))
    return gm_fail_memory(err, "the trials");
  replay->trials = trials;
  status = gm_history_add(&study->history, &trial, err);
  if (status != GM_OK) return status;
  trial->id = (int64_t)replay->n_trials;
  status = fill_trial(study, trial, record, err);
  if (status == GM_OK && trial->state == GM_TRIAL_RUNNING) status = note_owner(replay, record, trial, err);
  if (status != GM_OK) { /* the journal is unreadable from here on: as if the record were not there */
    study->history.n_trials--;
    gm_trial_free(trial);
    return status;
  }
  replay->trials[replay->n_trials++] = (gm_replayed_trial){study, trial};
  return GM_OK;
}

/* The parameter as the first trial of the study that has it knows it, or NULL. */
static const gm_parameter *first_use(const gm_study_record *study, const char *name) {
  const char *shared = gm_search_space_name(&study->space, name);
  for (size_t i = 0; shared != NULL && i < study->history.n_trials; i++) {
    const gm_assignment *found = gm_assignments_find(&study->history.trials[i]->parameters, shared);
    if (found != NULL) return found->parameter;
  }
  return NULL;
}

gm_status gm_replay_parameter(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_replayed_trial t;
  const char *name, *text;
  struct json_object *internal = NULL;
  gm_status status = record_trial(replay, record, &t, err);
  if (status != GM_OK || t.trial == NULL) return status;
  status = gm_member_text(record, "param_name", &name, err);
  if (status == GM_OK) status = gm_member_text(record, "distribution", &text, err);
  if (status != GM_OK) return status;
  json_object_object_get_ex(record, "param_value_internal", &internal);
  gm_distribution d;
  void *labels;
  status = gm_journal_distribution_parse(text, name, &d, &labels, err);
  if (status != GM_OK) return status;
  const gm_parameter *first = first_use(t.study, name);
  if (first == NULL || gm_distribution_compatible(&first->distribution, &d))
    status = assign(t.study, t.trial, name, internal, &d, err);
  free(labels);
  return status;
}

gm_status gm_replay_state(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_replayed_trial t;
  gm_trial_state state = GM_TRIAL_RUNNING;
  struct json_object *values;
  gm_status status = record_trial(replay, record, &t, err);
  if (status != GM_OK || t.trial == NULL) return status;
  status = gm_member_state(record, &state, err);
  if (status != GM_OK) return status;
  if (state == GM_TRIAL_RUNNING && t.trial->state == GM_TRIAL_RUNNING) return GM_OK; /* lost a race */
  if (!json_object_object_get_ex(record, "values", &values))
    return gm_member_missing(err, "values", "a list or null");
  double started_s = t.trial->started_s, ended_s = t.trial->ended_s;
  if (state == GM_TRIAL_RUNNING) status = gm_member_time(record, "datetime_start", 0, &started_s, err);
  if (state == GM_TRIAL_COMPLETE || state == GM_TRIAL_PRUNED || state == GM_TRIAL_FAIL)
    status = gm_member_time(record, "datetime_complete", 0, &ended_s, err);
  if (status == GM_OK) status = read_values(t.study, t.trial, values, err);
  if (status == GM_OK && state == GM_TRIAL_RUNNING) status = note_owner(replay, record, t.trial, err);
  if (status != GM_OK) return status;
  t.trial->started_s = started_s;
  t.trial->ended_s = ended_s;
  t.trial->state = state;
  return GM_OK;
}

gm_status gm_replay_report(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_replayed_trial t;
  int64_t step = 0;
  struct json_object *value;
  double report = NAN;
  gm_status status = record_trial(replay, record, &t, err);
  if (status != GM_OK || t.trial == NULL) return status;
  status = gm_member_integer(record, "step", &step, err);
  if (status != GM_OK) return status;
  if (!json_object_object_get_ex(record, "intermediate_value", &value))
    return gm_member_missing(err, "intermediate_value", "a number");
  if (value != NULL) status = gm_member_number(value, "intermediate_value", &report, err);
  return status == GM_OK ? gm_trial_set_report(t.trial, step, report, err) : status;
}

gm_status gm_replay_attribute(gm_journal_replay *replay, struct json_object *record, bool user,
                              gm_error *err) {
  gm_replayed_trial t;
  struct json_object *object;
  gm_status status = record_trial(replay, record, &t, err);
  if (status != GM_OK || t.trial == NULL) return status;
  status = gm_member_object(record, user ? "user_attr" : "system_attr", 1, &object, err);
  if (status != GM_OK) return status;
  json_object_object_foreach(object, key, value) {
    json_object_get(value);
    status = user ? gm_attribute_set(&t.trial->user_attributes, key, value, err)
                  : gm_study_record_system_attribute(t.study, t.trial, key, value, err);
  }
  return status;
}
