/* SPDX-License-Identifier: MIT
 * Forecasts of a run: their scores, and predictions.csv. */
#ifndef EXPERIMENTS_FORECAST_H
#define EXPERIMENTS_FORECAST_H

#include "experiments/run/experiment.h"

typedef struct {
  double rmse_validation, rmse_test, correlation_validation, correlation_test;
} gm_scores;

gm_status gm_experiment_scores(const gm_samples *samples, const double *validation, const double *test,
                               gm_scores *scores, gm_error *err);
void gm_scores_add(struct json_object *object, const gm_scores *scores);

/* Fills prediction (n of the split) with a model's forecasts. */
typedef void gm_forecaster(void *context, gm_split_name split, double *prediction);

/* Scores the forecasts of the validation and test months and, if `write`, leaves them in predictions.csv. */
gm_status gm_experiment_forecast(const gm_experiment *experiment, gm_forecaster *forecaster, void *context,
                                 bool write, gm_scores *scores, gm_error *err);

/* DIR/predictions.csv: split,month,truth,prediction. */
gm_status gm_experiment_write_predictions(const gm_experiment *experiment, const gm_samples *samples,
                                          const double *validation, const double *test, gm_error *err);

/* Adds "persistence" and "climatology", objects of scores, to `extra` and writes the file. */
gm_status gm_references_write(const gm_experiment *experiment, struct json_object *extra, gm_error *err);

#endif
