/* SPDX-License-Identifier: MIT
 * The search without structs: that it is the search of a study, that it prunes, resumes from a journal,
 * and says what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/journal_fixture.h"
#include "tuning/tuner.h"

#include <math.h>

static gm_tuner *new_tuner(const char *trials, const char *journal) {
  gm_tuner *t = gm_tuner_new();
  assert_non_null(t);
  assert_int_equal(gm_tuner_set(t, "trials", trials), 0);
  if (journal != NULL) assert_int_equal(gm_tuner_set(t, "journal", journal), 0);
  return t;
}

static double objective(double x, int64_t k, int c) {
  return (x - 2.0) * (x - 2.0) + fabs((double)k - 3.0) + c;
}

/* Runs all trials; xs[n] of those that this tuner makes. */
static void run(gm_tuner *t, double *xs) {
  for (int64_t n; (n = gm_tuner_ask(t)) >= 0;) {
    const double x = gm_tuner_float(t, "x", -10.0, 10.0, 0.0, 0);
    const int64_t k = gm_tuner_int(t, "k", 0, 9, 1, 0);
    const int c = gm_tuner_choice(t, "c", "good|bad");
    assert_true(x >= -10.0 && x <= 10.0 && k >= 0 && k <= 9 && (c == 0 || c == 1));
    assert_true(gm_tuner_float(t, "x", -10.0, 10.0, 0.0, 0) == x); /* asked again */
    xs[n] = x;
    assert_int_equal(gm_tuner_tell(t, objective(x, k, c)), 0);
  }
  assert_string_equal(gm_tuner_error(t), "");
}

static void it_is_the_search_of_a_study(void **state) {
  (void)state;
  enum { TRIALS = 40 };
  double xs[TRIALS];
  gm_tuner *t = new_tuner("40", NULL);
  run(t, xs);
  assert_int_equal(gm_tuner_finished(t), TRIALS);
  gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_error err = {GM_OK, ""};
  must(gm_study_create(&config, &study, &err), &err);
  for (int i = 0; i < TRIALS; i++) {
    static const char *const choices[] = {"good", "bad"};
    gm_trial *trial;
    double x;
    int64_t k;
    size_t c;
    must(gm_study_ask(study, &trial, &err), &err);
    must(gm_study_suggest_float(study, trial, "x", gm_float_range(-10.0, 10.0), &x, &err), &err);
    must(gm_study_suggest_int(study, trial, "k", gm_int_range(0, 9), &k, &err), &err);
    must(gm_study_suggest_categorical(study, trial, "c", gm_choice(2, choices), &c, &err), &err);
    assert_true(x == xs[i]);
    must(gm_study_tell(study, trial, GM_TRIAL_COMPLETE, objective(x, k, (int)c), &err), &err);
  }
  assert_true(gm_tuner_best_value(t) == gm_study_best(study)->value);
  assert_int_equal(gm_tuner_best_trial(t), gm_study_best(study)->number);
  assert_true(gm_tuner_best_number(t, "k") == gm_trial_parameter(gm_study_best(study), "k"));
  gm_study_free(study);
  gm_tuner_free(t);
}

static void it_goes_on_with_a_journal(void **state) {
  (void)state;
  enum { TRIALS = 24 };
  double whole[TRIALS], parts[TRIALS];
  journal_place place;
  gm_tuner *t = new_tuner("24", NULL);
  run(t, whole);
  gm_tuner_free(t);
  make_place(&place);
  t = new_tuner("12", place.path);
  run(t, parts);
  gm_tuner_free(t);
  t = new_tuner("24", place.path);
  assert_int_equal(gm_tuner_ask(t), 12); /* left in the middle */
  assert_true(gm_tuner_float(t, "x", -10.0, 10.0, 0.0, 0) == whole[12]);
  gm_tuner_int(t, "k", 0, 9, 1, 0);
  gm_tuner_choice(t, "c", "good|bad");
  gm_tuner_free(t);
  t = new_tuner("24", place.path);
  run(t, parts);
  gm_tuner_free(t);
  assert_memory_equal(whole, parts, sizeof whole);
  remove_place(&place);
}

static void hopeless_trials_are_pruned(void **state) {
  (void)state;
  gm_tuner *t = new_tuner("4", NULL);
  int pruned = 0;
  assert_int_equal(gm_tuner_set(t, "pruner", "successive-halving:1,2"), 0);
  for (int64_t n; (n = gm_tuner_ask(t)) >= 0;) {
    assert_int_equal(gm_tuner_report(t, 1, (double)n), 0); /* worse and worse */
    pruned += gm_tuner_should_prune(t);
    assert_int_equal(gm_tuner_tell(t, (double)n), 0);
  }
  assert_int_equal(pruned, 3);
  assert_true(gm_tuner_best_value(t) == 0.0);
  gm_tuner_free(t);
}

static void what_is_wrong_is_said(void **state) {
  (void)state;
  gm_tuner *t = gm_tuner_new();
  assert_true(isnan(gm_tuner_best_value(t)) && gm_tuner_best_trial(t) == -1 && gm_tuner_finished(t) == 0);
  assert_true(isnan(gm_tuner_float(t, "x", 0.0, 1.0, 0.0, 0)));
  assert_string_equal(gm_tuner_error(t), "no trial runs: expected gm_tuner_ask before");
  assert_int_equal(gm_tuner_tell(t, 1.0), -1);
  assert_int_equal(gm_tuner_set(t, "colour", "red"), -1);
  assert_non_null(strstr(gm_tuner_error(t), "unknown setting \"colour\""));
  assert_int_equal(gm_tuner_set(t, "trials", "-1"), -1);
  assert_string_equal(gm_tuner_error(t), "trials: expected a whole number from 0 to 2147483647, got \"-1\"");
  assert_int_equal(gm_tuner_set(t, "pruner", "axe"), -1);
  assert_int_equal(gm_tuner_set(t, "journal", "/nowhere/at/all.log"), 0);
  assert_int_equal(gm_tuner_ask(t), -2);
  assert_non_null(strstr(gm_tuner_error(t), "/nowhere/at/all.log: cannot open it"));
  gm_tuner_free(t);
  gm_tuner_free(NULL);
  t = gm_tuner_new();
  assert_int_equal(gm_tuner_ask(t), 0);
  assert_int_equal(gm_tuner_set(t, "seed", "1"), -1);
  assert_string_equal(gm_tuner_error(t), "seed: expected before the first trial");
  assert_int_equal(gm_tuner_int(t, "k", 1, 8, 2, 1), INT64_MIN); /* a step and log */
  const int64_t drawn = gm_tuner_int(t, "m", 1, 8, 0, 1);        /* no step is a step of one */
  assert_true(drawn >= 1 && drawn <= 8);
  assert_int_equal(gm_tuner_choice(t, "c", ""), -1);
  gm_tuner_free(t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_is_the_search_of_a_study),
      cmocka_unit_test(it_goes_on_with_a_journal),
      cmocka_unit_test(hopeless_trials_are_pruned),
      cmocka_unit_test(what_is_wrong_is_said),
  };
  return cmocka_run_group_tests_name("tuner", tests, NULL, NULL);
}
