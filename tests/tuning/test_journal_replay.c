/* SPDX-License-Identifier: MIT
 * Reading journals: the example that Optuna 3.1, 4.9 and 5.0 load, every rule by which
 * records are ignored or refused, and all spellings of distributions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/json.h"
#include "tests/journal_fixture.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/journal/journal_time.h"

#include <math.h>

#define W "\"worker_id\":\"w\""
#define STUDY "{\"op_code\":0," W ",\"study_name\":\"s\",\"directions\":[1]}\n"
#define TRIAL "{\"op_code\":4," W ",\"study_id\":0,\"datetime_start\":\"2026-01-02T03:04:05.000001\"}\n"
#define FLOAT_0_1                                                                                            \
  "\"{\\\"name\\\":\\\"FloatDistribution\\\",\\\"attributes\\\":{\\\"low\\\":0.0,\\\"high\\\":1.0}}\""
#define PARAM(id, name, value, distribution)                                                                 \
  "{\"op_code\":5," W ",\"trial_id\":" #id ",\"param_name\":\"" name "\",\"param_value_internal\":" #value   \
  ",\"distribution\":" distribution "}\n"
#define COMPLETE(id, values)                                                                                 \
  "{\"op_code\":6," W ",\"trial_id\":" #id ",\"state\":1,\"values\":" values                                 \
  ",\"datetime_complete\":\"2026-01-02T03:04:06\"}\n"

/* Writes `text` as a journal, reads it, and hands over what it says. */
static gm_journal *read_journal(journal_place *place, const char *text, gm_status *status, gm_error *err) {
  make_place(place);
  write_text(place, "w", text);
  gm_journal *journal = open_journal(place->path);
  *status = gm_journal_sync(journal, err);
  return journal;
}

static void close_journal(const journal_place *place, gm_journal *journal) {
  gm_journal_close(journal);
  remove_place(place);
}

/* ---- what is read ----------------------------------------------------------------------- */

/* The values are those that the Python readers show, see the design of the format. */
static void the_verified_example_loads_as_in_optuna(void **state) {
  (void)state;
  const gm_journal_config config = {.read_only = true, .lock_grace_s = 1.0, .redis_timeout_s = 1.0};
  gm_journal *journal;
  gm_error err = {GM_OK, ""};
  must(gm_journal_open("tests/fixtures/journal_example.log", &config, &journal, &err), &err);
  must(gm_journal_sync(journal, &err), &err);
  const gm_study_record *study = gm_journal_find_study(gm_journal_contents(journal), "demo");
  assert_non_null(study);
  assert_string_equal(gm_json_text(study->user_attributes, "created_by"), "ctuner");
  assert_int_equal(study->history.n_trials, 3);
  const gm_trial *complete = study->history.trials[0], *pruned = study->history.trials[1],
                 *failed = study->history.trials[2];
  assert_true(complete->state == GM_TRIAL_COMPLETE && complete->value == 0.75);
  assert_true(gm_trial_parameter(complete, "lr") == 0.001 && gm_trial_parameter(complete, "units") == 64.0);
  assert_true(gm_trial_parameter(complete, "opt") == 1.0);
  const gm_distribution *opt = &complete->parameters.items[2].parameter->distribution;
  assert_int_equal(opt->n_choices, 6);
  assert_string_equal(opt->choices[1], "adam");
  assert_string_equal(opt->choices[2], "\x1fnull");
  assert_string_equal(opt->choices[5], "\x1f"
                                       "0.5");
  assert_true(complete->n_reports == 2 && complete->reports[1].value == 0.75);
  assert_string_equal(gm_json_text(complete->user_attributes, "host"), "node-1");
  assert_true(pruned->state == GM_TRIAL_PRUNED && pruned->value == 3.25);
  assert_string_equal(gm_json_text(pruned->system_attributes, "ctuner:note"), "slow");
  assert_true(failed->state == GM_TRIAL_FAIL && isnan(failed->value) && isnan(failed->reports[0].value));
  assert_ptr_equal(gm_history_best(&study->history), complete);
  gm_journal_close(journal);
}

static void ids_count_as_in_optuna(void **state) {
  (void)state;
  static const char text[] = STUDY STUDY /* the second is ignored and uses no id */
      "{\"op_code\":0," W ",\"study_name\":\"t\",\"directions\":[2]}\n" TRIAL "{\"op_code\":4," W
      ",\"study_id\":7,\"datetime_start\":null}\n" /* no such study: ignored */
      "{\"op_code\":4," W ",\"study_id\":1,\"datetime_start\":null}\n"
      "{\"op_code\":1," W ",\"study_id\":0}\n" TRIAL /* deleted: ignored */
          STUDY "{\"op_code\":4," W ",\"study_id\":2,\"datetime_start\":null}\n"
      "{\"op_code\":10," W ",\"anything\":[1]}\n";
  journal_place place;
  gm_status status;
  gm_error err = {GM_OK, ""};
  gm_journal *journal = read_journal(&place, text, &status, &err);
  must(status, &err);
  const gm_journal_replay *r = gm_journal_contents(journal);
  assert_int_equal(r->n_studies, 3);
  assert_int_equal(r->n_trials, 3);
  const gm_study_record *s = gm_journal_find_study(r, "s"), *t = gm_journal_find_study(r, "t");
  assert_int_equal(s->id, 2);
  assert_int_equal(t->history.direction, GM_MAXIMIZE);
  assert_true(s->history.n_trials == 1 && s->history.trials[0]->id == 2 && s->history.trials[0]->number == 0);
  assert_true(t->history.trials[0]->id == 1 && t->history.trials[0]->number == 0);
  close_journal(&place, journal);
}

static void records_that_come_too_late_are_ignored(void **state) {
  (void)state;
  static const char text[] = STUDY TRIAL TRIAL PARAM(0, "x", 0.25, FLOAT_0_1) COMPLETE(0, "[2]")
      /* the trial has ended */
      PARAM(0, "x", 0.5, FLOAT_0_1) COMPLETE(
          0, "[1.0]") "{\"op_code\":7," W ",\"trial_id\":0,\"step\":0,"
                      "\"intermediate_value\":1.0}\n{\"op_code\":8," W
                      ",\"trial_id\":0,\"user_attr\":{\"a\":1}}\n"
                      /* a trial that does not exist */
                      "{\"op_code\":7," W ",\"trial_id\":9,\"step\":0,\"intermediate_value\":1.0}\n"
                      /* lost the race for a running trial: neither its time nor its values count */
                      "{\"op_code\":6," W
                      ",\"trial_id\":1,\"state\":0,\"values\":[9.0],\"datetime_start\":\"2030-01-01\"}\n"
      /* another class, another scale: incompatible with the first use of the name */
      PARAM(1, "x", 1, "\"{\\\"type\\\":\\\"int\\\",\\\"low\\\":0,\\\"high\\\":3}\"")
          PARAM(1, "x", 1, "\"{\\\"type\\\":\\\"float\\\",\\\"low\\\":0.5,\\\"high\\\":3,\\\"log\\\":true}\"")
              PARAM(1, "x", 0.5,
                    "\"{\\\"name\\\":\\\"UniformDistribution\\\",\\\"attributes\\\":{\\\"low\\\":0,"
                    "\\\"high\\\":1}}\"")
      /* values null leaves the value, and a later parameter replaces an earlier one */
      PARAM(1, "y", 0.5, FLOAT_0_1)
          PARAM(1, "y", 2.5,
                "\"{\\\"type\\\":\\\"float\\\",\\\"low\\\":0,\\\"high\\\":3}\"") "{\"op_code\":7," W
                                                                                 ",\"trial_id\":1,\"step\":3,"
                                                                                 "\"intermediate_value\":-"
                                                                                 "Infinity}\n"
                                                                                 "{\"op_code\":7," W
                                                                                 ",\"trial_id\":1,\"step\":3,"
                                                                                 "\"intermediate_value\":"
                                                                                 "Infinity,\"extra\":0}\n";
  journal_place place;
  gm_status status;
  gm_error err = {GM_OK, ""};
  gm_journal *journal = read_journal(&place, text, &status, &err);
  must(status, &err);
  const gm_history *h = &gm_journal_find_study(gm_journal_contents(journal), "s")->history;
  assert_true(h->trials[0]->value == 2.0 && gm_trial_parameter(h->trials[0], "x") == 0.25);
  assert_true(h->trials[0]->n_reports == 0 && h->trials[0]->user_attributes == NULL);
  assert_true(h->trials[1]->state == GM_TRIAL_RUNNING && isnan(h->trials[1]->value));
  assert_true(isnan(gm_trial_parameter(h->trials[1], "x")));
  assert_true(gm_trial_parameter(h->trials[1], "y") == 2.5 && h->trials[1]->parameters.n == 1);
  assert_true(h->trials[1]->n_reports == 1 && h->trials[1]->reports[0].value == INFINITY);
  close_journal(&place, journal);
}

/* What study.add_trial and enqueue_trial of Optuna 5.0 write (member order and all). */
static void a_trial_can_be_created_whole(void **state) {
  (void)state;
  static const char text[] = STUDY
      "{\"op_code\":4," W
      ",\"study_id\":0,\"datetime_start\":\"2026-01-02T03:04:05.000000+00:00\",\"state\":1,"
      "\"value\":1.5,\"values\":null,\"datetime_complete\":\"2026-01-02T03:04:07.250000+00:00\","
      "\"distributions\":{\"x\":" FLOAT_0_1 "},\"params\":{\"x\":0.5},\"user_attrs\":{\"k\":[1]},"
      "\"system_attrs\":{\"constraints\":[-1.0,0.5,2]},\"intermediate_values\":{\"10\":3.0,\"2\":NaN}}\n"
      "{\"op_code\":4," W
      ",\"study_id\":0,\"datetime_start\":null,\"state\":4,\"value\":null,\"values\":null,"
      "\"distributions\":{},\"params\":{},\"user_attrs\":{},\"system_attrs\":{\"fixed_params\":{\"x\":0.125}}"
      ","
      "\"intermediate_values\":{}}\n";
  journal_place place;
  gm_status status;
  gm_error err = {GM_OK, ""};
  gm_journal *journal = read_journal(&place, text, &status, &err);
  must(status, &err);
  const gm_history *h = &gm_journal_find_study(gm_journal_contents(journal), "s")->history;
  const gm_trial *whole = h->trials[0];
  assert_true(whole->state == GM_TRIAL_COMPLETE && whole->value == 1.5);
  assert_true(whole->ended_s - whole->started_s == 2.25);
  assert_true(whole->started_s == 1767323045.0); /* date -ud 2026-01-02T03:04:05 +%s */
  assert_true(gm_trial_parameter(whole, "x") == 0.5 && whole->constraint_violation == 2.5);
  assert_true(whole->n_reports == 2 && whole->reports[0].step == 2 && isnan(whole->reports[0].value));
  assert_true(h->trials[1]->state == GM_TRIAL_WAITING && isnan(h->trials[1]->started_s));
  close_journal(&place, journal);
}

/* A Python sampler that draws jointly tells what it has drawn before it suggests. */
static void joint_draws_of_running_trials_are_seen(void **state) {
  (void)state;
  static const char text[] = STUDY TRIAL PARAM(0, "x", 0.25, FLOAT_0_1) COMPLETE(0, "[1.0]") TRIAL
      "{\"op_code\":9," W ",\"trial_id\":1,\"system_attr\":{\"tpe:relative_params:0\":\"{\\\"x\\\": 0.\"}}\n"
      "{\"op_code\":9," W ",\"trial_id\":1,\"system_attr\":{\"tpe:relative_params:1\":\"75}\"}}\n" TRIAL
      "{\"op_code\":9," W ",\"trial_id\":2,\"system_attr\":{\"tpe:relative_params:0\":\"{\\\"x\\\"\"}}\n";
  journal_place place;
  gm_status status;
  gm_error err = {GM_OK, ""};
  gm_journal *journal = read_journal(&place, text, &status, &err);
  must(status, &err);
  const gm_study_record *s = gm_journal_find_study(gm_journal_contents(journal), "s");
  const gm_assignments *proposed = &s->history.trials[1]->proposed;
  assert_true(proposed->n == 1 && proposed->items[0].value == 0.75);
  assert_int_equal(s->history.trials[2]->proposed.n, 0); /* unreadable: ignored */
  close_journal(&place, journal);
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void every_reader_refuses_these(void **state) {
  (void)state;
  static const struct {
    const char *text, *sentence;
  } cases[] = {
      {STUDY "{\"op_code\":11," W "}\n", "line 2: unknown op_code 11; expected 0 to 10"},
      {STUDY "{\"op_code\":-1," W "}\n", "line 2: unknown op_code -1; expected 0 to 10"},
      {STUDY "{\"op_code\":1,\"study_id\":0}\n",
       "line 2: the record has no member \"worker_id\" that is a text"},
      {"{" W "}\n" STUDY, "line 1: the record has no member \"op_code\" that is a whole number"},
      {"[]\n" STUDY, "line 1: the record has no member \"op_code\" that is a whole number"},
      {STUDY "\n" TRIAL, "line 2: expected a JSON object, the line is damaged"},
      {STUDY "{\"op_code\":4," TRIAL TRIAL, "line 2: expected a JSON object, the line is damaged"},
      {STUDY "{\"op_code\":0} x\n{", "line 2: expected a JSON object, the line is damaged"},
      {STUDY "{\"op_code\":4," W ",\"study_id\":0}\n",
       "line 2: the record has no member \"datetime_start\" that is a date"},
      {STUDY "{\"op_code\":4," W ",\"study_id\":0,\"datetime_start\":\"today\"}\n",
       "line 2: the record has no member \"datetime_start\" that is a date such as "
       "2026-01-02T03:04:05.000001"},
      {STUDY TRIAL "{\"op_code\":6," W ",\"trial_id\":0,\"state\":1,\"datetime_complete\":\"2026-01-02\"}\n",
       "line 3: the record has no member \"values\" that is a list or null"},
      {STUDY TRIAL "{\"op_code\":6," W ",\"trial_id\":0,\"state\":1,\"values\":null}\n",
       "line 3: the record has no member \"datetime_complete\" that is a date"},
      {STUDY TRIAL "{\"op_code\":6," W ",\"trial_id\":0,\"state\":5,\"values\":null}\n",
       "line 3: the record has no member \"state\" that is from 0 (running) to 4 (waiting)"},
      {STUDY TRIAL "{\"op_code\":8," W ",\"trial_id\":0,\"user_attr\":{\"a\":1,\"b\":2}}\n",
       "line 3: the record has no member \"user_attr\" that is an object of one member"},
      {STUDY TRIAL PARAM(0, "x", 1, "\"{\\\"type\\\":\\\"float\\\",\\\"low\\\":3,\\\"high\\\":1}\""),
       "line 3: parameter 'x': low must not exceed high, but 3 > 1"},
      {STUDY TRIAL PARAM(0, "x", 1, "\"{\\\"type\\\":\\\"categorical\\\",\\\"choices\\\":[]}\""),
       "line 3: parameter 'x': expected at least one choice"},
      {STUDY TRIAL PARAM(0, "x", 1, "\"{\\\"type\\\":\\\"categorical\\\",\\\"choices\\\":[1]}\""),
       "line 3: parameter 'x': 1 is the index of none of its 1 choices"},
      {STUDY TRIAL PARAM(0, "x", 1e300, "\"{\\\"type\\\":\\\"int\\\",\\\"low\\\":0,\\\"high\\\":1}\""),
       "line 3: parameter 'x': 1e+300 is no integer of 64 bits"},
      {STUDY TRIAL PARAM(0, "x", 1, "\"{\\\"type\\\":\\\"normal\\\"}\""),
       "line 3: parameter 'x': unknown distribution 'normal'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    journal_place place;
    gm_status status;
    gm_error err = {GM_OK, ""};
    gm_journal *journal = read_journal(&place, cases[i].text, &status, &err);
    assert_int_equal(status, GM_BAD_INPUT);
    assert_true(strncmp(err.message, place.path, strlen(place.path)) == 0);
    assert_string_equal(err.message + strlen(place.path) + 2, cases[i].sentence);
    assert_int_equal(gm_journal_sync(journal, &err), GM_BAD_INPUT); /* and again, at the same line */
    assert_string_equal(err.message + strlen(place.path) + 2, cases[i].sentence);
    close_journal(&place, journal);
  }
}

static void what_came_before_a_damage_can_be_read(void **state) {
  (void)state;
  journal_place place;
  gm_status status;
  gm_error err = {GM_OK, ""};
  gm_journal *journal =
      read_journal(&place, STUDY TRIAL COMPLETE(0, "[2.0]") "garbage\n" TRIAL, &status, &err);
  assert_int_equal(status, GM_BAD_INPUT);
  const gm_study_record *s = gm_journal_find_study(gm_journal_contents(journal), "s");
  assert_true(s->history.n_trials == 1 && gm_history_best(&s->history)->value == 2.0);
  close_journal(&place, journal);
}

/* ---- distributions --------------------------------------------------------------------------- */

static void every_spelling_of_a_distribution_is_read(void **state) {
  (void)state;
  static const char *const labels[] = {"a", "\x1f"
                                            "1"};
  const struct {
    const char *text;
    gm_distribution expected;
  } cases[] = {
      {"{\"attributes\":{\"log\":false,\"step\":null,\"high\":2,\"low\":1e-05},\"name\":"
       "\"FloatDistribution\"}",
       gm_float_range(1e-5, 2.0)},
      {"{\"name\":\"FloatDistribution\",\"attributes\":{\"low\":0.0,\"high\":1.05,\"step\":0.25}}",
       gm_float_grid(0.0, 1.0, 0.25)},
      {"{\"name\":\"IntDistribution\",\"attributes\":{\"low\":1,\"high\":9,\"log\":true,\"step\":1}}",
       gm_int_log_range(1, 9)},
      {"{\"name\":\"IntDistribution\",\"attributes\":{\"low\":1,\"high\":9,\"step\":3}}",
       gm_int_grid(1, 7, 3)},
      {"{\"name\":\"CategoricalDistribution\",\"attributes\":{\"choices\":[\"a\",1]}}", gm_choice(2, labels)},
      {"{\"type\":\"float\",\"low\":0.5,\"high\":2.0,\"log\":true}", gm_float_log_range(0.5, 2.0)},
      {"{\"type\":\"int\",\"low\":0,\"high\":7,\"step\":null}", gm_int_range(0, 7)},
      {"{\"type\":\"categorical\",\"choices\":[\"a\",true]}", gm_choice(2, labels)}, /* 1 is True in Python */
      {"{\"name\":\"UniformDistribution\",\"attributes\":{\"low\":0,\"high\":1}}", gm_float_range(0.0, 1.0)},
      {"{\"name\":\"LogUniformDistribution\",\"attributes\":{\"low\":1,\"high\":3}}",
       gm_float_log_range(1.0, 3.0)},
      {"{\"name\":\"DiscreteUniformDistribution\",\"attributes\":{\"low\":0,\"high\":1,\"q\":0.5}}",
       gm_float_grid(0.0, 1.0, 0.5)},
      {"{\"name\":\"IntUniformDistribution\",\"attributes\":{\"low\":0,\"high\":4,\"step\":2}}",
       gm_int_grid(0, 4, 2)},
      {"{\"name\":\"IntLogUniformDistribution\",\"attributes\":{\"low\":1,\"high\":4}}",
       gm_int_log_range(1, 4)},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_distribution d, expected = cases[i].expected;
    void *memory;
    gm_error err = {GM_OK, ""};
    must(gm_journal_distribution_parse(cases[i].text, "x", &d, &memory, &err), &err);
    expected.legacy = d.legacy;
    assert_int_equal(d.legacy, i >= 8);
    assert_true(gm_distribution_equal(&d, &expected));
    free(memory);
  }
}

static void distributions_are_written_as_they_are_read(void **state) {
  (void)state;
  static const char *const labels[] = {"a\"b",
                                       "\x1f"
                                       "null",
                                       "\x1f"
                                       "0.5"};
  const gm_distribution cases[] = {gm_float_range(-1.0, 2.5),    gm_float_log_range(1e-5, 1e-1),
                                   gm_float_grid(0.0, 0.3, 0.1), gm_int_range(1, 12),
                                   gm_int_log_range(1, 1000),    gm_int_grid(0, 9, 3),
                                   gm_choice(3, labels)};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *text = gm_journal_distribution_text(&cases[i]);
    gm_distribution d;
    void *memory;
    gm_error err = {GM_OK, ""};
    must(gm_journal_distribution_parse(text, "x", &d, &memory, &err), &err);
    assert_true(gm_distribution_equal(&d, &cases[i]));
    free(memory);
    free(text);
  }
}

static void floats_stay_floats_in_python(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {{1.0, "1.0"}, {1e-5, "1e-05"}, {1e300, "1e+300"},
               {0.1, "0.1"}, {NAN, "NaN"},    {-INFINITY, "-Infinity"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct json_object *number = gm_journal_float(cases[i].value);
    assert_string_equal(json_object_to_json_string(number), cases[i].text);
    json_object_put(number);
  }
}

/* ---- whole lines ----------------------------------------------------------------------------------- */

/* The bytes of a text in UTF-8 whose characters are all below 256; returns how many. */
static size_t to_bytes(const char *text, size_t n, char *bytes) {
  size_t length = 0;
  for (size_t i = 0; i < n; i++) {
    const unsigned char c = (unsigned char)text[i];
    bytes[length++] = c < 0x80 ? text[i] : (char)(unsigned char)((c << 6 | (text[i + 1] & 0x3f)) & 0xff);
    i += c >= 0x80;
  }
  return length;
}

/* Cases and verdicts are of scripts/peers/journal_hostile.py, which asks Optuna's own reader. */
static void a_line_is_read_where_optuna_reads_it(void **state) {
  (void)state;
  struct json_object *root, *cases;
  gm_error err = {GM_OK, ""};
  must(gm_json_read("tests/fixtures/hostile_journals.json", &root, &err), &err);
  assert_true(json_object_object_get_ex(root, "cases", &cases));
  assert_true(json_object_array_length(cases) > 40);
  for (size_t i = 0; i < json_object_array_length(cases); i++) {
    struct json_object *entry = json_object_array_get_idx(cases, i), *line, *accepted;
    journal_place place;
    char bytes[512];
    assert_true(json_object_object_get_ex(entry, "line", &line));
    assert_true(json_object_object_get_ex(entry, "accepted", &accepted));
    const size_t n = to_bytes(json_object_get_string(line), (size_t)json_object_get_string_len(line), bytes);
    make_place(&place);
    FILE *file = fopen(place.path, "w");
    assert_non_null(file);
    fputs(STUDY, file);
    fwrite(bytes, 1, n, file);
    fputs("\n" TRIAL, file);
    assert_int_equal(fclose(file), 0);
    gm_journal *journal = open_journal(place.path);
    const bool read = gm_journal_sync(journal, &err) == GM_OK && gm_journal_contents(journal)->n_trials == 1;
    if (read != json_object_get_boolean(accepted))
      fail_msg("%s: %s", gm_json_text(entry, "name"), read ? "read" : err.message);
    gm_journal_close(journal);
    remove_place(&place);
  }
  json_object_put(root);
}

static void a_pipe_is_no_journal(void **state) {
  (void)state;
  journal_place place;
  gm_journal_config config = gm_journal_config_default();
  gm_journal *journal;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  assert_int_equal(mkfifo(place.path, 0600), 0);
  for (int read_only = 0; read_only < 2; read_only++) {
    config.read_only = read_only == 1;
    assert_int_equal(gm_journal_open(place.path, &config, &journal, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "a journal must be a regular file"));
  }
  remove_place(&place);
}

/* ---- dates ---------------------------------------------------------------------------------------- */

static void dates_with_an_offset_are_absolute(void **state) {
  (void)state;
  static const double noon = 1767355200.0; /* date -ud 2026-01-02T12:00:00 +%s */
  static const char *const same[] = {"2026-01-02T12:00:00+00:00", "2026-01-02T12:00:00Z",
                                     "2026-01-02 14:30:00.000000+02:30", "2026-01-02T07:00-05:00"};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    double seconds;
    assert_true(gm_journal_time_parse(same[i], &seconds));
    assert_true(seconds == noon);
  }
  static const char *const none[] = {
      "", "noon", "2026-13-01", "2026-01-02T25:00", "2026-01-02T12:00:00 ", "2026-01-02T12"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    double seconds;
    assert_false(gm_journal_time_parse(none[i], &seconds));
  }
}

static void written_dates_read_back_to_the_microsecond(void **state) {
  (void)state;
  static const double times[] = {0.0, 1767323045.000001, 1783000000.999999, 1767355200.5};
  static const double microsecond = 1e-6; /* what six digits resolve */
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    char text[GM_JOURNAL_TIME];
    double seconds;
    gm_journal_time_format(times[i], text);
    assert_int_equal(strlen(text), strlen("2026-01-02T03:04:05.000001"));
    assert_true(gm_journal_time_parse(text, &seconds));
    assert_true(fabs(seconds - times[i]) < microsecond);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_verified_example_loads_as_in_optuna),
      cmocka_unit_test(ids_count_as_in_optuna),
      cmocka_unit_test(records_that_come_too_late_are_ignored),
      cmocka_unit_test(a_trial_can_be_created_whole),
      cmocka_unit_test(joint_draws_of_running_trials_are_seen),
      cmocka_unit_test(every_reader_refuses_these),
      cmocka_unit_test(what_came_before_a_damage_can_be_read),
      cmocka_unit_test(every_spelling_of_a_distribution_is_read),
      cmocka_unit_test(distributions_are_written_as_they_are_read),
      cmocka_unit_test(floats_stay_floats_in_python),
      cmocka_unit_test(a_line_is_read_where_optuna_reads_it),
      cmocka_unit_test(a_pipe_is_no_journal),
      cmocka_unit_test(dates_with_an_offset_are_absolute),
      cmocka_unit_test(written_dates_read_back_to_the_microsecond),
  };
  return cmocka_run_group_tests_name("journal_replay", tests, NULL, NULL);
}
