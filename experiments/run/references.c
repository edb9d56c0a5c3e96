/* SPDX-License-Identifier: MIT
 * Forecasts without a model, made and scored beside every run's own, so that no table lacks them. */
#include "experiments/run/forecast.h"

#include "common/csv.h"
#include "models/regression/climatology.h"
#include "models/regression/persistence.h"

#include <stdlib.h>

enum { MONTHS = 12 };

/* Forecasts of the validation and test samples, one after the other. */
typedef struct {
  size_t n_validation;
  double *persistence, *climatology; /* (n_validation + n_test), one allocation */
} references;

/* Calendar months of a split's targets, 0 … 11; all 0 where rows have no calendar. */
static void seasons(const gm_samples *samples, gm_split_name name, int *season) {
  const gm_split *split = &samples->split[name];
  for (size_t i = 0; i < split->n; i++) {
    int64_t year;
    int month, day;
    gm_time_split(samples->unit, split->target_time[i], &year, &month, &day);
    season[i] = month - 1;
  }
}

static gm_status forecast(const gm_samples *samples, references *r, gm_error *err) {
  const gm_split *train = &samples->split[GM_TRAIN], *validation = &samples->split[GM_VALIDATION];
  const gm_split *test = &samples->split[GM_TEST];
  const size_t n = validation->n + test->n, most = n > train->n ? n : train->n;
  double mean[MONTHS];
  int *season = malloc(most * sizeof *season);
  *r = (references){.n_validation = validation->n, .persistence = malloc(2 * n * sizeof(double))};
  if (season == NULL || r->persistence == NULL) {
    free(season);
    return gm_fail_memory(err, "the reference forecasts");
  }
  r->climatology = r->persistence + n;
  seasons(samples, GM_TRAIN, season);
  gm_climatology_fit(train->y, season, train->n, MONTHS, mean);
  seasons(samples, GM_VALIDATION, season);
  seasons(samples, GM_TEST, season + validation->n);
  gm_climatology_predict(mean, season, n, r->climatology);
  gm_persistence_predict(validation->index_at_t, validation->n, r->persistence);
  gm_persistence_predict(test->index_at_t, test->n, r->persistence + validation->n);
  free(season);
  return GM_OK;
}

static gm_status add_scores(const gm_samples *samples, const double *prediction, size_t n_validation,
                            const char *key, struct json_object *extra, gm_error *err) {
  gm_scores scores;
  const gm_status status = gm_experiment_scores(samples, prediction, prediction + n_validation, &scores, err);
  if (status != GM_OK) return status;
  struct json_object *object = json_object_new_object();
  gm_scores_add(object, &scores);
  json_object_object_add(extra, key, object);
  return GM_OK;
}

static gm_status write_months(const gm_experiment *e, const references *r, gm_error *err) {
  static const gm_split_name splits[] = {GM_VALIDATION, GM_TEST};
  gm_csv_writer csv;
  const gm_status status = gm_csv_open_in(&csv, e->options.out, "references.csv",
                                          "split,month,truth,persistence,climatology", err);
  if (status != GM_OK) return status;
  size_t row = 0;
  for (size_t s = 0; s < sizeof splits / sizeof *splits; s++) {
    const gm_split *split = &e->samples.split[splits[s]];
    for (size_t i = 0; i < split->n; i++, row++) {
      char date[GM_TIME_TEXT];
      gm_csv_put_text(&csv, gm_split_text(splits[s]));
      gm_csv_put_text(&csv, gm_time_format(e->samples.unit, split->target_time[i], date));
      gm_csv_put_number(&csv, split->y[i]);
      gm_csv_put_number(&csv, r->persistence[row]);
      gm_csv_put_number(&csv, r->climatology[row]);
      gm_csv_end_row(&csv);
    }
  }
  return gm_csv_commit(&csv, err);
}

gm_status gm_references_write(const gm_experiment *e, struct json_object *extra, gm_error *err) {
  references r;
  gm_status status = forecast(&e->samples, &r, err);
  if (status == GM_OK)
    status = add_scores(&e->samples, r.persistence, r.n_validation, "persistence", extra, err);
  if (status == GM_OK)
    status = add_scores(&e->samples, r.climatology, r.n_validation, "climatology", extra, err);
  if (status == GM_OK) status = write_months(e, &r, err);
  free(r.persistence);
  return status;
}
