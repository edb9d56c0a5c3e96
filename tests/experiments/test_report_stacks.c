/* SPDX-License-Identifier: MIT
 * Two stacks: the table from our runs and a stacks.json, against hand computation; what becomes of a file
 * that is missing, of another protocol, of other trials, or not what it should be; that unequal work is said.
 */
#include "common/atomic_file.h"
#include "common/json.h"
#include "experiments/report/publication.h"
#include "tests/assert_near.h"
#include "tests/report_fixture.h"

/* Sums and quotients of a few doubles. */
static const double rounding = 1e-12;

typedef struct {
  report_fixture files;
  gm_report_runs study;
  gm_report report;
} made;

static gm_status make(made *m, gm_error *err) {
  assert_int_equal(gm_report_runs_load(&m->study, m->files.results, 0, 0, err), GM_OK);
  return gm_report_make(&m->report, &m->study, err);
}

static void unmake(made *m) {
  gm_report_free(&m->report);
  gm_report_runs_free(&m->study);
  fixture_remove(&m->files);
}

/* The trials of fixture_search, as Python tried them. */
static const char trials[] =
    "[{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"},"
    "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"},"
    "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"sgd\"},"
    "{\"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": \"sgd\"},"
    "{\"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": \"sgd\"}]";

/* Row i of 0 … 5 took 60 · (i + 1) s, 120 s of CPU and 0.1 kWh [0.05, 0.2]; the search beside other programs.
 */
static void write_stacks(const report_fixture *f, const char *schema, const char *protocol,
                         const char *left_out, bool measured) {
  static const char *const rows[] = {"linear_regression",  "cnn",  "cnn_pruned",
                                     "cnn_early_stopping", "tune", "tune_pruned"};
  char path[128];
  gm_error err;
  snprintf(path, sizeof path, "%s/peers", f->results);
  assert_int_equal(gm_make_directories(path, &err), GM_OK);
  snprintf(path, sizeof path, "%s/peers/stacks.json", f->results);
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  fprintf(
      out,
      "{\"schema\": \"%s\", \"written_at\": \"2026-01-02T03:04:05Z\", \"protocol\": \"%s\",\n"
      "\"python\": \"3.11.2\", \"versions\": {\"torch\": \"2.1.0\", \"codecarbon\": null}, \"threads\": 2,\n"
      "\"energy_measured\": %s, \"rows\": {\"other\": {}",
      schema, protocol, measured ? "true" : "false");
  for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++)
    if (left_out == NULL || strcmp(rows[i], left_out) != 0)
      fprintf(out,
              ",\n\"%s\": {\"process_duration_s\": %d, \"process_cpu_s\": 120, \"process_energy_kwh\": 0.1, "
              "\"process_energy_low_kwh\": 0.05, \"process_energy_high_kwh\": 0.2, \"duration_s\": 50, "
              "\"epochs\": %d, \"trials\": %s, "
              "\"rmse_validation\": 0.41, \"rmse_test\": 0.42, \"machine_busy\": %s}",
              rows[i], 60 * (i + 1),
              strncmp(rows[i], "tune", 4) == 0 ? FIXTURE_SEARCH_EPOCHS : FIXTURE_EPOCHS, trials,
              strcmp(rows[i], "tune") == 0 ? "true" : "false");
  fputs("}}\n", out);
  fclose(out);
}

/* The same file with best_rows: the CNN in 45 s, without the search where `incomplete`. */
static void add_best_rows(const report_fixture *f, bool incomplete) {
  char path[128];
  gm_error err;
  struct json_object *root = NULL, *rows = NULL, *best = NULL, *row = NULL;
  snprintf(path, sizeof path, "%s/peers/stacks.json", f->results);
  assert_int_equal(gm_json_read(path, &root, &err), GM_OK);
  assert_true(json_object_object_get_ex(root, "rows", &rows));
  assert_int_equal(json_object_deep_copy(rows, &best, NULL), 0);
  assert_true(json_object_object_get_ex(best, "cnn", &row));
  json_object_object_add(row, "process_duration_s", json_object_new_double(45));
  if (incomplete) json_object_object_del(best, "tune");
  json_object_object_add(root, "best_rows", best);
  json_object_object_add(root, "best",
                         json_tokener_parse("{\"what\": \"fused optimisers\", \"threads\": 1}"));
  assert_int_equal(json_object_to_file(path, root), 0);
  json_object_put(root);
}

/* Replaces `member` of row `row` ("": none) in `side` by the JSON text `value`. */
static void edit(const report_fixture *f, const char *side, const char *row, const char *member,
                 const char *value) {
  char path[128], pointer[64];
  gm_error err;
  struct json_object *root = NULL, *object = NULL;
  snprintf(path, sizeof path, "%s/peers/stacks.json", f->results);
  snprintf(pointer, sizeof pointer, "/%s%s%s", side, row[0] != '\0' ? "/" : "", row);
  assert_int_equal(gm_json_read(path, &root, &err), GM_OK);
  assert_int_equal(json_pointer_get(root, pointer, &object), 0);
  json_object_object_add(object, member, json_tokener_parse(value));
  assert_int_equal(json_object_to_file(path, root), 0);
  json_object_put(root);
}

static double number(const made *m, size_t row, const char *key) {
  const gm_report_cell *cell = gm_report_table_cell(&m->report.tables[GM_TABLE_STACKS], row, key);
  assert_non_null(cell);
  return cell->number;
}

/* Ours: 30 s, 40 s of CPU and 0.016 kWh [half, double] for the CNN; 500 [400, 600] g/kWh. */
static void both_stacks_stand_side_by_side(void **state) {
  (void)state;
  enum { CNN_OURS = 2, CNN_PYTHON, TUNE_OURS = 8, TUNE_PYTHON, TOTAL_OURS = 12, TOTAL_PYTHON, ROWS };
  gm_error err = {0};
  made m = {.files = fixture_study(2, "full")};
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  const gm_report_table *table = &m.report.tables[GM_TABLE_STACKS];
  assert_int_equal(table->n_rows, ROWS);
  assert_string_equal(gm_report_table_cell(table, CNN_PYTHON, "model")->text, "CNN");
  assert_string_equal(gm_report_table_cell(table, CNN_PYTHON, "stack")->text, "Python");
  assert_true(isnan(number(&m, CNN_OURS, "ratio_duration")));
  assert_near(number(&m, CNN_OURS, "process_duration_s"), 30, rounding);
  assert_near(number(&m, CNN_PYTHON, "process_duration_s"), 120, rounding);
  assert_near(number(&m, CNN_PYTHON, "ratio_duration"), 4, rounding);
  assert_near(number(&m, CNN_PYTHON, "ratio_cpu"), 3, rounding);
  assert_near(number(&m, CNN_OURS, "process_energy_kwh"), 0.016, rounding); /* of seed 0 */
  assert_near(number(&m, CNN_OURS, "process_energy_low_kwh"), 0.008, rounding);
  /* energy × 2, intensity × 0.6/0.5: in quadrature in the logarithm */
  assert_near(number(&m, CNN_OURS, "process_emissions_high_kg"), 0.008 * exp(hypot(log(2), log(1.2))), 1e-9);
  assert_near(number(&m, CNN_PYTHON, "process_emissions_kg"), 0.05, rounding);
  assert_near(number(&m, CNN_PYTHON, "process_emissions_low_kg"), 0.05 * exp(-hypot(log(2), log(1.25))),
              1e-9);
  assert_near(number(&m, CNN_PYTHON, "ratio_energy"), 0.1 / 0.016, 1e-9);
  assert_near(number(&m, CNN_OURS, "rmse_validation"), 0.4, 0);
  assert_near(number(&m, CNN_PYTHON, "rmse_test"), 0.42, 0);
  assert_near(number(&m, TOTAL_OURS, "process_duration_s"), 6 * 30, rounding);
  assert_near(number(&m, TOTAL_PYTHON, "process_duration_s"), 60 * (1 + 2 + 3 + 4 + 5 + 6), rounding);
  assert_near(number(&m, TOTAL_OURS, "process_energy_kwh"), 2 * (1e-6 + 0.008 + 0.008 + 0.002 + 0.08 + 0.02),
              rounding);
  assert_true(isnan(number(&m, TOTAL_PYTHON, "rmse_validation")));
  assert_non_null(strstr(table->notes, "modelled"));
  assert_non_null(strstr(table->notes, "torch 2.1.0"));
  assert_non_null(strstr(table->notes, "2026-01-02"));
  assert_null(strstr(table->notes, "codecarbon")); /* was not installed */
  assert_null(strstr(table->notes, "CodeCarbon"));
  for (size_t i = 0; i < 3; i++) {
    const char *key = (const char *const[]){"process_duration_s", "process_energy_kwh", "ratio_cpu"}[i];
    assert_true(gm_report_table_cell(table, TUNE_PYTHON, key)->marked);
    assert_true(gm_report_table_cell(table, TOTAL_PYTHON, key)->marked);
    assert_false(gm_report_table_cell(table, TUNE_OURS, key)->marked);
    assert_false(gm_report_table_cell(table, CNN_PYTHON, key)->marked);
  }
  assert_non_null(strstr(table->notes, "The machine was busy"));
  unmake(&m);
}

static void the_fastest_python_is_a_third_row(void **state) {
  (void)state;
  enum { CNN_OURS = 3, CNN_PYTHON, CNN_FASTEST, TOTAL_FASTEST = 20, ROWS };
  gm_error err = {0};
  made m = {.files = fixture_study(2, "full")};
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  add_best_rows(&m.files, false);
  assert_int_equal(make(&m, &err), GM_OK);
  const gm_report_table *table = &m.report.tables[GM_TABLE_STACKS];
  assert_int_equal(table->n_rows, ROWS);
  assert_string_equal(gm_report_table_cell(table, CNN_FASTEST, "stack")->text, "Python, fastest");
  assert_near(number(&m, CNN_PYTHON, "ratio_duration"), 120.0 / 30, rounding);
  assert_near(number(&m, CNN_FASTEST, "ratio_duration"), 45.0 / 30, rounding);
  assert_near(number(&m, CNN_FASTEST, "ratio_cpu"), 3, rounding);
  assert_near(number(&m, TOTAL_FASTEST, "process_duration_s"), 60 * (1 + 3 + 4 + 5 + 6) + 45, rounding);
  assert_non_null(strstr(table->notes, "on 1 thread with fused optimisers,"));
  unmake(&m);
  m = (made){.files = fixture_study(2, "full")};
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  add_best_rows(&m.files, true);
  assert_int_equal(make(&m, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "expected \"best_rows.tune\""));
  unmake(&m);
}

static void one_modelled_side_is_not_called_measured(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")}; /* modelled */
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, true);
  assert_int_equal(make(&m, &err), GM_OK);
  assert_non_null(strstr(m.report.tables[GM_TABLE_STACKS].notes, "modelled, not measured"));
  unmake(&m);
}

static void without_the_file_there_is_no_table(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  assert_int_equal(make(&m, &err), GM_OK);
  assert_int_equal(m.report.tables[GM_TABLE_STACKS].n_rows, 0);
  assert_null(m.report.tables[GM_TABLE_STACKS].notes);
  unmake(&m);
}

static void another_protocol_is_not_compared_and_the_page_says_so(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-3", "quick", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  assert_int_equal(m.report.tables[GM_TABLE_STACKS].n_rows, 0);
  assert_non_null(strstr(m.report.tables[GM_TABLE_STACKS].notes, "another protocol"));
  unmake(&m);
}

static void other_data_are_not_compared_either(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_map_study(1, "full", 2, 0)}; /* lead 2 */
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  assert_int_equal(m.report.tables[GM_TABLE_STACKS].n_rows, 0);
  assert_non_null(strstr(m.report.tables[GM_TABLE_STACKS].notes, "other data"));
  unmake(&m);
}

/* Made, refused softly, with `words` as the reason. */
static void assert_not_compared(made *m, const char *words) {
  gm_error err = {0};
  assert_int_equal(make(m, &err), GM_OK);
  const gm_report_table *table = &m->report.tables[GM_TABLE_STACKS];
  assert_int_equal(table->n_rows, 0);
  assert_non_null(strstr(table->notes, "so they are not compared"));
  assert_non_null(strstr(table->notes, words));
  unmake(m);
}

static void what_was_tried_is_said(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  const char *notes = m.report.tables[GM_TABLE_STACKS].notes;
  assert_non_null(
      strstr(notes, "(2 with Adam and 3 with SGD without pruner, 2 with Adam and 3 with SGD with it)"));
  assert_non_null(strstr(notes, "In every row all sides trained as many epochs."));
  assert_null(strstr(notes, "equal work"));
  unmake(&m);
}

static void a_tracker_in_the_times_is_said(void **state) {
  (void)state;
  gm_error err = {0};
  for (int best = 0; best <= 1; best++) {
    made m = {.files = fixture_study(1, "full")};
    write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
    if (best) add_best_rows(&m.files, false);
    edit(&m.files, "versions", "", "codecarbon", "\"3.3.2\"");
    assert_int_equal(make(&m, &err), GM_OK);
    const char *notes = m.report.tables[GM_TABLE_STACKS].notes;
    assert_non_null(strstr(notes, "The rows \"Python\" have CodeCarbon's tracker in them"));
    assert_int_equal(strstr(notes, "; the rows \"fastest\" do not. ") != NULL, best);
    unmake(&m);
  }
}

static void unequal_work_is_said_in_numbers(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  add_best_rows(&m.files, false);
  edit(&m.files, "rows", "cnn_early_stopping", "epochs", "6");
  edit(&m.files, "best_rows", "tune_pruned", "epochs", "1234");
  assert_int_equal(make(&m, &err), GM_OK);
  const char *notes = m.report.tables[GM_TABLE_STACKS].notes;
  assert_non_null(strstr(notes, "Not every row is of equal work"));
  assert_non_null(strstr(notes, ": CNN + Early Stopping: greenmile 2, Python 6, fastest 2; "
                                "CNN + Hyperparameter Pruning: greenmile 8, Python 8, fastest 1,234. "));
  assert_null(strstr(notes, "all sides trained as many"));
  unmake(&m);
}

/* Another learning rate in the last digit, one trial less, none at all, the order changed: in either search,
 * on either side of Python. */
static void other_trials_are_not_compared(void **state) {
  (void)state;
  static const char *const others[] = {
      "[]",
      "[{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"}, 3, null, \"x\", []]",
      "[{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"},"
      "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"},"
      "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"sgd\"},"
      "{\"num_input_time_steps\": 2, \"learning_rate\": 0.010000000000000002, \"optimizer\": \"sgd\"},"
      "{\"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": \"sgd\"}]",
      "[{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"sgd\"},"
      "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"},"
      "{\"num_input_time_steps\": 1, \"learning_rate\": 0.1, \"optimizer\": \"adam\"},"
      "{\"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": \"sgd\"},"
      "{\"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": \"sgd\"}]"};
  static const char *const sides[] = {"rows", "best_rows"}, *const rows[] = {"tune", "tune_pruned"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    made m = {.files = fixture_study(1, "full")};
    write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
    add_best_rows(&m.files, false);
    edit(&m.files, sides[i % 2], rows[i / 2], "trials", others[i]);
    assert_not_compared(&m, "tried other trials than those of this study");
  }
}

static void a_file_of_an_earlier_version_is_not_compared(void **state) {
  (void)state;
  static const char *const schemas[] = {"greenmile-stacks-1", "greenmile-stacks-2"};
  for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
    made m = {.files = fixture_study(1, "full")};
    write_stacks(&m.files, schemas[i], "full", NULL, false);
    assert_not_compared(&m, "earlier version");
  }
}

/* What was compared before is not left to be read as if it held. */
static void files_of_a_table_that_is_no_more_are_removed(void **state) {
  (void)state;
  static const char *const endings[] = {"csv", "md", "tex"};
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  for (int compared = 1; compared >= 0; compared--) {
    write_stacks(&m.files, compared ? "greenmile-stacks-3" : "greenmile-stacks-2", "full", NULL, false);
    assert_int_equal(make(&m, &err), GM_OK);
    assert_int_equal(gm_report_write_tables(&m.report, m.files.results, &err), GM_OK);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
      char path[128];
      snprintf(path, sizeof path, "%s/stacks.%s", m.files.results, endings[i]);
      assert_int_equal(access(path, F_OK) == 0, compared);
      snprintf(path, sizeof path, "%s/table3.%s", m.files.results, endings[i]);
      assert_int_equal(access(path, F_OK), 0);
    }
    gm_report_free(&m.report);
    if (compared) gm_report_runs_free(&m.study);
  }
  unmake(&m);
}

static void make_shorter(const report_fixture *f, const char *run) {
  char path[128];
  gm_error err;
  struct json_object *root = NULL;
  snprintf(path, sizeof path, "%s/runs/%s/run.json", f->results, run);
  assert_int_equal(gm_json_read(path, &root, &err), GM_OK);
  json_object_object_add(root, "process_duration_s", json_object_new_double(4));
  assert_int_equal(json_object_to_file(path, root), 0);
  json_object_put(root);
}

static void runs_of_several_processes_are_not_compared(void **state) {
  (void)state;
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  fixture_run(&m.files, "tune_pruned", 0.02, 0.5,
              "\"study_processes\": 2, \"best\": {\"trial\": 3, \"num_input_time_steps\": 2, "
              "\"learning_rate\": 0.01, \"optimizer\": \"sgd\", \"value\": 0.5}, \"trials_complete\": 3, "
              "\"trials_pruned\": 1, \"trials_failed\": 1, ");
  assert_not_compared(&m, "several processes");
  m = (made){.files = fixture_study(1, "full")}; /* trained for 10 s, of which its last process saw 4 */
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  make_shorter(&m.files, "cnn_pruned-seed0");
  assert_not_compared(&m, "several processes");
}

static void a_foreign_or_incomplete_file_is_refused_by_name(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "something-else", "full", NULL, false);
  assert_int_equal(make(&m, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "peers/stacks.json: expected \"schema\""));
  gm_report_runs_free(&m.study);
  write_stacks(&m.files, "greenmile-stacks-3", "full", "tune", false);
  assert_int_equal(make(&m, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "peers/stacks.json: expected \"rows.tune\""));
  gm_report_runs_free(&m.study);
  write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
  edit(&m.files, "rows", "tune_pruned", "trials", "{}");
  assert_int_equal(make(&m, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "expected \"rows.tune_pruned\" with \"trials\""));
  unmake(&m);
}

static void page_has_the_section_only_with_the_file(void **state) {
  (void)state;
  gm_error err = {0};
  for (int there = 0; there <= 1; there++) {
    made m = {.files = fixture_study(1, "full")};
    fixture_draw_all(&m.files, "<svg></svg>\n", NULL);
    if (there) write_stacks(&m.files, "greenmile-stacks-3", "full", NULL, false);
    assert_int_equal(make(&m, &err), GM_OK);
    assert_int_equal(gm_report_write_page(&m.report, m.files.results, &err), GM_OK);
    char *text = fixture_text(&m.files, "report.html");
    assert_int_equal(strstr(text, "<h2 id=\"two-stacks\">") != NULL, there);
    assert_int_equal(strstr(text, "<table id=\"stacks\">") != NULL, there);
    free(text);
    unmake(&m);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_stacks_stand_side_by_side),
      cmocka_unit_test(the_fastest_python_is_a_third_row),
      cmocka_unit_test(what_was_tried_is_said),
      cmocka_unit_test(a_tracker_in_the_times_is_said),
      cmocka_unit_test(unequal_work_is_said_in_numbers),
      cmocka_unit_test(other_trials_are_not_compared),
      cmocka_unit_test(a_file_of_an_earlier_version_is_not_compared),
      cmocka_unit_test(files_of_a_table_that_is_no_more_are_removed),
      cmocka_unit_test(runs_of_several_processes_are_not_compared),
      cmocka_unit_test(one_modelled_side_is_not_called_measured),
      cmocka_unit_test(without_the_file_there_is_no_table),
      cmocka_unit_test(another_protocol_is_not_compared_and_the_page_says_so),
      cmocka_unit_test(other_data_are_not_compared_either),
      cmocka_unit_test(a_foreign_or_incomplete_file_is_refused_by_name),
      cmocka_unit_test(page_has_the_section_only_with_the_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
