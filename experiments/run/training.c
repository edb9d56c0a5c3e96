/* SPDX-License-Identifier: MIT
 * One metered training: a network and a trainer, readings of the meter at every epoch, checkpoints. The loop
 * itself is models/network/trainer.c. */
#include "experiments/run/training.h"

#include "common/clock.h"
#include "common/interrupt.h"
#include "energy/energy_sum.h"
#include "experiments/run/spent.h"
#include "experiments/run/words.h"
#include "models/files/model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A killed run loses at most this much. */
static const double checkpoint_interval_s = 60;

const char *const gm_epoch_names[GM_EPOCH_NUMBERS] = {"train_loss", "rmse_validation", "rmse_test",
                                                      "train_duration_s", "duration_s"};

double *gm_epoch_number(gm_epoch *e, size_t i) {
  double *const numbers[GM_EPOCH_NUMBERS] = {&e->train_loss, &e->rmse_validation, &e->rmse_test,
                                             &e->train_duration_s, &e->duration_s};
  return numbers[i];
}

const char *gm_training_arch(const gm_training_config *config, const gm_experiment *experiment) {
  return config->arch != NULL ? config->arch : gm_experiment_default_arch(experiment);
}

/* Single precision has no such step: it would be 0, and nothing would be learned. */
static gm_status check_rate(double learning_rate, gm_error *err) {
  if ((float)learning_rate > 0) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "learning rate %g: expected one that single precision can tell from 0",
                 learning_rate);
}

void gm_training_warn_idle(gm_experiment *e, const gm_trainer_config *c, const gm_samples *samples) {
  const size_t n = samples->split[GM_TRAIN].n;
  char text[GM_ERROR_LENGTH];
  if (c->batch_size > 0 && (size_t)c->batch_size > n) {
    snprintf(text, sizeof text,
             "--batch-size %lld is more than the %zu training samples: every step takes all",
             (long long)c->batch_size, n);
    gm_experiment_warn(e, text);
  }
  if (c->early_stopping > 0 && c->early_stopping + 1 >= c->epochs) { /* the first epoch is always better */
    snprintf(
        text, sizeof text,
        "--early-stopping %lld cannot end the --epochs %lld early: it goes back to the best of them, and "
        "saves nothing",
        (long long)c->early_stopping, (long long)c->epochs);
    gm_experiment_warn(e, text);
  }
}

gm_status gm_training_create(gm_training *t, gm_experiment *e, const gm_training_config *config,
                             const gm_samples *samples, gm_error *err) {
  gm_architecture architecture = {0};
  gm_examples parts[GM_N_PARTS];
  *t = (gm_training){.experiment = e, .best_rmse = NAN};
  const size_t n_epochs = (size_t)config->trainer.epochs;
  gm_status status = check_rate(config->trainer.optimizer.learning_rate, err);
  if (status == GM_OK)
    status =
        gm_architecture_parse(gm_training_arch(config, e), gm_experiment_shape(samples), &architecture, err);
  if (status == GM_OK) status = gm_network_create(&t->network, &architecture, err);
  gm_architecture_free(&architecture);
  if (status != GM_OK) return status;
  gm_rng_seed(&t->rng, (uint32_t)e->options.seed);
  gm_network_initialize(&t->network, &t->rng); /* also with --init: the permutations come after these draws */
  if (config->init != NULL) status = gm_model_file_load_parameters(config->init, &t->network, err);
  gm_experiment_examples(samples, parts);
  if (status == GM_OK)
    status = gm_trainer_create(&t->trainer, &config->trainer, &e->compute, &t->network, &t->rng, parts, err);
  t->epochs = calloc(n_epochs, sizeof *t->epochs);
  t->readings = calloc(n_epochs + 1, sizeof *t->readings);
  t->earlier_epoch_j = calloc(n_epochs, sizeof *t->earlier_epoch_j);
  if (status == GM_OK && (t->epochs == NULL || t->readings == NULL || t->earlier_epoch_j == NULL))
    status = gm_fail_memory(err, "the epochs");
  return status;
}

void gm_training_free(gm_training *t) {
  gm_trainer_free(&t->trainer);
  gm_network_free(&t->network);
  free(t->epochs);
  free(t->readings);
  free(t->earlier_epoch_j);
  *t = (gm_training){0};
}

/* A checkpoint once a minute, between two steps of one epoch. */
static void save_now_and_then(gm_training *t) {
  gm_error err;
  const bool in_epoch =
      (size_t)(t->trainer.batches_done * t->trainer.config.batch_size) < t->trainer.parts[0].n;
  if (t->identity == NULL || !in_epoch || gm_monotonic_s() - t->checkpoint_s < checkpoint_interval_s) return;
  t->checkpoint_s = gm_monotonic_s();
  gm_meter_read(t->experiment->meter, &t->last);
  if (t->save(t, &err) != GM_OK) gm_experiment_warn(t->experiment, err.message);
}

static bool on_step(void *context, int64_t step, int64_t epoch, int64_t batch, double loss) {
  gm_training *t = context;
  (void)step, (void)epoch, (void)batch, (void)loss;
  save_now_and_then(t);
  return !gm_interrupt_requested();
}

static bool on_epoch(void *context, const gm_epoch *epoch) {
  gm_training *t = context;
  t->epochs[epoch->epoch - 1] = *epoch;
  gm_meter_read(t->experiment->meter, &t->readings[epoch->epoch]);
  t->last = t->readings[epoch->epoch];
  gm_spent_note(t->experiment, false);
  if (t->progress != NULL) {
    char note[128], energy[GM_ENERGY_TEXT], unit[GM_UNIT_SUFFIX];
    gm_unit_suffix(t->experiment, unit);
    if (isnan(t->best_rmse))
      snprintf(note, sizeof note, "validation RMSE %.4f%s", epoch->rmse_validation, unit);
    else
      snprintf(note, sizeof note, "best %.4f, now %.4f%s", t->best_rmse, epoch->rmse_validation, unit);
    gm_energy_text(gm_experiment_energy_so_far(t->experiment), energy);
    gm_progress_update(t->progress, t->progress_done + (size_t)epoch->epoch, energy, note);
  }
  return t->on_epoch == NULL || t->on_epoch(t->context, epoch);
}

gm_status gm_training_run(gm_training *t, gm_error *err) {
  const gm_trainer_callbacks callbacks = {.context = t, .on_step = on_step, .on_epoch = on_epoch};
  t->checkpoint_s = gm_monotonic_s();
  gm_meter_read(t->experiment->meter, &t->readings[t->first_epoch]);
  t->last = t->readings[t->first_epoch];
  const gm_status status = gm_trainer_run(&t->trainer, &callbacks, err);
  if (status != GM_OK)
    gm_meter_read(t->experiment->meter, &t->last); /* what a broken epoch has cost counts too */
  if (status != GM_INTERRUPTED || t->identity == NULL) return status;
  gm_error saving;
  if (t->save(t, &saving) != GM_OK)
    gm_experiment_warn(t->experiment, saving.message);
  else
    gm_error_prefix(err, "state saved, go on with --resume");
  return status;
}

gm_status gm_training_note_unpruned(gm_training *t, const char *arch, gm_error *err) {
  const gm_trainer *trainer = &t->trainer;
  const gm_trainer_config *c = &trainer->config;
  const double fraction = c->prune_unstructured + c->prune_structured;
  const size_t n = t->network.architecture.n_parameters;
  char text[GM_ERROR_LENGTH];
  gm_architecture whole;
  if (fraction == 0) return GM_OK;
  const gm_status status =
      gm_architecture_parse(arch, gm_experiment_shape(&t->experiment->samples), &whole, err);
  if (status != GM_OK) return status;
  const uint8_t *mask = trainer->optimizer.mask;
  const bool pruned = n < whole.n_parameters || (mask != NULL && memchr(mask, 0, n) != NULL);
  gm_architecture_free(&whole);
  if (pruned) return GM_OK;
  if (trainer->stop_reason == GM_STOP_EARLY && trainer->epoch <= c->prune_after)
    snprintf(text, sizeof text,
             "Nothing was pruned: training stopped after epoch %lld, before --prune-after %lld.",
             (long long)trainer->epoch, (long long)c->prune_after);
  else
    snprintf(text, sizeof text, "Nothing was pruned: the fraction %g of this network is less than one.",
             fraction);
  gm_experiment_warn(t->experiment, text);
  return GM_OK;
}

gm_energy gm_training_energy(const gm_training *t) {
  gm_energy energy, whole = t->earlier;
  gm_meter_between(t->experiment->meter, &t->readings[t->first_epoch], &t->last, NULL, &energy);
  gm_energy_add(&whole, &energy);
  return whole;
}

/* What the earlier process had spent on the epoch it was interrupted in. */
static double interrupted_epoch_j(const gm_training *t) {
  double rest = t->earlier.energy_j;
  for (int64_t e = 0; e < t->first_epoch; e++) rest -= t->earlier_epoch_j[e];
  return rest;
}

double gm_training_epoch_energy_j(const gm_training *t, const gm_basis *basis, int64_t epoch) {
  if (epoch <= t->first_epoch) return t->earlier_epoch_j[epoch - 1];
  gm_energy energy;
  gm_meter_between(t->experiment->meter, &t->readings[epoch - 1], &t->readings[epoch], basis, &energy);
  return energy.energy_j + (epoch == t->first_epoch + 1 ? interrupted_epoch_j(t) : 0);
}

gm_status gm_training_forecast(gm_training *t, double **validation, double **test, gm_error *err) {
  *validation = malloc(t->trainer.parts[GM_PART_VALIDATION].n * sizeof **validation);
  *test = malloc(t->trainer.parts[GM_PART_TEST].n * sizeof **test);
  if (*validation == NULL || *test == NULL) return gm_fail_memory(err, "the forecasts");
  gm_trainer_predict(&t->trainer, GM_PART_VALIDATION, *validation);
  gm_trainer_predict(&t->trainer, GM_PART_TEST, *test);
  return GM_OK;
}
