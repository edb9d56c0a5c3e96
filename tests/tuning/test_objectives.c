/* SPDX-License-Identifier: MIT
 * Two objectives as Optuna treats them (scripts/peers/objective_fixtures.py): ranks of domination,
 * hypervolumes, the good trials of TPE, whole searches parameter by parameter; and studies in journals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/conformance.h"
#include "tuning/domination.h"
#include "tuning/hypervolume.h"
#include "tuning/study.h"

#include <unistd.h>

static const double area_tolerance = 1e-12;  /* relative: sums of some 80 rectangles */
static const double sample_tolerance = 1e-9; /* relative, as for one objective */
static const double sample_rounding = 1e-14; /* samples near 0 are differences of larger numbers */

/* ---- choices ------------------------------------------------------------------------------ */

static void check_choice(json *entry) {
  json *values = member(entry, "values"), *directions = member(entry, "directions");
  const size_t n = length(values), n_wanted = count(member(entry, "n_wanted"));
  double *losses = calloc(2 * n, sizeof *losses);
  size_t *rank = calloc(n, sizeof *rank), next = 0;
  bool *chosen = calloc(n, sizeof *chosen);
  gm_error err = {GM_OK, ""};
  json *expected = member(entry, "chosen"), *ranks = member(entry, "rank"), *reference;
  for (size_t i = 0; i < 2 * n; i++) {
    const double value = number(element(element(values, i / 2), i % 2));
    losses[i] = direction_of(element(directions, i % 2)) == GM_MINIMIZE ? value : -value;
  }
  must(gm_domination_ranks(n, 2, losses, n_wanted, rank, &err), &err);
  for (size_t i = 0; i < n; i++) assert_int_equal(rank[i], count(element(ranks, i)));
  must(gm_choose_by_hypervolume(n, losses, n_wanted, chosen, &err), &err);
  for (size_t i = 0; i < n; i++) {
    const bool is_next = next < length(expected) && count(element(expected, next)) == i;
    assert_int_equal(chosen[i], is_next);
    next += is_next;
  }
  if (json_object_object_get_ex(entry, "reference", &reference)) {
    const double corner[2] = {number(element(reference, 0)), number(element(reference, 1))};
    const double theirs = number(member(entry, "hypervolume"));
    double area;
    must(gm_hypervolume(n, losses, corner, &area, &err), &err);
    assert_true(fabs(area - theirs) <= area_tolerance * theirs);
  }
  free(losses);
  free(rank);
  free(chosen);
}

static void choices_are_optunas(void **state) {
  json *choices = member(*state, "choices");
  assert_true(length(choices) >= 20);
  for (size_t i = 0; i < length(choices); i++) check_choice(element(choices, i));
}

static void an_area_is_that_of_the_staircase(void **state) {
  (void)state;
  /* (1, 3), (2, 2), (3, 1) under (4, 4): columns of 1, 2 and 3; (2, 3) is inside, (5, 0) is not below. */
  const double losses[] = {2, 2, 1, 3, 3, 1, 2, 3, 5, 0, NAN, 0}, reference[2] = {4, 4};
  double area;
  gm_error err = {GM_OK, ""};
  must(gm_hypervolume(6, losses, reference, &area, &err), &err);
  assert_true(area == 6.0);
  must(gm_hypervolume(0, losses, reference, &area, &err), &err);
  assert_true(area == 0.0);
}

/* ---- three objectives ------------------------------------------------------------------------ */

static bool dominates(const double *a, const double *b) {
  bool less = false;
  for (int j = 0; j < 3; j++) {
    if (a[j] > b[j]) return false;
    less = less || a[j] < b[j];
  }
  return less;
}

static void rank_0_is_what_nothing_dominates(void **state) {
  enum { N = 60 };
  (void)state;
  double losses[N * 3];
  size_t rank[N];
  uint32_t x = 1;
  gm_error err = {GM_OK, ""};
  for (int i = 0; i < N * 3; i++) losses[i] = (double)((x = x * 1664525U + 1013904223U) >> 29);
  must(gm_domination_ranks(N, 3, losses, N, rank, &err), &err);
  for (int i = 0; i < N; i++) {
    size_t deepest = 0; /* a rank is one more than the worst rank of all that dominate */
    for (int j = 0; j < N; j++)
      if (dominates(losses + 3 * j, losses + 3 * i) && rank[j] + 1 > deepest) deepest = rank[j] + 1;
    assert_int_equal(rank[i], deepest);
  }
}

/* ---- whole searches ---------------------------------------------------------------------------- */

static gm_distribution distribution_of(json *p) {
  const char *kind = text(member(p, "kind"));
  if (strcmp(kind, "categorical") == 0) return gm_choice(count(member(p, "n_choices")), NULL);
  const double low = number(member(p, "low")), high = number(member(p, "high"));
  if (strcmp(kind, "int") == 0) return gm_int_range((int64_t)low, (int64_t)high);
  return truth(member(p, "log")) ? gm_float_log_range(low, high) : gm_float_range(low, high);
}

static double suggest(gm_study *study, gm_trial *trial, const char *name, gm_distribution d) {
  gm_error err;
  double x = NAN;
  int64_t whole = 0;
  size_t index = 0;
  if (d.kind == GM_FLOAT) must(gm_study_suggest_float(study, trial, name, d, &x, &err), &err);
  if (d.kind == GM_INT) must(gm_study_suggest_int(study, trial, name, d, &whole, &err), &err);
  if (d.kind == GM_CATEGORICAL) must(gm_study_suggest_categorical(study, trial, name, d, &index, &err), &err);
  return d.kind == GM_FLOAT ? x : d.kind == GM_INT ? (double)whole : (double)index;
}

static void ask_and_compare(gm_study *study, json *space, const char *run, json *expected) {
  gm_trial *trial;
  gm_error err;
  must(gm_study_ask(study, &trial, &err), &err);
  json_object_object_foreach(member(expected, "params"), name, value) {
    for (size_t i = 0; i < length(space); i++) {
      if (strcmp(text(member(element(space, i), "name")), name) != 0) continue;
      const double theirs = number(value);
      const double ours = suggest(study, trial, name, distribution_of(element(space, i)));
      if (!(fabs(ours - theirs) <= sample_tolerance * fabs(theirs) + sample_rounding))
        fail_msg("%s: trial %lld: %s: got %.17g, expected %.17g", run, (long long)trial->number, name, ours,
                 theirs);
      /* it goes on with the value that Optuna had */
      trial->parameters.items[trial->parameters.n - 1].value = theirs;
    }
  }
}

static void tell_as_expected(gm_study *study, gm_trial *trial, json *expected) {
  gm_error err;
  if (strcmp(text(member(expected, "state")), "FAIL") == 0) {
    must(gm_study_tell(study, trial, GM_TRIAL_FAIL, NAN, &err), &err);
    return;
  }
  json *values = member(expected, "values");
  const double both[2] = {number(element(values, 0)), number(element(values, 1))};
  must(gm_study_tell_values(study, trial, both, &err), &err);
}

static void check_run(json *run, json *space) {
  gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_error err;
  char name[32];
  json *directions = member(run, "directions"), *trials = member(run, "trials");
  const size_t n = length(trials), batch = count(member(run, "batch"));
  snprintf(name, sizeof name, "seed %zu", count(member(run, "seed")));
  config.n_objectives = 2;
  config.pruner.method = &gm_no_pruner;
  config.direction = direction_of(element(directions, 0));
  config.second_direction = direction_of(element(directions, 1));
  config.sampler.seed = (uint32_t)count(member(run, "seed"));
  config.sampler.constant_liar = truth(member(run, "constant_liar"));
  must(gm_study_create(&config, &study, &err), &err);
  for (size_t first = 0; first < n; first += batch) {
    for (size_t i = first; i < first + batch && i < n; i++)
      ask_and_compare(study, space, name, element(trials, i));
    for (size_t i = first; i < first + batch && i < n; i++)
      tell_as_expected(study, gm_study_history(study)->trials[i], element(trials, i));
  }
  gm_study_free(study);
}

static void searches_are_optunas(void **state) {
  json *runs = member(*state, "runs");
  assert_true(length(runs) >= 4);
  for (size_t i = 0; i < length(runs); i++) check_run(element(runs, i), member(*state, "space"));
}

/* ---- studies ---------------------------------------------------------------------------------- */

static gm_study_config two(void) {
  gm_study_config config = gm_study_config_default();
  config.n_objectives = 2;
  config.pruner.method = &gm_no_pruner;
  return config;
}

static void a_journal_keeps_both_values(void **state) {
  (void)state;
  char path[] = "/tmp/greenmile-objectives-XXXXXX";
  static const char *const names[] = {"rmse", "energy_j"};
  const gm_journal_config place = gm_journal_config_default();
  const double values[][2] = {{1, 3}, {2, 2}, {2, 3}, {NAN, 1}, {1, 3}};
  gm_study_config config = two();
  gm_journal *journal;
  gm_study *study;
  gm_error err = {GM_OK, ""};
  const gm_trial *front[5];
  size_t n;
  const int file = mkstemp(path);
  assert_true(file >= 0);
  close(file);
  must(gm_journal_open(path, &place, &journal, &err), &err);
  must(gm_study_open(&config, journal, "both", &study, &err), &err);
  must(gm_study_set_metric_names(study, names, &err), &err);
  for (size_t i = 0; i < 5; i++) {
    gm_trial *trial;
    must(gm_study_ask(study, &trial, &err), &err);
    must(gm_study_tell_values(study, trial, values[i], &err), &err);
  }
  gm_study_free(study);
  must(gm_study_open(&config, journal, "both", &study, &err), &err);
  const gm_history *history = gm_study_history(study);
  assert_true(history->trials[1]->values[0] == 2 && history->trials[1]->values[1] == 2);
  assert_int_equal(history->trials[3]->state, GM_TRIAL_FAIL); /* a NaN is no value */
  assert_string_equal(gm_study_record_metric(gm_study_facts(study), 1), "energy_j");
  must(gm_history_front(history, front, &n, &err), &err);
  assert_int_equal(n, 3);
  assert_true(front[0]->number == 0 && front[1]->number == 1 && front[2]->number == 4);
  assert_null(gm_study_best(study));
  assert_true(gm_history_best_in(history, 0) == history->trials[0]);
  assert_true(gm_history_best_in(history, 1) == history->trials[1]);
  gm_study_free(study);
  config.n_objectives = 1;
  assert_int_equal(gm_study_open(&config, journal, "both", &study, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "it has 2 objectives"));
  gm_journal_close(journal);
  unlink(path);
}

static void what_needs_one_objective_is_refused(void **state) {
  (void)state;
  gm_study_config config = two();
  gm_study *study;
  gm_trial *trial;
  gm_error err = {GM_OK, ""};
  const double values[2] = {1, 2};
  must(gm_study_create(&config, &study, &err), &err);
  must(gm_study_ask(study, &trial, &err), &err);
  assert_int_equal(gm_study_tell(study, trial, GM_TRIAL_COMPLETE, 1.0, &err), GM_BAD_INPUT);
  must(gm_study_tell_values(study, trial, values, &err), &err);
  gm_study_free(study);
  config.pruner.method = &gm_percentile_pruner;
  assert_int_equal(gm_study_create(&config, &study, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "one objective"));
  config = gm_study_config_default();
  must(gm_study_create(&config, &study, &err), &err);
  must(gm_study_ask(study, &trial, &err), &err);
  assert_int_equal(gm_study_tell_values(study, trial, values, &err), GM_BAD_INPUT);
  gm_study_free(study);
  config.n_objectives = 3;
  assert_int_equal(gm_study_create(&config, &study, &err), GM_BAD_INPUT);
}

static int open_fixture(void **state) {
  *state = json_object_from_file("tests/fixtures/objectives.json");
  return *state == NULL;
}

static int close_fixture(void **state) {
  json_object_put(*state);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(choices_are_optunas),
      cmocka_unit_test(an_area_is_that_of_the_staircase),
      cmocka_unit_test(rank_0_is_what_nothing_dominates),
      cmocka_unit_test(searches_are_optunas),
      cmocka_unit_test(a_journal_keeps_both_values),
      cmocka_unit_test(what_needs_one_objective_is_refused),
  };
  return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
