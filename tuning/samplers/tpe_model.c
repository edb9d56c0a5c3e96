/* SPDX-License-Identifier: MIT
 * The densities l and g from the trials of a study, and the choice between candidates. */
#include "tuning/samplers/tpe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Scores this close to the largest equal it: categories and grid points seen equally often tie in exact
 * arithmetic, but their sums round differently (by some 1e-15) with every C library and compiler. */
static const double tie_width = 1e-12;

/* Grows *items to hold n of `size` bytes, not keeping what was there. */
static bool reserve(void **items, size_t *capacity, size_t n, size_t size) {
  if (n <= *capacity) return true;
  free(*items);
  *capacity = n + n / 2;
  *items = malloc(*capacity * size);
  if (*items == NULL) *capacity = 0;
  return *items != NULL;
}

static gm_status reserve_all(gm_tpe_model *model, size_t n_trials, size_t n_below, size_t n_parameters,
                             gm_error *err) {
  void *trials = model->trials, *observations = model->observations, *dimensions = model->dimensions;
  bool ok = reserve(&trials, &model->trial_capacity, n_trials + n_below, sizeof *model->trials);
  ok = reserve(&observations, &model->observation_capacity, n_trials * n_parameters, sizeof(double)) && ok;
  ok = reserve(&dimensions, &model->dimension_capacity, n_parameters, sizeof *model->dimensions) && ok;
  model->trials = trials;
  model->observations = observations;
  model->dimensions = dimensions;
  return ok ? GM_OK : gm_fail_memory(err, "the TPE model");
}

void gm_tpe_model_free(gm_tpe_model *model) {
  gm_parzen_free(&model->below);
  gm_parzen_free(&model->above);
  free(model->trials);
  free(model->observations);
  free(model->dimensions);
  *model = (gm_tpe_model){0};
}

/* The value of a parameter in a trial; `place` is where to look first. */
static const gm_assignment *find_value(const gm_trial *trial, const gm_parameter *parameter, size_t place) {
  const gm_assignments *set = &trial->parameters;
  if (place < set->n && set->items[place].parameter->name == parameter->name) return &set->items[place];
  const gm_assignment *found = gm_assignments_find(set, parameter->name);
  if (found != NULL || trial->state != GM_TRIAL_RUNNING) return found;
  return gm_assignments_find(&trial->proposed, parameter->name); /* will be suggested later */
}

/* x[d * stride + i] = parameter d of the i-th trial that has all of them. Returns their number. */
static size_t collect(size_t n_trials, const gm_trial *const *trials, size_t n_parameters,
                      const gm_parameter *const *parameters, double *x, size_t stride) {
  size_t n = 0;
  for (size_t i = 0; i < n_trials; i++) {
    size_t d = 0;
    for (; d < n_parameters; d++) {
      const gm_assignment *found = find_value(trials[i], parameters[d], d);
      if (found == NULL) break;
      x[d * stride + n] = found->value;
    }
    n += d == n_parameters;
  }
  return n;
}

gm_status gm_tpe_model_build(gm_tpe_model *model, const gm_history *history, const gm_trial *current,
                             bool constant_liar, size_t n_parameters, const gm_parameter *const *parameters,
                             gm_error *err) {
  const size_t stride = history->n_trials, n_finished = gm_history_count_finished(history);
  const bool several = gm_history_has_several(history);
  const size_t n_below = several ? gm_tpe_gamma_objectives(n_finished) : gm_tpe_gamma(n_finished);
  gm_status status = reserve_all(model, history->n_trials, n_below, n_parameters, err);
  if (status != GM_OK) return status;
  for (size_t d = 0; d < n_parameters; d++) model->dimensions[d] = &parameters[d]->distribution;

  const gm_trial **below = model->trials, **above = model->trials + n_below;
  model->bad = above;
  model->below.uniform = several;
  if (several)
    status = gm_tpe_split_objectives(history, current, constant_liar, n_below, below, &model->n_below, above,
                                     &model->n_above, err);
  else
    gm_tpe_split(history, current, constant_liar, n_below, below, &model->n_below, above, &model->n_above);

  gm_parzen_estimator *const estimators[] = {&model->below, &model->above};
  const gm_trial **const groups[] = {below, above};
  const size_t sizes[] = {model->n_below, model->n_above};
  for (int i = 0; i < 2 && status == GM_OK; i++) {
    const size_t n = collect(sizes[i], groups[i], n_parameters, parameters, model->observations, stride);
    status =
        gm_parzen_build(estimators[i], n_parameters, model->dimensions, n, model->observations, stride, err);
  }
  return status;
}

size_t gm_tpe_best(gm_tpe_model *model, size_t n, const double *x, double *score, double *scratch) {
  gm_parzen_log_density(&model->below, n, x, score);
  gm_parzen_log_density(&model->above, n, x, scratch);
  double largest = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    score[i] -= scratch[i];
    largest = fmax(largest, score[i]); /* fmax prefers the number over NaN */
  }
  for (size_t i = 0; i < n; i++) {
    if (score[i] >= largest - tie_width) return i;
  }
  return 0; /* NaN throughout */
}

static int compare_names(const void *a, const void *b) {
  const gm_parameter *const *left = a, *const *right = b;
  return strcmp((*left)->name, (*right)->name);
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

size_t gm_intersect_space(const gm_trial *trial, bool first, size_t n, const gm_parameter **parameters) {
  if (!first) return keep_common(trial, n, parameters);
  n = 0;
  for (size_t j = 0; j < trial->parameters.n; j++) {
    const gm_parameter *parameter = trial->parameters.items[j].parameter;
    if (!gm_distribution_single(&parameter->distribution)) parameters[n++] = parameter;
  }
  return n;
}

size_t gm_intersection_space(const gm_history *history, const gm_parameter **parameters) {
  bool first = true;
  size_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial->state != GM_TRIAL_COMPLETE && trial->state != GM_TRIAL_PRUNED) continue;
    n = gm_intersect_space(trial, first, n, parameters);
    first = false;
    if (n == 0) return 0;
  }
  qsort(parameters, n, sizeof *parameters, compare_names);
  return n;
}
