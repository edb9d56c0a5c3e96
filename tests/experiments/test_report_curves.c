/* SPDX-License-Identifier: MIT
 * The data of Figures 7 and 8: the axis shows the best three quarters of the trials, in whatever order they
 * ran. */
#include "common/csv.h"
#include "experiments/report/figures.h"
#include "tests/assert_near.h"
#include "tests/report_fixture.h"

static double cell(const gm_csv_table *table, const char *name) {
  size_t column;
  double value;
  assert_int_equal(gm_csv_column(table, name, &column, NULL), GM_OK);
  assert_int_equal(gm_csv_number(table, 0, column, &value, NULL), GM_OK);
  return value;
}

static void the_axis_holds_three_quarters_of_the_ends(void **state) {
  (void)state;
  report_fixture files = fixture_study(1, "full");
  gm_report_runs study;
  gm_report report;
  gm_csv_table axes;
  char path[256];
  gm_error err;
  /* Five ends, the worst not last: sorted 0.5 0.6 2 3 9, of which 3 is the fourth. */
  FILE *out = fixture_open(&files, "tune", "trials.csv");
  fputs("trial,state,num_input_time_steps,learning_rate,optimizer,value,epochs,duration_s,energy_j\n"
        "0,COMPLETE,1,0.1,adam,3,2,1,1\n1,PRUNED,1,0.1,adam,9,2,1,1\n2,COMPLETE,1,0.1,adam,0.6,2,1,1\n"
        "3,COMPLETE,2,0.01,sgd,0.5,1,1,1\n4,FAIL,1,0.1,adam,2,1,1,1\n",
        out);
  fclose(out);
  out = fixture_open(&files, "tune", "curves.csv");
  fputs("trial,epoch,rmse_validation\n0,1,3\n0,2,3\n1,1,9\n1,2,9\n2,1,0.6\n2,2,0.6\n3,1,0.5\n4,1,2\n", out);
  fclose(out);
  fixture_edit_all(&files, "\"pue\": 1,", "\"pue\": 2,"); /* which is in the joules of trials */
  assert_int_equal(gm_report_runs_load(&study, files.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&report, &study, &err), GM_OK);
  assert_int_equal(gm_report_write_curves(&report, study.runs[GM_RUN_TUNE], 7, files.results, &err), GM_OK);
  snprintf(path, sizeof path, "%s/fig7_axes.csv", files.results);
  assert_int_equal(gm_csv_read(path, &axes, &err), GM_OK);
  const double air = 0.08 * (3 - 0.5);
  assert_near(cell(&axes, "rmse_low"), 0.5 - air, 1e-9);
  assert_near(cell(&axes, "rmse_high"), 3 + air, 1e-9);
  assert_near(cell(&axes, "n_outside"), 1, 0);
  assert_near(cell(&axes, "spent_high_kwh") * 3.6e6, 5, 1e-9);
  gm_csv_free(&axes);
  gm_report_free(&report);
  gm_report_runs_free(&study);
  fixture_remove(&files);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_axis_holds_three_quarters_of_the_ends)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
