/* SPDX-License-Identifier: MIT
 * Rectified linear unit, and its row in the list of layers. */
#include "models/network/relu.h"

#include "models/network/layer.h"

void gm_relu_forward(size_t n, const float *x, float *y) {
#pragma omp simd
  for (size_t i = 0; i < n; i++) y[i] = x[i] <= 0 ? 0 : x[i];
}

/* dy is read whatever y is: a load under a condition would be a branch, missed every other time. */
void gm_relu_backward(size_t n, const float *y, const float *dy, float *dx) {
#pragma omp simd
  for (size_t i = 0; i < n; i++) {
    const float d = dy[i];
    dx[i] = y[i] <= 0 ? 0 : d;
  }
}

/* ---- as a layer ------------------------------------------------------------------ */

enum { ELEMENTS_A_PIECE = 1 << 14 }; /* some µs of work */

static const char *shape(gm_layer *layer) {
  (void)layer; /* the output is shaped like the input */
  return NULL;
}

static size_t count(const gm_layer_pass *pass) {
  return pass->n * gm_shape_size(pass->layer->out);
}

static void forward_piece(void *context, size_t index) {
  const gm_layer_pass *pass = context;
  const size_t first = index * ELEMENTS_A_PIECE;
  gm_relu_forward(gm_least(ELEMENTS_A_PIECE, count(pass) - first), pass->x + first, pass->y + first);
}

static void backward_piece(void *context, size_t index) {
  const gm_layer_pass *pass = context;
  const size_t first = index * ELEMENTS_A_PIECE;
  gm_relu_backward(gm_least(ELEMENTS_A_PIECE, count(pass) - first), pass->y + first, pass->dy + first,
                   pass->dx + first);
}

static void forward(const gm_layer_pass *pass) {
  gm_layer_pass copy = *pass;
  gm_parallel_for(pass->compute->pool, gm_pieces(count(pass), ELEMENTS_A_PIECE), forward_piece, &copy);
}

static void backward(const gm_layer_pass *pass) {
  gm_layer_pass copy = *pass;
  if (pass->dx == NULL) return;
  gm_parallel_for(pass->compute->pool, gm_pieces(count(pass), ELEMENTS_A_PIECE), backward_piece, &copy);
}

const gm_layer_type gm_relu_layer = {.name = "relu",
                                     .arguments = "",
                                     .in_place = true,
                                     .shape = shape,
                                     .forward = forward,
                                     .backward = backward};
