/* SPDX-License-Identifier: MIT
 * Maximum over windows, and its row in the list of layers. */
#include "models/network/maxpool1d.h"

#include "models/network/layer.h"

#include <string.h>

size_t gm_maxpool1d_output_length(size_t length, size_t kernel) {
  return length / kernel;
}

/* Of one row, tap after tap of all windows at once, so that windows go side by side through the registers; by
 * selections, for of branches that depend on random values every other one is missed. */
static inline __attribute__((always_inline)) void row_maxima(size_t out, size_t kernel, const float *x,
                                                             float *y, uint32_t *argmax) {
#pragma omp simd
  for (size_t l = 0; l < out; l++) {
    y[l] = x[l * kernel];
    argmax[l] = (uint32_t)(l * kernel);
  }
  for (size_t j = 1; j < kernel; j++)
#pragma omp simd
    for (size_t l = 0; l < out; l++) {
      const float most = y[l], next = x[l * kernel + j];
      const uint32_t at = argmax[l];
      const int larger = !(next <= most) & (most == most); /* or the first NaN */
      y[l] = larger ? next : most;
      argmax[l] = larger ? (uint32_t)(l * kernel + j) : at;
    }
}

void gm_maxpool1d_forward(size_t rows, size_t length, size_t kernel, const float *x, float *y,
                          uint32_t *argmax) {
  const size_t out = gm_maxpool1d_output_length(length, kernel);
  for (size_t r = 0; r < rows; r++, x += length, y += out, argmax += out)
    if (kernel == 2) /* a constant stride becomes shuffles */
      row_maxima(out, 2, x, y, argmax);
    else
      row_maxima(out, kernel, x, y, argmax);
}

void gm_maxpool1d_backward(size_t rows, size_t length, size_t kernel, const float *dy, const uint32_t *argmax,
                           float *dx) {
  const size_t out = gm_maxpool1d_output_length(length, kernel);
  memset(dx, 0, rows * length * sizeof *dx);
  for (size_t r = 0; r < rows; r++)
    for (size_t l = 0; l < out; l++) dx[r * length + argmax[r * out + l]] = dy[r * out + l];
}

/* ---- as a layer ------------------------------------------------------------------ */

enum { ROWS_A_PIECE = 16 }; /* some µs of work */

static size_t window_of(const gm_layer *layer) {
  return (size_t)layer->number[0];
}

static const char *shape(gm_layer *layer) {
  if (layer->in.flat) return "max pooling cannot follow flatten";
  layer->out.length = gm_maxpool1d_output_length(layer->in.length, window_of(layer));
  return layer->out.length == 0 ? "the window is longer than its input" : NULL;
}

static gm_layer_sizes sizes(const gm_layer *layer, size_t batch) {
  return (gm_layer_sizes){.kept = batch * gm_shape_size(layer->out)}; /* argmax */
}

static size_t rows(const gm_layer_pass *pass) {
  return pass->n * pass->layer->in.channels;
}

static void forward_piece(void *context, size_t index) {
  const gm_layer_pass *p = context;
  const size_t length = p->layer->in.length, first = index * ROWS_A_PIECE, out = first * p->layer->out.length;
  gm_maxpool1d_forward(gm_least(ROWS_A_PIECE, rows(p) - first), length, window_of(p->layer),
                       p->x + first * length, p->y + out, (uint32_t *)p->kept + out);
}

static void backward_piece(void *context, size_t index) {
  const gm_layer_pass *p = context;
  const size_t length = p->layer->in.length, first = index * ROWS_A_PIECE, out = first * p->layer->out.length;
  gm_maxpool1d_backward(gm_least(ROWS_A_PIECE, rows(p) - first), length, window_of(p->layer), p->dy + out,
                        (const uint32_t *)p->kept + out, p->dx + first * length);
}

static void forward(const gm_layer_pass *pass) {
  gm_layer_pass copy = *pass;
  gm_parallel_for(pass->compute->pool, gm_pieces(rows(pass), ROWS_A_PIECE), forward_piece, &copy);
}

static void backward(const gm_layer_pass *pass) {
  gm_layer_pass copy = *pass;
  if (pass->dx == NULL) return;
  gm_parallel_for(pass->compute->pool, gm_pieces(rows(pass), ROWS_A_PIECE), backward_piece, &copy);
}

const gm_layer_type gm_maxpool1d_layer = {.name = "maxpool",
                                          .arguments = ":K",
                                          .shape = shape,
                                          .sizes = sizes,
                                          .forward = forward,
                                          .backward = backward};
