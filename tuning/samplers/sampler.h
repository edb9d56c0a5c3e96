/* SPDX-License-Identifier: MIT
 * A sampler decides the parameters of a trial. Each one is a const table of functions;
 * its state (generators, workspaces) belongs to the study that created it. */
#ifndef TUNING_SAMPLER_H
#define TUNING_SAMPLER_H

#include "common/status.h"
#include "tuning/search_space.h"
#include "tuning/trial.h"

#include <stddef.h>
#include <stdint.h>

typedef struct gm_sampler gm_sampler;

typedef struct {
  const gm_sampler *method; /* gm_tpe_sampler (default) or gm_random_sampler */
  uint32_t seed;            /* of all draws; equal seeds and values told give equal suggestions (0) */
  /* TPE only; the defaults are those of Optuna 5 */
  size_t n_startup_trials; /* finished trials before TPE takes over from random draws (10) */
  size_t n_ei_candidates;  /* candidates per draw, >= 1 (24) */
  bool multivariate;       /* parameters that all trials share are drawn jointly (true) */
  bool constant_liar;      /* running trials count as bad ones, for parallel workers (true) */
} gm_sampler_config;

struct gm_sampler {
  const char *name;
  gm_status (*create)(const gm_sampler_config *config, void **state, gm_error *err);
  /* Starts the draws anew from another seed than the configured one. */
  void (*reseed)(void *state, uint32_t seed);
  /* Takes the draws that the trials 0 … n_trials − 1 took when they started, so that the next ones are those
   * of a sampler that had seen them all. Exact where their parameters had the ranges that they have now. */
  gm_status (*advance)(void *state, const gm_history *history, size_t n_trials, gm_error *err);
  /* Called once when a trial starts: fills trial->proposed with jointly drawn values, if any. */
  gm_status (*propose)(void *state, const gm_history *history, gm_trial *trial, gm_error *err);
  /* Draws the internal value of one parameter of `trial`, which has more than one possible value. */
  gm_status (*sample)(void *state, const gm_history *history, const gm_trial *trial,
                      const gm_parameter *parameter, double *value, gm_error *err);
  /* Accepts NULL. */
  void (*destroy)(void *state);
};

/* All there are; a new one is a file with its gm_NAME_sampler and its name here. */
#define GM_SAMPLERS(X) X(tpe) X(random)

#define GM_SAMPLER_DECLARE(name) extern const gm_sampler gm_##name##_sampler;
GM_SAMPLERS(GM_SAMPLER_DECLARE)

/* "tpe|random", as usage texts have it, and "tpe or random". */
#define GM_SAMPLER_BAR(name) "|" #name
#define GM_SAMPLER_OR(name) " or " #name
#define GM_SAMPLER_USAGE (&(GM_SAMPLERS(GM_SAMPLER_BAR))[1])
#define GM_SAMPLER_NAMES (&(GM_SAMPLERS(GM_SAMPLER_OR))[4])

gm_sampler_config gm_sampler_config_default(void);

/* Whether the trial has been asked for and so has taken draws; finished ones that were added as such have
 * not. */
bool gm_sampler_has_drawn(const gm_trial *trial);

/* Whether its value of `parameter` was drawn: not fixed by who enqueued it, nor taken over from the failed
 * trial that it repeats, nor the only one possible. */
bool gm_sampler_drew(const gm_trial *trial, const gm_parameter *parameter);

/* GM_BAD_INPUT with a sentence naming the field. */
gm_status gm_sampler_config_check(const gm_sampler_config *config, gm_error *err);

/* The sampler of this name, which is method->name. */
gm_status gm_sampler_parse(const char *name, const gm_sampler **method, gm_error *err);

#endif
