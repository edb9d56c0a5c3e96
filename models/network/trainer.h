/* SPDX-License-Identifier: MIT
 * Training a network on samples in memory: mini-batches shuffled from the seed,
 * MSE loss, metrics after every epoch, early stopping and pruning in between.
 *
 * The trainer knows no meter, no files and no tuner: it reports every step and
 * every epoch through callbacks, and a callback may stop it. */
#ifndef MODELS_TRAINER_H
#define MODELS_TRAINER_H

#include "common/rng.h"
#include "common/status.h"
#include "models/compute.h"
#include "models/network/early_stopping.h"
#include "models/network/network.h"
#include "models/network/optimizer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- data ---------------------------------------------------------------------- */

/* n samples, borrowed. */
typedef struct {
  size_t n;
  const float *const *x; /* n pointers to (channels, length) blocks */
  const float *y;        /* n targets, for the loss */
  const double *truth;   /* n targets, for the metrics */
} gm_examples;

/* ---- configuration ------------------------------------------------------------- */

typedef struct {
  gm_optimizer_config optimizer;
  int64_t epochs;            /* ≥ 1; default 50 */
  int64_t batch_size;        /* ≥ 1; default 10; the last short batch is kept */
  bool shuffle;              /* a permutation of the stream per epoch; default true */
  double prune_unstructured; /* fraction of weights, [0, 1); 0 = off */
  double prune_structured;   /* fraction of channels, [0, 1); 0 = off; not both */
  int64_t prune_after;       /* finished epochs before pruning, once; default 10 */
  int64_t early_stopping;    /* patience in epochs on the validation RMSE; 0 = off */
  double min_delta;          /* of early stopping; default 0 */
  bool look_at_test;         /* evaluate the test samples after every epoch, beside the validation samples,
                                which decide everything; default true */
} gm_trainer_config;

gm_trainer_config gm_trainer_config_default(void);
gm_status gm_trainer_config_check(const gm_trainer_config *config, gm_error *err);

/* ---- what it reports ----------------------------------------------------------- */

typedef struct {
  int64_t epoch;           /* from 1 */
  double train_loss;       /* mean of the batch losses, weighted by samples */
  double rmse_validation;  /* after the epoch */
  double rmse_test;        /* NaN without look_at_test */
  double train_duration_s; /* optimiser steps alone */
  double duration_s;       /* with the evaluation, and the pruning that came before */
} gm_epoch;

typedef struct {
  void *context;
  /* After every step (all three counted from 1); false stops with GM_INTERRUPTED, at once or, where it was
   * the last of its epoch and others follow, after the epoch. May be NULL. */
  bool (*on_step)(void *context, int64_t step, int64_t epoch, int64_t batch, double loss);
  /* After every epoch; false ends the run with GM_STOP_CALLBACK. May be NULL. */
  bool (*on_epoch)(void *context, const gm_epoch *epoch);
} gm_trainer_callbacks;

typedef enum { GM_STOP_EPOCHS, GM_STOP_EARLY, GM_STOP_CALLBACK } gm_stop_reason;

/* "epochs", "early_stopping", "callback". */
const char *gm_stop_reason_name(gm_stop_reason reason);

/* ---- the trainer --------------------------------------------------------------- */

typedef enum { GM_PART_TRAIN, GM_PART_VALIDATION, GM_PART_TEST, GM_N_PARTS } gm_part;

typedef struct {
  gm_trainer_config config;
  gm_compute compute;
  gm_network *network; /* borrowed; pruning may replace its content */
  gm_rng *rng;         /* borrowed; gives one permutation per epoch */
  gm_examples parts[GM_N_PARTS];
  gm_optimizer optimizer;
  gm_workspace batch; /* training */
  gm_workspace evaluation;
  size_t *permutation;       /* n of the training part */
  float *targets, *d_output; /* batch_size each */
  const float **evaluated;   /* x of the validation and, with look_at_test, the test part */
  double *prediction;        /* of these */
  float *losses;             /* of every step so far, (epoch · batches + batches_done); NULL: not kept */
  gm_early_stopping stopping;
  float *best;             /* parameters of the best epoch; NULL without early stopping */
  int64_t epoch;           /* finished */
  int64_t best_epoch;      /* 0: none yet */
  int64_t batches_done;    /* of the epoch that has begun; 0 between epochs */
  double loss_sum;         /* of those batches, times their samples */
  double epoch_duration_s; /* spent on them in an earlier process, before a resume */
  double epoch_start_s;    /* gm_monotonic_s when this process began the epoch */
  gm_stop_reason stop_reason;
} gm_trainer;

/* Allocates all that training needs. network, rng and the samples must outlive it. */
gm_status gm_trainer_create(gm_trainer *trainer, const gm_trainer_config *config, const gm_compute *compute,
                            gm_network *network, gm_rng *rng, const gm_examples parts[GM_N_PARTS],
                            gm_error *err);
void gm_trainer_free(gm_trainer *trainer);

/* From now on keeps the loss of every step, across checkpoints too. Before the first step. */
gm_status gm_trainer_keep_losses(gm_trainer *trainer, gm_error *err);

/* Steps of an epoch, and of the training so far. */
size_t gm_trainer_batches(const gm_trainer *trainer);
size_t gm_trainer_steps(const gm_trainer *trainer);

/* Trains until config.epochs epochs are finished or something stops it; then the
 * network has the weights of the last epoch, with early stopping of the best one.
 * GM_FAILED when the loss, a metric or at the end a weight is not finite (diverged), GM_INTERRUPTED when
 * on_step said so. */
gm_status gm_trainer_run(gm_trainer *trainer, const gm_trainer_callbacks *callbacks, gm_error *err);

/* Puts an empty network of another architecture (taken over) and a fresh optimiser
 * state into the trainer: for a checkpoint of a pruned network. */
gm_status gm_trainer_replace_network(gm_trainer *trainer, gm_architecture *architecture, gm_error *err);

/* Forecasts of one part with the present weights: prediction[i] of sample i. */
void gm_trainer_predict(gm_trainer *trainer, gm_part part, double *prediction);

/* The same without a trainer: any network, workspace and samples. */
void gm_network_predict(const gm_compute *compute, const gm_network *network, gm_workspace *workspace,
                        const gm_examples *examples, double *prediction);

#endif
