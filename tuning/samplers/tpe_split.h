/* SPDX-License-Identifier: MIT
 * The division of past trials into good ones (below, for the density l) and bad ones
 * (above, for g), as Optuna 5 makes it.
 *
 * A finished trial does not change any more, so each is looked at once: what has been read
 * of a history is kept from one suggestion to the next, and reading on costs as much as
 * there is new. Trials are named by their place in history->trials. */
#ifndef TUNING_TPE_SPLIT_H
#define TUNING_TPE_SPLIT_H

#include "tuning/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No gamma of one objective exceeds this. */
enum { GM_MAX_BELOW = 25 };

/* Number of good trials among n finished ones: min(ceil(0.1 n), 25). */
size_t gm_tpe_gamma(size_t n_finished);

/* hyperopt's variant, min(ceil(0.25 sqrt n), 25). */
size_t gm_tpe_gamma_hyperopt(size_t n_finished);

/* With several objectives: ceil(0.1 n). */
size_t gm_tpe_gamma_objectives(size_t n_finished);

/* ---- what has been read ----------------------------------------------------- */

/* Where a finished trial stands: by group, then first, then second, then place; smaller is better. */
typedef struct {
  enum { GM_FEASIBLE_COMPLETE, GM_FEASIBLE_PRUNED, GM_INFEASIBLE } group;
  double first, second;
  uint32_t place;
} gm_tpe_standing;

/* Of a finished trial; gm_tpe_is_better: whether a stands before b. */
bool gm_tpe_is_finished(const gm_trial *trial);
gm_tpe_standing gm_tpe_standing_of(const gm_trial *trial, gm_direction direction, uint32_t place);
bool gm_tpe_is_better(const gm_tpe_standing *a, const gm_tpe_standing *b);

typedef struct {
  gm_direction direction;
  bool started_anew;                                    /* the last reading began with the first trial */
  size_t n_trials, n_finished, n_open, n_best, n_space; /* finished: complete or pruned */
  const gm_trial **trials;                              /* (n_trials) as read; owned, as all arrays are */
  uint32_t *finished;                                   /* (n_finished) places, ascending */
  uint32_t *open;                                       /* (n_open) of those still running or waiting */
  gm_tpe_standing best[GM_MAX_BELOW + 1];               /* (n_best) of the finished, best first; one spare */
  const gm_parameter **space; /* (n_space) what every finished trial has with exactly the same distribution,
                                 parameters with one possible value left out */
  size_t capacity, space_capacity;
} gm_tpe_past;

/* Reads what is new since the last time; a zeroed object has read nothing. A history that does not begin with
 * the trials that were read (another group of a pruner's) is read from its start. */
gm_status gm_tpe_read(gm_tpe_past *past, const gm_history *history, gm_error *err);

/* Accepts a zeroed object. */
void gm_tpe_past_free(gm_tpe_past *past);

/* The same step by step: `n` parameters are common to all finished trials so far, `first` says that there is
 * none yet; returns how many are after `trial`. parameters: room for all of the first one's. */
size_t gm_tpe_intersect(const gm_trial *trial, bool first, size_t n, const gm_parameter **parameters);

/* ---- the split ---------------------------------------------------------------- */

/* Places of trials, ascending; room of the caller's: below (n_below asked for), above (all trials). */
typedef struct {
  uint32_t *below, *above;
  size_t n_below, n_above;
} gm_tpe_groups;

/* Writes the places of the good and the bad trials. Good are the first n_below <= GM_MAX_BELOW of
 * this order, ties to the earlier trial:
 *   1. feasible complete trials by value;
 *   2. feasible pruned trials, pruned later first, then by their last report (NaN: worst);
 *      those without a report last;
 *   3. infeasible finished trials by constraint_violation.
 * The other finished trials are bad, with constant_liar the running ones too. `current`
 * (may be NULL) is the running trial that asks; it is left out. */
void gm_tpe_split(const gm_tpe_past *past, const gm_trial *current, bool constant_liar, size_t n_below,
                  gm_tpe_groups *groups);

/* The same with two objectives, n_below without a limit. Complete trials stand by rank of domination and,
 * within the last rank that is needed, by hypervolume (gm_choose_by_hypervolume). A complete trial without
 * two values counts as infinitely bad. */
gm_status gm_tpe_split_objectives(const gm_history *history, const gm_trial *current, bool constant_liar,
                                  size_t n_below, gm_tpe_groups *groups, gm_error *err);

#endif
