/* SPDX-License-Identifier: MIT
 * Skill by lead and target month (the spring barrier) of the better linear model and of the CNN (seed 0) of a
 * study on maps: 1 − MSE/MSE of climatology over the validation and test months, as tables/skill_months and
 * as figures/skill_months.csv, which scripts/figures/skill_months.gp draws: lead,target_month,model,skill. No
 * rows where there is no skill curve or no climatology. */
#include "experiments/report/figures.h"
#include "experiments/report/tables_rows.h"
#include "models/statistics/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 12, N_MODELS = 2 };
static const char *const month_keys[MONTHS] = {"jan", "feb", "mar", "apr", "may", "jun",
                                               "jul", "aug", "sep", "oct", "nov", "dec"};

static size_t n_rows_of_curve(const gm_report_runs *study) {
  return study->n_leads == 0 ? 0 : study->n_leads + (study->lead > study->n_leads);
}

static size_t lead_of(const gm_report_runs *study, size_t row) {
  return row < study->n_leads ? row + 1 : study->lead;
}

/* The linear model with the smaller mean validation RMSE over the leads. */
static gm_report_run_kind better_linear(const gm_report_runs *study) {
  if (!study->has_eof_regression) return GM_RUN_LINEAR_REGRESSION;
  double sum = 0;
  for (size_t r = 0; r < n_rows_of_curve(study); r++) {
    const size_t lead = lead_of(study, r);
    sum +=
        gm_report_run_number(gm_report_run_at_lead(study, GM_RUN_EOF_REGRESSION, lead), "rmse_validation") -
        gm_report_run_number(gm_report_run_at_lead(study, GM_RUN_LINEAR_REGRESSION, lead), "rmse_validation");
  }
  return sum < 0 ? GM_RUN_EOF_REGRESSION : GM_RUN_LINEAR_REGRESSION;
}

static const char *name_of(gm_report_run_kind kind) {
  return kind == GM_RUN_CNN ? "CNN" : kind == GM_RUN_EOF_REGRESSION ? "EOF Regression" : "Linear Regression";
}

/* ---- scores ----------------------------------------------------------- */

/* 0 … 11 of "YYYY-MM…". */
static int season_of(const char *month) {
  const int number = strlen(month) >= 7 ? atoi(month + 5) : 1;
  return number >= 1 && number <= MONTHS ? number - 1 : 0;
}

/* Forecasts of both splits in a row. */
typedef struct {
  size_t n;
  double *truth, *forecast, *reference;
  int *season;
} pairs;

static void pairs_free(pairs *p) {
  free(p->truth);
  free(p->season);
}

static gm_status pairs_read(const gm_report_runs *study, gm_report_run_kind kind, size_t lead, pairs *p,
                            gm_error *err) {
  const gm_report_forecasts_place own = {gm_report_run_at_lead(study, kind, lead), 1, NULL, true},
                                  reference = {gm_report_run_at_lead(study, GM_RUN_LINEAR_REGRESSION, lead),
                                               1, "climatology", true};
  gm_report_forecasts model[GM_REPORT_SPLITS] = {{0}}, climatology[GM_REPORT_SPLITS] = {{0}};
  gm_status status = GM_OK;
  *p = (pairs){0};
  size_t n = 0;
  for (int s = 0; s < GM_REPORT_SPLITS && status == GM_OK; s++) {
    status = gm_report_forecasts_read(&own, gm_report_splits[s], &model[s], err);
    if (status == GM_OK)
      status = gm_report_forecasts_read(&reference, gm_report_splits[s], &climatology[s], err);
    if (status == GM_OK && model[s].n_seeds == 1 && climatology[s].n_seeds == 1 &&
        model[s].n == climatology[s].n)
      n += model[s].n;
  }
  p->truth = status == GM_OK ? calloc(3 * n + 1, sizeof *p->truth) : NULL;
  p->season = status == GM_OK ? calloc(n + 1, sizeof *p->season) : NULL;
  if (status == GM_OK && (p->truth == NULL || p->season == NULL))
    status = gm_fail_memory(err, "skill by month");
  if (status == GM_OK) {
    p->forecast = p->truth + n;
    p->reference = p->forecast + n;
    for (int s = 0; s < GM_REPORT_SPLITS; s++)
      for (size_t i = 0; i < model[s].n && p->n < n; i++, p->n++) {
        p->truth[p->n] = model[s].truth[i];
        p->forecast[p->n] = model[s].forecast[0][i];
        p->reference[p->n] = climatology[s].forecast[0][i];
        p->season[p->n] = season_of(model[s].month[i]);
      }
  }
  for (int s = 0; s < GM_REPORT_SPLITS; s++) {
    gm_report_forecasts_free(&model[s]);
    gm_report_forecasts_free(&climatology[s]);
  }
  return status;
}

static gm_status scores(const gm_report_runs *study, gm_report_run_kind kind, size_t lead,
                        gm_season_skill skill[MONTHS], gm_error *err) {
  pairs p;
  const gm_status status = pairs_read(study, kind, lead, &p, err);
  if (status == GM_OK) gm_skill_by_season(p.truth, p.forecast, p.reference, p.season, p.n, MONTHS, skill);
  pairs_free(&p);
  return status;
}

/* ---- the table -------------------------------------------------------- */

gm_status gm_report_make_skill_months(gm_report *report, gm_report_table *table, gm_error *err) {
#define MONTH(name, word)                                                                                    \
  { .key = name, .head = word, .format = FIXED(2) }
  static const gm_report_column columns[] = {
      {.key = "model", .head = "Model"},
      {.key = "lead", .head = "Lead", .unit = "months", .format = WHOLE},
      MONTH("jan", "Jan"),
      MONTH("feb", "Feb"),
      MONTH("mar", "Mar"),
      MONTH("apr", "Apr"),
      MONTH("may", "May"),
      MONTH("jun", "Jun"),
      MONTH("jul", "Jul"),
      MONTH("aug", "Aug"),
      MONTH("sep", "Sep"),
      MONTH("oct", "Oct"),
      MONTH("nov", "Nov"),
      MONTH("dec", "Dec"),
      {.key = "protocol"},
  };
#undef MONTH
  const gm_report_runs *study = report->study;
  const bool any = gm_report_run_member(study->runs[GM_RUN_LINEAR_REGRESSION], "climatology") != NULL;
  const size_t leads = any ? n_rows_of_curve(study) : 0;
  const gm_report_run_kind kinds[N_MODELS] = {better_linear(study), GM_RUN_CNN};
  gm_status status =
      gm_report_table_init(table, "skill_months", columns, COUNT(columns), N_MODELS * leads, err);
  for (size_t m = 0; m < N_MODELS; m++)
    for (size_t r = 0; r < leads && status == GM_OK; r++) {
      gm_season_skill skill[MONTHS];
      const size_t row = m * leads + r;
      status = scores(study, kinds[m], lead_of(study, r), skill, err);
      if (status == GM_OK) status = gm_report_table_text(table, row, "model", name_of(kinds[m]), err);
      gm_report_table_number(table, row, "lead", (double)lead_of(study, r));
      for (int month = 0; month < MONTHS && status == GM_OK; month++)
        gm_report_table_number(table, row, month_keys[month], skill[month].skill);
    }
  if (status != GM_OK || leads == 0) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  return gm_report_set_texts(report, table, NULL, 0, err);
}

/* ---- the figure's data ------------------------------------------------ */

gm_status gm_report_write_skill_months(const gm_report *report, const char *directory, gm_error *err) {
  const gm_report_table *table = &report->tables[GM_TABLE_SKILL_MONTHS];
  if (table->n_rows == 0) return GM_OK;
  gm_csv_writer csv = {0};
  const gm_status status =
      gm_csv_open_in(&csv, directory, "skill_months.csv", "lead,target_month,model,skill", err);
  if (status != GM_OK) return status;
  for (size_t r = 0; r < table->n_rows; r++)
    for (int month = 0; month < MONTHS; month++) {
      gm_csv_put_number(&csv, gm_report_table_cell(table, r, "lead")->number);
      gm_csv_put_integer(&csv, month + 1);
      gm_csv_put_text(&csv, gm_report_table_cell(table, r, "model")->text);
      gm_csv_put_number(&csv, gm_report_table_cell(table, r, month_keys[month])->number);
      gm_csv_end_row(&csv);
    }
  return gm_csv_commit(&csv, err);
}
