/* SPDX-License-Identifier: MIT
 * Training steps, forecasts and evaluations of the study's networks. */
#include "experiments/bench/step.h"

#include <string.h>

/* Adam's W, m and v, or SGD's W. */
static size_t state_arrays(gm_optimizer_kind kind) {
  return kind == GM_OPTIMIZER_ADAM ? 3 : 1;
}

static gm_status add_calls(const gm_bench *bench, gm_bench_case *c, gm_bench_network *network,
                           gm_bench_network_call calls[GM_BENCH_THREADS], gm_bench_call call, gm_error *err) {
  for (int t = 0; t < bench->n_threads; t++) {
    calls[t] = (gm_bench_network_call){.network = network};
    const gm_status status = gm_compute_init(&calls[t].compute, bench->threads[t], bench->isa, err);
    if (status != GM_OK) return status;
    gm_bench_add_ours(c, bench->threads[t], call, &calls[t], 0);
  }
  return GM_OK;
}

static void free_calls(gm_bench_network_call calls[GM_BENCH_THREADS]) {
  for (int t = 0; t < GM_BENCH_THREADS; t++) gm_compute_free(&calls[t].compute);
}

/* ---- step --------------------------------------------------------------------------------- */

gm_status gm_bench_step(gm_bench *bench, const char *name, const gm_bench_shape *shape,
                        gm_optimizer_kind kind, size_t batch, gm_error *err) {
  gm_bench_network network;
  gm_bench_network_call calls[GM_BENCH_THREADS] = {{.network = NULL}};
  gm_bench_case c = {0};
  const size_t before = gm_bench_allocated();
  gm_status status = gm_bench_network_create(&network, shape, batch, GM_BENCH_POOL, kind, true, err);
  if (status != GM_OK) return status;
  const gm_architecture *a = &network.network.architecture;
  c.parameters = a->n_parameters;
  c.read_bytes = a->n_parameters * sizeof(float);
  c.update_bytes = 2 * state_arrays(kind) * a->n_parameters * sizeof(float);
  c.flops = (double)batch * gm_architecture_step_flop(a);
  c.leaves_zeros_out = true;
  snprintf(c.name, sizeof c.name, "%s", name);
  snprintf(c.what, sizeof c.what, "%s step, %s network, %.3g M parameters, batch %zu",
           kind == GM_OPTIMIZER_ADAM ? "Adam" : "SGD", shape->name, (double)a->n_parameters / 1e6, batch);
  status = add_calls(bench, &c, &network, calls, gm_bench_network_step, err);
  if (status == GM_OK) status = gm_bench_network_step(&calls[0], err);
  c.allocated_bytes = gm_bench_allocated() - before;
  if (status == GM_OK) {
    struct json_object *request = gm_bench_network_request("step", shape, batch);
    gm_json_add_text(request, "optimizer", gm_optimizer_name(kind));
    gm_json_add_number(request, "learning_rate", network.optimizer.config.learning_rate);
    gm_json_add_integer(request, "pool", GM_BENCH_POOL);
    status = gm_bench_run(bench, &c, request, err);
  }
  free_calls(calls);
  gm_bench_network_free(&network);
  return status;
}

gm_status gm_bench_steps(gm_bench *bench, gm_error *err) {
  static const gm_bench_shape *const shapes[] = {&gm_bench_index, &gm_bench_map};
  static const gm_optimizer_kind kinds[] = {GM_OPTIMIZER_ADAM, GM_OPTIMIZER_SGD};
  static const size_t batches[] = {1, 10, 32, 128};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
      for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        char name[GM_BENCH_NAME];
        snprintf(name, sizeof name, "step.%s.%s.%zu", shapes[s]->name, gm_optimizer_name(kinds[k]),
                 batches[b]);
        if (!gm_bench_wanted(bench, name)) continue;
        const gm_status status = gm_bench_step(bench, name, shapes[s], kinds[k], batches[b], err);
        if (status != GM_OK) return status;
      }
  return GM_OK;
}

/* ---- forward ---------------------------------------------------------------------------------- */

/* `forecasts` a call in batches of `batch`, from a pool of samples; the peer makes one forward pass of as
 * many. The weights stay, so they are settled before, as a peer packs or compiles its own. */
static gm_status forward(gm_bench *bench, const char *name, const char *what, size_t batch, size_t forecasts,
                         size_t pool, gm_bench_call call, gm_error *err) {
  gm_bench_network network;
  gm_bench_network_call calls[GM_BENCH_THREADS] = {{.network = NULL}};
  gm_bench_case c = {0};
  if (!gm_bench_wanted(bench, name)) return GM_OK;
  gm_status status =
      gm_bench_network_create(&network, &gm_bench_index, batch, pool, GM_OPTIMIZER_SGD, false, err);
  if (status != GM_OK) return status;
  const gm_architecture *a = &network.network.architecture;
  c.parameters = a->n_parameters;
  c.read_bytes = a->n_parameters * sizeof(float);
  c.flops = (double)forecasts * gm_architecture_forward_flop(a);
  c.leaves_zeros_out = true;
  snprintf(c.name, sizeof c.name, "%s", name);
  snprintf(c.what, sizeof c.what, "%s, index network, %.3g M parameters", what,
           (double)a->n_parameters / 1e6);
  status = add_calls(bench, &c, &network, calls, call, err);
  if (status == GM_OK) gm_network_settle(&calls[0].compute, &network.network);
  if (status == GM_OK && network.network.settled == NULL) status = gm_fail_memory(err, "settled weights");
  if (status == GM_OK)
    status = gm_bench_run(bench, &c, gm_bench_network_request("forward", &gm_bench_index, forecasts), err);
  free_calls(calls);
  gm_bench_network_free(&network);
  return status;
}

gm_status gm_bench_forecast(gm_bench *bench, gm_error *err) {
  return forward(bench, "forecast.index", "one forecast", 1, 1, GM_BENCH_POOL, gm_bench_network_forecast,
                 err);
}

gm_status gm_bench_evaluation(gm_bench *bench, gm_error *err) {
  enum { SAMPLES = 1000, BATCH = 256 }; /* as a loaded model's forecasts are made */
  return forward(bench, "evaluation.index", "forecasts of 1,000 samples", BATCH, SAMPLES, SAMPLES,
                 gm_bench_network_evaluate, err);
}
