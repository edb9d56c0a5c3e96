/* SPDX-License-Identifier: MIT
 * The training loop: epochs, shuffled batches, steps, evaluation, pruning and stopping, in the order of the
 * PyTorch loop it is compared with. Metering and files are the caller's. */
#include "models/network/trainer.h"

#include "common/clock.h"
#include "models/memory.h"
#include "models/network/mse.h"
#include "models/network/weight_pruning.h"
#include "models/statistics/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Evaluation runs in batches of up to this many samples and bytes of activations. */
enum { EVALUATION_BATCH = 256 };
static const size_t evaluation_bytes = (size_t)32 << 20;

/* ---- configuration ----------------------------------------------------------- */

gm_trainer_config gm_trainer_config_default(void) {
  return (gm_trainer_config){.optimizer = gm_optimizer_config_default(),
                             .epochs = 50,
                             .batch_size = 10,
                             .shuffle = true,
                             .prune_after = 10,
                             .look_at_test = true};
}

gm_status gm_trainer_config_check(const gm_trainer_config *c, gm_error *err) {
  const gm_status status = gm_optimizer_config_check(&c->optimizer, err);
  if (status != GM_OK) return status;
  if (c->epochs < 1) return gm_fail(err, GM_BAD_INPUT, "epochs: expected at least 1");
  if (c->batch_size < 1) return gm_fail(err, GM_BAD_INPUT, "batch size: expected at least 1");
  if (!(c->prune_unstructured >= 0 && c->prune_unstructured < 1 && c->prune_structured >= 0 &&
        c->prune_structured < 1))
    return gm_fail(err, GM_BAD_INPUT, "pruning fraction: expected a number in [0, 1)");
  if (c->prune_unstructured > 0 && c->prune_structured > 0)
    return gm_fail(err, GM_BAD_INPUT, "unstructured and structured pruning in one run: choose one");
  if (c->prune_after < 1)
    return gm_fail(err, GM_BAD_INPUT, "pruning: expected at least 1 finished epoch before it");
  if (c->early_stopping < 0)
    return gm_fail(err, GM_BAD_INPUT, "early stopping: expected a patience of at least 0");
  if (!(c->min_delta >= 0)) return gm_fail(err, GM_BAD_INPUT, "min delta: expected a number of at least 0");
  return GM_OK;
}

const char *gm_stop_reason_name(gm_stop_reason reason) {
  switch (reason) {
  case GM_STOP_EPOCHS:
    return "epochs";
  case GM_STOP_EARLY:
    return "early_stopping";
  case GM_STOP_CALLBACK:
    break;
  }
  return "callback";
}

/* ---- life cycle ---------------------------------------------------------------- */

static gm_status create_workspaces(gm_trainer *t, gm_error *err) {
  const gm_architecture *a = &t->network->architecture;
  gm_workspace_free(&t->batch);
  gm_workspace_free(&t->evaluation);
  gm_status status = gm_workspace_create(&t->batch, a, (size_t)t->config.batch_size, true, err);
  if (status != GM_OK) return status;
  return gm_workspace_create(&t->evaluation, a, gm_workspace_batch(a, EVALUATION_BATCH, evaluation_bytes),
                             false, err);
}

gm_status gm_trainer_create(gm_trainer *t, const gm_trainer_config *config, const gm_compute *compute,
                            gm_network *network, gm_rng *rng, const gm_examples parts[GM_N_PARTS],
                            gm_error *err) {
  *t = (gm_trainer){.config = *config, .compute = *compute, .network = network, .rng = rng};
  gm_network_unsettle(network); /* whatever is written into it from now on */
  memcpy(t->parts, parts, sizeof t->parts);
  t->stopping = gm_early_stopping_start(config->early_stopping, config->min_delta);
  gm_status status = gm_trainer_config_check(config, err);
  if (status != GM_OK) return status;
  const gm_shape output = gm_architecture_output(&network->architecture);
  if (gm_shape_size(output) != 1)
    return gm_fail(err, GM_BAD_INPUT,
                   "architecture: its last layer gives %zu values, a forecast is 1: end with dense:1",
                   gm_shape_size(output));
  const size_t n_train = parts[GM_PART_TRAIN].n;
  if ((size_t)t->config.batch_size > n_train) t->config.batch_size = (int64_t)n_train;
  const gm_examples *validation = &t->parts[GM_PART_VALIDATION], *test = &t->parts[GM_PART_TEST];
  const size_t n_evaluated = validation->n + (config->look_at_test ? test->n : 0);
  t->permutation = calloc(n_train, sizeof *t->permutation);
  t->targets = calloc((size_t)t->config.batch_size, sizeof *t->targets);
  t->d_output = calloc((size_t)t->config.batch_size, sizeof *t->d_output);
  t->evaluated = calloc(n_evaluated, sizeof *t->evaluated);
  t->prediction = calloc(n_evaluated, sizeof *t->prediction);
  if (config->early_stopping > 0) t->best = gm_floats_alloc(network->architecture.n_parameters);
  if (t->permutation == NULL || t->targets == NULL || t->d_output == NULL || t->evaluated == NULL ||
      t->prediction == NULL || (config->early_stopping > 0 && t->best == NULL))
    status = gm_fail_memory(err, "training");
  if (status == GM_OK)
    status = gm_optimizer_create(&t->optimizer, &config->optimizer, network->architecture.n_parameters, err);
  if (status == GM_OK) status = create_workspaces(t, err);
  for (size_t i = 0; status == GM_OK && i < n_train; i++)
    t->permutation[i] = i; /* stays so without shuffling */
  for (size_t i = 0; status == GM_OK && i < n_evaluated; i++)
    t->evaluated[i] = i < validation->n ? validation->x[i] : test->x[i - validation->n];
  if (status != GM_OK) gm_trainer_free(t);
  return status;
}

void gm_trainer_free(gm_trainer *t) {
  gm_optimizer_free(&t->optimizer);
  gm_workspace_free(&t->batch);
  gm_workspace_free(&t->evaluation);
  free(t->permutation);
  free(t->targets);
  free(t->d_output);
  free(t->evaluated);
  free(t->prediction);
  free(t->best);
  free(t->losses);
  *t = (gm_trainer){0};
}

size_t gm_trainer_batches(const gm_trainer *t) {
  return gm_pieces(t->parts[GM_PART_TRAIN].n, (size_t)t->config.batch_size);
}

size_t gm_trainer_steps(const gm_trainer *t) {
  return (size_t)t->epoch * gm_trainer_batches(t) + (size_t)t->batches_done;
}

gm_status gm_trainer_keep_losses(gm_trainer *t, gm_error *err) {
  t->losses = calloc((size_t)t->config.epochs * gm_trainer_batches(t), sizeof *t->losses);
  return t->losses != NULL ? GM_OK : gm_fail_memory(err, "the losses of all steps");
}

/* ---- evaluation ------------------------------------------------------------------ */

void gm_network_predict(const gm_compute *compute, const gm_network *network, gm_workspace *ws,
                        const gm_examples *examples, double *prediction) {
  const size_t size = gm_shape_size(gm_architecture_input(&network->architecture));
  for (size_t first = 0; first < examples->n; first += ws->batch) {
    const size_t n = gm_least(ws->batch, examples->n - first);
    for (size_t i = 0; i < n; i++) memcpy(ws->input + i * size, examples->x[first + i], size * sizeof(float));
    const float *y = gm_network_forward(compute, network, ws, n);
    for (size_t i = 0; i < n; i++) prediction[first + i] = (double)y[i];
  }
}

void gm_trainer_predict(gm_trainer *t, gm_part part, double *prediction) {
  gm_network_predict(&t->compute, t->network, &t->evaluation, &t->parts[part], prediction);
}

/* Validation and test samples in one pass over the weights: a forecast has the same bits beside any others.
 */
static gm_status evaluate(gm_trainer *t, gm_epoch *e, gm_error *err) {
  const gm_examples *validation = &t->parts[GM_PART_VALIDATION], *test = &t->parts[GM_PART_TEST];
  const size_t n_test = t->config.look_at_test ? test->n : 0;
  const gm_examples all = {.n = validation->n + n_test, .x = t->evaluated};
  gm_network_predict(&t->compute, t->network, &t->evaluation, &all, t->prediction);
  e->rmse_test = NAN;
  gm_status status = gm_rmse(t->prediction, validation->truth, validation->n, &e->rmse_validation, err);
  if (status == GM_OK && t->config.look_at_test)
    status = gm_rmse(t->prediction + validation->n, test->truth, n_test, &e->rmse_test, err);
  return status;
}

/* ---- training -------------------------------------------------------------------- */

/* One step on the samples `chosen`; *loss is the batch's MSE before the step. */
static void train_batch(gm_trainer *t, const size_t *chosen, size_t n, double *loss) {
  const gm_examples *train = &t->parts[GM_PART_TRAIN];
  const size_t size = gm_shape_size(gm_architecture_input(&t->network->architecture));
  for (size_t i = 0; i < n; i++) {
    memcpy(t->batch.input + i * size, train->x[chosen[i]], size * sizeof(float));
    t->targets[i] = train->y[chosen[i]];
  }
  const float *y = gm_network_forward(&t->compute, t->network, &t->batch, n);
  *loss = (double)gm_mse(n, y, t->targets, t->d_output);
  gm_optimizer_begin_step(&t->optimizer);
  gm_network_backward_step(&t->compute, t->network, &t->batch, n, t->d_output, &t->optimizer);
}

/* The rest of the epoch, from batch `batches_done` on; between two steps the trainer's
 * state is complete, so an interruption loses nothing. One that comes with the last step
 * is left in *interrupted until the epoch is finished. */
static gm_status train_epoch(gm_trainer *t, const gm_trainer_callbacks *callbacks, double *train_loss,
                             bool *interrupted, gm_error *err) {
  const size_t n = t->parts[GM_PART_TRAIN].n, batch = (size_t)t->config.batch_size;
  if (t->batches_done == 0) {
    t->loss_sum = 0;
    if (t->config.shuffle) gm_rng_permutation(t->rng, n, t->permutation);
  }
  for (size_t first = (size_t)t->batches_done * batch; first < n; first += batch) {
    const size_t count = gm_least(batch, n - first);
    double loss;
    train_batch(t, t->permutation + first, count, &loss);
    t->batches_done++;
    if (!isfinite(loss))
      return gm_fail(
          err, GM_FAILED,
          "training diverged: the loss is %g at epoch %lld, batch %lld; try a smaller learning rate", loss,
          (long long)t->epoch + 1, (long long)t->batches_done);
    t->loss_sum += loss * (double)count;
    if (t->losses != NULL) t->losses[gm_trainer_steps(t) - 1] = (float)loss;
    *interrupted = callbacks->on_step != NULL && !callbacks->on_step(callbacks->context, t->optimizer.t,
                                                                     t->epoch + 1, t->batches_done, loss);
    if (*interrupted && first + batch < n)
      return gm_fail(err, GM_INTERRUPTED, "interrupted at epoch %lld, batch %lld", (long long)t->epoch + 1,
                     (long long)t->batches_done);
  }
  *train_loss = t->loss_sum / (double)n;
  t->batches_done = 0;
  return GM_OK;
}

/* Prunes once, after the epoch that was just finished. The best weights so far
 * belong to the unpruned network, so early stopping starts over. */
static gm_status prune(gm_trainer *t, gm_error *err) {
  const gm_trainer_config *c = &t->config;
  if (t->epoch != c->prune_after || (c->prune_unstructured == 0 && c->prune_structured == 0)) return GM_OK;
  if (gm_early_stopping_should_stop(&t->stopping)) return GM_OK; /* it is over */
  t->stopping = gm_early_stopping_start(c->early_stopping, c->min_delta);
  t->best_epoch = 0;
  if (c->prune_unstructured > 0)
    return gm_prune_unstructured(t->network, &t->optimizer, c->prune_unstructured, NULL, err);
  const gm_status status = gm_prune_structured(t->network, &t->optimizer, c->prune_structured, err);
  return status == GM_OK ? create_workspaces(t, err) : status;
}

gm_status gm_trainer_replace_network(gm_trainer *t, gm_architecture *architecture, gm_error *err) {
  gm_network network;
  gm_optimizer optimizer;
  gm_status status = gm_network_create(&network, architecture, err);
  if (status != GM_OK) return status;
  status = gm_optimizer_create(&optimizer, &t->config.optimizer, network.architecture.n_parameters, err);
  if (status != GM_OK) {
    gm_network_free(&network);
    return status;
  }
  optimizer.t = t->optimizer.t;
  gm_optimizer_free(&t->optimizer);
  gm_network_free(t->network);
  t->optimizer = optimizer;
  *t->network = network;
  return create_workspaces(t, err);
}

/* One whole epoch: training, evaluation, the best weights so far. e->duration_s holds what was spent on it
 * before. */
static gm_status run_epoch(gm_trainer *t, const gm_trainer_callbacks *callbacks, gm_epoch *e,
                           bool *interrupted, gm_error *err) {
  const double earlier_s = t->epoch_duration_s;
  t->epoch_start_s = gm_monotonic_s();
  gm_status status = train_epoch(t, callbacks, &e->train_loss, interrupted, err);
  if (status != GM_OK) return status;
  e->train_duration_s = earlier_s + gm_monotonic_s() - t->epoch_start_s;
  status = evaluate(t, e, err);
  if (status != GM_OK)
    return gm_fail(
        err, GM_FAILED,
        "training diverged: a forecast is not finite after epoch %lld; try a smaller learning rate",
        (long long)e->epoch);
  e->duration_s += earlier_s + gm_monotonic_s() - t->epoch_start_s;
  t->epoch_duration_s = 0;
  t->epoch++;
  if (t->best != NULL && gm_early_stopping_update(&t->stopping, e->rmse_validation)) {
    t->best_epoch = t->epoch;
    memcpy(t->best, t->network->parameters, t->network->architecture.n_parameters * sizeof *t->best);
  }
  return GM_OK;
}

/* A ReLU hides a weight of −∞ before it from every loss and forecast. */
static gm_status check_weights(const gm_trainer *t, gm_error *err) {
  const float *w = t->network->parameters;
  const size_t n = t->network->architecture.n_parameters;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; i++) sum += w[i] * 0; /* 0, or NaN */
  if (sum == 0) return GM_OK;
  return gm_fail(err, GM_FAILED,
                 "training diverged: a weight is not finite after epoch %lld; try a smaller learning rate",
                 (long long)t->epoch);
}

gm_status gm_trainer_run(gm_trainer *t, const gm_trainer_callbacks *callbacks, gm_error *err) {
  bool interrupted = false;
  double pruning_s = 0; /* belongs to the epoch that follows, as its energy does */
  t->stop_reason = GM_STOP_EPOCHS;
  for (;;) {
    if (gm_early_stopping_should_stop(&t->stopping)) {
      t->stop_reason = GM_STOP_EARLY;
      break;
    }
    if (t->epoch >= t->config.epochs) break;
    if (interrupted) return gm_fail(err, GM_INTERRUPTED, "interrupted after epoch %lld", (long long)t->epoch);
    gm_epoch e = {.epoch = t->epoch + 1, .duration_s = pruning_s};
    gm_status status = run_epoch(t, callbacks, &e, &interrupted, err);
    if (status != GM_OK) return status;
    if (callbacks->on_epoch != NULL && !callbacks->on_epoch(callbacks->context, &e)) {
      t->stop_reason = GM_STOP_CALLBACK;
      break;
    }
    const double pruning_start_s = gm_monotonic_s();
    status = prune(t, err);
    if (status != GM_OK) return status;
    pruning_s = gm_monotonic_s() - pruning_start_s;
  }
  if (t->best != NULL && t->best_epoch > 0)
    memcpy(t->network->parameters, t->best, t->network->architecture.n_parameters * sizeof *t->best);
  return check_weights(t, err);
}
