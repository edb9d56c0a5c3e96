/* SPDX-License-Identifier: MIT
 * Replay of journal records. */
#include "tuning/journal_replay.h"

#include "common/json.h"
#include "tuning/journal_distribution.h"
#include "tuning/journal_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* User attributes may be nested; json-c's own limit is 32. */
enum { LARGEST_DEPTH = 256 };

/* ---- members ------------------------------------------------------------------ */

static gm_status missing(gm_error *err, const char *key, const char *expected) {
  return gm_fail(err, GM_BAD_INPUT, "the record has no member \"%s\" that is %s", key, expected);
}

static gm_status get_integer(struct json_object *record, const char *key, int64_t *value, gm_error *err) {
  struct json_object *member;
  if (!json_object_object_get_ex(record, key, &member) || !json_object_is_type(member, json_type_int))
    return missing(err, key, "a whole number");
  *value = json_object_get_int64(member);
  return GM_OK;
}

static gm_status get_text(struct json_object *record, const char *key, const char **text, gm_error *err) {
  *text = gm_json_text(record, key);
  return *text != NULL ? GM_OK : missing(err, key, "a text");
}

static _Bool is_number(struct json_object *value) {
  const enum json_type type = json_object_get_type(value);
  return type == json_type_double || type == json_type_int;
}

static gm_status to_number(struct json_object *member, const char *key, double *value, gm_error *err) {
  if (!is_number(member)) return missing(err, key, "a number");
  *value = json_object_get_double(member);
  return GM_OK;
}

/* An object of `n` members, or of any number of them where n < 0. */
static gm_status get_object(struct json_object *record, const char *key, int n, struct json_object **object,
                            gm_error *err) {
  if (!json_object_object_get_ex(record, key, object) || !json_object_is_type(*object, json_type_object))
    return missing(err, key, "an object");
  if (n >= 0 && json_object_object_length(*object) != n) return missing(err, key, "an object of one member");
  return GM_OK;
}

/* A date; null (allowed or not) is NaN. */
static gm_status get_time(struct json_object *record, const char *key, _Bool null_allowed, double *seconds,
                          gm_error *err) {
  struct json_object *member;
  *seconds = NAN;
  if (!json_object_object_get_ex(record, key, &member)) return missing(err, key, "a date");
  if (member == NULL && null_allowed) return GM_OK;
  if (!json_object_is_type(member, json_type_string) ||
      !gm_journal_time_parse(json_object_get_string(member), seconds))
    return missing(err, key, "a date such as 2026-01-02T03:04:05.000001");
  return GM_OK;
}

static gm_status get_state(struct json_object *record, gm_trial_state *state, gm_error *err) {
  int64_t number = 0;
  const gm_status status = get_integer(record, "state", &number, err);
  if (status != GM_OK) return status;
  if (number < GM_TRIAL_RUNNING || number > GM_TRIAL_WAITING)
    return missing(err, "state", "from 0 (running) to 4 (waiting)");
  *state = (gm_trial_state)number;
  return GM_OK;
}

/* ---- look-up -------------------------------------------------------------------- */

/* The study of the record's study_id, NULL where there is none: the record is then ignored. */
static gm_status record_study(const gm_journal_replay *replay, struct json_object *record,
                              gm_study_record **study, gm_error *err) {
  int64_t id = 0;
  const gm_status status = get_integer(record, "study_id", &id, err);
  *study = NULL;
  if (status == GM_OK && id >= 0 && (uint64_t)id < replay->n_studies && !replay->studies[id]->deleted)
    *study = replay->studies[id];
  return status;
}

/* The trial of the record's trial_id; NULL where there is none or it has ended: the record is ignored. */
static gm_status record_trial(const gm_journal_replay *replay, struct json_object *record,
                              gm_replayed_trial *found, gm_error *err) {
  int64_t id = 0;
  const gm_status status = get_integer(record, "trial_id", &id, err);
  *found = (gm_replayed_trial){NULL, NULL};
  if (status == GM_OK && id >= 0 && (uint64_t)id < replay->n_trials &&
      !gm_trial_finished(replay->trials[id].trial))
    *found = replay->trials[id];
  return status;
}

gm_study_record *gm_journal_find_study(const gm_journal_replay *replay, const char *name) {
  for (size_t i = 0; i < replay->n_studies; i++) {
    gm_study_record *study = replay->studies[i];
    if (!study->deleted && strcmp(study->name, name) == 0) return study;
  }
  return NULL;
}

static _Bool reserve(void **items, size_t n, size_t *capacity, size_t size) {
  if (n < *capacity) return 1;
  const size_t wanted = *capacity == 0 ? 8 : 2 * *capacity;
  void *grown = realloc(*items, wanted * size);
  if (grown == NULL) return 0;
  *items = grown;
  *capacity = wanted;
  return 1;
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

/* ---- studies -------------------------------------------------------------------- */

static gm_status read_directions(struct json_object *record, gm_study_record *study, gm_error *err) {
  struct json_object *directions;
  if (!json_object_object_get_ex(record, "directions", &directions) ||
      !json_object_is_type(directions, json_type_array))
    return missing(err, "directions", "a list");
  study->n_objectives = json_object_array_length(directions);
  study->directed = study->n_objectives > 0;
  for (size_t i = 0; i < study->n_objectives; i++) {
    struct json_object *direction = json_object_array_get_idx(directions, i);
    const int64_t number =
        json_object_is_type(direction, json_type_int) ? json_object_get_int64(direction) : -1;
    if (number < 0 || number > 2)
      return missing(err, "directions", "a list of 0, 1 (minimize) or 2 (maximize)");
    if (number == 0) study->directed = 0;
    if (i == 0) study->history.direction = number == 2 ? GM_MAXIMIZE : GM_MINIMIZE;
  }
  return GM_OK;
}

static gm_status create_study(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  const char *name;
  gm_status status = get_text(record, "study_name", &name, err);
  if (status != GM_OK) return status;
  void *studies = replay->studies;
  if (!reserve(&studies, replay->n_studies, &replay->study_capacity, sizeof *replay->studies))
    return gm_fail_memory(err, "the studies");
  replay->studies = studies;
  gm_study_record *study = calloc(1, sizeof *study);
  if (study == NULL) return gm_fail_memory(err, "a study");
  status = read_directions(record, study, err);
  const _Bool known = gm_journal_find_study(replay, name) != NULL; /* ignored, and uses no id */
  if (status == GM_OK && !known && (study->name = strdup(name)) == NULL)
    status = gm_fail_memory(err, "a study");
  if (status != GM_OK || known) {
    gm_study_record_free(study);
    return status;
  }
  study->id = (int64_t)replay->n_studies;
  replay->studies[replay->n_studies++] = study;
  return GM_OK;
}

static gm_status delete_study(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_study_record *study;
  const gm_status status = record_study(replay, record, &study, err);
  if (study != NULL) study->deleted = 1; /* its trials keep their ids */
  return status;
}

static gm_status study_attribute(gm_journal_replay *replay, struct json_object *record, const char *member,
                                 gm_error *err) {
  gm_study_record *study;
  struct json_object *object;
  gm_status status = record_study(replay, record, &study, err);
  if (status != GM_OK || study == NULL) return status;
  status = get_object(record, member, 1, &object, err);
  if (status != GM_OK) return status;
  struct json_object **attributes =
      strcmp(member, "user_attr") == 0 ? &study->user_attributes : &study->system_attributes;
  json_object_object_foreach(object, key, value) status =
      gm_attribute_set(attributes, key, json_object_get(value), err);
  return status;
}

/* ---- trials ------------------------------------------------------------------------ */

static gm_status assign(gm_study_record *study, gm_trial *trial, const char *name,
                        struct json_object *internal, const gm_distribution *d, gm_error *err) {
  const gm_parameter *parameter;
  if (!is_number(internal)) return missing(err, "param_value_internal", "a number");
  const double value = json_object_get_double(internal);
  if (d->kind == GM_CATEGORICAL && !(value >= 0.0 && value < (double)d->n_choices))
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': %g is the index of none of its %zu choices", name,
                   value, d->n_choices);
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
  gm_status status = get_object(record, "params", -1, &params, err);
  if (status == GM_OK) status = get_object(record, "distributions", -1, &distributions, err);
  if (status != GM_OK) return status;
  json_object_object_foreach(params, name, internal) {
    const char *text = gm_json_text(distributions, name);
    if (text == NULL) return missing(err, "distributions", "an object with every parameter's distribution");
    status = read_parameter(study, trial, name, internal, text, err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}

static gm_status read_reports(gm_trial *trial, struct json_object *record, gm_error *err) {
  struct json_object *reports;
  if (!json_object_object_get_ex(record, "intermediate_values", &reports)) return GM_OK;
  gm_status status = get_object(record, "intermediate_values", -1, &reports, err);
  if (status != GM_OK) return status;
  json_object_object_foreach(reports, step, value) {
    char *end;
    const long long number = strtoll(step, &end, 10);
    double report = NAN;
    if (end == step || *end != '\0') return missing(err, "intermediate_values", "an object of steps");
    if (value != NULL) status = to_number(value, "intermediate_values", &report, err);
    if (status == GM_OK) status = gm_trial_set_report(trial, number, report, err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}

/* The objective from a list of one per objective; several objectives have no single value. */
static gm_status read_values(const gm_study_record *study, gm_trial *trial, struct json_object *values,
                             gm_error *err) {
  if (values == NULL) return GM_OK;
  if (!json_object_is_type(values, json_type_array)) return missing(err, "values", "a list or null");
  double first = NAN;
  for (size_t i = 0; i < json_object_array_length(values); i++) {
    double value;
    const gm_status status = to_number(json_object_array_get_idx(values, i), "values", &value, err);
    if (status != GM_OK) return status;
    if (i == 0) first = value;
  }
  trial->value = study->n_objectives == 1 ? first : NAN;
  return GM_OK;
}

static gm_status read_attributes(gm_study_record *study, gm_trial *trial, struct json_object *record,
                                 gm_error *err) {
  struct json_object *user, *system;
  gm_status status = GM_OK;
  if (json_object_object_get_ex(record, "user_attrs", &user) && user != NULL) {
    status = get_object(record, "user_attrs", -1, &user, err);
    if (status == GM_OK) trial->user_attributes = json_object_get(user);
  }
  if (status != GM_OK || !json_object_object_get_ex(record, "system_attrs", &system) || system == NULL)
    return status;
  status = get_object(record, "system_attrs", -1, &system, err);
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
  gm_status status = get_time(record, "datetime_start", 1, &trial->started_s, err);
  if (status == GM_OK && json_object_object_get_ex(record, "datetime_complete", &member))
    status = get_time(record, "datetime_complete", 0, &trial->ended_s, err);
  if (status == GM_OK) status = read_parameters(study, trial, record, err);
  if (status == GM_OK) status = read_reports(trial, record, err);
  if (status == GM_OK) status = read_attributes(study, trial, record, err);
  if (status == GM_OK && json_object_object_get_ex(record, "values", &member))
    status = read_values(study, trial, member, err);
  if (status == GM_OK && json_object_object_get_ex(record, "value", &value) && value != NULL)
    status = to_number(value, "value", &trial->value, err);
  if (status == GM_OK && json_object_object_get_ex(record, "state", &member))
    status = get_state(record, &trial->state, err);
  return status;
}

static gm_status create_trial(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_study_record *study;
  gm_trial *trial;
  gm_status status = record_study(replay, record, &study, err);
  if (status != GM_OK || study == NULL) return status;
  void *trials = replay->trials;
  if (!reserve(&trials, replay->n_trials, &replay->trial_capacity, sizeof *replay->trials))
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

static gm_status set_parameter(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_replayed_trial t;
  const char *name, *text;
  struct json_object *internal = NULL;
  gm_status status = record_trial(replay, record, &t, err);
  if (status != GM_OK || t.trial == NULL) return status;
  status = get_text(record, "param_name", &name, err);
  if (status == GM_OK) status = get_text(record, "distribution", &text, err);
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

static gm_status set_state(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_replayed_trial t;
  gm_trial_state state = GM_TRIAL_RUNNING;
  struct json_object *values;
  gm_status status = record_trial(replay, record, &t, err);
  if (status != GM_OK || t.trial == NULL) return status;
  status = get_state(record, &state, err);
  if (status != GM_OK) return status;
  if (state == GM_TRIAL_RUNNING && t.trial->state == GM_TRIAL_RUNNING) return GM_OK; /* lost a race */
  if (!json_object_object_get_ex(record, "values", &values)) return missing(err, "values", "a list or null");
  double started_s = t.trial->started_s, ended_s = t.trial->ended_s;
  if (state == GM_TRIAL_RUNNING) status = get_time(record, "datetime_start", 0, &started_s, err);
  if (state == GM_TRIAL_COMPLETE || state == GM_TRIAL_PRUNED || state == GM_TRIAL_FAIL)
    status = get_time(record, "datetime_complete", 0, &ended_s, err);
  if (status == GM_OK) status = read_values(t.study, t.trial, values, err);
  if (status == GM_OK && state == GM_TRIAL_RUNNING) status = note_owner(replay, record, t.trial, err);
  if (status != GM_OK) return status;
  t.trial->started_s = started_s;
  t.trial->ended_s = ended_s;
  t.trial->state = state;
  return GM_OK;
}

static gm_status set_report(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_replayed_trial t;
  int64_t step = 0;
  struct json_object *value;
  double report = NAN;
  gm_status status = record_trial(replay, record, &t, err);
  if (status != GM_OK || t.trial == NULL) return status;
  status = get_integer(record, "step", &step, err);
  if (status != GM_OK) return status;
  if (!json_object_object_get_ex(record, "intermediate_value", &value))
    return missing(err, "intermediate_value", "a number");
  if (value != NULL) status = to_number(value, "intermediate_value", &report, err);
  return status == GM_OK ? gm_trial_set_report(t.trial, step, report, err) : status;
}

static gm_status trial_attribute(gm_journal_replay *replay, struct json_object *record, _Bool user,
                                 gm_error *err) {
  gm_replayed_trial t;
  struct json_object *object;
  gm_status status = record_trial(replay, record, &t, err);
  if (status != GM_OK || t.trial == NULL) return status;
  status = get_object(record, user ? "user_attr" : "system_attr", 1, &object, err);
  if (status != GM_OK) return status;
  json_object_object_foreach(object, key, value) {
    json_object_get(value);
    status = user ? gm_attribute_set(&t.trial->user_attributes, key, value, err)
                  : gm_study_record_system_attribute(t.study, t.trial, key, value, err);
  }
  return status;
}

/* ---- records --------------------------------------------------------------------- */

struct json_object *gm_journal_parse(gm_journal_replay *replay, const char *line, size_t length) {
  if (replay->tokener == NULL) {
    replay->own_trial = -1;
    replay->tokener = json_tokener_new_ex(LARGEST_DEPTH);
    if (replay->tokener == NULL) return NULL;
    json_tokener_set_flags(replay->tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  }
  while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL) length--;
  if (length == 0 || length > INT32_MAX) return NULL;
  json_tokener_reset(replay->tokener);
  struct json_object *record = json_tokener_parse_ex(replay->tokener, line, (int)length);
  if (json_tokener_get_error(replay->tokener) == json_tokener_success &&
      json_tokener_get_parse_end(replay->tokener) == length)
    return record;
  json_object_put(record);
  return NULL;
}

gm_status gm_journal_apply(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  int64_t op = 0;
  const char *worker;
  gm_status status = get_integer(record, "op_code", &op, err);
  if (status == GM_OK && op == GM_OP_DISCARD_TRIALS) return GM_OK;
  if (status == GM_OK && (op < GM_OP_CREATE_STUDY || op > GM_OP_DISCARD_TRIALS))
    return gm_fail(err, GM_BAD_INPUT, "unknown op_code %lld; expected 0 to %d", (long long)op,
                   GM_OP_DISCARD_TRIALS);
  if (status == GM_OK) status = get_text(record, "worker_id", &worker, err);
  if (status != GM_OK) return status;
  switch ((gm_op_code)op) {
  case GM_OP_CREATE_STUDY:
    return create_study(replay, record, err);
  case GM_OP_DELETE_STUDY:
    return delete_study(replay, record, err);
  case GM_OP_STUDY_USER_ATTRIBUTE:
    return study_attribute(replay, record, "user_attr", err);
  case GM_OP_STUDY_SYSTEM_ATTRIBUTE:
    return study_attribute(replay, record, "system_attr", err);
  case GM_OP_CREATE_TRIAL:
    return create_trial(replay, record, err);
  case GM_OP_PARAMETER:
    return set_parameter(replay, record, err);
  case GM_OP_STATE:
    return set_state(replay, record, err);
  case GM_OP_REPORT:
    return set_report(replay, record, err);
  case GM_OP_USER_ATTRIBUTE:
    return trial_attribute(replay, record, 1, err);
  case GM_OP_SYSTEM_ATTRIBUTE:
    return trial_attribute(replay, record, 0, err);
  case GM_OP_DISCARD_TRIALS:
    break;
  }
  return GM_OK;
}

void gm_journal_replay_free(gm_journal_replay *replay) {
  for (size_t i = 0; i < replay->n_studies; i++) gm_study_record_free(replay->studies[i]);
  free(replay->studies);
  free(replay->trials);
  if (replay->tokener != NULL) json_tokener_free(replay->tokener);
  *replay = (gm_journal_replay){.own_trial = -1};
}
