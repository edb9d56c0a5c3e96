/* SPDX-License-Identifier: MIT
 * How important each parameter was for being among the best tenth of the complete trials: the Pearson
 * divergence between the density of its values in that tenth and in all of them.
 *
 * Sources: Watanabe, Bansal and Hutter, PED-ANOVA, IJCAI 2023, arXiv:2304.10255; conditional parameters as
 * in condPED-ANOVA, arXiv:2601.20800, theorem 4.2: trials with another range of the parameter, and those
 * without it, are regimes of their own. Details are those of optuna.importance.PedAnovaImportanceEvaluator 5
 * with its defaults: values on a grid of at most 50 points, Parzen estimators after Scott's rule with a
 * prior of weight 1, regimes of fewer than 2 trials left out. With two objectives the best tenth is that of
 * gm_choose_by_hypervolume. */
#ifndef TUNING_IMPORTANCE_H
#define TUNING_IMPORTANCE_H

#include "common/status.h"
#include "tuning/study_record.h"

#include <stddef.h>

typedef struct {
  const char *name; /* of the study's space */
  double divergence;
  double importance; /* divergence over the sum of all: they add up to 1 */
  size_t n_trials;   /* complete ones that have the parameter */
} gm_importance;

typedef struct {
  size_t n_trials;   /* complete ones with finite values: all that count */
  size_t n_best;     /* of them, in the best tenth; with ties more than a tenth */
  size_t n;          /* parameters that some complete trial has */
  gm_importance *of; /* (n) the most important first, equal ones by name; owned */
} gm_importances;

/* GM_FAILED where there is nothing to tell: fewer than two complete trials, all of them equally good, no
 * parameter, or no divergence at all (Optuna then calls all parameters equally important). GM_BAD_INPUT:
 * more than two objectives. */
gm_status gm_study_importances(const gm_study_record *study, gm_importances *importances, gm_error *err);

/* Accepts a zeroed object. */
void gm_importances_free(gm_importances *importances);

#endif
