/* SPDX-License-Identifier: MIT
 * Two studies of the fixture's round numbers side by side. */
#include "common/csv.h"
#include "experiments/report/compare.h"
#include "experiments/report/country.h"
#include "tests/assert_near.h"
#include "tests/report_fixture.h"

#include <math.h>

typedef struct {
  report_fixture files;
  gm_report_runs study;
  gm_report report;
} made;

static void make(made *m) {
  gm_error err = {0};
  assert_int_equal(gm_report_runs_load(&m->study, m->files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&m->report, &m->study, &err), GM_OK);
}

static void unmake(made *m) {
  gm_report_free(&m->report);
  gm_report_runs_free(&m->study);
  fixture_remove(&m->files);
}

/* The table that compares a with b, of a's directory. */
static gm_csv_table compared(const made *a, const made *b) {
  gm_csv_table table = {0};
  gm_error err = {0};
  char path[160];
  snprintf(path, sizeof path, "%s/compare", a->files.results);
  assert_int_equal(gm_report_compare(&a->report, &b->report, path, &err), GM_OK);
  snprintf(path, sizeof path, "%s/compare/compare.csv", a->files.results);
  assert_int_equal(gm_csv_read(path, &table, &err), GM_OK);
  return table;
}

/* The field of a row by its model and the beginning of its quantity. */
static const char *field(const gm_csv_table *table, const char *model, const char *quantity,
                         const char *column) {
  size_t models = 0, quantities = 0, wanted = 0;
  gm_error err = {0};
  assert_int_equal(gm_csv_column(table, "model", &models, &err), GM_OK);
  assert_int_equal(gm_csv_column(table, "quantity", &quantities, &err), GM_OK);
  assert_int_equal(gm_csv_column(table, column, &wanted, &err), GM_OK);
  for (size_t r = 0; r < table->n_rows; r++)
    if (strcmp(gm_csv_field(table, r, models), model) == 0 &&
        strncmp(gm_csv_field(table, r, quantities), quantity, strlen(quantity)) == 0)
      return gm_csv_field(table, r, wanted);
  fail_msg("no row %s, %s", model, quantity);
  return NULL;
}

static void a_study_does_not_differ_from_itself(void **state) {
  (void)state;
  made a = {.files = fixture_study(2, "full")}, b = {.files = fixture_study(2, "full")};
  make(&a);
  make(&b);
  gm_csv_table table = compared(&a, &b);
  assert_string_equal(field(&table, "CNN", "RMSE, validation", "verdict"), "identical");
  assert_string_equal(field(&table, "CNN", "energy", "verdict"),
                      "identical"); /* two seeds, the ratio 1 of both */
  assert_string_equal(field(&table, "Linear Regression", "energy", "verdict"), "no interval"); /* one run */
  char *page = fixture_text(&a.files, "compare/compare.html");
  assert_non_null(strstr(page, "<li>Nothing.</li>"));
  assert_null(strstr(page, "{{"));
  free(page);
  gm_csv_free(&table);
  unmake(&a);
  unmake(&b);
}

/* B draws three times the energy on the same machine: seed by seed the ratio is 3, so its interval too. */
static void one_machine_s_meter_cancels(void **state) {
  (void)state;
  made a = {.files = fixture_study(2, "full")}, b = {.files = fixture_study(2, "full")};
  for (int seed = 0; seed < 2; seed++) {
    char name[32];
    snprintf(name, sizeof name, "cnn-seed%d", seed);
    fixture_run(&b.files, name, 3 * 0.008 * (1 + seed), 0.4 + 0.02 * seed, "");
  }
  make(&a);
  make(&b);
  gm_csv_table table = compared(&a, &b);
  assert_near(atof(field(&table, "CNN", "energy", "value")), 3, 1e-9);
  assert_near(atof(field(&table, "CNN", "energy", "low")), 3, 1e-9);
  assert_string_equal(field(&table, "CNN", "energy", "verdict"), "B higher");
  gm_csv_free(&table);
  unmake(&a);
  unmake(&b);
}

/* Of two seeds B draws 4 % and 12 % more: more in both, as two equal programs do every fourth time. By hand:
 * s / sqrt(2) = ln(1.12 / 1.04) / 2, times 12.706. */
static void two_seeds_alike_in_sign_are_no_difference(void **state) {
  (void)state;
  made a = {.files = fixture_study(2, "full")}, b = {.files = fixture_study(2, "full")};
  fixture_run(&b.files, "cnn-seed0", 1.04 * 0.008, 0.4, "");
  fixture_run(&b.files, "cnn-seed1", 1.12 * 0.016, 0.42, "");
  make(&a);
  make(&b);
  gm_csv_table table = compared(&a, &b);
  const double ratio = sqrt(1.04 * 1.12);
  assert_near(atof(field(&table, "CNN", "energy", "value")), ratio, 1e-9);
  assert_near(atof(field(&table, "CNN", "energy", "low")), ratio * exp(-12.706 * log(1.12 / 1.04) / 2), 1e-9);
  assert_string_equal(field(&table, "CNN", "energy", "verdict"), "cannot be told apart");
  gm_csv_free(&table);
  unmake(&a);
  unmake(&b);
}

/* What the networks were made with stands above the table. */
static void other_settings_of_the_network_are_shown(void **state) {
  (void)state;
  made a = {.files = fixture_study(1, "full")}, b = {.files = fixture_study(1, "full")};
  fixture_run(&a.files, "cnn-seed0", 0.008, 0.4, "\"config\": {\"epochs\": 50, \"batch_size\": 10}, ");
  fixture_run(&b.files, "cnn-seed0", 0.008, 0.4, "\"config\": {\"epochs\": 6, \"batch_size\": 10}, ");
  make(&a);
  make(&b);
  gm_csv_table table = compared(&a, &b);
  char *page = fixture_text(&a.files, "compare/compare.html");
  assert_non_null(
      strstr(page, "<th scope=\"row\">epochs</th><td>50</td><td>6</td><td><strong>differs</strong>"));
  assert_non_null(strstr(page, "<th scope=\"row\">batch</th><td>10</td><td>10</td><td>same</td>"));
  free(page);
  gm_csv_free(&table);
  unmake(&a);
  unmake(&b);
}

/* A PUE of 1.5 makes each energy half as much again, and no program worse: it is said below the table and
 * above what differs. */
static void another_pue_intensity_and_number_of_seeds_are_said(void **state) {
  (void)state;
  made a = {.files = fixture_study(2, "full")}, b = {.files = fixture_study(1, "full")};
  fixture_edit_all(&b.files, "\"pue\": 1,", "\"pue\": 1.5,");
  make(&a);
  make(&b);
  gm_csv_table table = compared(&a, &b);
  char *notes = fixture_text(&a.files, "compare/compare.md");
  assert_non_null(strstr(notes, "The PUE, which is in every energy, differs: 1, 1.5."));
  assert_non_null(strstr(notes, "Numbers of seeds differ: 2, 1."));
  assert_null(strstr(notes, "grams per kWh"));
  free(notes);
  notes = fixture_text(&a.files, "compare/compare.html");
  const char *first =
      strstr(notes, "<li class=\"marked\">The PUE, which is in every energy, differs: 1, 1.5.</li>");
  assert_true(first != NULL && first < strstr(notes, "What they were made of</h2>"));
  free(notes);
  gm_csv_free(&table);
  unmake(&b);
  b = (made){.files = fixture_study(2, "full")};
  make(&b);
  gm_report_set_country(&b.study, &(gm_carbon_intensity){.iso3 = "FRA",
                                                         .g_per_kwh = 44,
                                                         .low_g_per_kwh = 40,
                                                         .high_g_per_kwh = 50,
                                                         .year = 2023,
                                                         .basis = "a year",
                                                         .source = "a table"});
  table = compared(&a, &b);
  notes = fixture_text(&a.files, "compare/compare.md");
  assert_non_null(strstr(notes, "The grams per kWh that energies are multiplied with differ: 500, 44."));
  assert_null(strstr(notes, "PUE"));
  assert_null(strstr(notes, "Numbers of seeds"));
  free(notes);
  gm_csv_free(&table);
  unmake(&a);
  unmake(&b);
}

/* Another processor: each side's half-to-double stands for itself, so a factor of 3 is within
 * exp(sqrt(2)·ln 2) = 2.67 of neither 1 nor … 3/2.67 = 1.12: apart; a factor of 2 is not. */
static void two_machines_keep_both_intervals(void **state) {
  (void)state;
  static const struct {
    double times;
    const char *verdict;
  } cases[] = {{3, "B higher"}, {2, "cannot be told apart"}, {1.0 / 3, "B lower"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    made a = {.files = fixture_study(1, "full")}, b = {.files = fixture_study(1, "full")};
    b.files.cpu_model = "another";
    fixture_run(&b.files, "cnn-seed0", cases[i].times * 0.008, 0.4, "");
    make(&a);
    make(&b);
    gm_csv_table table = compared(&a, &b);
    assert_near(atof(field(&table, "CNN", "energy", "value")), cases[i].times, 1e-9);
    assert_near(atof(field(&table, "CNN", "energy", "high")), cases[i].times * exp(hypot(log(2), log(2))),
                1e-9);
    assert_string_equal(field(&table, "CNN", "energy", "verdict"), cases[i].verdict);
    gm_csv_free(&table);
    unmake(&a);
    unmake(&b);
  }
}

/* Every model of b forecasts the same months of another series. */
static void another_truth_is_not_compared(void **state) {
  (void)state;
  static const struct {
    const char *run;
    double error;
  } rows[] = {{"linear_regression", 0.45},
              {"cnn-seed0", 0.4},
              {"cnn_pruned-seed0", 0.4},
              {"cnn_structured-seed0", 0.5},
              {"cnn_early_stopping-seed0", 0.3},
              {"tune", 0.5},
              {"tune_pruned", 0.5}};
  made a = {.files = fixture_study(1, "full")}, b = {.files = fixture_study(1, "full")};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    FILE *out = fixture_open(&b.files, rows[r].run, "predictions.csv");
    fputs("split,month,truth,prediction\n", out);
    for (int i = 0; i < 24; i++)
      fprintf(out, "validation,%d-%02d,%d,%g\n", 1997 + i / 12, i % 12 + 1, 7 + i % 3,
              7 + i % 3 + rows[r].error);
    for (int i = 0; i < 2; i++) fprintf(out, "test,2007-%02d,%d,%g\n", i + 1, 7 + i, 7.1 + i + rows[r].error);
    fclose(out);
  }
  make(&a);
  make(&b);
  gm_csv_table table = compared(&a, &b);
  assert_string_equal(field(&table, "CNN", "RMSE, validation", "verdict"), "other months or another truth");
  assert_string_equal(field(&table, "CNN", "RMSE, validation", "value"), "");
  gm_csv_free(&table);
  unmake(&a);
  unmake(&b);
}

/* A quick study beside a full one: both are shown, nothing is said of their differences. */
static void another_protocol_is_not_compared(void **state) {
  (void)state;
  made a = {.files = fixture_study(1, "full")}, b = {.files = fixture_study(1, "quick")};
  make(&a);
  make(&b);
  gm_csv_table table = compared(&a, &b);
  static const char *const quantities[] = {"RMSE, validation", "energy", "emissions", "time"};
  for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++) {
    assert_string_equal(field(&table, "CNN", quantities[i], "verdict"), "not comparable: another protocol");
    assert_string_equal(field(&table, "CNN", quantities[i], "value"), "");
  }
  char *page = fixture_text(&a.files, "compare/compare.html");
  assert_non_null(strstr(page, "<li class=\"marked\">Nothing was compared: another protocol.</li>"));
  free(page);
  gm_csv_free(&table);
  unmake(&a);
  unmake(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_study_does_not_differ_from_itself),
      cmocka_unit_test(one_machine_s_meter_cancels),
      cmocka_unit_test(two_seeds_alike_in_sign_are_no_difference),
      cmocka_unit_test(other_settings_of_the_network_are_shown),
      cmocka_unit_test(another_pue_intensity_and_number_of_seeds_are_said),
      cmocka_unit_test(two_machines_keep_both_intervals),
      cmocka_unit_test(another_truth_is_not_compared),
      cmocka_unit_test(another_protocol_is_not_compared),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
