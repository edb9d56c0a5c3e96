/* SPDX-License-Identifier: MIT
 * Reads predictions.csv and references.csv, pairs their months and asks for intervals. */
#include "experiments/report/difference.h"

#include "common/csv.h"
#include "models/statistics/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const gm_report_splits[GM_REPORT_SPLITS] = {"validation", "test"};

void gm_report_forecasts_free(gm_report_forecasts *f) {
  for (size_t i = 0; f->month != NULL && i < f->n; i++) free(f->month[i]);
  for (size_t s = 0; f->forecast != NULL && s < f->n_seeds; s++) free(f->forecast[s]);
  free(f->name);
  free(f->truth);
  free(f->month);
  free(f->forecast);
  *f = (gm_report_forecasts){0};
}

/* ---- reading ---------------------------------------------------------- */

typedef struct {
  size_t split, month, truth, value;
} columns;

static gm_status find_columns(const gm_csv_table *table, const char *column, columns *c, gm_error *err) {
  gm_status status = gm_csv_column(table, "split", &c->split, err);
  if (status == GM_OK) status = gm_csv_column(table, "month", &c->month, err);
  if (status == GM_OK) status = gm_csv_column(table, "truth", &c->truth, err);
  return status == GM_OK ? gm_csv_column(table, column, &c->value, err) : status;
}

/* Months and truth, from the first seed's file. */
static gm_status take_months(gm_report_forecasts *f, const gm_csv_table *table, const columns *c,
                             const char *split, gm_error *err) {
  f->name = strdup(table->name);
  f->truth = calloc(table->n_rows + 1, sizeof *f->truth);
  f->month = calloc(table->n_rows + 1, sizeof *f->month);
  if (f->name == NULL || f->truth == NULL || f->month == NULL) return gm_fail_memory(err, "forecasts");
  for (size_t r = 0; r < table->n_rows; r++) {
    if (strcmp(gm_csv_field(table, r, c->split), split) != 0) continue;
    const gm_status status = gm_csv_number(table, r, c->truth, &f->truth[f->n], err);
    if (status != GM_OK) return status;
    f->month[f->n] = strdup(gm_csv_field(table, r, c->month));
    if (f->month[f->n] == NULL) return gm_fail_memory(err, "forecasts");
    f->n++;
  }
  return GM_OK;
}

static gm_status other_months(const char *a, const char *b, size_t i, gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT, "%s: its months are not those of %s (from the %zuth on); rerun both", b,
                 a, i + 1);
}

static gm_status take_seed(gm_report_forecasts *f, const gm_csv_table *table, const columns *c,
                           const char *split, gm_error *err) {
  double *forecast = calloc(f->n + 1, sizeof *forecast);
  if (forecast == NULL) return gm_fail_memory(err, "forecasts");
  f->forecast[f->n_seeds++] = forecast;
  size_t i = 0;
  for (size_t r = 0; r < table->n_rows; r++) {
    if (strcmp(gm_csv_field(table, r, c->split), split) != 0) continue;
    if (i == f->n || strcmp(gm_csv_field(table, r, c->month), f->month[i]) != 0)
      return other_months(f->name, table->name, i, err);
    const gm_status status = gm_csv_number(table, r, c->value, &forecast[i], err);
    if (status != GM_OK) return status;
    i++;
  }
  return i == f->n ? GM_OK : other_months(f->name, table->name, i, err);
}

static gm_status read_seed(gm_report_forecasts *f, const char *path, const char *column, const char *split,
                           gm_error *err) {
  gm_csv_table table = {0};
  columns c;
  gm_status status = gm_csv_read(path, &table, err);
  if (status == GM_OK) status = find_columns(&table, column, &c, err);
  if (status == GM_OK && f->n_seeds == 0) status = take_months(f, &table, &c, split, err);
  if (status == GM_OK) status = take_seed(f, &table, &c, split, err);
  gm_csv_free(&table);
  return status;
}

gm_status gm_report_forecasts_read(const gm_report_forecasts_place *place, const char *split,
                                   gm_report_forecasts *f, gm_error *err) {
  const bool own = place->reference == NULL, optional = !own || place->optional;
  const char *file = own ? "predictions.csv" : "references.csv",
             *column = own ? "prediction" : place->reference;
  *f = (gm_report_forecasts){.forecast = calloc(place->n_runs + 1, sizeof *f->forecast)};
  gm_status status = f->forecast == NULL ? gm_fail_memory(err, "forecasts") : GM_OK;
  for (size_t s = 0; s < place->n_runs && status == GM_OK; s++) {
    char *path = gm_path_join(place->runs[s].directory, file);
    if (path == NULL)
      status = gm_fail_memory(err, file);
    else if (!optional || access(path, F_OK) == 0)
      status = read_seed(f, path, column, split, err);
    free(path);
  }
  if (status != GM_OK) gm_report_forecasts_free(f);
  return status;
}

/* ---- asking ----------------------------------------------------------- */

static gm_forecasts of(const gm_report_forecasts *f) {
  return (gm_forecasts){(const double *const *)f->forecast, f->n_seeds};
}

bool gm_report_same_truth(const gm_report_forecasts *a, const gm_report_forecasts *b) {
  if (a->n != b->n) return false;
  for (size_t i = 0; i < a->n; i++)
    if (strcmp(a->month[i], b->month[i]) != 0 || a->truth[i] != b->truth[i]) return false;
  return true;
}

/* Whether `own`, of the forecasts of a run, is what the run states as `name`; unknown where it is undefined.
 */
static gm_status check_score(const gm_report_run *run, const char *inside, const char *name,
                             const char *split, double own, double size, gm_error *err) {
  const double rounding = 1e-6; /* of the digits in which forecasts are written */
  char key[64];
  snprintf(key, sizeof key, "%s%s%s_%s", inside, inside[0] != '\0' ? "." : "", name, split);
  const double stated = gm_report_run_number(run, key);
  if (fabs(own - stated) <= rounding * size || (isnan(own) && isnan(stated))) return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s/run.json: \"%s\" is %g, that of the forecasts beside it %g; they are not of one run, rerun it",
      run->directory, key, stated, own);
}

/* As many forecasts as the run says it had samples, where it does. */
static gm_status check_count(const gm_report_run *run, const char *split, size_t n, gm_error *err) {
  char key[64];
  snprintf(key, sizeof key, "dataset.n_%s", split);
  const double stated = gm_report_run_number(run, key);
  if (isnan(stated) || stated == (double)n) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"%s\" is %g, and there are %zu forecasts beside it; they are not of one "
                 "run, rerun it",
                 run->directory, key, stated, n);
}

gm_status gm_report_scores_check(const gm_report_forecasts *f, const gm_report_forecasts_place *place,
                                 const char *split, gm_error *err) {
  const char *inside = place->reference != NULL ? place->reference : "";
  gm_status status = GM_OK;
  for (size_t s = 0; s < f->n_seeds && f->n > 0 && status == GM_OK; s++) {
    const gm_report_run *run = &place->runs[s];
    gm_error undefined;
    double rmse = NAN, correlation = NAN;
    status = check_count(run, split, f->n, err);
    if (status == GM_OK) status = gm_rmse(f->forecast[s], f->truth, f->n, &rmse, err);
    if (status == GM_OK) status = check_score(run, inside, "rmse", split, rmse, rmse, err);
    if (gm_correlation(f->forecast[s], f->truth, f->n, &correlation, &undefined) != GM_OK) correlation = NAN;
    char key[64];
    snprintf(key, sizeof key, "%s%scorrelation_%s", inside, inside[0] != '\0' ? "." : "", split);
    const bool recorded = !isnan(gm_report_run_number(run, key)); /* a row may lack it */
    if (status == GM_OK && recorded)
      status = check_score(run, inside, "correlation", split, correlation, 1, err);
  }
  return status;
}

gm_status gm_report_rmse(const gm_report_forecasts *a, gm_interval *interval, gm_error *err) {
  *interval = (gm_interval){NAN, NAN, NAN};
  if (a->n_seeds == 0 || a->n == 0) return GM_OK;
  const gm_forecasts forecasts = of(a);
  return gm_rmse_interval(a->truth, &forecasts, a->n, interval, err);
}

gm_status gm_report_rmse_difference(const gm_report_forecasts *a, const gm_report_forecasts *b,
                                    gm_interval *interval, gm_error *err) {
  *interval = (gm_interval){NAN, NAN, NAN};
  if (a->n_seeds == 0 || b->n_seeds == 0 || a->n == 0) return GM_OK;
  size_t i = 0;
  while (i < a->n && i < b->n && strcmp(a->month[i], b->month[i]) == 0) i++;
  if (i < a->n || i < b->n) return other_months(a->name, b->name, i, err);
  for (i = 0; i < a->n; i++)
    if (a->truth[i] != b->truth[i])
      return gm_fail(err, GM_BAD_INPUT, "%s: its truth of %s is %g, that of %s is %g; rerun both", b->name,
                     b->month[i], b->truth[i], a->name, a->truth[i]);
  const gm_forecasts one = of(a), other = of(b);
  return gm_rmse_difference(a->truth, &one, &other, a->n, interval, err);
}
