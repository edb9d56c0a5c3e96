/* SPDX-License-Identifier: MIT
 * A search whose files contradict one another, or their journal, is refused by file, line and both values. */
#include "experiments/report/runs.h"
#include "tests/report_fixture.h"
#include "tuning/journal/journal.h"
#include "tuning/study.h"

#include <json-c/json.h>

/* Whether the fixture's search is taken, or refused with this sentence. Removes it. */
static void must_say(const report_fixture *f, const char *sentence) {
  gm_report_runs study;
  gm_error err = {0};
  gm_status status = gm_report_runs_load(&study, f->results, 1, 0, &err);
  if (status == GM_OK) status = gm_report_runs_check(&study, &err);
  gm_report_runs_free(&study);
  fixture_remove(f);
  if (status != (sentence != NULL ? GM_BAD_INPUT : GM_OK)) fail_msg("%s", err.message);
  if (sentence != NULL && strstr(err.message, sentence) == NULL) fail_msg("%s", err.message);
}

static void must_refuse_edit(const char *file, const char *from, const char *to, const char *sentence) {
  const report_fixture f = fixture_study(1, "full");
  fixture_edit_file(&f, "tune", file, from, to);
  must_say(&f, sentence);
}

static void the_best_trial_is_that_of_trials_csv(void **state) {
  (void)state;
  must_refuse_edit("run.json", "\"learning_rate\": 0.01", "\"learning_rate\": 0.02",
                   "trials.csv:5: \"learning_rate\" of trial 3 is 0.01, and 0.02 in \"best\" of run.json");
  must_refuse_edit("trials.csv", "3,COMPLETE,2,0.01,sgd", "3,COMPLETE,2,0.03,sgd", "is 0.03, and 0.01 in");
  must_refuse_edit("run.json", "\"optimizer\": \"sgd\"", "\"optimizer\": \"SGD\"", "is sgd, and SGD in");
  must_refuse_edit("run.json", "\"num_input_time_steps\": 2", "\"num_input_time_steps\": 3",
                   "is 2, and 3 in");
  must_refuse_edit("run.json", "\"trial\": 3", "\"trial\": 9", "and trials.csv beside it has none such");
  must_refuse_edit("trials.csv", "4,COMPLETE,2,0.01,sgd,0.55", "4,COMPLETE,2,0.01,sgd,0.45",
                   "trial 4 has the value 0.45, below 0.5 of trial 3");
}

static void counts_are_those_of_trials_csv(void **state) {
  (void)state;
  must_refuse_edit("run.json", "\"trials_complete\": 3", "\"trials_complete\": 4",
                   "\"trials_complete\" is 4, in trials.csv beside it 3");
  must_refuse_edit("trials.csv", "2,PRUNED", "2,COMPLETE", "trials_complete");
  must_refuse_edit("run.json", "\"epochs\": 8", "\"epochs\": 7",
                   "\"epochs\" is 7, in trials.csv beside it 8");
}

static void values_are_on_the_curves(void **state) {
  (void)state;
  must_refuse_edit("trials.csv", "4,COMPLETE,2,0.01,sgd,0.55", "4,COMPLETE,2,0.01,sgd,0.56",
                   "trials.csv:6: \"value\" of trial 4 is 0.56, and in no row of it in curves.csv");
  must_refuse_edit("curves.csv", "2,1,0.7", "2,1,0.8", "\"value\" of trial 2 is 0.7");
  must_refuse_edit("curves.csv", "4,1,0.8", "5,1,0.8", "\"epochs\" of trial 4 is 2, and 1 in curves.csv");
}

/* ---- the journal -------------------------------------------------------------------- */

/* The study "s" of the fixture's five trials in results/study.log. */
static void write_journal(const report_fixture *f) {
  static const char *const fixed[] = {
      "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"}",
      "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"}",
      "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"sgd\"}",
      "{\"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": \"sgd\"}",
      "{\"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": \"sgd\"}"};
  static const gm_trial_state states[] = {GM_TRIAL_COMPLETE, GM_TRIAL_FAIL, GM_TRIAL_PRUNED,
                                          GM_TRIAL_COMPLETE, GM_TRIAL_COMPLETE};
  static const double values[] = {0.6, 0, 0.7, 0.5, 0.55};
  static const char *const optimizers[] = {"sgd", "adam"};
  const gm_journal_config journal_config = gm_journal_config_default();
  gm_study_config config = gm_study_config_default();
  gm_journal *journal;
  gm_study *study;
  gm_trial *trial;
  gm_error err = {0};
  char path[128];
  snprintf(path, sizeof path, "%s/study.log", f->results);
  config.max_trials = 5;
  assert_int_equal(gm_journal_open(path, &journal_config, &journal, &err), GM_OK);
  assert_int_equal(gm_study_open(&config, journal, "s", &study, &err), GM_OK);
  for (size_t i = 0; i < 5; i++) {
    struct json_object *object = json_tokener_parse(fixed[i]);
    int64_t steps;
    size_t choice;
    double rate;
    assert_int_equal(gm_study_enqueue(study, object, &err), GM_OK);
    assert_int_equal(gm_study_ask(study, &trial, &err), GM_OK);
    assert_int_equal(
        gm_study_suggest_int(study, trial, "num_input_time_steps", gm_int_range(1, 12), &steps, &err), GM_OK);
    assert_int_equal(
        gm_study_suggest_float(study, trial, "learning_rate", gm_float_log_range(1e-5, 1), &rate, &err),
        GM_OK);
    assert_int_equal(
        gm_study_suggest_categorical(study, trial, "optimizer", gm_choice(2, optimizers), &choice, &err),
        GM_OK);
    if (states[i] == GM_TRIAL_PRUNED) /* whose value is its last report */
      assert_int_equal(gm_study_report(study, trial, 0, values[i], &err), GM_OK);
    if (states[i] == GM_TRIAL_FAIL)
      assert_int_equal(gm_study_fail(study, trial, "diverged", &err), GM_OK);
    else
      assert_int_equal(gm_study_tell(study, trial, states[i], values[i], &err), GM_OK);
  }
  gm_study_free(study);
  gm_journal_close(journal);
}

/* One of the trials that no table shows, in the journal and not. */
static void must_refuse_beside_journal(const char *study, const char *from, const char *to,
                                       const char *sentence) {
  const report_fixture f = fixture_study(1, "full");
  char members[400];
  write_journal(&f);
  snprintf(members, sizeof members,
           "\"config\": {\"journal\": \"/elsewhere/study.log\", \"study\": \"%s\"}, \"best\": {\"trial\": 3, "
           "\"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": \"sgd\", \"value\": 0.5}, ",
           study);
  fixture_run(&f, "tune", 0.08, 0.5, members);
  fixture_edit_file(&f, "tune", "trials.csv", from, to);
  must_say(&f, sentence);
}

static void trials_are_those_of_the_journal_where_it_is_there(void **state) {
  (void)state;
  must_refuse_beside_journal("s", "0,COMPLETE", "0,COMPLETE", NULL);
  must_refuse_beside_journal("s", "0,COMPLETE,1,0.1,adam", "0,COMPLETE,1,0.2,adam",
                             "trials.csv:2: \"learning_rate\" of trial 0 is 0.2, and 0.1 in ");
  must_refuse_beside_journal("s", "0,COMPLETE,1,0.1,adam", "0,COMPLETE,4,0.1,adam", "is 4, and 1 in ");
  must_refuse_beside_journal("s", "4,COMPLETE,2,0.01,sgd", "4,COMPLETE,2,0.01,adam", "is adam, and sgd in ");
  must_refuse_beside_journal("other", "0,COMPLETE,1,0.1,adam", "0,COMPLETE,1,0.2,adam", NULL); /* not in it */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_best_trial_is_that_of_trials_csv),
      cmocka_unit_test(counts_are_those_of_trials_csv),
      cmocka_unit_test(values_are_on_the_curves),
      cmocka_unit_test(trials_are_those_of_the_journal_where_it_is_there),
  };
  return cmocka_run_group_tests_name("report_search", tests, NULL, NULL);
}
