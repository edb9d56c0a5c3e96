/* SPDX-License-Identifier: MIT
 * One metered training of a network, as `cnn` runs it once and `tune` once per
 * trial: weights from the seed, trainer, meter readings at every epoch. */
#ifndef EXPERIMENTS_TRAINING_H
#define EXPERIMENTS_TRAINING_H

#include "common/progress.h"
#include "experiments/run/run_directory.h"
#include "models/network/trainer.h"

#include <stdio.h>

typedef struct {
  gm_trainer_config trainer;
  const char *arch; /* NULL: the default for the data */
  const char *init; /* safetensors to start from; NULL: from the seed */
} gm_training_config;

/* Asked after every epoch, with its metrics; false ends the training. */
typedef bool (*gm_training_epoch)(void *context, const gm_epoch *epoch);

typedef struct gm_training {
  gm_experiment *experiment; /* borrowed */
  gm_network network;
  gm_rng rng;
  gm_trainer trainer;
  gm_epoch *epochs;                   /* finished ones */
  int64_t first_epoch;                /* finished in an earlier process; 0 without a resume */
  gm_reading *readings;               /* [first_epoch] at the start, [e] after epoch e */
  gm_reading last;                    /* at the end or the interruption */
  gm_energy earlier;                  /* of the earlier process; zero without one */
  double *earlier_epoch_j;            /* of its epochs */
  double checkpoint_s;                /* when the last checkpoint was written */
  const struct json_object *identity; /* of the run (resume.h), for checkpoints; NULL: write none */
  gm_status (*save)(const struct gm_training *training, gm_error *err); /* writes one: gm_resume_save */
  gm_progress *progress; /* may be NULL; one unit per epoch from `progress_done` on */
  double best_rmse;      /* of a search so far, for the progress line; NAN: none */
  size_t progress_done;
  gm_training_epoch on_epoch;
  void *context;
} gm_training;

/* The numbers of an epoch, by the names that they have in epochs.csv and in checkpoints. */
enum { GM_EPOCH_NUMBERS = 5 };
extern const char *const gm_epoch_names[GM_EPOCH_NUMBERS];
double *gm_epoch_number(gm_epoch *epoch, size_t i);

/* The architecture string `config` asks for. */
const char *gm_training_arch(const gm_training_config *config, const gm_experiment *experiment);

/* Builds network and trainer for `samples` (borrowed). */
gm_status gm_training_create(gm_training *training, gm_experiment *experiment,
                             const gm_training_config *config, const gm_samples *samples, gm_error *err);
void gm_training_free(gm_training *training);

/* Says which settings have no effect on a training with these samples. */
void gm_training_warn_idle(gm_experiment *experiment, const gm_trainer_config *config,
                           const gm_samples *samples);

/* Trains between two meter readings (the first and last of `readings`). */
gm_status gm_training_run(gm_training *training, gm_error *err);

/* Warns where nothing was pruned although it was asked for: the run is one of the whole network, `arch`. */
gm_status gm_training_note_unpruned(gm_training *training, const char *arch, gm_error *err);

/* Energy of the whole training, and in J of epoch e (from 1) on the same basis: the
 * epochs add up to the whole. */
gm_energy gm_training_energy(const gm_training *training);
double gm_training_epoch_energy_j(const gm_training *training, const gm_basis *basis, int64_t epoch);

/* Forecasts with the final weights; both in fresh memory the caller frees. */
gm_status gm_training_forecast(gm_training *training, double **validation, double **test, gm_error *err);

#endif
