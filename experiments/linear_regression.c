/* SPDX-License-Identifier: MIT
 * Program: fit the linear regression, meter one fit by repetition, and write its run
 * directory. The persistence forecast, which costs nothing, is scored beside it. */
#include "models/regression/linear_regression.h"
#include "common/csv.h"
#include "common/interrupt.h"
#include "common/suggestion.h"
#include "experiments/run/forecast.h"
#include "experiments/run/influence_map.h"
#include "experiments/run/model_input.h"
#include "experiments/run/repeated.h"
#include "experiments/run/spent.h"
#include "experiments/run/words.h"
#include "models/regression/component_regression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char description[] =
    "Fits a linear regression on the last T values of a climate series and forecasts `lead` steps ahead.\n"
    "Writes run.json, predictions.csv, linear.json and emissions.csv into --out. The energy is that of one\n"
    "fit, measured by repeating it.";

static const char epilogue[] =
    "Example:\n  linear_regression --time-steps 12 --country WLD --out results/runs/lr";

typedef struct {
  gm_experiment experiment;
  const char *ridge, *components;
  size_t n_components; /* 0: chosen */
  double *area;        /* (predictors) of the map's points; NULL without */
  double rcond;
  double batch_s;
  gm_linear_regression_config config;
  gm_linear_regression model;
} program;

/* The metered work: one fit from samples in memory. */
static gm_status fit(void *context, gm_error *err) {
  program *p = context;
  const gm_samples *samples = &p->experiment.samples;
  const gm_split *train = &samples->split[GM_TRAIN];
  if (gm_interrupt_requested()) return gm_fail(err, GM_INTERRUPTED, "interrupted");
  const gm_predictors X = {.n = train->n, .p = samples->n_predictors, .x = train->X, .rows = train->x};
  gm_linear_regression_free(&p->model);
  if (p->components != NULL)
    return gm_component_regression_fit(&p->config, p->n_components, p->area, &X, train->y, &p->model, err);
  return gm_linear_regression_fit(&p->config, &X, train->y, &p->model, err);
}

static void predict(void *context, gm_split_name name, double *prediction) {
  const program *p = context;
  const gm_samples *samples = &p->experiment.samples;
  const gm_split *split = &samples->split[name];
  const gm_predictors X = {.n = split->n, .p = samples->n_predictors, .x = split->X, .rows = split->x};
  gm_linear_regression_predict(&p->model, &X, prediction);
}

static struct json_object *config_object(const program *p) {
  static const char *const apart[] = {"components",
                                      NULL}; /* the number that came of it stands there instead */
  struct json_object *config = json_object_new_object();
  gm_config_add_options(config, &p->experiment, apart);
  gm_json_add_text(config, "ridge_choice", gm_ridge_text(p->model.ridge));
  if (p->model.components > 0) gm_json_add_integer(config, "components", (int64_t)p->model.components);
  if (p->model.block > 0) gm_json_add_integer(config, "block", (int64_t)p->model.block);
  if (p->model.block > 0) gm_json_add_integer(config, "gap", (int64_t)p->model.gap);
  gm_json_add_integer(config, "time_steps", p->experiment.options.time_steps);
  return config;
}

static gm_status record(program *p, const gm_repetition *r, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_run_result result = {.parameters =
                              (int64_t)(p->model.components > 0 ? p->model.components : p->model.p) + 1,
                          .epochs = -1,
                          .stop_reason = "closed_form",
                          .repeated = true};
  gm_status status = gm_experiment_forecast(e, predict, p, true, &result.scores, err);
  char *path = gm_experiment_path(e, "linear.json");
  if (status == GM_OK && path == NULL) status = gm_fail_memory(err, "a file name");
  if (status == GM_OK) {
    struct json_object *input = gm_model_input(e, &e->samples, err);
    status = input == NULL ? err->status : gm_linear_regression_write(path, &p->model, input, err);
    json_object_put(input);
  }
  free(path);
  if (status == GM_OK) status = gm_influence_of_regression(e, p->model.coefficients, err);
  if (status != GM_OK) return status;
  char text[1024];
  if (gm_linear_regression_warning(&p->model, text, sizeof text)) gm_experiment_warn(e, text);
  struct json_object *extra = json_object_new_object();
  status = gm_references_write(e, extra, err);
  if (status != GM_OK) {
    json_object_put(extra);
    return status;
  }
  gm_json_add_number(extra, "ridge", p->model.lambda);
  gm_json_add_number(extra, "cross_validation_rmse", p->model.cv_rmse);
  gm_json_add_integer(extra, "rank", (int64_t)p->model.rank);
  gm_json_add_number(extra, "singular_value_cutoff", p->model.singular_value_cutoff);
  gm_json_add_integer(extra, "fit_repeats", r->calls_per_batch * r->batches);
  gm_json_add_number(extra, "energy_per_call_sd_j", r->sd_j);
  gm_repeated_add(extra, r);
  gm_json_add_number(extra, "forecast_flop", gm_linear_regression_forecast_flop(p->model.p));
  gm_json_add_number(extra, "training_flop",
                     gm_linear_regression_fit_flop(e->samples.split[GM_TRAIN].n, p->model.p));
  result.config = config_object(p);
  result.energy = gm_repetition_per_call(r);
  status = gm_experiment_record(e, &result, extra, err);
  if (status != GM_OK) return status;
  gm_repeated_say(e, r);
  gm_experiment_say_scores(e, &result.scores);
  gm_experiment_say_cost(e, &result.energy, " per fit");
  return GM_OK;
}

/* --components: a number, or blocks. */
static gm_status parse_components(program *p, gm_error *err) {
  double number;
  if (p->components == NULL || strcmp(p->components, "blocks") == 0) return GM_OK;
  if (p->ridge == NULL && gm_parse_double(p->components, &number) && number >= 1 && number <= 1e6 &&
      number == floor(number)) {
    p->n_components = (size_t)number;
    return GM_OK;
  }
  gm_fail(err, GM_BAD_INPUT, "--components: expected a whole number of at least 1 or blocks, got \"%s\"",
          p->components);
  return gm_suggest(err, p->components, strlen(p->components), "blocks");
}

static gm_status check_options(program *p, gm_error *err) {
  if (p->components != NULL && (p->ridge != NULL || p->rcond > 0))
    return gm_fail(err, GM_BAD_INPUT,
                   "--components is least squares on patterns: expected it without --ridge and --rcond");
  const gm_status status = parse_components(p, err);
  return status == GM_OK && p->ridge != NULL ? gm_ridge_parse(p->ridge, &p->config, err) : status;
}

static gm_status run(program *p, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_repetition repeated;
  p->config = gm_linear_regression_config_default();
  gm_status status = check_options(p, err);
  if (status == GM_OK) status = gm_experiment_open(e, err);
  if (status == GM_OK && gm_experiment_has_map(e) && e->map.eof.k == 0) {
    p->area = malloc(e->samples.n_predictors * sizeof *p->area);
    if (p->area == NULL) return gm_fail_memory(err, "the areas of the points");
    gm_map_data_area(&e->map, e->samples.time_steps, p->area);
  }
  if (status == GM_OK) status = gm_experiment_create_out(e, err);
  if (status == GM_OK) status = gm_spent_open(e, err);
  if (status != GM_OK) return status;
  p->config.rcond = p->rcond;
  p->config.data_epsilon = e->samples.data_epsilon;
  p->config.time = e->samples.split[GM_TRAIN].target_time;
  p->config.gap = e->samples.lead + e->samples.time_steps - 1; /* samples so far apart share no value */
  p->config.pool = e->compute.pool;
  status = fit(p, err); /* what cannot be fitted is refused before anything is said of repeating it */
  if (status != GM_OK) return status;
  const gm_repeated_work work = {"fit", fit, p, p->batch_s};
  status = gm_repeated_run(e, &work, &repeated, err);
  return status == GM_OK ? record(p, &repeated, err) : status;
}

int main(int argc, char **argv) {
  program p = {.batch_s = gm_repetition_config_default().batch_s};
  gm_error err = {GM_OK, ""};
  bool done = false;
  gm_experiment_init(&p.experiment, "linear_regression");
  p.experiment.no_network = true;
  const gm_option own[] = {
      {"ridge", "LAMBDA|blocks[:N]|loo|none",
       "penalty; blocks: chosen by leaving out N time steps in a row (24) with lead + T - 1 on either side; "
       "loo: "
       "one at a time; default none, blocks where predictors exceed a third of the samples or repeat one "
       "another",
       GM_OPTION_TEXT, &p.ridge, 0, 0, false},
      {"components", "N|blocks",
       "instead: least squares on the N leading EOFs of the training samples; blocks: their number chosen "
       "that way",
       GM_OPTION_TEXT, &p.components, 0, 0, false},
      {"rcond", "X", "relative cut-off of singular values; 0 = max(n, p) · precision of the data",
       GM_OPTION_NUMBER, &p.rcond, 0, 1, false},
      {"batch-seconds", "S",
       "shortest batch of repeated fits, 5 to 20 of which meter one (until their mean is known to 1 %, or "
       "half of them show that 20 would not do); single fits are timed for as long, at most 0.5 s",
       GM_OPTION_NUMBER, &p.batch_s, 0, 3600, true},
  };
  const gm_experiment_usage usage = {description, epilogue, own, sizeof own / sizeof *own};
  gm_status status = gm_experiment_parse(&p.experiment, &usage, argc, argv, &done, &err);
  if (status == GM_OK && !done) status = run(&p, &err);
  const int code = gm_experiment_exit(&p.experiment, status, &err);
  gm_linear_regression_free(&p.model);
  free(p.area);
  gm_experiment_close(&p.experiment);
  return code;
}
