/* SPDX-License-Identifier: MIT
 * Forecasts of a run: their scores and predictions.csv. */
#include "experiments/run/forecast.h"

#include "common/csv.h"
#include "models/statistics/metrics.h"

#include <stdlib.h>

gm_status gm_experiment_scores(const gm_samples *samples, const double *validation, const double *test,
                               gm_scores *scores, gm_error *err) {
  const gm_split *v = &samples->split[GM_VALIDATION], *t = &samples->split[GM_TEST];
  gm_status status = gm_rmse(validation, v->y, v->n, &scores->rmse_validation, err);
  if (status == GM_OK) status = gm_rmse(test, t->y, t->n, &scores->rmse_test, err);
  if (status == GM_OK) status = gm_correlation(validation, v->y, v->n, &scores->correlation_validation, err);
  if (status == GM_OK) status = gm_correlation(test, t->y, t->n, &scores->correlation_test, err);
  return status;
}

void gm_scores_add(struct json_object *object, const gm_scores *s) {
  gm_json_add_number(object, "rmse_validation", s->rmse_validation);
  gm_json_add_number(object, "rmse_test", s->rmse_test);
  gm_json_add_number(object, "correlation_validation", s->correlation_validation);
  gm_json_add_number(object, "correlation_test", s->correlation_test);
}

gm_status gm_experiment_write_predictions(const gm_experiment *e, const gm_samples *samples,
                                          const double *validation, const double *test, gm_error *err) {
  const double *prediction[GM_N_SPLITS] = {[GM_VALIDATION] = validation, [GM_TEST] = test};
  gm_csv_writer csv;
  const gm_status status =
      gm_csv_open_in(&csv, e->options.out, "predictions.csv", "split,month,truth,prediction", err);
  if (status != GM_OK) return status;
  for (int s = 0; s < GM_N_SPLITS; s++)
    for (size_t i = 0; prediction[s] != NULL && i < samples->split[s].n; i++) {
      char date[GM_TIME_TEXT];
      gm_csv_put_text(&csv, gm_split_text((gm_split_name)s));
      gm_csv_put_text(&csv, gm_time_format(samples->unit, samples->split[s].target_time[i], date));
      gm_csv_put_number(&csv, samples->split[s].y[i]);
      gm_csv_put_number(&csv, prediction[s][i]);
      gm_csv_end_row(&csv);
    }
  return gm_csv_commit(&csv, err);
}

gm_status gm_experiment_forecast(const gm_experiment *e, gm_forecaster *forecaster, void *context, bool write,
                                 gm_scores *scores, gm_error *err) {
  const size_t n_validation = e->samples.split[GM_VALIDATION].n, n_test = e->samples.split[GM_TEST].n;
  double *validation = calloc(n_validation + n_test, sizeof *validation), *test = validation + n_validation;
  if (validation == NULL) return gm_fail_memory(err, "the forecasts");
  forecaster(context, GM_VALIDATION, validation);
  forecaster(context, GM_TEST, test);
  gm_status status = gm_experiment_scores(&e->samples, validation, test, scores, err);
  if (status == GM_OK && write)
    status = gm_experiment_write_predictions(e, &e->samples, validation, test, err);
  free(validation);
  return status;
}
