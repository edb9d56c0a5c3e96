/* SPDX-License-Identifier: MIT
 * Good and bad trials: order, ties and who takes part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rng.h"
#include "tuning/samplers/tpe_split.h"

#include <math.h>

static gm_trial *add(gm_history *history, gm_trial_state state, double value) {
  gm_error err;
  gm_trial *trial;
  assert_int_equal(gm_history_add(history, &trial, &err), GM_OK);
  trial->state = state;
  trial->value = value;
  return trial;
}

static gm_trial *add_pruned(gm_history *history, int64_t step, double value) {
  gm_error err;
  gm_trial *trial = add(history, GM_TRIAL_PRUNED, NAN);
  assert_int_equal(gm_trial_add_report(trial, step, value, &err), GM_OK);
  return trial;
}

/* The split of a history read from its start; trials by their numbers. */
typedef struct {
  uint32_t below[GM_MAX_BELOW], above[512];
  size_t n_good, n_bad;
} split;

static split split_past(const gm_tpe_past *past, const gm_trial *current, bool liar, size_t n_below) {
  split s;
  gm_tpe_groups groups = {.below = s.below, .above = s.above};
  gm_tpe_split(past, current, liar, n_below, &groups);
  s.n_good = groups.n_below;
  s.n_bad = groups.n_above;
  return s;
}

static split split_of(const gm_history *history, const gm_trial *current, bool liar, size_t n_below) {
  gm_tpe_past past = {0};
  gm_error err;
  assert_int_equal(gm_tpe_read(&past, history, &err), GM_OK);
  const split s = split_past(&past, current, liar, n_below);
  gm_tpe_past_free(&past);
  return s;
}

/* The numbers of the good trials, best first: by asking for ever more of them. */
static void assert_order(const gm_history *history, size_t n, const int64_t *expected) {
  bool seen[64] = {0};
  for (size_t n_below = 1; n_below <= n; n_below++) {
    const split s = split_of(history, NULL, 0, n_below);
    assert_int_equal(s.n_good, n_below);
    assert_int_equal(s.n_good + s.n_bad, gm_history_count_finished(history));
    for (size_t i = 1; i < s.n_good; i++) assert_true(s.below[i - 1] < s.below[i]);
    for (size_t i = 1; i < s.n_bad; i++) assert_true(s.above[i - 1] < s.above[i]);
    seen[expected[n_below - 1]] = 1;
    for (size_t i = 0; i < s.n_good; i++) assert_true(seen[s.below[i]]);
  }
}

static void complete_then_pruned_then_infeasible(void **state) {
  (void)state;
  gm_history history = {.direction = GM_MINIMIZE};
  add_pruned(&history, 3, NAN);                /* 0: pruned late, but its last value is the worst */
  add(&history, GM_TRIAL_COMPLETE, 2.0);       /* 1 */
  add(&history, GM_TRIAL_PRUNED, NAN);         /* 2: without a report */
  add(&history, GM_TRIAL_FAIL, -9.0);          /* 3: never counts */
  add_pruned(&history, 3, 5.0);                /* 4 */
  add(&history, GM_TRIAL_COMPLETE, -INFINITY); /* 5 */
  add_pruned(&history, 0, -100.0);             /* 6: good, but stopped early */
  add(&history, GM_TRIAL_COMPLETE, -8.0);      /* 7: infeasible */
  add(&history, GM_TRIAL_COMPLETE, 2.0);       /* 8: tie with 1 */
  add(&history, GM_TRIAL_COMPLETE, INFINITY);  /* 9 */
  add(&history, GM_TRIAL_COMPLETE, -8.0);      /* 10: more infeasible */
  history.trials[7]->constraint_violation = 0.5;
  history.trials[10]->constraint_violation = 1.5;
  assert_order(&history, 10, (const int64_t[]){5, 1, 8, 9, 4, 0, 6, 2, 7, 10});
  history.direction = GM_MAXIMIZE;
  assert_order(&history, 10, (const int64_t[]){9, 1, 8, 5, 4, 0, 6, 2, 7, 10});
  gm_history_free(&history);
}

static void running_trials_are_bad_only_to_a_liar_and_never_the_current_one(void **state) {
  (void)state;
  gm_history history = {.direction = GM_MINIMIZE};
  add(&history, GM_TRIAL_COMPLETE, 1.0);
  add(&history, GM_TRIAL_RUNNING, NAN);
  add(&history, GM_TRIAL_WAITING, NAN);
  add(&history, GM_TRIAL_COMPLETE, 2.0);
  const gm_trial *current = add(&history, GM_TRIAL_RUNNING, NAN);
  split s = split_of(&history, current, 0, 1);
  assert_true(s.n_good == 1 && s.below[0] == 0 && s.n_bad == 1 && s.above[0] == 3);
  s = split_of(&history, current, 1, 1);
  assert_true(s.n_good == 1 && s.n_bad == 2 && s.above[0] == 1 && s.above[1] == 3);
  s = split_of(&history, current, 1, 0);
  assert_true(s.n_good == 0 && s.n_bad == 3);
  gm_history_free(&history);
}

/* Rank of a trial = number of trials with a smaller value, or an equal one and a smaller number. */
static void the_best_25_agree_with_counting(void **state) {
  (void)state;
  enum { N = 500 };
  gm_history history = {.direction = GM_MAXIMIZE};
  gm_rng rng;
  gm_rng_seed(&rng, 2);
  for (int i = 0; i < N; i++) add(&history, GM_TRIAL_COMPLETE, floor(40.0 * gm_rng_double(&rng)));
  const split s = split_of(&history, NULL, 0, gm_tpe_gamma(N));
  size_t next = 0;
  assert_int_equal(s.n_good, GM_MAX_BELOW);
  for (int i = 0; i < N; i++) {
    int rank = 0;
    for (int j = 0; j < N; j++) {
      const double a = history.trials[j]->value, b = history.trials[i]->value;
      rank += a > b || (a == b && j < i);
    }
    if (rank < GM_MAX_BELOW) assert_int_equal(s.below[next++], i);
  }
  assert_int_equal(next, GM_MAX_BELOW);
  gm_history_free(&history);
}

/* Trials end late, in any order, or fail: read one event at a time it is what one reading at the end finds.
 */
static void reading_on_finds_what_reading_anew_finds(void **state) {
  (void)state;
  enum { N = 400 };
  gm_history history = {.direction = GM_MINIMIZE};
  gm_tpe_past past = {0};
  gm_rng rng;
  gm_error err;
  gm_rng_seed(&rng, 3);
  for (int event = 0; event < N; event++) {
    gm_trial *trial = add(&history, event % 9 == 0 ? GM_TRIAL_WAITING : GM_TRIAL_RUNNING, NAN);
    trial = history.trials[(size_t)((double)history.n_trials * gm_rng_double(&rng))];
    const double u = gm_rng_double(&rng);
    if (trial->state == GM_TRIAL_RUNNING && u < 0.8) {
      trial->value = floor(20.0 * u);
      trial->state = u < 0.2 ? GM_TRIAL_FAIL : u < 0.4 ? GM_TRIAL_PRUNED : GM_TRIAL_COMPLETE;
    } else if (trial->state == GM_TRIAL_WAITING) {
      trial->state = GM_TRIAL_RUNNING;
    }
    assert_int_equal(gm_tpe_read(&past, &history, &err), GM_OK);
    assert_true(past.started_anew == (event == 0));
    const size_t n_below = gm_tpe_gamma(past.n_finished);
    const split on = split_past(&past, NULL, event % 2 == 0, n_below);
    const split anew = split_of(&history, NULL, event % 2 == 0, n_below);
    assert_int_equal(past.n_finished, gm_history_count_finished(&history));
    assert_true(on.n_good == anew.n_good && on.n_bad == anew.n_bad);
    assert_memory_equal(on.below, anew.below, on.n_good * sizeof *on.below);
    assert_memory_equal(on.above, anew.above, on.n_bad * sizeof *on.above);
  }
  gm_history other = {.direction = GM_MINIMIZE}; /* another group's trials, as many */
  for (int i = 0; i < N; i++) add(&other, GM_TRIAL_COMPLETE, 1.0);
  assert_int_equal(gm_tpe_read(&past, &other, &err), GM_OK);
  assert_true(past.started_anew && past.n_finished == N);
  gm_tpe_past_free(&past);
  gm_history_free(&history);
  gm_history_free(&other);
}

static void gamma_is_a_tenth_rounded_up_and_at_most_25(void **state) {
  (void)state;
  for (size_t n = 0; n < 2000; n++) {
    const double exact = ceil((double)n / 10.0);
    assert_true((double)gm_tpe_gamma(n) == fmin(exact, 25.0));
  }
  assert_int_equal(gm_tpe_gamma_hyperopt(0), 0);
  assert_int_equal(gm_tpe_gamma_hyperopt(16), 1);
  assert_int_equal(gm_tpe_gamma_hyperopt(17), 2);
  assert_int_equal(gm_tpe_gamma_hyperopt(1000000), 25);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(complete_then_pruned_then_infeasible),
      cmocka_unit_test(running_trials_are_bad_only_to_a_liar_and_never_the_current_one),
      cmocka_unit_test(the_best_25_agree_with_counting),
      cmocka_unit_test(reading_on_finds_what_reading_anew_finds),
      cmocka_unit_test(gamma_is_a_tenth_rounded_up_and_at_most_25),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
