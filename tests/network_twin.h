/* SPDX-License-Identifier: MIT
 * A network in double, loop by loop from the formulas in the headers of the layers: slow,
 * shares no code with models/ but the architecture, and fine enough for finite differences. */
#ifndef TESTS_NETWORK_TWIN_H
#define TESTS_NETWORK_TWIN_H

#include "tests/numbers.h"

#include "models/network/architecture.h"

typedef struct {
  const gm_architecture *architecture; /* borrowed */
  size_t n;                            /* samples */
  double *parameters, *d_parameters;
  double **y, **dy; /* [i] = input of layer i, [i + 1] = its output; (n, channels, length) */
} network_twin;

static inline double *new_doubles(size_t n) {
  double *x = calloc(n > 0 ? n : 1, sizeof *x);
  assert_non_null(x);
  return x;
}

/* Zero everywhere; the caller fills parameters and y[0]. */
static inline network_twin twin_new(const gm_architecture *a, size_t n) {
  network_twin t = {.architecture = a,
                    .n = n,
                    .parameters = new_doubles(a->n_parameters),
                    .d_parameters = new_doubles(a->n_parameters),
                    .y = calloc(a->n_layers + 1, sizeof *t.y),
                    .dy = calloc(a->n_layers + 1, sizeof *t.dy)};
  for (size_t i = 0; i <= a->n_layers; i++) {
    const size_t size = n * gm_shape_size(i == 0 ? a->layers[0].in : a->layers[i - 1].out);
    t.y[i] = new_doubles(size);
    t.dy[i] = new_doubles(size);
  }
  return t;
}

static inline void twin_free(network_twin *t) {
  for (size_t i = 0; i <= t->architecture->n_layers; i++) {
    free(t->y[i]);
    free(t->dy[i]);
  }
  free(t->y);
  free(t->dy);
  free(t->parameters);
  free(t->d_parameters);
}

/* Visits every (output, weight, input) that a conv or dense layer multiplies. */
typedef void twin_visit(network_twin *t, size_t layer, size_t out, size_t weight, size_t in);

static inline void twin_products(network_twin *t, size_t i, twin_visit *visit) {
  const gm_layer *l = &t->architecture->layers[i];
  const size_t kernel = l->type == &gm_conv1d_layer ? (size_t)l->number[1] : 1, half = kernel / 2;
  for (size_t s = 0; s < t->n; s++)
    for (size_t co = 0; co < l->out.channels; co++)
      for (size_t at = 0; at < l->out.length; at++)
        for (size_t ci = 0; ci < l->in.channels; ci++)
          for (size_t j = 0; j < kernel; j++)
            if (at + j >= half && at + j - half < l->in.length)
              visit(t, i, (s * l->out.channels + co) * l->out.length + at,
                    l->weight + (co * l->in.channels + ci) * kernel + j,
                    (s * l->in.channels + ci) * l->in.length + at + j - half);
}

static inline void twin_add_product(network_twin *t, size_t i, size_t out, size_t weight, size_t in) {
  t->y[i + 1][out] += t->parameters[weight] * t->y[i][in];
}

static inline void twin_add_gradients(network_twin *t, size_t i, size_t out, size_t weight, size_t in) {
  t->dy[i][in] += t->parameters[weight] * t->dy[i + 1][out];
  t->d_parameters[weight] += t->dy[i + 1][out] * t->y[i][in];
}

/* Where the maximum that became output `o` of maxpool layer l lies in its input. */
static inline size_t twin_maximum(const network_twin *t, size_t i, size_t o) {
  const gm_layer *l = &t->architecture->layers[i];
  const size_t row = o / l->out.length * l->in.length, first = row + o % l->out.length * (size_t)l->number[0];
  size_t best = first;
  for (size_t p = first; p < first + (size_t)l->number[0]; p++)
    if (t->y[i][p] > t->y[i][best]) best = p;
  return best;
}

/* Returns the outputs, (n, features). */
static inline const double *twin_forward(network_twin *t) {
  for (size_t i = 0; i < t->architecture->n_layers; i++) {
    const gm_layer *l = &t->architecture->layers[i];
    const size_t size = t->n * gm_shape_size(l->out);
    for (size_t o = 0; o < size; o++) {
      const size_t channel = o / l->out.length % l->out.channels;
      if (l->n_weight > 0) t->y[i + 1][o] = t->parameters[l->bias + channel];
      if (l->type == &gm_relu_layer) t->y[i + 1][o] = t->y[i][o] > 0 ? t->y[i][o] : 0;
      if (l->type == &gm_flatten_layer) t->y[i + 1][o] = t->y[i][o];
      if (l->type == &gm_maxpool1d_layer) t->y[i + 1][o] = t->y[i][twin_maximum(t, i, o)];
    }
    if (l->n_weight > 0) twin_products(t, i, twin_add_product);
  }
  return t->y[t->architecture->n_layers];
}

/* After twin_forward: d_parameters and dy[0] for the derivative dy by the outputs. */
static inline void twin_backward(network_twin *t, const double *dy) {
  const gm_architecture *a = t->architecture;
  memset(t->d_parameters, 0, a->n_parameters * sizeof *t->d_parameters);
  memcpy(t->dy[a->n_layers], dy, t->n * gm_shape_size(gm_architecture_output(a)) * sizeof *dy);
  for (size_t i = a->n_layers; i-- > 0;) {
    const gm_layer *l = &a->layers[i];
    memset(t->dy[i], 0, t->n * gm_shape_size(l->in) * sizeof *t->dy[i]);
    for (size_t o = 0; o < t->n * gm_shape_size(l->out); o++) {
      const double d = t->dy[i + 1][o];
      const size_t channel = o / l->out.length % l->out.channels;
      if (l->n_weight > 0) t->d_parameters[l->bias + channel] += d;
      if (l->type == &gm_relu_layer) t->dy[i][o] = t->y[i][o] > 0 ? d : 0;
      if (l->type == &gm_flatten_layer) t->dy[i][o] = d;
      if (l->type == &gm_maxpool1d_layer) t->dy[i][twin_maximum(t, i, o)] += d;
    }
    if (l->n_weight > 0) twin_products(t, i, twin_add_gradients);
  }
}

#endif
