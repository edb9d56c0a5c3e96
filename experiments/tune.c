/* SPDX-License-Identifier: MIT
 * Program: search the number of input time steps, the learning rate and the
 * optimiser of the CNN, every trial a metered training with its own pruner. */
#include "common/csv.h"
#include "common/interrupt.h"
#include "experiments/training.h"
#include "tuning/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char description[] =
    "Searches num_input_time_steps in 1 … 12 (maps: 1 … 6), learning_rate in [1e-5, 1e-1] (log) and the "
    "optimizer (adam, "
    "sgd)\n"
    "for the least validation RMSE after the last epoch, with the semantics of Optuna 5. Writes run.json,\n"
    "trials.csv, curves.csv, predictions.csv of the best trial and emissions.csv into --out.";

static const char epilogue[] =
    "Example:\n  tune --trials 30 --epochs 50 --pruner percentile:10 --country WLD "
    "--out results/runs/tune_pruned";

static const char *const optimizer_choices[] = {"adam", "sgd"};

enum { LARGEST_TIME_STEPS = 12, FAILURES_IN_A_ROW = 20 };

/* What a trial cost, beside its record in the study. */
typedef struct {
  int64_t epochs;
  gm_energy energy;
} cost;

typedef struct {
  gm_experiment experiment;
  gm_training_config config;
  gm_study_config study_config;
  const char *sampler, *pruner;
  bool univariate;
  int64_t trials, n_startup_trials, pruner_startup_trials;
  gm_study *study;
  gm_samples samples[LARGEST_TIME_STEPS]; /* [T − 1], cut on first use */
  cost *costs;                            /* by trial number */
  size_t n_costs;
  double *validation, *test; /* forecasts of the best trial */
  gm_progress progress;
} program;

/* ---- one trial --------------------------------------------------------------------- */

typedef struct {
  gm_study *study;
  gm_trial *trial;
  gm_status status;
  gm_error *err;
} pruning;

/* Epoch e is step e − 1 of the study, as in the Python study. */
static bool report_epoch(void *context, const gm_epoch *epoch) {
  pruning *p = context;
  bool prune = false;
  p->status = gm_study_report(p->study, p->trial, epoch->epoch - 1, epoch->rmse_validation, p->err);
  if (p->status == GM_OK) p->status = gm_study_should_prune(p->study, p->trial, &prune, p->err);
  return p->status == GM_OK && !prune;
}

static gm_status suggest(program *p, gm_trial *trial, int64_t *time_steps, gm_error *err) {
  gm_optimizer_config *optimizer = &p->config.trainer.optimizer;
  size_t choice = 0;
  gm_status status =
      gm_study_suggest_int(p->study, trial, "num_input_time_steps",
                           gm_int_range(1, (int64_t)p->experiment.sampling.max_time_steps), time_steps, err);
  if (status == GM_OK)
    status = gm_study_suggest_float(p->study, trial, "learning_rate", gm_float_log_range(1e-5, 1e-1),
                                    &optimizer->learning_rate, err);
  if (status == GM_OK)
    status = gm_study_suggest_categorical(p->study, trial, "optimizer", gm_choice(2, optimizer_choices),
                                          &choice, err);
  return status == GM_OK ? gm_optimizer_from_name(optimizer_choices[choice], &optimizer->kind, err) : status;
}

/* Keeps the forecasts of a trial that has become the best. */
static gm_status keep_best(program *p, const gm_trial *trial, gm_training *training, gm_error *err) {
  if (gm_study_best(p->study) != trial) return GM_OK;
  free(p->validation);
  free(p->test);
  p->validation = p->test = NULL;
  return gm_training_forecast(training, &p->validation, &p->test, err);
}

static gm_status train_trial(program *p, gm_trial *trial, gm_training *training, gm_error *err) {
  pruning judge = {p->study, trial, GM_OK, err};
  int64_t time_steps = 0;
  gm_status status = suggest(p, trial, &time_steps, err);
  if (status != GM_OK) return status;
  gm_samples *samples = &p->samples[time_steps - 1];
  if (samples->time_steps == 0)
    status = gm_experiment_samples(&p->experiment, (size_t)time_steps, samples, err);
  if (status == GM_OK) status = gm_training_create(training, &p->experiment, &p->config, samples, err);
  if (status != GM_OK) return status;
  training->progress = &p->progress;
  training->progress_done = (size_t)trial->number * (size_t)p->config.trainer.epochs;
  training->on_epoch = report_epoch;
  training->context = &judge;
  status = gm_training_run(training, err);
  if (judge.status != GM_OK) return judge.status;
  const int64_t epochs = training->trainer.epoch;
  p->costs[trial->number] = (cost){epochs, gm_training_energy(training)};
  if (status == GM_FAILED) { /* diverged: the search goes on without it */
    gm_progress_clear(&p->progress);
    gm_experiment_warn(&p->experiment, err->message);
    return gm_study_tell(p->study, trial, GM_TRIAL_FAIL, NAN, err);
  }
  if (status != GM_OK) return status;
  const bool pruned = training->trainer.stop_reason == GM_STOP_CALLBACK;
  status = gm_study_tell(p->study, trial, pruned ? GM_TRIAL_PRUNED : GM_TRIAL_COMPLETE,
                         training->epochs[epochs - 1].rmse_validation, err);
  return status == GM_OK ? keep_best(p, trial, training, err) : status;
}

static gm_status add_cost(program *p, const gm_trial *trial, gm_error *err) {
  const size_t needed = (size_t)trial->number + 1;
  cost *larger = realloc(p->costs, needed * sizeof *larger);
  if (larger == NULL) return gm_fail_memory(err, "the trials");
  p->costs = larger;
  p->costs[trial->number] = (cost){0};
  p->n_costs = needed;
  return GM_OK;
}

static gm_status search(program *p, gm_error *err) {
  int64_t failures = 0;
  while ((int64_t)gm_history_count_finished(gm_study_history(p->study)) < p->trials) {
    gm_training training = {0};
    gm_trial *trial;
    gm_status status = gm_study_ask(p->study, &trial, err);
    if (status == GM_OK) status = add_cost(p, trial, err);
    if (status == GM_OK) status = train_trial(p, trial, &training, err);
    gm_training_free(&training);
    if (status != GM_OK) return status;
    failures = trial->state == GM_TRIAL_FAIL ? failures + 1 : 0;
    if (failures == FAILURES_IN_A_ROW)
      return gm_fail(err, GM_FAILED, "%d trials in a row diverged; the search stops", FAILURES_IN_A_ROW);
  }
  return GM_OK;
}

/* ---- results -------------------------------------------------------------------------- */

static void put_trial(gm_csv_writer *csv, const gm_trial *trial, const cost *spent) {
  const double choice = gm_trial_parameter(trial, "optimizer");
  gm_csv_put_integer(csv, trial->number);
  gm_csv_put_text(csv, gm_trial_state_name(trial->state));
  gm_csv_put_integer(csv, (int64_t)gm_trial_parameter(trial, "num_input_time_steps"));
  gm_csv_put_number(csv, gm_trial_parameter(trial, "learning_rate"));
  gm_csv_put_text(csv, optimizer_choices[(size_t)choice]);
  gm_csv_put_number(csv, trial->value);
  gm_csv_put_integer(csv, spent->epochs);
  gm_csv_put_number(csv, spent->energy.duration_s);
  gm_csv_put_number(csv, spent->energy.energy_j);
  gm_csv_end_row(csv);
}

static void put_curve(gm_csv_writer *csv, const gm_trial *trial) {
  for (size_t i = 0; i < trial->n_reports; i++) {
    gm_csv_put_integer(csv, trial->number);
    gm_csv_put_integer(csv, trial->reports[i].step + 1);
    gm_csv_put_number(csv, trial->reports[i].value);
    gm_csv_end_row(csv);
  }
}

static gm_status open_csv(const program *p, const char *name, const char *header, gm_csv_writer *csv,
                          gm_error *err) {
  char *path = gm_experiment_path(&p->experiment, name);
  const gm_status status =
      path == NULL ? gm_fail_memory(err, "a file name") : gm_csv_open(csv, path, header, err);
  free(path);
  return status;
}

static gm_status write_trials(const program *p, gm_error *err) {
  const gm_history *history = gm_study_history(p->study);
  gm_csv_writer trials, curves;
  gm_status status =
      open_csv(p, "trials.csv",
               "trial,state,num_input_time_steps,learning_rate,optimizer,value,epochs,duration_s,"
               "energy_j",
               &trials, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < history->n_trials; i++) put_trial(&trials, history->trials[i], &p->costs[i]);
  status = gm_csv_commit(&trials, err);
  if (status == GM_OK) status = open_csv(p, "curves.csv", "trial,epoch,rmse_validation", &curves, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < history->n_trials; i++) put_curve(&curves, history->trials[i]);
  return gm_csv_commit(&curves, err);
}

static struct json_object *config_object(const program *p) {
  struct json_object *config = json_object_new_object();
  char pruner[GM_PRUNER_TEXT];
  gm_pruner_format(&p->study_config.pruner, pruner);
  gm_json_add_integer(config, "trials", p->trials);
  gm_json_add_integer(config, "epochs", p->config.trainer.epochs);
  gm_json_add_integer(config, "batch_size", p->config.trainer.batch_size);
  gm_json_add_text(config, "arch", gm_training_arch(&p->config, &p->experiment));
  gm_json_add_text(config, "sampler", p->study_config.sampler.method->name);
  gm_json_add_bool(config, "multivariate", p->study_config.sampler.multivariate);
  gm_json_add_integer(config, "n_startup_trials", (int64_t)p->study_config.sampler.n_startup_trials);
  gm_json_add_text(config, "pruner", pruner);
  gm_json_add_integer(config, "pruner_startup_trials", (int64_t)p->study_config.pruner.n_startup_trials);
  gm_json_add_integer(config, "pruner_warmup_steps", p->study_config.pruner.n_warmup_steps);
  gm_json_add_integer(config, "pruner_interval", p->study_config.pruner.interval_steps);
  return config;
}

static int64_t count(const gm_history *history, gm_trial_state state) {
  int64_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++) n += history->trials[i]->state == state;
  return n;
}

static struct json_object *best_object(const gm_trial *best) {
  struct json_object *object = json_object_new_object();
  gm_json_add_integer(object, "trial", best->number);
  gm_json_add_integer(object, "num_input_time_steps",
                      (int64_t)gm_trial_parameter(best, "num_input_time_steps"));
  gm_json_add_number(object, "learning_rate", gm_trial_parameter(best, "learning_rate"));
  gm_json_add_text(object, "optimizer", optimizer_choices[(size_t)gm_trial_parameter(best, "optimizer")]);
  gm_json_add_number(object, "value", best->value);
  return object;
}

static gm_status parameter_count(const program *p, int64_t *n, gm_error *err) {
  gm_architecture a;
  const gm_status status = gm_architecture_parse(gm_training_arch(&p->config, &p->experiment),
                                                 gm_experiment_shape(&p->experiment.samples), &a, err);
  if (status != GM_OK) return status;
  *n = (int64_t)a.n_parameters;
  gm_architecture_free(&a);
  return GM_OK;
}

static gm_status record(program *p, gm_error *err) {
  gm_experiment *e = &p->experiment;
  const gm_history *history = gm_study_history(p->study);
  const gm_trial *best = gm_study_best(p->study);
  gm_run_result result = {.stop_reason = "trials"};
  if (best == NULL)
    return gm_fail(err, GM_FAILED, "no trial was completed: every one was pruned or diverged");
  gm_status status = parameter_count(p, &result.parameters, err);
  if (status == GM_OK) status = write_trials(p, err);
  if (status == GM_OK)
    status = gm_experiment_scores(&e->samples, p->validation, p->test, &result.scores, err);
  if (status == GM_OK) status = gm_experiment_write_predictions(e, &e->samples, p->validation, p->test, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < p->n_costs; i++) result.epochs += p->costs[i].epochs;
  char pruner[GM_PRUNER_TEXT];
  gm_pruner_format(&p->study_config.pruner, pruner);
  struct json_object *extra = json_object_new_object();
  json_object_object_add(extra, "best", best_object(best));
  gm_json_add_integer(extra, "trials_complete", count(history, GM_TRIAL_COMPLETE));
  gm_json_add_integer(extra, "trials_pruned", count(history, GM_TRIAL_PRUNED));
  gm_json_add_integer(extra, "trials_failed", count(history, GM_TRIAL_FAIL));
  gm_json_add_text(extra, "sampler", p->study_config.sampler.method->name);
  gm_json_add_text(extra, "pruner", pruner);
  result.config = config_object(p);
  result.energy = gm_experiment_energy(e);
  return gm_experiment_record(e, &result, extra, err);
}

/* Builds the network once for nothing, so that a bad --arch is refused before anything is written. */
static gm_status check_training(program *p, gm_error *err) {
  gm_training training;
  const gm_status status =
      gm_training_create(&training, &p->experiment, &p->config, &p->experiment.samples, err);
  gm_training_free(&training);
  return status;
}

/* ---- the run ---------------------------------------------------------------------------- */

static gm_status configure(program *p, gm_error *err) {
  gm_study_config *c = &p->study_config;
  gm_status status = gm_sampler_parse(p->sampler, &c->sampler.method, err);
  if (status == GM_OK) status = gm_pruner_parse(p->pruner, &c->pruner, err);
  c->sampler.seed = (uint32_t)p->experiment.options.seed;
  c->sampler.multivariate = !p->univariate;
  c->sampler.n_startup_trials = (size_t)p->n_startup_trials;
  c->pruner.n_startup_trials = (size_t)p->pruner_startup_trials;
  return status == GM_OK ? gm_study_config_check(c, err) : status;
}

static gm_status run(program *p, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_status status = configure(p, err);
  if (status == GM_OK) status = gm_experiment_open(e, err);
  if (status == GM_OK) status = check_training(p, err);
  if (status == GM_OK) status = gm_experiment_create_out(e, err);
  if (status == GM_OK) status = gm_study_create(&p->study_config, &p->study, err);
  if (status != GM_OK) return status;
  gm_progress_start(&p->progress, stderr, "search", (size_t)(p->trials * p->config.trainer.epochs));
  gm_experiment_start(e);
  status = search(p, err);
  gm_experiment_stop(e);
  if (status != GM_OK) {
    gm_progress_clear(&p->progress);
    return status;
  }
  char note[64];
  snprintf(note, sizeof note, "%.1f J", gm_experiment_energy(e).energy_j);
  gm_progress_finish(&p->progress, note);
  return record(p, err);
}

int main(int argc, char **argv) {
  program p = {.config = {.trainer = gm_trainer_config_default()},
               .study_config = gm_study_config_default(),
               .sampler = "tpe",
               .pruner = "none",
               .trials = 30};
  gm_error err = {GM_OK, ""};
  bool done = false;
  p.n_startup_trials = (int64_t)p.study_config.sampler.n_startup_trials;
  p.pruner_startup_trials = (int64_t)p.study_config.pruner.n_startup_trials;
  gm_experiment_init(&p.experiment, "tune");
  gm_trainer_config *c = &p.config.trainer;
  gm_pruner_config *pruner = &p.study_config.pruner;
  const gm_option own[] = {
      {"trials", "N", "finished (complete or pruned) trials in all", GM_OPTION_INTEGER, &p.trials, 1, 1e6,
       false},
      {"epochs", "N", "of every trial", GM_OPTION_INTEGER, &c->epochs, 1, 1e7, false},
      {"sampler", "tpe|random", "how parameters are chosen", GM_OPTION_TEXT, &p.sampler, 0, 0, false},
      {"univariate", NULL, "TPE for each parameter alone, not jointly", GM_OPTION_FLAG, &p.univariate, 0, 0,
       false},
      {"pruner", "none|median|percentile:P", "stop a trial that is not among the best P % at its epoch",
       GM_OPTION_TEXT, &p.pruner, 0, 0, false},
      {"n-startup-trials", "N", "random trials before TPE takes over", GM_OPTION_INTEGER, &p.n_startup_trials,
       0, 1e6, false},
      {"pruner-startup-trials", "N", "complete trials before the pruner stops any", GM_OPTION_INTEGER,
       &p.pruner_startup_trials, 0, 1e6, false},
      {"pruner-warmup-steps", "N", "epochs of a trial before the pruner looks at it", GM_OPTION_INTEGER,
       &pruner->n_warmup_steps, 0, 1e7, false},
      {"pruner-interval", "N", "epochs from one look to the next", GM_OPTION_INTEGER, &pruner->interval_steps,
       1, 1e7, false},
      {"arch", "SPEC", "layers of the network; default as for cnn", GM_OPTION_TEXT, &p.config.arch, 0, 0,
       false},
      {"batch-size", "N", "samples a step", GM_OPTION_INTEGER, &c->batch_size, 1, 1e9, false},
  };
  gm_status status = gm_experiment_parse(&p.experiment, description, epilogue, own, sizeof own / sizeof *own,
                                         argc, argv, &done, &err);
  if (status == GM_OK && !done) status = run(&p, &err);
  const int code = gm_experiment_exit(&p.experiment, status, &err);
  for (int t = 0; t < LARGEST_TIME_STEPS; t++) gm_samples_free(&p.samples[t]);
  gm_study_free(p.study);
  free(p.costs);
  free(p.validation);
  free(p.test);
  gm_experiment_close(&p.experiment);
  return code;
}
