/* SPDX-License-Identifier: MIT
 * Pairs the validation months of two prediction files and asks the bootstrap. */
#include "experiments/report/difference.h"

#include "common/csv.h"
#include "models/statistics/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A year per block keeps the season and the memory of the errors together. */
enum { BLOCK_MONTHS = 12, REPLICATES = 10000, BOOTSTRAP_SEED = 0 };

/* The validation rows of a predictions.csv, in file order. */
typedef struct {
  gm_csv_table table;
  size_t n;
  double *truth, *prediction; /* (n) each, owned */
  const char **month;         /* (n), views into table; owned array */
} validation;

static void validation_free(validation *v) {
  free(v->truth);
  free(v->prediction);
  free(v->month);
  gm_csv_free(&v->table);
  *v = (validation){0};
}

static gm_status validation_read(const gm_report_run *run, validation *v, gm_error *err) {
  size_t split = 0, month = 0, truth = 0, prediction = 0;
  char *path = gm_path_join(run->directory, "predictions.csv");
  *v = (validation){0};
  if (path == NULL) return gm_fail_memory(err, "predictions");
  gm_status status = gm_csv_read(path, &v->table, err);
  free(path);
  if (status == GM_OK) status = gm_csv_column(&v->table, "split", &split, err);
  if (status == GM_OK) status = gm_csv_column(&v->table, "month", &month, err);
  if (status == GM_OK) status = gm_csv_column(&v->table, "truth", &truth, err);
  if (status == GM_OK) status = gm_csv_column(&v->table, "prediction", &prediction, err);
  if (status != GM_OK) goto done;
  v->truth = calloc(v->table.n_rows + 1, sizeof *v->truth);
  v->prediction = calloc(v->table.n_rows + 1, sizeof *v->prediction);
  v->month = calloc(v->table.n_rows + 1, sizeof *v->month);
  if (v->truth == NULL || v->prediction == NULL || v->month == NULL) {
    status = gm_fail_memory(err, "predictions");
    goto done;
  }
  for (size_t r = 0; r < v->table.n_rows && status == GM_OK; r++) {
    if (strcmp(gm_csv_field(&v->table, r, split), "validation") != 0) continue;
    v->month[v->n] = gm_csv_field(&v->table, r, month);
    status = gm_csv_number(&v->table, r, truth, &v->truth[v->n], err);
    if (status == GM_OK) status = gm_csv_number(&v->table, r, prediction, &v->prediction[v->n], err);
    v->n++;
  }
done:
  if (status != GM_OK) validation_free(v);
  return status;
}

static gm_status check_same_months(const validation *a, const validation *b, gm_error *err) {
  size_t i = 0;
  while (i < a->n && i < b->n && strcmp(a->month[i], b->month[i]) == 0) i++;
  if (i == a->n && i == b->n) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s: its validation months are not those of %s (from the %zuth on); rerun both",
                 b->table.name, a->table.name, i + 1);
}

gm_status gm_report_rmse_difference(const gm_report_run *linear_regression, const gm_report_run *model,
                                    double *low, double *high, gm_error *err) {
  validation lr = {0}, other = {0};
  *low = *high = NAN;
  gm_status status = validation_read(linear_regression, &lr, err);
  if (status == GM_OK) status = validation_read(model, &other, err);
  if (status == GM_OK) status = check_same_months(&lr, &other, err);
  if (status == GM_OK && lr.n >= BLOCK_MONTHS) {
    gm_bootstrap_interval interval = {0};
    status = gm_bootstrap_rmse_difference(lr.truth, other.prediction, lr.prediction, lr.n, BLOCK_MONTHS,
                                          REPLICATES, BOOTSTRAP_SEED, &interval, err);
    if (status == GM_OK) {
      *low = interval.low;
      *high = interval.high;
    }
  }
  validation_free(&lr);
  validation_free(&other);
  return status;
}
