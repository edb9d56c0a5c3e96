/* SPDX-License-Identifier: MIT
 * Program: energy, emissions and latency of one forecast of a trained model, by
 * repetition, and its forecasts of the validation and test months. */
#include "experiments/run/loaded_model.h"
#include "experiments/run/repeated.h"
#include "experiments/run/spent.h"
#include "experiments/run/words.h"

static const char description[] =
    "Loads a model and meters one forecast (one forward pass of one window in memory, no input or output)\n"
    "by repeating it, with the test windows in turn. Writes run.json, predictions.csv and emissions.csv\n"
    "into --out. The data and all that is made of them (features, base period, box, lead, time steps …)\n"
    "are the model's own: an option that contradicts them is refused, and so are data whose training\n"
    "samples are not the model's. --validation and --test may be others.";

static const char epilogue[] =
    "Example:\n  inference --model results/runs/cnn-seed0/model.safetensors --country WLD "
    "--out results/runs/inference_cnn";

typedef struct {
  gm_experiment experiment;
  const char *path, *arch;
  double batch_s;
  gm_loaded_model model;
} program;

static gm_status record(program *p, const gm_repetition *r, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_run_result result = {.epochs = -1, .stop_reason = "repetition", .repeated = true};
  gm_status status = gm_experiment_forecast(e, gm_loaded_model_predict, &p->model, true, &result.scores, err);
  if (status != GM_OK) return status;
  const gm_emissions kg = gm_emissions_of(r->energy_j, r->low_j, r->high_j, &e->carbon);
  struct json_object *extra = json_object_new_object();
  result.parameters = gm_loaded_model_parameters(&p->model);
  result.energy = gm_repetition_per_call(r);
  result.config = json_object_new_object();
  gm_config_add_options(result.config, e, (const char *const[]){NULL});
  gm_json_add_number(extra, "energy_per_forecast_j", r->energy_j);
  gm_json_add_number(extra, "energy_per_forecast_low_j", r->low_j);
  gm_json_add_number(extra, "energy_per_forecast_high_j", r->high_j);
  gm_json_add_number(extra, "energy_per_forecast_sd_j", r->sd_j);
  gm_repeated_add(extra, r);
  gm_json_add_number(extra, "emissions_per_forecast_kg", kg.kg);
  gm_json_add_number(extra, "emissions_per_forecast_low_kg", kg.low_kg);
  gm_json_add_number(extra, "emissions_per_forecast_high_kg", kg.high_kg);
  gm_json_add_number(extra, "forecast_flop", gm_loaded_model_flop(&p->model));
  gm_json_add_integer(extra, "repeats", r->calls_per_batch * r->batches);
  gm_json_add_integer(extra, "windows", (int64_t)e->samples.split[GM_TEST].n);
  status = gm_experiment_record(e, &result, extra, err);
  if (status != GM_OK) return status;
  gm_repeated_say(e, r);
  gm_experiment_say_scores(e, &result.scores);
  gm_experiment_say_cost(e, &result.energy, " per forecast");
  return GM_OK;
}

static gm_status run(program *p, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_repetition repeated;
  if (p->path == NULL)
    return gm_fail(err, GM_BAD_INPUT, "--model FILE: which model? expected .safetensors or .json");
  gm_status status = gm_experiment_begin(e, err);
  if (status == GM_OK) /* says what the samples are */
    status = gm_loaded_model_read(&p->model, e, p->path, p->arch, err);
  if (status == GM_OK) status = gm_experiment_load(e, err);
  if (status == GM_OK) status = gm_loaded_model_fit(&p->model, err);
  if (status == GM_OK) status = gm_experiment_create_out(e, err);
  if (status == GM_OK) status = gm_spent_open(e, err);
  if (status != GM_OK) return status;
  const gm_repeated_work work = {"forecast", gm_loaded_model_forecast, &p->model, p->batch_s};
  status = gm_repeated_run(e, &work, &repeated, err);
  return status == GM_OK ? record(p, &repeated, err) : status;
}

int main(int argc, char **argv) {
  program p = {.batch_s = gm_repetition_config_default().batch_s};
  gm_error err = {GM_OK, ""};
  bool done = false;
  gm_experiment_init(&p.experiment, "inference");
  const gm_option own[] = {
      {"model", "FILE", "model.safetensors (network) or linear.json (regression)", GM_OPTION_TEXT, &p.path, 0,
       0, false},
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
  gm_experiment_close(&p.experiment);
  gm_loaded_model_free(&p.model);
  return code;
}
