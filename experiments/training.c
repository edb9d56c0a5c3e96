/* SPDX-License-Identifier: MIT
 * One metered training. */
#include "experiments/training.h"

#include "common/interrupt.h"
#include "models/model_file.h"

#include <stdlib.h>

const char *gm_training_arch(const gm_training_config *config) {
  return config->arch != NULL ? config->arch : GM_ARCHITECTURE_INDEX;
}

gm_status gm_training_create(gm_training *t, gm_experiment *e, const gm_training_config *config,
                             const gm_samples *samples, gm_error *err) {
  gm_architecture architecture = {0};
  gm_examples parts[GM_N_PARTS];
  *t = (gm_training){.experiment = e};
  const size_t n_epochs = (size_t)config->trainer.epochs;
  gm_status status =
      gm_architecture_parse(gm_training_arch(config), gm_experiment_shape(samples), &architecture, err);
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
  if (status == GM_OK && (t->epochs == NULL || t->readings == NULL))
    status = gm_fail_memory(err, "the epochs");
  return status;
}

void gm_training_free(gm_training *t) {
  gm_trainer_free(&t->trainer);
  gm_network_free(&t->network);
  free(t->epochs);
  free(t->readings);
  *t = (gm_training){0};
}

static bool on_step(void *context, int64_t step, int64_t epoch, int64_t batch, double loss) {
  gm_training *t = context;
  if (t->step_log != NULL)
    fprintf(t->step_log, "%lld,%lld,%lld,%.9g\n", (long long)step, (long long)epoch, (long long)batch, loss);
  return !gm_interrupt_requested();
}

static bool on_epoch(void *context, const gm_epoch *epoch) {
  gm_training *t = context;
  gm_energy so_far;
  t->epochs[epoch->epoch - 1] = *epoch;
  t->last_reading = epoch->epoch;
  gm_meter_read(t->experiment->meter, &t->readings[epoch->epoch]);
  if (t->progress != NULL) {
    char note[128];
    gm_meter_between(t->experiment->meter, &t->experiment->started, &t->readings[epoch->epoch], NULL,
                     &so_far);
    snprintf(note, sizeof note, "validation RMSE %.4f °C, %.1f J", epoch->rmse_validation, so_far.energy_j);
    gm_progress_update(t->progress, t->progress_done + (size_t)epoch->epoch, note);
  }
  return t->on_epoch == NULL || t->on_epoch(t->context, epoch);
}

gm_status gm_training_run(gm_training *t, gm_error *err) {
  const gm_trainer_callbacks callbacks = {.context = t, .on_step = on_step, .on_epoch = on_epoch};
  gm_meter_read(t->experiment->meter, &t->readings[0]);
  const gm_status status = gm_trainer_run(&t->trainer, &callbacks, err);
  if (status == GM_FAILED && t->last_reading < t->trainer.config.epochs)
    gm_meter_read(t->experiment->meter, &t->readings[++t->last_reading]);
  return status;
}

gm_energy gm_training_energy(const gm_training *t) {
  gm_energy energy;
  gm_meter_between(t->experiment->meter, &t->readings[0], &t->readings[t->last_reading], NULL, &energy);
  return energy;
}

gm_energy gm_training_epoch_energy(const gm_training *t, const gm_basis *basis, int64_t epoch) {
  gm_energy energy;
  gm_meter_between(t->experiment->meter, &t->readings[epoch - 1], &t->readings[epoch], basis, &energy);
  return energy;
}

gm_status gm_training_forecast(gm_training *t, double **validation, double **test, gm_error *err) {
  *validation = malloc(t->trainer.parts[GM_PART_VALIDATION].n * sizeof **validation);
  *test = malloc(t->trainer.parts[GM_PART_TEST].n * sizeof **test);
  if (*validation == NULL || *test == NULL) return gm_fail_memory(err, "the forecasts");
  gm_trainer_predict(&t->trainer, GM_PART_VALIDATION, *validation);
  gm_trainer_predict(&t->trainer, GM_PART_TEST, *test);
  return GM_OK;
}
