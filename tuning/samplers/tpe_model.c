/* SPDX-License-Identifier: MIT
 * The densities l and g from the trials of a study, and the choice between candidates. */
#include "tuning/samplers/tpe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Scores this close to the largest equal it: categories and grid points seen equally often tie in exact
 * arithmetic, but their sums round differently (by some 1e-15) with every C library and compiler. */
static const double tie_width = 1e-12;

/* What is known of a trial: of a finished one for good, of a running one until the next look. */
enum { UNKNOWN, HAS_ALL, LACKS_ONE, HAD_ALL };

/* ---- memory ---------------------------------------------------------------- */

void gm_tpe_model_free(gm_tpe_model *model) {
  gm_parzen_free(&model->below);
  gm_parzen_free(&model->above);
  gm_tpe_past_free(&model->past);
  free(model->parameters);
  free(model->knowledge);
  free(model->values);
  free(model->groups.below);
  free(model->kept);
  free(model->dimensions);
  *model = (gm_tpe_model){0};
}

bool gm_tpe_model_is_of(const gm_tpe_model *model, size_t n_parameters,
                        const gm_parameter *const *parameters) {
  return n_parameters > 0 && n_parameters == model->n_parameters &&
         memcmp(parameters, model->parameters, n_parameters * sizeof *parameters) == 0;
}

static void forget(gm_tpe_model *model) {
  model->n_read = 0;
  gm_parzen_forget(&model->below);
  gm_parzen_forget(&model->above);
}

/* Other parameters: what is known of the trials is of no use. */
static gm_status set_parameters(gm_tpe_model *model, size_t n, const gm_parameter *const *parameters,
                                gm_error *err) {
  if (gm_tpe_model_is_of(model, n, parameters)) return GM_OK;
  forget(model);
  free(model->parameters);
  free(model->dimensions);
  free(model->values);
  model->values = NULL;
  model->capacity = 0;
  model->n_parameters = 0;
  model->parameters = malloc((n + 1) * sizeof *model->parameters); /* + 1: no allocation of nothing */
  model->dimensions = malloc((n + 1) * sizeof *model->dimensions);
  if (model->parameters == NULL || model->dimensions == NULL) return gm_fail_memory(err, "the TPE model");
  model->n_parameters = n;
  for (size_t d = 0; d < n; d++) {
    model->parameters[d] = parameters[d];
    model->dimensions[d] = &parameters[d]->distribution;
  }
  return GM_OK;
}

static gm_status reserve(gm_tpe_model *model, size_t n_trials, gm_error *err) {
  if (n_trials <= model->capacity) return GM_OK;
  const size_t capacity = n_trials + n_trials / 2;
  free(model->knowledge);
  free(model->values);
  free(model->groups.below);
  free(model->kept);
  forget(model); /* all is read again, into the new arrays */
  model->knowledge = malloc(capacity * sizeof *model->knowledge);
  model->values = malloc(capacity * (model->n_parameters + 1) * sizeof *model->values);
  model->groups.below = malloc((2 * capacity + GM_MAX_BELOW) * sizeof *model->groups.below);
  model->kept = malloc(capacity * sizeof *model->kept);
  const bool memory =
      model->knowledge != NULL && model->values != NULL && model->groups.below != NULL && model->kept != NULL;
  model->capacity = memory ? capacity : 0;
  return memory ? GM_OK : gm_fail_memory(err, "the TPE model");
}

/* ---- values ------------------------------------------------------------------ */

/* The value of a parameter in a trial; `place` is where to look first. */
static const gm_assignment *find_value(const gm_trial *trial, const gm_parameter *parameter, size_t place) {
  const gm_assignments *set = &trial->parameters;
  if (place < set->n && set->items[place].parameter->name == parameter->name) return &set->items[place];
  const gm_assignment *found = gm_assignments_find(set, parameter->name);
  if (found != NULL || trial->state != GM_TRIAL_RUNNING) return found;
  return gm_assignments_find(&trial->proposed, parameter->name); /* will be suggested later */
}

/* Reads the trial's values; false where it lacks one. Those of a running trial can differ from what was read
 * of it before: then the density of which it is a part is made anew. */
static bool read_values(gm_tpe_model *model, size_t i) {
  const gm_trial *trial = model->past.trials[i];
  const bool running = trial->state == GM_TRIAL_RUNNING, again = model->knowledge[i] == HAD_ALL;
  model->knowledge[i] = running ? UNKNOWN : LACKS_ONE;
  for (size_t d = 0; d < model->n_parameters; d++) {
    const gm_assignment *found = find_value(trial, model->parameters[d], d);
    double *value = &model->values[d * model->capacity + i];
    if (found == NULL) return false;
    if (again && *value != found->value) gm_parzen_forget(&model->above);
    *value = found->value;
  }
  model->knowledge[i] = running ? HAD_ALL : HAS_ALL;
  return true;
}

/* model->kept: those that have all parameters. Returns how many. */
static size_t keep_complete_sets(gm_tpe_model *model, size_t n, const uint32_t *places) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    const unsigned char knowledge = model->knowledge[places[i]];
    model->kept[kept] = places[i];
    if (knowledge == HAS_ALL || (knowledge != LACKS_ONE && read_values(model, places[i]))) kept++;
  }
  return kept;
}

/* ---- both densities ------------------------------------------------------------ */

gm_status gm_tpe_model_build(gm_tpe_model *model, const gm_history *history, const gm_trial *current,
                             bool constant_liar, size_t n_parameters, const gm_parameter *const *parameters,
                             gm_error *err) {
  gm_status status = set_parameters(model, n_parameters, parameters, err);
  if (status == GM_OK) status = gm_tpe_read(&model->past, history, err);
  if (model->past.started_anew) forget(model);
  if (status == GM_OK) status = reserve(model, history->n_trials, err);
  if (status != GM_OK) return status;
  for (; model->n_read < history->n_trials; model->n_read++) model->knowledge[model->n_read] = UNKNOWN;

  const bool several = gm_history_has_several(history);
  const size_t n_finished = model->past.n_finished;
  const size_t n_below = several ? gm_tpe_gamma_objectives(n_finished) : gm_tpe_gamma(n_finished);
  gm_tpe_groups *groups = &model->groups;
  groups->above = groups->below + n_below;
  model->below.uniform = several;
  if (several)
    status = gm_tpe_split_objectives(history, current, constant_liar, n_below, groups, err);
  else
    gm_tpe_split(&model->past, current, constant_liar, n_below, groups);
  gm_parzen_estimator *const estimators[] = {&model->below, &model->above};
  const uint32_t *const places[] = {groups->below, groups->above};
  const size_t sizes[] = {groups->n_below, groups->n_above};
  for (int i = 0; i < 2 && status == GM_OK; i++) {
    const gm_parzen_observations observations = {.n = keep_complete_sets(model, sizes[i], places[i]),
                                                 .ids = model->kept,
                                                 .values = model->values,
                                                 .stride = model->capacity};
    status = gm_parzen_update(estimators[i], n_parameters, model->dimensions, &observations, err);
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
