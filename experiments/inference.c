/* SPDX-License-Identifier: MIT
 * Program: energy, emissions and latency of one forecast of a trained model, by
 * repetition, and its forecasts of the validation and test months. */
#include "common/interrupt.h"
#include "energy/repetition.h"
#include "experiments/run/model_input.h"
#include "experiments/run/run_directory.h"
#include "experiments/run/spent.h"
#include "experiments/run/words.h"
#include "models/files/model_file.h"
#include "models/regression/linear_regression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char description[] =
    "Loads a model and meters one forecast (one forward pass of one window in memory, no input or output)\n"
    "by repeating it. Writes run.json, predictions.csv and emissions.csv into --out. The data and all that "
    "is\n"
    "made of them (features, base period, box, lead, time steps …) are the model's own: an option that\n"
    "contradicts them is refused, and so are data whose training samples are not the model's. --validation\n"
    "and --test may be others.";

static const char epilogue[] =
    "Example:\n  inference --model results/runs/cnn-seed0/model.safetensors --country WLD "
    "--out results/runs/inference_cnn";

typedef struct {
  gm_experiment experiment;
  const char *model, *arch;
  double batch_s;
  bool linear;
  gm_linear_regression regression;
  gm_network network;
  struct json_object *input; /* what the model's input is made from, from its file; NULL: it does not say */
  gm_workspace one, many;    /* batch 1, batch of all */
  gm_predictors window;      /* what is forecast from, again and again */
  double forecast;           /* the last one made */
} program;

enum { PREDICTION_BATCH = 256 };

/* ---- the model ------------------------------------------------------------------- */

static gm_status load_model(program *p, gm_error *err) {
  static const char suffix[] = ".json";
  const size_t length = strlen(p->model);
  p->linear = length > strlen(suffix) && strcmp(p->model + length - strlen(suffix), suffix) == 0;
  const gm_status status = p->linear ? gm_linear_regression_read(p->model, &p->regression, &p->input, err)
                                     : gm_model_file_load(p->model, p->arch, (gm_shape){1, 12, false},
                                                          &p->network, &p->input, err);
  return status == GM_OK ? gm_model_input_take(&p->experiment, p->model, p->input, err) : status;
}

static gm_status fit_to_data(program *p, gm_error *err) {
  const gm_samples *s = &p->experiment.samples;
  if (p->linear) {
    if (p->regression.p == s->n_predictors) return GM_OK;
    return gm_fail(err, GM_BAD_INPUT, "%s: %zu coefficients, the data give %zu predictors", p->model,
                   p->regression.p, s->n_predictors);
  }
  const gm_architecture *a = &p->network.architecture;
  const gm_shape shape = gm_architecture_input(a);
  if (shape.channels != s->n_channels || shape.length != s->length)
    return gm_fail(err, GM_BAD_INPUT, "%s: made for inputs of %zu × %zu, the data are %zu × %zu", p->model,
                   shape.channels, shape.length, s->n_channels, s->length);
  if (gm_shape_size(gm_architecture_output(a)) != 1)
    return gm_fail(err, GM_BAD_INPUT, "%s: %zu outputs, a forecast is 1", p->model,
                   gm_shape_size(gm_architecture_output(a)));
  const gm_status status = gm_workspace_create(&p->one, a, 1, false, err);
  return status == GM_OK ? gm_workspace_create(&p->many, a, PREDICTION_BATCH, false, err) : status;
}

/* ---- forecasts --------------------------------------------------------------------- */

static gm_predictors predictors(const gm_samples *s, gm_split_name name, size_t n) {
  const gm_split *split = &s->split[name];
  return (gm_predictors){.n = n, .p = s->n_predictors, .x = split->X, .rows = split->x};
}

/* What is forecast from while it is metered: the first test window, and nothing else. */
static void take_window(program *p) {
  const gm_samples *s = &p->experiment.samples;
  p->window = predictors(s, GM_TEST, 1);
  if (!p->linear)
    memcpy(p->one.input, s->split[GM_TEST].x[0], gm_shape_size(gm_experiment_shape(s)) * sizeof(float));
}

/* The metered work: one forecast of that window. */
static gm_status forecast(void *context, gm_error *err) {
  program *p = context;
  if (gm_interrupt_requested()) return gm_fail(err, GM_INTERRUPTED, "interrupted");
  if (p->linear)
    gm_linear_regression_predict(&p->regression, &p->window, &p->forecast);
  else
    p->forecast = (double)gm_network_forward(&p->experiment.compute, &p->network, &p->one, 1)[0];
  return GM_OK;
}

static void predict_all(void *context, gm_split_name name, double *prediction) {
  program *p = context;
  const gm_samples *s = &p->experiment.samples;
  gm_examples parts[GM_N_PARTS];
  if (p->linear) {
    const gm_predictors X = predictors(s, name, s->split[name].n);
    gm_linear_regression_predict(&p->regression, &X, prediction);
    return;
  }
  gm_experiment_examples(s, parts);
  gm_network_predict(&p->experiment.compute, &p->network, &p->many,
                     &parts[name == GM_TEST ? GM_PART_TEST : GM_PART_VALIDATION], prediction);
}

/* ---- the run ------------------------------------------------------------------------- */

static gm_status record(program *p, const gm_repetition *r, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_run_result result = {.epochs = -1, .stop_reason = "repetition", .repeated = true};
  gm_status status = gm_experiment_forecast(e, predict_all, p, true, &result.scores, err);
  if (status != GM_OK) return status;
  const gm_emissions kg = gm_emissions_of(r->energy_j, r->low_j, r->high_j, &e->carbon);
  struct json_object *extra = json_object_new_object();
  result.parameters =
      p->linear ? (int64_t)p->regression.p + 1 : (int64_t)p->network.architecture.n_parameters;
  result.energy = gm_repetition_per_call(r);
  result.config = json_object_new_object();
  gm_config_add_options(result.config, e, (const char *const[]){NULL});
  gm_json_add_number(extra, "energy_per_forecast_j", r->energy_j);
  gm_json_add_number(extra, "energy_per_forecast_low_j", r->low_j);
  gm_json_add_number(extra, "energy_per_forecast_high_j", r->high_j);
  gm_json_add_number(extra, "energy_per_forecast_sd_j", r->sd_j);
  gm_json_add_integer(extra, "repeat_batches", r->batches);
  gm_json_add_number(extra, "energy_repeat_low_j", r->repeat_low_j);
  gm_json_add_number(extra, "energy_repeat_high_j", r->repeat_high_j);
  gm_json_add_number(extra, "emissions_per_forecast_kg", kg.kg);
  gm_json_add_number(extra, "emissions_per_forecast_low_kg", kg.low_kg);
  gm_json_add_number(extra, "emissions_per_forecast_high_kg", kg.high_kg);
  gm_json_add_number(extra, "forecast_flop",
                     p->linear ? gm_linear_regression_forecast_flop(p->regression.p)
                               : gm_architecture_forward_flop(&p->network.architecture));
  gm_json_add_number(extra, "latency_s", r->latency_s);
  gm_json_add_integer(extra, "repeats", r->calls_per_batch * r->batches);
  status = gm_experiment_record(e, &result, extra, err);
  if (status != GM_OK) return status;
  gm_experiment_say_repeated(e, r);
  gm_experiment_say_scores(e, &result.scores);
  gm_experiment_say_cost(e, &result.energy, " per forecast");
  return GM_OK;
}

static gm_status run(program *p, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_repetition_config repetition = gm_repetition_config_default();
  gm_repetition repeated;
  repetition.batch_s = p->batch_s;
  repetition.latency_s = fmin(repetition.latency_s, p->batch_s);
  if (p->model == NULL)
    return gm_fail(err, GM_BAD_INPUT, "--model FILE: which model? expected .safetensors or .json");
  gm_status status = gm_experiment_begin(e, err);
  if (status == GM_OK) status = load_model(p, err); /* says what the samples are */
  if (status == GM_OK) status = gm_experiment_load(e, err);
  if (status == GM_OK) status = gm_model_input_check(e, p->model, p->input, err);
  if (status == GM_OK) status = fit_to_data(p, err);
  if (status == GM_OK) status = gm_experiment_create_out(e, err);
  if (status == GM_OK) status = gm_spent_open(e, err);
  if (status != GM_OK) return status;
  take_window(p);
  gm_experiment_say_repetition(e, "forecast", &repetition);
  gm_experiment_start(e);
  status = gm_energy_repeat(e->meter, forecast, p, &repetition, &repeated, err);
  gm_experiment_stop(e);
  return status == GM_OK ? record(p, &repeated, err) : status;
}

int main(int argc, char **argv) {
  program p = {.batch_s = gm_repetition_config_default().batch_s};
  gm_error err = {GM_OK, ""};
  bool done = false;
  gm_experiment_init(&p.experiment, "inference");
  const gm_option own[] = {
      {"model", "FILE", "model.safetensors (network) or linear.json (regression)", GM_OPTION_TEXT, &p.model,
       0, 0, false},
      {"arch", "SPEC", "layers of a safetensors file without metadata, for inputs of 1 × 12", GM_OPTION_TEXT,
       &p.arch, 0, 0, false},
      {"batch-seconds", "S",
       "shortest batch of repeated forecasts, 5 to 20 of which meter one (until their mean is known to 1 %, "
       "or half of them show that 20 would not do); single forecasts are timed for as long, at most 0.5 s",
       GM_OPTION_NUMBER, &p.batch_s, 0, 3600, true},
  };
  const gm_experiment_usage usage = {description, epilogue, own, sizeof own / sizeof *own};
  gm_status status = gm_experiment_parse(&p.experiment, &usage, argc, argv, &done, &err);
  if (status == GM_OK && !done) status = run(&p, &err);
  const int code = gm_experiment_exit(&p.experiment, status, &err);
  gm_linear_regression_free(&p.regression);
  gm_workspace_free(&p.one);
  gm_workspace_free(&p.many);
  gm_network_free(&p.network);
  gm_experiment_close(&p.experiment);
  json_object_put(p.input); /* options point into it */
  return code;
}
