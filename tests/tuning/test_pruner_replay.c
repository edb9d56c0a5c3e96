/* SPDX-License-Identifier: MIT
 * Replay of a pruner, against decisions worked out by hand: percentile 50 with two
 * start-up trials keeps a trial while its best value is not above the median. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/budget.h"
#include "tuning/pruners/percentile_pruner.h"
#include "tuning/pruners/pruner_replay.h"
#include "tuning/study.h"

#include <json-c/json.h>
#include <string.h>

enum { EPOCHS = 4 };

static gm_study *study_of(size_t n, const double reports[][EPOCHS]) {
  const gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_error err;
  assert_int_equal(gm_study_create(&config, &study, &err), GM_OK);
  for (size_t i = 0; i < n; i++) {
    gm_trial *trial;
    assert_int_equal(gm_study_ask(study, &trial, &err), GM_OK);
    for (int e = 0; e < EPOCHS; e++)
      assert_int_equal(gm_study_report(study, trial, e, reports[i][e], &err), GM_OK);
    assert_int_equal(gm_study_note(study, trial, GM_ENERGY_ATTRIBUTE, json_object_new_double(8.0), &err),
                     GM_OK);
    assert_int_equal(gm_study_note(study, trial, GM_EMISSIONS_ATTRIBUTE, json_object_new_double(0.5), &err),
                     GM_OK);
    assert_int_equal(gm_study_tell(study, trial, GM_TRIAL_COMPLETE, reports[i][EPOCHS - 1], &err), GM_OK);
  }
  return study;
}

static gm_pruner_config median_after_two(void) {
  gm_pruner_config config = gm_pruner_config_default();
  config.method = &gm_percentile_pruner;
  config.percentile = 50.0;
  config.n_startup_trials = 2;
  return config;
}

/* Medians at steps 0 … 3 after trials 0 and 1: 4, 3, 2, 1. */
static const double two[][EPOCHS] = {{3, 2, 1, 0.5}, {5, 4, 3, 1.5}};

static void pruned_trials_save_the_rest_of_their_epochs(void **state) {
  (void)state;
  const double reports[][EPOCHS] = {{3, 2, 1, 0.5},
                                    {5, 4, 3, 1.5},
                                    {9, 1, 1, 1} /* pruned at step 0 */,
                                    {4, 3.5, 9, 9} /* at step 1: 3.5 > 3 */,
                                    {2, 2, 2, 2} /* at step 3 */,
                                    {1, 1, 0.5, 0.25}};
  gm_study *study = study_of(6, reports);
  const gm_pruner_config config = median_after_two();
  gm_pruner_replay replay;
  gm_error err;
  assert_int_equal(gm_pruner_replay_run(&config, gm_study_history(study), &replay, &err), GM_OK);
  assert_int_equal(replay.n_trials, 6);
  assert_int_equal(replay.epochs, 24);
  assert_int_equal(replay.trials_pruned, 3);
  assert_int_equal(replay.epochs_saved, 3 + 2 + 0);
  assert_true(replay.energy_j == 48.0 && replay.energy_saved_j == 10.0);
  assert_true(replay.emissions_kg == 3.0 && replay.emissions_saved_kg == 0.625);
  assert_false(replay.best_lost);
  gm_study_free(study);
}

static void losing_the_best_trial_is_noticed(void **state) {
  (void)state;
  const double reports[][EPOCHS] = {{3, 2, 1, 0.5}, {5, 4, 3, 1.5}, {9, 1, 1, 0.125} /* a slow start */};
  gm_study *study = study_of(3, reports);
  const gm_pruner_config config = median_after_two();
  gm_pruner_replay replay;
  gm_error err;
  assert_int_equal(gm_pruner_replay_run(&config, gm_study_history(study), &replay, &err), GM_OK);
  assert_true(replay.trials_pruned == 1 && replay.best_lost);
  gm_study_free(study);
}

static void pruned_and_empty_studies_are_refused(void **state) {
  (void)state;
  const gm_pruner_config config = median_after_two();
  gm_pruner_replay replay;
  gm_trial *trial;
  gm_error err;
  gm_study *study = study_of(0, two);
  assert_int_equal(gm_pruner_replay_run(&config, gm_study_history(study), &replay, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "the study has no complete trial to replay");
  gm_study_free(study);
  study = study_of(2, two);
  assert_int_equal(gm_study_ask(study, &trial, &err), GM_OK);
  assert_int_equal(gm_study_tell(study, trial, GM_TRIAL_PRUNED, 0.0, &err), GM_OK);
  assert_int_equal(gm_pruner_replay_run(&config, gm_study_history(study), &replay, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "trial 2 was pruned"));
  gm_study_free(study);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pruned_trials_save_the_rest_of_their_epochs),
      cmocka_unit_test(losing_the_best_trial_is_noticed),
      cmocka_unit_test(pruned_and_empty_studies_are_refused),
  };
  return cmocka_run_group_tests_name("pruner_replay", tests, NULL, NULL);
}
