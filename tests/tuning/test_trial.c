/* SPDX-License-Identifier: MIT
 * Records of trials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/trial.h"

#include <math.h>
#include <string.h>

static void report(gm_trial *trial, int64_t step, double value) {
  gm_error err;
  assert_int_equal(gm_trial_add_report(trial, step, value, &err), GM_OK);
}

static void reports_are_kept_by_step_whatever_their_order(void **state) {
  (void)state;
  static const int64_t steps[] = {7, 0, 3, 100, 1, 2, 5000000000};
  gm_trial *trial = gm_trial_new(0);
  assert_null(gm_trial_last_report(trial));
  assert_null(gm_trial_report_at(trial, 0));
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) report(trial, steps[i], (double)steps[i] / 2.0);
  assert_int_equal(trial->n_reports, 7);
  for (size_t i = 0; i < 7; i++) {
    assert_true(gm_trial_report_at(trial, steps[i])->value == (double)steps[i] / 2.0);
    assert_true(i == 0 || trial->reports[i - 1].step < trial->reports[i].step);
  }
  assert_null(gm_trial_report_at(trial, 4));
  assert_null(gm_trial_report_at(trial, 5000000001));
  assert_true(gm_trial_last_report(trial)->step == 5000000000);
  gm_trial_free(trial);
}

static void a_second_report_for_a_step_is_ignored(void **state) {
  (void)state;
  gm_trial *trial = gm_trial_new(0);
  report(trial, 1, NAN);
  report(trial, 2, 5.0);
  report(trial, 1, 4.0);
  report(trial, 2, 6.0);
  assert_int_equal(trial->n_reports, 2);
  assert_true(isnan(gm_trial_report_at(trial, 1)->value));
  assert_true(gm_trial_report_at(trial, 2)->value == 5.0);
  gm_trial_free(trial);
}

static void an_assignment_of_the_same_name_replaces(void **state) {
  (void)state;
  const char *name = "x";
  const gm_parameter narrow = {.name = name}, wide = {.name = name};
  gm_trial *trial = gm_trial_new(3);
  gm_error err;
  assert_true(isnan(gm_trial_parameter(trial, "x")));
  assert_int_equal(gm_assignments_set(&trial->parameters, &narrow, 1.0, &err), GM_OK);
  assert_int_equal(gm_assignments_set(&trial->parameters, &wide, 2.0, &err), GM_OK);
  assert_int_equal(trial->parameters.n, 1);
  assert_ptr_equal(gm_assignments_find(&trial->parameters, name)->parameter, &wide);
  assert_true(gm_trial_parameter(trial, "x") == 2.0);
  gm_trial_free(trial);
}

static void only_complete_and_pruned_trials_count_as_finished_for_samplers(void **state) {
  (void)state;
  gm_history history = {.direction = GM_MINIMIZE};
  gm_error err;
  for (int s = GM_TRIAL_RUNNING; s <= GM_TRIAL_WAITING; s++) {
    gm_trial *trial;
    assert_int_equal(gm_history_add(&history, &trial, &err), GM_OK);
    assert_int_equal(trial->number, s);
    trial->state = (gm_trial_state)s;
    assert_int_equal(gm_trial_finished(trial), s >= GM_TRIAL_COMPLETE && s <= GM_TRIAL_FAIL);
  }
  assert_int_equal(gm_history_count_finished(&history), 2);
  gm_history_free(&history);
}

static void names_read_back_and_others_are_refused(void **state) {
  (void)state;
  gm_error err;
  for (int d = GM_MINIMIZE; d <= GM_MAXIMIZE; d++) {
    gm_direction parsed;
    assert_int_equal(gm_direction_parse(gm_direction_name((gm_direction)d), &parsed, &err), GM_OK);
    assert_int_equal(parsed, d);
  }
  gm_direction any_direction;
  assert_int_equal(gm_direction_parse("down", &any_direction, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "minimize or maximize"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reports_are_kept_by_step_whatever_their_order),
      cmocka_unit_test(a_second_report_for_a_step_is_ignored),
      cmocka_unit_test(an_assignment_of_the_same_name_replaces),
      cmocka_unit_test(only_complete_and_pruned_trials_count_as_finished_for_samplers),
      cmocka_unit_test(names_read_back_and_others_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
