/* SPDX-License-Identifier: MIT
 * Parameters, workspaces and passes of a network. What a layer does is its own (layer.h). */
#include "models/network/network.h"

#include "models/memory.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- parameters -------------------------------------------------------------- */

gm_status gm_network_create(gm_network *network, gm_architecture *architecture, gm_error *err) {
  *network = (gm_network){.parameters = gm_floats_alloc(architecture->n_parameters)};
  if (network->parameters == NULL) return gm_fail_memory(err, "the network's parameters");
  network->architecture = *architecture;
  *architecture = (gm_architecture){0};
  return GM_OK;
}

void gm_network_free(gm_network *network) {
  gm_network_unsettle(network);
  gm_architecture_free(&network->architecture);
  free(network->parameters);
  *network = (gm_network){0};
}

static void draw(gm_rng *rng, double bound, float *values, size_t n) {
  const float hi = (float)bound;
  gm_rng_uniform_floats(rng, -hi, hi, values, n);
}

void gm_network_initialize(gm_network *network, gm_rng *rng) {
  const double gain = sqrt(2.0 / (1 + 5)); /* of leaky_relu with slope sqrt(5) */
  gm_network_unsettle(network);
  for (size_t i = 0; i < network->architecture.n_layers; i++) {
    const gm_layer *layer = &network->architecture.layers[i];
    if (layer->n_weight == 0) continue;
    const double fan_in = (double)(layer->n_weight / layer->out.channels); /* c_in·k or inputs */
    draw(rng, sqrt(3) * (gain / sqrt(fan_in)), network->parameters + layer->weight, layer->n_weight);
    draw(rng, 1 / sqrt(fan_in), network->parameters + layer->bias, layer->n_bias);
  }
}

/* ---- weights that stay --------------------------------------------------------- */

static size_t settled_size(const gm_layer *layer) {
  return layer->type->settle == NULL ? 0 : gm_floats_padded(layer->type->sizes(layer, 1).settled);
}

void gm_network_settle(const gm_compute *compute, gm_network *network) {
  const gm_architecture *a = &network->architecture;
  size_t total = 0;
  gm_network_unsettle(network);
  for (size_t i = 0; i < a->n_layers; i++) total += settled_size(&a->layers[i]);
  if (total == 0) return;
  network->settled_for = compute->kernels;
  network->settled = calloc(a->n_layers, sizeof *network->settled);
  network->settled_block = gm_floats_alloc(total);
  if (network->settled == NULL || network->settled_block == NULL) {
    gm_network_unsettle(network);
    return;
  }
  float *next = network->settled_block;
  for (size_t i = 0; i < a->n_layers; next += settled_size(&a->layers[i++]))
    if (settled_size(&a->layers[i]) > 0 &&
        a->layers[i].type->settle(compute, &a->layers[i], network->parameters, next))
      network->settled[i] = next;
}

void gm_network_unsettle(gm_network *network) {
  free(network->settled);
  free(network->settled_block);
  network->settled = NULL;
  network->settled_block = NULL;
}

/* ---- workspace ----------------------------------------------------------------- */

/* Lays the views out from `base` (NULL: only counts) and returns the floats used. */
static size_t lay_out(gm_workspace *ws, const gm_architecture *a, size_t batch, bool backward, float *base) {
  size_t used = 0;
#define TAKE(view, floats)                                                                                   \
  do {                                                                                                       \
    if (base != NULL) (view) = base + used;                                                                  \
    used += gm_floats_padded(floats);                                                                        \
  } while (0)
  const size_t n_input = batch * gm_shape_size(gm_architecture_input(a));
  gm_layer_sizes largest = {0};
  TAKE(ws->input, n_input);
  if (backward) TAKE(ws->input_gradient, n_input);
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *layer = &a->layers[i];
    const size_t n_out = batch * gm_shape_size(layer->out);
    if (!layer->type->in_place) {
      TAKE(ws->activation[i], n_out);
      if (backward) TAKE(ws->gradient[i], n_out);
    } else if (base != NULL) {
      ws->activation[i] = i > 0 ? ws->activation[i - 1] : ws->input;
      if (backward) ws->gradient[i] = i > 0 ? ws->gradient[i - 1] : ws->input_gradient;
    }
    if (layer->type->sizes == NULL) continue;
    const gm_layer_sizes own = layer->type->sizes(layer, batch);
    TAKE(ws->kept[i], own.kept);
    if (own.scratch > largest.scratch) largest.scratch = own.scratch;
    if (own.gradient > largest.gradient) largest.gradient = own.gradient;
  }
  TAKE(ws->scratch, largest.scratch);
  if (backward) TAKE(ws->parameter_gradient, largest.gradient);
#undef TAKE
  return used;
}

size_t gm_workspace_batch(const gm_architecture *architecture, size_t wanted, size_t bytes) {
  const size_t one = lay_out(&(gm_workspace){0}, architecture, 1, false, NULL) * sizeof(float);
  return one == 0 ? wanted : gm_least(wanted, bytes / one > 0 ? bytes / one : 1);
}

/* OpenBLAS counts in int, and no product of sizes may wrap around. */
static gm_status check_batch(const gm_architecture *a, size_t batch, gm_error *err) {
  size_t largest = gm_shape_size(gm_architecture_input(a));
  for (size_t i = 0; i < a->n_layers; i++)
    if (gm_shape_size(a->layers[i].out) > largest) largest = gm_shape_size(a->layers[i].out);
  if (batch <= INT_MAX / largest) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "a batch of %zu samples with %zu values in one layer: expected at most %zu", batch, largest,
                 INT_MAX / largest);
}

gm_status gm_workspace_create(gm_workspace *ws, const gm_architecture *a, size_t batch, bool backward,
                              gm_error *err) {
  *ws = (gm_workspace){.batch = batch};
  const gm_status status = check_batch(a, batch, err);
  if (status != GM_OK) return status;
  ws->activation = calloc(a->n_layers, sizeof *ws->activation);
  ws->gradient = calloc(a->n_layers, sizeof *ws->gradient);
  ws->kept = calloc(a->n_layers, sizeof *ws->kept);
  ws->block = gm_floats_alloc(lay_out(ws, a, batch, backward, NULL));
  if (ws->activation == NULL || ws->gradient == NULL || ws->kept == NULL || ws->block == NULL) {
    gm_workspace_free(ws);
    return gm_fail_memory(err, "the activations of a batch");
  }
  lay_out(ws, a, batch, backward, ws->block);
  return GM_OK;
}

void gm_workspace_free(gm_workspace *ws) {
  free(ws->activation);
  free(ws->gradient);
  free(ws->kept);
  free(ws->block);
  *ws = (gm_workspace){0};
}

/* ---- passes ------------------------------------------------------------------------ */

/* Layer i over n samples; a backward pass adds dy, dx and where the gradient goes. */
static gm_layer_pass pass_through(const gm_compute *compute, const gm_architecture *a, float *parameters,
                                  const gm_workspace *ws, size_t i, size_t n) {
  return (gm_layer_pass){.compute = compute,
                         .layer = &a->layers[i],
                         .n = n,
                         .x = i > 0 ? ws->activation[i - 1] : ws->input,
                         .y = ws->activation[i],
                         .kept = ws->kept[i],
                         .scratch = ws->scratch,
                         .gradient = ws->parameter_gradient,
                         .parameters = parameters};
}

const float *gm_network_forward(const gm_compute *compute, const gm_network *network, gm_workspace *ws,
                                size_t n) {
  const gm_architecture *a = &network->architecture;
  for (size_t i = 0; i < a->n_layers; i++) {
    gm_layer_pass pass = pass_through(compute, a, network->parameters, ws, i, n);
    if (network->settled != NULL && network->settled_for == compute->kernels)
      pass.settled = network->settled[i];
    pass.layer->type->forward(&pass);
  }
  return ws->activation[a->n_layers - 1];
}

/* From the last layer to the first. With an optimiser each layer is stepped as soon
 * as its input gradient is known, since no layer before it reads its weights. */
static void backward(const gm_compute *compute, const gm_architecture *a, float *parameters, gm_workspace *ws,
                     size_t n, const float *dy, const gm_optimizer *optimizer, float *d_parameters) {
  size_t lowest = 0; /* below the first layer with parameters a step needs no gradient */
  while (optimizer != NULL && lowest < a->n_layers && a->layers[lowest].n_weight == 0) lowest++;
  const size_t last = a->n_layers - 1;
  memcpy(ws->gradient[last], dy, n * gm_shape_size(a->layers[last].out) * sizeof *dy);
  for (size_t i = a->n_layers; i-- > lowest;) {
    gm_layer_pass pass = pass_through(compute, a, parameters, ws, i, n);
    float *below = i > 0 ? ws->gradient[i - 1] : ws->input_gradient;
    pass.dy = ws->gradient[i];
    pass.dx = i > lowest || optimizer == NULL ? below : NULL;
    pass.optimizer = optimizer;
    pass.d_parameters = d_parameters;
    pass.layer->type->backward(&pass);
  }
}

void gm_network_backward_step(const gm_compute *compute, gm_network *network, gm_workspace *ws, size_t n,
                              const float *dy, const gm_optimizer *optimizer) {
  gm_network_unsettle(network);
  backward(compute, &network->architecture, network->parameters, ws, n, dy, optimizer, NULL);
}

void gm_network_gradient(const gm_compute *compute, const gm_network *network, gm_workspace *ws, size_t n,
                         const float *dy, float *d_parameters) {
  backward(compute, &network->architecture, network->parameters, ws, n, dy, NULL, d_parameters);
}
