/* SPDX-License-Identifier: MIT
 * Independent uniform draws, on the logarithm for log kinds, as
 * optuna.samplers.RandomSampler 5 makes them with the same seed. */
#ifndef TUNING_RANDOM_SAMPLER_H
#define TUNING_RANDOM_SAMPLER_H

#include "common/rng.h"
#include "tuning/samplers/sampler.h"

/* One internal value; takes one uniform, or one per category for a categorical. */
double gm_random_value(gm_rng *rng, const gm_distribution *distribution);

/* Takes the uniforms of one value without it. */
void gm_random_skip(gm_rng *rng, const gm_distribution *distribution);

#endif
