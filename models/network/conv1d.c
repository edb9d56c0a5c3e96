/* SPDX-License-Identifier: MIT
 * One-dimensional convolution on padded lines. Pieces (groups of samples, channels) have a fixed size, so
 * results do not depend on threads. */
#include "models/network/conv1d.h"

#include "models/network/layer.h"

#include <string.h>

enum {
  GROUP_POSITIONS = 512, /* of a line, or one sample that is longer: lines of a group stay in a cache */
  CHANNELS_A_TASK = 16,  /* forward and dx */
  GRADIENTS_A_TASK = 4,  /* output channels of dW */
};

size_t gm_conv1d_output_length(size_t length, size_t kernel) {
  const size_t padding = kernel / 2;
  return length + 2 * padding - kernel + 1; /* = length for odd kernels */
}

/* ---- lines ------------------------------------------------------------------------- */

/* How a batch lies in lines: sample i of a group from k/2 + i·span on. Lines of a group follow one another.
 */
typedef struct {
  size_t span;            /* of one sample and the zeros behind it */
  size_t samples, groups; /* per group; of the batch */
  size_t pitch;           /* floats of a line */
} layout;

static size_t rounded(size_t positions) {
  return gm_pieces(positions, GM_LINE_STEP) * GM_LINE_STEP;
}

static layout layout_of(const gm_conv1d *conv, size_t n) {
  layout t = {.span = conv->length + conv->kernel / 2};
  t.samples = gm_least(n, t.span < GROUP_POSITIONS ? GROUP_POSITIONS / t.span : 1);
  t.groups = gm_pieces(n, t.samples);
  t.pitch = rounded(rounded(t.samples * t.span) + conv->kernel - 1);
  return t;
}

size_t gm_conv1d_lines_size(const gm_conv1d *conv, size_t n) {
  const layout t = layout_of(conv, n);
  return t.groups * conv->c_in * t.pitch;
}

size_t gm_conv1d_scratch_size(const gm_conv1d *conv, size_t n) {
  const layout t = layout_of(conv, n);
  return t.groups * (conv->c_in + conv->c_out) * t.pitch; /* of dx and dy; of y */
}

/* What the pieces of the loops below share. */
typedef struct {
  const gm_kernels *kernels;
  const gm_conv1d *conv;
  layout t;
  size_t n;
  const float *x, *w, *b, *dy;
  float *y, *dx, *dw, *db;
  float *in, *out; /* lines that are read; lines that are made */
  size_t tasks;    /* pieces of channels per group */
} work;

static size_t samples_of(const work *l, size_t group) {
  return gm_least(l->t.samples, l->n - group * l->t.samples);
}

/* Channel c of `channels` of a group of samples x, (n, channels, length), as a line; every float of it is
 * written. */
static void pack_line(const work *l, size_t group, size_t channels, size_t c, const float *x, float *line) {
  const size_t length = l->conv->length, zeros = l->conv->kernel / 2, n = samples_of(l, group);
  memset(line, 0, zeros * sizeof *line);
  for (size_t i = 0; i < n; i++) {
    float *to = line + zeros + i * l->t.span;
    memcpy(to, x + ((group * l->t.samples + i) * channels + c) * length, length * sizeof *to);
    memset(to + length, 0, zeros * sizeof *to);
  }
  memset(line + zeros + n * l->t.span, 0, (l->t.pitch - zeros - n * l->t.span) * sizeof *line);
}

/* The other way round, with a bias: a line of results begins at its first sample. */
static void unpack_line(const work *l, size_t group, size_t channels, size_t c, const float *line, float bias,
                        float *y) {
  const size_t length = l->conv->length;
  for (size_t i = 0; i < samples_of(l, group); i++) {
    const float *from = line + i * l->t.span;
    float *to = y + ((group * l->t.samples + i) * channels + c) * length;
#pragma omp simd
    for (size_t k = 0; k < length; k++) to[k] = from[k] + bias;
  }
}

/* ---- forward ------------------------------------------------------------------------ */

static void pack_channels(void *context, size_t index) {
  const work *l = context;
  const size_t c_in = l->conv->c_in, tasks = gm_pieces(c_in, CHANNELS_A_TASK);
  const size_t group = index / tasks, first = index % tasks * CHANNELS_A_TASK;
  for (size_t c = first; c < c_in && c < first + CHANNELS_A_TASK; c++)
    pack_line(l, group, c_in, c, l->x, l->in + (group * c_in + c) * l->t.pitch);
}

static void forward_channels(void *context, size_t index) {
  const work *l = context;
  const gm_conv1d *conv = l->conv;
  const size_t group = index / l->tasks, first = index % l->tasks * CHANNELS_A_TASK, taps = conv->kernel;
  const size_t count = gm_least(CHANNELS_A_TASK, conv->c_out - first), pitch = l->t.pitch;
  const gm_convolution c = {.inputs = conv->c_in,
                            .taps = taps,
                            .in_pitch = pitch,
                            .out_pitch = pitch,
                            .w_out = conv->c_in * taps,
                            .w_in = taps,
                            .w_tap = 1};
  float *out = l->out + (group * conv->c_out + first) * pitch;
  l->kernels->convolve(&c, count, rounded(samples_of(l, group) * l->t.span), l->w + first * c.w_out,
                       l->in + group * conv->c_in * pitch, out);
  for (size_t o = 0; o < count; o++)
    unpack_line(l, group, conv->c_out, first + o, out + o * pitch, l->b[first + o], l->y);
}

void gm_conv1d_forward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *x,
                       const float *w, const float *b, float *y, float *lines, float *scratch) {
  work l = {.kernels = compute->kernels,
            .conv = conv,
            .t = layout_of(conv, n),
            .n = n,
            .x = x,
            .w = w,
            .b = b,
            .y = y,
            .in = lines,
            .out = scratch,
            .tasks = gm_pieces(conv->c_out, CHANNELS_A_TASK)};
  gm_parallel_for(compute->pool, l.t.groups * gm_pieces(conv->c_in, CHANNELS_A_TASK), pack_channels, &l);
  gm_parallel_for(compute->pool, l.t.groups * l.tasks, forward_channels, &l);
}

/* ---- backward ----------------------------------------------------------------------- */

/* Four sums side by side, then added up in turn: in this order whoever compiles it. A sum that compilers may
 * reorder has other bits from each of them. */
static float sum_of(const float *line, size_t n) {
  enum { SUMS = 4 };
  float part[SUMS] = {0}, rest = 0;
  size_t k = 0;
  for (; k + SUMS <= n; k += SUMS) {
#pragma omp simd
    for (size_t j = 0; j < SUMS; j++) part[j] += line[k + j];
  }
  for (; k < n; k++) rest += line[k];
  return part[0] + part[1] + part[2] + part[3] + rest;
}

/* dy as lines into l->out, db = its sums, dW(co, ci, j) = sum_l dy[co][l] · in[ci][l + j]. */
static void weight_channels(void *context, size_t index) {
  const work *l = context;
  const gm_conv1d *conv = l->conv;
  const size_t taps = conv->kernel, pitch = l->t.pitch, n_weight = conv->c_in * taps;
  const size_t first = index * GRADIENTS_A_TASK, count = gm_least(GRADIENTS_A_TASK, conv->c_out - first);
  memset(l->dw + first * n_weight, 0, count * n_weight * sizeof *l->dw);
  memset(l->db + first, 0, count * sizeof *l->db);
  for (size_t group = 0; group < l->t.groups; group++) {
    float *lines = l->out + (group * conv->c_out + first) * pitch;
    for (size_t o = 0; o < count; o++) {
      pack_line(l, group, conv->c_out, first + o, l->dy, lines + o * pitch);
      l->db[first + o] += sum_of(lines + o * pitch, pitch);
    }
    const gm_line_correlation c = {.inputs = conv->c_in,
                                   .taps = taps,
                                   .length = rounded(samples_of(l, group) * l->t.span),
                                   .in_pitch = pitch,
                                   .dy_pitch = pitch};
    l->kernels->correlate(&c, count, lines + taps / 2, l->in + group * conv->c_in * pitch,
                          l->dw + first * n_weight);
  }
}

/* dx[ci][l] = sum_{co,j} W[co][ci][k − 1 − j] · dy[co][l + j] on lines: the kernel reversed, channels
 * exchanged */
static void input_channels(void *context, size_t index) {
  const work *l = context;
  const gm_conv1d *conv = l->conv;
  const size_t group = index / l->tasks, first = index % l->tasks * CHANNELS_A_TASK, taps = conv->kernel;
  const size_t count = gm_least(CHANNELS_A_TASK, conv->c_in - first), pitch = l->t.pitch;
  const gm_convolution c = {.inputs = conv->c_out,
                            .taps = taps,
                            .in_pitch = pitch,
                            .out_pitch = pitch,
                            .w_out = taps,
                            .w_in = conv->c_in * taps,
                            .w_tap = -1};
  float *out =
      l->out + (l->t.groups * conv->c_out + group * conv->c_in + first) * pitch; /* behind dy's lines */
  l->kernels->convolve(&c, count, rounded(samples_of(l, group) * l->t.span), l->w + first * taps + taps - 1,
                       l->out + group * conv->c_out * pitch, out);
  for (size_t i = 0; i < count; i++) unpack_line(l, group, conv->c_in, first + i, out + i * pitch, 0, l->dx);
}

void gm_conv1d_backward(const gm_compute *compute, const gm_conv1d *conv, size_t n, const float *w,
                        const float *dy, float *dx, float *dw, float *db, float *lines, float *scratch) {
  work l = {.kernels = compute->kernels,
            .conv = conv,
            .t = layout_of(conv, n),
            .n = n,
            .w = w,
            .dy = dy,
            .dx = dx,
            .dw = dw,
            .db = db,
            .in = lines,
            .out = scratch,
            .tasks = gm_pieces(conv->c_in, CHANNELS_A_TASK)};
  gm_parallel_for(compute->pool, gm_pieces(conv->c_out, GRADIENTS_A_TASK), weight_channels, &l);
  if (dx != NULL) gm_parallel_for(compute->pool, l.t.groups * l.tasks, input_channels, &l);
}

/* ---- as a layer ------------------------------------------------------------------ */

enum { LARGEST_KERNEL = 9999 };

static const char *shape(gm_layer *layer) {
  const gm_shape in = layer->in;
  const size_t c_out = (size_t)layer->number[0], kernel = (size_t)layer->number[1];
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
  return (gm_conv1d){layer->in.channels, layer->out.channels, (size_t)layer->number[1], layer->in.length};
}

static gm_layer_sizes sizes(const gm_layer *layer, size_t batch) {
  const gm_conv1d conv = conv_of(layer);
  return (gm_layer_sizes){.kept = gm_conv1d_lines_size(&conv, batch),
                          .scratch = gm_conv1d_scratch_size(&conv, batch),
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
