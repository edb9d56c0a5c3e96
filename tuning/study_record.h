/* SPDX-License-Identifier: MIT
 * What is known of one study: its name, trials, parameters and attributes, whether
 * they live in memory only or come from a journal. Facts only; the rules are in study.h. */
#ifndef TUNING_STUDY_RECORD_H
#define TUNING_STUDY_RECORD_H

#include "common/status.h"
#include "tuning/search_space.h"
#include "tuning/trial.h"

#include <json-c/json_types.h>

#include <stddef.h>
#include <stdint.h>

typedef struct {
  int64_t id; /* in its journal */
  char *name; /* owned; NULL in memory */
  bool deleted;
  bool directed;                                           /* every objective has a direction */
  gm_history history;                                      /* history.n_objectives: 0 where none is told */
  gm_search_space space;                                   /* every parameter of every trial */
  struct json_object *user_attributes, *system_attributes; /* objects, owned; NULL: none */
} gm_study_record;

/* System attribute of a study: the names of its objectives, a list (Study.set_metric_names). */
#define GM_METRIC_NAMES "study:metric_names"

/* The name of objective k, NULL where the study has none. */
const char *gm_study_record_metric(const gm_study_record *record, size_t k);

/* Frees everything; accepts NULL. */
void gm_study_record_free(gm_study_record *record);

/* Adds or replaces attributes[key] (taken over). *attributes may be NULL. */
gm_status gm_attribute_set(struct json_object **attributes, const char *key, struct json_object *value,
                           gm_error *err);

/* A user attribute of this name. */
bool gm_study_record_has_attribute(const gm_study_record *record, const char *key);

/* Sets a system attribute of a trial and what the search reads from such: the sum of positive
 * constraints, and the parameters that another worker's sampler has drawn but not yet suggested. */
gm_status gm_study_record_system_attribute(gm_study_record *record, gm_trial *trial, const char *key,
                                           struct json_object *value, gm_error *err);

#endif
