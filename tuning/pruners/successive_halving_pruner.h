/* SPDX-License-Identifier: MIT
 * Asynchronous successive halving: at the end of each rung, after min_resource ·
 * factor^(rate + rung) steps, only the best 1 / factor of the trials that have come so far
 * go on. What a trial had reached at a rung is kept as its system attribute
 * "completed_rung_K", as Optuna keeps it, so that workers of both kinds see each other.
 *
 * Sources: Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020;
 * semantics and corner cases are those of optuna.pruners.SuccessiveHalvingPruner 5.
 * Deviation: with min_resource "auto" it is estimated anew at every look, not once per
 * process, so that an interrupted search decides as an uninterrupted one. */
#ifndef TUNING_SUCCESSIVE_HALVING_PRUNER_H
#define TUNING_SUCCESSIVE_HALVING_PRUNER_H

#include "tuning/pruners/pruner.h"

/* The look at `trial` among the trials of `group` (those that count); min_resource of the configuration 0:
 * estimated. `marks` (may be NULL) is an object that gets the rungs that are reached now. */
gm_status gm_successive_halving_look(const gm_pruner_config *config, const gm_history *group,
                                     const gm_trial *trial, bool *prune, struct json_object *marks,
                                     gm_error *err);

#endif
