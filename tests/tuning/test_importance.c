/* SPDX-License-Identifier: MIT
 * Parameter importance and Pareto fronts against Optuna's own judgement of the same journals
 * (scripts/peers/importance_fixtures.py), and what cannot be judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/conformance.h"
#include "tuning/importance.h"
#include "tuning/journal/journal_replay.h"
#include "tuning/study.h"

/* Sums of some 50 terms near 1 in another order, and kernels far out in a tail where Optuna's masses cancel.
 */
static const double tolerance = 1e-9;

static void read_case(json *entry, gm_journal_replay *replay) {
  gm_error err = {GM_OK, ""};
  json *lines = member(entry, "journal");
  *replay = (gm_journal_replay){.own_trial = -1};
  for (size_t i = 0; i < length(lines); i++) {
    const char *line = json_object_get_string(element(lines, i));
    json *record = gm_journal_parse(line, strlen(line));
    assert_non_null(record);
    must(gm_journal_apply(replay, record, &err), &err);
    json_object_put(record);
  }
}

static void check_divergences(json *entry, const gm_study_record *study) {
  gm_importances found;
  gm_error err = {GM_OK, ""};
  json *expected = member(entry, "divergences");
  double sum = 0.0;
  must(gm_study_importances(study, &found, &err), &err);
  assert_int_equal(found.n, json_object_object_length(expected));
  for (size_t i = 0; i < found.n; i++) {
    const double theirs = json_object_get_double(member(expected, found.of[i].name));
    if (fabs(found.of[i].divergence - theirs) > tolerance)
      fail_msg("%s: %s: got %.17g, expected %.17g", gm_json_text(entry, "name"), found.of[i].name,
               found.of[i].divergence, theirs);
    assert_true(i == 0 || found.of[i].divergence <= found.of[i - 1].divergence);
    sum += found.of[i].importance;
  }
  assert_true(fabs(sum - 1.0) < tolerance);
  gm_importances_free(&found);
}

static void check_front(json *entry, const gm_history *history) {
  json *expected;
  gm_error err = {GM_OK, ""};
  size_t n;
  if (!json_object_object_get_ex(entry, "front", &expected)) return;
  const gm_trial **front = calloc(history->n_trials, sizeof *front);
  must(gm_history_front(history, front, &n, &err), &err);
  assert_int_equal(n, length(expected));
  for (size_t i = 0; i < n; i++)
    assert_int_equal(front[i]->number, json_object_get_int64(element(expected, i)));
  free(front);
}

static void studies_are_judged_as_by_optuna(void **state) {
  (void)state;
  json *fixture = json_object_from_file("tests/fixtures/importance.json");
  json *cases = member(fixture, "cases");
  assert_true(length(cases) >= 10);
  for (size_t i = 0; i < length(cases); i++) {
    gm_journal_replay replay;
    read_case(element(cases, i), &replay);
    check_divergences(element(cases, i), replay.studies[0]);
    check_front(element(cases, i), &replay.studies[0]->history);
    gm_journal_replay_free(&replay);
  }
  json_object_put(fixture);
}

/* A study in memory whose trials have these values and one parameter, equal in all. */
static gm_study *study_of(size_t n, const double values[]) {
  const gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_error err = {GM_OK, ""};
  double x;
  must(gm_study_create(&config, &study, &err), &err);
  for (size_t i = 0; i < n; i++) {
    gm_trial *trial;
    must(gm_study_ask(study, &trial, &err), &err);
    must(gm_study_suggest_float(study, trial, "x", gm_float_range(0.0, 1.0), &x, &err), &err);
    must(gm_study_tell(study, trial, GM_TRIAL_COMPLETE, values[i], &err), &err);
  }
  return study;
}

static void what_tells_nothing_has_no_importance(void **state) {
  (void)state;
  static const struct {
    size_t n;
    double values[3];
    const char *reason;
  } cases[] = {{0, {0}, "there are 0"},
               {1, {1.0}, "there are 1"},
               {3, {1.0, INFINITY, -INFINITY}, "there are 1"},
               {3, {2.0, 2.0, 2.0}, "all 3 complete trials are equally good"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_importances found;
    gm_error err = {GM_OK, ""};
    gm_study *study = study_of(cases[i].n, cases[i].values);
    assert_int_equal(gm_study_importances(gm_study_facts(study), &found, &err), GM_FAILED);
    assert_non_null(strstr(err.message, cases[i].reason));
    assert_null(found.of);
    gm_study_free(study);
  }
}

static void a_parameter_with_one_value_tells_nothing(void **state) {
  (void)state;
  const gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_importances found;
  gm_error err = {GM_OK, ""};
  int64_t k;
  must(gm_study_create(&config, &study, &err), &err);
  for (int i = 0; i < 4; i++) {
    gm_trial *trial;
    must(gm_study_ask(study, &trial, &err), &err);
    must(gm_study_suggest_int(study, trial, "k", gm_int_range(3, 3), &k, &err), &err);
    must(gm_study_tell(study, trial, GM_TRIAL_COMPLETE, i, &err), &err);
  }
  assert_int_equal(gm_study_importances(gm_study_facts(study), &found, &err), GM_FAILED);
  assert_non_null(strstr(err.message, "no parameter distinguishes"));
  gm_study_free(study);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(studies_are_judged_as_by_optuna),
      cmocka_unit_test(what_tells_nothing_has_no_importance),
      cmocka_unit_test(a_parameter_with_one_value_tells_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
