/* SPDX-License-Identifier: MIT
 * What `make scaling` leaves, as rows and sentences: sizes and seeds found by their directories, errors
 * against the regression of the same months. */
#include "experiments/report/tables.h"
#include "tests/assert_near.h"
#include "tests/report_fixture.h"

/* Constant errors: the regression 0.45; the small network 0.6, the large one 0.45 in both seeds. */
static report_fixture runs(void) {
  report_fixture f = {.results = "/tmp/greenmile-report-XXXXXX", .protocol = "full", .lead = 1};
  assert_non_null(mkdtemp(f.results));
  fixture_run(&f, "scaling/lr-n48", 1e-10, 0.45, "\"persistence\": {\"rmse_test\": 0.7}, ");
  fixture_predictions(&f, "scaling/lr-n48", 0.45);
  for (int seed = 0; seed < 2; seed++) {
    char name[64];
    snprintf(name, sizeof name, "scaling/p1000-n48-s%d", seed);
    fixture_run(&f, name, 1e-6 * (1 + seed), 0.6, "");
    fixture_predictions(&f, name, 0.6);
    snprintf(name, sizeof name, "scaling/p30000-n48-s%d", seed);
    fixture_run(&f, name, 1e-5, 0.45, "");
    fixture_predictions(&f, name, 0.45);
  }
  fclose(fixture_open(&f, "scaling/p30000-n48-s2", "predictions.csv")); /* interrupted: no run.json */
  return f;
}

static double number(const gm_report_table *table, size_t row, const char *key) {
  return gm_report_table_cell(table, row, key)->number;
}

static void sizes_and_seeds_are_rows_beside_the_regression(void **state) {
  (void)state;
  const report_fixture f = runs();
  const gm_report_runs study = {.results = f.results};
  gm_report report = {.study = &study, .unit = "°C"};
  gm_report_table *table = &report.tables[GM_TABLE_SCALING];
  gm_error err = {0};
  if (gm_report_make_scaling(&report, table, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(table->n_rows, 3);
  assert_string_equal(gm_report_table_cell(table, 0, "model")->text, "Linear Regression");
  assert_near(number(table, 1, "seeds"), 2, 0);
  assert_near(number(table, 1, "energy_kwh"), 1.5e-6, 1e-15);
  assert_near(number(table, 1, "rmse_validation"), 0.6, 1e-12);
  assert_near(number(table, 1, "difference_low_validation"), 0.15, 1e-9);
  assert_near(number(table, 2, "difference_high_validation"), 0, 1e-9);
  assert_near(number(table, 2, "persistence_rmse_test"), 0.7, 0);
  assert_non_null(strstr(table->notes, "On 48 months of training 0 of 2 sizes have a test error below"));
  assert_non_null(strstr(table->notes, "too few sizes for a power law"));
  gm_report_free(&report);
  fixture_remove(&f);
}

/* One more run beside those above, made with another lead, and `from` in it replaced. */
static void must_refuse(const char *run, int lead, const char *from, const char *to, const char *sentence) {
  report_fixture f = runs();
  const gm_report_runs study = {.results = f.results};
  gm_report report = {.study = &study, .unit = "°C"};
  gm_error err = {0};
  f.lead = lead;
  fixture_run(&f, run, 1e-6, 0.6, "");
  fixture_edit(&f, run, from, to);
  fixture_predictions(&f, run, 0.6);
  assert_int_equal(gm_report_make_scaling(&report, &report.tables[GM_TABLE_SCALING], &err), GM_BAD_INPUT);
  if (strstr(err.message, sentence) == NULL) fail_msg("%s", err.message);
  gm_report_free(&report);
  fixture_remove(&f);
}

static void runs_that_cannot_stand_in_one_table_are_refused(void **state) {
  (void)state;
  must_refuse("scaling/p1000-n48-s2", 2, "{", "{", "its \"dataset.lead\" is 2, that of ");
  must_refuse("scaling/p1000-n48-s2", 1, "\"parameters\": 42", "\"parameters\": 43",
              "the seeds of a size have the same");
  must_refuse("scaling/p1000-n48-s2", 1, "\"train\": \"a\"", "\"train\": \"b\"",
              "its \"dataset.train\" is b");
  must_refuse("scaling/p2000-n48-s0", 1, "\"program\"", "\"energy_measured_share\": 0.9, \"program\"",
              "\"energy_measured\" is false, by \"energy_measured_share\" it is true");
  must_refuse("scaling/p2000-n96-s0", 1, "\"emissions_kg\"", "\"emissions_kk\"",
              "\"emissions_kg\" is not known and \"emissions_low_kg\" is");
}

static void nothing_run_is_no_table(void **state) {
  (void)state;
  const gm_report_runs study = {.results = "/nonexistent"};
  gm_report report = {.study = &study};
  gm_error err = {0};
  assert_int_equal(gm_report_make_scaling(&report, &report.tables[GM_TABLE_SCALING], &err), GM_OK);
  assert_int_equal(report.tables[GM_TABLE_SCALING].n_rows, 0);
  gm_report_free(&report);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_and_seeds_are_rows_beside_the_regression),
      cmocka_unit_test(runs_that_cannot_stand_in_one_table_are_refused),
      cmocka_unit_test(nothing_run_is_no_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
