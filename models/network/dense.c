/* SPDX-License-Identifier: MIT
 * Fully connected layer on the kernels of this processor; the gradient that is stored, which training does
 * not need, on OpenBLAS. */
#include "models/network/dense.h"

#include "models/network/dense_nonzeros.h"
#include "models/network/layer.h"

#include "models/memory.h"

#include <cblas.h>
#include <stdbool.h>

enum {
  TASKS_A_THREAD = 4,     /* pieces of rows of W for each thread, forward: none waits long for the last */
  ROWS_A_GROUP = 4,       /* that a kernel takes at once */
  PANEL_FLOATS = 1 << 18, /* 1 MB: half of many processors' level-2 cache */
  COLUMNS_A_TASK = 256,   /* columns of W per piece, backward with a stored gradient */
};

/* What the pieces of the three loops below share. */
typedef struct {
  const gm_kernels *kernels;
  size_t n, inputs, outputs;
  const float *x, *w, *b, *dy;
  float *y, *dx, *dw;
  const gm_step *step;
  gm_tensor weight;
  gm_rows stepped; /* backward_step: the rows it goes through; dy is of these */
  size_t rows;     /* of W per piece, forward */
  size_t columns;  /* of W per piece, backward_step */
  float *panels;
} work;

static void forward_rows(void *context, size_t index) {
  const work *l = context;
  const size_t first = index * l->rows, last = gm_least(first + l->rows, l->outputs);
  l->kernels->dense_forward(l->n, l->inputs, l->outputs, first, last, l->x, l->w, l->b, l->y);
}

/* Rows are independent of one another, so their split may follow the number of threads. Every piece runs
 * through the whole batch, so few large ones read it less often. */
static size_t rows_a_piece(int threads, size_t outputs) {
  const size_t share = gm_pieces(outputs, TASKS_A_THREAD * (size_t)threads);
  return gm_pieces(share, ROWS_A_GROUP) * ROWS_A_GROUP;
}

void gm_dense_forward(const gm_compute *compute, size_t n, size_t inputs, size_t outputs, const float *x,
                      const float *w, const float *b, float *y, float *scratch) {
  if (scratch != NULL && gm_dense_nonzeros_forward(compute, n, inputs, outputs, x, w, b, y, scratch)) return;
  work l = {.kernels = compute->kernels,
            .n = n,
            .inputs = inputs,
            .outputs = outputs,
            .x = x,
            .w = w,
            .b = b,
            .y = y,
            .rows = rows_a_piece(compute->threads, outputs)};
  gm_parallel_for(compute->pool, gm_pieces(outputs, l.rows), forward_rows, &l);
}

/* db[o] = sum_n dy[n][o] */
static void bias_gradient(size_t n, size_t outputs, const float *dy, float *db) {
  for (size_t o = 0; o < outputs; o++) db[o] = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t o = 0; o < outputs; o++) db[o] += dy[i * outputs + o];
}

static void backward_columns(void *context, size_t index) {
  const work *l = context;
  const size_t first = index * COLUMNS_A_TASK, count = gm_least(COLUMNS_A_TASK, l->inputs - first);
  if (l->dx != NULL)
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)l->n, (int)count, (int)l->outputs, 1.0f,
                l->dy, (int)l->outputs, l->w + first, (int)l->inputs, 0.0f, l->dx + first, (int)l->inputs);
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)l->outputs, (int)count, (int)l->n, 1.0f, l->dy,
              (int)l->outputs, l->x + first, (int)l->inputs, 0.0f, l->dw + first, (int)l->inputs);
}

void gm_dense_backward(const gm_compute *compute, size_t n, size_t inputs, size_t outputs, const float *x,
                       const float *w, const float *dy, float *dx, float *dw, float *db) {
  work l = {.n = n, .inputs = inputs, .outputs = outputs, .x = x, .w = w, .dy = dy, .dx = dx, .dw = dw};
  gm_parallel_for(compute->pool, gm_pieces(inputs, COLUMNS_A_TASK), backward_columns, &l);
  bias_gradient(n, outputs, dy, db);
}

static void step_columns(void *context, size_t index) {
  const work *l = context;
  const size_t first = index * l->columns;
  l->kernels->dense_backward_step(l->step, l->n, l->inputs, l->stepped, first,
                                  gm_least(first + l->columns, l->inputs), l->x, l->dy, l->weight, l->dx,
                                  l->panels + gm_kernels_panels_size(l->n, first));
}

/* The columns of W are independent of one another, so their split may follow the number of threads
 * without touching a bit of the result. One piece a thread where the batch is small: long runs of a row
 * keep the prefetchers busy. Where it is large, x and dx of a piece fit a level-2 cache. Whole cache
 * lines, so that no two threads write one. */
static size_t columns_a_piece(int threads, size_t batch, size_t inputs) {
  const size_t line = GM_ALIGNMENT / sizeof(float), fitting = PANEL_FLOATS / (2 * batch);
  const size_t share = gm_pieces(inputs, (size_t)threads);
  const size_t parts = gm_pieces(share, fitting > line ? fitting : line); /* as many for every thread */
  return gm_pieces(gm_pieces(share, parts), line) * line;
}

/* Finds the rows of W that a step changes, `row` being scratch for two numbers a row. Where dy[n][o] is 0 in
 * the whole batch, because unit o is behind a ReLU that none of its samples passes, row o has the gradient 0
 * and adds nothing to dx. With momentum or Adam its moments fade all the same; but as long as they are 0, as
 * before its first gradient, and without weight decay, the step leaves the row as it is: W − lr · 0, W − lr ·
 * 0/(0 + ε). A step of small batches is bound by reading and writing rows, and in the study half of them have
 * no gradient. */
static gm_rows rows_to_step(const gm_step *step, size_t n, size_t outputs, const float *dy, uint8_t *moved,
                            uint32_t *row) {
  uint32_t *has_gradient = row + outputs;
  gm_rows rows = {0, 0, row};
  for (size_t o = 0; o < outputs; o++) has_gradient[o] = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t o = 0; o < outputs; o++) has_gradient[o] |= dy[i * outputs + o] != 0;
  for (size_t o = 0; o < outputs; o++)
    if (has_gradient[o]) row[rows.count++] = (uint32_t)o;
  if (step->rule == GM_RULE_SGD && step->weight_decay == 0) return rows;
  for (size_t o = 0; o < outputs; o++) {
    const bool fades = step->weight_decay != 0 || moved == NULL || moved[o];
    if (!has_gradient[o] && fades) row[rows.count + rows.fading++] = (uint32_t)o;
  }
  for (size_t r = 0; moved != NULL && r < rows.count + rows.fading; r++) moved[row[r]] = 1;
  return rows;
}

/* dy of the rows with a gradient. */
static void take_rows(size_t n, size_t outputs, gm_rows rows, const float *dy, float *taken) {
  for (size_t i = 0; i < n; i++)
    for (size_t r = 0; r < rows.count; r++) taken[i * rows.count + r] = dy[i * outputs + rows.row[r]];
}

size_t gm_dense_scratch_size(size_t n, size_t inputs, size_t outputs) {
  return (3 + n) * gm_floats_padded(outputs) + gm_kernels_panels_size(n, inputs);
}

void gm_dense_backward_step(const gm_compute *compute, const gm_step *step, size_t n, size_t inputs,
                            size_t outputs, const float *x, const float *dy, gm_tensor weight, gm_tensor bias,
                            float *dx, float *scratch) {
  float *db = scratch, *dy_stepped = db + 3 * gm_floats_padded(outputs);
  const gm_rows stepped =
      rows_to_step(step, n, outputs, dy, weight.moved, (uint32_t *)(void *)(db + gm_floats_padded(outputs)));
  if (stepped.count < outputs) take_rows(n, outputs, stepped, dy, dy_stepped);
  work l = {.kernels = compute->kernels,
            .n = n,
            .inputs = inputs,
            .outputs = outputs,
            .x = x,
            .dy = stepped.count < outputs ? dy_stepped : dy,
            .dx = dx,
            .step = step,
            .weight = weight,
            .stepped = stepped,
            .columns = columns_a_piece(compute->threads, n, inputs),
            .panels = dy_stepped + n * gm_floats_padded(outputs)};
  gm_parallel_for(compute->pool, gm_pieces(inputs, l.columns), step_columns, &l);
  bias_gradient(n, outputs, dy, db);
  compute->kernels->step(step, outputs, bias, db);
}

/* ---- as a layer ------------------------------------------------------------------ */

static const char *shape(gm_layer *layer) {
  if (!layer->in.flat) return "a dense layer needs flatten before it";
  layer->out = (gm_shape){.channels = (size_t)layer->number[0], .length = 1, .flat = true};
  layer->weight_rank = 2;
  layer->weight_shape[0] = layer->out.channels;
  layer->weight_shape[1] = layer->in.channels;
  return NULL;
}

static gm_layer_sizes sizes(const gm_layer *layer, size_t batch) {
  const size_t inputs = layer->in.channels, outputs = layer->out.channels;
  return (gm_layer_sizes){.scratch = gm_dense_nonzeros_size(batch, inputs, outputs),
                          .gradient = gm_dense_scratch_size(batch, inputs, outputs)};
}

static void forward(const gm_layer_pass *p) {
  gm_dense_forward(p->compute, p->n, p->layer->in.channels, p->layer->out.channels, p->x,
                   p->parameters + p->layer->weight, p->parameters + p->layer->bias, p->y, p->scratch);
}

static void backward(const gm_layer_pass *p) {
  const gm_layer *layer = p->layer;
  const size_t inputs = layer->in.channels, outputs = layer->out.channels;
  if (p->optimizer != NULL)
    gm_dense_backward_step(p->compute, &p->optimizer->step, p->n, inputs, outputs, p->x, p->dy,
                           gm_optimizer_tensor(p->optimizer, p->parameters, layer->weight),
                           gm_optimizer_tensor(p->optimizer, p->parameters, layer->bias), p->dx, p->gradient);
  else
    gm_dense_backward(p->compute, p->n, inputs, outputs, p->x, p->parameters + layer->weight, p->dy, p->dx,
                      p->d_parameters + layer->weight, p->d_parameters + layer->bias);
}

const gm_layer_type gm_dense_layer = {.name = "dense",
                                      .arguments = ":N",
                                      .shape = shape,
                                      .sizes = sizes,
                                      .forward = forward,
                                      .backward = backward};
