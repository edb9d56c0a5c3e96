/* SPDX-License-Identifier: MIT
 * A trained model from its file, a network or a linear regression, and the forecasts it makes of a run's
 * samples: one at a time, as `inference` meters it, or of all months. */
#ifndef EXPERIMENTS_LOADED_MODEL_H
#define EXPERIMENTS_LOADED_MODEL_H

#include "experiments/run/experiment.h"
#include "models/regression/linear_regression.h"

typedef struct {
  const char *path;
  bool linear; /* else a network */
  gm_linear_regression regression;
  gm_network network;
  struct json_object *input; /* what the model's input is made from, from its file; NULL: it does not say */
  gm_workspace one, many;    /* batch 1, batch of all */
  size_t window;             /* of the test split, that is forecast from next */
  double forecast;           /* the last one made */
  gm_experiment *experiment; /* borrowed: samples and compute */
} gm_loaded_model;

/* Reads PATH, .json or .safetensors, and gives the experiment the options its input is made from
 * (model_input.h). `arch` is for a safetensors file without metadata, or NULL. */
gm_status gm_loaded_model_read(gm_loaded_model *model, gm_experiment *experiment, const char *path,
                               const char *arch, gm_error *err);

/* After the data were loaded: GM_BAD_INPUT where they are not what the model was made for. */
gm_status gm_loaded_model_fit(gm_loaded_model *model, gm_error *err);

/* The metered work, a gm_repeated: one forecast, of one test window after the other, for what a network has
 * to do depends on what it looks at. */
gm_status gm_loaded_model_forecast(void *model, gm_error *err);

/* A gm_forecaster: all months of a split. */
void gm_loaded_model_predict(void *model, gm_split_name split, double *prediction);

/* Parameters that were learned, and floating-point operations of one forecast. */
int64_t gm_loaded_model_parameters(const gm_loaded_model *model);
double gm_loaded_model_flop(const gm_loaded_model *model);

/* Accepts a zeroed object. The experiment's options point into `input`, so it is closed first. */
void gm_loaded_model_free(gm_loaded_model *model);

#endif
