/* SPDX-License-Identifier: MIT
 * The random sampler: draws of MT19937 in the order in which Optuna makes them, so that its numbers come. */
#include "tuning/samplers/random_sampler.h"

#include <math.h>
#include <stdlib.h>

/* The category with the largest of n uniforms, the first of equals. */
static double random_category(gm_rng *rng, size_t n_choices) {
  size_t best = 0;
  double largest = -1.0;
  for (size_t c = 0; c < n_choices; c++) {
    const double u = gm_rng_double(rng);
    if (u <= largest) continue;
    largest = u;
    best = c;
  }
  return (double)best;
}

double gm_random_value(gm_rng *rng, const gm_distribution *d) {
  if (d->kind == GM_CATEGORICAL) return random_category(rng, d->n_choices);
  double lower, upper;
  gm_distribution_domain(d, &lower, &upper);
  const double v = lower + (upper - lower) * gm_rng_double(rng);
  const double x = d->log ? exp(v) : v;
  if (d->step == 0.0)
    return fmax(d->low, fmin(x, nextafter(d->high, -INFINITY))); /* high itself is excluded */
  if (d->kind == GM_FLOAT || d->log) return gm_distribution_snap(d, x);
  const double rounded = floor((v - d->low) / d->step + 0.5) * d->step + d->low; /* halves up, unlike snap */
  return fmin(fmax(rounded, d->low), d->high);
}

void gm_random_skip(gm_rng *rng, const gm_distribution *d) {
  const size_t n = d->kind == GM_CATEGORICAL ? d->n_choices : 1;
  for (size_t i = 0; i < n; i++) gm_rng_double(rng);
}

static gm_status create(const gm_sampler_config *config, void **state, gm_error *err) {
  gm_rng *rng = malloc(sizeof *rng);
  if (rng == NULL) return gm_fail_memory(err, "the random sampler");
  gm_rng_seed(rng, config->seed);
  *state = rng;
  return GM_OK;
}

static void reseed(void *state, uint32_t seed) {
  gm_rng_seed(state, seed);
}

static gm_status advance(void *state, const gm_history *history, size_t n_trials, gm_error *err) {
  (void)err; /* nothing can fail */
  for (size_t i = 0; i < n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    for (size_t j = 0; j < trial->parameters.n && gm_sampler_has_drawn(trial); j++) {
      const gm_parameter *parameter = trial->parameters.items[j].parameter;
      if (gm_sampler_drew(trial, parameter)) gm_random_skip(state, &parameter->distribution);
    }
  }
  return GM_OK;
}

static gm_status propose(void *state, const gm_history *history, gm_trial *trial, gm_error *err) {
  (void)state, (void)history, (void)trial, (void)err;
  return GM_OK; /* nothing is drawn jointly */
}

static gm_status sample(void *state, const gm_history *history, const gm_trial *trial,
                        const gm_parameter *parameter, double *value, gm_error *err) {
  (void)history, (void)trial, (void)err;
  *value = gm_random_value(state, &parameter->distribution);
  return GM_OK;
}

const gm_sampler gm_random_sampler = {
    .name = "random",
    .create = create,
    .reseed = reseed,
    .advance = advance,
    .propose = propose,
    .sample = sample,
    .destroy = free,
};
