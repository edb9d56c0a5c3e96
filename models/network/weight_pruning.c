/* SPDX-License-Identifier: MIT
 * Unstructured pruning as a mask over the block of parameters, structured pruning as a copy of what is kept
 * into a smaller network. When to prune is the trainer's. */
#include "models/network/weight_pruning.h"

#include "models/network/smallest_k.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gm_status check_fraction(double fraction, gm_error *err) {
  if (fraction >= 0 && fraction < 1) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "pruning fraction %g: expected a number in [0, 1)", fraction);
}

/* ---- unstructured ------------------------------------------------------------ */

size_t gm_network_weight_count(const gm_architecture *a) {
  size_t n = 0;
  for (size_t i = 0; i < a->n_layers; i++) n += a->layers[i].n_weight;
  return n;
}

gm_status gm_prune_unstructured(gm_network *network, gm_optimizer *optimizer, double fraction,
                                size_t *n_pruned, gm_error *err) {
  const gm_architecture *a = &network->architecture;
  const size_t n = gm_network_weight_count(a);
  gm_status status = check_fraction(fraction, err);
  if (status != GM_OK) return status;
  const size_t k = (size_t)rint(fraction * (double)n);
  float *magnitude = malloc((n + 1) * sizeof *magnitude);
  uint8_t *pruned = malloc(n + 1);
  uint8_t *mask = malloc(a->n_parameters);
  if (magnitude == NULL || pruned == NULL || mask == NULL) {
    status = gm_fail_memory(err, "the pruning mask");
    goto done;
  }
  for (size_t i = 0, at = 0; i < a->n_layers; i++)
    for (size_t j = 0; j < a->layers[i].n_weight; j++)
      magnitude[at++] = fabsf(network->parameters[a->layers[i].weight + j]);
  status = gm_smallest_k(magnitude, n, k, pruned, err);
  if (status != GM_OK) goto done;
  memset(mask, 1, a->n_parameters);
  for (size_t i = 0, at = 0; i < a->n_layers; i++)
    for (size_t j = a->layers[i].weight; j < a->layers[i].weight + a->layers[i].n_weight; j++)
      if (pruned[at++]) { /* with w, m, v and dw at 0 every optimiser keeps w at 0 */
        mask[j] = 0;
        network->parameters[j] = 0;
        if (optimizer->m != NULL) optimizer->m[j] = 0;
        if (optimizer->v != NULL) optimizer->v[j] = 0;
      }
  gm_network_unsettle(network);
  free(optimizer->mask);
  optimizer->mask = mask;
  mask = NULL;
  if (n_pruned != NULL) *n_pruned = k;
done:
  free(magnitude);
  free(pruned);
  free(mask);
  return status;
}

/* ---- structured ---------------------------------------------------------------- */

typedef struct {
  double norm;
  size_t index;
} ranked;

static int by_norm(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  if (x->norm != y->norm) return x->norm < y->norm ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

/* keep[c] = 0 for the channels of `layer` to remove; returns how many stay. */
static gm_status choose_channels(const float *w, const gm_layer *layer, double fraction, uint8_t *keep,
                                 size_t *kept, gm_error *err) {
  const size_t n = layer->out.channels, width = layer->n_weight / n;
  size_t n_removed = (size_t)rint(fraction * (double)n);
  if (n_removed == n) n_removed = n - 1;
  ranked *order = malloc(n * sizeof *order);
  if (order == NULL) return gm_fail_memory(err, "the pruning order");
  for (size_t c = 0; c < n; c++) {
    double sum = 0;
    for (size_t j = 0; j < width; j++) sum += (double)w[c * width + j] * (double)w[c * width + j];
    order[c] = (ranked){sqrt(sum), c};
  }
  qsort(order, n, sizeof *order, by_norm);
  memset(keep, 1, n);
  for (size_t i = 0; i < n_removed; i++) keep[order[i].index] = 0;
  *kept = n - n_removed;
  free(order);
  return GM_OK;
}

/* What stays of a layer. */
typedef struct {
  const gm_layer *from, *to;
  const uint8_t *in, *out; /* (n_in), (from->out.channels): whether the channel stays */
  size_t n_in;
  size_t taps; /* weights of an input channel in a row: a convolution's k, a dense layer's flattened length */
} kept_layer;

/* Copies from the old block to the new one the parameters whose output and input channels are kept. */
static void copy_kept(const kept_layer *k, const float *source, float *target) {
  const float *row = source + k->from->weight;
  float *w = target + k->to->weight, *b = target + k->to->bias;
  for (size_t co = 0; co < k->from->out.channels; co++) {
    if (k->out[co]) *b++ = source[k->from->bias + co];
    for (size_t ci = 0; ci < k->n_in; ci++, row += k->taps) {
      if (!k->out[co] || !k->in[ci]) continue;
      memcpy(w, row, k->taps * sizeof *w);
      w += k->taps;
    }
  }
}

static size_t largest_channel_count(const gm_architecture *a) {
  size_t largest = gm_architecture_input(a).channels;
  for (size_t i = 0; i < a->n_layers; i++)
    if (!a->layers[i].out.flat || a->layers[i].n_weight > 0)
      largest = a->layers[i].out.channels > largest ? a->layers[i].out.channels : largest;
  return largest;
}

/* keep[i]: the flags of layer i's output channels (before flattening), shared by
 * the layers behind it that do not change channels. */
static gm_status choose_all(const gm_network *network, double fraction, size_t stride, uint8_t *keep,
                            gm_layer *smaller, gm_error *err) {
  const gm_architecture *a = &network->architecture;
  size_t last = a->n_layers; /* the last layer with parameters is the output, not hidden */
  while (last-- > 0 && a->layers[last].n_weight == 0) continue;
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *layer = &a->layers[i];
    uint8_t *mine = keep + (i + 1) * stride;
    smaller[i] = *layer;
    if (layer->n_weight == 0) {
      memcpy(mine, keep + i * stride, stride);
    } else if (i == last) {
      memset(mine, 1, stride);
    } else {
      size_t kept = 0;
      const gm_status status =
          choose_channels(network->parameters + layer->weight, layer, fraction, mine, &kept, err);
      if (status != GM_OK) return status;
      smaller[i].number[0] = (double)kept;
    }
  }
  return GM_OK;
}

gm_status gm_prune_structured(gm_network *network, gm_optimizer *optimizer, double fraction, gm_error *err) {
  const gm_architecture *a = &network->architecture;
  const size_t stride = largest_channel_count(a);
  gm_architecture written = {.n_layers = a->n_layers, .layers = calloc(a->n_layers, sizeof *a->layers)};
  gm_architecture parsed = {0};
  gm_network small = {0};
  gm_optimizer state = {0};
  char *spec = NULL;
  uint8_t *keep = malloc((a->n_layers + 1) * stride);
  gm_status status = check_fraction(fraction, err);
  if (status == GM_OK && optimizer->mask != NULL)
    status = gm_fail(err, GM_BAD_INPUT, "structured pruning of a network under a mask: expected one without");
  if (status != GM_OK) goto done;
  if (keep == NULL || written.layers == NULL) {
    status = gm_fail_memory(err, "the pruned network");
    goto done;
  }
  memset(keep, 1, stride); /* every input channel stays */
  status = choose_all(network, fraction, stride, keep, written.layers, err);
  if (status != GM_OK) goto done;
  spec = gm_architecture_format(&written);
  if (spec == NULL) {
    status = gm_fail_memory(err, "the pruned network");
    goto done;
  }
  status = gm_architecture_parse(spec, gm_architecture_input(a), &parsed, err);
  if (status == GM_OK) status = gm_network_create(&small, &parsed, err);
  if (status == GM_OK)
    status = gm_optimizer_create(&state, &optimizer->config, small.architecture.n_parameters, err);
  if (status != GM_OK) goto done;
  state.t = optimizer->t;

  size_t channels = gm_architecture_input(a).channels; /* before flattening */
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *from = &a->layers[i], *to = &small.architecture.layers[i];
    if (from->n_weight > 0) {
      const kept_layer kept = {.from = from,
                               .to = to,
                               .in = keep + i * stride,
                               .out = keep + (i + 1) * stride,
                               .n_in = channels,
                               .taps = from->n_weight / from->out.channels / channels};
      copy_kept(&kept, network->parameters, small.parameters);
      if (state.m != NULL) copy_kept(&kept, optimizer->m, state.m);
      if (state.v != NULL) copy_kept(&kept, optimizer->v, state.v);
      gm_optimizer_find_moved(&state, to->weight, to->out.channels, to->n_weight / to->out.channels);
      channels = from->out.channels;
    }
  }
  gm_network_free(network);
  gm_optimizer_free(optimizer);
  *network = small;
  *optimizer = state;
  small = (gm_network){0};
  state = (gm_optimizer){0};
done:
  free(spec);
  free(keep);
  gm_architecture_free(&written);
  gm_architecture_free(&parsed);
  gm_network_free(&small);
  gm_optimizer_free(&state);
  return status;
}
