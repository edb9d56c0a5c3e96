/* SPDX-License-Identifier: MIT
 * All pruners against decisions of Optuna's own classes (scripts/peers/pruner_fixtures.py):
 * verdicts, what successive halving leaves on a trial, hyperband's brackets; their names as
 * text; and that a search in a study uses them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/conformance.h"
#include "tuning/pruners/hyperband_pruner.h"
#include "tuning/pruners/successive_halving_pruner.h"
#include "tuning/study.h"

static void set_attributes(gm_trial *trial, json *object) {
  gm_error err = {GM_OK, ""};
  json_object_object_foreach(object, key, value)
      must(gm_attribute_set(&trial->system_attributes, key, json_object_get(value), &err), &err);
}

static gm_pruner_config pruner_of(json *entry) {
  gm_pruner_config config = gm_pruner_config_default();
  gm_error err = {GM_OK, ""};
  json *settings = member(entry, "pruner");
  must(gm_pruner_parse(gm_json_text(settings, "text"), &config, &err), &err);
  json_object_object_foreach(settings, key, value) {
    const double x = json_object_get_double(value);
    if (strcmp(key, "n_startup_trials") == 0) config.n_startup_trials = (size_t)x;
    if (strcmp(key, "n_warmup_steps") == 0) config.n_warmup_steps = (int64_t)x;
    if (strcmp(key, "interval_steps") == 0) config.interval_steps = (int64_t)x;
    if (strcmp(key, "early_stopping_rate") == 0) config.early_stopping_rate = (int64_t)x;
    if (strcmp(key, "bootstrap_count") == 0) config.bootstrap_count = (size_t)x;
    if (strcmp(key, "min_delta") == 0) config.min_delta = x;
  }
  config.study_name = gm_json_text(entry, "study");
  must(gm_pruner_config_check(&config, &err), &err);
  return config;
}

static void check_case(json *entry) {
  gm_error err = {GM_OK, ""};
  gm_history history = {0};
  gm_trial *trial;
  bool prune;
  const gm_pruner_config config = pruner_of(entry);
  json *others = member(entry, "others"), *marks = json_object_new_object();
  must(gm_direction_parse(gm_json_text(entry, "direction"), &history.direction, &err), &err);
  for (size_t i = 0; i < length(others); i++) {
    json *other = element(others, i);
    must(gm_history_add(&history, &trial, &err), &err);
    trial->state = state_of(member(other, "state"));
    add_reports(trial, member(other, "intermediate"));
    set_attributes(trial, member(other, "system_attrs"));
  }
  must(gm_history_add(&history, &trial, &err), &err);
  assert_int_equal(trial->number, json_object_get_int64(member(entry, "number")));
  add_reports(trial, member(entry, "current"));
  set_attributes(trial, member(entry, "system_attrs"));
  must(config.method->judge(&config, &history, trial, &prune, &err), &err);
  if (prune != json_object_get_boolean(member(entry, "prune")))
    fail_msg("case %lld (%s): %s", (long long)json_object_get_int64(member(entry, "id")),
             gm_json_text(member(entry, "pruner"), "text"), prune ? "pruned" : "kept");
  if (config.method->mark != NULL) must(config.method->mark(&config, &history, trial, marks, &err), &err);
  json *expected = member(entry, "marks");
  assert_int_equal(json_object_object_length(marks), json_object_object_length(expected));
  json_object_object_foreach(expected, key, value) assert_true(gm_json_number(marks, key) == number(value));
  json_object_put(marks);
  gm_history_free(&history);
}

static void decisions_are_those_of_optuna(void **state) {
  (void)state;
  json *root;
  gm_error err = {GM_OK, ""};
  must(gm_json_read("tests/fixtures/pruners.json", &root, &err), &err);
  json *cases = member(root, "cases");
  assert_true(length(cases) >= 200);
  for (size_t i = 0; i < length(cases); i++) check_case(element(cases, i));
  json_object_put(root);
}

static void brackets_are_those_of_optuna(void **state) {
  (void)state;
  json *root;
  gm_error err = {GM_OK, ""};
  const gm_history none = {0};
  must(gm_json_read("tests/fixtures/pruners.json", &root, &err), &err);
  json *list = member(root, "brackets");
  for (size_t i = 0; i < length(list); i++) {
    json *entry = element(list, i), *ids = member(entry, "brackets");
    gm_pruner_config config = gm_pruner_config_default();
    must(gm_pruner_parse(gm_json_text(entry, "text"), &config, &err), &err);
    config.study_name = gm_json_text(entry, "study");
    assert_int_equal(gm_hyperband_brackets(&config, config.max_resource),
                     json_object_get_int64(member(entry, "n")));
    for (size_t n = 0; n < length(ids); n++)
      assert_int_equal(config.method->group(&config, &none, (int64_t)n),
                       json_object_get_int64(element(ids, n)));
  }
  json_object_put(root);
}

/* The check value of the CRC catalogue (CRC-32/ISO-HDLC). */
static void the_checksum_is_crc_32(void **state) {
  (void)state;
  assert_int_equal(gm_crc32("123456789"), 0xcbf43926);
}

static void texts_go_both_ways(void **state) {
  (void)state;
  static const char *const texts[] = {"none",
                                      "median",
                                      "percentile:10",
                                      "successive-halving:auto,4",
                                      "successive-halving:2,3",
                                      "hyperband:1,auto,3",
                                      "hyperband:1,50,2",
                                      "patient:3",
                                      "patient:0,median",
                                      "patient:2,successive-halving:1,2",
                                      "threshold:,3.5",
                                      "threshold:0.25,"};
  static const char *const bad[] = {"percentile",
                                    "percentile:x",
                                    "successive-halving:0",
                                    "halving",
                                    "hyperband:auto",
                                    "successive-halving:1,1",
                                    "hyperband:9,3",
                                    "patient",
                                    "patient:-1",
                                    "patient:1,x",
                                    "threshold:",
                                    "threshold:2,1",
                                    "patient:1,hyperband",
                                    "median:1",
                                    "patient:1000000000000000000000000"};
  gm_error err;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    gm_pruner_config config = gm_pruner_config_default();
    char text[GM_PRUNER_TEXT];
    must(gm_pruner_parse(texts[i], &config, &err), &err);
    gm_pruner_format(&config, text);
    assert_string_equal(text, texts[i]);
  }
  gm_pruner_config again = gm_pruner_config_default(); /* what an earlier text has set does not stay */
  must(gm_pruner_parse("threshold:1,2", &again, &err), &err);
  must(gm_pruner_parse("threshold:3,", &again, &err), &err);
  assert_true(again.lower == 3 && isinf(again.upper));
  must(gm_pruner_parse("threshold:,4", &again, &err), &err);
  assert_true(isinf(again.lower) && again.upper == 4);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_pruner_config config = gm_pruner_config_default();
    if (gm_pruner_parse(bad[i], &config, &err) != GM_BAD_INPUT) fail_msg("%s was taken", bad[i]);
  }
}

/* A new pruner that forgets how its settings are written would leave them out of run.json. */
static void every_pruner_tells_its_settings(void **state) {
  (void)state;
#define ADDRESS(name) &gm_##name##_pruner,
  static const gm_pruner *const pruners[] = {GM_PRUNERS(ADDRESS)};
#undef ADDRESS
  for (size_t i = 0; i < sizeof pruners / sizeof *pruners; i++) {
    const gm_pruner *p = pruners[i];
    print_message("%s\n", p->name);
    assert_non_null(p->judge);
    assert_non_null(strstr(p->usage, p->name));
    assert_true((p->parse != NULL) == (p->format != NULL));
    assert_true((p->parse != NULL) == (strchr(p->usage, ':') != NULL));
  }
}

/* Four trials of which halving at steps 1, 2 lets one in two go on. */
static void a_study_keeps_what_a_rung_has_seen(void **state) {
  (void)state;
  gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_trial *trial;
  gm_error err = {GM_OK, ""};
  static const double values[] = {2.0, 3.0, 1.0, 4.0};
  static const bool pruned[] = {false, true, false, true};
  must(gm_pruner_parse("successive-halving:1,2", &config.pruner, &err), &err);
  must(gm_study_create(&config, &study, &err), &err);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    bool prune;
    must(gm_study_ask(study, &trial, &err), &err);
    must(gm_study_report(study, trial, 1, values[i], &err), &err);
    must(gm_study_should_prune(study, trial, &prune, &err), &err);
    assert_true(prune == pruned[i]);
    assert_true(gm_json_number(trial->system_attributes, "completed_rung_0") == values[i]);
    must(gm_study_tell(study, trial, prune ? GM_TRIAL_PRUNED : GM_TRIAL_COMPLETE, values[i], &err), &err);
  }
  gm_study_free(study);
}

/* Step of the earliest stop in a search whose trials are ever worse, one after the other and step by step;
 * n_steps: none is stopped. */
static int64_t earliest_stop(const gm_pruner_config *pruner, int64_t n_steps, int64_t n_trials) {
  gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_trial *trial;
  gm_error err = {GM_OK, ""};
  int64_t earliest = n_steps;
  config.pruner = *pruner;
  must(gm_study_create(&config, &study, &err), &err);
  for (int64_t n = 0; n < n_trials; n++) {
    bool prune = false;
    double value = 0;
    must(gm_study_ask(study, &trial, &err), &err);
    for (int64_t step = 0; step < n_steps && !prune; step++) {
      value = (double)(100 * n + step);
      must(gm_study_report(study, trial, step, value, &err), &err);
      must(gm_study_should_prune(study, trial, &prune, &err), &err);
      if (prune && step < earliest) earliest = step;
    }
    must(gm_study_tell(study, trial, prune ? GM_TRIAL_PRUNED : GM_TRIAL_COMPLETE, value, &err), &err);
  }
  gm_study_free(study);
  return earliest;
}

/* What is said of settings, against searches in which every trial deserves to be stopped. */
static void what_a_pruner_can_reach_is_what_it_reaches(void **state) {
  (void)state;
  static const char *const texts[] = {"median",
                                      "percentile:10",
                                      "threshold:,-1",
                                      "patient:1",
                                      "patient:2,median",
                                      "patient:4",
                                      "hyperband:1",
                                      "hyperband:3,9,2",
                                      "hyperband:5",
                                      "hyperband:4",
                                      "successive-halving:2",
                                      "successive-halving:5",
                                      "patient:0,successive-halving:4,2"};
  enum { STEPS = 5, TRIALS = 8 };
  static const size_t startups[] = {0, 1, TRIALS - 1, TRIALS};
  size_t seen[GM_PRUNER_AT_END + 1] = {0};
  gm_error err = {GM_OK, ""};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    for (int64_t warmup = 0; warmup <= STEPS; warmup++)
      for (size_t s = 0; s < sizeof startups / sizeof *startups; s++) {
        const size_t startup = startups[s];
        gm_pruner_config config = gm_pruner_config_default();
        must(gm_pruner_parse(texts[i], &config, &err), &err);
        config.n_warmup_steps = warmup;
        config.n_startup_trials = startup;
        const gm_pruner_reach reach = gm_pruner_reach_of(&config, STEPS, TRIALS);
        const int64_t stop = earliest_stop(&config, STEPS, TRIALS);
        const bool right = reach == GM_PRUNER_CAN_STOP ? stop < STEPS - 1
                           : reach == GM_PRUNER_AT_END ? stop >= STEPS - 1
                                                       : stop == STEPS;
        if (!right)
          fail_msg("%s, warm-up %d, start-up %zu: reach %d, first stop at %d", texts[i], (int)warmup, startup,
                   (int)reach, (int)stop);
        seen[reach]++;
      }
  for (size_t r = 0; r <= GM_PRUNER_AT_END; r++) assert_true(seen[r] > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decisions_are_those_of_optuna),
      cmocka_unit_test(brackets_are_those_of_optuna),
      cmocka_unit_test(the_checksum_is_crc_32),
      cmocka_unit_test(every_pruner_tells_its_settings),
      cmocka_unit_test(texts_go_both_ways),
      cmocka_unit_test(what_a_pruner_can_reach_is_what_it_reaches),
      cmocka_unit_test(a_study_keeps_what_a_rung_has_seen),
  };
  return cmocka_run_group_tests_name("pruners", tests, NULL, NULL);
}
