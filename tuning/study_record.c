/* SPDX-License-Identifier: MIT
 * Records of studies: their attributes, and what of them the search reads (constraints, proposals of Optuna's
 * workers). */
#include "tuning/study_record.h"

#include "common/json.h"
#include "tuning/journal/journal_distribution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char constraints_key[] = "constraints", relative_key[] = "tpe:relative_params";

void gm_study_record_free(gm_study_record *record) {
  if (record == NULL) return;
  free(record->name);
  gm_history_free(&record->history);
  gm_search_space_free(&record->space);
  json_object_put(record->user_attributes);
  json_object_put(record->system_attributes);
  free(record);
}

const char *gm_study_record_metric(const gm_study_record *record, size_t k) {
  struct json_object *names;
  if (record->system_attributes == NULL ||
      !json_object_object_get_ex(record->system_attributes, GM_METRIC_NAMES, &names) ||
      !json_object_is_type(names, json_type_array) || k >= json_object_array_length(names))
    return NULL;
  struct json_object *name = json_object_array_get_idx(names, k);
  return json_object_is_type(name, json_type_string) ? json_object_get_string(name) : NULL;
}

gm_status gm_attribute_set(struct json_object **attributes, const char *key, struct json_object *value,
                           gm_error *err) {
  if (*attributes == NULL) *attributes = json_object_new_object();
  if (*attributes != NULL && json_object_object_add(*attributes, key, value) == 0) return GM_OK;
  json_object_put(value);
  return gm_fail_memory(err, "an attribute");
}

bool gm_study_record_has_attribute(const gm_study_record *record, const char *key) {
  return record->user_attributes != NULL && json_object_object_get_ex(record->user_attributes, key, NULL);
}

/* max(value, 0); what is no number counts as none. */
static double positive_part(struct json_object *value) {
  const enum json_type type = json_object_get_type(value);
  if (type != json_type_double && type != json_type_int) return 0.0;
  const double number = json_object_get_double(value);
  return number > 0.0 ? number : 0.0;
}

/* Constraints are a list under "constraints", or one attribute "constraints:NAME" each (Optuna 5). */
static double constraint_violation(struct json_object *attributes) {
  double sum = 0.0;
  json_object_object_foreach(attributes, key, value) {
    if (strncmp(key, constraints_key, strlen(constraints_key)) != 0) continue;
    const char after = key[strlen(constraints_key)];
    if (after == ':') sum += positive_part(value);
    if (after != '\0' || !json_object_is_type(value, json_type_array)) continue;
    for (size_t i = 0; i < json_object_array_length(value); i++)
      sum += positive_part(json_object_array_get_idx(value, i));
  }
  return sum;
}

/* The texts of "tpe:relative_params:0", ":1", … joined, in fresh memory; NULL without any. */
static char *joined_relative_text(struct json_object *attributes) {
  char key[sizeof relative_key + 24], *joined = NULL;
  size_t length = 0;
  for (int i = 0;; i++) {
    snprintf(key, sizeof key, "%s:%d", relative_key, i);
    const char *part = gm_json_text(attributes, key);
    if (part == NULL || part[0] == '\0') return joined;
    char *longer = realloc(joined, length + strlen(part) + 1);
    if (longer == NULL) return joined;
    joined = longer;
    strcpy(joined + length, part);
    length += strlen(part);
  }
}

/* Joint values of names that the study knows; an unreadable text is ignored, as in Optuna. */
static gm_status set_proposed(gm_study_record *record, gm_trial *trial, gm_error *err) {
  char *text = joined_relative_text(trial->system_attributes);
  struct json_object *values = text != NULL ? json_tokener_parse(text) : NULL;
  gm_status status = GM_OK;
  free(text);
  for (size_t i = 0; values != NULL && i < record->space.n_parameters && status == GM_OK; i++) {
    const gm_parameter *parameter = record->space.parameters[i];
    struct json_object *external;
    double value;
    if (json_object_object_get_ex(values, parameter->name, &external) &&
        gm_journal_internal_value(&parameter->distribution, parameter->name, external, &value, NULL) == GM_OK)
      status = gm_assignments_set(&trial->proposed, parameter, value, err);
  }
  json_object_put(values);
  return status;
}

gm_status gm_study_record_system_attribute(gm_study_record *record, gm_trial *trial, const char *key,
                                           struct json_object *value, gm_error *err) {
  const bool constraint = strncmp(key, constraints_key, strlen(constraints_key)) == 0;
  const bool relative = strncmp(key, relative_key, strlen(relative_key)) == 0;
  const gm_status status = gm_attribute_set(&trial->system_attributes, key, value, err);
  if (status != GM_OK) return status;
  if (constraint) trial->constraint_violation = constraint_violation(trial->system_attributes);
  return relative ? set_proposed(record, trial, err) : GM_OK;
}
