/* SPDX-License-Identifier: MIT
 * The TPE sampler: when it draws, how many uniforms, and in which order. */
#include "tuning/samplers/tpe.h"

#include "common/rng.h"
#include "tuning/samplers/random_sampler.h"

#include <stdlib.h>
#include <string.h>

/* Of a study whose ranges move only the latest densities are kept. */
enum { MOST_MODELS = 32 };

typedef struct {
  gm_sampler_config config;
  gm_rng random; /* of the startup trials */
  gm_rng tpe;    /* of the candidates; equally seeded, so that either draws the same whatever the other did */
  gm_tpe_past past;
  gm_tpe_model *models[MOST_MODELS]; /* (n_models) of the parameters that are drawn together, each kept */
  size_t n_models, next_model;       /* the next one to give up where there are too many */
  const gm_parameter **space;        /* of the joint draw, by name */
  size_t space_capacity;
  double *block; /* where the arrays below live */
  size_t block_capacity;
  double *u_component; /* (n) n = n_ei_candidates */
  double *u_value;     /* (d, n) */
  double *candidates;  /* (d, n) internal values */
  double *score;       /* (n) */
  double *scratch;     /* (n) */
} tpe_state;

static void destroy(void *state) {
  tpe_state *tpe = state;
  if (tpe == NULL) return;
  for (size_t i = 0; i < tpe->n_models; i++) {
    gm_tpe_model_free(tpe->models[i]);
    free(tpe->models[i]);
  }
  gm_tpe_past_free(&tpe->past);
  free(tpe->space);
  free(tpe->block);
  free(tpe);
}

static void reseed(void *state, uint32_t seed) {
  tpe_state *tpe = state;
  gm_rng_seed(&tpe->random, seed);
  gm_rng_seed(&tpe->tpe, seed);
}

static gm_status create(const gm_sampler_config *config, void **state, gm_error *err) {
  tpe_state *tpe = calloc(1, sizeof *tpe);
  if (tpe == NULL) return gm_fail_memory(err, "the TPE sampler");
  tpe->config = *config;
  reseed(tpe, config->seed);
  *state = tpe;
  return GM_OK;
}

static gm_status reserve_candidates(tpe_state *tpe, size_t d, gm_error *err) {
  const size_t n = tpe->config.n_ei_candidates, size = (3 + 2 * d) * n;
  if (size > tpe->block_capacity) {
    double *block = realloc(tpe->block, size * sizeof *block);
    if (block == NULL) return gm_fail_memory(err, "the TPE candidates");
    tpe->block = block;
    tpe->block_capacity = size;
  }
  tpe->u_component = tpe->block;
  tpe->score = tpe->u_component + n;
  tpe->scratch = tpe->score + n;
  tpe->u_value = tpe->scratch + n;
  tpe->candidates = tpe->u_value + d * n;
  return GM_OK;
}

static void fill_uniform(gm_rng *rng, size_t n, double *u) {
  for (size_t i = 0; i < n; i++) u[i] = gm_rng_double(rng);
}

/* Optuna's order of draws: the components, then all categorical parameters, then all numeric ones. */
static void draw_uniforms(tpe_state *tpe, size_t d, const gm_parameter *const *parameters) {
  const size_t n = tpe->config.n_ei_candidates;
  fill_uniform(&tpe->tpe, n, tpe->u_component);
  for (int numeric = 0; numeric <= 1; numeric++) {
    for (size_t i = 0; i < d; i++) {
      const bool is_numeric = parameters[i]->distribution.kind != GM_CATEGORICAL;
      if (is_numeric == numeric) fill_uniform(&tpe->tpe, n, tpe->u_value + i * n);
    }
  }
}

/* The model of these parameters, NULL without memory. */
static gm_tpe_model *model_of(tpe_state *tpe, size_t d, const gm_parameter *const *parameters) {
  for (size_t i = 0; i < tpe->n_models; i++)
    if (gm_tpe_model_is_of(tpe->models[i], d, parameters)) return tpe->models[i];
  if (tpe->n_models < MOST_MODELS) {
    gm_tpe_model *model = calloc(1, sizeof *model);
    if (model != NULL) tpe->models[tpe->n_models++] = model;
    return model;
  }
  tpe->next_model = (tpe->next_model + 1) % MOST_MODELS;
  return tpe->models[tpe->next_model];
}

/* Draws candidates for all `parameters` (d) together; *best is the column of tpe->candidates to take. */
static gm_status draw(tpe_state *tpe, const gm_history *history, const gm_trial *trial, size_t d,
                      const gm_parameter *const *parameters, size_t *best, gm_error *err) {
  const size_t n = tpe->config.n_ei_candidates;
  gm_tpe_model *model = model_of(tpe, d, parameters);
  gm_status status = model != NULL ? reserve_candidates(tpe, d, err) : gm_fail_memory(err, "the TPE model");
  if (status == GM_OK)
    status = gm_tpe_model_build(model, history, trial, tpe->config.constant_liar, d, parameters, err);
  if (status != GM_OK) return status;
  draw_uniforms(tpe, d, parameters);
  gm_parzen_sample(&model->below, n, tpe->u_component, tpe->u_value, NULL, tpe->candidates);
  *best = gm_tpe_best(model, n, tpe->candidates, tpe->score, tpe->scratch);
  return GM_OK;
}

static gm_status reserve_space(tpe_state *tpe, size_t n, gm_error *err) {
  if (n <= tpe->space_capacity) return GM_OK;
  const gm_parameter **space = realloc(tpe->space, n * sizeof *space);
  if (space == NULL) return gm_fail_memory(err, "the TPE search space");
  tpe->space = space;
  tpe->space_capacity = n;
  return GM_OK;
}

static bool is_among(const gm_parameter *parameter, size_t n, const gm_parameter *const *parameters) {
  for (size_t i = 0; i < n; i++)
    if (parameters[i] == parameter) return true;
  return false;
}

/* What propose and sample took for a trial that started after n_finished others, d parameters common to them.
 */
static void skip_trial(tpe_state *tpe, const gm_trial *trial, size_t n_finished, size_t d) {
  const bool random = n_finished < tpe->config.n_startup_trials;
  const size_t n = tpe->config.n_ei_candidates, joint = random || !tpe->config.multivariate ? 0 : d;
  size_t n_uniforms = joint > 0 ? n * (1 + joint) : 0;
  for (size_t i = 0; i < trial->parameters.n; i++) {
    const gm_parameter *parameter = trial->parameters.items[i].parameter;
    if (!gm_sampler_drew(trial, parameter)) continue;
    if (random)
      gm_random_skip(&tpe->random, &parameter->distribution);
    else if (!is_among(parameter, joint, tpe->space))
      n_uniforms += 2 * n;
  }
  for (size_t i = 0; i < n_uniforms; i++) gm_rng_double(&tpe->tpe);
}

static gm_status advance(void *state, const gm_history *history, size_t n_trials, gm_error *err) {
  tpe_state *tpe = state;
  size_t n_finished = 0, d = 0;
  gm_status status = GM_OK;
  for (size_t i = 0; i < n_trials && status == GM_OK; i++) {
    const gm_trial *trial = history->trials[i];
    if (gm_sampler_has_drawn(trial)) skip_trial(tpe, trial, n_finished, d);
    if (trial->state != GM_TRIAL_COMPLETE && trial->state != GM_TRIAL_PRUNED) continue;
    if (n_finished == 0) status = reserve_space(tpe, trial->parameters.n, err);
    if (status == GM_OK) d = gm_tpe_intersect(trial, n_finished == 0, d, tpe->space);
    n_finished++;
  }
  return status;
}

static int compare_names(const void *a, const void *b) {
  const gm_parameter *const *left = a, *const *right = b;
  return strcmp((*left)->name, (*right)->name);
}

static gm_status propose(void *state, const gm_history *history, gm_trial *trial, gm_error *err) {
  tpe_state *tpe = state;
  if (!tpe->config.multivariate) return GM_OK;
  gm_status status = gm_tpe_read(&tpe->past, history, err);
  const size_t d = tpe->past.n_space, n = tpe->config.n_ei_candidates;
  if (status == GM_OK) status = reserve_space(tpe, d, err);
  if (status != GM_OK || tpe->past.n_finished < tpe->config.n_startup_trials || d == 0) return status;
  memcpy(tpe->space, tpe->past.space, d * sizeof *tpe->space);
  qsort(tpe->space, d, sizeof *tpe->space, compare_names);
  size_t best;
  status = draw(tpe, history, trial, d, tpe->space, &best, err);
  for (size_t i = 0; i < d && status == GM_OK; i++)
    status = gm_assignments_set(&trial->proposed, tpe->space[i], tpe->candidates[i * n + best], err);
  return status;
}

static gm_status sample(void *state, const gm_history *history, const gm_trial *trial,
                        const gm_parameter *parameter, double *value, gm_error *err) {
  tpe_state *tpe = state;
  gm_status status = gm_tpe_read(&tpe->past, history, err);
  if (status != GM_OK) return status;
  if (tpe->past.n_finished < tpe->config.n_startup_trials) {
    *value = gm_random_value(&tpe->random, &parameter->distribution);
    return GM_OK;
  }
  size_t best;
  status = draw(tpe, history, trial, 1, &parameter, &best, err);
  if (status == GM_OK) *value = tpe->candidates[best];
  return status;
}

const gm_sampler gm_tpe_sampler = {
    .name = "tpe",
    .create = create,
    .reseed = reseed,
    .advance = advance,
    .propose = propose,
    .sample = sample,
    .destroy = destroy,
};
