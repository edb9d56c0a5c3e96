/* SPDX-License-Identifier: MIT
 * Budgets: the cost of an epoch comes from what trials have told, and a trial starts
 * only when all of it fits. Numbers are chosen so that every sum is exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/budget.h"
#include "tuning/process_energy.h"
#include "tuning/study.h"

#include <json-c/json.h>
#include <math.h>

static gm_study *new_study(void) {
  const gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_error err;
  assert_int_equal(gm_study_create(&config, &study, &err), GM_OK);
  return study;
}

/* A trial of `epochs` reports that cost energy_j and duration_s (NaN: not told). */
static gm_trial *add(gm_study *study, int64_t epochs, double energy_j, double duration_s) {
  gm_trial *trial;
  gm_error err;
  assert_int_equal(gm_study_ask(study, &trial, &err), GM_OK);
  for (int64_t e = 0; e < epochs; e++) assert_int_equal(gm_study_report(study, trial, e, 1.0, &err), GM_OK);
  if (!isnan(energy_j))
    assert_int_equal(gm_study_note(study, trial, GM_ENERGY_ATTRIBUTE, json_object_new_double(energy_j), &err),
                     GM_OK);
  if (!isnan(duration_s))
    assert_int_equal(
        gm_study_note(study, trial, GM_DURATION_ATTRIBUTE, json_object_new_double(duration_s), &err), GM_OK);
  return trial;
}

static gm_search_cost cost_of(gm_study *study, double own_energy_j) {
  gm_search_cost cost;
  gm_error err;
  assert_int_equal(gm_search_cost_of(gm_study_facts(study), NULL, own_energy_j, 10, &cost, &err), GM_OK);
  return cost;
}

static void end(gm_study *study, gm_trial *trial, gm_trial_state state) {
  gm_error err;
  assert_int_equal(gm_study_tell(study, trial, state, 1.0, &err), GM_OK);
}

static void costs_are_per_epoch_over_all_trials(void **state) {
  (void)state;
  gm_study *study = new_study();
  end(study, add(study, 10, 100.0, 20.0), GM_TRIAL_COMPLETE);
  end(study, add(study, 2, 32.0, 4.0), GM_TRIAL_PRUNED);
  end(study, add(study, 4, 36.0, NAN), GM_TRIAL_FAIL); /* killed: its energy up to then is known */
  add(study, 3, NAN, NAN);                             /* runs, and has told nothing of its cost */
  const gm_search_cost cost = cost_of(study, NAN);
  assert_true(cost.energy_j == 168.0 && cost.energy_per_epoch_j == 10.5);
  assert_true(cost.duration_per_epoch_s == 2.0);
  assert_int_equal(cost.epochs_ahead, 7);
  gm_study_free(study);
}

static void a_trial_starts_only_when_all_of_it_fits(void **state) {
  (void)state;
  gm_study *study = new_study();
  end(study, add(study, 10, 100.0, 20.0), GM_TRIAL_COMPLETE); /* 10 J and 2 s an epoch */
  gm_search_cost cost = cost_of(study, NAN);
  const gm_budget no_limit = {NAN, NAN}, enough = {200.0, NAN}, short_of = {199.9, NAN}, time = {NAN, 25.0};
  assert_int_equal(gm_budget_check(&no_limit, &cost, 10, 1e9), GM_WITHIN_BUDGET);
  assert_int_equal(gm_budget_check(&enough, &cost, 10, 0.0), GM_WITHIN_BUDGET);
  assert_int_equal(gm_budget_check(&short_of, &cost, 10, 0.0), GM_ENERGY_SPENT);
  assert_int_equal(gm_budget_check(&time, &cost, 10, 5.0), GM_WITHIN_BUDGET);
  assert_int_equal(gm_budget_check(&time, &cost, 10, 5.1), GM_TIME_SPENT);
  add(study, 4, 40.0, NAN); /* what runs may take six more epochs */
  cost = cost_of(study, NAN);
  assert_int_equal(gm_budget_check(&enough, &cost, 10, 0.0), GM_ENERGY_SPENT);
  const gm_budget for_both = {300.0, NAN};
  assert_int_equal(gm_budget_check(&for_both, &cost, 10, 0.0), GM_WITHIN_BUDGET);
  gm_study_free(study);
}

static void before_the_first_cost_is_known_a_trial_may_start(void **state) {
  (void)state;
  gm_study *study = new_study();
  const gm_search_cost cost = cost_of(study, NAN);
  const gm_budget little = {1.0, 1.0};
  assert_true(cost.energy_j == 0.0 && isnan(cost.energy_per_epoch_j));
  assert_int_equal(gm_budget_check(&little, &cost, 10, 0.5), GM_WITHIN_BUDGET);
  assert_int_equal(gm_budget_check(&little, &cost, 10, 1.0), GM_TIME_SPENT);
  gm_study_free(study);
}

/* What a process spends between epochs counts, and so do processes that have ended. */
static void overhead_and_other_processes_count(void **state) {
  (void)state;
  gm_error err;
  gm_study *study = new_study();
  gm_trial *trial = add(study, 10, 100.0, 20.0);
  assert_int_equal(
      gm_study_note(study, trial, GM_PROCESS_ENERGY_ATTRIBUTE, json_object_new_double(130.0), &err), GM_OK);
  end(study, trial, GM_TRIAL_COMPLETE);
  assert_true(cost_of(study, NAN).energy_j == 130.0);
  assert_true(cost_of(study, 150.0).energy_j == 150.0 && cost_of(study, 150.0).energy_per_epoch_j == 15.0);
  assert_int_equal(gm_study_set_attribute(study, GM_PROCESS_PREFIX "another",
                                          json_object_new_string("{\"energy_j\": 50.0}"), &err),
                   GM_OK);
  assert_true(cost_of(study, 150.0).energy_j == 200.0);
  gm_study_free(study);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(costs_are_per_epoch_over_all_trials),
      cmocka_unit_test(a_trial_starts_only_when_all_of_it_fits),
      cmocka_unit_test(overhead_and_other_processes_count),
      cmocka_unit_test(before_the_first_cost_is_known_a_trial_may_start),
  };
  return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
