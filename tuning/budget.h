/* SPDX-License-Identifier: MIT
 * What a search has cost so far, and whether another trial fits what is left. Costs are
 * those that all workers and processes have left in the study (tuning/process_energy.h),
 * what they spend between trials included; an epoch is one report. */
#ifndef TUNING_BUDGET_H
#define TUNING_BUDGET_H

#include "tuning/study_record.h"

#include <stdint.h>

typedef struct {
  double energy_j;             /* of all processes, as far as they have told */
  double energy_per_epoch_j;   /* mean over all epochs, overhead included; NaN before the first */
  double duration_per_epoch_s; /* mean over the epochs of ended trials */
  int64_t epochs_ahead;        /* that running trials may still take */
} gm_search_cost;

/* epochs_per_trial: the most a trial takes. own_worker (NULL in memory) has drawn own_energy_j so far; NaN:
 * take what it has told. */
gm_status gm_search_cost_of(const gm_study_record *study, const char *own_worker, double own_energy_j,
                            int64_t epochs_per_trial, gm_search_cost *cost, gm_error *err);

typedef struct {
  double energy_j;   /* of the whole study; NaN: no limit */
  double duration_s; /* of this process; NaN: no limit */
} gm_budget;

typedef enum { GM_WITHIN_BUDGET, GM_ENERGY_SPENT, GM_TIME_SPENT } gm_budget_verdict;

/* Whether one more trial of `epochs` epochs (more where other work must follow it) fits: spent + what
 * running trials may still take + the new one's, at the mean cost of an epoch so far, must not exceed the
 * limit. Before any epoch has a cost, a trial is let through while anything is left. elapsed_s: of this
 * process so far. */
gm_budget_verdict gm_budget_check(const gm_budget *budget, const gm_search_cost *cost, int64_t epochs,
                                  double elapsed_s);

#endif
