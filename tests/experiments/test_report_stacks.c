/* SPDX-License-Identifier: MIT
 * Two stacks: the table from a study and a stacks.json, against hand computation; what becomes of a file that
 * is missing, of another protocol, of other trials, runs, machine or build, or not what it should be; that
 * unequal work is said, and how far our runs between Python's are apart.
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

/* Row i of 0 … 5 of `side` took 60 · (i + 1) s (the fastest CNN 45 s), 120 s of CPU and 0.1 kWh [0.05, 0.2];
 * the search beside other programs. Our run before it has the errors of fixture_study and took 20 s, 30 s of
 * CPU and 0.01 kWh [0.005, 0.04]; before the fastest 30 s (the search 40 s), 42 s and 0.03 kWh [0.01, 0.05].
 */
static void write_side(FILE *out, const char *side, bool fastest, const char *left_out) {
  static const struct {
    const char *name;
    double rmse;
  } rows[] = {{"linear_regression", 0.45}, {"cnn", 0.4},  {"cnn_pruned", 0.4},
              {"cnn_early_stopping", 0.3}, {"tune", 0.5}, {"tune_pruned", 0.5}};
  fprintf(out, ", \"%s\": {\"other\": {}", side);
  for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
    const char *name = rows[i].name;
    const bool search = strcmp(name, "tune") == 0;
    const int epochs = strncmp(name, "tune", 4) == 0 ? FIXTURE_SEARCH_EPOCHS : FIXTURE_EPOCHS;
    if (left_out != NULL && strcmp(name, left_out) == 0) continue;
    fprintf(out,
            ",\n\"%s\": {\"process_duration_s\": %d, \"process_cpu_s\": 120, \"process_energy_kwh\": 0.1, "
            "\"process_energy_low_kwh\": 0.05, \"process_energy_high_kwh\": 0.2, \"duration_s\": 50, "
            "\"epochs\": %d, \"trials\": %s, "
            "\"rmse_validation\": 0.41, \"rmse_test\": 0.42, \"machine_busy\": %s,\n",
            name, fastest && strcmp(name, "cnn") == 0 ? 45 : 60 * (i + 1), epochs, trials,
            search ? "true" : "false");
    fprintf(
        out,
        "\"greenmile\": {\"process_duration_s\": %d, \"process_cpu_s\": %d, \"process_energy_kwh\": %s, "
        "\"process_energy_low_kwh\": %s, \"process_energy_high_kwh\": %s, \"duration_s\": %d, "
        "\"epochs\": %d, \"rmse_validation\": %.17g, \"rmse_test\": %.17g, \"machine_busy\": false, "
        "\"version\": \"1_0\", \"git_commit\": \"abc\", \"cpu_model\": \"R&D 50%% <CPU>\", \"threads\": 2, "
        "\"isa\": null, \"pue\": 1}}",
        !fastest ? 20
        : search ? 40
                 : 30,
        fastest ? 42 : 30, fastest ? "0.03" : "0.01", fastest ? "0.01" : "0.005", fastest ? "0.05" : "0.04",
        fastest ? 16 : 14, epochs, rows[i].rmse, rows[i].rmse + 0.1);
  }
  fputs("}", out);
}

static void write_stacks(const report_fixture *f, const char *schema, const char *protocol,
                         const char *left_out, bool measured) {
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
      "\"best\": {\"what\": \"fused optimisers\", \"threads\": 1}, \"energy_measured\": %s",
      schema, protocol, measured ? "true" : "false");
  write_side(out, "rows", false, left_out);
  write_side(out, "best_rows", true, left_out);
  fputs("}\n", out);
  fclose(out);
}

/* Replaces `member` of row `row` ("": none; "cnn/greenmile": our run before it) in `side` by the JSON text
 * `value`. */
static void edit(const report_fixture *f, const char *side, const char *row, const char *member,
                 const char *value) {
  char path[128], pointer[64];
  gm_error err;
  struct json_object *root = NULL, *object = NULL;
  snprintf(path, sizeof path, "%s/peers/stacks.json", f->results);
  snprintf(pointer, sizeof pointer, "%s%s%s%s", side[0] != '\0' ? "/" : "", side, row[0] != '\0' ? "/" : "",
           row);
  assert_int_equal(gm_json_read(path, &root, &err), GM_OK);
  assert_int_equal(json_pointer_get(root, pointer, &object), 0);
  json_object_object_add(object, member, json_tokener_parse(value));
  assert_int_equal(json_object_to_file(path, root), 0);
  json_object_put(root);
}

static void leave_out(const report_fixture *f, const char *pointer, const char *member) {
  char path[128];
  gm_error err;
  struct json_object *root = NULL, *object = NULL;
  snprintf(path, sizeof path, "%s/peers/stacks.json", f->results);
  assert_int_equal(gm_json_read(path, &root, &err), GM_OK);
  assert_int_equal(json_pointer_get(root, pointer, &object), 0);
  json_object_object_del(object, member);
  assert_int_equal(json_object_to_file(path, root), 0);
  json_object_put(root);
}

static double number(const made *m, size_t row, const char *key) {
  const gm_report_cell *cell = gm_report_table_cell(&m->report.tables[GM_TABLE_STACKS], row, key);
  assert_non_null(cell);
  return cell->number;
}

/* Three rows a model; ours is the mean of both turns: 25 s, 36 s of CPU, 0.02 kWh [0.0075, 0.045]; 500 [400,
 * 600] g/kWh. The study's own runs took 30 s, 40 s and 0.016 kWh. */
enum {
  CNN_OURS = 3,
  CNN_PYTHON,
  CNN_FASTEST,
  TUNE_OURS = 12,
  TUNE_PYTHON,
  TOTAL_OURS = 18,
  TOTAL_PYTHON,
  TOTAL_FASTEST,
  ROWS
};

static void both_stacks_stand_side_by_side(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(2, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  const gm_report_table *table = &m.report.tables[GM_TABLE_STACKS];
  assert_int_equal(table->n_rows, ROWS);
  assert_string_equal(gm_report_table_cell(table, CNN_PYTHON, "model")->text, "CNN");
  assert_string_equal(gm_report_table_cell(table, CNN_OURS, "stack")->text, "greenmile");
  assert_string_equal(gm_report_table_cell(table, CNN_PYTHON, "stack")->text, "Python");
  assert_true(isnan(number(&m, CNN_OURS, "ratio_duration")));
  assert_near(number(&m, CNN_OURS, "process_duration_s"), 25, rounding);
  assert_near(number(&m, CNN_OURS, "process_cpu_s"), 36, rounding);
  assert_near(number(&m, CNN_OURS, "duration_s"), 15, rounding);
  assert_near(number(&m, CNN_OURS, "epochs"), FIXTURE_EPOCHS, 0);
  assert_near(number(&m, CNN_PYTHON, "process_duration_s"), 120, rounding);
  assert_near(number(&m, CNN_PYTHON, "ratio_duration"), 4.8, rounding);
  assert_near(number(&m, CNN_PYTHON, "ratio_cpu"), 120.0 / 36, rounding);
  assert_near(number(&m, CNN_OURS, "process_energy_kwh"), 0.02, rounding);
  assert_near(number(&m, CNN_OURS, "process_energy_low_kwh"), 0.0075, rounding);
  assert_near(number(&m, CNN_OURS, "process_energy_high_kwh"), 0.045, rounding);
  /* energy × 2.25, intensity × 0.6/0.5: in quadrature in the logarithm */
  assert_near(number(&m, CNN_OURS, "process_emissions_kg"), 0.01, rounding);
  assert_near(number(&m, CNN_OURS, "process_emissions_high_kg"), 0.01 * exp(hypot(log(2.25), log(1.2))),
              1e-9);
  assert_near(number(&m, CNN_PYTHON, "process_emissions_kg"), 0.05, rounding);
  assert_near(number(&m, CNN_PYTHON, "process_emissions_low_kg"), 0.05 * exp(-hypot(log(2), log(1.25))),
              1e-9);
  assert_near(number(&m, CNN_PYTHON, "ratio_energy"), 5, 1e-9);
  assert_near(number(&m, CNN_OURS, "rmse_validation"), 0.4, 0);
  assert_near(number(&m, CNN_PYTHON, "rmse_test"), 0.42, 0);
  assert_near(number(&m, TUNE_OURS, "process_duration_s"), 30, rounding);
  assert_near(number(&m, TOTAL_OURS, "process_duration_s"), 5 * 25 + 30, rounding);
  assert_near(number(&m, TOTAL_PYTHON, "process_duration_s"), 60 * (1 + 2 + 3 + 4 + 5 + 6), rounding);
  assert_near(number(&m, TOTAL_PYTHON, "ratio_duration"), 1260.0 / 155, rounding);
  assert_near(number(&m, TOTAL_OURS, "process_energy_kwh"), 6 * 0.02, rounding);
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
  gm_error err = {0};
  made m = {.files = fixture_study(2, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  const gm_report_table *table = &m.report.tables[GM_TABLE_STACKS];
  assert_string_equal(gm_report_table_cell(table, CNN_FASTEST, "stack")->text, "Python, fastest");
  assert_near(number(&m, CNN_FASTEST, "ratio_duration"), 45.0 / 25, rounding);
  assert_near(number(&m, CNN_FASTEST, "ratio_cpu"), 120.0 / 36, rounding);
  assert_near(number(&m, TOTAL_FASTEST, "process_duration_s"), 60 * (1 + 3 + 4 + 5 + 6) + 45, rounding);
  assert_non_null(strstr(table->notes, "on 1 thread with fused optimisers,"));
  unmake(&m);
}

/* The search 20 and 40 s, the other five 20 and 30 s: 20/30, and 70/155 of the sums of 120 and 190 s. */
static void how_far_the_turns_are_apart_is_said(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  assert_non_null(
      strstr(m.report.tables[GM_TABLE_STACKS].notes,
             "differ by 45 % of their mean over all rows, and by at most 67 % (CNN + Hyperparameter Tuning): "
             "that is how far this machine drifted."));
  unmake(&m);
  m = (made){.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  edit(&m.files, "rows", "cnn/greenmile", "process_duration_s",
       "90"); /* the first of the two is the longer */
  assert_int_equal(make(&m, &err), GM_OK);
  assert_non_null(strstr(m.report.tables[GM_TABLE_STACKS].notes, "by at most 100 % (CNN)"));
  unmake(&m);
}

/* Ours and both ratios to it, whichever of its two runs it was; Python's own numbers are not. */
static void one_busy_turn_marks_our_row_and_its_ratios(void **state) {
  (void)state;
  static const char *const sides[] = {"rows", "best_rows"};
  for (size_t i = 0; i < 2; i++) {
    gm_error err = {0};
    made m = {.files = fixture_study(1, "full")};
    write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
    edit(&m.files, sides[i], "cnn/greenmile", "machine_busy", "true");
    assert_int_equal(make(&m, &err), GM_OK);
    const gm_report_table *table = &m.report.tables[GM_TABLE_STACKS];
    assert_true(gm_report_table_cell(table, CNN_OURS, "process_duration_s")->marked);
    assert_true(gm_report_table_cell(table, CNN_PYTHON, "ratio_duration")->marked);
    assert_true(gm_report_table_cell(table, CNN_FASTEST, "ratio_duration")->marked);
    assert_false(gm_report_table_cell(table, CNN_PYTHON, "process_duration_s")->marked);
    assert_true(gm_report_table_cell(table, TOTAL_OURS, "process_energy_kwh")->marked);
    unmake(&m);
  }
}

/* The study's own runs do not count: they are not in the table. */
static void what_the_turns_measured_is_called_measured(void **state) {
  (void)state;
  gm_error err = {0};
  for (int measured = 0; measured <= 1; measured++) {
    made m = {.files = fixture_study(1, "full")};
    write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, measured);
    assert_int_equal(make(&m, &err), GM_OK);
    const char *notes = m.report.tables[GM_TABLE_STACKS].notes;
    assert_int_equal(strstr(notes, "modelled, not measured") != NULL, !measured);
    assert_int_equal(strstr(notes, "Energy is measured by counters on both sides") != NULL, measured);
    unmake(&m);
  }
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
  write_stacks(&m.files, "greenmile-stacks-5", "quick", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  assert_int_equal(m.report.tables[GM_TABLE_STACKS].n_rows, 0);
  assert_non_null(strstr(m.report.tables[GM_TABLE_STACKS].notes, "another protocol"));
  unmake(&m);
}

static void other_data_are_not_compared_either(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_map_study(1, "full", 2, 0)}; /* lead 2 */
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
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
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
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
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  edit(&m.files, "versions", "", "codecarbon", "\"3.3.2\"");
  assert_int_equal(make(&m, &err), GM_OK);
  const char *notes = m.report.tables[GM_TABLE_STACKS].notes;
  assert_non_null(strstr(notes, "The rows \"Python\" have CodeCarbon's tracker in them"));
  assert_non_null(strstr(notes, "; the rows \"fastest\" do not. "));
  unmake(&m);
}

static void unequal_work_is_said_in_numbers(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
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
    write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
    edit(&m.files, sides[i % 2], rows[i / 2], "trials", others[i]);
    assert_not_compared(&m, "tried other trials than those of this study");
  }
}

/* Our runs between Python's with another error in the last digit, other epochs, or none: on either side. Of
 * another machine, build, number of threads or PUE than the study's run of that row. */
static void turns_of_other_runs_are_not_compared(void **state) {
  (void)state;
  static const struct {
    const char *side, *row, *member, *value;
  } others[] = {{"rows", "cnn/greenmile", "rmse_validation", "0.40000000000000008"},
                {"best_rows", "tune_pruned/greenmile", "rmse_test", "0.61"},
                {"best_rows", "cnn_early_stopping/greenmile", "epochs", "3"},
                {"rows", "linear_regression/greenmile", "rmse_test", "null"},
                {"rows", "cnn/greenmile", "threads", "3"},
                {"best_rows", "tune/greenmile", "threads", "null"},
                {"rows", "cnn_pruned/greenmile", "pue", "1.4"},
                {"best_rows", "linear_regression/greenmile", "pue", "null"},
                {"best_rows", "cnn/greenmile", "cpu_model", "\"another\""},
                {"rows", "tune_pruned/greenmile", "cpu_model", "null"},
                {"rows", "cnn/greenmile", "version", "\"1_1\""},
                {"best_rows", "cnn_early_stopping/greenmile", "git_commit", "\"abd\""},
                {"rows", "tune/greenmile", "isa", "\"avx2\""},
                {"rows", "cnn/greenmile", "blas", "\"another\""}};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    made m = {.files = fixture_study(1, "full")};
    write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
    edit(&m.files, others[i].side, others[i].row, others[i].member, others[i].value);
    assert_not_compared(&m, "other epochs or errors than those of this study, or are of another build");
  }
}

/* make reproduce DATA_OPTIONS="--threads 3" after make two-stacks, and the same of one row; the same of the
 * PUE and the machine. What stood there is of the study before. */
static void a_study_that_was_made_anew_is_not_compared(void **state) {
  (void)state;
  static const struct {
    const char *from, *to;
  } edits[] = {{"\"threads\": 2", "\"threads\": 3"},
               {"\"pue\": 1", "\"pue\": 1.4"},
               {"\"git_commit\": \"abc\"", "\"git_commit\": \"abd\""},
               {"\"threads\": 2", "\"isa\": \"avx2\", \"threads\": 2"}};
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    made m = {.files = fixture_study(1, "full")};
    write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
    fixture_edit_all(&m.files, edits[i].from, edits[i].to);
    assert_not_compared(&m, "another build, machine, number of threads or PUE");
  }
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  fixture_edit(&m.files, "tune_pruned", "\"threads\": 2", "\"threads\": 1");
  assert_not_compared(&m, "another build, machine, number of threads or PUE");
}

static void a_pue_is_said_below_the_table(void **state) {
  (void)state;
  static const char *const sides[] = {"rows", "best_rows"};
  static const char *const rows[] = {"linear_regression",  "cnn",  "cnn_pruned",
                                     "cnn_early_stopping", "tune", "tune_pruned"};
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  assert_int_equal(make(&m, &err), GM_OK);
  assert_null(strstr(m.report.tables[GM_TABLE_STACKS].notes, "PUE"));
  unmake(&m);
  m = (made){.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  fixture_edit_all(&m.files, "\"pue\": 1", "\"pue\": 1.4");
  for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
      char turn[64];
      snprintf(turn, sizeof turn, "%s/greenmile", rows[r]);
      edit(&m.files, sides[i], turn, "pue", "1.4");
    }
  assert_int_equal(make(&m, &err), GM_OK);
  assert_int_equal(m.report.tables[GM_TABLE_STACKS].n_rows, ROWS);
  assert_non_null(
      strstr(m.report.tables[GM_TABLE_STACKS].notes, " A PUE of 1.4 is in every energy, on both sides. "));
  unmake(&m);
}

static void a_file_of_an_earlier_version_is_not_compared(void **state) {
  (void)state;
  static const char *const schemas[] = {"greenmile-stacks-1", "greenmile-stacks-2", "greenmile-stacks-3",
                                        "greenmile-stacks-4"};
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
    write_stacks(&m.files, compared ? "greenmile-stacks-5" : "greenmile-stacks-4", "full", NULL, false);
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
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  fixture_run(&m.files, "tune_pruned", 0.02, 0.5,
              "\"study_processes\": 2, \"best\": {\"trial\": 3, \"num_input_time_steps\": 2, "
              "\"learning_rate\": 0.01, \"optimizer\": \"sgd\", \"value\": 0.5}, \"trials_complete\": 3, "
              "\"trials_pruned\": 1, \"trials_failed\": 1, ");
  assert_not_compared(&m, "several processes");
  m = (made){.files = fixture_study(1, "full")}; /* trained for 10 s, of which its last process saw 4 */
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
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
  write_stacks(&m.files, "greenmile-stacks-5", "full", "tune", false);
  assert_int_equal(make(&m, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "peers/stacks.json: expected \"rows.tune\""));
  gm_report_runs_free(&m.study);
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  edit(&m.files, "rows", "tune_pruned", "trials", "{}");
  assert_int_equal(make(&m, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "expected \"rows.tune_pruned\" with \"trials\""));
  gm_report_runs_free(&m.study);
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  edit(&m.files, "", "", "best_rows", "{}");
  assert_int_equal(make(&m, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "expected \"best_rows.linear_regression\""));
  static const char *const turns[] = {"null", "3", "[3]"};
  for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
    gm_report_runs_free(&m.study);
    write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
    edit(&m.files, "best_rows", "cnn", "greenmile", turns[i]);
    assert_int_equal(make(&m, &err), GM_BAD_INPUT);
    assert_non_null(
        strstr(err.message, "stacks.json: expected \"best_rows.cnn\" as an object, with \"greenmile\""));
  }
  unmake(&m);
}

/* What no program can have taken: of Python's row and of our run before it, by file and member. */
static void a_number_that_cannot_be_is_refused_by_name(void **state) {
  (void)state;
  static const char *const rows[] = {"cnn", "tune/greenmile"}, *const names[] = {"cnn.", "tune.greenmile."};
  static const struct {
    const char *member, *value, *expected;
  } wrong[] = {{"process_duration_s", "0", "is 0; expected a positive number"},
               {"process_cpu_s", "0", "is 0; expected a positive number"},
               {"process_cpu_s", "null", "is null or missing; expected a positive number"},
               {"process_cpu_s", "\"40\"", "is 40; expected a positive number"},
               {"process_energy_kwh", "-0.1", "is -0.1; expected a positive number"},
               {"process_energy_kwh", "Infinity", "; expected a positive number"},
               {"process_energy_low_kwh", "NaN", "is NaN; expected a positive number"},
               {"process_energy_low_kwh", "0", "is 0; expected a positive number"},
               {"process_energy_high_kwh", "true", "is true; expected a positive number"},
               {"machine_busy", "\"false\"", "is false; expected true or false, or null"},
               {"machine_busy", "0", "is 0; expected true or false, or null"},
               {"duration_s", "-1", "is -1; expected a finite number that is not negative"},
               {"rmse_test", "\"good\"", "is good; expected a finite number"},
               {"epochs", "-3", "is -3; expected a finite number"}};
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  for (size_t side = 0; side < 2; side++)
    for (size_t r = 0; r < 2; r++)
      for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        static const char *const sides[] = {"rows", "best_rows"};
        char name[128];
        write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
        edit(&m.files, sides[side], rows[r], wrong[i].member, wrong[i].value);
        assert_int_equal(make(&m, &err), GM_BAD_INPUT);
        snprintf(name, sizeof name, "peers/stacks.json: \"%s.%s%s\" is ", sides[side], names[r],
                 wrong[i].member);
        assert_non_null(strstr(err.message, name));
        assert_non_null(strstr(err.message, wrong[i].expected));
        gm_report_runs_free(&m.study);
      }
  fixture_remove(&m.files);
}

/* 0.1 [0.05, 0.2] of theirs and 0.01 [0.005, 0.04] of ours: a bound on the wrong side, of either. */
static void a_bound_on_the_wrong_side_is_refused_by_name(void **state) {
  (void)state;
  static const struct {
    const char *row, *member, *value, *message;
  } wrong[] = {
      {"cnn", "process_energy_low_kwh", "0.15", "\"rows.cnn.process_energy_kwh\" is 0.1, which is not"},
      {"cnn", "process_energy_high_kwh", "0.09", "between its bounds \"_low\" 0.05 and \"_high\" 0.09"},
      {"cnn/greenmile", "process_energy_low_kwh", "0.011", "\"rows.cnn.greenmile.process_energy_kwh\""},
      {"cnn/greenmile", "process_energy_kwh", "0.05", "\"_low\" 0.005 and \"_high\" 0.04"}};
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
    edit(&m.files, "rows", wrong[i].row, wrong[i].member, wrong[i].value);
    assert_int_equal(make(&m, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, wrong[i].message));
    gm_report_runs_free(&m.study);
  }
  fixture_remove(&m.files);
}

/* A machine whose load is not known is not called busy, as in the study's own runs; where nothing at all is
 * said of it the file is not study.py's. */
static void an_unknown_load_is_said_and_not_left_out(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
  edit(&m.files, "rows", "cnn", "machine_busy", "null");
  edit(&m.files, "rows", "cnn/greenmile", "machine_busy", "null");
  assert_int_equal(make(&m, &err), GM_OK);
  const gm_report_table *table = &m.report.tables[GM_TABLE_STACKS];
  assert_false(gm_report_table_cell(table, CNN_PYTHON, "process_duration_s")->marked);
  gm_report_free(&m.report);
  gm_report_runs_free(&m.study);
  leave_out(&m.files, "/rows/cnn/greenmile", "machine_busy");
  assert_int_equal(make(&m, &err), GM_BAD_INPUT);
  assert_non_null(
      strstr(err.message, "\"rows.cnn.greenmile.machine_busy\" is null or missing; expected true"));
  gm_report_runs_free(&m.study);
  fixture_remove(&m.files);
}

static void what_the_notes_are_made_of_is_checked(void **state) {
  (void)state;
  static const struct {
    const char *object, *member, *value, *message;
  } wrong[] = {
      {"", "threads", "null", "stacks.json: \"threads\" is null or missing; expected a positive number"},
      {"best", "threads", "-1", "stacks.json: \"best.threads\" is -1; expected a positive number"},
      {"", "energy_measured", "\"no\"", "\"energy_measured\" is no; expected true or false"}};
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
    edit(&m.files, wrong[i].object, "", wrong[i].member, wrong[i].value);
    assert_int_equal(make(&m, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, wrong[i].message));
    gm_report_runs_free(&m.study);
  }
  fixture_remove(&m.files);
}

static void page_has_the_section_only_with_the_file(void **state) {
  (void)state;
  gm_error err = {0};
  for (int there = 0; there <= 1; there++) {
    made m = {.files = fixture_study(1, "full")};
    fixture_draw_all(&m.files, "<svg></svg>\n", NULL);
    if (there) write_stacks(&m.files, "greenmile-stacks-5", "full", NULL, false);
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
      cmocka_unit_test(how_far_the_turns_are_apart_is_said),
      cmocka_unit_test(one_busy_turn_marks_our_row_and_its_ratios),
      cmocka_unit_test(turns_of_other_runs_are_not_compared),
      cmocka_unit_test(a_study_that_was_made_anew_is_not_compared),
      cmocka_unit_test(a_pue_is_said_below_the_table),
      cmocka_unit_test(what_was_tried_is_said),
      cmocka_unit_test(a_tracker_in_the_times_is_said),
      cmocka_unit_test(unequal_work_is_said_in_numbers),
      cmocka_unit_test(other_trials_are_not_compared),
      cmocka_unit_test(a_file_of_an_earlier_version_is_not_compared),
      cmocka_unit_test(files_of_a_table_that_is_no_more_are_removed),
      cmocka_unit_test(runs_of_several_processes_are_not_compared),
      cmocka_unit_test(what_the_turns_measured_is_called_measured),
      cmocka_unit_test(without_the_file_there_is_no_table),
      cmocka_unit_test(another_protocol_is_not_compared_and_the_page_says_so),
      cmocka_unit_test(other_data_are_not_compared_either),
      cmocka_unit_test(a_foreign_or_incomplete_file_is_refused_by_name),
      cmocka_unit_test(a_number_that_cannot_be_is_refused_by_name),
      cmocka_unit_test(a_bound_on_the_wrong_side_is_refused_by_name),
      cmocka_unit_test(an_unknown_load_is_said_and_not_left_out),
      cmocka_unit_test(what_the_notes_are_made_of_is_checked),
      cmocka_unit_test(page_has_the_section_only_with_the_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
