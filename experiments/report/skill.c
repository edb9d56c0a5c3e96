/* SPDX-License-Identifier: MIT
 * The skill curve as a table and as the data of its figure. */
#include "experiments/report/skill.h"

#include "experiments/report/figures.h"
#include "experiments/report/tables_rows.h"

#include <math.h>
#include <string.h>

typedef enum { PERSISTENCE, LINEAR_REGRESSION, CNN, N_CURVES } curve;
static const char *const curve_names[N_CURVES] = {"persistence", "linear_regression", "cnn"};
static const char *const measures[] = {"rmse", "correlation"};
static const char *const splits[] = {"validation", "test"};

enum { KEY_LENGTH = 64 };

/* "cnn_rmse_validation": a column of the table. */
static void column_key(curve c, const char *measure, const char *split, char key[KEY_LENGTH]) {
  snprintf(key, KEY_LENGTH, "%s_%s_%s", curve_names[c], measure, split);
}

/* "rmse_validation" of a curve in the run it comes from; persistence is scored beside the regression. */
static double score(const gm_report_runs *study, size_t lead, curve c, const char *measure,
                    const char *split) {
  const gm_report_run *run =
      gm_report_run_at_lead(study, c == CNN ? GM_RUN_CNN : GM_RUN_LINEAR_REGRESSION, lead);
  char key[KEY_LENGTH];
  snprintf(key, sizeof key, "%s%s_%s", c == PERSISTENCE ? "persistence." : "", measure, split);
  return gm_report_run_number(run, key);
}

static gm_status check_lead(const gm_report_runs *study, gm_report_run_kind kind, size_t lead,
                            gm_error *err) {
  const gm_report_run *run = gm_report_run_at_lead(study, kind, lead);
  const double stated = gm_report_run_number(run, "dataset.lead");
  if (stated == (double)lead) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s/run.json: expected a lead of %zu, got %g", run->directory, lead,
                 stated);
}

/* ---- the table -------------------------------------------------------- */

static gm_status set_row(gm_report_table *table, size_t row, const gm_report_runs *study, size_t lead,
                         gm_error *err) {
  gm_status status = check_lead(study, GM_RUN_LINEAR_REGRESSION, lead, err);
  if (status == GM_OK) status = check_lead(study, GM_RUN_CNN, lead, err);
  gm_report_table_number(table, row, "lead", (double)lead);
  for (curve c = 0; c < N_CURVES && status == GM_OK; c++)
    for (size_t m = 0; m < COUNT(measures); m++)
      for (size_t s = 0; s < COUNT(splits); s++) {
        char key[KEY_LENGTH];
        column_key(c, measures[m], splits[s], key);
        gm_report_table_number(table, row, key, score(study, lead, c, measures[m], splits[s]));
      }
  return status;
}

gm_status gm_report_make_skill(gm_report *report, gm_report_table *table, gm_error *err) {
  const gm_report_column columns[] = {
      {.key = "lead", .head = "Lead", .unit = "months", .format = WHOLE},
#define SKILL_COLUMNS(measure, head_of, unit_of, split, decimals)                                            \
  {.key = "persistence_" measure "_" split,                                                                  \
   .head = head_of " " split ", persistence",                                                                \
   .unit = unit_of,                                                                                          \
   .format = FIXED(decimals)},                                                                               \
      {.key = "linear_regression_" measure "_" split,                                                        \
       .head = "LR",                                                                                         \
       .unit = unit_of,                                                                                      \
       .format = FIXED(decimals)},                                                                           \
      {.key = "cnn_" measure "_" split, .head = "CNN", .unit = unit_of, .format = FIXED(decimals)}
      SKILL_COLUMNS("rmse", "RMSE", report->unit, "validation", 4),
      SKILL_COLUMNS("rmse", "RMSE", report->unit, "test", 4),
      SKILL_COLUMNS("correlation", "Correlation", NULL, "validation", 3),
      SKILL_COLUMNS("correlation", "Correlation", NULL, "test", 3),
#undef SKILL_COLUMNS
      {.key = "protocol"},
  };
  const gm_report_runs *study = report->study;
  const size_t n = study->n_leads;
  const size_t rows = n == 0 ? 0 : n + (study->lead > n);
  memcpy(report->skill_columns, columns, sizeof columns);
  gm_status status = gm_report_table_init(table, "skill", report->skill_columns, COUNT(columns), rows, err);
  for (size_t r = 0; r < rows && status == GM_OK; r++)
    status = set_row(table, r, study, r < n ? r + 1 : study->lead, err);
  if (status != GM_OK || rows == 0) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  return gm_report_set_texts(
      report, table, "Skill against lead",
      "Forecasts so many months ahead, each lead with models of its own, trained as the "
      "rows of Table 3 are (CNN: seed 0, last epoch). LR: linear regression. Persistence forecasts that "
      "nothing changes.",
      err);
}

/* ---- the figure's data ------------------------------------------------ */

gm_status gm_report_write_skill(const gm_report *report, const char *directory, gm_error *err) {
  const gm_report_table *table = &report->tables[GM_TABLE_SKILL];
  if (table->n_rows == 0) return GM_OK;
  gm_csv_writer csv = {0};
  const gm_status status =
      gm_report_open_csv(&csv, directory, "skill.csv", "lead,model,split,rmse,correlation,protocol", err);
  if (status != GM_OK) return status;
  for (curve c = 0; c < N_CURVES; c++)
    for (size_t r = 0; r < table->n_rows; r++)
      for (size_t s = 0; s < COUNT(splits); s++) {
        gm_csv_put_number(&csv, gm_report_table_cell(table, r, "lead")->number);
        gm_csv_put_text(&csv, curve_names[c]);
        gm_csv_put_text(&csv, splits[s]);
        for (size_t m = 0; m < COUNT(measures); m++) {
          char key[KEY_LENGTH];
          column_key(c, measures[m], splits[s], key);
          gm_csv_put_number(&csv, gm_report_table_cell(table, r, key)->number);
        }
        gm_csv_put_text(&csv, report->quick ? "quick" : "full");
        gm_csv_end_row(&csv);
      }
  return gm_csv_commit(&csv, err);
}
