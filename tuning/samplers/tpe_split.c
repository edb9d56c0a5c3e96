/* SPDX-License-Identifier: MIT
 * Good and bad trials: past ones kept in order of their scores, and as many of the best as gamma says are
 * good. */
#include "tuning/samplers/tpe_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t gm_tpe_gamma(size_t n) {
  const size_t tenth = (n + 9) / 10; /* ceil(n / 10) */
  return tenth < GM_MAX_BELOW ? tenth : GM_MAX_BELOW;
}

size_t gm_tpe_gamma_hyperopt(size_t n) {
  const double wanted = ceil(0.25 * sqrt((double)n));
  return wanted < GM_MAX_BELOW ? (size_t)wanted : GM_MAX_BELOW;
}

/* ---- standings ------------------------------------------------------------ */

bool gm_tpe_is_finished(const gm_trial *trial) {
  return trial->state == GM_TRIAL_COMPLETE || trial->state == GM_TRIAL_PRUNED;
}

static double signed_value(double value, gm_direction direction) {
  if (isnan(value)) return INFINITY;
  return direction == GM_MINIMIZE ? value : -value;
}

gm_tpe_standing gm_tpe_standing_of(const gm_trial *trial, gm_direction direction, uint32_t place) {
  if (trial->constraint_violation > 0.0)
    return (gm_tpe_standing){GM_INFEASIBLE, trial->constraint_violation, 0.0, place};
  if (trial->state == GM_TRIAL_COMPLETE)
    return (gm_tpe_standing){GM_FEASIBLE_COMPLETE, signed_value(trial->value, direction), 0.0, place};
  const gm_intermediate *last = gm_trial_last_report(trial);
  if (last == NULL)
    return (gm_tpe_standing){GM_FEASIBLE_PRUNED, 1.0, 0.0, place}; /* after every -step <= 0 */
  return (gm_tpe_standing){GM_FEASIBLE_PRUNED, -(double)last->step, signed_value(last->value, direction),
                           place};
}

bool gm_tpe_is_better(const gm_tpe_standing *a, const gm_tpe_standing *b) {
  if (a->group != b->group) return a->group < b->group;
  if (a->first != b->first) return a->first < b->first;
  if (a->second != b->second) return a->second < b->second;
  return a->place < b->place;
}

/* ---- reading ---------------------------------------------------------------- */

void gm_tpe_past_free(gm_tpe_past *past) {
  free(past->trials);
  free(past->finished);
  free(past->open);
  free(past->space);
  *past = (gm_tpe_past){0};
}

static gm_status reserve(gm_tpe_past *past, size_t n, gm_error *err) {
  if (n <= past->capacity) return GM_OK;
  const size_t capacity = n + n / 2;
  const gm_trial **trials = realloc(past->trials, capacity * sizeof *trials);
  if (trials != NULL) past->trials = trials;
  uint32_t *finished = realloc(past->finished, capacity * sizeof *finished);
  if (finished != NULL) past->finished = finished;
  uint32_t *open = realloc(past->open, capacity * sizeof *open);
  if (open != NULL) past->open = open;
  if (trials == NULL || finished == NULL || open == NULL) return gm_fail_memory(err, "the past trials");
  past->capacity = capacity;
  return GM_OK;
}

/* The intersection is a part of any one finished trial's parameters. */
static gm_status reserve_space(gm_tpe_past *past, size_t n, gm_error *err) {
  if (n <= past->space_capacity) return GM_OK;
  const gm_parameter **space = realloc(past->space, n * sizeof *space);
  if (space == NULL) return gm_fail_memory(err, "the search space");
  past->space = space;
  past->space_capacity = n;
  return GM_OK;
}

/* Keeps, in order, the parameters that this trial has with the same distribution. */
static size_t keep_common(const gm_trial *trial, size_t n, const gm_parameter **parameters) {
  const gm_assignments *set = &trial->parameters;
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    const gm_assignment *found = i < set->n && set->items[i].parameter == parameters[i]
                                     ? &set->items[i]
                                     : gm_assignments_find(set, parameters[i]->name);
    if (found != NULL && found->parameter == parameters[i]) parameters[kept++] = parameters[i];
  }
  return kept;
}

size_t gm_tpe_intersect(const gm_trial *trial, bool first, size_t n, const gm_parameter **parameters) {
  if (!first) return keep_common(trial, n, parameters);
  n = 0;
  for (size_t j = 0; j < trial->parameters.n; j++) {
    const gm_parameter *parameter = trial->parameters.items[j].parameter;
    if (!gm_distribution_single(&parameter->distribution)) parameters[n++] = parameter;
  }
  return n;
}

static gm_status add_finished(gm_tpe_past *past, uint32_t place, gm_error *err) {
  const gm_trial *trial = past->trials[place];
  if (past->n_finished == 0) {
    const gm_status status = reserve_space(past, trial->parameters.n, err);
    if (status != GM_OK) return status;
  }
  past->n_space = gm_tpe_intersect(trial, past->n_finished == 0, past->n_space, past->space);
  size_t at = past->n_finished++; /* mostly the last: trials end about in the order of their starts */
  for (; at > 0 && past->finished[at - 1] > place; at--) past->finished[at] = past->finished[at - 1];
  past->finished[at] = place;
  const gm_tpe_standing standing = gm_tpe_standing_of(trial, past->direction, place);
  for (at = past->n_best; at > 0 && gm_tpe_is_better(&standing, &past->best[at - 1]); at--)
    past->best[at] = past->best[at - 1];
  past->best[at] = standing;
  if (past->n_best < GM_MAX_BELOW) past->n_best++;
  return GM_OK;
}

/* Looks at the trial: true while it can still change. */
static bool still_open(gm_tpe_past *past, uint32_t place, gm_status *status, gm_error *err) {
  const gm_trial *trial = past->trials[place];
  if (gm_tpe_is_finished(trial)) *status = add_finished(past, place, err);
  return trial->state == GM_TRIAL_RUNNING || trial->state == GM_TRIAL_WAITING;
}

gm_status gm_tpe_read(gm_tpe_past *past, const gm_history *history, gm_error *err) {
  const bool goes_on = past->n_trials > 0 && past->n_trials <= history->n_trials &&
                       past->direction == history->direction &&
                       memcmp(past->trials, history->trials, past->n_trials * sizeof *past->trials) == 0;
  if (!goes_on) past->n_trials = past->n_finished = past->n_open = past->n_best = past->n_space = 0;
  past->direction = history->direction;
  past->started_anew = !goes_on;
  gm_status status = reserve(past, history->n_trials, err);
  size_t n_open = 0;
  for (size_t i = 0; i < past->n_open && status == GM_OK; i++) {
    past->open[n_open] = past->open[i];
    n_open += still_open(past, past->open[n_open], &status, err);
  }
  for (size_t i = past->n_trials; i < history->n_trials && status == GM_OK; i++) {
    past->trials[i] = history->trials[i];
    past->open[n_open] = (uint32_t)i;
    n_open += still_open(past, (uint32_t)i, &status, err);
  }
  past->n_open = n_open;
  past->n_trials = status == GM_OK ? history->n_trials : 0; /* then it is read from its start */
  return status;
}

/* ---- the split ---------------------------------------------------------------- */

/* places[0 … n) and one more, ascending. */
static void insert(size_t n, uint32_t *places, uint32_t place) {
  for (; n > 0 && places[n - 1] > place; n--) places[n] = places[n - 1];
  places[n] = place;
}

void gm_tpe_split(const gm_tpe_past *past, const gm_trial *current, bool constant_liar, size_t n_below,
                  gm_tpe_groups *groups) {
  const size_t n_good = n_below < past->n_best ? n_below : past->n_best;
  const uint32_t *below = groups->below;
  uint32_t *above = groups->above;
  groups->n_below = n_good;
  groups->n_above = 0;
  if (past->n_trials == 0) return; /* nor are there arrays */
  for (size_t i = 0; i < n_good; i++) insert(i, groups->below, past->best[i].place);
  size_t from = 0, n = 0;
  for (size_t i = 0; i < n_good; i++) { /* the stretches between good ones */
    const size_t start = from;
    while (past->finished[from] != below[i]) from++;
    memcpy(above + n, past->finished + start, (from - start) * sizeof *above);
    n += from - start;
    from++;
  }
  memcpy(above + n, past->finished + from, (past->n_finished - from) * sizeof *above);
  n += past->n_finished - from;
  for (size_t i = 0; i < past->n_open && constant_liar; i++) {
    const gm_trial *trial = past->trials[past->open[i]];
    if (trial != current && trial->state == GM_TRIAL_RUNNING) insert(n++, above, past->open[i]);
  }
  groups->n_above = n;
}
