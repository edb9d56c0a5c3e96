/* SPDX-License-Identifier: MIT
 * Fully connected layer on the kernels of this processor; the gradient that is stored, which training does
 * not need, on OpenBLAS. A step that stores none is in dense_step.c. */
#include "models/network/dense.h"

#include "models/network/dense_nonzeros.h"
#include "models/network/layer.h"

#include "models/memory.h"

#include <cblas.h>

enum {
  TASKS_A_THREAD = 4,   /* pieces of rows of W for each thread, forward: none waits long for the last */
  ROWS_A_GROUP = 4,     /* that a kernel takes at once */
  COLUMNS_A_TASK = 256, /* columns of W per piece, backward with a stored gradient */
};

/* What the pieces of both loops below share. */
typedef struct {
  const gm_kernels *kernels;
  size_t n, inputs, outputs;
  const float *x, *w, *b, *dy;
  float *y, *dx, *dw;
  size_t rows; /* of W per piece, forward */
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

void gm_dense_forward(const gm_compute *compute, const gm_dense_weights *weights, size_t n, const float *x,
                      float *y, float *scratch) {
  if (scratch != NULL && gm_dense_nonzeros_forward(compute, weights, n, x, y, scratch)) return;
  work l = {.kernels = compute->kernels,
            .n = n,
            .inputs = weights->inputs,
            .outputs = weights->outputs,
            .x = x,
            .w = weights->w,
            .b = weights->b,
            .y = y,
            .rows = rows_a_piece(compute->threads, weights->outputs)};
  gm_parallel_for(compute->pool, gm_pieces(l.outputs, l.rows), forward_rows, &l);
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
  gm_dense_bias_gradient(n, outputs, dy, db);
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
                          .gradient = gm_dense_scratch_size(batch, inputs, outputs),
                          .settled = gm_dense_turned_size(inputs, outputs)};
}

static void forward(const gm_layer_pass *p) {
  const gm_dense_weights weights = {.inputs = p->layer->in.channels,
                                    .outputs = p->layer->out.channels,
                                    .w = p->parameters + p->layer->weight,
                                    .b = p->parameters + p->layer->bias,
                                    .turned = p->settled};
  gm_dense_forward(p->compute, &weights, p->n, p->x, p->y, p->scratch);
}

static bool settle(const gm_compute *compute, const gm_layer *layer, const float *parameters,
                   float *settled) {
  return gm_dense_turn(compute, layer->in.channels, layer->out.channels, parameters + layer->weight, settled);
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
                                      .settle = settle,
                                      .forward = forward,
                                      .backward = backward};
