/* SPDX-License-Identifier: MIT
 * A study in a journal: the same rules as in memory, the records that Optuna expects,
 * queued trials, and what later processes find. Every case runs on a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/json.h"
#include "tests/journal_fixture.h"
#include "tuning/process_energy.h"
#include "tuning/pruners/percentile_pruner.h"

#include <math.h>
#include <sys/wait.h>

static const gm_parameter space[] = {
    {.name = "x", .distribution = {.kind = GM_FLOAT, .low = 0.0, .high = 1.0}},
    {.name = "k", .distribution = {.kind = GM_INT, .low = 1.0, .high = 9.0, .step = 1.0}}};

static gm_trial *ask(gm_study *study) {
  gm_trial *trial = NULL;
  gm_error err = {GM_OK, ""};
  must(gm_study_ask_with(study, 2, space, &trial, &err), &err);
  return trial;
}

static void tell(gm_study *study, gm_trial *trial, gm_trial_state state, double value) {
  gm_error err = {GM_OK, ""};
  must(gm_study_tell(study, trial, state, value, &err), &err);
}

/* The same file, as another process sees it. */
typedef struct {
  gm_journal *journal;
  gm_study *study;
} view;

static view look(const journal_place *place) {
  view v = {.journal = open_journal(place->path)};
  v.study = open_study(v.journal, "s");
  return v;
}

static void leave(view *v) {
  gm_study_free(v->study);
  gm_journal_close(v->journal);
}

static size_t count_lines(const journal_place *place) {
  char *text = read_text(place);
  size_t n = 0;
  for (const char *c = text; *c != '\0'; c++) n += *c == '\n';
  free(text);
  return n;
}

/* ---- round trip --------------------------------------------------------------------------- */

static void another_process_reads_what_was_told(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  view v = look(&place);
  gm_trial *complete = ask(v.study), *pruned = ask(v.study), *failed = ask(v.study), *infinite = ask(v.study);
  must(gm_study_note(v.study, complete, "energy_j", json_object_new_double(12.5), &err), &err);
  must(gm_study_report(v.study, complete, 0, 3.0, &err), &err);
  must(gm_study_report(v.study, complete, 0, 4.0, &err), &err); /* a second one for a step is ignored */
  must(gm_study_report(v.study, pruned, 5, 7.0, &err), &err);
  must(gm_study_report(v.study, pruned, 6, NAN, &err), &err);
  must(gm_study_report(v.study, pruned, 7, 8.0, &err), &err);
  tell(v.study, complete, GM_TRIAL_COMPLETE, 2.0);
  tell(v.study, pruned, GM_TRIAL_PRUNED, 99.0);
  must(gm_study_fail(v.study, failed, "it diverged", &err), &err);
  tell(v.study, infinite, GM_TRIAL_COMPLETE, INFINITY);
  must(gm_study_set_attribute(v.study, "author", json_object_new_string("me"), &err), &err);
  const double x = gm_trial_parameter(complete, "x"), k = gm_trial_parameter(complete, "k");
  leave(&v);

  v = look(&place);
  const gm_history *h = gm_study_history(v.study);
  assert_int_equal(h->n_trials, 4);
  assert_true(h->trials[0]->state == GM_TRIAL_COMPLETE && h->trials[0]->value == 2.0);
  assert_true(gm_trial_parameter(h->trials[0], "x") == x && gm_trial_parameter(h->trials[0], "k") == k);
  assert_true(h->trials[0]->n_reports == 1 && h->trials[0]->reports[0].value == 3.0);
  assert_true(gm_trial_attribute(h->trials[0], "energy_j") == 12.5);
  assert_true(h->trials[0]->ended_s >= h->trials[0]->started_s);
  assert_true(h->trials[1]->state == GM_TRIAL_PRUNED && h->trials[1]->value == 8.0);
  assert_true(h->trials[1]->n_reports == 3 && isnan(h->trials[1]->reports[1].value));
  assert_true(h->trials[2]->state == GM_TRIAL_FAIL && isnan(h->trials[2]->value));
  assert_string_equal(gm_json_text(h->trials[2]->user_attributes, "fail_reason"), "it diverged");
  assert_true(h->trials[3]->value == INFINITY);
  assert_string_equal(gm_json_text(gm_study_facts(v.study)->user_attributes, "author"), "me");
  assert_int_equal(gm_study_best(v.study)->number, 0);
  leave(&v);
  remove_place(&place);
}

static void a_trial_and_its_parameters_are_one_batch(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  view v = look(&place);
  gm_trial *trial = ask(v.study);
  assert_int_equal(gm_journal_measured(v.journal).n_transactions, 2); /* the study, the trial */
  assert_int_equal(count_lines(&place), 1 + 3);
  must(gm_study_note(v.study, trial, "a", json_object_new_int(1), &err), &err);
  assert_int_equal(count_lines(&place), 4); /* a note waits for company */
  must(gm_study_report(v.study, trial, 0, 1.0, &err), &err);
  assert_int_equal(count_lines(&place), 7); /* the note, when it last told something, the report */
  assert_int_equal(gm_journal_measured(v.journal).n_transactions, 3);
  leave(&v);
  remove_place(&place);
}

/* ---- rules that only a journal has -------------------------------------------------------------- */

static void what_another_worker_has_ended_takes_nothing_more(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  view v = look(&place), other = look(&place);
  gm_trial *trial = ask(v.study);
  must(gm_study_sync(other.study, &err), &err);
  must(gm_study_fail(other.study, gm_study_history(other.study)->trials[0], "by hand", &err), &err);
  const size_t before = count_lines(&place);
  assert_int_equal(gm_study_report(v.study, trial, 0, 1.0, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "trial 0: cannot report a value, its state is FAIL and not RUNNING");
  assert_int_equal(gm_study_tell(v.study, trial, GM_TRIAL_COMPLETE, 1.0, &err), GM_BAD_INPUT);
  assert_int_equal(count_lines(&place), before); /* no record that readers would ignore */
  leave(&other);
  leave(&v);
  remove_place(&place);
}

static void a_pruner_sees_the_trials_of_other_workers(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  view other = look(&place);
  gm_study_config config = gm_study_config_default();
  must(gm_pruner_parse("median", &config.pruner, &err), &err);
  config.pruner.n_startup_trials = 1;
  gm_journal *journal = open_journal(place.path);
  gm_study *study;
  must(gm_study_open(&config, journal, "s", &study, &err), &err);
  gm_trial *mine = ask(study), *theirs = ask(other.study);
  must(gm_study_report(study, mine, 0, 5.0, &err), &err);
  bool prune = true;
  must(gm_study_should_prune(study, mine, &prune, &err), &err);
  assert_false(prune);
  must(gm_study_report(other.study, theirs, 0, 1.0, &err), &err);
  tell(other.study, theirs, GM_TRIAL_COMPLETE, 1.0);
  must(gm_study_should_prune(study, mine, &prune, &err), &err);
  assert_true(prune);
  gm_study_free(study);
  gm_journal_close(journal);
  leave(&other);
  remove_place(&place);
}

/* As in Optuna: other bounds are fine, and the joint sampler then leaves the name out; another kind,
 * scale or list of choices is not. */
static void a_study_can_be_opened_again_with_other_ranges(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  view v = look(&place);
  tell(v.study, ask(v.study), GM_TRIAL_COMPLETE, 1.0);
  leave(&v);
  v = look(&place);
  const gm_parameter wider[] = {{"x", gm_float_range(5.0, 6.0)}, {"k", gm_int_grid(10, 20, 5)}};
  gm_trial *trial;
  must(gm_study_ask_with(v.study, 2, wider, &trial, &err), &err);
  assert_true(gm_trial_parameter(trial, "x") >= 5.0 && gm_trial_parameter(trial, "k") >= 10.0);
  const size_t before = count_lines(&place);
  const gm_parameter log[] = {{"x", gm_float_log_range(1.0, 2.0)}};
  assert_int_equal(gm_study_ask_with(v.study, 1, log, &trial, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "parameter 'x'"));
  assert_int_equal(count_lines(&place), before); /* no half-made trial */
  leave(&v);
  remove_place(&place);
}

static void later_workers_do_not_repeat_the_draws_of_the_first(void **state) {
  (void)state;
  journal_place place;
  double x[4];
  make_place(&place);
  for (int i = 0; i < 4; i++) { /* each a new process with the same seed */
    view v = look(&place);
    gm_trial *trial = ask(v.study);
    x[i] = gm_trial_parameter(trial, "x");
    tell(v.study, trial, GM_TRIAL_COMPLETE, 1.0);
    for (int j = 0; j < i; j++) assert_true(x[i] != x[j]);
    leave(&v);
  }
  const gm_study_config config = gm_study_config_default();
  gm_study *memory;
  gm_error err = {GM_OK, ""};
  must(gm_study_create(&config, &memory, &err), &err);
  assert_true(gm_trial_parameter(ask(memory), "x") == x[0]); /* the first one draws as in memory */
  gm_study_free(memory);
  remove_place(&place);
}

enum { TURNS = 8, WORKERS = 3 };

/* What workers draw that take turns, none of whose trials runs when another one asks. */
static void take_turns(size_t n_workers, double x[TURNS]) {
  journal_place place;
  view v[WORKERS];
  make_place(&place);
  for (size_t w = 0; w < n_workers; w++) v[w] = look(&place);
  for (size_t n = 0; n < TURNS; n++) {
    gm_study *study = v[n % n_workers].study;
    gm_trial *trial = ask(study);
    x[n] = gm_trial_parameter(trial, "x");
    tell(study, trial, GM_TRIAL_COMPLETE, 1.0);
  }
  for (size_t w = 0; w < n_workers; w++) leave(&v[w]);
  remove_place(&place);
}

/* Once they know of each other each trial draws by its own number, whoever runs it. */
static void workers_that_take_turns_repeat_no_draw(void **state) {
  (void)state;
  double x[TURNS], of_two[TURNS];
  take_turns(WORKERS, x);
  take_turns(2, of_two);
  for (size_t n = 0; n < TURNS; n++) {
    for (size_t i = 0; i < n; i++) assert_true(x[i] != x[n]);
    if (n >= WORKERS) assert_true(of_two[n] == x[n]);
  }
}

static void a_study_of_another_kind_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *directions, *sentence;
  } cases[] = {{"[2]", "study 's': its direction is maximize, not minimize"},
               {"[1,1]", "study 's': it has 2 objectives; expected one with a direction"},
               {"[0]", "study 's': it has 1 objectives; expected one with a direction"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    journal_place place;
    char text[160];
    make_place(&place);
    snprintf(text, sizeof text,
             "{\"op_code\":0,\"worker_id\":\"w\",\"study_name\":\"s\",\"directions\":%s}\n",
             cases[i].directions);
    write_text(&place, "w", text);
    gm_journal *journal = open_journal(place.path);
    const gm_study_config config = gm_study_config_default();
    gm_study *study;
    gm_error err = {GM_OK, ""};
    assert_int_equal(gm_study_open(&config, journal, "s", &study, &err), GM_BAD_INPUT);
    assert_null(study);
    assert_string_equal(err.message, cases[i].sentence);
    gm_journal_close(journal);
    remove_place(&place);
  }
}

/* Workers that decide at the same moment must not start one trial too many. */
static void no_more_trials_start_than_are_wanted(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  gm_study_config config = gm_study_config_default();
  config.max_trials = 2;
  gm_journal *journals[2] = {open_journal(place.path), open_journal(place.path)};
  gm_study *studies[2];
  gm_trial *trials[3];
  for (int i = 0; i < 2; i++) must(gm_study_open(&config, journals[i], "s", &studies[i], &err), &err);
  for (int i = 0; i < 2; i++) must(gm_study_ask_with(studies[i], 2, space, &trials[i], &err), &err);
  assert_true(trials[0] != NULL && trials[1] != NULL);
  must(gm_study_ask_with(studies[0], 2, space, &trials[2], &err), &err);
  assert_null(trials[2]); /* two run */
  tell(studies[0], trials[0], GM_TRIAL_COMPLETE, 1.0);
  must(gm_study_ask_with(studies[0], 2, space, &trials[2], &err), &err);
  assert_null(trials[2]); /* one has finished, one runs */
  must(gm_study_fail(studies[1], trials[1], "for the test", &err), &err);
  must(gm_study_ask_with(studies[0], 2, space, &trials[2], &err), &err);
  assert_true(trials[2] != NULL && trials[2]->number == 2); /* a failed one does not count */
  for (int i = 0; i < 2; i++) {
    gm_study_free(studies[i]);
    gm_journal_close(journals[i]);
  }
  remove_place(&place);
}

/* ---- the queue --------------------------------------------------------------------------------------- */

#define QUEUED(system_attrs)                                                                                 \
  "{\"op_code\":4,\"worker_id\":\"py\",\"study_id\":0,\"datetime_start\":null,\"state\":4,\"value\":null,"   \
  "\"values\":null,\"distributions\":{},\"params\":{},\"user_attrs\":{},\"system_attrs\":" system_attrs      \
  ",\"intermediate_values\":{}}\n"

static void queued_trials_come_first_and_keep_their_values(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  view v = look(&place), rival = look(&place);
  write_text(&place, "a",
             QUEUED("{\"fixed_params\":{\"x\":0.125}}") QUEUED("{\"fixed_params\":{\"x\":7,\"k\":2.9}}"));
  gm_trial *first = ask(v.study), *second = ask(rival.study), *fresh = ask(v.study);
  assert_true(first->number == 0 && second->number == 1 && fresh->number == 2);
  assert_true(gm_trial_parameter(first, "x") == 0.125);
  assert_true(gm_trial_parameter(first, "k") >= 1.0);  /* drawn */
  assert_true(gm_trial_parameter(second, "x") == 7.0); /* out of range, as asked for */
  assert_true(gm_trial_parameter(second, "k") == 2.0); /* int(2.9) */
  assert_true(first->state == GM_TRIAL_RUNNING && !isnan(first->started_s));
  tell(v.study, first, GM_TRIAL_COMPLETE, 1.0);
  /* by suggestion, one at a time */
  write_text(&place, "a", QUEUED("{\"fixed_params\":{\"x\":0.5}}"));
  gm_trial *trial;
  double x;
  must(gm_study_ask(v.study, &trial, &err), &err);
  must(gm_study_suggest_float(v.study, trial, "x", gm_float_range(0.0, 1.0), &x, &err), &err);
  assert_true(trial->number == 3 && x == 0.5);
  leave(&rival);
  leave(&v);
  remove_place(&place);
}

/* A retried trial comes with parameters already set. */
static void a_queued_trial_with_parameters_keeps_them(void **state) {
  (void)state;
  journal_place place;
  make_place(&place);
  view v = look(&place);
  write_text(
      &place, "a",
      "{\"op_code\":4,\"worker_id\":\"py\",\"study_id\":0,\"datetime_start\":null,\"state\":4,\"value\":null,"
      "\"values\":null,\"distributions\":{\"x\":\"{\\\"type\\\":\\\"float\\\",\\\"low\\\":0.0,\\\"high\\\":1."
      "0}\"},"
      "\"params\":{\"x\":0.375},\"user_attrs\":{},\"system_attrs\":{\"failed_trial\":0},"
      "\"intermediate_values\":{}}\n");
  gm_trial *trial = ask(v.study);
  assert_true(trial->number == 0 && gm_trial_parameter(trial, "x") == 0.375 && trial->parameters.n == 2);
  leave(&v);
  remove_place(&place);
}

static void an_impossible_queued_trial_fails_and_the_next_one_runs(void **state) {
  (void)state;
  journal_place place;
  make_place(&place);
  view v = look(&place);
  write_text(&place, "a", QUEUED("{\"fixed_params\":{\"x\":\"high\"}}") QUEUED("{}"));
  gm_trial *trial = ask(v.study);
  assert_int_equal(trial->number, 1);
  const gm_trial *refused = gm_study_history(v.study)->trials[0];
  assert_int_equal(refused->state, GM_TRIAL_FAIL);
  assert_string_equal(gm_json_text(refused->user_attributes, "fail_reason"),
                      "parameter 'x': the value \"high\" is not possible");
  leave(&v);
  remove_place(&place);
}

/* ---- the dead -------------------------------------------------------------------------------------------
 */

static void die_with_a_trial(const journal_place *place) {
  view v = look(place);
  ask(v.study);
  _exit(0); /* without a word */
}

/* A trial that is left behind by a process that dies. */
static void leave_a_trial(const journal_place *place) {
  const pid_t child = fork();
  if (child == 0) die_with_a_trial(place);
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
}

static void trials_of_dead_workers_go_back_to_the_queue(void **state) {
  (void)state;
  journal_place place;
  make_place(&place);
  view alive = look(&place);
  ask(alive.study);
  leave_a_trial(&place);
  /* a Python worker's, of which nobody here can tell */
  write_text(&place, "a",
             "{\"op_code\":4,\"worker_id\":\"0c1c-1405\",\"study_id\":0,\"datetime_start\":null}\n");
  view v = look(&place);
  const gm_history *h = gm_study_history(v.study);
  char *text = read_text(&place);
  assert_null(strstr(text, GM_PROCESS_PREFIX)); /* none of them had told what it drew */
  free(text);
  assert_int_equal(h->n_trials, 3);
  assert_int_equal(h->trials[0]->state, GM_TRIAL_RUNNING);
  assert_int_equal(h->trials[1]->state, GM_TRIAL_WAITING);
  assert_true(gm_trial_attribute(h->trials[1], GM_RESTARTS) == 1.0);
  assert_int_equal(h->trials[2]->state, GM_TRIAL_RUNNING);
  assert_int_equal(gm_study_count_alive(v.study), 1);
  const double x = gm_trial_parameter(h->trials[1], "x");
  gm_trial *again = ask(v.study);
  assert_true(again->number == 1 && gm_trial_parameter(again, "x") == x && again->parameters.n == 2);
  leave(&v);
  leave(&alive);
  remove_place(&place);
}

static view look_with(const journal_place *place, int64_t max_restarts, int64_t max_retries) {
  gm_study_config config = gm_study_config_default();
  gm_error err = {GM_OK, ""};
  config.max_restarts = max_restarts;
  config.max_retries = max_retries;
  view v = {.journal = open_journal(place->path)};
  must(gm_study_open(&config, v.journal, "s", &v.study, &err), &err);
  return v;
}

static void a_trial_that_kills_its_workers_fails_in_the_end(void **state) {
  (void)state;
  journal_place place;
  make_place(&place);
  leave_a_trial(&place);
  view v = look_with(&place, 0, -1);
  const gm_trial *trial = gm_study_history(v.study)->trials[0];
  assert_int_equal(trial->state, GM_TRIAL_FAIL);
  assert_string_equal(gm_json_text(trial->user_attributes, GM_FAIL_REASON),
                      "its worker ended without telling the outcome");
  leave(&v);
  remove_place(&place);
}

/* What optuna.storages.RetryFailedTrialCallback(max_retry=1) does. */
static void a_failed_trial_can_be_retried_as_a_new_one(void **state) {
  (void)state;
  journal_place place;
  make_place(&place);
  leave_a_trial(&place);
  for (int round = 0; round < 2; round++) { /* the second one ends without a third trial */
    view v = look_with(&place, 0, 1);
    const gm_history *h = gm_study_history(v.study);
    assert_int_equal(h->n_trials, 2);
    assert_int_equal(h->trials[round]->state, GM_TRIAL_FAIL);
    if (round == 0) {
      const gm_trial *retry = h->trials[1];
      assert_int_equal(retry->state, GM_TRIAL_WAITING);
      assert_true(gm_trial_parameter(retry, "x") == gm_trial_parameter(h->trials[0], "x"));
      assert_true(gm_json_number(retry->system_attributes, GM_FAILED_TRIAL) == 0.0);
      struct json_object *history;
      assert_true(json_object_object_get_ex(retry->system_attributes, GM_RETRY_HISTORY, &history));
      assert_string_equal(json_object_to_json_string_ext(history, JSON_C_TO_STRING_PLAIN), "[0]");
    }
    leave(&v);
    if (round == 0) leave_a_trial(&place); /* starts the second one and dies with it */
  }
  remove_place(&place);
}

/* Of workers elsewhere only their silence is known. */
static void silence_for_long_enough_is_death(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  view v = look(&place);
  write_text(&place, "a",
             "{\"op_code\":4,\"worker_id\":\"greenmile/elsewhere/1/2/3/4/5\",\"study_id\":0,"
             "\"datetime_start\":\"2020-01-01T00:00:00.000000\"}\n"
             "{\"op_code\":4,\"worker_id\":\"greenmile/elsewhere/1/2/3/4/6\",\"study_id\":0,"
             "\"datetime_start\":\"2020-01-01T00:00:00.000000\"}\n"
             "{\"op_code\":9,\"worker_id\":\"greenmile/elsewhere/1/2/3/4/6\",\"trial_id\":1,"
             "\"system_attr\":{\"heartbeat\":4e9}}\n");
  size_t n;
  must(gm_study_sync(v.study, &err), &err);
  must(gm_study_bury(v.study, NAN, &n, &err), &err);
  assert_int_equal(n, 0);
  must(gm_study_bury(v.study, 3600.0, &n, &err), &err);
  assert_int_equal(n, 1);
  assert_int_equal(gm_study_history(v.study)->trials[0]->state, GM_TRIAL_FAIL);
  assert_string_equal(gm_json_text(gm_study_history(v.study)->trials[0]->user_attributes, GM_FAIL_REASON),
                      "its worker has told nothing for more than 3600 s");
  assert_int_equal(gm_study_history(v.study)->trials[1]->state, GM_TRIAL_RUNNING);
  leave(&v);
  remove_place(&place);
}

/* ---- interrupted ------------------------------------------------------------------------------------------
 */

static double objective(const gm_trial *trial) {
  const double x = gm_trial_parameter(trial, "x") - 0.3, k = gm_trial_parameter(trial, "k") - 4.0;
  return x * x + 0.1 * k * k;
}

/* However often one worker is interrupted, at the end of a trial or in the middle of one, it makes the trials
 * of an uninterrupted search. */
static void a_resumed_search_is_the_same_search(void **state) {
  (void)state;
  enum { TRIALS = 40, RUNS = 5 };
  static const int lengths[TRIALS] = {3, 1, 12, 1, 1,
                                      5, 2, 7,  1, 9}; /* trials of each process; then one each */
  gm_error err = {GM_OK, ""};
  for (int run = 0; run < RUNS; run++) {
    journal_place place;
    gm_study_config config = gm_study_config_default();
    gm_study *memory;
    make_place(&place);
    config.sampler.seed = (uint32_t)run;
    config.sampler.multivariate = run % 2 == 0;
    if (run == 2) must(gm_sampler_parse("random", &config.sampler.method, &err), &err);
    must(gm_study_create(&config, &memory, &err), &err);
    for (int n = 0, process = 0; n < TRIALS; process++) {
      gm_journal *journal = open_journal(place.path);
      gm_study *study;
      must(gm_study_open(&config, journal, "s", &study, &err), &err);
      for (int i = 0; i < (lengths[process] > 0 ? lengths[process] : 1) && n < TRIALS; i++, n++) {
        gm_trial *expected = ask(memory), *trial = ask(study);
        assert_int_equal(trial->number, n);
        assert_true(gm_trial_parameter(trial, "x") == gm_trial_parameter(expected, "x"));
        assert_true(gm_trial_parameter(trial, "k") == gm_trial_parameter(expected, "k"));
        tell(memory, expected, n % 7 == 5 ? GM_TRIAL_FAIL : GM_TRIAL_COMPLETE, objective(expected));
        tell(study, trial, n % 7 == 5 ? GM_TRIAL_FAIL : GM_TRIAL_COMPLETE, objective(trial));
      }
      if (process % 3 == 1 && n < TRIALS) { /* interrupted in the middle of the next one */
        gm_trial *trial = ask(study);
        assert_int_equal(trial->number, n);
        must(gm_study_requeue(study, trial, &err), &err);
      }
      gm_study_free(study);
      gm_journal_close(journal);
    }
    gm_study_free(memory);
    remove_place(&place);
  }
}

static void one_of_many_sets_an_attribute_first(void **state) {
  (void)state;
  journal_place p;
  make_place(&p);
  for (int i = 0; i < 5; i++) {
    char name[16];
    snprintf(name, sizeof name, "race %d", i);
    assert_int_equal(race_for_attribute(p.path, name), 1);
  }
  gm_journal *journal = open_journal(p.path);
  gm_study *study = open_study(journal, "race 0");
  gm_error err = {GM_OK, ""};
  bool first = true;
  must(gm_study_set_attribute_once(study, "owner", json_object_new_int(99), &first, &err), &err);
  assert_false(first);
  must(gm_study_set_attribute_once(study, "other", json_object_new_int(99), &first, &err), &err);
  assert_true(first);
  gm_study_free(study);
  gm_journal_close(journal);
  remove_place(&p);
}

/* The study as one process leaves it that is told everything up to `until` trials and dies then. */
static void search(const journal_place *place, const gm_study_config *config, int until) {
  gm_error err = {GM_OK, ""};
  gm_study *study;
  gm_journal *journal = open_journal(place->path);
  must(gm_study_open(config, journal, "s", &study, &err), &err);
  while (gm_history_count_finished(gm_study_history(study)) < (size_t)until) {
    gm_trial *trial = ask(study);
    must(gm_study_report(study, trial, 0, objective(trial), &err), &err);
    tell(study, trial, GM_TRIAL_COMPLETE, objective(trial));
  }
  gm_study_free(study);
  gm_journal_close(journal);
}

static void search_in_a_process(const journal_place *place, const gm_study_config *config, int until) {
  int status;
  const pid_t child = fork();
  if (child == 0) {
    search(place, config, until);
    _exit(0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

/* Wherever between two records the worker dies, in Redis also between a trial and its parameters, which are
 * two writes there: the next one makes the same trials. */
static void a_worker_may_die_behind_any_record(void **state) {
  (void)state;
  enum { TRIALS = 14 }; /* of which ten are random */
  journal_place place;
  gm_study_config config = gm_study_config_default();
  double x[TRIALS], k[TRIALS];
  config.sampler.seed = 5;
  for (int multivariate = 0; multivariate < 2; multivariate++) {
    make_place(&place);
    config.sampler.multivariate = multivariate;
    search_in_a_process(&place, &config, TRIALS);
    char *whole = read_text(&place);
    view v = look(&place);
    for (int i = 0; i < TRIALS; i++) {
      x[i] = gm_trial_parameter(gm_study_history(v.study)->trials[i], "x");
      k[i] = gm_trial_parameter(gm_study_history(v.study)->trials[i], "k");
    }
    leave(&v);
    for (char *end = strchr(whole, '\n'); end != NULL; end = strchr(end + 1, '\n')) {
      const char next = end[1];
      end[1] = '\0';
      write_text(&place, "w", whole);
      end[1] = next;
      search_in_a_process(&place, &config, TRIALS);
      v = look(&place);
      assert_int_equal(gm_study_history(v.study)->n_trials, TRIALS);
      for (int i = 0; i < TRIALS; i++) {
        assert_true(gm_trial_parameter(gm_study_history(v.study)->trials[i], "x") == x[i]);
        assert_true(gm_trial_parameter(gm_study_history(v.study)->trials[i], "k") == k[i]);
      }
      leave(&v);
    }
    free(whole);
    remove_place(&place);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(another_process_reads_what_was_told),
      cmocka_unit_test(a_trial_and_its_parameters_are_one_batch),
      cmocka_unit_test(what_another_worker_has_ended_takes_nothing_more),
      cmocka_unit_test(a_pruner_sees_the_trials_of_other_workers),
      cmocka_unit_test(a_study_can_be_opened_again_with_other_ranges),
      cmocka_unit_test(later_workers_do_not_repeat_the_draws_of_the_first),
      cmocka_unit_test(workers_that_take_turns_repeat_no_draw),
      cmocka_unit_test(a_study_of_another_kind_is_refused),
      cmocka_unit_test(no_more_trials_start_than_are_wanted),
      cmocka_unit_test(queued_trials_come_first_and_keep_their_values),
      cmocka_unit_test(a_queued_trial_with_parameters_keeps_them),
      cmocka_unit_test(an_impossible_queued_trial_fails_and_the_next_one_runs),
      cmocka_unit_test(trials_of_dead_workers_go_back_to_the_queue),
      cmocka_unit_test(a_trial_that_kills_its_workers_fails_in_the_end),
      cmocka_unit_test(a_failed_trial_can_be_retried_as_a_new_one),
      cmocka_unit_test(silence_for_long_enough_is_death),
      cmocka_unit_test(a_resumed_search_is_the_same_search),
      cmocka_unit_test(a_worker_may_die_behind_any_record),
      cmocka_unit_test(one_of_many_sets_an_attribute_first),
  };
  return cmocka_run_group_tests_name("study_journal", tests, NULL, NULL);
}
