/* SPDX-License-Identifier: MIT
 * Cost of a search against its budget. */
#include "tuning/budget.h"

#include <math.h>

gm_search_cost gm_search_cost_of(const gm_history *history, int64_t epochs_per_trial) {
  gm_search_cost cost = {0};
  int64_t epochs = 0, timed_epochs = 0;
  double duration_s = 0.0;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    const int64_t n = (int64_t)trial->n_reports;
    const double energy_j = gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE);
    const double seconds = gm_trial_attribute(trial, GM_DURATION_ATTRIBUTE);
    if (energy_j >= 0.0) {
      cost.energy_j += energy_j;
      epochs += n;
    }
    if (seconds >= 0.0) {
      duration_s += seconds;
      timed_epochs += n;
    }
    if (trial->state == GM_TRIAL_RUNNING && n < epochs_per_trial) cost.epochs_ahead += epochs_per_trial - n;
  }
  cost.energy_per_epoch_j = epochs > 0 ? cost.energy_j / (double)epochs : NAN;
  cost.duration_per_epoch_s = timed_epochs > 0 ? duration_s / (double)timed_epochs : NAN;
  return cost;
}

/* Whether `spent` plus `expected` (NaN: not known yet) is too much. */
static bool exceeds(double limit, double spent, double expected) {
  if (isnan(limit)) return false;
  return isnan(expected) ? spent >= limit : spent + expected > limit;
}

gm_budget_verdict gm_budget_check(const gm_budget *budget, const gm_search_cost *cost,
                                  int64_t epochs_per_trial, double elapsed_s) {
  const double epochs = (double)(epochs_per_trial + cost->epochs_ahead);
  if (exceeds(budget->energy_j, cost->energy_j, epochs * cost->energy_per_epoch_j)) return GM_ENERGY_SPENT;
  if (exceeds(budget->duration_s, elapsed_s, (double)epochs_per_trial * cost->duration_per_epoch_s))
    return GM_TIME_SPENT;
  return GM_WITHIN_BUDGET;
}
