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
  gm_tpe_groups groups; /* of trials, before those that lack a parameter are left out; `below` holds both */
  size_t n_parameters;
  const gm_parameter **parameters; /* (d) owned, as all arrays are */
  gm_tpe_past past;
  size_t n_read;                      /* of the past's trials: what follows is set for them */
  unsigned char *knowledge;           /* (n_trials) whether a trial has all parameters, tpe_model.c */
  double *values;                     /* (d, capacity) their internal values */
  uint32_t *kept;                     /* (capacity) scratch: those of them that have all parameters */
  const gm_distribution **dimensions; /* (d) */
  size_t capacity;
} gm_tpe_model;

/* Builds both densities over `parameters` (d) for the running trial `current` (may be NULL). A zeroed
 * model is a fine start; one that was built goes on from there, which is cheap where the parameters are the
 * same ones and few trials are new. */
gm_status gm_tpe_model_build(gm_tpe_model *model, const gm_history *history, const gm_trial *current,
                             bool constant_liar, size_t n_parameters, const gm_parameter *const *parameters,
                             gm_error *err);
void gm_tpe_model_free(gm_tpe_model *model);

/* Whether it was built over exactly these parameters. */
bool gm_tpe_model_is_of(const gm_tpe_model *model, size_t n_parameters,
                        const gm_parameter *const *parameters);

/* score[i] = ln l - ln g of candidate i, x: (d, n) row-major; returns the index of the
 * largest, the first of equals. scratch: (n). */
size_t gm_tpe_best(gm_tpe_model *model, size_t n, const double *x, double *score, double *scratch);

#endif
