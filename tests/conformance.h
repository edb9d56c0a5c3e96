/* SPDX-License-Identifier: MIT
 * What the conformance programs share: counting checks, printing those that fail, and
 * reading fixtures, in which "NaN", "Infinity" and "-Infinity" stand for such numbers.
 * A fixture of another layout ends the program with one sentence and exit code 2. */
#ifndef TESTS_CONFORMANCE_H
#define TESTS_CONFORMANCE_H

#include "common/json.h"
#include "tuning/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct json_object json;

/* ---- checks --------------------------------------------------------------- */

typedef struct {
  size_t passed, failed;
} tally;

/* Two numbers that must agree within `tolerance` (absolute); NaN agrees with NaN only. */
static inline void check_number(tally *t, const char *what, double ours, double expected, double tolerance) {
  const bool agree = isnan(expected) ? isnan(ours) : ours == expected || fabs(ours - expected) <= tolerance;
  if (agree) {
    t->passed++;
    return;
  }
  t->failed++;
  printf("%s: got %.17g, expected %.17g\n", what, ours, expected);
}

/* Prints the last line; returns the exit code. */
static inline int report_tally(tally t) {
  printf("%zu passed, %zu failed\n", t.passed, t.failed);
  return t.failed == 0 && t.passed > 0 ? 0 : 1;
}

/* ---- fixtures -------------------------------------------------------------- */

static inline void bad_fixture(const char *what, const char *expected) {
  fprintf(stderr, "fixture: %s: expected %s\n", what, expected);
  exit(2);
}

static inline json *member(json *object, const char *key) {
  json *found = NULL;
  if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, key, &found))
    bad_fixture(key, "a member of that name");
  return found;
}

static inline size_t length(json *array) {
  if (!json_object_is_type(array, json_type_array)) bad_fixture("a list", "an array");
  return json_object_array_length(array);
}

static inline json *element(json *array, size_t i) {
  if (i >= length(array)) bad_fixture("a list", "more elements");
  return json_object_array_get_idx(array, i);
}

/* null becomes NaN. */
static inline double number(json *value) {
  if (value == NULL) return NAN;
  if (json_object_is_type(value, json_type_string)) {
    const char *text = json_object_get_string(value);
    if (strcmp(text, "NaN") == 0) return NAN;
    if (strcmp(text, "Infinity") == 0) return INFINITY;
    if (strcmp(text, "-Infinity") == 0) return -INFINITY;
  }
  if (!json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_int))
    bad_fixture(json_object_to_json_string(value), "a number");
  return json_object_get_double(value);
}

static inline size_t count(json *value) {
  const double x = number(value);
  if (!(x >= 0.0) || x != floor(x)) bad_fixture(json_object_to_json_string(value), "a whole number >= 0");
  return (size_t)x;
}

static inline const char *text(json *value) {
  if (!json_object_is_type(value, json_type_string)) bad_fixture(json_object_to_json_string(value), "a text");
  return json_object_get_string(value);
}

static inline bool truth(json *value) {
  if (!json_object_is_type(value, json_type_boolean))
    bad_fixture(json_object_to_json_string(value), "true or false");
  return json_object_get_boolean(value);
}

/* Ends the program when a library call failed. */
static inline void must(gm_status status, const gm_error *err) {
  if (status == GM_OK) return;
  fprintf(stderr, "%s\n", err->message);
  exit(gm_exit_code(status));
}

/* ---- trials ----------------------------------------------------------------- */

static inline gm_direction direction_of(json *value) {
  gm_error err;
  gm_direction direction;
  must(gm_direction_parse(text(value), &direction, &err), &err);
  return direction;
}

/* [[step, value], …] in the order of reporting. */
static inline void add_reports(gm_trial *trial, json *reports) {
  gm_error err;
  for (size_t i = 0; i < length(reports); i++) {
    json *report = element(reports, i);
    must(gm_trial_add_report(trial, (int64_t)count(element(report, 0)), number(element(report, 1)), &err),
         &err);
  }
}

static inline gm_trial_state state_of(json *name) {
  for (int s = GM_TRIAL_RUNNING; s <= GM_TRIAL_WAITING; s++)
    if (strcmp(text(name), gm_trial_state_name((gm_trial_state)s)) == 0) return (gm_trial_state)s;
  bad_fixture(text(name), "the name of a trial's state");
  return GM_TRIAL_FAIL; /* not reached */
}

/* Appends a trial with state and reports. */
static inline gm_trial *add_trial(gm_history *history, json *record) {
  gm_error err;
  gm_trial *trial;
  must(gm_history_add(history, &trial, &err), &err);
  trial->state = state_of(member(record, "state"));
  add_reports(trial, member(record, "intermediate"));
  return trial;
}

#endif
