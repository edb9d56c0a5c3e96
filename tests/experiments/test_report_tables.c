/* SPDX-License-Identifier: MIT
 * From run directories to tables, ratios and the total, against hand computation. */
#include "common/csv.h"
#include "experiments/report/figures.h"
#include "experiments/report/tables.h"
#include "experiments/report/words.h"
#include "tests/assert_near.h"
#include "tests/report_fixture.h"

#include <dirent.h>

/* Sums and quotients of a few doubles. */
static const double rounding = 1e-12;

typedef struct {
  report_fixture files;
  gm_report_runs study;
  gm_report report;
} made;

static void make(made *m, int n_seeds, const char *protocol) {
  gm_error err = {0};
  m->files = fixture_study(n_seeds, protocol);
  assert_int_equal(gm_report_runs_load(&m->study, m->files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m->report, &m->study, &err), GM_OK);
}

static void unmake(made *m) {
  gm_report_free(&m->report);
  gm_report_runs_free(&m->study);
  fixture_remove(&m->files);
}

static double number(const made *m, gm_report_table_kind table, size_t row, const char *key) {
  const gm_report_cell *cell = gm_report_table_cell(&m->report.tables[table], row, key);
  assert_non_null(cell);
  assert_null(cell->text);
  return cell->number;
}

static const char *text(const made *m, gm_report_table_kind table, size_t row, const char *key) {
  const gm_report_cell *cell = gm_report_table_cell(&m->report.tables[table], row, key);
  assert_non_null(cell);
  return cell->text;
}

/* The header line and the rows that other tools read (interfaces, "Files of the study"). */
static void table3_has_the_promised_columns_and_rows(void **state) {
  (void)state;
  static const char *const columns[] = {"model",
                                        "emissions_kg",
                                        "emissions_low_kg",
                                        "emissions_high_kg",
                                        "energy_kwh",
                                        "rmse_validation",
                                        "rmse_test",
                                        "correlation_validation",
                                        "duration_s",
                                        "epochs",
                                        "emissions_ratio_to_cnn",
                                        "poster_emissions_kg",
                                        "poster_rmse",
                                        "rmse_validation_sd",
                                        "rmse_test_sd",
                                        "emissions_kg_sd",
                                        "rmse_difference_low",
                                        "rmse_difference_high",
                                        "protocol"};
  static const char *const rows[] = {"Persistence",
                                     "Linear Regression",
                                     "CNN",
                                     "Pruned CNN",
                                     "Pruned CNN (structured)",
                                     "CNN + Early Stopping",
                                     "CNN + Hyperparameter Tuning",
                                     "CNN + Hyperparameter Pruning"};
  made m;
  make(&m, 1, "full");
  const gm_report_table *table = &m.report.tables[GM_TABLE_3];
  size_t found = 0; /* in this order; further ones may stand between them */
  for (size_t c = 0; c < table->n_columns && found < sizeof columns / sizeof *columns; c++)
    found += strcmp(table->columns[c].key, columns[found]) == 0;
  assert_int_equal(found, sizeof columns / sizeof *columns);
  assert_int_equal(table->n_rows, sizeof rows / sizeof *rows);
  for (size_t r = 0; r < table->n_rows; r++) assert_string_equal(text(&m, GM_TABLE_3, r, "model"), rows[r]);
  unmake(&m);
}

/* A column that no row has a value in has lost its member of run.json: its name is misspelt, or nothing fills
 * it. */
static void every_column_has_a_value_in_some_row(void **state) {
  (void)state;
  made m;
  make(&m, 2, "full");
  for (gm_report_table_kind t = 0; t <= GM_TABLE_RATIOS; t++) {
    const gm_report_table *table = &m.report.tables[t];
    for (size_t c = 0; c < table->n_columns; c++) {
      size_t values = 0;
      for (size_t r = 0; r < table->n_rows; r++) {
        const gm_report_cell *cell = &table->cells[r * table->n_columns + c];
        values += cell->text != NULL || !isnan(cell->number);
      }
      if (values == 0) fail_msg("%s: column %s is empty", table->name, table->columns[c].key);
    }
  }
  unmake(&m);
}

/* LaTeX numbers tables itself, so the number is no part of the caption. */
static void tables_carry_the_posters_numbers_beside_their_captions(void **state) {
  (void)state;
  static const char *const titles[GM_TABLE_RATIOS + 1] = {"Table 1", "Table 2", "Table 3",
                                                          "Table 4", NULL,      NULL};
  made m;
  make(&m, 1, "full");
  for (gm_report_table_kind t = 0; t <= GM_TABLE_RATIOS; t++) {
    const gm_report_table *table = &m.report.tables[t];
    assert_null(strstr(table->caption, "Table"));
    if (titles[t] == NULL)
      assert_null(table->title);
    else
      assert_string_equal(table->title, titles[t]);
  }
  unmake(&m);
}

static void persistence_has_metrics_but_no_energy(void **state) {
  (void)state;
  made m;
  make(&m, 1, "full");
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_PERSISTENCE, "rmse_validation"), 0.6, 0);
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_PERSISTENCE, "rmse_test"), 0.7, 0);
  assert_true(isnan(number(&m, GM_TABLE_3, GM_MODEL_PERSISTENCE, "energy_kwh")));
  assert_true(isnan(number(&m, GM_TABLE_3, GM_MODEL_PERSISTENCE, "emissions_kg")));
  unmake(&m);
}

static void one_seed_has_no_spread_and_no_interval_of_ratios(void **state) {
  (void)state;
  made m;
  make(&m, 1, "full");
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_CNN, "emissions_kg"), 0.004,
              rounding); /* 0.008 kWh · 500 g/kWh */
  assert_true(isnan(number(&m, GM_TABLE_3, GM_MODEL_CNN, "rmse_validation_sd")));
  assert_true(isnan(m.report.ratios[GM_RATIO_EARLY_STOPPING].low));
  assert_true(isnan(m.report.ratios[GM_RATIO_CNN_LR].low)); /* the CNN side was not repeated */
  assert_near(m.report.ratios[GM_RATIO_EARLY_STOPPING].ours, 0.25, rounding);
  unmake(&m);
}

/* Seeds cost 0.008, 0.016 and 0.024 kWh with RMSE 0.40, 0.42 and 0.44. */
static void seeds_give_mean_and_standard_deviation(void **state) {
  (void)state;
  made m;
  make(&m, 3, "full");
  assert_int_equal(m.study.n_seeds, 3);
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_CNN, "energy_kwh"), 0.016, rounding);
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_CNN, "rmse_validation"), 0.42, rounding);
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_CNN, "rmse_validation_sd"), 0.02, rounding);
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_CNN, "emissions_kg_sd"), 0.004, rounding);
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_TUNE, "emissions_ratio_to_cnn"), 5.0, rounding);
  assert_true(isnan(number(&m, GM_TABLE_3, GM_MODEL_TUNE, "rmse_validation_sd")));
  unmake(&m);
}

/* CNN/LR: mean 0.016 kWh over 1e-6 kWh; the seeds range over 28,800 … 86,400 J, one fit repeats within 2.88
 * … 4.5 J. */
static void ratios_take_their_interval_from_repeats_of_both_sides(void **state) {
  (void)state;
  made m;
  make(&m, 3, "full");
  const gm_ratio *ratios = m.report.ratios;
  assert_near(ratios[GM_RATIO_CNN_LR].ours, 16000, 16000 * rounding);
  assert_near(ratios[GM_RATIO_CNN_LR].low, 28800 / 4.5, 1e-6);
  assert_near(ratios[GM_RATIO_CNN_LR].high, 86400 / 2.88, 1e-6);
  assert_near(ratios[GM_RATIO_PRUNED].low, 1, rounding); /* equal seed by seed */
  assert_near(ratios[GM_RATIO_PRUNED].high, 1, rounding);
  assert_near(ratios[GM_RATIO_TUNING].ours, 5, rounding);
  assert_true(isnan(ratios[GM_RATIO_TUNING].low)); /* the search ran once */
  assert_near(ratios[GM_RATIO_TUNING_PRUNED].ours, 0.25, rounding);
  assert_near(ratios[GM_RATIO_INFERENCE].ours, 100, rounding);
  assert_near(ratios[GM_RATIO_INFERENCE].low, 40, rounding);   /* 160 / 4 */
  assert_near(ratios[GM_RATIO_INFERENCE].high, 240, rounding); /* 240 / 1 */
  unmake(&m);
}

static void paired_ratios_bracket_their_geometric_mean(void **state) {
  (void)state;
  const double a[] = {2, 6, 3}, b[] = {4, 4, 2};
  const gm_ratio ratio = gm_ratio_paired(a, b, 3);
  assert_near(ratio.ours, cbrt(0.5 * 1.5 * 1.5), rounding);
  assert_near(ratio.low, 0.215129477, 1e-8); /* by hand: ln 1/2, twice ln 3/2, t = 4.303 */
  assert_near(ratio.high, 5.028075155, 1e-8);
}

/* As the study's protocol prints them: 134, 1.04, 0.57, 8.5, 0.47, 130. */
static void poster_ratios_follow_from_its_printed_figures(void **state) {
  (void)state;
  made m;
  make(&m, 1, "full");
  const gm_ratio *ratios = m.report.ratios;
  assert_near(ratios[GM_RATIO_CNN_LR].poster, 134, 0.5);
  assert_near(ratios[GM_RATIO_PRUNED].poster, 1.04, 0.005);
  assert_near(ratios[GM_RATIO_EARLY_STOPPING].poster, 0.57, 0.005);
  assert_near(ratios[GM_RATIO_TUNING].poster, 8.5, 0.05);
  assert_near(ratios[GM_RATIO_TUNING_PRUNED].poster, 0.47, 0.005);
  assert_near(ratios[GM_RATIO_INFERENCE].poster, 130, 0.5);
  assert_true(isnan(ratios[GM_RATIO_STRUCTURED].poster));
  unmake(&m);
}

/* Every program drew twice what its metered part did: 2 · (1e-6 + 0.008 + 0.008 + 0.004 + 0.002 + 0.08 + 0.02
 * + 1e-12 + 1e-9) kWh, bounds half and double, 500 g/kWh. */
static void total_counts_whole_programs(void **state) {
  (void)state;
  made m;
  make(&m, 1, "full");
  const double kwh = 2 * (1e-6 + 0.122 + 1e-12 + 1e-9);
  assert_int_equal(m.report.total.n_runs, 9);
  assert_near(m.report.total.energy_kwh, kwh, rounding);
  assert_near(m.report.total.emissions_kg, kwh / 2, rounding);
  assert_near(m.report.total.emissions_low_kg, kwh / 2 * FIXTURE_EMISSIONS_LOW, rounding);
  assert_near(m.report.total.emissions_high_kg, kwh / 2 * FIXTURE_EMISSIONS_HIGH, rounding);
  assert_near(m.report.total.duration_s, 180, rounding);
  assert_near(number(&m, GM_TABLE_4, GM_PATTERSON_ROWS, "energy_mwh"), kwh / 1000, rounding);
  unmake(&m);
}

/* The fixture's CNN is off by 0.4 and its LR by 0.45 in every month: no resampling changes that. */
/* run.json of a search tells what the process that wrote it drew, and apart what all of them did. */
static void a_search_counts_with_all_its_processes(void **state) {
  (void)state;
  enum { NOT_PRUNED };
  gm_error err = {0};
  made m = {.files = fixture_study(1, "full")};
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_OK);
  const double before_kwh = m.report.total.energy_kwh, before_s = m.report.total.duration_s;
  gm_report_free(&m.report);
  gm_report_runs_free(&m.study);
  fixture_run(&m.files, "tune", 0.08, 0.5,
              "\"study_energy_kwh\": 0.2, \"study_energy_low_kwh\": 0.1, \"study_energy_high_kwh\": 0.4, "
              "\"study_emissions_kg\": 0.1, \"study_emissions_low_kg\": 0.048278688097163916, "
              "\"study_emissions_high_kg\": 0.20477151450930109, "
              "\"study_duration_s\": 25, ");
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_OK);
  assert_near(number(&m, GM_TABLE_2, NOT_PRUNED, "energy_kwh"), 0.2, rounding);
  assert_near(number(&m, GM_TABLE_2, NOT_PRUNED, "duration_s"), 25, rounding);
  assert_near(m.report.total.energy_kwh, before_kwh + 0.12, rounding);
  assert_near(m.report.total.duration_s, before_s + 15, rounding);
  unmake(&m);
}

/* The fixture's best trial: 2 steps, a rate of 0.01, sgd; beside it the poster's. */
static void the_best_trial_is_in_both_tables_of_the_search(void **state) {
  (void)state;
  made m;
  char rate[GM_NUMBER_TEXT];
  make(&m, 1, "full");
  assert_near(number(&m, GM_TABLE_1, 0, "value"), 2, rounding);
  assert_near(number(&m, GM_TABLE_1, 1, "value"), 0.01, rounding);
  assert_string_equal(text(&m, GM_TABLE_1, 2, "value"), "SGD");
  assert_near(number(&m, GM_TABLE_2, 0, "num_input_time_steps"), 2, rounding);
  assert_near(number(&m, GM_TABLE_2, 0, "learning_rate"), 0.01, rounding);
  assert_near(number(&m, GM_TABLE_2, 0, "rmse_validation"), 0.5, rounding);
  const gm_report_table *table2 = &m.report.tables[GM_TABLE_2];
  size_t c = 0;
  while (strcmp(table2->columns[c].key, "learning_rate") != 0) c++;
  assert_string_equal(gm_report_value_text(table2, 0, c, rate), "1.00 × 10⁻²");
  unmake(&m);
}

/* What `tune` says of a pruner that could stop no trial stands below the table of the searches, and only
 * then. */
static void settings_without_effect_are_in_the_notes_of_the_searches(void **state) {
  (void)state;
  gm_error err = {0};
  made m;
  make(&m, 1, "full");
  assert_null(strstr(m.report.tables[GM_TABLE_2].notes, "without effect"));
  gm_report_free(&m.report);
  gm_report_runs_free(&m.study);
  fixture_edit(&m.files, "tune_pruned", "\"warnings\": [\"low_res\"]", "\"search_notes\":[\"idle\"]");
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 1, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_OK);
  assert_non_null(
      strstr(m.report.tables[GM_TABLE_2].notes, "Settings without effect: of tune_pruned, idle."));
  unmake(&m);
}

/* Of 0.01 kWh the whole program drew twice as much. A seed that the study does not take is a CNN's of
 * another. */
static void a_run_of_no_row_counts_in_the_total(void **state) {
  (void)state;
  gm_error err = {0};
  made m;
  make(&m, 1, "full");
  const gm_report_total before = m.report.total;
  gm_report_free(&m.report);
  gm_report_runs_free(&m.study);
  fixture_run(&m.files, "my_model", 0.01, 0.5, "");
  fixture_run(&m.files, "cnn-seed7", 0.01, 0.5, "");
  fixture_predictions(&m.files, "not_a_run", 0.5);
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 1, 0, &err), GM_OK);
  assert_int_equal(gm_report_repeats(&m.study, GM_RUN_OTHERS), 1);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_OK);
  assert_int_equal(m.report.total.n_runs, before.n_runs + 1);
  assert_near(m.report.total.energy_kwh, before.energy_kwh + 0.02, rounding);
  assert_near(m.report.total.emissions_kg, before.emissions_kg + 0.01, rounding);
  unmake(&m);
}

static void difference_to_the_linear_regression_is_bootstrapped(void **state) {
  (void)state;
  made m;
  make(&m, 1, "full");
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_CNN, "rmse_difference_low"), -0.05, 1e-9);
  assert_near(number(&m, GM_TABLE_3, GM_MODEL_CNN, "rmse_difference_high"), -0.05, 1e-9);
  assert_true(isnan(number(&m, GM_TABLE_3, GM_MODEL_LINEAR_REGRESSION, "rmse_difference_low")));
  unmake(&m);
}

static void predictions_of_other_months_are_refused(void **state) {
  (void)state;
  made m;
  gm_error err = {0};
  m.files = fixture_study(1, "full");
  FILE *out = fixture_open(&m.files, "cnn-seed0", "predictions.csv");
  fputs("split,month,truth,prediction\nvalidation,1990-01,0,0.4\nvalidation,1990-02,1,1.4\n"
        "test,2007-01,0,0.5\ntest,2007-02,1,1.5\n",
        out);
  fclose(out);
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cnn-seed0/predictions.csv"));
  unmake(&m);
}

/* The same months and the same RMSE, one month of another truth: paired, the errors would be of two series.
 */
static void predictions_of_another_truth_are_refused(void **state) {
  (void)state;
  made m;
  gm_error err = {0};
  m.files = fixture_study(1, "full");
  FILE *out = fixture_open(&m.files, "cnn-seed0", "predictions.csv");
  fputs("split,month,truth,prediction\n", out);
  for (int i = 0; i < 24; i++)
    fprintf(out, "validation,%d-%02d,%d,%g\n", 1997 + i / 12, i % 12 + 1, i % 3 + (i == 5),
            i % 3 + (i == 5) + 0.4);
  fputs("test,2007-01,1,1.5\ntest,2007-02,2,2.5\n", out);
  fclose(out);
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "its truth of 1997-06 is"));
  unmake(&m);
}

/* As after a run that was killed between its files. */
static void forecasts_of_another_run_are_refused(void **state) {
  (void)state;
  made m;
  gm_error err = {0};
  m.files = fixture_study(2, "full");
  fixture_predictions(&m.files, "cnn-seed1", 0.3); /* run.json: 0.42 */
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_BAD_INPUT);
  assert_non_null(
      strstr(err.message, "cnn-seed1/run.json: \"rmse_validation\" is 0.42, that of the forecasts"));
  unmake(&m);
  m.files = fixture_study(1, "full"); /* a correlation alone: the error is constant, so it is 1 */
  fixture_edit(&m.files, "cnn-seed0", "\"correlation_test\": 1", "\"correlation_test\": 0.99");
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "\"correlation_test\" is 0.99, that of the forecasts beside it 1"));
  unmake(&m);
}

/* One member of one run replaced by what cannot be; the old one gets another name. */
static void numbers_that_cannot_be_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *member, *said;
  } cases[] = {{"\"duration_s\": -1", "\"duration_s\" is -1"},
               {"\"pue\": \"1.2\"", "\"pue\" is 1.2"},
               {"\"emissions_kg\": NaN", "\"emissions_kg\" is NaN"},
               {"\"energy_low_kwh\": 3", "is not between"},
               {"\"protocol\": \"fast\"", "\"protocol\""},
               {"\"version\": \"1\", \"state\": \"running\"", "not complete"},
               {"\"dataset\": {\"name\": \"other\"}", "\"dataset.name\" is other, that of "}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    made m;
    gm_error err = {0};
    m.files = fixture_study(1, "full");
    char *text = fixture_text(&m.files, "runs/cnn-seed0/run.json");
    char key[32];
    snprintf(key, sizeof key, "%.*s", (int)strcspn(cases[i].member, ":"), cases[i].member);
    strstr(text, key)[1] = '_';
    *strrchr(text, '}') = '\0';
    FILE *out = fixture_open(&m.files, "cnn-seed0", "run.json");
    fprintf(out, "%s, %s}\n", text, cases[i].member);
    fclose(out);
    free(text);
    assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 0, 0, &err), GM_OK);
    assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "cnn-seed0/run.json"));
    if (strstr(err.message, cases[i].said) == NULL) fail_msg("%s", err.message);
    unmake(&m);
  }
}

static void quick_protocol_marks_every_table(void **state) {
  (void)state;
  made m;
  make(&m, 1, "quick");
  for (gm_report_table_kind t = 0; t <= GM_TABLE_RATIOS; t++) {
    const gm_report_table *table = &m.report.tables[t];
    assert_non_null(strstr(table->caption, "quick protocol"));
    for (size_t r = 0; r < table->n_rows; r++) /* in the CSV, too */
      if (t == GM_TABLE_RATIOS)
        assert_non_null(strstr(text(&m, t, r, "ratio"), "quick protocol"));
      else
        assert_string_equal(text(&m, t, r, "protocol"), "quick");
  }
  unmake(&m);
}

static void missing_run_names_the_file_and_what_makes_it(void **state) {
  (void)state;
  gm_report_runs study;
  gm_error err = {0};
  const report_fixture f = fixture_study(1, "full");
  char path[128];
  snprintf(path, sizeof path, "%s/runs/cnn_structured-seed0/run.json", f.results);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(gm_report_runs_load(&study, f.results, 0, 0, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, path));
  assert_non_null(strstr(err.message, "cnn --prune-structured"));
  fixture_remove(&f);
}

static void more_seeds_than_there_are_is_a_missing_run(void **state) {
  (void)state;
  gm_report_runs study;
  gm_error err = {0};
  const report_fixture f = fixture_study(2, "full");
  assert_int_equal(gm_report_runs_load(&study, f.results, 3, 0, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cnn-seed2"));
  assert_int_equal(gm_report_runs_load(&study, f.results, 1, 0, &err), GM_OK); /* fewer are fine */
  assert_int_equal(study.n_seeds, 1);
  gm_report_runs_free(&study);
  fixture_remove(&f);
}

static double column_number(const gm_csv_table *table, size_t row, const char *name) {
  size_t column;
  double value = NAN;
  assert_int_equal(gm_csv_column(table, name, &column, NULL), GM_OK);
  assert_int_equal(gm_csv_number(table, row, column, &value, NULL), GM_OK);
  return value;
}

/* Whatever a figure is drawn from has a cell in every column; the bars of Figures 5 and 6 are the RMSE of the
 * linear regression and the interval of the difference to it. */
static void figures_are_drawn_from_whole_tables(void **state) {
  (void)state;
  made m;
  gm_error err = {0};
  make(&m, 2, "full");
  assert_int_equal(gm_report_write_figure_data(&m.report, m.files.results, &err), GM_OK);
  DIR *directory = opendir(m.files.results);
  assert_non_null(directory);
  size_t n = 0;
  for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (strstr(entry->d_name, ".csv") == NULL) continue;
    char path[512];
    gm_csv_table table;
    snprintf(path, sizeof path, "%s/%s", m.files.results, entry->d_name);
    if (gm_csv_read(path, &table, &err) != GM_OK) fail_msg("%s", err.message);
    n++;
    for (size_t r = 0; r < table.n_rows && strcmp(entry->d_name, "fig5_models.csv") == 0; r++) {
      if (strcmp(gm_csv_field(&table, r, 0), "cnn") != 0 ||
          strcmp(gm_csv_field(&table, r, 2), "validation") != 0)
        continue;
      const gm_interval *over = &m.report.models[GM_MODEL_CNN].over[GM_OVER_LINEAR_REGRESSION][0];
      const double lr = number(&m, GM_TABLE_3, GM_MODEL_LINEAR_REGRESSION, "rmse_validation");
      assert_near(column_number(&table, r, "rmse_low"), lr + over->low, 1e-8);
      assert_near(column_number(&table, r, "rmse_high"), lr + over->high, 1e-8);
    }
    gm_csv_free(&table);
  }
  closedir(directory);
  assert_true(n > 8);
  unmake(&m);
}

/* Trials: 0 complete 0.6, 1 failed, 2 pruned 0.7, 3 complete 0.5 (best), 4 complete 0.55. */
static void curves_are_sorted_and_the_best_so_far_never_rises(void **state) {
  (void)state;
  made m;
  gm_error err = {0};
  make(&m, 1, "full");
  assert_int_equal(gm_report_write_figure_data(&m.report, m.files.results, &err), GM_OK);
  char *curves = fixture_text(&m.files, "fig8_curves.csv"),
       *trials = fixture_text(&m.files, "fig8_trials.csv");
  assert_string_equal(
      curves,
      "trial,state,best,epoch,rmse_validation,last,rank\n0,complete,0,1,0.9,0,3\n0,complete,0,2,0.6,1,3\n\n"
      "2,pruned,0,1,0.7,1,0\n\n3,complete,1,1,0.8,0,1\n3,complete,1,2,0.5,1,1\n\n"
      "4,complete,0,1,0.8,0,2\n4,complete,0,2,0.55,1,2\n");
  assert_string_equal(trials, "trial,state,value,best_so_far,spent_kwh\n" /* one joule each */
                              "0,complete,0.6,0.6,2.77777778e-07\n1,fail,,0.6,5.55555556e-07\n"
                              "2,pruned,0.7,0.6,8.33333333e-07\n3,complete,0.5,0.5,1.11111111e-06\n"
                              "4,complete,0.55,0.5,1.38888889e-06\n");
  free(curves);
  free(trials);
  unmake(&m);
}

/* The CNN drew 0.016 kWh, 57,600 J, in 20 s: half of it in two epochs of 5 s. What is drawn as an
 * area adds up to what the study drew, with the PUE that is in all its joules. */
static void the_power_picture_holds_every_joule(void **state) {
  (void)state;
  made m = {.files = fixture_study(2, "full")};
  gm_error err = {0};
  fixture_edit_all(&m.files, "\"pue\": 1,", "\"pue\": 2,");
  assert_int_equal(gm_report_runs_load(&m.study, m.files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m.report, &m.study, &err), GM_OK);
  assert_int_equal(gm_report_write_figure_data(&m.report, m.files.results, &err), GM_OK);
  char *power = fixture_text(&m.files, "power.csv");
  assert_non_null(strstr(power, "\ncnn-seed0,rest,20,30,2880,"));
  assert_non_null(strstr(power, "\ncnn-seed0,epoch,30,35,2880,"));
  assert_non_null(strstr(power, "\ncnn-seed0,epoch,35,40,2880,"));
  char path[128];
  gm_csv_table pieces = {0};
  snprintf(path, sizeof path, "%s/power.csv", m.files.results);
  assert_int_equal(gm_csv_read(path, &pieces, &err), GM_OK);
  double joules = 0;
  for (size_t r = 0; r < pieces.n_rows; r++) {
    double from_s = 0, to_s = 0, power_w = 0;
    assert_int_equal(gm_csv_number(&pieces, r, 2, &from_s, &err), GM_OK);
    assert_int_equal(gm_csv_number(&pieces, r, 3, &to_s, &err), GM_OK);
    assert_int_equal(gm_csv_number(&pieces, r, 4, &power_w, &err), GM_OK);
    joules += power_w * (to_s - from_s);
  }
  gm_csv_free(&pieces);
  assert_near(joules, m.report.total.energy_kwh * 3.6e6, 1.0);
  free(power);
  unmake(&m);
}

/* conv:2:3 with 8 parameters has (8 / 2 − 1) / 3 = 1 input channel. */
static void layers_begin_with_the_input(void **state) {
  (void)state;
  made m;
  gm_error err = {0};
  make(&m, 1, "full");
  assert_int_equal(gm_report_write_figure_data(&m.report, m.files.results, &err), GM_OK);
  char *layers = fixture_text(&m.files, "fig2_layers.csv");
  assert_string_equal(layers, "position,name,kind,channels,length,parameters\n0,Input,input,1,4,0\n"
                              "1,Conv. (kernel 3),conv,2,4,8\n2,Dense,dense,1,1,9\n");
  free(layers);
  unmake(&m);
}

/* Persistence has metrics and nothing else: whatever other column there is or will be, people read "–". */
static void a_row_shows_nothing_where_its_runs_have_nothing(void **state) {
  (void)state;
  made m;
  make(&m, 1, "full");
  const gm_report_table *table = &m.report.tables[GM_TABLE_3];
  size_t n_empty = 0;
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    char buffer[GM_NUMBER_TEXT], member[64];
    if (column->from != GM_FROM_MEAN) continue;
    snprintf(member, sizeof member, "persistence.%s", column->key);
    const bool has = !isnan(gm_report_run_number(m.study.runs[GM_RUN_LINEAR_REGRESSION], member));
    assert_int_equal(isnan(table->cells[c].number), !has);
    if (!has) assert_string_equal(gm_report_value_text(table, GM_MODEL_PERSISTENCE, c, buffer), "–");
    n_empty += !has;
  }
  assert_true(n_empty >= 4); /* emissions, energy, time, epochs */
  unmake(&m);
}

/* ---- runs beside which others worked ------------------------------------ */

/* The template, filled from the report. */
static char *said(const made *m, const char *template) {
  char *text = NULL;
  size_t size = 0;
  gm_error err = {0};
  const gm_report_view view = {.report = &m->report};
  const gm_template_words list = gm_report_words();
  const gm_template_filler with = {.lists = &list, .n_lists = 1, .context = &view};
  FILE *out = open_memstream(&text, &size);
  assert_non_null(out);
  if (gm_template_fill(template, strlen(template), &with, out, &err) != GM_OK) fail_msg("%s", err.message);
  fclose(out);
  return text;
}

static void assert_said(const made *m, const char *template, const char *expected) {
  char *text = said(m, template);
  assert_string_equal(text, expected);
  free(text);
}

static gm_status remake(made *m) {
  gm_error err = {0};
  const gm_status status = gm_report_runs_load(&m->study, m->files.results, 0, 0, &err);
  return status == GM_OK ? gm_report_make(&m->report, &m->study, &err) : status;
}

/* The machine was busy during the pruned CNN: its ratio is marked, no finding rests on it, the others stay.
 */
static void no_finding_rests_on_a_run_beside_which_others_worked(void **state) {
  (void)state;
  made m = {.files = fixture_study(1, "full")};
  fixture_run(&m.files, "cnn_pruned-seed0", 0.02, 0.4,
              "\"machine_busy\": true, \"foreign_cpu_share\": 0.6, ");
  assert_int_equal(remake(&m), GM_OK);
  assert_true(m.report.models[GM_MODEL_CNN_PRUNED].flagged && !m.report.models[GM_MODEL_CNN].flagged);
  gm_error err = {0};
  assert_int_equal(gm_report_write_figure_data(&m.report, m.files.results, &err), GM_OK);
  char *runs = fixture_text(&m.files, "power_runs.csv"); /* the picture marks it, and it alone */
  const char *marked = strstr(runs, "\ncnn_pruned,");
  assert_non_null(marked);
  assert_memory_equal(strchr(marked + 1, '\n') - 2, ",1", 2);
  assert_non_null(strstr(runs, ",0\n"));
  free(runs);
  assert_true(m.report.ratios[GM_RATIO_PRUNED].apart == GM_APART_BUSY &&
              m.report.ratios[GM_RATIO_STRUCTURED].apart == GM_COMPARABLE);
  assert_non_null(
      strstr(text(&m, GM_TABLE_RATIOS, GM_RATIO_PRUNED, "ratio"), "not comparable: the machine was busy"));
  char buffer[GM_NUMBER_TEXT];
  const gm_report_table *table = &m.report.tables[GM_TABLE_3];
  assert_string_equal(gm_report_value_text(table, GM_MODEL_CNN_PRUNED, 1, buffer), "1.00 × 10⁻² †");
  assert_string_equal(gm_report_value_text(table, GM_MODEL_CNN, 1, buffer), "4.00 × 10⁻³");
  assert_non_null(strstr(table->notes, "† The machine was busy"));
  assert_null(strstr(m.report.tables[GM_TABLE_2].notes, "†"));
  assert_said(&m, "{{saving pruned}}: {{price pruned of it}}",
              "took: energy that is not comparable here (the machine was busy with other programs, make "
              "reproduce REPEAT=busy runs those again)");
  assert_said(&m, "{{price structured of it}}", "about 0.5 of it");
  assert_said(&m, "{{#some-busy}}{{busy-count}} of {{runs}}{{/some-busy}}", "1 of 9");
  unmake(&m);
}

/* Energies of another processor, and of a counter beside a model, are not set against each other. */
static void no_ratio_is_of_two_machines_or_two_kinds_of_meter(void **state) {
  (void)state;
  made m = {.files = fixture_study(1, "full")};
  m.files.cpu_model = "another";
  fixture_run(&m.files, "cnn_pruned-seed0", 0.008, 0.4, "");
  assert_int_equal(remake(&m), GM_OK);
  assert_int_equal(m.report.ratios[GM_RATIO_PRUNED].apart, GM_APART_METERS);
  assert_int_equal(m.report.ratios[GM_RATIO_STRUCTURED].apart, GM_COMPARABLE);
  assert_non_null(strstr(text(&m, GM_TABLE_RATIOS, GM_RATIO_PRUNED, "ratio"), "two machines"));
  unmake(&m);
}

/* A meter that read nothing is no free training: no ratio, and no total that leaves the run out. */
static void no_energy_is_not_zero_energy(void **state) {
  (void)state;
  made m = {.files = fixture_study(1, "full")};
  fixture_run(&m.files, "cnn-seed0", 0, 0.4, "");
  assert_int_equal(remake(&m), GM_OK);
  assert_int_equal(m.report.ratios[GM_RATIO_CNN_LR].apart, GM_APART_UNKNOWN);
  assert_int_equal(m.report.ratios[GM_RATIO_PRUNED].apart, GM_APART_UNKNOWN);
  assert_int_equal(m.report.total.n_unknown, 1);
  assert_true(isnan(m.report.total.energy_kwh));
  assert_said(&m,
              "{{#total-known}}{{study-kwh}}{{/total-known}}{{^total-known}}{{unknown-count}} of "
              "{{runs}}{{/total-known}}",
              "1 of 9");
  unmake(&m);
}

/* A fifth of the busy CPU time was others' beside the structured CNN, which is too little to drop it and too
 * much to overlook: 0.8 · 0.004 against 0.008 kWh. */
static void noticeable_others_are_taken_off_by_cpu_time(void **state) {
  (void)state;
  made m = {.files = fixture_study(1, "full")};
  fixture_run(&m.files, "cnn_structured-seed0", 0.004, 0.5,
              "\"machine_busy\": false, \"foreign_cpu_share\": 0.2, ");
  assert_int_equal(remake(&m), GM_OK);
  assert_true(m.report.ratios[GM_RATIO_STRUCTURED].attributed &&
              !m.report.ratios[GM_RATIO_PRUNED].attributed);
  assert_near(m.report.ratios[GM_RATIO_STRUCTURED].ours, 0.4, rounding);
  assert_non_null(strstr(text(&m, GM_TABLE_RATIOS, GM_RATIO_STRUCTURED, "ratio"), "(by CPU time)"));
  unmake(&m);
}

/* Two processes were interrupted before the CNN's run came through. */
static void the_total_counts_what_earlier_processes_drew(void **state) {
  (void)state;
  made m = {.files = fixture_study(1, "full")};
  assert_int_equal(remake(&m), GM_OK);
  const double before = m.report.total.energy_kwh;
  gm_report_free(&m.report);
  gm_report_runs_free(&m.study);
  fixture_run(&m.files, "cnn_pruned-seed0", 0.008, 0.4,
              "\"earlier_energy_kwh\": 0.005, \"earlier_processes\": 2, ");
  assert_int_equal(remake(&m), GM_OK);
  assert_near(m.report.total.energy_kwh - before, 0.005, rounding);
  assert_int_equal(m.report.total.n_earlier, 2);
  assert_near(m.report.total.earlier_kwh, 0.005, rounding);
  unmake(&m);
}

/* ---- rows of maps ---------------------------------------------------------- */

static void a_map_has_climatology_and_patterns_among_its_rows(void **state) {
  (void)state;
  made m = {.files = fixture_map_study(1, "full", 1, 2261)};
  fixture_run(
      &m.files, "linear_regression", 1e-6, 0.45,
      "\"persistence\": {\"rmse_validation\": 0.6, \"rmse_test\": 0.7, \"correlation_validation\": 0.5}, "
      "\"climatology\": {\"rmse_validation\": 0.8, \"rmse_test\": 0.9}, \"fit_repeats\": 1000, ");
  fixture_run(&m.files, "eof_regression", 2e-6, 0.47, "");
  fixture_predictions(&m.files, "eof_regression", 0.47);
  assert_int_equal(remake(&m), GM_OK);
  static const char *const rows[] = {"Persistence", "Climatology", "Linear Regression", "EOF Regression",
                                     "CNN"};
  assert_int_equal(m.report.tables[GM_TABLE_3].n_rows, 10);
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    assert_string_equal(text(&m, GM_TABLE_3, r, "model"), rows[r]);
  assert_near(number(&m, GM_TABLE_3, 1, "rmse_validation"), 0.8, 0);
  assert_near(number(&m, GM_TABLE_3, 3, "rmse_difference_low"), 0.02, 1e-9);
  unmake(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(table3_has_the_promised_columns_and_rows),
      cmocka_unit_test(every_column_has_a_value_in_some_row),
      cmocka_unit_test(tables_carry_the_posters_numbers_beside_their_captions),
      cmocka_unit_test(persistence_has_metrics_but_no_energy),
      cmocka_unit_test(one_seed_has_no_spread_and_no_interval_of_ratios),
      cmocka_unit_test(seeds_give_mean_and_standard_deviation),
      cmocka_unit_test(ratios_take_their_interval_from_repeats_of_both_sides),
      cmocka_unit_test(paired_ratios_bracket_their_geometric_mean),
      cmocka_unit_test(poster_ratios_follow_from_its_printed_figures),
      cmocka_unit_test(total_counts_whole_programs),
      cmocka_unit_test(a_search_counts_with_all_its_processes),
      cmocka_unit_test(a_run_of_no_row_counts_in_the_total),
      cmocka_unit_test(settings_without_effect_are_in_the_notes_of_the_searches),
      cmocka_unit_test(the_best_trial_is_in_both_tables_of_the_search),
      cmocka_unit_test(difference_to_the_linear_regression_is_bootstrapped),
      cmocka_unit_test(predictions_of_other_months_are_refused),
      cmocka_unit_test(predictions_of_another_truth_are_refused),
      cmocka_unit_test(forecasts_of_another_run_are_refused),
      cmocka_unit_test(numbers_that_cannot_be_are_refused),
      cmocka_unit_test(quick_protocol_marks_every_table),
      cmocka_unit_test(missing_run_names_the_file_and_what_makes_it),
      cmocka_unit_test(more_seeds_than_there_are_is_a_missing_run),
      cmocka_unit_test(figures_are_drawn_from_whole_tables),
      cmocka_unit_test(curves_are_sorted_and_the_best_so_far_never_rises),
      cmocka_unit_test(the_power_picture_holds_every_joule),
      cmocka_unit_test(layers_begin_with_the_input),
      cmocka_unit_test(a_row_shows_nothing_where_its_runs_have_nothing),
      cmocka_unit_test(no_finding_rests_on_a_run_beside_which_others_worked),
      cmocka_unit_test(no_ratio_is_of_two_machines_or_two_kinds_of_meter),
      cmocka_unit_test(no_energy_is_not_zero_energy),
      cmocka_unit_test(noticeable_others_are_taken_off_by_cpu_time),
      cmocka_unit_test(the_total_counts_what_earlier_processes_drew),
      cmocka_unit_test(a_map_has_climatology_and_patterns_among_its_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
