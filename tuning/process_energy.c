/* SPDX-License-Identifier: MIT
 * Energies of processes, from the attributes of trials and study: of each worker the last word it left. */
#include "tuning/process_energy.h"

#include "common/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  gm_process_energy *items;
  double *trials_j; /* likewise: sum over the trials that tell their own energy only */
  size_t n, capacity;
} list;

bool gm_same_worker(const char *a, const char *b) {
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The index of a worker, added on first use; list->n when there is no memory. The last one is looked at
 * first: trials of one worker often follow each other. */
static size_t find(list *l, const char *worker) {
  for (size_t i = l->n; i > 0; i--)
    if (gm_same_worker(l->items[i - 1].worker, worker)) return i - 1;
  if (l->n == l->capacity) {
    const size_t capacity = l->capacity == 0 ? 8 : 2 * l->capacity;
    gm_process_energy *items = realloc(l->items, capacity * sizeof *items);
    if (items != NULL) l->items = items;
    double *trials_j = items != NULL ? realloc(l->trials_j, capacity * sizeof *trials_j) : NULL;
    if (trials_j == NULL) return l->n;
    l->trials_j = trials_j;
    l->capacity = capacity;
  }
  l->items[l->n] = (gm_process_energy){.worker = worker};
  l->trials_j[l->n] = 0.0;
  return l->n++;
}

static bool add_record(list *l, const char *worker, const char *text) {
  struct json_object *record = json_tokener_parse(text);
  const double energy_j =
      json_object_is_type(record, json_type_object) ? gm_json_number(record, "energy_j") : NAN;
  json_object_put(record);
  if (!(energy_j >= 0.0)) return 1; /* nobody's record */
  const size_t i = find(l, worker);
  if (i == l->capacity) return 0;
  l->items[i].energy_j = energy_j;
  l->items[i].record = text;
  return 1;
}

static bool add_trial(list *l, const gm_trial *trial) {
  const double process_j = gm_trial_attribute(trial, GM_PROCESS_ENERGY_ATTRIBUTE);
  const double own_j = gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE);
  if (!(process_j >= 0.0) && !(own_j >= 0.0)) return 1;
  const size_t i = find(l, trial->worker);
  if (i == l->capacity) return 0;
  if (process_j >= 0.0)
    l->items[i].energy_j = fmax(l->items[i].energy_j, process_j);
  else
    l->trials_j[i] += own_j;
  return 1;
}

static bool add_all(list *l, const gm_study_record *study) {
  const size_t prefix = strlen(GM_PROCESS_PREFIX);
  bool ok = 1;
  if (study->user_attributes != NULL) {
    json_object_object_foreach(study->user_attributes, key, value) {
      if (strncmp(key, GM_PROCESS_PREFIX, prefix) == 0 && json_object_is_type(value, json_type_string))
        ok = ok && add_record(l, key + prefix, json_object_get_string(value));
    }
  }
  for (size_t i = 0; i < study->history.n_trials; i++) ok = ok && add_trial(l, study->history.trials[i]);
  return ok;
}

gm_status gm_study_processes(const gm_study_record *study, gm_process_energy **processes, size_t *n,
                             gm_error *err) {
  list l = {0};
  *processes = NULL;
  *n = 0;
  const bool ok = add_all(&l, study);
  for (size_t i = 0; i < l.n; i++) l.items[i].energy_j = fmax(l.items[i].energy_j, l.trials_j[i]);
  free(l.trials_j);
  if (!ok) {
    free(l.items);
    return gm_fail_memory(err, "the processes of a study");
  }
  *processes = l.items;
  *n = l.n;
  return GM_OK;
}
