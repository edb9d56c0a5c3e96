/* SPDX-License-Identifier: MIT
 * The rules of a study: states, what may be called when, and the sentences of what may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/pruners/percentile_pruner.h"
#include "tuning/study.h"

#include <math.h>
#include <string.h>

static gm_study *new_study(gm_direction direction) {
  gm_study_config config = gm_study_config_default();
  config.direction = direction;
  gm_study *study;
  gm_error err;
  assert_int_equal(gm_study_create(&config, &study, &err), GM_OK);
  return study;
}

static gm_trial *ask(gm_study *study) {
  gm_trial *trial;
  gm_error err;
  assert_int_equal(gm_study_ask(study, &trial, &err), GM_OK);
  return trial;
}

static void tell(gm_study *study, gm_trial *trial, gm_trial_state state, double value) {
  gm_error err;
  assert_int_equal(gm_study_tell(study, trial, state, value, &err), GM_OK);
}

static void report(gm_study *study, gm_trial *trial, int64_t step, double value) {
  gm_error err;
  assert_int_equal(gm_study_report(study, trial, step, value, &err), GM_OK);
}

static void told_states_and_values_are_kept(void **state) {
  (void)state;
  gm_study *study = new_study(GM_MINIMIZE);
  gm_trial *complete = ask(study), *infinite = ask(study), *nan = ask(study), *failed = ask(study);
  tell(study, complete, GM_TRIAL_COMPLETE, 2.5);
  tell(study, infinite, GM_TRIAL_COMPLETE, -INFINITY);
  tell(study, nan, GM_TRIAL_COMPLETE, NAN);
  tell(study, failed, GM_TRIAL_FAIL, 7.0);
  assert_true(complete->state == GM_TRIAL_COMPLETE && complete->value == 2.5);
  assert_true(infinite->state == GM_TRIAL_COMPLETE && infinite->value == -INFINITY);
  assert_true(nan->state == GM_TRIAL_FAIL && isnan(nan->value));
  assert_true(failed->state == GM_TRIAL_FAIL && isnan(failed->value));
  assert_int_equal(failed->number, 3);
  gm_study_free(study);
}

static void a_pruned_trial_has_the_value_of_its_last_step(void **state) {
  (void)state;
  gm_study *study = new_study(GM_MINIMIZE);
  gm_trial *usual = ask(study), *silent = ask(study), *nan = ask(study);
  report(study, usual, 4, 0.5);
  report(study, usual, 1, 0.1);
  report(study, nan, 0, 1.0);
  report(study, nan, 1, NAN);
  tell(study, usual, GM_TRIAL_PRUNED, 99.0);
  tell(study, silent, GM_TRIAL_PRUNED, 99.0);
  tell(study, nan, GM_TRIAL_PRUNED, 99.0);
  assert_true(usual->state == GM_TRIAL_PRUNED && usual->value == 0.5);
  assert_true(silent->state == GM_TRIAL_PRUNED && isnan(silent->value));
  assert_true(nan->state == GM_TRIAL_PRUNED && isnan(nan->value));
  gm_study_free(study);
}

static void an_ended_trial_takes_nothing_more(void **state) {
  (void)state;
  gm_study *study = new_study(GM_MINIMIZE);
  gm_trial *trial = ask(study);
  gm_error err;
  double x = -1.0;
  tell(study, trial, GM_TRIAL_COMPLETE, 1.0);
  assert_int_equal(gm_study_tell(study, trial, GM_TRIAL_FAIL, 0.0, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "trial 0: cannot end it, its state is COMPLETE and not RUNNING");
  assert_int_equal(gm_study_report(study, trial, 0, 0.0, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cannot report a value"));
  assert_int_equal(gm_study_suggest_float(study, trial, "x", gm_float_range(0.0, 1.0), &x, &err),
                   GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cannot suggest a parameter"));
  assert_true(x == -1.0 && trial->value == 1.0 && trial->n_reports == 0 && trial->parameters.n == 0);
  gm_study_free(study);
}

static void illegal_calls_are_refused_with_a_sentence(void **state) {
  (void)state;
  gm_study *study = new_study(GM_MINIMIZE);
  gm_trial *trial = ask(study);
  gm_error err;
  double x;
  int64_t k;
  assert_int_equal(gm_study_report(study, trial, -1, 0.0, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "trial 0: the step of a report must be at least 0, not -1");
  assert_int_equal(gm_study_tell(study, trial, GM_TRIAL_WAITING, 0.0, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "trial 0: it can end COMPLETE, PRUNED or FAIL, not WAITING");
  assert_int_equal(gm_study_suggest_int(study, trial, "x", gm_float_range(0.0, 1.0), &k, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "parameter 'x': its range is of another kind than suggest_int expects");
  assert_int_equal(gm_study_suggest_float(study, trial, "x", gm_float_range(1.0, 0.0), &x, &err),
                   GM_BAD_INPUT);
  assert_string_equal(err.message, "parameter 'x': low must not exceed high, but 1 > 0");
  assert_int_equal(gm_study_suggest_float(study, trial, "x", gm_float_range(0.0, 1.0), &x, &err), GM_OK);
  assert_int_equal(gm_study_suggest_int(study, trial, "x", gm_int_range(0, 1), &k, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "parameter 'x'"));
  assert_int_equal(trial->state, GM_TRIAL_RUNNING);
  assert_int_equal(trial->parameters.n, 1);
  gm_study_config config = gm_study_config_default();
  config.pruner.interval_steps = 0;
  gm_study *refused;
  assert_int_equal(gm_study_create(&config, &refused, &err), GM_BAD_INPUT);
  assert_null(refused);
  assert_non_null(strstr(err.message, "interval_steps"));
  gm_study_free(study);
}

/* Draws of integers agree with Optuna's up to 10^14 of them; beyond 2^49 neither would be right. */
static void a_range_of_too_many_integers_is_refused(void **state) {
  (void)state;
  const gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_trial *trial;
  gm_error err = {GM_OK, ""};
  int64_t k;
  assert_int_equal(gm_study_create(&config, &study, &err), GM_OK);
  assert_int_equal(gm_study_ask(study, &trial, &err), GM_OK);
  assert_int_equal(gm_study_suggest_int(study, trial, "wide", gm_int_range(0, 100000000000000), &k, &err),
                   GM_OK);
  assert_int_equal(gm_study_suggest_int(study, trial, "k", gm_int_range(0, 1000000000000000), &k, &err),
                   GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cannot be drawn from exactly; expected at most 2^49"));
  assert_int_equal(gm_study_suggest_int(study, trial, "k", gm_int_grid(0, 1000000000000000, 1000), &k, &err),
                   GM_OK);
  gm_study_free(study);
}

static void single_valued_parameters_are_recorded_without_a_draw(void **state) {
  (void)state;
  gm_study *a = new_study(GM_MINIMIZE), *b = new_study(GM_MINIMIZE);
  gm_trial *with = ask(a), *without = ask(b);
  gm_error err;
  int64_t k;
  size_t choice = 9;
  double x, y;
  static const char *const only[] = {"only"};
  assert_int_equal(gm_study_suggest_int(a, with, "k", gm_int_grid(3, 5, 4), &k, &err), GM_OK);
  assert_int_equal(gm_study_suggest_categorical(a, with, "c", gm_choice(1, only), &choice, &err), GM_OK);
  assert_int_equal(gm_study_suggest_float(a, with, "x", gm_float_range(0.0, 1.0), &x, &err), GM_OK);
  assert_int_equal(gm_study_suggest_float(b, without, "x", gm_float_range(0.0, 1.0), &y, &err), GM_OK);
  assert_true(k == 3 && choice == 0 && x == y);
  assert_true(gm_trial_parameter(with, "k") == 3.0 && gm_trial_parameter(with, "c") == 0.0);
  gm_study_free(a);
  gm_study_free(b);
}

static void the_best_trial_is_the_earliest_feasible_of_equals(void **state) {
  (void)state;
  for (int direction = GM_MINIMIZE; direction <= GM_MAXIMIZE; direction++) {
    const double sign = direction == GM_MINIMIZE ? 1.0 : -1.0;
    gm_study *study = new_study((gm_direction)direction);
    assert_null(gm_study_best(study));
    static const double values[] = {5.0, 2.0, 3.0, 2.0, 1.0, 0.0};
    for (int i = 0; i < 6; i++) {
      gm_trial *trial = ask(study);
      report(study, trial, 0, sign * values[i]);
      if (i == 4) trial->constraint_violation = 1.0;
      tell(study, trial, i == 5 ? GM_TRIAL_PRUNED : GM_TRIAL_COMPLETE, sign * values[i]);
    }
    assert_int_equal(gm_study_best(study)->number, 1);
    gm_study_free(study);
  }
}

/* A hopeless trial among good ones is stopped by the default pruner, and not by "none". */
static void the_configured_pruner_decides(void **state) {
  (void)state;
  for (int pruning = 0; pruning <= 1; pruning++) {
    gm_study_config config = gm_study_config_default();
    config.pruner.method = pruning ? &gm_percentile_pruner : &gm_no_pruner;
    gm_study *study;
    gm_error err;
    assert_int_equal(gm_study_create(&config, &study, &err), GM_OK);
    for (int i = 0; i < 6; i++) {
      gm_trial *trial = ask(study);
      bool prune = true;
      report(study, trial, 0, i == 5 ? 100.0 : i);
      assert_int_equal(gm_study_should_prune(study, trial, &prune, &err), GM_OK);
      assert_int_equal(prune, pruning && i == 5);
      tell(study, trial, GM_TRIAL_COMPLETE, i);
    }
    gm_study_free(study);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(told_states_and_values_are_kept),
      cmocka_unit_test(a_pruned_trial_has_the_value_of_its_last_step),
      cmocka_unit_test(an_ended_trial_takes_nothing_more),
      cmocka_unit_test(illegal_calls_are_refused_with_a_sentence),
      cmocka_unit_test(a_range_of_too_many_integers_is_refused),
      cmocka_unit_test(single_valued_parameters_are_recorded_without_a_draw),
      cmocka_unit_test(the_best_trial_is_the_earliest_feasible_of_equals),
      cmocka_unit_test(the_configured_pruner_decides),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
