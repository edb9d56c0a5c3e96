/* SPDX-License-Identifier: MIT
 * The TPE sampler: when it draws, how many uniforms, and in which order. */
#include "tuning/samplers/tpe.h"

#include "common/rng.h"
#include "tuning/samplers/random_sampler.h"

#include <stdlib.h>

typedef struct {
  gm_sampler_config config;
  gm_rng random; /* of the startup trials */
  gm_rng tpe;    /* of the candidates; equally seeded, so that either draws the same whatever the other did */
  gm_tpe_model model;
  const gm_parameter **space; /* of the joint draw */
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
  gm_tpe_model_free(&tpe->model);
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

/* Draws candidates for all `parameters` (d) together; *best is the column of tpe->candidates to take. */
static gm_status draw(tpe_state *tpe, const gm_history *history, const gm_trial *trial, size_t d,
                      const gm_parameter *const *parameters, size_t *best, gm_error *err) {
  const size_t n = tpe->config.n_ei_candidates;
  gm_status status = reserve_candidates(tpe, d, err);
  if (status == GM_OK)
    status = gm_tpe_model_build(&tpe->model, history, trial, tpe->config.constant_liar, d, parameters, err);
  if (status != GM_OK) return status;
  draw_uniforms(tpe, d, parameters);
  gm_parzen_sample(&tpe->model.below, n, tpe->u_component, tpe->u_value, NULL, tpe->candidates);
  gm_parzen_merge(&tpe->model.above); /* only asked for densities from here on */
  *best = gm_tpe_best(&tpe->model, n, tpe->candidates, tpe->score, tpe->scratch);
  return GM_OK;
}

static gm_status reserve_space(tpe_state *tpe, const gm_history *history, gm_error *err) {
  size_t n = 1;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial->state == GM_TRIAL_COMPLETE || trial->state == GM_TRIAL_PRUNED) {
      n += trial->parameters.n; /* the intersection is a part of any one trial */
      break;
    }
  }
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
  const gm_status status = reserve_space(tpe, history, err);
  for (size_t i = 0; i < n_trials && status == GM_OK; i++) {
    const gm_trial *trial = history->trials[i];
    if (gm_sampler_has_drawn(trial)) skip_trial(tpe, trial, n_finished, d);
    if (trial->state != GM_TRIAL_COMPLETE && trial->state != GM_TRIAL_PRUNED) continue;
    d = gm_intersect_space(trial, n_finished == 0, d, tpe->space);
    n_finished++;
  }
  return status;
}

static gm_status propose(void *state, const gm_history *history, gm_trial *trial, gm_error *err) {
  tpe_state *tpe = state;
  if (!tpe->config.multivariate || gm_history_count_finished(history) < tpe->config.n_startup_trials)
    return GM_OK;
  gm_status status = reserve_space(tpe, history, err);
  if (status != GM_OK) return status;
  const size_t d = gm_intersection_space(history, tpe->space), n = tpe->config.n_ei_candidates;
  if (d == 0) return GM_OK;
  size_t best;
  status = draw(tpe, history, trial, d, tpe->space, &best, err);
  for (size_t i = 0; i < d && status == GM_OK; i++)
    status = gm_assignments_set(&trial->proposed, tpe->space[i], tpe->candidates[i * n + best], err);
  return status;
}

static gm_status sample(void *state, const gm_history *history, const gm_trial *trial,
                        const gm_parameter *parameter, double *value, gm_error *err) {
  tpe_state *tpe = state;
  if (gm_history_count_finished(history) < tpe->config.n_startup_trials) {
    *value = gm_random_value(&tpe->random, &parameter->distribution);
    return GM_OK;
  }
  size_t best;
  const gm_status status = draw(tpe, history, trial, 1, &parameter, &best, err);
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
