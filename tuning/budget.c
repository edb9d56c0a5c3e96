/* SPDX-License-Identifier: MIT
 * Cost of a search against its budget: what is spent, and what the epochs still to come would cost at the
 * mean so far. */
#include "tuning/budget.h"

#include "tuning/process_energy.h"

#include <math.h>
#include <stdlib.h>

static gm_status add_energy(const gm_study_record *study, const char *own_worker, double own_energy_j,
                            gm_search_cost *cost, gm_error *err) {
  gm_process_energy *processes;
  size_t n;
  const bool known = !isnan(own_energy_j);
  const gm_status status = gm_study_processes(study, &processes, &n, err);
  if (status != GM_OK) return status;
  cost->energy_j = known ? own_energy_j : 0.0;
  for (size_t i = 0; i < n; i++)
    if (!known || !gm_same_worker(processes[i].worker, own_worker)) cost->energy_j += processes[i].energy_j;
  free(processes);
  return GM_OK;
}

gm_status gm_search_cost_of(const gm_study_record *study, const char *own_worker, double own_energy_j,
                            int64_t epochs_per_trial, gm_search_cost *cost, gm_error *err) {
  const gm_history *history = &study->history;
  int64_t epochs = 0, timed_epochs = 0;
  double duration_s = 0.0;
  *cost = (gm_search_cost){0};
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    const int64_t n = (int64_t)trial->n_reports;
    const double seconds = gm_trial_attribute(trial, GM_DURATION_ATTRIBUTE);
    if (gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE) >= 0.0) epochs += n;
    if (seconds >= 0.0) {
      duration_s += seconds;
      timed_epochs += n;
    }
    if (trial->state == GM_TRIAL_RUNNING && n < epochs_per_trial) cost->epochs_ahead += epochs_per_trial - n;
  }
  const gm_status status = add_energy(study, own_worker, own_energy_j, cost, err);
  cost->energy_per_epoch_j = epochs > 0 ? cost->energy_j / (double)epochs : NAN;
  cost->duration_per_epoch_s = timed_epochs > 0 ? duration_s / (double)timed_epochs : NAN;
  return status;
}

/* Whether `spent` plus `expected` (NaN: not known yet) is too much. */
static bool exceeds(double limit, double spent, double expected) {
  if (isnan(limit)) return false;
  return isnan(expected) ? spent >= limit : spent + expected > limit;
}

gm_budget_verdict gm_budget_check(const gm_budget *budget, const gm_search_cost *cost, int64_t epochs,
                                  double elapsed_s) {
  const double all_epochs = (double)(epochs + cost->epochs_ahead);
  if (exceeds(budget->energy_j, cost->energy_j, all_epochs * cost->energy_per_epoch_j))
    return GM_ENERGY_SPENT;
  if (exceeds(budget->duration_s, elapsed_s, (double)epochs * cost->duration_per_epoch_s))
    return GM_TIME_SPENT;
  return GM_WITHIN_BUDGET;
}
