/* SPDX-License-Identifier: MIT
 * Parameters, workspaces and passes of a network. */
#include "models/network/network.h"

#include "models/memory.h"
#include "models/network/conv1d.h"
#include "models/network/dense.h"
#include "models/network/maxpool1d.h"
#include "models/network/relu.h"

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
  gm_architecture_free(&network->architecture);
  free(network->parameters);
  *network = (gm_network){0};
}

static void draw(gm_rng *rng, double bound, float *values, size_t n) {
  const float hi = (float)bound, lo = -hi;
  for (size_t i = 0; i < n; i++) values[i] = gm_rng_uniform_float(rng, lo, hi);
}

void gm_network_initialize(gm_network *network, gm_rng *rng) {
  const double gain = sqrt(2.0 / (1 + 5)); /* of leaky_relu with slope sqrt(5) */
  for (size_t i = 0; i < network->architecture.n_layers; i++) {
    const gm_layer *layer = &network->architecture.layers[i];
    if (layer->n_weight == 0) continue;
    const double fan_in = (double)(layer->n_weight / layer->out.channels); /* c_in·k or inputs */
    draw(rng, sqrt(3) * (gain / sqrt(fan_in)), network->parameters + layer->weight, layer->n_weight);
    draw(rng, 1 / sqrt(fan_in), network->parameters + layer->bias, layer->n_bias);
  }
}

/* ---- workspace ----------------------------------------------------------------- */

static bool in_place(const gm_layer *layer) {
  return layer->kind == GM_LAYER_RELU || layer->kind == GM_LAYER_FLATTEN;
}

static gm_conv1d conv_of(const gm_layer *layer) {
  return (gm_conv1d){layer->in.channels, layer->out.channels, layer->kernel, layer->in.length};
}

/* Lays the views out from `base` (NULL: only counts) and returns the floats used. */
static size_t lay_out(gm_workspace *ws, const gm_architecture *a, size_t batch, bool backward, float *base) {
  size_t used = 0;
#define TAKE(view, floats)                                                                                   \
  do {                                                                                                       \
    if (base != NULL) (view) = base + used;                                                                  \
    used += gm_floats_padded(floats);                                                                        \
  } while (0)
  const size_t n_input = batch * gm_shape_size(gm_architecture_input(a));
  size_t largest_rows = 0, largest_gradient = 0;
  TAKE(ws->input, n_input);
  if (backward) TAKE(ws->input_gradient, n_input);
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *layer = &a->layers[i];
    const size_t n_out = batch * gm_shape_size(layer->out);
    if (!in_place(layer)) {
      TAKE(ws->activation[i], n_out);
      if (backward) TAKE(ws->gradient[i], n_out);
    } else if (base != NULL) {
      ws->activation[i] = i > 0 ? ws->activation[i - 1] : ws->input;
      if (backward) ws->gradient[i] = i > 0 ? ws->gradient[i - 1] : ws->input_gradient;
    }
    size_t gradient = 0;
    if (layer->kind == GM_LAYER_DENSE)
      gradient = gm_dense_scratch_size(batch, layer->in.channels, layer->out.channels);
    if (layer->kind == GM_LAYER_CONV1D) {
      const gm_conv1d conv = conv_of(layer);
      const size_t rows = gm_conv1d_rows_size(&conv, batch);
      TAKE(ws->col[i], gm_conv1d_col_size(&conv, batch));
      if (rows > largest_rows) largest_rows = rows;
      gradient = layer->n_weight + layer->n_bias;
    }
    if (gradient > largest_gradient) largest_gradient = gradient;
  }
  TAKE(ws->rows, largest_rows);
  if (backward) TAKE(ws->parameter_gradient, largest_gradient);
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
  size_t n_argmax = 0;
  for (size_t i = 0; i < a->n_layers; i++)
    if (a->layers[i].kind == GM_LAYER_MAXPOOL1D) n_argmax += batch * gm_shape_size(a->layers[i].out);
  ws->activation = calloc(a->n_layers, sizeof *ws->activation);
  ws->gradient = calloc(a->n_layers, sizeof *ws->gradient);
  ws->col = calloc(a->n_layers, sizeof *ws->col);
  ws->argmax = calloc(a->n_layers, sizeof *ws->argmax);
  ws->argmax_block = calloc(n_argmax > 0 ? n_argmax : 1, sizeof *ws->argmax_block);
  ws->block = gm_floats_alloc(lay_out(ws, a, batch, backward, NULL));
  if (ws->activation == NULL || ws->gradient == NULL || ws->col == NULL || ws->argmax == NULL ||
      ws->argmax_block == NULL || ws->block == NULL) {
    gm_workspace_free(ws);
    return gm_fail_memory(err, "the activations of a batch");
  }
  lay_out(ws, a, batch, backward, ws->block);
  uint32_t *argmax = ws->argmax_block;
  for (size_t i = 0; i < a->n_layers; i++)
    if (a->layers[i].kind == GM_LAYER_MAXPOOL1D) {
      ws->argmax[i] = argmax;
      argmax += batch * gm_shape_size(a->layers[i].out);
    }
  return GM_OK;
}

void gm_workspace_free(gm_workspace *ws) {
  free(ws->activation);
  free(ws->gradient);
  free(ws->col);
  free(ws->argmax);
  free(ws->argmax_block);
  free(ws->block);
  *ws = (gm_workspace){0};
}

/* ---- layers without parameters, in pieces -------------------------------------------- */

enum { ELEMENTS_A_PIECE = 1 << 14, ROWS_A_PIECE = 16 }; /* some µs of work each */

typedef struct {
  size_t n, length, kernel; /* elements; or rows of `length` */
  const float *x, *dy;
  float *y, *dx;
  uint32_t *argmax;
} plain_layer;

static void relu_forward_piece(void *context, size_t index) {
  const plain_layer *l = context;
  const size_t first = index * ELEMENTS_A_PIECE;
  gm_relu_forward(gm_least(ELEMENTS_A_PIECE, l->n - first), l->y + first);
}

static void relu_backward_piece(void *context, size_t index) {
  const plain_layer *l = context;
  const size_t first = index * ELEMENTS_A_PIECE;
  gm_relu_backward(gm_least(ELEMENTS_A_PIECE, l->n - first), l->y + first, l->dx + first);
}

static void maxpool1d_forward_piece(void *context, size_t index) {
  const plain_layer *l = context;
  const size_t first = index * ROWS_A_PIECE, out = first * gm_maxpool1d_output_length(l->length, l->kernel);
  gm_maxpool1d_forward(gm_least(ROWS_A_PIECE, l->n - first), l->length, l->kernel, l->x + first * l->length,
                       l->y + out, l->argmax + out);
}

static void maxpool1d_backward_piece(void *context, size_t index) {
  const plain_layer *l = context;
  const size_t first = index * ROWS_A_PIECE, out = first * gm_maxpool1d_output_length(l->length, l->kernel);
  gm_maxpool1d_backward(gm_least(ROWS_A_PIECE, l->n - first), l->length, l->kernel, l->dy + out,
                        l->argmax + out, l->dx + first * l->length);
}

static void each_piece(const gm_compute *compute, gm_piece piece, size_t size, plain_layer layer) {
  gm_parallel_for(compute->pool, gm_pieces(layer.n, size), piece, &layer);
}

/* ---- forward -------------------------------------------------------------------- */

const float *gm_network_forward(const gm_compute *compute, const gm_network *network, gm_workspace *ws,
                                size_t n) {
  const gm_architecture *a = &network->architecture;
  const float *x = ws->input;
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *layer = &a->layers[i];
    const float *w = network->parameters + layer->weight, *b = network->parameters + layer->bias;
    float *y = ws->activation[i];
    switch (layer->kind) {
    case GM_LAYER_CONV1D: {
      const gm_conv1d conv = conv_of(layer);
      gm_conv1d_forward(compute, &conv, n, x, w, b, y, ws->col[i], ws->rows);
      break;
    }
    case GM_LAYER_RELU:
      each_piece(compute, relu_forward_piece, ELEMENTS_A_PIECE,
                 (plain_layer){.n = n * gm_shape_size(layer->out), .y = y});
      break;
    case GM_LAYER_MAXPOOL1D:
      each_piece(compute, maxpool1d_forward_piece, ROWS_A_PIECE,
                 (plain_layer){.n = n * layer->in.channels,
                               .length = layer->in.length,
                               .kernel = layer->kernel,
                               .x = x,
                               .y = y,
                               .argmax = ws->argmax[i]});
      break;
    case GM_LAYER_FLATTEN:
      break; /* the same memory under another shape */
    case GM_LAYER_DENSE:
      gm_dense_forward(compute, n, layer->in.channels, layer->out.channels, x, w, b, y);
      break;
    }
    x = y;
  }
  return x;
}

/* ---- backward ------------------------------------------------------------------- */

/* Backward through one layer with parameters, either as a step or into d_parameters. */
static void backward_conv(const gm_compute *compute, float *parameters, const gm_layer *layer,
                          gm_workspace *ws, size_t i, size_t n, float *dx, const gm_optimizer *optimizer,
                          float *d_parameters) {
  const gm_conv1d conv = conv_of(layer);
  float *dw = d_parameters != NULL ? d_parameters + layer->weight : ws->parameter_gradient;
  float *db = d_parameters != NULL ? d_parameters + layer->bias : ws->parameter_gradient + layer->n_weight;
  gm_conv1d_backward(compute, &conv, n, parameters + layer->weight, ws->gradient[i], dx, dw, db, ws->col[i],
                     ws->rows);
  if (optimizer != NULL) /* weight and bias are neighbours in both blocks */
    compute->kernels->step(&optimizer->step, layer->n_weight + layer->n_bias,
                           gm_optimizer_tensor(optimizer, parameters, layer->weight), dw);
}

static void backward_dense(const gm_compute *compute, float *parameters, const gm_layer *layer,
                           gm_workspace *ws, size_t i, size_t n, const float *x, float *dx,
                           const gm_optimizer *optimizer, float *d_parameters) {
  const size_t inputs = layer->in.channels, outputs = layer->out.channels;
  if (optimizer != NULL)
    gm_dense_backward_step(compute, &optimizer->step, n, inputs, outputs, x, ws->gradient[i],
                           gm_optimizer_tensor(optimizer, parameters, layer->weight),
                           gm_optimizer_tensor(optimizer, parameters, layer->bias), dx,
                           ws->parameter_gradient);
  else
    gm_dense_backward(compute, n, inputs, outputs, x, parameters + layer->weight, ws->gradient[i], dx,
                      d_parameters + layer->weight, d_parameters + layer->bias);
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
    const gm_layer *layer = &a->layers[i];
    const float *x = i > 0 ? ws->activation[i - 1] : ws->input;
    float *below = i > 0 ? ws->gradient[i - 1] : ws->input_gradient;
    float *dx = i > lowest || optimizer == NULL ? below : NULL;
    switch (layer->kind) {
    case GM_LAYER_CONV1D:
      backward_conv(compute, parameters, layer, ws, i, n, dx, optimizer, d_parameters);
      break;
    case GM_LAYER_RELU:
      each_piece(
          compute, relu_backward_piece, ELEMENTS_A_PIECE,
          (plain_layer){.n = n * gm_shape_size(layer->out), .y = ws->activation[i], .dx = ws->gradient[i]});
      break;
    case GM_LAYER_MAXPOOL1D:
      each_piece(compute, maxpool1d_backward_piece, ROWS_A_PIECE,
                 (plain_layer){.n = n * layer->in.channels,
                               .length = layer->in.length,
                               .kernel = layer->kernel,
                               .dy = ws->gradient[i],
                               .dx = below,
                               .argmax = ws->argmax[i]});
      break;
    case GM_LAYER_FLATTEN:
      break;
    case GM_LAYER_DENSE:
      backward_dense(compute, parameters, layer, ws, i, n, x, dx, optimizer, d_parameters);
      break;
    }
  }
}

void gm_network_backward_step(const gm_compute *compute, gm_network *network, gm_workspace *ws, size_t n,
                              const float *dy, const gm_optimizer *optimizer) {
  backward(compute, &network->architecture, network->parameters, ws, n, dy, optimizer, NULL);
}

void gm_network_gradient(const gm_compute *compute, const gm_network *network, gm_workspace *ws, size_t n,
                         const float *dy, float *d_parameters) {
  backward(compute, &network->architecture, network->parameters, ws, n, dy, NULL, d_parameters);
}
