/* SPDX-License-Identifier: MIT
 * The tables of a search: trials, curves, the Pareto front, what other pruners would have saved. */
#include "energy/carbon/emissions.h"
#include "experiments/tune/program.h"
#include "tuning/domination.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- tables ---------------------------------------------------------------------------- */

/* Parameters of --space that have no column of their own. */
static bool is_extra(const gm_parameter *parameter) {
  static const char *const own[] = {"num_input_time_steps", "learning_rate", "optimizer"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (strcmp(parameter->name, own[i]) == 0) return false;
  return true;
}

static void put_extra(const gm_tune *t, gm_csv_writer *csv, const gm_trial *trial) {
  struct json_object *parameters = gm_tune_parameters(trial), *value;
  for (size_t i = 0; i < t->n_space; i++)
    if (is_extra(&t->space[i]))
      gm_csv_put_text(csv, json_object_object_get_ex(parameters, t->space[i].name, &value)
                               ? json_object_get_string(value)
                               : NULL);
  json_object_put(parameters);
}

static void put_trial(const gm_tune *t, gm_csv_writer *csv, const gm_trial *trial) {
  gm_csv_put_integer(csv, trial->number);
  gm_csv_put_text(csv, gm_trial_state_name(trial->state));
  gm_csv_put_number(csv, gm_tune_number_of(trial, "num_input_time_steps"));
  gm_csv_put_number(csv, gm_tune_number_of(trial, "learning_rate"));
  gm_csv_put_text(csv, gm_tune_optimizer_of(trial));
  gm_csv_put_number(csv, gm_tune_rmse(trial));
  gm_csv_put_integer(csv, (int64_t)trial->n_reports);
  gm_csv_put_number(csv, gm_trial_attribute(trial, GM_DURATION_ATTRIBUTE));
  gm_csv_put_number(csv, gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE));
  put_extra(t, csv, trial);
  gm_csv_end_row(csv);
}

static void put_curve(gm_csv_writer *csv, const gm_trial *trial) {
  for (size_t i = 0; i < trial->n_reports; i++) {
    gm_csv_put_integer(csv, trial->number);
    gm_csv_put_integer(csv, trial->reports[i].step + 1);
    gm_csv_put_number(csv, trial->reports[i].value);
    gm_csv_end_row(csv);
  }
}

gm_status gm_tune_write_trials(const gm_tune *t, gm_error *err) {
  const gm_history *history = gm_study_history(t->study);
  gm_csv_writer trials, curves;
  char header[512] =
      "trial,state,num_input_time_steps,learning_rate,optimizer,value,epochs,duration_s,energy_j";
  for (size_t i = 0; i < t->n_space; i++) {
    const size_t n = strlen(header);
    if (is_extra(&t->space[i])) snprintf(header + n, sizeof header - n, ",%s", t->space[i].name);
  }
  gm_status status = gm_csv_open_in(&trials, t->experiment.options.out, "trials.csv", header, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < history->n_trials; i++) put_trial(t, &trials, history->trials[i]);
  status = gm_csv_commit(&trials, err);
  if (status == GM_OK)
    status =
        gm_csv_open_in(&curves, t->experiment.options.out, "curves.csv", "trial,epoch,rmse_validation", err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < history->n_trials; i++) put_curve(&curves, history->trials[i]);
  return gm_csv_commit(&curves, err);
}

/* Emissions of a trial, from its energy at this run's intensity; without one, the energy stands in. */
static double trial_cost(const gm_tune *t, const gm_trial *trial) {
  const double energy_j = gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE);
  const double kg = gm_emissions_of(energy_j, energy_j, energy_j, &t->experiment.carbon).kg;
  return isnan(kg) ? energy_j : kg;
}

static void put_pareto(const gm_tune *t, gm_csv_writer *csv, const gm_trial *trial, bool on_front) {
  const double energy_j = gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE);
  gm_csv_put_integer(csv, trial->number);
  gm_csv_put_text(csv, gm_trial_state_name(trial->state));
  gm_csv_put_number(csv, gm_tune_rmse(trial));
  gm_csv_put_number(csv, energy_j);
  gm_csv_put_number(csv, gm_emissions_of(energy_j, energy_j, energy_j, &t->experiment.carbon).kg);
  gm_csv_put_integer(csv, on_front);
  gm_csv_end_row(csv);
}

/* Which of all complete and pruned trials no other beats in both RMSE and emissions. */
gm_status gm_tune_write_pareto(const gm_tune *t, gm_error *err) {
  const gm_history *history = gm_study_history(t->study);
  const size_t n = history->n_trials;
  double *cost = malloc(n * sizeof *cost), *value = malloc(n * sizeof *value);
  size_t *front = malloc(n * sizeof *front);
  bool *on_front = calloc(n, sizeof *on_front);
  gm_csv_writer csv;
  gm_status status = GM_OK;
  if (cost == NULL || value == NULL || front == NULL || on_front == NULL)
    status = gm_fail_memory(err, "the Pareto front");
  if (status == GM_OK)
    status = gm_csv_open_in(&csv, t->experiment.options.out, "pareto.csv",
                            "trial,state,rmse_validation,energy_j,emissions_kg,on_front", err);
  if (status == GM_OK) {
    for (size_t i = 0; i < n; i++) {
      const gm_trial *trial = history->trials[i];
      const bool finished = trial->state == GM_TRIAL_COMPLETE || trial->state == GM_TRIAL_PRUNED;
      cost[i] = trial_cost(t, trial);
      value[i] = finished ? gm_tune_rmse(trial) : NAN; /* a NaN keeps it off */
    }
    const size_t n_front = gm_pareto_front(cost, value, n, front);
    for (size_t i = 0; i < n_front; i++) on_front[front[i]] = true;
    for (size_t i = 0; i < n; i++)
      if (!isnan(value[i])) put_pareto(t, &csv, history->trials[i], on_front[i]);
    status = gm_csv_commit(&csv, err);
  }
  free(cost);
  free(value);
  free(front);
  free(on_front);
  return status;
}
