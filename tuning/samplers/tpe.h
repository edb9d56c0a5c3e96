/* SPDX-License-Identifier: MIT
 * Tree-structured Parzen estimator: candidates are drawn from the density l of good
 * trials, and the one with the largest l / g is taken, g being the density of bad ones.
 *
 * Sources: Bergstra et al., NIPS 2011, section 4, equation 5; Watanabe, arXiv:2304.11127.
 * With two objectives good is what stands ahead by domination and hypervolume (tpe_split.h), with equal
 * weights (Ozaki et al., JAIR 73, 1209 (2022)). Details and random draws are those of
 * optuna.samplers.TPESampler 5 (no groups). Deviations: the bandwidth sort is stable; the first of scores
 * within 1e-12 of the largest wins, wherever this is compiled (in Optuna rounding decides between such ties,
 * differently with each numpy and processor); candidates are clipped to the range, which Optuna's can leave
 * by one rounding error; a score that is NaN never wins. */
#ifndef TUNING_TPE_H
#define TUNING_TPE_H

#include "tuning/samplers/parzen_estimator.h"
#include "tuning/samplers/sampler.h"
#include "tuning/samplers/tpe_split.h"

/* ---- pieces, for callers that explain or check a choice ------------------ */

/* The two densities over some parameters, from the trials so far. */
typedef struct {
  gm_parzen_estimator below, above;
  size_t n_below, n_above;            /* trials, before those that lack a parameter are left out */
  const gm_trial **trials;            /* (n_below) good trials by number; the array is owned and holds both */
  const gm_trial **bad;               /* (n_above) bad ones, likewise; part of it */
  double *observations;               /* scratch, owned */
  const gm_distribution **dimensions; /* scratch, owned */
  size_t trial_capacity, observation_capacity, dimension_capacity;
} gm_tpe_model;

/* Builds both densities over `parameters` (d) for `current` (may be NULL). A zeroed
 * model is a fine start, a built one is rebuilt in its memory. */
gm_status gm_tpe_model_build(gm_tpe_model *model, const gm_history *history, const gm_trial *current,
                             bool constant_liar, size_t n_parameters, const gm_parameter *const *parameters,
                             gm_error *err);
void gm_tpe_model_free(gm_tpe_model *model);

/* score[i] = ln l - ln g of candidate i, x: (d, n) row-major; returns the index of the
 * largest, the first of equals. scratch: (n). */
size_t gm_tpe_best(gm_tpe_model *model, size_t n, const double *x, double *score, double *scratch);

/* The parameters, by name, that every complete and pruned trial has with exactly the same
 * distribution, those with one possible value left out. parameters: room for all of the
 * first finished trial's. Returns how many. */
size_t gm_intersection_space(const gm_history *history, const gm_parameter **parameters);

/* The same step by step: `n` parameters are common to all trials so far, `first` says that there is none yet;
 * returns how many are after `trial`. Unsorted. */
size_t gm_intersect_space(const gm_trial *trial, bool first, size_t n, const gm_parameter **parameters);

#endif
