/* SPDX-License-Identifier: MIT
 * A network or a regression behind one set of functions. */
#include "experiments/run/loaded_model.h"

#include "common/interrupt.h"
#include "experiments/run/model_input.h"
#include "models/files/model_file.h"

#include <string.h>

enum { PREDICTION_BATCH = 256 };

gm_status gm_loaded_model_read(gm_loaded_model *m, gm_experiment *experiment, const char *path,
                               const char *arch, gm_error *err) {
  static const char suffix[] = ".json";
  const size_t length = strlen(path);
  m->experiment = experiment;
  m->path = path;
  m->linear = length > strlen(suffix) && strcmp(path + length - strlen(suffix), suffix) == 0;
  const gm_status status =
      m->linear ? gm_linear_regression_read(path, &m->regression, &m->input, err)
                : gm_model_file_load(path, arch, (gm_shape){1, 12, false}, &m->network, &m->input, err);
  return status == GM_OK ? gm_model_input_take(experiment, path, m->input, err) : status;
}

/* Samples [first, first + n) of a split. */
static gm_predictors predictors(const gm_samples *s, gm_split_name name, size_t first, size_t n) {
  const gm_split *split = &s->split[name];
  return (gm_predictors){.n = n,
                         .p = s->n_predictors,
                         .x = split->X == NULL ? NULL : split->X + first * s->n_predictors,
                         .rows = split->x == NULL ? NULL : split->x + first};
}

static gm_status fit_network(gm_loaded_model *m, gm_error *err) {
  const gm_samples *s = &m->experiment->samples;
  const gm_architecture *a = &m->network.architecture;
  const gm_shape shape = gm_architecture_input(a);
  const size_t outputs = gm_shape_size(gm_architecture_output(a));
  if (shape.channels != s->n_channels || shape.length != s->length)
    return gm_fail(err, GM_BAD_INPUT, "%s: made for inputs of %zu × %zu, the data are %zu × %zu", m->path,
                   shape.channels, shape.length, s->n_channels, s->length);
  if (outputs != 1) return gm_fail(err, GM_BAD_INPUT, "%s: %zu outputs, a forecast is 1", m->path, outputs);
  gm_status status = gm_workspace_create(&m->one, a, 1, false, err);
  if (status == GM_OK) status = gm_workspace_create(&m->many, a, PREDICTION_BATCH, false, err);
  if (status == GM_OK) gm_network_settle(&m->experiment->compute, &m->network);
  return status;
}

gm_status gm_loaded_model_fit(gm_loaded_model *m, gm_error *err) {
  const gm_samples *s = &m->experiment->samples;
  const gm_status status = gm_model_input_check(m->experiment, m->path, m->input, err);
  if (status != GM_OK) return status;
  if (!m->linear) return fit_network(m, err);
  if (m->regression.p == s->n_predictors) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: %zu coefficients, the data give %zu predictors", m->path,
                 m->regression.p, s->n_predictors);
}

static double forecast_of(gm_loaded_model *m, size_t window) {
  const gm_samples *s = &m->experiment->samples;
  if (m->linear) {
    const gm_predictors X = predictors(s, GM_TEST, window, 1);
    double forecast;
    gm_linear_regression_predict(&m->regression, &X, &forecast);
    return forecast;
  }
  memcpy(m->one.input, s->split[GM_TEST].x[window], s->n_channels * s->length * sizeof(float));
  return (double)gm_network_forward(&m->experiment->compute, &m->network, &m->one, 1)[0];
}

gm_status gm_loaded_model_forecast(void *model, gm_error *err) {
  gm_loaded_model *m = model;
  if (gm_interrupt_requested()) return gm_fail(err, GM_INTERRUPTED, "interrupted");
  m->forecast = forecast_of(m, m->window);
  m->window = m->window + 1 < m->experiment->samples.split[GM_TEST].n ? m->window + 1 : 0;
  return GM_OK;
}

void gm_loaded_model_predict(void *model, gm_split_name name, double *prediction) {
  gm_loaded_model *m = model;
  const gm_samples *s = &m->experiment->samples;
  gm_examples parts[GM_N_PARTS];
  if (m->linear) {
    const gm_predictors X = predictors(s, name, 0, s->split[name].n);
    gm_linear_regression_predict(&m->regression, &X, prediction);
    return;
  }
  gm_experiment_examples(s, parts);
  gm_network_predict(&m->experiment->compute, &m->network, &m->many,
                     &parts[name == GM_TEST ? GM_PART_TEST : GM_PART_VALIDATION], prediction);
}

int64_t gm_loaded_model_parameters(const gm_loaded_model *m) {
  return m->linear ? (int64_t)m->regression.p + 1 : (int64_t)m->network.architecture.n_parameters;
}

double gm_loaded_model_flop(const gm_loaded_model *m) {
  return m->linear ? gm_linear_regression_forecast_flop(m->regression.p)
                   : gm_architecture_forward_flop(&m->network.architecture);
}

void gm_loaded_model_free(gm_loaded_model *m) {
  gm_linear_regression_free(&m->regression);
  gm_workspace_free(&m->one);
  gm_workspace_free(&m->many);
  gm_network_free(&m->network);
  json_object_put(m->input);
}
