/* SPDX-License-Identifier: MIT
 * The data of figures 7 and 8: every trial's learning curve from curves.csv and
 * trials.csv of a search, the best value so far, and the range that is shown. */
#include "experiments/report/figures.h"

#include "common/ascending.h"
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

/* What trials.csv and curves.csv of a search hold, in order. */
typedef struct {
  trial *trials;
  point *points;
  size_t n_trials, n_points;
} search;

static int by_trial(const void *a, const void *b) {
  const trial *x = a, *y = b;
  return (x->number > y->number) - (x->number < y->number);
}

static int by_trial_and_epoch(const void *a, const void *b) {
  const point *x = a, *y = b;
  if (x->trial != y->trial) return x->trial > y->trial ? 1 : -1;
  return (x->epoch > y->epoch) - (x->epoch < y->epoch);
}

/* A field that may be empty: NaN then. */
static gm_status optional_number(const gm_csv_table *table, size_t row, size_t column, double *value,
                                 gm_error *err) {
  *value = NAN;
  return gm_csv_field(table, row, column)[0] == '\0' ? GM_OK : gm_csv_number(table, row, column, value, err);
}

static gm_status read_trials(const gm_report_run *run, search *s, gm_error *err) {
  size_t number = 0, state = 0, value = 0, energy = 0;
  gm_csv_table table;
  gm_status status = gm_csv_read_in(run->directory, "trials.csv", &table, err);
  if (status == GM_OK) status = gm_csv_column(&table, "trial", &number, err);
  if (status == GM_OK) status = gm_csv_column(&table, "state", &state, err);
  if (status == GM_OK) status = gm_csv_column(&table, "value", &value, err);
  if (status == GM_OK) status = gm_csv_column(&table, "energy_j", &energy, err);
  if (status == GM_OK && (s->trials = calloc(table.n_rows + 1, sizeof *s->trials)) == NULL)
    status = gm_fail_memory(err, "trials");
  for (size_t r = 0; r < table.n_rows && status == GM_OK; r++) {
    trial *t = &s->trials[r];
    double index = 0.0;
    status = gm_csv_number(&table, r, number, &index, err);
    if (status == GM_OK) status = optional_number(&table, r, value, &t->value, err);
    if (status == GM_OK) status = optional_number(&table, r, energy, &t->energy_kwh, err);
    t->energy_kwh = gm_kwh(t->energy_kwh);
    t->number = (int64_t)index;
    snprintf(t->state, sizeof t->state, "%s", gm_csv_field(&table, r, state));
    for (char *c = t->state; *c != '\0'; c++) *c = (char)tolower((unsigned char)*c);
    if (strcmp(t->state, "failed") == 0) strcpy(t->state, "fail");
    s->n_trials = r + 1;
  }
  gm_csv_free(&table);
  if (status == GM_OK && s->n_trials > 0) qsort(s->trials, s->n_trials, sizeof *s->trials, by_trial);
  return status;
}

/* Epochs without a finite RMSE (a diverged trial) are left out. */
static gm_status read_points(const gm_report_run *run, search *s, gm_error *err) {
  size_t number = 0, epoch = 0, rmse = 0;
  gm_csv_table table;
  gm_status status = gm_csv_read_in(run->directory, "curves.csv", &table, err);
  if (status == GM_OK) status = gm_csv_column(&table, "trial", &number, err);
  if (status == GM_OK) status = gm_csv_column(&table, "epoch", &epoch, err);
  if (status == GM_OK) status = gm_csv_column(&table, "rmse_validation", &rmse, err);
  if (status == GM_OK && (s->points = calloc(table.n_rows + 1, sizeof *s->points)) == NULL)
    status = gm_fail_memory(err, "curves");
  for (size_t r = 0; r < table.n_rows && status == GM_OK; r++) {
    double index = 0.0;
    point *p = &s->points[s->n_points];
    if (!gm_parse_double(gm_csv_field(&table, r, rmse), &p->rmse) || !isfinite(p->rmse)) continue;
    status = gm_csv_number(&table, r, number, &index, err);
    if (status == GM_OK) status = gm_csv_number(&table, r, epoch, &p->epoch, err);
    p->trial = (int64_t)index;
    s->n_points++;
  }
  gm_csv_free(&table);
  if (status == GM_OK && s->n_points > 0)
    qsort(s->points, s->n_points, sizeof *s->points, by_trial_and_epoch);
  return status;
}

/* Frees what was read, also after a failure. */
static void release(search *s) {
  free(s->trials);
  free(s->points);
}

static gm_status read_search(const gm_report_run *run, search *s, gm_error *err) {
  *s = (search){0};
  const gm_status status = read_trials(run, s, err);
  return status == GM_OK ? read_points(run, s, err) : status;
}

/* ---- writing ---------------------------------------------------------- */

/* Where the files of a figure go: DIRECTORY/figN_WHAT.csv. */
typedef struct {
  const char *directory;
  int figure;
} place;

static gm_status open_csv(gm_csv_writer *csv, const place *to, const char *what, const char *header,
                          gm_error *err) {
  char name[32];
  snprintf(name, sizeof name, "fig%d_%s.csv", to->figure, what);
  return gm_csv_open_in(csv, to->directory, name, header, err);
}

static const trial *find(const search *s, int64_t number) {
  for (size_t i = 0; i < s->n_trials; i++)
    if (s->trials[i].number == number) return &s->trials[i];
  return NULL;
}

/* 1 for the best finished trial, 2 for the next …; 0 for trials that did not finish. Of equals the earlier
 * one. */
static int64_t rank_of(const search *s, const trial *own) {
  if (own == NULL || strcmp(own->state, "complete") != 0) return 0;
  int64_t rank = 1;
  for (const trial *t = s->trials; t < s->trials + s->n_trials; t++)
    rank += strcmp(t->state, "complete") == 0 &&
            (t->value < own->value || (t->value == own->value && t->number < own->number));
  return rank;
}

/* One blank line between trials, so that gnuplot lifts its pen. */
static gm_status write_curves(const search *s, int64_t best, const place *to, gm_error *err) {
  gm_csv_writer csv;
  const gm_status status =
      open_csv(&csv, to, "curves", "trial,state,best,epoch,rmse_validation,last,rank", err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < s->n_points; i++) {
    const point *p = &s->points[i];
    const trial *own = find(s, p->trial);
    if (i > 0 && p->trial != p[-1].trial) fputc('\n', csv.file.stream);
    gm_csv_put_integer(&csv, p->trial);
    gm_csv_put_text(&csv, own != NULL ? own->state : "");
    gm_csv_put_integer(&csv, p->trial == best);
    gm_csv_put_number(&csv, p->epoch);
    gm_csv_put_number(&csv, p->rmse);
    gm_csv_put_integer(&csv, i + 1 == s->n_points || p[1].trial != p->trial);
    gm_csv_put_integer(&csv, rank_of(s, own));
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

/* What the first n trials drew; those whose energy is not known count for nothing. */
static double spent_kwh(const search *s, size_t n) {
  double sum = 0.0;
  for (size_t k = 0; k < n; k++) sum += isnan(s->trials[k].energy_kwh) ? 0.0 : s->trials[k].energy_kwh;
  return sum;
}

/* "best so far" counts finished (complete) trials only. */
static gm_status write_trials(const search *s, const place *to, gm_error *err) {
  gm_csv_writer csv;
  const gm_status status = open_csv(&csv, to, "trials", "trial,state,value,best_so_far,spent_kwh", err);
  if (status != GM_OK) return status;
  double best = NAN;
  for (size_t i = 0; i < s->n_trials; i++) {
    const trial *t = &s->trials[i];
    if (strcmp(t->state, "complete") == 0) best = fmin(best, t->value);
    gm_csv_put_integer(&csv, t->number);
    gm_csv_put_text(&csv, t->state);
    gm_csv_put_number(&csv, t->value);
    gm_csv_put_number(&csv, best);
    gm_csv_put_rounded(&csv, spent_kwh(s, i + 1), 9);
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

/* A stretch of RMSE, and the most energy that a search spent. */
typedef struct {
  double low, high, spent_kwh;
} range;

/* From the best RMSE of a search up to what holds three quarters of its trials' ends. Diverging trials would
 * flatten everything else. */
static gm_status widen(range *shown, const gm_report_run *run, gm_error *err) {
  search s;
  double *ends = NULL;
  size_t n_ends = 0;
  gm_status status = read_search(run, &s, err);
  if (status == GM_OK && (ends = calloc(s.n_trials + 1, sizeof *ends)) == NULL)
    status = gm_fail_memory(err, "curves");
  if (status == GM_OK) {
    for (size_t i = 0; i < s.n_trials; i++)
      if (!isnan(s.trials[i].value)) ends[n_ends++] = s.trials[i].value;
    qsort(ends, n_ends, sizeof *ends, gm_ascending);
    if (n_ends > 0) shown->high = fmax(shown->high, ends[(n_ends - 1) * 3 / 4]);
    if (s.n_trials > 0) shown->spent_kwh = fmax(shown->spent_kwh, spent_kwh(&s, s.n_trials));
    for (size_t i = 0; i < s.n_points; i++) shown->low = fmin(shown->low, s.points[i].rmse);
  }
  free(ends);
  release(&s);
  return status;
}

/* Both searches on one scale, the persistence forecast in it, with a little air. */
static gm_status write_axes(const gm_report *report, const search *s, bool busy, const place *to,
                            gm_error *err) {
  const double air = 0.08;
  const double persistence = report->models[GM_MODEL_PERSISTENCE].rmse_validation.mean;
  range shown = {persistence, persistence, 0.0};
  size_t outside = 0;
  const gm_report_run_kind searches[] = {GM_RUN_TUNE, GM_RUN_TUNE_PRUNED};
  for (int i = 0; i < 2; i++) {
    const gm_status status = widen(&shown, report->study->runs[searches[i]], err);
    if (status != GM_OK) return status;
  }
  const double span = shown.high > shown.low ? shown.high - shown.low : fabs(shown.low);
  const double low = shown.low - air * span, high = shown.high + air * span;
  for (size_t i = 0; i < s->n_trials; i++) outside += s->trials[i].value > high;

  gm_csv_writer csv;
  const gm_status status = open_csv(
      &csv, to, "axes", "rmse_low,rmse_high,persistence,n_trials,n_outside,spent_high_kwh,machine_busy", err);
  if (status != GM_OK) return status;
  gm_csv_put_number(&csv, low);
  gm_csv_put_number(&csv, high);
  gm_csv_put_number(&csv, persistence);
  gm_csv_put_integer(&csv, (int64_t)s->n_trials);
  gm_csv_put_integer(&csv, (int64_t)outside);
  gm_csv_put_number(&csv, shown.spent_kwh);
  gm_csv_put_integer(&csv, busy);
  gm_csv_end_row(&csv);
  return gm_csv_commit(&csv, err);
}

gm_status gm_report_write_curves(const gm_report *report, const gm_report_run *run, int figure,
                                 const char *directory, gm_error *err) {
  const place to = {directory, figure};
  const double best = gm_report_run_number(run, "best.trial");
  search s;
  gm_status status = read_search(run, &s, err);
  if (status == GM_OK) status = write_curves(&s, isnan(best) ? -1 : (int64_t)best, &to, err);
  if (status == GM_OK) status = write_trials(&s, &to, err);
  if (status == GM_OK) status = write_axes(report, &s, gm_report_is_flagged(run), &to, err);
  release(&s);
  return status;
}
