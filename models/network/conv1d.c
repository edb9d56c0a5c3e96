/* SPDX-License-Identifier: MIT
 * One-dimensional convolution by im2col and OpenBLAS. Pieces (samples forward,
 * output channels for dW) have a fixed size, so results do not depend on threads. */
#include "models/network/conv1d.h"

#include "models/network/layer.h"

#include <cblas.h>
#include <string.h>

enum { SAMPLES_A_TASK = 5, CHANNELS_A_TASK = 16 };

size_t gm_conv1d_output_length(size_t length, size_t kernel) {
  const size_t padding = kernel / 2;
  return length + 2 * padding - kernel + 1; /* = length for odd kernels */
}

size_t gm_conv1d_col_size(const gm_conv1d *conv, size_t n) {
  return conv->c_in * conv->kernel * n * conv->length;
}

size_t gm_conv1d_rows_size(const gm_conv1d *conv, size_t n) {
  return conv->c_out * n * conv->length;
}

/* The positions l for which tap j of the kernel falls inside the input:
 * 0 ≤ l + j − k/2 < length. */
typedef struct {
  size_t first, last;
} span;

static span inside(const gm_conv1d *conv, size_t j) {
  const size_t half = conv->kernel / 2, length = conv->length;
  const size_t first = j < half ? half - j : 0;
  const size_t last = j > half ? (length > j - half ? length - (j - half) : 0) : length;
  return (span){gm_least(first, length), last > gm_least(first, length) ? last : gm_least(first, length)};
}

/* col[(ci, j)][(i, ·)] of sample i */
static void im2col(const gm_conv1d *conv, size_t n, size_t i, const float *x, float *col) {
  const size_t half = conv->kernel / 2, length = conv->length;
  for (size_t ci = 0; ci < conv->c_in; ci++)
    for (size_t j = 0; j < conv->kernel; j++) {
      const float *from = x + (i * conv->c_in + ci) * length;
      float *to = col + ((ci * conv->kernel + j) * n + i) * length;
      const span s = inside(conv, j);
      memset(to, 0, s.first * sizeof *to);
      if (s.last > s.first) memcpy(to + s.first, from + s.first + j - half, (s.last - s.first) * sizeof *to);
      memset(to + s.last, 0, (length - s.last) * sizeof *to);
    }
}

/* dx[i][ci][l + j − k/2] += col[(ci, j)][(i, l)]: the adjoint of im2col */
static void col2im(const gm_conv1d *conv, size_t n, size_t i, const float *col, float *dx) {
  const size_t half = conv->kernel / 2, length = conv->length;
  memset(dx + i * conv->c_in * length, 0, conv->c_in * length * sizeof *dx);
  for (size_t ci = 0; ci < conv->c_in; ci++)
    for (size_t j = 0; j < conv->kernel; j++) {
      const float *from = col + ((ci * conv->kernel + j) * n + i) * length;
      float *to = dx + (i * conv->c_in + ci) * length;
      const span s = inside(conv, j);
      for (size_t l = s.first; l < s.last; l++) to[l + j - half] += from[l];
    }
}

/* What the pieces of the three loops below share. */
typedef struct {
  const gm_conv1d *conv;
  size_t n;
  const float *x, *w, *b, *dy;
  float *y, *dx, *dw, *db, *col, *rows;
} work;

static void forward_samples(void *context, size_t index) {
  const work *l = context;
  const gm_conv1d *conv = l->conv;
  const size_t length = conv->length, taps = conv->c_in * conv->kernel, width = l->n * length;
  const size_t first = index * SAMPLES_A_TASK, last = gm_least(first + SAMPLES_A_TASK, l->n);
  for (size_t i = first; i < last; i++) im2col(conv, l->n, i, l->x, l->col);
  /* rows(c_out, n·l) = W(c_out, taps) · col(taps, n·l) */
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)conv->c_out, (int)((last - first) * length),
              (int)taps, 1.0f, l->w, (int)taps, l->col + first * length, (int)width, 0.0f,
              l->rows + first * length, (int)width);
  for (size_t i = first; i < last; i++)
    for (size_t co = 0; co < conv->c_out; co++) {
      const float *from = l->rows + co * width + i * length;
      float *to = l->y + (i * conv->c_out + co) * length;
      for (size_t k = 0; k < length; k++) to[k] = from[k] + l->b[co];
    }
}

void gm_conv1d_forward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *x,
                       const float *w, const float *b, float *y, float *col, float *rows) {
  work l = {.conv = conv, .n = n, .x = x, .w = w, .b = b, .y = y, .col = col, .rows = rows};
  gm_parallel_for(compute->pool, gm_pieces(n, SAMPLES_A_TASK), forward_samples, &l);
}

/* rows = dy with the channel first, db = its sums, dW(c_out, taps) = rows(c_out, n·l) · colᵀ */
static void weight_channels(void *context, size_t index) {
  const work *l = context;
  const gm_conv1d *conv = l->conv;
  const size_t length = conv->length, taps = conv->c_in * conv->kernel, width = l->n * length;
  const size_t first = index * CHANNELS_A_TASK, last = gm_least(first + CHANNELS_A_TASK, conv->c_out);
  for (size_t co = first; co < last; co++) {
    l->db[co] = 0;
    for (size_t i = 0; i < l->n; i++) {
      const float *from = l->dy + (i * conv->c_out + co) * length;
      memcpy(l->rows + co * width + i * length, from, length * sizeof *from);
      for (size_t k = 0; k < length; k++) l->db[co] += from[k];
    }
  }
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(last - first), (int)taps, (int)width, 1.0f,
              l->rows + first * width, (int)width, l->col, (int)width, 0.0f, l->dw + first * taps, (int)taps);
}

/* dcol(taps, n·l) = Wᵀ · rows, in place of col; dx from it */
static void input_samples(void *context, size_t index) {
  const work *l = context;
  const gm_conv1d *conv = l->conv;
  const size_t length = conv->length, taps = conv->c_in * conv->kernel, width = l->n * length;
  const size_t first = index * SAMPLES_A_TASK, last = gm_least(first + SAMPLES_A_TASK, l->n);
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)taps, (int)((last - first) * length),
              (int)conv->c_out, 1.0f, l->w, (int)taps, l->rows + first * length, (int)width, 0.0f,
              l->col + first * length, (int)width);
  for (size_t i = first; i < last; i++) col2im(conv, l->n, i, l->col, l->dx);
}

void gm_conv1d_backward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *w,
                        const float *dy, float *dx, float *dw, float *db, float *col, float *rows) {
  work l = {.conv = conv, .n = n, .w = w, .dy = dy, .dx = dx, .dw = dw, .db = db, .col = col, .rows = rows};
  gm_parallel_for(compute->pool, gm_pieces(conv->c_out, CHANNELS_A_TASK), weight_channels, &l);
  if (dx != NULL) gm_parallel_for(compute->pool, gm_pieces(n, SAMPLES_A_TASK), input_samples, &l);
}

/* ---- as a layer ------------------------------------------------------------------ */

enum { LARGEST_KERNEL = 9999 };

static const char *shape(gm_layer *layer) {
  const gm_shape in = layer->in;
  const size_t c_out = layer->number[0], kernel = layer->number[1];
  if (in.flat) return "a convolution cannot follow flatten";
  if (kernel % 2 == 0 || kernel > LARGEST_KERNEL) return "expected an odd kernel size of at most 9999";
  layer->out = (gm_shape){.channels = c_out, .length = gm_conv1d_output_length(in.length, kernel)};
  layer->weight_rank = 3;
  layer->weight_shape[0] = c_out;
  layer->weight_shape[1] = in.channels;
  layer->weight_shape[2] = kernel;
  return NULL;
}

static gm_conv1d conv_of(const gm_layer *layer) {
  return (gm_conv1d){layer->in.channels, layer->out.channels, layer->number[1], layer->in.length};
}

static gm_layer_sizes sizes(const gm_layer *layer, size_t batch) {
  const gm_conv1d conv = conv_of(layer);
  return (gm_layer_sizes){.kept = gm_conv1d_col_size(&conv, batch),
                          .scratch = gm_conv1d_rows_size(&conv, batch),
                          .gradient = layer->n_weight + layer->n_bias};
}

static void forward(const gm_layer_pass *p) {
  const gm_conv1d conv = conv_of(p->layer);
  gm_conv1d_forward(p->compute, &conv, p->n, p->x, p->parameters + p->layer->weight,
                    p->parameters + p->layer->bias, p->y, p->kept, p->scratch);
}

static void backward(const gm_layer_pass *p) {
  const gm_layer *layer = p->layer;
  const gm_conv1d conv = conv_of(layer);
  const bool step = p->optimizer != NULL;
  float *dw = step ? p->gradient : p->d_parameters + layer->weight;
  float *db = step ? p->gradient + layer->n_weight : p->d_parameters + layer->bias;
  gm_conv1d_backward(p->compute, &conv, p->n, p->parameters + layer->weight, p->dy, p->dx, dw, db, p->kept,
                     p->scratch);
  if (step) /* weight and bias are neighbours in both blocks */
    p->compute->kernels->step(&p->optimizer->step, layer->n_weight + layer->n_bias,
                              gm_optimizer_tensor(p->optimizer, p->parameters, layer->weight), dw);
}

const gm_layer_type gm_conv1d_layer = {.name = "conv",
                                       .arguments = ":C_OUT:K",
                                       .shape = shape,
                                       .sizes = sizes,
                                       .forward = forward,
                                       .backward = backward};
