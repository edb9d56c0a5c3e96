/* SPDX-License-Identifier: MIT
 * A study as a table or as one JSON object, and the list of studies of a journal. */
#include "experiments/tune/program.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/journal/journal_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void gm_tune_print(FILE *out, struct json_object *object) {
  fprintf(out, "%s\n",
          json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                     JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put(object);
}

struct json_object *gm_tune_parameters(const gm_trial *trial) {
  struct json_object *object = json_object_new_object();
  for (size_t i = 0; i < trial->parameters.n; i++) {
    const gm_assignment *a = &trial->parameters.items[i];
    json_object_object_add(object, a->parameter->name,
                           gm_journal_external_value(&a->parameter->distribution, a->value));
  }
  return object;
}

/* ---- --export csv -------------------------------------------------------------------- */

/* Names of all user attributes of all trials, as the keys of an object. */
static struct json_object *attribute_names(const gm_history *history) {
  struct json_object *names = json_object_new_object();
  for (size_t i = 0; i < history->n_trials; i++) {
    if (history->trials[i]->user_attributes == NULL) continue;
    json_object_object_foreach(history->trials[i]->user_attributes, key, value) {
      (void)value;
      json_object_object_add(names, key, NULL);
    }
  }
  return names;
}

static void put_json(gm_csv_writer *csv, struct json_object *value) {
  gm_csv_put_text(csv, value == NULL ? NULL : json_object_get_string(value));
}

static void put_time(gm_csv_writer *csv, double seconds) {
  char text[GM_JOURNAL_TIME];
  if (!isnan(seconds)) gm_journal_time_format(seconds, text);
  gm_csv_put_text(csv, isnan(seconds) ? NULL : text);
}

/* "value", or with several objectives "values_NAME", without names "values_0", … */
static void put_value_names(gm_csv_writer *csv, const gm_study_record *study) {
  char name[256];
  if (!gm_history_has_several(&study->history)) {
    gm_csv_put_text(csv, "value");
    return;
  }
  for (size_t k = 0; k < study->history.n_objectives; k++) {
    const char *metric = gm_study_record_metric(study, k);
    if (metric != NULL)
      snprintf(name, sizeof name, "values_%s", metric);
    else
      snprintf(name, sizeof name, "values_%zu", k);
    gm_csv_put_text(csv, name);
  }
}

static void put_values(gm_csv_writer *csv, const gm_study_record *study, const gm_trial *trial) {
  const bool several = gm_history_has_several(&study->history);
  if (!several) gm_csv_put_number(csv, trial->value);
  for (size_t k = 0; k < study->history.n_objectives && several; k++)
    gm_csv_put_number(csv, trial->values != NULL ? trial->values[k] : NAN);
}

static void put_header(gm_csv_writer *csv, const gm_study_record *study, struct json_object *attributes) {
  const gm_search_space *space = &study->space;
  char name[256];
  gm_csv_put_text(csv, "number");
  gm_csv_put_text(csv, "state");
  put_value_names(csv, study);
  gm_csv_put_text(csv, "datetime_start");
  gm_csv_put_text(csv, "datetime_complete");
  for (size_t i = 0; i < space->n_names; i++) {
    snprintf(name, sizeof name, "params_%s", space->names[i]);
    gm_csv_put_text(csv, name);
  }
  json_object_object_foreach(attributes, key, value) {
    (void)value;
    snprintf(name, sizeof name, "user_attrs_%s", key);
    gm_csv_put_text(csv, name);
  }
  gm_csv_end_row(csv);
}

static void put_trial(gm_csv_writer *csv, const gm_trial *trial, const gm_study_record *study,
                      struct json_object *attributes) {
  const gm_search_space *space = &study->space;
  gm_csv_put_integer(csv, trial->number);
  gm_csv_put_text(csv, gm_trial_state_name(trial->state));
  put_values(csv, study, trial);
  put_time(csv, trial->started_s);
  put_time(csv, trial->ended_s);
  for (size_t i = 0; i < space->n_names; i++) {
    const gm_assignment *a = gm_assignments_find(&trial->parameters, space->names[i]);
    struct json_object *value =
        a == NULL ? NULL : gm_journal_external_value(&a->parameter->distribution, a->value);
    put_json(csv, value);
    json_object_put(value);
  }
  json_object_object_foreach(attributes, key, unused) {
    struct json_object *value = NULL;
    (void)unused;
    if (trial->user_attributes != NULL) json_object_object_get_ex(trial->user_attributes, key, &value);
    put_json(csv, value);
  }
  gm_csv_end_row(csv);
}

/* Columns as of Optuna's Study.trials_dataframe. */
static void export_csv(const gm_study_record *study, FILE *out) {
  gm_csv_writer csv = {.file = {.stream = out}};
  struct json_object *attributes = attribute_names(&study->history);
  put_header(&csv, study, attributes);
  for (size_t i = 0; i < study->history.n_trials; i++)
    put_trial(&csv, study->history.trials[i], study, attributes);
  json_object_put(attributes);
}

/* ---- --export json ----------------------------------------------------------------------- */

static void add_moment(struct json_object *object, const char *key, double seconds) {
  char text[GM_JOURNAL_TIME];
  if (!isnan(seconds)) gm_journal_time_format(seconds, text);
  gm_json_add_text(object, key, isnan(seconds) ? NULL : text);
}

/* An object that is never absent. */
static struct json_object *or_empty(struct json_object *object) {
  return object != NULL ? json_object_get(object) : json_object_new_object();
}

static struct json_object *distributions_object(const gm_trial *trial) {
  struct json_object *object = json_object_new_object();
  for (size_t i = 0; i < trial->parameters.n; i++) {
    const gm_parameter *parameter = trial->parameters.items[i].parameter;
    char *text = gm_journal_distribution_text(&parameter->distribution);
    json_object_object_add(object, parameter->name, text != NULL ? json_tokener_parse(text) : NULL);
    free(text);
  }
  return object;
}

/* A list of one value per objective; null where the trial has none. */
static struct json_object *values_list(const gm_history *history, const gm_trial *trial) {
  if (trial->values == NULL) return NULL;
  struct json_object *list = json_object_new_array();
  for (size_t k = 0; k < history->n_objectives; k++)
    json_object_array_add(list, isfinite(trial->values[k]) ? gm_journal_float(trial->values[k]) : NULL);
  return list;
}

/* Members named as of optuna.trial.FrozenTrial; what is no number, as null. */
static struct json_object *trial_object(const gm_history *history, const gm_trial *trial) {
  struct json_object *object = json_object_new_object(), *reports = json_object_new_object();
  char step[24];
  for (size_t i = 0; i < trial->n_reports; i++) {
    snprintf(step, sizeof step, "%lld", (long long)trial->reports[i].step);
    gm_json_add_number(reports, step, trial->reports[i].value);
  }
  gm_json_add_integer(object, "number", trial->number);
  gm_json_add_text(object, "state", gm_trial_state_name(trial->state));
  if (gm_history_has_several(history))
    json_object_object_add(object, "values", values_list(history, trial));
  else
    gm_json_add_number(object, "value", trial->value);
  add_moment(object, "datetime_start", trial->started_s);
  add_moment(object, "datetime_complete", trial->ended_s);
  json_object_object_add(object, "params", gm_tune_parameters(trial));
  json_object_object_add(object, "distributions", distributions_object(trial));
  json_object_object_add(object, "user_attrs", or_empty(trial->user_attributes));
  json_object_object_add(object, "system_attrs", or_empty(trial->system_attributes));
  json_object_object_add(object, "intermediate_values", reports);
  return object;
}

/* "direction", or with several objectives "directions" and their names. */
static void add_objectives(struct json_object *object, const gm_study_record *study) {
  const gm_history *history = &study->history;
  if (!gm_history_has_several(history)) {
    gm_json_add_text(object, "direction", gm_direction_name(history->direction));
    return;
  }
  struct json_object *directions = json_object_new_array(), *names = json_object_new_array();
  for (size_t k = 0; k < history->n_objectives; k++) {
    const char *name = gm_study_record_metric(study, k);
    json_object_array_add(directions, json_object_new_string(gm_direction_name(history->directions[k])));
    if (name != NULL) json_object_array_add(names, json_object_new_string(name));
  }
  const bool named = json_object_array_length(names) == history->n_objectives;
  json_object_object_add(object, "directions", directions);
  json_object_object_add(object, "metric_names", named ? json_object_get(names) : NULL);
  json_object_put(names);
}

static void export_json(const gm_study_record *study, FILE *out) {
  struct json_object *object = json_object_new_object(), *trials = json_object_new_array();
  for (size_t i = 0; i < study->history.n_trials; i++)
    json_object_array_add(trials, trial_object(&study->history, study->history.trials[i]));
  gm_json_add_text(object, "study_name", study->name);
  add_objectives(object, study);
  json_object_object_add(object, "user_attrs", or_empty(study->user_attributes));
  json_object_object_add(object, "system_attrs", or_empty(study->system_attributes));
  json_object_object_add(object, "trials", trials);
  gm_tune_print(out, object);
}

void gm_tune_export(const gm_study_record *study, const char *format, FILE *out) {
  if (strcmp(format, "json") == 0)
    export_json(study, out);
  else
    export_csv(study, out);
}

/* ---- --best ---------------------------------------------------------------------------------- */

struct json_object *gm_tune_front(const gm_study_record *study, gm_error *err) {
  const gm_history *history = &study->history;
  const gm_trial **front = malloc((history->n_trials + 1) * sizeof *front);
  size_t n = 0;
  gm_status status =
      front == NULL ? gm_fail_memory(err, "the front") : gm_history_front(history, front, &n, err);
  struct json_object *list = status == GM_OK ? json_object_new_array() : NULL;
  for (size_t i = 0; i < n && list != NULL; i++) {
    struct json_object *object = json_object_new_object();
    gm_json_add_integer(object, "trial", front[i]->number);
    json_object_object_add(object, "values", values_list(history, front[i]));
    json_object_object_add(object, "parameters", gm_tune_parameters(front[i]));
    json_object_object_add(object, "user_attributes", or_empty(front[i]->user_attributes));
    json_object_array_add(list, object);
  }
  free(front);
  return list;
}

gm_status gm_tune_print_best(const gm_study_record *study, FILE *out, gm_error *err) {
  const bool several = gm_history_has_several(&study->history);
  const gm_trial *best = gm_history_best_in(&study->history, 0);
  const gm_status status = gm_history_check_values(&study->history, err);
  if (status != GM_OK) return status;
  if (best == NULL) return gm_fail(err, GM_FAILED, "study '%s' has no complete trial", study->name);
  struct json_object *front = several ? gm_tune_front(study, err) : NULL;
  if (several && front == NULL) return err->status;
  struct json_object *object = json_object_new_object();
  gm_json_add_text(object, "study", study->name);
  if (several) {
    add_objectives(object, study);
    json_object_object_add(object, "front", front);
  } else {
    gm_json_add_integer(object, "trial", best->number);
    gm_json_add_number(object, "value", best->value);
    json_object_object_add(object, "parameters", gm_tune_parameters(best));
    json_object_object_add(object, "user_attributes", json_object_get(best->user_attributes));
  }
  gm_tune_print(out, object);
  return GM_OK;
}

/* ---- --studies ------------------------------------------------------------------------------ */

/* "minimize", or "minimize maximize". */
static void put_directions(gm_csv_writer *csv, const gm_history *history) {
  char text[256] = "";
  if (!gm_history_has_several(history)) {
    gm_csv_put_text(csv, history->n_objectives == 1 ? gm_direction_name(history->direction) : NULL);
    return;
  }
  for (size_t k = 0; k < history->n_objectives; k++) {
    const size_t n = strlen(text);
    snprintf(text + n, sizeof text - n, "%s%s", n > 0 ? " " : "", gm_direction_name(history->directions[k]));
  }
  gm_csv_put_text(csv, text);
}

static void put_study(gm_csv_writer *csv, const gm_study_record *study) {
  static const gm_trial_state states[] = {GM_TRIAL_COMPLETE, GM_TRIAL_PRUNED, GM_TRIAL_FAIL, GM_TRIAL_RUNNING,
                                          GM_TRIAL_WAITING};
  const gm_history *history = &study->history;
  const gm_trial *best = study->history.n_objectives == 1 ? gm_history_best(history) : NULL;
  gm_csv_put_text(csv, study->name);
  gm_csv_put_integer(csv, (int64_t)study->history.n_objectives);
  put_directions(csv, history);
  for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
    int64_t n = 0;
    for (size_t i = 0; i < history->n_trials; i++) n += history->trials[i]->state == states[s];
    gm_csv_put_integer(csv, n);
  }
  gm_csv_put_number(csv, best != NULL ? best->value : NAN);
  gm_csv_put_number(csv, study->user_attributes != NULL
                             ? gm_json_number(study->user_attributes, GM_ENERGY_ATTRIBUTE)
                             : NAN);
  gm_csv_end_row(csv);
}

void gm_tune_list_studies(const gm_journal_replay *contents, FILE *out) {
  gm_csv_writer csv = {.file = {.stream = out}};
  fputs("study,objectives,direction,complete,pruned,failed,running,waiting,best_value,energy_j\n", out);
  for (size_t i = 0; i < contents->n_studies; i++)
    if (!contents->studies[i]->deleted) put_study(&csv, contents->studies[i]);
}
