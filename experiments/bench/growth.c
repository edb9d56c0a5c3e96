/* SPDX-License-Identifier: MIT
 * How cost grows: a step with the size of the network, an epoch with the number of
 * samples. */
#include "experiments/bench/case.h"
#include "experiments/bench/step.h"
#include "models/network/trainer.h"

/* ---- parameters ------------------------------------------------------------------------- */

/* The index network with its two wide layers scaled to about `wanted` parameters, their widths
 * in the proportion 2400 : 1364 ≈ 7 : 4 of the study's. */
static gm_status scaled(double wanted, char *arch, size_t size, gm_error *err) {
  for (size_t quarter = 1;; quarter++) {
    gm_architecture a;
    snprintf(arch, size, "conv:64:3,relu,conv:128:3,relu,flatten,dense:%zu,relu,dense:%zu,relu,dense:1",
             7 * quarter, 4 * quarter);
    const gm_status status = gm_architecture_parse(arch, gm_bench_index.input, &a, err);
    if (status != GM_OK) return status;
    const size_t n = a.n_parameters;
    gm_architecture_free(&a);
    if ((double)n >= wanted) return GM_OK;
  }
}

static gm_status grow_parameters(gm_bench *bench, gm_error *err) {
  static const struct {
    const char *name;
    double parameters;
  } sizes[] = {{"0.1M", 1e5}, {"0.3M", 3e5}, {"1M", 1e6}, {"3M", 3e6},
               {"7M", 7e6},   {"20M", 2e7},  {"70M", 7e7}};
  static const double largest_quick = 3e6;
  enum { BATCH = 10 };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char name[GM_BENCH_NAME], arch[128];
    snprintf(name, sizeof name, "growth.parameters.%s", sizes[i].name);
    if (!gm_bench_wanted(bench, name) || (bench->quick && sizes[i].parameters > largest_quick)) continue;
    gm_status status = scaled(sizes[i].parameters, arch, sizeof arch, err);
    const gm_bench_shape shape = {"scaled index", arch, gm_bench_index.input};
    if (status == GM_OK) status = gm_bench_step(bench, name, &shape, GM_OPTIMIZER_ADAM, BATCH, err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}

/* ---- samples ------------------------------------------------------------------------------ */

/* One more epoch of a trainer. */
static gm_status call_epoch(void *trainer, gm_error *err) {
  gm_trainer *t = trainer;
  const gm_trainer_callbacks none = {0};
  t->config.epochs = t->epoch + 1;
  return gm_trainer_run(t, &none, err);
}

/* Epochs of the smallest network above, where the handling of samples weighs most; validation
 * and test are 1 sample each. */
static gm_status measure_epoch(gm_bench *bench, const char *name, size_t n, const gm_bench_shape *shape,
                               gm_error *err) {
  gm_bench_network networks[GM_BENCH_THREADS] = {{.n = 0}};
  gm_trainer trainers[GM_BENCH_THREADS] = {{.epoch = 0}};
  gm_compute computes[GM_BENCH_THREADS] = {{.threads = 0}};
  gm_rng rngs[GM_BENCH_THREADS];
  gm_trainer_config config = gm_trainer_config_default();
  gm_bench_case c = {.samples = n};
  gm_status status = GM_OK;
  const size_t before = gm_bench_allocated();
  for (int t = 0; t < bench->n_threads && status == GM_OK; t++) {
    gm_bench_network *b = &networks[t];
    status = gm_compute_init(&computes[t], bench->threads[t], bench->isa, err);
    if (status == GM_OK) status = gm_bench_network_create(b, shape, 1, n, GM_OPTIMIZER_SGD, false, err);
    if (status != GM_OK) break;
    const gm_examples all = {.n = n, .x = b->rows, .y = b->y, .truth = b->truth};
    const gm_examples one = {.n = 1, .x = b->rows, .y = b->y, .truth = b->truth};
    const gm_examples parts[GM_N_PARTS] = {
        [GM_PART_TRAIN] = all, [GM_PART_VALIDATION] = one, [GM_PART_TEST] = one};
    gm_rng_seed(&rngs[t], 0);
    status = gm_trainer_create(&trainers[t], &config, &computes[t], &b->network, &rngs[t], parts, err);
    gm_bench_add_ours(&c, bench->threads[t], call_epoch, &trainers[t], 0);
    if (t == 0) c.allocated_bytes = gm_bench_allocated() - before;
  }
  if (status == GM_OK) {
    c.parameters = networks[0].network.architecture.n_parameters;
    snprintf(c.name, sizeof c.name, "%s", name);
    snprintf(c.what, sizeof c.what, "epoch of %zu samples, Adam, %.3g M parameters, batch %lld", n,
             (double)c.parameters / 1e6, (long long)config.batch_size);
    status = gm_bench_run(bench, &c, NULL, err);
  }
  for (int t = 0; t < bench->n_threads; t++) {
    gm_trainer_free(&trainers[t]);
    gm_bench_network_free(&networks[t]);
    gm_compute_free(&computes[t]);
  }
  return status;
}

static gm_status grow_samples(gm_bench *bench, gm_error *err) {
  static const size_t sizes[] = {100, 1000, 10000, 100000};
  enum { LARGEST_QUICK = 1000 };
  char arch[128];
  gm_status status = scaled(1e5, arch, sizeof arch, err);
  const gm_bench_shape shape = {"scaled index", arch, gm_bench_index.input};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes && status == GM_OK; i++) {
    char name[GM_BENCH_NAME];
    snprintf(name, sizeof name, "growth.samples.%zu", sizes[i]);
    if (!gm_bench_wanted(bench, name) || (bench->quick && sizes[i] > LARGEST_QUICK)) continue;
    status = measure_epoch(bench, name, sizes[i], &shape, err);
  }
  return status;
}

gm_status gm_bench_growth(gm_bench *bench, gm_error *err) {
  const gm_status status = grow_parameters(bench, err);
  return status == GM_OK ? grow_samples(bench, err) : status;
}
