/* SPDX-License-Identifier: MIT
 * The percentile rule on worked examples that were run on Optuna. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/pruners/percentile_pruner.h"

#include <math.h>

enum { MAX_REPORTS = 3 };

typedef struct {
  gm_intermediate reports[MAX_REPORTS];
  size_t n_reports;
  gm_direction direction;
  double percentile;
  size_t n_startup, n_min;
  int64_t warmup, interval;
  double best, threshold;
  bool prune;
} example;

/* Four complete trials with values at steps 0, 1, 2; a pruned and a failed one that must not count. */
static void fill(gm_history *history) {
  static const double values[][3] = {{2.0, 1.0, 0.9}, {1.0, 0.8, 0.5}, {1.5, 0.9, 0.7},
                                     {3.0, 2.0, 1.1}, {0.0, 0.0, 0.0}, {9.0, 9.0, 9.0}};
  static const gm_trial_state states[] = {GM_TRIAL_COMPLETE, GM_TRIAL_COMPLETE, GM_TRIAL_COMPLETE,
                                          GM_TRIAL_COMPLETE, GM_TRIAL_PRUNED,   GM_TRIAL_FAIL};
  gm_error err;
  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
    gm_trial *trial;
    assert_int_equal(gm_history_add(history, &trial, &err), GM_OK);
    trial->state = states[i];
    for (int step = 0; step < 3; step++)
      assert_int_equal(gm_trial_add_report(trial, step, values[i][step], &err), GM_OK);
  }
}

static bool same(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

static void assert_example(const example *x) {
  gm_history history = {.direction = x->direction};
  gm_error err;
  gm_trial *trial;
  fill(&history);
  assert_int_equal(gm_history_add(&history, &trial, &err), GM_OK);
  for (size_t i = 0; i < x->n_reports; i++)
    assert_int_equal(gm_trial_add_report(trial, x->reports[i].step, x->reports[i].value, &err), GM_OK);
  gm_pruner_config config = gm_pruner_config_default();
  config.percentile = x->percentile;
  config.n_startup_trials = x->n_startup;
  config.n_warmup_steps = x->warmup;
  config.interval_steps = x->interval;
  config.n_min_trials = x->n_min;
  assert_int_equal(gm_pruner_config_check(&config, &err), GM_OK);
  bool prune;
  double threshold;
  assert_int_equal(config.method->judge(&config, &history, trial, &prune, &err), GM_OK);
  assert_int_equal(prune, x->prune);
  assert_true(same(gm_best_report(trial, 0, trial->n_reports, x->direction), x->best));
  const int64_t last = gm_trial_last_report(trial)->step;
  assert_int_equal(gm_percentile_threshold(&config, &history, last, &threshold, &err), GM_OK);
  assert_true(same(threshold, x->threshold));
  gm_history_free(&history);
}

#define USUAL .percentile = 50.0, .n_min = 1, .interval = 1

static void worked_examples_are_decided_as_by_optuna(void **state) {
  (void)state;
  static const example examples[] = {
      {{{0, 1.4}, {1, .65}, {2, .95}}, 3, USUAL, .best = .65, .threshold = .8, .prune = 0},
      {{{0, 1.4}, {1, 1.0}, {2, .85}}, 3, USUAL, .best = .85, .threshold = .8, .prune = 1},
      {{{2, .8}}, 1, USUAL, .best = .8, .threshold = .8, .prune = 0}, /* equality keeps */
      {{{0, 1.4}, {1, .65}, {2, .95}},
       3,
       .percentile = 25.0,
       .n_min = 1,
       .interval = 1,
       .best = .65,
       .threshold = .6499999999999999,
       .prune = 1},
      {{{0, .1}, {1, .85}, {2, .2}}, 3, GM_MAXIMIZE, USUAL, .best = .85, .threshold = .8, .prune = 0},
      {{{0, .1}, {1, .85}, {2, .2}},
       3,
       GM_MAXIMIZE,
       .percentile = 25.0,
       .n_min = 1,
       .interval = 1,
       .best = .85,
       .threshold = .9500000000000001,
       .prune = 1},
      {{{2, 9.0}}, 1, USUAL, .warmup = 3, .best = 9.0, .threshold = .8, .prune = 0},
      {{{2, 9.0}}, 1, USUAL, .warmup = 2, .best = 9.0, .threshold = .8, .prune = 1},
      {{{0, 9.0}, {1, 9.0}},
       2,
       .percentile = 50.0,
       .n_min = 1,
       .interval = 2,
       .best = 9.0,
       .threshold = .95,
       .prune = 0},
      {{{0, 9.0}, {1, 9.0}, {2, 9.0}},
       3,
       .percentile = 50.0,
       .n_min = 1,
       .interval = 2,
       .best = 9.0,
       .threshold = .8,
       .prune = 1},
      {{{1, 9.0}},
       1,
       .percentile = 50.0,
       .n_min = 1,
       .interval = 2,
       .best = 9.0,
       .threshold = .95,
       .prune = 1},
      {{{0, NAN}}, 1, USUAL, .best = NAN, .threshold = 1.75, .prune = 1},
      {{{1, .6}, {2, NAN}}, 2, USUAL, .best = .6, .threshold = .8, .prune = 0},
      {{{2, 9.0}},
       1,
       .percentile = 50.0,
       .n_min = 5,
       .interval = 1,
       .best = 9.0,
       .threshold = NAN,
       .prune = 0},
      {{{2, 9.0}}, 1, USUAL, .n_startup = 5, .best = 9.0, .threshold = .8, .prune = 0},
      {{{2, 9.0}}, 1, USUAL, .n_startup = 4, .best = 9.0, .threshold = .8, .prune = 1},
      {{{7, 9.0}}, 1, USUAL, .best = 9.0, .threshold = NAN, .prune = 0},
      {{{7, NAN}}, 1, USUAL, .best = NAN, .threshold = NAN, .prune = 1},
  };
  for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) assert_example(&examples[i]);
}

static void nothing_is_pruned_without_reports_or_complete_trials(void **state) {
  (void)state;
  gm_history history = {.direction = GM_MINIMIZE};
  gm_pruner_config config = gm_pruner_config_default();
  config.n_startup_trials = 0;
  gm_error err;
  gm_trial *trial;
  bool prune = true;
  assert_int_equal(gm_history_add(&history, &trial, &err), GM_OK);
  assert_int_equal(gm_trial_add_report(trial, 0, NAN, &err), GM_OK);
  assert_int_equal(config.method->judge(&config, &history, trial, &prune, &err), GM_OK);
  assert_false(prune);
  fill(&history);
  assert_int_equal(gm_history_add(&history, &trial, &err), GM_OK);
  prune = 1;
  assert_int_equal(config.method->judge(&config, &history, trial, &prune, &err), GM_OK);
  assert_false(prune);
  gm_history_free(&history);
}

/* numpy.nanpercentile; with infinities the interpolation gives inf - inf or inf · 0. */
static void percentiles_interpolate_as_numpys(void **state) {
  (void)state;
  assert_true(gm_percentile(1, (const double[]){3.0}, 50.0) == 3.0);
  assert_true(gm_percentile(4, (const double[]){1.0, 2.0, 3.0, 4.0}, 0.0) == 1.0);
  assert_true(gm_percentile(4, (const double[]){1.0, 2.0, 3.0, 4.0}, 100.0) == 4.0);
  assert_true(gm_percentile(4, (const double[]){1.0, 2.0, 3.0, 4.0}, 10.0) == 1.3);
  assert_true(isnan(gm_percentile(3, (const double[]){1.0, 2.0, INFINITY}, 50.0)));
  assert_true(isnan(gm_percentile(2, (const double[]){-INFINITY, INFINITY}, 50.0)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(worked_examples_are_decided_as_by_optuna),
      cmocka_unit_test(nothing_is_pruned_without_reports_or_complete_trials),
      cmocka_unit_test(percentiles_interpolate_as_numpys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
