/* SPDX-License-Identifier: MIT
 * Journal records as text, one function per kind of record. Writing them anywhere is the back end's. */
#include "tuning/journal/journal_records.h"

#include "common/json.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/journal/journal_replay.h"
#include "tuning/journal/journal_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct json_object *begin(const gm_records *records, gm_op_code op) {
  struct json_object *record = json_object_new_object();
  gm_json_add_integer(record, "op_code", op);
  gm_json_add_text(record, "worker_id", records->worker_id);
  return record;
}

static void add_text(gm_records *records, const char *text, size_t n, size_t n_records) {
  const size_t needed = records->length + n;
  if (needed > records->capacity) {
    char *larger = realloc(records->text, 2 * needed);
    records->out_of_memory |= larger == NULL;
    if (larger == NULL) return;
    records->text = larger;
    records->capacity = 2 * needed;
  }
  memcpy(records->text + records->length, text, n);
  records->length = needed;
  records->n_records += n_records;
}

void gm_records_append(gm_records *records, const gm_records *more) {
  records->out_of_memory |= more->out_of_memory;
  if (more->length > 0) add_text(records, more->text, more->length, more->n_records);
}

static void end(gm_records *records, struct json_object *record) {
  const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
  size_t n = 0;
  const char *text = json_object_to_json_string_length(record, flags, &n);
  records->out_of_memory |= text == NULL;
  if (text != NULL) {
    add_text(records, text, n, 1);
    add_text(records, "\n", 1, 0);
  }
  json_object_put(record);
}

/* record[member] = {key: value}. */
static void add_attribute(struct json_object *record, const char *member, const char *key,
                          struct json_object *value) {
  struct json_object *attribute = json_object_new_object();
  json_object_object_add(attribute, key, value);
  json_object_object_add(record, member, attribute);
}

static void add_time(struct json_object *record, const char *key, double seconds) {
  char text[GM_JOURNAL_TIME];
  gm_journal_time_format(seconds, text);
  gm_json_add_text(record, key, text);
}

void gm_records_create_study(gm_records *records, const char *name, size_t n_objectives,
                             const gm_direction directions[]) {
  struct json_object *record = begin(records, GM_OP_CREATE_STUDY), *list = json_object_new_array();
  gm_json_add_text(record, "study_name", name);
  for (size_t i = 0; i < n_objectives; i++)
    json_object_array_add(list, json_object_new_int(directions[i] == GM_MINIMIZE ? 1 : 2));
  json_object_object_add(record, "directions", list);
  end(records, record);
}

void gm_records_metric_names(gm_records *records, int64_t study_id, size_t n, const char *const names[]) {
  struct json_object *record = begin(records, GM_OP_STUDY_SYSTEM_ATTRIBUTE), *list = json_object_new_array();
  for (size_t i = 0; i < n; i++) json_object_array_add(list, json_object_new_string(names[i]));
  gm_json_add_integer(record, "study_id", study_id);
  add_attribute(record, "system_attr", GM_METRIC_NAMES, list);
  end(records, record);
}

void gm_records_study_attribute(gm_records *records, int64_t study_id, const char *key,
                                struct json_object *value) {
  struct json_object *record = begin(records, GM_OP_STUDY_USER_ATTRIBUTE);
  gm_json_add_integer(record, "study_id", study_id);
  add_attribute(record, "user_attr", key, value);
  end(records, record);
}

void gm_records_create_trial(gm_records *records, int64_t study_id) {
  struct json_object *record = begin(records, GM_OP_CREATE_TRIAL);
  gm_json_add_integer(record, "study_id", study_id);
  add_time(record, "datetime_start", gm_journal_time_now());
  end(records, record);
}

void gm_records_start_trial(gm_records *records, int64_t trial_id) {
  struct json_object *record = begin(records, GM_OP_STATE);
  gm_json_add_integer(record, "trial_id", trial_id);
  gm_json_add_integer(record, "state", GM_TRIAL_RUNNING);
  json_object_object_add(record, "values", NULL);
  add_time(record, "datetime_start", gm_journal_time_now());
  end(records, record);
}

void gm_records_requeue_trial(gm_records *records, int64_t trial_id) {
  struct json_object *record = begin(records, GM_OP_STATE);
  gm_json_add_integer(record, "trial_id", trial_id);
  gm_json_add_integer(record, "state", GM_TRIAL_WAITING);
  json_object_object_add(record, "values", NULL);
  end(records, record);
}

void gm_records_parameter(gm_records *records, int64_t trial_id, const gm_assignment *assignment) {
  const gm_parameter *parameter = assignment->parameter;
  struct json_object *record = begin(records, GM_OP_PARAMETER);
  char *distribution = gm_journal_distribution_text(&parameter->distribution);
  if (distribution == NULL) records->out_of_memory = true;
  gm_json_add_integer(record, "trial_id", trial_id);
  gm_json_add_text(record, "param_name", parameter->name);
  json_object_object_add(record, "param_value_internal",
                         parameter->distribution.kind == GM_CATEGORICAL
                             ? json_object_new_int64((int64_t)assignment->value)
                             : gm_journal_float(assignment->value));
  gm_json_add_text(record, "distribution", distribution);
  free(distribution);
  end(records, record);
}

void gm_records_report(gm_records *records, int64_t trial_id, int64_t step, double value) {
  struct json_object *record = begin(records, GM_OP_REPORT);
  gm_json_add_integer(record, "trial_id", trial_id);
  gm_json_add_integer(record, "step", step);
  json_object_object_add(record, "intermediate_value", gm_journal_float(value));
  end(records, record);
}

void gm_records_attribute(gm_records *records, int64_t trial_id, const char *key, struct json_object *value) {
  struct json_object *record = begin(records, GM_OP_USER_ATTRIBUTE);
  gm_json_add_integer(record, "trial_id", trial_id);
  add_attribute(record, "user_attr", key, value);
  end(records, record);
}

void gm_records_system_attribute(gm_records *records, int64_t trial_id, const char *key,
                                 struct json_object *value) {
  struct json_object *record = begin(records, GM_OP_SYSTEM_ATTRIBUTE);
  gm_json_add_integer(record, "trial_id", trial_id);
  add_attribute(record, "system_attr", key, value);
  end(records, record);
}

/* A waiting trial; everything is taken over. */
static void add_waiting_trial(gm_records *records, int64_t study_id, struct json_object *distributions,
                              struct json_object *params, struct json_object *user_attrs,
                              struct json_object *system_attrs) {
  struct json_object *record = begin(records, GM_OP_CREATE_TRIAL);
  gm_json_add_integer(record, "study_id", study_id);
  json_object_object_add(record, "datetime_start", NULL);
  gm_json_add_integer(record, "state", GM_TRIAL_WAITING);
  json_object_object_add(record, "value", NULL);
  json_object_object_add(record, "values", NULL);
  json_object_object_add(record, "distributions", distributions);
  json_object_object_add(record, "params", params);
  json_object_object_add(record, "user_attrs", user_attrs);
  json_object_object_add(record, "system_attrs", system_attrs);
  json_object_object_add(record, "intermediate_values", json_object_new_object());
  end(records, record);
}

void gm_records_enqueue_trial(gm_records *records, int64_t study_id, struct json_object *fixed) {
  struct json_object *system = json_object_new_object();
  json_object_object_add(system, "fixed_params", fixed);
  add_waiting_trial(records, study_id, json_object_new_object(), json_object_new_object(),
                    json_object_new_object(), system);
}

/* A copy of an object's members without those named. */
static struct json_object *copy_without(struct json_object *object, size_t n, const char *const names[]) {
  struct json_object *copy = json_object_new_object();
  if (object == NULL) return copy;
  json_object_object_foreach(object, key, value) {
    bool left_out = false;
    for (size_t i = 0; i < n && !left_out; i++) left_out = strcmp(key, names[i]) == 0;
    if (!left_out) json_object_object_add(copy, key, json_object_get(value));
  }
  return copy;
}

void gm_records_retry_trial(gm_records *records, int64_t study_id, const gm_trial *failed) {
  static const char *const own[] = {GM_ENERGY_ATTRIBUTE, GM_EMISSIONS_ATTRIBUTE,      GM_DURATION_ATTRIBUTE,
                                    "energy_record",     GM_PROCESS_ENERGY_ATTRIBUTE, GM_FAIL_REASON};
  static const char *const again[] = {GM_RETRY_HISTORY, GM_HEARTBEAT};
  struct json_object *distributions = json_object_new_object(), *params = json_object_new_object();
  for (size_t i = 0; i < failed->parameters.n; i++) {
    const gm_assignment *a = &failed->parameters.items[i];
    char *text = gm_journal_distribution_text(&a->parameter->distribution);
    if (text == NULL) records->out_of_memory = true;
    gm_json_add_text(distributions, a->parameter->name, text);
    free(text);
    json_object_object_add(params, a->parameter->name,
                           a->parameter->distribution.kind == GM_CATEGORICAL
                               ? json_object_new_int64((int64_t)a->value)
                               : gm_journal_float(a->value));
  }
  struct json_object *system = copy_without(failed->system_attributes, sizeof again / sizeof *again, again);
  struct json_object *history = json_object_new_array(), *before = NULL;
  if (failed->system_attributes != NULL)
    json_object_object_get_ex(failed->system_attributes, GM_RETRY_HISTORY, &before);
  for (size_t i = 0; json_object_is_type(before, json_type_array) && i < json_object_array_length(before);
       i++)
    json_object_array_add(history, json_object_get(json_object_array_get_idx(before, i)));
  json_object_array_add(history, json_object_new_int64(failed->number));
  if (!json_object_object_get_ex(system, GM_FAILED_TRIAL, NULL))
    gm_json_add_integer(system, GM_FAILED_TRIAL, failed->number);
  json_object_object_add(system, GM_RETRY_HISTORY, history);
  add_waiting_trial(records, study_id, distributions, params,
                    copy_without(failed->user_attributes, sizeof own / sizeof *own, own), system);
}

void gm_records_end_trial(gm_records *records, int64_t trial_id, gm_trial_state state, size_t n,
                          const double values[], double started_s) {
  struct json_object *record = begin(records, GM_OP_STATE);
  struct json_object *list = n > 0 ? json_object_new_array() : NULL;
  for (size_t i = 0; i < n; i++) json_object_array_add(list, gm_journal_float(values[i]));
  gm_json_add_integer(record, "trial_id", trial_id);
  gm_json_add_integer(record, "state", state);
  json_object_object_add(record, "values", list);
  if (!isnan(started_s)) add_time(record, "datetime_start", started_s);
  add_time(record, "datetime_complete", gm_journal_time_now());
  end(records, record);
}

gm_status gm_records_check(const gm_records *records, gm_error *err) {
  return records->out_of_memory ? gm_fail_memory(err, "a journal record") : GM_OK;
}

void gm_records_clear(gm_records *records) {
  records->length = records->n_records = 0;
  records->out_of_memory = false;
}

void gm_records_free(gm_records *records) {
  free(records->text);
  *records = (gm_records){.worker_id = records->worker_id};
}
