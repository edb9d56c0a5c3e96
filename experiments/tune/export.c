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

static void put_header(gm_csv_writer *csv, const gm_search_space *space, struct json_object *attributes) {
  static const char *const fixed[] = {"number", "state", "value", "datetime_start", "datetime_complete"};
  char name[256];
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) gm_csv_put_text(csv, fixed[i]);
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

static void put_trial(gm_csv_writer *csv, const gm_trial *trial, const gm_search_space *space,
                      struct json_object *attributes) {
  gm_csv_put_integer(csv, trial->number);
  gm_csv_put_text(csv, gm_trial_state_name(trial->state));
  gm_csv_put_number(csv, trial->value);
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
  put_header(&csv, &study->space, attributes);
  for (size_t i = 0; i < study->history.n_trials; i++)
    put_trial(&csv, study->history.trials[i], &study->space, attributes);
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

/* Members named as of optuna.trial.FrozenTrial; what is no number, as null. */
static struct json_object *trial_object(const gm_trial *trial) {
  struct json_object *object = json_object_new_object(), *reports = json_object_new_object();
  char step[24];
  for (size_t i = 0; i < trial->n_reports; i++) {
    snprintf(step, sizeof step, "%lld", (long long)trial->reports[i].step);
    gm_json_add_number(reports, step, trial->reports[i].value);
  }
  gm_json_add_integer(object, "number", trial->number);
  gm_json_add_text(object, "state", gm_trial_state_name(trial->state));
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

static void export_json(const gm_study_record *study, FILE *out) {
  struct json_object *object = json_object_new_object(), *trials = json_object_new_array();
  for (size_t i = 0; i < study->history.n_trials; i++)
    json_object_array_add(trials, trial_object(study->history.trials[i]));
  gm_json_add_text(object, "study_name", study->name);
  gm_json_add_text(object, "direction", gm_direction_name(study->history.direction));
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

/* ---- --studies ------------------------------------------------------------------------------ */

static void put_study(gm_csv_writer *csv, const gm_study_record *study) {
  static const gm_trial_state states[] = {GM_TRIAL_COMPLETE, GM_TRIAL_PRUNED, GM_TRIAL_FAIL, GM_TRIAL_RUNNING,
                                          GM_TRIAL_WAITING};
  const gm_history *history = &study->history;
  const gm_trial *best = study->history.n_objectives == 1 ? gm_history_best(history) : NULL;
  gm_csv_put_text(csv, study->name);
  gm_csv_put_integer(csv, (int64_t)study->history.n_objectives);
  gm_csv_put_text(csv, study->history.n_objectives == 1 ? gm_direction_name(history->direction) : NULL);
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
