/* SPDX-License-Identifier: MIT
 * The division of past trials into good ones (below, for the density l) and bad ones
 * (above, for g), as Optuna 5 makes it. With one objective in one pass over the trials. */
#ifndef TUNING_TPE_SPLIT_H
#define TUNING_TPE_SPLIT_H

#include "tuning/trial.h"

#include <stddef.h>

/* No gamma of one objective exceeds this. */
enum { GM_MAX_BELOW = 25 };

/* Number of good trials among n finished ones: min(ceil(0.1 n), 25). */
size_t gm_tpe_gamma(size_t n_finished);

/* hyperopt's variant, min(ceil(0.25 sqrt n), 25). */
size_t gm_tpe_gamma_hyperopt(size_t n_finished);

/* With several objectives: ceil(0.1 n). */
size_t gm_tpe_gamma_objectives(size_t n_finished);

/* Writes the good and the bad trials, each by number, to arrays of the caller:
 * below (n_below), above (history->n_trials). Good are the first n_below <= GM_MAX_BELOW of
 * this order, ties to the earlier trial:
 *   1. feasible complete trials by value;
 *   2. feasible pruned trials, pruned later first, then by their last report (NaN: worst);
 *      those without a report last;
 *   3. infeasible finished trials by constraint_violation.
 * The other finished trials are bad, with constant_liar the running ones too. `current`
 * (may be NULL) is the trial that asks; it is left out. */
void gm_tpe_split(const gm_history *history, const gm_trial *current, bool constant_liar, size_t n_below,
                  const gm_trial **below, size_t *n_below_found, const gm_trial **above, size_t *n_above);

/* The same with two objectives, n_below without a limit. Complete trials stand by rank of domination and,
 * within the last rank that is needed, by hypervolume (gm_choose_by_hypervolume). A complete trial without
 * two values counts as infinitely bad. */
gm_status gm_tpe_split_objectives(const gm_history *history, const gm_trial *current, bool constant_liar,
                                  size_t n_below, const gm_trial **below, size_t *n_below_found,
                                  const gm_trial **above, size_t *n_above, gm_error *err);

#endif
