/* SPDX-License-Identifier: MIT
 * Program: train the 1-D CNN under the meter and write its run directory. */
#include "common/csv.h"
#include "experiments/run/influence_map.h"
#include "experiments/run/model_input.h"
#include "experiments/run/resume.h"
#include "experiments/run/spent.h"
#include "experiments/run/training.h"
#include "experiments/run/words.h"
#include "models/files/model_file.h"
#include "models/network/scaled_architecture.h"
#include "models/network/weight_pruning.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char description[] =
    "Trains a 1-D convolutional network on a climate series under the energy meter. The defaults are the\n"
    "poster's: 6.99 M parameters, Adam, learning rate 1e-4, batches of 10, 50 epochs. Writes run.json,\n"
    "epochs.csv, predictions.csv, model.safetensors and emissions.csv into --out.";

static const char epilogue_format[] = "Architectures are comma-separated layers: %s.\n\n"
                                      "Examples:\n"
                                      "  cnn --country WLD --out results/runs/cnn\n"
                                      "  cnn --optimizer sgd --learning-rate 0.0046 --early-stopping 10\n"
                                      "  cnn --arch conv:16:3,relu,flatten,dense:64,relu,dense:1 --summary";

typedef struct {
  gm_experiment experiment;
  gm_training_config config;
  gm_training training;
  const char *optimizer, *save, *step_log;
  bool no_shuffle, summary, resume;
  int64_t parameters; /* wanted; 0: as --arch says */
  char scaled[GM_SCALED_ARCHITECTURE_TEXT];
} program;

/* ---- results ------------------------------------------------------------------- */

/* Every option of the program but those that say where things go, so that none can be forgotten. */
static struct json_object *config_object(const program *p) {
  static const char *const places[] = {"save", "step-log", "resume", "summary", "no-shuffle", NULL};
  struct json_object *config = json_object_new_object();
  gm_config_add_options(config, &p->experiment, places);
  gm_json_add_text(config, "arch", gm_training_arch(&p->config, &p->experiment));
  gm_json_add_bool(config, "shuffle", p->config.trainer.shuffle);
  gm_json_add_integer(config, "time_steps", p->experiment.options.time_steps);
  return config;
}

/* The options that decide the numbers; the initial weights count, not their file's name. */
static struct json_object *identity_object(const program *p) {
  struct json_object *identity = config_object(p);
  json_object_object_del(identity, "init");
  return identity;
}

static struct json_object *layers_array(const gm_architecture *a) {
  struct json_object *layers = json_object_new_array();
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *layer = &a->layers[i];
    struct json_object *l = json_object_new_object();
    char text[GM_LAYER_TEXT];
    gm_layer_format(layer, text);
    gm_json_add_text(l, "layer", text);
    gm_json_add_text(l, "kind", layer->type->name);
    gm_json_add_integer(l, "channels", (int64_t)layer->out.channels);
    gm_json_add_integer(l, "length", (int64_t)layer->out.length);
    gm_json_add_integer(l, "parameters", (int64_t)(layer->n_weight + layer->n_bias));
    json_object_array_add(layers, l);
  }
  return layers;
}

static gm_status write_epochs(const program *p, gm_error *err) {
  const gm_training *t = &p->training;
  const gm_basis basis = gm_training_energy(t).basis;
  gm_csv_writer csv;
  char header[160], *end = stpcpy(header, "epoch");
  for (size_t i = 0; i < GM_EPOCH_NUMBERS; i++) end = stpcpy(stpcpy(end, ","), gm_epoch_names[i]);
  strcpy(end, ",energy_j");
  const gm_status status = gm_csv_open_in(&csv, p->experiment.options.out, "epochs.csv", header, err);
  if (status != GM_OK) return status;
  for (int64_t e = 1; e <= t->trainer.epoch; e++) {
    gm_csv_put_integer(&csv, t->epochs[e - 1].epoch);
    for (size_t i = 0; i < GM_EPOCH_NUMBERS; i++)
      gm_csv_put_number(&csv, *gm_epoch_number(&t->epochs[e - 1], i));
    gm_csv_put_number(&csv, gm_training_epoch_energy_j(t, &basis, e));
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

/* All steps, those before a resume too: the trainer keeps their losses. */
static gm_status write_step_log(const program *p, gm_error *err) {
  const gm_trainer *t = &p->training.trainer;
  const size_t batches = gm_trainer_batches(t), n = gm_trainer_steps(t);
  gm_csv_writer csv;
  if (p->step_log == NULL) return GM_OK;
  const gm_status status = gm_csv_open(&csv, p->step_log, "step,epoch,batch,loss", err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < n; i++) {
    gm_csv_put_integer(&csv, (int64_t)i + 1);
    gm_csv_put_integer(&csv, (int64_t)(i / batches) + 1);
    gm_csv_put_integer(&csv, (int64_t)(i % batches) + 1);
    gm_csv_put_rounded(&csv, (double)t->losses[i], FLT_DECIMAL_DIG);
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

static gm_status save_model(const program *p, gm_error *err) {
  struct json_object *metadata = gm_model_input(&p->experiment, &p->experiment.samples, err);
  if (metadata == NULL) return err->status;
  char *path = gm_experiment_path(&p->experiment, "model.safetensors");
  gm_status status = path == NULL ? gm_fail_memory(err, "a file name")
                                  : gm_model_file_save(path, &p->training.network, metadata, err);
  if (status == GM_OK && p->save != NULL)
    status = gm_model_file_save(p->save, &p->training.network, metadata, err);
  free(path);
  json_object_put(metadata);
  return status;
}

/* Operations of the whole training: until structured pruning those of the network that was asked for. */
static gm_status training_flop(const program *p, double *flop, gm_error *err) {
  const gm_samples *samples = &p->experiment.samples;
  const gm_trainer *t = &p->training.trainer;
  const double train = (double)samples->split[GM_TRAIN].n,
               judge = (double)(samples->split[GM_VALIDATION].n + samples->split[GM_TEST].n);
  const double epochs = (double)t->epoch,
               whole = t->config.prune_structured > 0 ? fmin(epochs, (double)t->config.prune_after) : 0;
  gm_architecture asked;
  const gm_status status = gm_architecture_parse(gm_training_arch(&p->config, &p->experiment),
                                                 gm_experiment_shape(samples), &asked, err);
  if (status != GM_OK) return status;
  *flop = gm_architecture_training_flop(&asked, whole * train, whole * judge) +
          gm_architecture_training_flop(&p->training.network.architecture, (epochs - whole) * train,
                                        (epochs - whole) * judge);
  gm_architecture_free(&asked);
  return GM_OK;
}

static gm_status record(program *p, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_training *t = &p->training;
  double *validation = NULL, *test = NULL;
  gm_run_result result = {.parameters = (int64_t)t->network.architecture.n_parameters,
                          .epochs = t->trainer.epoch,
                          .stop_reason = gm_stop_reason_name(t->trainer.stop_reason)};
  gm_status status = gm_training_forecast(t, &validation, &test, err);
  if (status == GM_OK) status = gm_experiment_scores(&e->samples, validation, test, &result.scores, err);
  if (status == GM_OK) status = gm_experiment_write_predictions(e, &e->samples, validation, test, err);
  free(validation);
  free(test);
  if (status == GM_OK) status = write_epochs(p, err);
  if (status == GM_OK) status = save_model(p, err);
  if (status == GM_OK) status = gm_influence_of_network(e, &t->network, err);
  double flop = NAN;
  if (status == GM_OK) status = training_flop(p, &flop, err);
  if (status != GM_OK) return status;
  struct json_object *extra = json_object_new_object();
  char *arch = gm_architecture_format(&t->network.architecture);
  gm_json_add_text(extra, "arch", arch);
  free(arch);
  json_object_object_add(extra, "layers", layers_array(&t->network.architecture));
  gm_json_add_number(extra, "forecast_flop", gm_architecture_forward_flop(&t->network.architecture));
  gm_json_add_number(extra, "training_flop", flop);
  if (t->trainer.best_epoch > 0) gm_json_add_integer(extra, "best_epoch", t->trainer.best_epoch);
  result.config = config_object(p);
  result.energy = gm_training_energy(t);
  status = gm_experiment_record(e, &result, extra, err);
  if (status != GM_OK) return status;
  gm_experiment_say_scores(e, &result.scores);
  gm_experiment_say_cost(e, &result.energy, "");
  return GM_OK;
}

/* ---- the run -------------------------------------------------------------------- */

static gm_status train(program *p, gm_error *err) {
  gm_experiment *e = &p->experiment;
  gm_training *t = &p->training;
  gm_progress progress;
  gm_progress_start(&progress, stderr, "training", (size_t)p->config.trainer.epochs);
  t->progress = &progress;
  gm_experiment_start(e);
  const gm_status status = gm_training_run(t, err);
  gm_experiment_stop(e);
  if (status != GM_OK) {
    gm_progress_clear(&progress);
    return status;
  }
  char note[GM_ENERGY_TEXT];
  gm_progress_finish(&progress, gm_energy_text(gm_training_energy(t).energy_j, note));
  return GM_OK;
}

/* Refuses a file that could not be written, before the training rather than after it. */
static gm_status check_writable(const char *path, gm_error *err) {
  gm_atomic_file file;
  if (path == NULL) return GM_OK;
  const gm_status status = gm_atomic_file_open(&file, path, err);
  if (status == GM_OK) gm_atomic_file_abort(&file);
  return status;
}

static gm_status summarise(const program *p, gm_error *err) {
  gm_architecture architecture;
  const gm_status status =
      gm_architecture_parse(gm_training_arch(&p->config, &p->experiment),
                            gm_experiment_shape(&p->experiment.samples), &architecture, err);
  if (status != GM_OK) return status;
  gm_architecture_print(&architecture, stdout);
  gm_architecture_free(&architecture);
  return GM_OK;
}

/* --parameters: the architecture it stands for takes the place of --arch. */
static gm_status scale(program *p, gm_error *err) {
  if (p->config.arch != NULL || gm_experiment_has_map(&p->experiment))
    return gm_fail(err, GM_BAD_INPUT,
                   "--parameters scales the network of index series: expected it without --arch "
                   "and --sst");
  gm_scaled_architecture(gm_experiment_shape(&p->experiment.samples), (size_t)p->parameters, p->scaled);
  p->config.arch = p->scaled;
  return GM_OK;
}

static gm_status run(program *p, gm_error *err) {
  gm_trainer_config *c = &p->config.trainer;
  c->shuffle = !p->no_shuffle;
  gm_status status = gm_optimizer_from_name(p->optimizer, &c->optimizer.kind, err);
  if (status == GM_OK) status = gm_trainer_config_check(c, err);
  if (status == GM_OK && c->prune_unstructured + c->prune_structured > 0 && c->prune_after > c->epochs)
    status = gm_fail(err, GM_BAD_INPUT, "--prune-after %lld: expected at most the %lld of --epochs",
                     (long long)c->prune_after, (long long)c->epochs);
  if (status == GM_OK && c->min_delta > 0 && c->early_stopping == 0)
    status =
        gm_fail(err, GM_BAD_INPUT, "--min-delta belongs to early stopping: expected --early-stopping too");
  if (status == GM_OK && c->prune_after != gm_trainer_config_default().prune_after &&
      c->prune_unstructured + c->prune_structured == 0)
    status =
        gm_fail(err, GM_BAD_INPUT,
                "--prune-after belongs to pruning: expected --prune-unstructured or --prune-structured too");
  if (status == GM_OK) status = gm_experiment_open(&p->experiment, err);
  if (status != GM_OK) return status;
  if (p->parameters > 0) status = scale(p, err);
  if (status != GM_OK) return status;
  if (p->summary) return summarise(p, err);
  status = gm_training_create(&p->training, &p->experiment, &p->config, &p->experiment.samples, err);
  if (status == GM_OK) gm_training_warn_idle(&p->experiment, c, &p->experiment.samples);
  if (status == GM_OK) status = gm_trainer_keep_losses(&p->training.trainer, err);
  struct json_object *identity = NULL;
  bool found = false;
  if (status == GM_OK) {
    identity = gm_resume_identity(&p->training, identity_object(p), err);
    status = identity != NULL ? GM_OK : err->status;
  }
  p->training.identity = identity;
  p->training.save = gm_resume_save;
  if (status == GM_OK && p->resume) status = gm_resume_load(&p->training, &found, err);
  if (status == GM_OK) status = check_writable(p->save, err);
  if (status == GM_OK) status = check_writable(p->step_log, err);
  if (status == GM_OK) status = gm_experiment_create_out(&p->experiment, err);
  if (status == GM_OK) status = gm_spent_open(&p->experiment, err);
  if (status == GM_OK) status = train(p, err);
  if (status == GM_OK)
    status = gm_training_note_unpruned(&p->training, gm_training_arch(&p->config, &p->experiment), err);
  if (status == GM_OK) status = write_step_log(p, err);
  if (status == GM_OK) status = record(p, err);
  if (status == GM_OK) gm_resume_remove(&p->training);
  json_object_put(identity);
  return status;
}

int main(int argc, char **argv) {
  program p = {.optimizer = "adam", .config = {.trainer = gm_trainer_config_default()}};
  gm_trainer_config *c = &p.config.trainer;
  gm_error err = {GM_OK, ""};
  bool done = false;
  char layers[GM_LAYER_LIST], epilogue[sizeof epilogue_format + GM_LAYER_LIST];
  gm_experiment_init(&p.experiment, "cnn");
  snprintf(epilogue, sizeof epilogue, epilogue_format, gm_layer_list(layers));
  const gm_option own[] = {
      {"arch", "SPEC", "layers of the network; on maps chosen for the grid, else " GM_ARCHITECTURE_INDEX,
       GM_OPTION_TEXT, &p.config.arch, 0, 0, false},
      {"parameters", "N",
       "instead: the default layers of index series with all widths scaled to about N parameters",
       GM_OPTION_INTEGER, &p.parameters, 0, 1e9, false},
      {"optimizer", "adam|sgd", "with PyTorch's semantics", GM_OPTION_TEXT, &p.optimizer, 0, 0, false},
      {"learning-rate", "X", "step size", GM_OPTION_NUMBER, &c->optimizer.learning_rate, 0, INFINITY, true},
      {"momentum", "X", "of SGD, below 1", GM_OPTION_NUMBER, &c->optimizer.momentum, 0, 1, false},
      {"weight-decay", "X", "L2 penalty added to the gradient", GM_OPTION_NUMBER, &c->optimizer.weight_decay,
       0, INFINITY, false},
      {"batch-size", "N", "samples a step; the last short batch is kept", GM_OPTION_INTEGER, &c->batch_size,
       1, 1e9, false},
      {"epochs", "N", "passes over the training samples", GM_OPTION_INTEGER, &c->epochs, 1, 1e7, false},
      {"no-shuffle", NULL, "keep the samples in the order of time", GM_OPTION_FLAG, &p.no_shuffle, 0, 0,
       false},
      {"init", "FILE.safetensors", "start from these weights instead of the seed's", GM_OPTION_TEXT,
       &p.config.init, 0, 0, false},
      {"save", "FILE.safetensors", "write the final weights there too", GM_OPTION_TEXT, &p.save, 0, 0, false},
      {"prune-unstructured", "F", "mask this fraction of all weights, smallest |w| first; 0 = off",
       GM_OPTION_NUMBER, &c->prune_unstructured, 0, 1, false},
      {"prune-structured", "F", "remove this fraction of the channels of every hidden layer; 0 = off",
       GM_OPTION_NUMBER, &c->prune_structured, 0, 1, false},
      {"prune-after", "EPOCH", "prune once so many epochs are finished", GM_OPTION_INTEGER, &c->prune_after,
       1, 1e7, false},
      {"early-stopping", "PATIENCE", "stop after so many epochs without a better validation RMSE; 0 = off",
       GM_OPTION_INTEGER, &c->early_stopping, 0, 1e7, false},
      {"min-delta", "X", "what counts as better, in the unit of the target", GM_OPTION_NUMBER, &c->min_delta,
       0, INFINITY, false},
      {"step-log", "FILE.csv", "write the loss of every step", GM_OPTION_TEXT, &p.step_log, 0, 0, false},
      {"resume", NULL, "go on from the checkpoint an interrupted run has left in --out, if there is one",
       GM_OPTION_FLAG, &p.resume, 0, 0, false},
      {"summary", NULL, "print the layers with shapes and parameter counts, and stop", GM_OPTION_FLAG,
       &p.summary, 0, 0, false},
  };
  const gm_experiment_usage usage = {description, epilogue, own, sizeof own / sizeof *own};
  gm_status status = gm_experiment_parse(&p.experiment, &usage, argc, argv, &done, &err);
  if (status == GM_OK && !done) status = run(&p, &err);
  const int code = gm_experiment_exit(&p.experiment, status, &err);
  gm_training_free(&p.training);
  gm_experiment_close(&p.experiment);
  return code;
}
