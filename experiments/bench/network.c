/* SPDX-License-Identifier: MIT
 * Building the networks of the bench, and the three things it times on them. */
#include "experiments/bench/network.h"

#include "models/network/mse.h"
#include "models/network/trainer.h"

#include <stdlib.h>
#include <string.h>

const gm_bench_shape gm_bench_index = {"index", GM_ARCHITECTURE_INDEX, {1, 12, false}};
const gm_bench_shape gm_bench_map = {
    "map",
    "conv:6:3,relu,maxpool:2,conv:16:5,relu,maxpool:2,flatten,dense:768,relu,dense:60,relu,dense:1",
    {1, 2261, false}};

/* ---- life cycle ------------------------------------------------------------------------ */

static gm_status create_pool(gm_bench_network *b, gm_rng *rng, gm_error *err) {
  b->x = malloc(b->n * b->size * sizeof *b->x);
  b->y = malloc(b->n * sizeof *b->y);
  b->dy = malloc(b->batch * sizeof *b->dy);
  b->rows = malloc(b->n * sizeof *b->rows);
  b->truth = malloc(b->n * sizeof *b->truth);
  b->prediction = malloc(b->n * sizeof *b->prediction);
  if (b->x == NULL || b->y == NULL || b->dy == NULL || b->rows == NULL || b->truth == NULL ||
      b->prediction == NULL)
    return gm_fail_memory(err, "the samples of the bench");
  for (size_t i = 0; i < b->n * b->size; i++) b->x[i] = gm_rng_uniform_float(rng, -1, 1);
  for (size_t i = 0; i < b->n; i++) {
    b->y[i] = gm_rng_uniform_float(rng, -1, 1);
    b->truth[i] = (double)b->y[i];
    b->rows[i] = b->x + i * b->size;
  }
  return GM_OK;
}

gm_status gm_bench_network_create(gm_bench_network *b, const gm_bench_shape *shape, size_t batch, size_t n,
                                  gm_optimizer_kind kind, bool training, gm_error *err) {
  gm_optimizer_config config = gm_optimizer_config_default();
  gm_architecture architecture = {0};
  gm_rng rng;
  *b = (gm_bench_network){.batch = batch, .n = n, .size = gm_shape_size(shape->input)};
  config.kind = kind;
  gm_rng_seed(&rng, 0);
  gm_status status = gm_architecture_parse(shape->arch, shape->input, &architecture, err);
  if (status == GM_OK) status = gm_network_create(&b->network, &architecture, err);
  gm_architecture_free(&architecture);
  if (status == GM_OK) gm_network_initialize(&b->network, &rng);
  if (status == GM_OK)
    status = gm_workspace_create(&b->workspace, &b->network.architecture, batch, training, err);
  if (status == GM_OK && training)
    status = gm_optimizer_create(&b->optimizer, &config, b->network.architecture.n_parameters, err);
  if (status == GM_OK) status = create_pool(b, &rng, err);
  if (status == GM_OK) memcpy(b->workspace.input, b->x, batch * b->size * sizeof *b->x);
  if (status != GM_OK) gm_bench_network_free(b);
  return status;
}

void gm_bench_network_free(gm_bench_network *b) {
  gm_optimizer_free(&b->optimizer);
  gm_workspace_free(&b->workspace);
  gm_network_free(&b->network);
  free(b->x);
  free(b->y);
  free(b->dy);
  free(b->rows);
  free(b->truth);
  free(b->prediction);
  *b = (gm_bench_network){0};
}

/* ---- the calls ---------------------------------------------------------------------------- */

/* The next samples of the pool. */
static void take_batch(gm_bench_network *b) {
  if (b->position + b->batch > b->n) b->position = 0;
  memcpy(b->workspace.input, b->x + b->position * b->size, b->batch * b->size * sizeof *b->x);
}

gm_status gm_bench_network_step(void *context, gm_error *err) {
  const gm_bench_network_call *c = context;
  gm_bench_network *b = c->network;
  (void)err;
  take_batch(b);
  const float *y = gm_network_forward(&c->compute, &b->network, &b->workspace, b->batch);
  gm_mse(b->batch, y, b->y + b->position, b->dy);
  gm_optimizer_begin_step(&b->optimizer);
  gm_network_backward_step(&c->compute, &b->network, &b->workspace, b->batch, b->dy, &b->optimizer);
  b->position += b->batch;
  return GM_OK;
}

gm_status gm_bench_network_forecast(void *context, gm_error *err) {
  const gm_bench_network_call *c = context;
  gm_bench_network *b = c->network;
  (void)err;
  take_batch(b);
  gm_network_forward(&c->compute, &b->network, &b->workspace, b->batch);
  b->position += b->batch;
  return GM_OK;
}

gm_status gm_bench_network_evaluate(void *context, gm_error *err) {
  const gm_bench_network_call *c = context;
  gm_bench_network *b = c->network;
  (void)err;
  const gm_examples examples = {.n = b->n, .x = b->rows, .y = b->y, .truth = b->truth};
  gm_network_predict(&c->compute, &b->network, &b->workspace, &examples, b->prediction);
  return GM_OK;
}

struct json_object *gm_bench_network_request(const char *case_name, const gm_bench_shape *shape,
                                             size_t batch) {
  struct json_object *request = json_object_new_object();
  gm_json_add_text(request, "case", case_name);
  gm_json_add_text(request, "arch", shape->arch);
  gm_json_add_integer(request, "channels", (int64_t)shape->input.channels);
  gm_json_add_integer(request, "length", (int64_t)shape->input.length);
  gm_json_add_integer(request, "batch", (int64_t)batch);
  return request;
}
