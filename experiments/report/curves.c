/* SPDX-License-Identifier: MIT
 * The data of figures 7 and 8: every trial's learning curve from curves.csv and
 * trials.csv of a search, the best value so far, and the range that is shown. */
#include "experiments/report/figures.h"

#include "energy/carbon/emissions.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int64_t number;
  char state[16];    /* lower case: complete, pruned, fail */
  double value;      /* last validation RMSE; NaN for a failed trial */
  double energy_kwh; /* with PUE; NaN where it is not known */
} trial;

typedef struct {
  int64_t trial;
  double epoch, rmse;
} point;

static int by_trial(const void *a, const void *b) {
  const trial *x = a, *y = b;
  return (x->number > y->number) - (x->number < y->number);
}

static int by_trial_and_epoch(const void *a, const void *b) {
  const point *x = a, *y = b;
  if (x->trial != y->trial) return x->trial > y->trial ? 1 : -1;
  return (x->epoch > y->epoch) - (x->epoch < y->epoch);
}

static gm_status read_table(const gm_report_run *run, const char *name, gm_csv_table *table, gm_error *err) {
  char *path = gm_path_join(run->directory, name);
  *table = (gm_csv_table){0};
  if (path == NULL) return gm_fail_memory(err, name);
  const gm_status status = gm_csv_read(path, table, err);
  free(path);
  return status;
}

/* A field that may be empty: NaN then. */
static gm_status optional_number(const gm_csv_table *table, size_t row, size_t column, double *value,
                                 gm_error *err) {
  *value = NAN;
  return gm_csv_field(table, row, column)[0] == '\0' ? GM_OK : gm_csv_number(table, row, column, value, err);
}

static gm_status read_trials(const gm_report_run *run, trial **trials, size_t *n, gm_error *err) {
  const double stated = gm_report_run_number(run, "pue"), pue = stated >= 1.0 ? stated : 1.0;
  size_t number = 0, state = 0, value = 0, energy = 0;
  gm_csv_table table;
  gm_status status = read_table(run, "trials.csv", &table, err);
  if (status == GM_OK) status = gm_csv_column(&table, "trial", &number, err);
  if (status == GM_OK) status = gm_csv_column(&table, "state", &state, err);
  if (status == GM_OK) status = gm_csv_column(&table, "value", &value, err);
  if (status == GM_OK) status = gm_csv_column(&table, "energy_j", &energy, err);
  if (status == GM_OK && (*trials = calloc(table.n_rows + 1, sizeof **trials)) == NULL)
    status = gm_fail_memory(err, "trials");
  for (size_t r = 0; r < table.n_rows && status == GM_OK; r++) {
    trial *t = &(*trials)[r];
    double index = 0.0;
    status = gm_csv_number(&table, r, number, &index, err);
    if (status == GM_OK) status = optional_number(&table, r, value, &t->value, err);
    if (status == GM_OK) status = optional_number(&table, r, energy, &t->energy_kwh, err);
    t->energy_kwh = gm_kwh(t->energy_kwh) * pue;
    t->number = (int64_t)index;
    snprintf(t->state, sizeof t->state, "%s", gm_csv_field(&table, r, state));
    for (char *c = t->state; *c != '\0'; c++) *c = (char)tolower((unsigned char)*c);
    if (strcmp(t->state, "failed") == 0) strcpy(t->state, "fail");
    *n = r + 1;
  }
  gm_csv_free(&table);
  if (status == GM_OK && *n > 0) qsort(*trials, *n, sizeof **trials, by_trial);
  return status;
}

/* Epochs without a finite RMSE (a diverged trial) are left out. */
static gm_status read_points(const gm_report_run *run, point **points, size_t *n, gm_error *err) {
  size_t number = 0, epoch = 0, rmse = 0;
  gm_csv_table table;
  gm_status status = read_table(run, "curves.csv", &table, err);
  if (status == GM_OK) status = gm_csv_column(&table, "trial", &number, err);
  if (status == GM_OK) status = gm_csv_column(&table, "epoch", &epoch, err);
  if (status == GM_OK) status = gm_csv_column(&table, "rmse_validation", &rmse, err);
  if (status == GM_OK && (*points = calloc(table.n_rows + 1, sizeof **points)) == NULL)
    status = gm_fail_memory(err, "curves");
  for (size_t r = 0; r < table.n_rows && status == GM_OK; r++) {
    double index = 0.0;
    point *p = &(*points)[*n];
    if (!gm_parse_double(gm_csv_field(&table, r, rmse), &p->rmse) || !isfinite(p->rmse)) continue;
    status = gm_csv_number(&table, r, number, &index, err);
    if (status == GM_OK) status = gm_csv_number(&table, r, epoch, &p->epoch, err);
    p->trial = (int64_t)index;
    ++*n;
  }
  gm_csv_free(&table);
  if (status == GM_OK && *n > 0) qsort(*points, *n, sizeof **points, by_trial_and_epoch);
  return status;
}

/* ---- writing ---------------------------------------------------------- */

static const char *state_of(const trial *trials, size_t n, int64_t number) {
  for (size_t i = 0; i < n; i++)
    if (trials[i].number == number) return trials[i].state;
  return "";
}

/* 1 for the best finished trial, 2 for the next …; 0 for trials that did not finish. Of equals the earlier
 * one. */
static int64_t rank_of(const trial *trials, size_t n, int64_t number) {
  const trial *own = NULL;
  for (size_t i = 0; i < n; i++)
    if (trials[i].number == number) own = &trials[i];
  if (own == NULL || strcmp(own->state, "complete") != 0) return 0;
  int64_t rank = 1;
  for (size_t i = 0; i < n; i++)
    rank += strcmp(trials[i].state, "complete") == 0 &&
            (trials[i].value < own->value || (trials[i].value == own->value && trials[i].number < number));
  return rank;
}

/* One blank line between trials, so that gnuplot lifts its pen. */
static gm_status write_curves(const trial *trials, size_t n_trials, const point *points, size_t n,
                              int64_t best, const char *directory, const char *name, gm_error *err) {
  gm_csv_writer csv = {0};
  const gm_status status =
      gm_report_open_csv(&csv, directory, name, "trial,state,best,epoch,rmse_validation,last,rank", err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < n; i++) {
    if (i > 0 && points[i].trial != points[i - 1].trial) fputc('\n', csv.file.stream);
    gm_csv_put_integer(&csv, points[i].trial);
    gm_csv_put_text(&csv, state_of(trials, n_trials, points[i].trial));
    gm_csv_put_integer(&csv, points[i].trial == best);
    gm_csv_put_number(&csv, points[i].epoch);
    gm_csv_put_number(&csv, points[i].rmse);
    gm_csv_put_integer(&csv, i + 1 == n || points[i + 1].trial != points[i].trial);
    gm_csv_put_integer(&csv, rank_of(trials, n_trials, points[i].trial));
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

/* What the trials up to and with the i-th drew; those whose energy is not known count for nothing. */
static double spent_kwh(const trial *trials, size_t i) {
  double sum = 0.0;
  for (size_t k = 0; k <= i; k++) sum += isnan(trials[k].energy_kwh) ? 0.0 : trials[k].energy_kwh;
  return sum;
}

/* "best so far" counts finished (complete) trials only. */
static gm_status write_trials(const trial *trials, size_t n, const char *directory, const char *name,
                              gm_error *err) {
  gm_csv_writer csv = {0};
  const gm_status status =
      gm_report_open_csv(&csv, directory, name, "trial,state,value,best_so_far,spent_kwh", err);
  if (status != GM_OK) return status;
  double best = NAN;
  for (size_t i = 0; i < n; i++) {
    if (strcmp(trials[i].state, "complete") == 0) best = fmin(best, trials[i].value);
    gm_csv_put_integer(&csv, trials[i].number);
    gm_csv_put_text(&csv, trials[i].state);
    gm_csv_put_number(&csv, trials[i].value);
    gm_csv_put_number(&csv, best);
    gm_csv_put_rounded(&csv, spent_kwh(trials, i), 9);
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* A stretch of RMSE, and the most energy that a search spent. */
typedef struct {
  double low, high, spent_kwh;
} range;

/* From the best RMSE of a search up to what holds three quarters of its trials' ends. Diverging trials would
 * flatten everything else. */
static gm_status widen(range *shown, const gm_report_run *run, gm_error *err) {
  trial *trials = NULL;
  point *points = NULL;
  double *ends = NULL;
  size_t n_trials = 0, n_points = 0, n_ends = 0;
  gm_status status = read_trials(run, &trials, &n_trials, err);
  if (status == GM_OK) status = read_points(run, &points, &n_points, err);
  if (status == GM_OK && (ends = calloc(n_trials + 1, sizeof *ends)) == NULL)
    status = gm_fail_memory(err, "curves");
  for (size_t i = 0; i < n_trials && status == GM_OK; i++)
    if (!isnan(trials[i].value)) ends[n_ends++] = trials[i].value;
  if (n_ends > 0) {
    qsort(ends, n_ends, sizeof *ends, by_value);
    shown->high = fmax(shown->high, ends[(n_ends - 1) * 3 / 4]);
  }
  if (status == GM_OK && n_trials > 0)
    shown->spent_kwh = fmax(shown->spent_kwh, spent_kwh(trials, n_trials - 1));
  for (size_t i = 0; i < n_points && status == GM_OK; i++) shown->low = fmin(shown->low, points[i].rmse);
  free(ends);
  free(trials);
  free(points);
  return status;
}

/* Both searches on one scale, the persistence forecast in it, with a little air. */
static gm_status write_axes(const gm_report *report, const trial *trials, size_t n_trials, bool busy,
                            const char *directory, const char *name, gm_error *err) {
  const double air = 0.08;
  const double persistence = report->models[GM_MODEL_PERSISTENCE].rmse_validation.mean;
  range shown = {persistence, persistence, 0.0};
  size_t outside = 0;
  const gm_report_run_kind searches[] = {GM_RUN_TUNE, GM_RUN_TUNE_PRUNED};
  for (int s = 0; s < 2; s++) {
    const gm_status status = widen(&shown, report->study->runs[searches[s]], err);
    if (status != GM_OK) return status;
  }
  const double span = shown.high > shown.low ? shown.high - shown.low : fabs(shown.low);
  const double low = shown.low - air * span, high = shown.high + air * span;
  for (size_t i = 0; i < n_trials; i++) outside += trials[i].value > high;

  gm_csv_writer csv = {0};
  const gm_status status = gm_report_open_csv(
      &csv, directory, name, "rmse_low,rmse_high,persistence,n_trials,n_outside,spent_high_kwh,machine_busy",
      err);
  if (status != GM_OK) return status;
  gm_csv_put_number(&csv, low);
  gm_csv_put_number(&csv, high);
  gm_csv_put_number(&csv, persistence);
  gm_csv_put_integer(&csv, (int64_t)n_trials);
  gm_csv_put_integer(&csv, (int64_t)outside);
  gm_csv_put_number(&csv, shown.spent_kwh);
  gm_csv_put_integer(&csv, busy);
  gm_csv_end_row(&csv);
  return gm_csv_commit(&csv, err);
}

gm_status gm_report_write_curves(const gm_report *report, const gm_report_run *run, int figure,
                                 const char *directory, gm_error *err) {
  trial *trials = NULL;
  point *points = NULL;
  size_t n_trials = 0, n_points = 0;
  char name[32];
  const double best = gm_report_run_number(run, "best.trial");
  gm_status status = read_trials(run, &trials, &n_trials, err);
  if (status == GM_OK) status = read_points(run, &points, &n_points, err);
  if (status == GM_OK) {
    snprintf(name, sizeof name, "fig%d_curves.csv", figure);
    status = write_curves(trials, n_trials, points, n_points, isnan(best) ? -1 : (int64_t)best, directory,
                          name, err);
  }
  if (status == GM_OK) {
    snprintf(name, sizeof name, "fig%d_trials.csv", figure);
    status = write_trials(trials, n_trials, directory, name, err);
  }
  if (status == GM_OK) {
    snprintf(name, sizeof name, "fig%d_axes.csv", figure);
    status = write_axes(report, trials, n_trials, gm_report_is_flagged(run), directory, name, err);
  }
  free(trials);
  free(points);
  return status;
}
