/* SPDX-License-Identifier: MIT
 * Skill against lead: RMSE and correlation of persistence, climatology, the linear models and the CNN (seed
 * 0) at every lead of a study on maps, as tables/skill and as figures/skill.csv, which
 * scripts/figures/skill.gp draws: lead,model,split,rmse,correlation,rmse_low,rmse_high,protocol. The bounds
 * are those of the difference to the linear regression, from its error on. No rows for a study without a
 * skill curve; a run whose lead is not what its directory says is GM_BAD_INPUT. */
#include "experiments/report/figures.h"
#include "experiments/report/tables_rows.h"

#include <math.h>
#include <string.h>

typedef enum { PERSISTENCE, CLIMATOLOGY, LINEAR_REGRESSION, EOF_REGRESSION, CNN, N_CURVES } curve;
static const struct {
  const char *name, *head;
  gm_report_run_kind run;
  const char *reference; /* its member of run.json and column of references.csv; NULL: the run's own scores */
} curves[N_CURVES] = {
    [PERSISTENCE] = {"persistence", "Persistence", GM_RUN_LINEAR_REGRESSION, "persistence"},
    [CLIMATOLOGY] = {"climatology", "Climatology", GM_RUN_LINEAR_REGRESSION, "climatology"},
    [LINEAR_REGRESSION] = {"linear_regression", "LR", GM_RUN_LINEAR_REGRESSION, NULL},
    [EOF_REGRESSION] = {"eof_regression", "EOF", GM_RUN_EOF_REGRESSION, NULL},
    [CNN] = {"cnn", "CNN", GM_RUN_CNN, NULL},
};
static const char *const measures[] = {"rmse", "correlation"};

enum { KEY_LENGTH = 64 };

/* Studies of before have no climatology, and not all have the regression on patterns. */
static bool has(const gm_report_runs *study, curve c) {
  if (c == EOF_REGRESSION) return study->has_eof_regression;
  return c != CLIMATOLOGY ||
         gm_report_run_member(study->runs[GM_RUN_LINEAR_REGRESSION], "climatology") != NULL;
}

/* "cnn_rmse_validation": a column of the table. */
static void column_key(curve c, const char *measure, const char *split, char key[KEY_LENGTH]) {
  snprintf(key, KEY_LENGTH, "%s_%s_%s", curves[c].name, measure, split);
}

/* "rmse_validation" of a curve in the run it comes from; references are scored beside the regression. */
static double score(const gm_report_runs *study, size_t lead, curve c, const char *measure,
                    const char *split) {
  const gm_report_run *run = gm_report_run_at_lead(study, curves[c].run, lead);
  const char *inside = curves[c].reference;
  char key[KEY_LENGTH];
  snprintf(key, sizeof key, "%s%s%s_%s", inside != NULL ? inside : "", inside != NULL ? "." : "", measure,
           split);
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
  if (status == GM_OK && study->has_eof_regression)
    status = check_lead(study, GM_RUN_EOF_REGRESSION, lead, err);
  gm_report_table_number(table, row, "lead", (double)lead);
  for (curve c = 0; c < N_CURVES && status == GM_OK; c++)
    for (size_t m = 0; m < COUNT(measures) && has(study, c); m++)
      for (int s = 0; s < GM_REPORT_SPLITS; s++) {
        char key[KEY_LENGTH];
        column_key(c, measures[m], gm_report_splits[s], key);
        gm_report_table_number(table, row, key, score(study, lead, c, measures[m], gm_report_splits[s]));
      }
  return status;
}

/* The columns of the curves this study has, group by group; the first of a group names it. */
static size_t make_columns(gm_report *report) {
#define OF(curve, measure, split) curve "_" measure "_" split
#define GROUP(measure, split)                                                                                \
  {                                                                                                          \
    OF("persistence", measure, split), OF("climatology", measure, split),                                    \
        OF("linear_regression", measure, split), OF("eof_regression", measure, split),                       \
        OF("cnn", measure, split)                                                                            \
  }
  static const struct {
    const char *head, *key[N_CURVES];
    int decimals;
    bool in_unit;
  } groups[] = {{"RMSE validation, persistence", GROUP("rmse", "validation"), 4, true},
                {"RMSE test, persistence", GROUP("rmse", "test"), 4, true},
                {"Correlation validation, persistence", GROUP("correlation", "validation"), 3, false},
                {"Correlation test, persistence", GROUP("correlation", "test"), 3, false}};
#undef GROUP
#undef OF
  gm_report_column *columns = report->skill_columns;
  size_t n = 0;
  columns[n++] = (gm_report_column){.key = "lead", .head = "Lead", .unit = "months", .format = WHOLE};
  for (size_t g = 0; g < COUNT(groups); g++)
    for (curve c = 0; c < N_CURVES; c++) {
      if (!has(report->study, c)) continue;
      columns[n++] = (gm_report_column){.key = groups[g].key[c],
                                        .head = c == PERSISTENCE ? groups[g].head : curves[c].head,
                                        .unit = groups[g].in_unit ? report->unit : NULL,
                                        .format = {.kind = GM_NUMBER_FIXED,
                                                   .digits = groups[g].decimals,
                                                   .scale = groups[g].in_unit ? report->error_scale : 0}};
    }
  columns[n++] = (gm_report_column){.key = "protocol"};
  return n;
}

gm_status gm_report_make_skill(gm_report *report, gm_report_table *table, gm_error *err) {
  const gm_report_runs *study = report->study;
  const size_t n = study->n_leads, n_columns = make_columns(report);
  const size_t rows = n == 0 ? 0 : n + (study->lead > n);
  gm_status status = gm_report_table_init(table, "skill", report->skill_columns, n_columns, rows, err);
  for (size_t r = 0; r < rows && status == GM_OK; r++)
    status = set_row(table, r, study, r < n ? r + 1 : study->lead, err);
  if (status != GM_OK || rows == 0) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  return gm_report_set_texts(report, table, NULL, 0, err);
}

/* ---- the figure's data ------------------------------------------------ */

static gm_status read_curve(const gm_report_runs *study, size_t lead, curve c, int split,
                            gm_report_forecasts *forecasts, gm_error *err) {
  const gm_report_forecasts_place place = {gm_report_run_at_lead(study, curves[c].run, lead), 1,
                                           curves[c].reference, true};
  return gm_report_forecasts_read(&place, gm_report_splits[split], forecasts, err);
}

/* The bounds of a point: the linear regression's RMSE and the interval of the difference to it. */
static gm_status bounds(const gm_report_runs *study, size_t lead, curve c, int split, gm_interval *interval,
                        gm_error *err) {
  gm_report_forecasts one = {0}, lr = {0};
  gm_status status = read_curve(study, lead, c, split, &one, err);
  if (status == GM_OK) status = read_curve(study, lead, LINEAR_REGRESSION, split, &lr, err);
  if (status == GM_OK) status = gm_report_rmse_difference(&one, &lr, interval, err);
  gm_report_forecasts_free(&one);
  gm_report_forecasts_free(&lr);
  const double from = score(study, lead, LINEAR_REGRESSION, "rmse", gm_report_splits[split]);
  interval->low += from;
  interval->high += from;
  return status;
}

gm_status gm_report_write_skill(const gm_report *report, const char *directory, gm_error *err) {
  const gm_report_table *table = &report->tables[GM_TABLE_SKILL];
  if (table->n_rows == 0) return GM_OK;
  gm_csv_writer csv = {0};
  gm_status status = gm_csv_open_in(&csv, directory, "skill.csv",
                                    "lead,model,split,rmse,correlation,rmse_low,rmse_high,protocol", err);
  if (status != GM_OK) return status;
  for (curve c = 0; c < N_CURVES; c++)
    for (size_t r = 0; r < table->n_rows && has(report->study, c); r++)
      for (int s = 0; s < GM_REPORT_SPLITS; s++) {
        const double lead = gm_report_table_cell(table, r, "lead")->number;
        gm_interval interval = {NAN, NAN, NAN};
        if (status == GM_OK) status = bounds(report->study, (size_t)lead, c, s, &interval, err);
        gm_csv_put_number(&csv, lead);
        gm_csv_put_text(&csv, curves[c].name);
        gm_csv_put_text(&csv, gm_report_splits[s]);
        for (size_t m = 0; m < COUNT(measures); m++) {
          char key[KEY_LENGTH];
          column_key(c, measures[m], gm_report_splits[s], key);
          gm_csv_put_number(&csv, gm_report_table_cell(table, r, key)->number);
        }
        gm_csv_put_rounded(&csv, interval.low, 9);
        gm_csv_put_rounded(&csv, interval.high, 9);
        gm_csv_put_text(&csv, report->quick ? "quick" : "full");
        gm_csv_end_row(&csv);
      }
  return gm_csv_close(&csv, status, err);
}
