/* SPDX-License-Identifier: MIT
 * A training in one object: samples, network, trainer and a record of all it reported. */
#ifndef TESTS_TRAINING_RUN_H
#define TESTS_TRAINING_RUN_H

#include "models/network/trainer.h"
#include "tests/network_new.h"
#include "tests/torch_fixture.h"

typedef struct {
  float *x, *y;
  double *truth;
  const float **blocks;
  gm_examples examples;
} data;

/* Uniform in ±1: all of x, then all of y, as the fixtures' generator. */
static inline data data_new(uint32_t seed, size_t n, size_t size) {
  gm_rng rng;
  data d = {0};
  gm_rng_seed(&rng, seed);
  d.x = numpy_floats(&rng, n * size);
  d.y = numpy_floats(&rng, n);
  d.truth = widened(d.y, n);
  d.blocks = calloc(n, sizeof *d.blocks);
  assert_non_null(d.blocks);
  for (size_t i = 0; i < n; i++) d.blocks[i] = d.x + i * size;
  d.examples = (gm_examples){.n = n, .x = d.blocks, .y = d.y, .truth = d.truth};
  return d;
}

static inline void data_free(data *d) {
  free(d->x);
  free(d->y);
  free(d->truth);
  free(d->blocks);
}

enum { MOST_STEPS = 400, MOST_EPOCHS = 120 };

typedef struct {
  gm_network network;
  gm_rng rng;
  gm_trainer trainer;
  double loss[MOST_STEPS];
  int64_t batch_of[MOST_STEPS], epoch_of[MOST_STEPS];
  size_t n_steps, n_epochs;
  gm_epoch epochs[MOST_EPOCHS];
  float *weights_of_epoch[MOST_EPOCHS]; /* when keep_weights */
  bool keep_weights;
  size_t stop_after_step, stop_after_epoch; /* 0: never */
} run;

static inline bool on_step(void *context, int64_t step, int64_t epoch, int64_t batch, double loss) {
  run *r = context;
  assert_int_equal(step, (int64_t)r->n_steps + 1);
  assert_true(r->n_steps < MOST_STEPS);
  r->loss[r->n_steps] = loss;
  r->batch_of[r->n_steps] = batch;
  r->epoch_of[r->n_steps++] = epoch;
  return r->n_steps != r->stop_after_step;
}

static inline bool on_epoch(void *context, const gm_epoch *epoch) {
  run *r = context;
  assert_int_equal(epoch->epoch, (int64_t)r->n_epochs + 1);
  assert_true(epoch->train_duration_s >= 0 && epoch->duration_s >= epoch->train_duration_s);
  if (r->keep_weights)
    r->weights_of_epoch[r->n_epochs] =
        copy_floats(r->network.parameters, r->network.architecture.n_parameters);
  r->epochs[r->n_epochs++] = *epoch;
  return r->n_epochs != r->stop_after_epoch;
}

/* Fresh run of `spec` from `seed`; the same examples may serve as all three parts. */
static inline run *run_new(const char *spec, gm_shape input, uint32_t seed, const gm_trainer_config *config,
                           const gm_examples parts[GM_N_PARTS], const gm_compute *compute) {
  gm_error err = {GM_OK, ""};
  run *r = calloc(1, sizeof *r);
  assert_non_null(r);
  r->network = network_new(spec, input.channels, input.length, seed, &r->rng);
  if (gm_trainer_create(&r->trainer, config, compute, &r->network, &r->rng, parts, &err) != GM_OK)
    fail_msg("%s", err.message);
  return r;
}

static inline gm_status run_train(run *r, gm_error *err) {
  const gm_trainer_callbacks callbacks = {.context = r, .on_step = on_step, .on_epoch = on_epoch};
  return gm_trainer_run(&r->trainer, &callbacks, err);
}

static inline void run_free(run *r) {
  for (size_t e = 0; e < MOST_EPOCHS; e++) free(r->weights_of_epoch[e]);
  gm_trainer_free(&r->trainer);
  gm_network_free(&r->network);
  free(r);
}

static const char small[] = "conv:4:3,relu,flatten,dense:6,relu,dense:1";
static const gm_shape small_input = {1, 5, false};
enum { SMALL_N = 23, SMALL_SIZE = 5 };

static inline gm_trainer_config small_config(void) {
  gm_trainer_config config = gm_trainer_config_default();
  config.optimizer.learning_rate = 0.01;
  config.batch_size = 5;
  config.epochs = 6;
  return config;
}

/* A small run on the same data for all parts, not yet trained. */
static inline run *small_run(const gm_trainer_config *config, const data *d, int threads) {
  const gm_compute compute = compute_with(threads, NULL);
  const gm_examples parts[GM_N_PARTS] = {d->examples, d->examples, d->examples};
  return run_new(small, small_input, 0, config, parts, &compute);
}

/* ---- agreement with PyTorch -------------------------------------------------------------- */

/* Issue 3, point 2: every loss to 1e-4·max(loss, 1 % of the first), final weights to 1e-4. */
static const double relative = 1e-4, of_the_first = 0.01, weight_tolerance = 1e-4;

static inline void check_losses(const run *r, const struct json_object *expected) {
  size_t n;
  double *losses = fixture_numbers(expected, "losses", &n);
  assert_true(n > 0 && r->n_steps >= n);
  for (size_t i = 0; i < n; i++)
    assert_near(r->loss[i], losses[i], relative * fmax(losses[i], of_the_first * losses[0]));
  free(losses);
}

static inline gm_trainer_config fixture_config(const struct json_object *c) {
  gm_trainer_config config = gm_trainer_config_default();
  assert_int_equal(gm_optimizer_from_name(fixture_text(c, "optimizer"), &config.optimizer.kind, NULL), GM_OK);
  config.optimizer.learning_rate = fixture_number(c, "learning_rate");
  config.epochs = (int64_t)fixture_count(c, "epochs");
  return config;
}

#endif
