/* SPDX-License-Identifier: MIT
 * What a pruner would have stopped in a finished, unpruned study: its complete trials
 * run once more in the order of their numbers, one at a time, each report judged as if
 * it had just come in, against the trials that survived.
 *
 * It says nothing of what the sampler would have drawn instead after a pruned trial. */
#ifndef TUNING_PRUNER_REPLAY_H
#define TUNING_PRUNER_REPLAY_H

#include "common/status.h"
#include "tuning/pruners/pruner.h"
#include "tuning/trial.h"

#include <stdint.h>

typedef struct {
  int64_t n_trials, epochs; /* complete trials, and their reports */
  int64_t trials_pruned, epochs_saved;
  double energy_j, energy_saved_j;         /* a trial's energy_j falls evenly on its epochs; NaN likewise */
  double emissions_kg, emissions_saved_kg; /* likewise; NaN where a trial has not told its own */
  bool best_lost;                          /* the best trial would have been pruned */
  double regret; /* how much worse the best trial that is kept ends; 0: the best is kept; NaN: none is */
} gm_pruner_replay;

/* GM_BAD_INPUT: the study has pruned trials, or no complete one. */
gm_status gm_pruner_replay_run(const gm_pruner_config *pruner, const gm_history *history,
                               gm_pruner_replay *replay, gm_error *err);

#endif
