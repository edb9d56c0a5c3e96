/* SPDX-License-Identifier: MIT
 * Records of trials: reports kept in order of steps, parameters by name. No rule of a study is enforced here.
 */
#include "tuning/trial.h"

#include "common/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one trial ---------------------------------------------------------- */

gm_trial *gm_trial_new(int64_t number) {
  gm_trial *trial = calloc(1, sizeof *trial);
  if (trial == NULL) return NULL;
  trial->number = trial->id = number;
  trial->value = trial->started_s = trial->ended_s = NAN;
  return trial;
}

void gm_trial_free(gm_trial *trial) {
  if (trial == NULL) return;
  free(trial->parameters.items);
  free(trial->proposed.items);
  free(trial->reports);
  free(trial->values);
  free(trial->worker);
  json_object_put(trial->user_attributes);
  json_object_put(trial->system_attributes);
  free(trial);
}

bool gm_trial_finished(const gm_trial *trial) {
  return trial->state == GM_TRIAL_COMPLETE || trial->state == GM_TRIAL_PRUNED ||
         trial->state == GM_TRIAL_FAIL;
}

/* *items with room for n + 1 elements of `size` bytes; false when there is no memory. */
static bool reserve(void **items, size_t n, size_t *capacity, size_t size) {
  if (n < *capacity) return true;
  const size_t wanted = *capacity == 0 ? 4 : 2 * *capacity;
  void *grown = realloc(*items, wanted * size);
  if (grown == NULL) return false;
  *items = grown;
  *capacity = wanted;
  return true;
}

gm_status gm_assignments_set(gm_assignments *list, const gm_parameter *parameter, double value,
                             gm_error *err) {
  for (size_t i = 0; i < list->n; i++) {
    if (list->items[i].parameter->name != parameter->name) continue;
    list->items[i] = (gm_assignment){parameter, value};
    return GM_OK;
  }
  void *items = list->items;
  if (!reserve(&items, list->n, &list->capacity, sizeof *list->items)) return gm_fail_memory(err, "a trial");
  list->items = items;
  list->items[list->n++] = (gm_assignment){parameter, value};
  return GM_OK;
}

const gm_assignment *gm_assignments_find(const gm_assignments *list, const char *shared_name) {
  for (size_t i = 0; i < list->n; i++) {
    if (list->items[i].parameter->name == shared_name) return &list->items[i];
  }
  return NULL;
}

double gm_trial_parameter(const gm_trial *trial, const char *name) {
  for (size_t i = 0; i < trial->parameters.n; i++) {
    if (strcmp(trial->parameters.items[i].parameter->name, name) == 0)
      return trial->parameters.items[i].value;
  }
  return NAN;
}

bool gm_trial_fixed(const gm_trial *trial, const char *name, struct json_object **value) {
  struct json_object *fixed;
  return trial->system_attributes != NULL &&
         json_object_object_get_ex(trial->system_attributes, "fixed_params", &fixed) &&
         json_object_is_type(fixed, json_type_object) && json_object_object_get_ex(fixed, name, value);
}

/* Index of the first report whose step is not below `step`. Steps are often 0, 1, 2, …
 * or come in order, so look at both likely places before searching. */
static size_t report_position(const gm_trial *trial, int64_t step) {
  const gm_intermediate *reports = trial->reports;
  size_t first = 0, last = trial->n_reports;
  if (last == 0 || reports[last - 1].step < step) return last;
  if ((uint64_t)step < last && reports[step].step == step) return (size_t)step;
  while (first < last) {
    const size_t middle = first + (last - first) / 2;
    if (reports[middle].step < step)
      first = middle + 1;
    else
      last = middle;
  }
  return first;
}

double gm_trial_attribute(const gm_trial *trial, const char *key) {
  return trial->user_attributes == NULL ? NAN : gm_json_number(trial->user_attributes, key);
}

gm_status gm_trial_set_values(gm_trial *trial, size_t n, const double values[], gm_error *err) {
  double *copy = malloc(n * sizeof *copy);
  if (copy == NULL) return gm_fail_memory(err, "a trial");
  memcpy(copy, values, n * sizeof *copy);
  free(trial->values);
  trial->values = copy;
  return GM_OK;
}

gm_status gm_trial_set_report(gm_trial *trial, int64_t step, double value, gm_error *err) {
  const size_t at = report_position(trial, step);
  if (at < trial->n_reports && trial->reports[at].step == step) {
    trial->reports[at].value = value;
    return GM_OK;
  }
  void *items = trial->reports;
  if (!reserve(&items, trial->n_reports, &trial->report_capacity, sizeof *trial->reports))
    return gm_fail_memory(err, "a trial");
  trial->reports = items;
  memmove(trial->reports + at + 1, trial->reports + at, (trial->n_reports - at) * sizeof *trial->reports);
  trial->reports[at] = (gm_intermediate){step, value};
  trial->n_reports++;
  return GM_OK;
}

gm_status gm_trial_add_report(gm_trial *trial, int64_t step, double value, gm_error *err) {
  return gm_trial_report_at(trial, step) != NULL ? GM_OK : gm_trial_set_report(trial, step, value, err);
}

const gm_intermediate *gm_trial_report_at(const gm_trial *trial, int64_t step) {
  const size_t at = report_position(trial, step);
  return at < trial->n_reports && trial->reports[at].step == step ? &trial->reports[at] : NULL;
}

const gm_intermediate *gm_trial_last_report(const gm_trial *trial) {
  return trial->n_reports > 0 ? &trial->reports[trial->n_reports - 1] : NULL;
}

/* ---- all trials of a study ---------------------------------------------- */

bool gm_history_has_several(const gm_history *history) {
  return history->n_objectives > 1;
}

gm_status gm_history_direct(gm_history *history, size_t n, const gm_direction directions[], gm_error *err) {
  gm_direction *copy = NULL;
  if (n > 1) {
    copy = malloc(n * sizeof *copy);
    if (copy == NULL) return gm_fail_memory(err, "a study");
    memcpy(copy, directions, n * sizeof *copy);
  }
  free(history->directions);
  history->directions = copy;
  history->n_objectives = n;
  if (n > 0) history->direction = directions[0];
  return GM_OK;
}

double gm_history_loss(const gm_history *history, const gm_trial *trial, size_t k) {
  if (!gm_history_has_several(history))
    return history->direction == GM_MINIMIZE ? trial->value : -trial->value;
  if (trial->values == NULL) return NAN;
  return history->directions[k] == GM_MINIMIZE ? trial->values[k] : -trial->values[k];
}

gm_status gm_history_add(gm_history *history, gm_trial **trial, gm_error *err) {
  void *items = history->trials;
  if (!reserve(&items, history->n_trials, &history->capacity, sizeof *history->trials))
    return gm_fail_memory(err, "the trials");
  history->trials = items;
  *trial = gm_trial_new((int64_t)history->n_trials);
  if (*trial == NULL) return gm_fail_memory(err, "a trial");
  history->trials[history->n_trials++] = *trial;
  return GM_OK;
}

size_t gm_history_count_finished(const gm_history *history) {
  size_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial_state state = history->trials[i]->state;
    n += state == GM_TRIAL_COMPLETE || state == GM_TRIAL_PRUNED;
  }
  return n;
}

void gm_history_free(gm_history *history) {
  for (size_t i = 0; i < history->n_trials; i++) gm_trial_free(history->trials[i]);
  free(history->trials);
  free(history->directions);
  *history = (gm_history){.direction = history->direction};
}

/* ---- names --------------------------------------------------------------- */

static const char *const state_names[] = {
    [GM_TRIAL_RUNNING] = "RUNNING", [GM_TRIAL_COMPLETE] = "COMPLETE", [GM_TRIAL_PRUNED] = "PRUNED",
    [GM_TRIAL_FAIL] = "FAIL",       [GM_TRIAL_WAITING] = "WAITING",
};

const char *gm_trial_state_name(gm_trial_state state) {
  return state_names[state];
}

const char *gm_direction_name(gm_direction direction) {
  return direction == GM_MINIMIZE ? "minimize" : "maximize";
}

gm_status gm_direction_parse(const char *text, gm_direction *direction, gm_error *err) {
  for (int i = GM_MINIMIZE; i <= GM_MAXIMIZE; i++) {
    if (strcmp(text, gm_direction_name((gm_direction)i)) != 0) continue;
    *direction = (gm_direction)i;
    return GM_OK;
  }
  return gm_fail(err, GM_BAD_INPUT, "unknown direction '%s': expected minimize or maximize", text);
}
