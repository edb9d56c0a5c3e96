/* SPDX-License-Identifier: MIT
 * Program: search the number of input time steps, the learning rate and the
 * optimiser of the CNN, every trial a metered training with its own pruner. */
#include "common/suggestion.h"
#include "common/terminal.h"
#include "experiments/run/words.h"
#include "experiments/tune/program.h"
#include "experiments/tune/space_checks.h"
#include "tuning/worker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char description[] =
    "Searches num_input_time_steps in 1 … 12 (maps: 1 … 6), learning_rate in [1e-5, 1e-1] (log) and the "
    "optimizer (adam, "
    "sgd)\n"
    "for the least validation RMSE after the last epoch, with the semantics of Optuna 5. Writes run.json,\n"
    "trials.csv, curves.csv, pareto.csv, replay.csv and frontier.csv (without a pruner), predictions.csv of "
    "the best trial "
    "and\n"
    "emissions.csv into --out. With --journal the study is kept in a file or in Redis in Optuna's format: "
    "it\n"
    "can be resumed, watched in optuna-dashboard, and shared by any number of workers, also under mpirun "
    "and\n"
    "srun: each rank has a seed of its own, and rank 0 writes the results.";

static const char epilogue[] =
    "Examples:\n"
    "  tune --trials 30 --epochs 50 --pruner percentile:10 --country WLD --out results/runs/tune_pruned\n"
    "  mpirun -n 8 tune --journal study.log --study nino12 --trials 200 --budget-kwh 0.5\n"
    "  tune --journal study.log --study nino12 --explain learning_rate=0.001,optimizer=adam\n"
    "  tune --journal study.log --study nino12 --replay sweep\n"
    "  tune --journal study.log --study both --objectives rmse,energy --trials 60\n"
    "  tune --journal study.log --study nino12 --enqueue "
    "num_input_time_steps=1,learning_rate=0.004626,optimizer=sgd\n"
    "  tune --journal study.log --study nino12 --bury-older-than 3600";

/* ---- the run ---------------------------------------------------------------------------- */

static gm_status check_options(const gm_tune *t, gm_error *err) {
  if (t->journal_location == NULL && t->rank > 0)
    return gm_fail(err, GM_BAD_INPUT, "%s=%d: several processes share a study through --journal",
                   t->rank_variable, t->rank);
  if (!isnan(t->budget_kg) && t->experiment.options.country == NULL &&
      isnan(t->experiment.options.carbon_intensity))
    return gm_fail(err, GM_BAD_INPUT, "--budget-kg: expected --country or --carbon-intensity with it");
  return GM_OK;
}

static gm_status parse_objectives(gm_tune *t, gm_error *err) {
  const bool two = strcmp(t->objectives, "rmse,energy") == 0;
  if (!two && strcmp(t->objectives, "rmse") != 0) {
    const char *comma = strrchr(t->objectives, ','), *last = comma != NULL ? comma + 1 : t->objectives;
    gm_fail(err, GM_BAD_INPUT, "--objectives: expected rmse or rmse,energy, got \"%s\"", t->objectives);
    return gm_suggest(err, last, strlen(last), comma != NULL ? "energy" : "rmse");
  }
  t->study_config.n_objectives = two ? 2 : 1;
  return GM_OK;
}

static gm_status configure(gm_tune *t, gm_error *err) {
  gm_study_config *c = &t->study_config;
  gm_status status = parse_objectives(t, err);
  if (status == GM_OK) status = gm_sampler_parse(t->sampler, &c->sampler.method, err);
  if (status == GM_OK) status = gm_pruner_parse(t->pruner, &c->pruner, err);
  c->sampler.seed = (uint32_t)t->experiment.options.seed + (uint32_t)(t->rank > 0 ? t->rank : 0);
  c->max_trials = (size_t)t->trials;
  c->sampler.multivariate = !t->univariate && c->n_objectives == 1; /* as Optuna by default */
  c->sampler.n_startup_trials = (size_t)t->n_startup_trials;
  c->pruner.n_startup_trials = (size_t)t->pruner_startup_trials;
  c->pruner.study_name = t->study_name;
  return status == GM_OK ? gm_study_config_check(c, err) : status;
}

/* Builds the network once for nothing, so that a bad --arch is refused before anything is written. */
static gm_status check_training(gm_tune *t, gm_error *err) {
  gm_training training;
  const gm_status status =
      gm_training_create(&training, &t->experiment, &t->config, &t->experiment.samples, err);
  gm_training_free(&training);
  return status;
}

static void start_progress(gm_tune *t) {
  const size_t total = (size_t)(t->trials * t->config.trainer.epochs);
  gm_progress_start(&t->progress, t->rank > 0 ? NULL : stderr, "search", total);
  if (t->rank >= 0)
    gm_say(stderr, "tune: %s=%d: worker %s", t->rank_variable, t->rank, gm_journal_worker_id(t->journal));
}

static gm_status run(gm_tune *t, gm_error *err) {
  gm_experiment *e = &t->experiment;
  t->rank = gm_worker_rank(&t->rank_variable);
  const bool records = t->rank <= 0; /* one worker of a launcher writes the results */
  gm_status status = check_options(t, err);
  if (status == GM_OK) status = gm_experiment_check_files(e, err); /* before a journal is made there */
  if (status == GM_OK) status = configure(t, err);
  if (status == GM_OK) status = gm_experiment_open(e, err);
  if (status == GM_OK) status = gm_tune_open_space(t, err);
  if (status == GM_OK) status = check_training(t, err);
  if (status == GM_OK) status = gm_tune_open_study(t, err);
  if (status == GM_OK && records) status = gm_tune_create_out(t, err);
  if (status != GM_OK) return status;
  gm_space_warn_of_options(t);
  gm_tune_warn_of_study(t);
  gm_tune_note_idle_settings(t);
  gm_training_warn_idle(e, &t->config.trainer, &e->samples);
  start_progress(t);
  gm_experiment_start(e);
  gm_tune_energy_start(t);
  status = gm_tune_search(t, err);
  gm_experiment_stop(e);
  gm_error leaving = {GM_OK, ""};
  /* without a journal a search that has failed leaves nothing */
  const bool leaves = status == GM_OK || t->journal != NULL;
  const gm_status left = leaves ? gm_tune_leave_energy(t, &leaving) : GM_OK;
  if (status == GM_OK && left != GM_OK) {
    *err = leaving;
    status = left;
  }
  if (status != GM_OK) {
    gm_progress_clear(&t->progress);
    return status;
  }
  char note[GM_ENERGY_TEXT];
  gm_progress_finish(&t->progress, gm_energy_text(gm_tune_energy_until(t, &e->stopped).energy_j, note));
  return records ? gm_tune_record(t, err) : GM_OK;
}

/* A question to a finished study reads the journal and trains nothing. */
static gm_status inspect(gm_tune *t, gm_error *err) {
  const gm_status status = configure(t, err);
  return status == GM_OK ? gm_tune_inspect(t, stdout, err) : status;
}

/* Likewise; the ranges of what is enqueued depend on the data. */
static gm_status change_study(gm_tune *t, gm_error *err) {
  gm_status status = configure(t, err);
  if (status == GM_OK && t->enqueue != NULL) status = gm_experiment_open(&t->experiment, err);
  if (status == GM_OK && t->enqueue != NULL) status = gm_tune_open_space(t, err);
  return status == GM_OK ? gm_tune_change(t, stdout, err) : status;
}

static gm_status carry_out(gm_tune *t, gm_error *err) {
  const bool question = t->best || t->studies || t->importance || t->plots != NULL ||
                        t->export_format != NULL || t->explain != NULL || t->replay != NULL;
  const bool change = t->enqueue != NULL || !isnan(t->bury_older_s);
  return question ? inspect(t, err) : change ? change_study(t, err) : run(t, err);
}

static void release(gm_tune *t) {
  for (int i = 0; i < GM_TUNE_TIME_STEPS; i++) gm_samples_free(&t->samples[i]);
  gm_study_free(t->study);
  gm_tune_close_space(t);
  gm_journal_close(t->journal);
  free(t->validation);
  free(t->test);
  json_object_put(t->search_notes);
  gm_experiment_close(&t->experiment);
}

int main(int argc, char **argv) {
  gm_tune t = {.config = {.trainer = gm_trainer_config_default()},
               .study_config = gm_study_config_default(),
               .sampler = "tpe",
               .pruner = "none",
               .trials = 30,
               .study_name = "tune",
               .objectives = "rmse",
               .lock_grace_s = gm_journal_config_default().lock_grace_s,
               .budget_kg = NAN,
               .budget_kwh = NAN,
               .timeout_s = NAN,
               .bury_older_s = NAN,
               .rank = -1};
  gm_error err = {GM_OK, ""};
  bool done = false;
  t.n_startup_trials = (int64_t)t.study_config.sampler.n_startup_trials;
  t.pruner_startup_trials = (int64_t)t.study_config.pruner.n_startup_trials;
  t.search_notes = json_object_new_array();
  gm_experiment_init(&t.experiment, "tune");
  gm_trainer_config *c = &t.config.trainer;
  c->look_at_test = false; /* but of a trial that has ended as the best so far */
  gm_pruner_config *pruner = &t.study_config.pruner;
  char usage_of[GM_PRUNER_USAGE], pruners[sizeof usage_of + 32];
  snprintf(pruners, sizeof pruners, "stop hopeless trials: %s", gm_pruner_usage(", ", usage_of));
  const gm_option own[] = {
      {"trials", "N", "finished (complete or pruned) trials in all", GM_OPTION_INTEGER, &t.trials, 1, 1e6,
       false},
      {"epochs", "N", "of every trial", GM_OPTION_INTEGER, &c->epochs, 1, 1e7, false},
      {"sampler", GM_SAMPLER_USAGE, "how parameters are chosen", GM_OPTION_TEXT, &t.sampler, 0, 0, false},
      {"univariate", NULL, "TPE for each parameter alone, not jointly", GM_OPTION_FLAG, &t.univariate, 0, 0,
       false},
      {"space", "FILE.json",
       "search these instead: {\"NAME\": {\"type\": \"float|int|categorical\", \"low\", \"high\", \"log\", "
       "\"step\", \"choices\"}}, NAME: num_input_time_steps, learning_rate, optimizer, arch, batch_size, "
       "momentum, "
       "weight_decay, early_stopping, min_delta",
       GM_OPTION_TEXT, &t.space_file, 0, 0, false},
      {"objectives", "rmse[,energy]",
       "with energy every trial has two values, its validation RMSE and its joules, and the search is for "
       "the "
       "front of both; without a pruner",
       GM_OPTION_TEXT, &t.objectives, 0, 0, false},
      {"pruner", "NAME", pruners, GM_OPTION_TEXT, &t.pruner, 0, 0, false},
      {"n-startup-trials", "N", "random trials before TPE takes over", GM_OPTION_INTEGER, &t.n_startup_trials,
       0, 1e6, false},
      {"pruner-startup-trials", "N", "complete trials before the pruner stops any", GM_OPTION_INTEGER,
       &t.pruner_startup_trials, 0, 1e6, false},
      {"pruner-warmup-steps", "N", "epochs of a trial before the pruner looks at it", GM_OPTION_INTEGER,
       &pruner->n_warmup_steps, 0, 1e7, false},
      {"pruner-interval", "N", "epochs from one look to the next", GM_OPTION_INTEGER, &pruner->interval_steps,
       1, 1e7, false},
      {"arch", "SPEC", "layers of the network; default as for cnn", GM_OPTION_TEXT, &t.config.arch, 0, 0,
       false},
      {"batch-size", "N", "samples a step", GM_OPTION_INTEGER, &c->batch_size, 1, 1e9, false},
      {"journal", "FILE",
       "keep the study there, or in redis[s]://[[USER]:PASSWORD@]HOST[:PORT][/DB][?prefix=P]; @FILE: as in "
       "FILE",
       GM_OPTION_TEXT, &t.journal_location, 0, 0, false},
      {"study", "NAME", "name of the study in the journal", GM_OPTION_TEXT, &t.study_name, 0, 0, false},
      {"lock-grace", "SECONDS", "a lock unchanged for so long belongs to a dead worker", GM_OPTION_NUMBER,
       &t.lock_grace_s, 0, 1e6, true},
      {"budget-kg", "KG", "start no trial that would take the study beyond so much CO2eq", GM_OPTION_NUMBER,
       &t.budget_kg, 0, INFINITY, true},
      {"budget-kwh", "KWH", "start no trial that would take the study beyond so much energy",
       GM_OPTION_NUMBER, &t.budget_kwh, 0, INFINITY, true},
      {"timeout", "SECONDS", "start no trial that would keep this process longer", GM_OPTION_NUMBER,
       &t.timeout_s, 0, INFINITY, true},
      {"best", NULL, "print the best trial as JSON; of two objectives the front", GM_OPTION_FLAG, &t.best, 0,
       0, false},
      {"export", "csv|json", "print all trials, or the whole study", GM_OPTION_TEXT, &t.export_format, 0, 0,
       false},
      {"studies", NULL, "print the studies of the journal, as CSV", GM_OPTION_FLAG, &t.studies, 0, 0, false},
      {"enqueue", "NAME=VALUE[,…]", "let the next worker train these parameters; what is left out is drawn",
       GM_OPTION_TEXT, &t.enqueue, 0, 0, false},
      {"bury-older-than", "SECONDS",
       "end running trials of other hosts and programs that have told nothing for so long; print how many "
       "ended",
       GM_OPTION_NUMBER, &t.bury_older_s, 0, INFINITY, true},
      {"retry", "N",
       "repeat a killed worker's trial as a new one, at most N times; without it the same trial goes on",
       GM_OPTION_INTEGER, &t.study_config.max_retries, 0, 1e6, false},
      {"importance", NULL, "print how important each parameter was for the best tenth of the trials, as CSV",
       GM_OPTION_FLAG, &t.importance, 0, 0, false},
      {"plots", "DIR",
       "draw history (or front), slices, parallel coordinates and importance of the study into DIR",
       GM_OPTION_TEXT, &t.plots, 0, 0, false},
      {"explain", "NAME=VALUE[,…]", "print TPE's log l and log g of these parameters and the split, as JSON",
       GM_OPTION_TEXT, &t.explain, 0, 0, false},
      {"replay", "PRUNER[,…]|sweep",
       "print what these pruners, or many settings of all, would have saved and lost in an unpruned study, "
       "as CSV",
       GM_OPTION_TEXT, &t.replay, 0, 0, false},
  };
  const gm_experiment_usage usage = {description, epilogue, own, sizeof own / sizeof *own};
  gm_status status = gm_experiment_parse(&t.experiment, &usage, argc, argv, &done, &err);
  if (status == GM_OK && !done) status = carry_out(&t, &err);
  const int code = gm_experiment_exit(&t.experiment, status, &err);
  release(&t);
  return code;
}
