/* SPDX-License-Identifier: MIT
 * dense_backward.h for large batches, without the products with a zero of dy, of which a ReLU leaves half and
 * more: the same sums in the same order, so the same bits. Included by kernels.c alone, once per instruction
 * set.
 *
 * Every row of W has a list of its samples, and every sample one of its rows, whose dy is not zero. The
 * products of a list with the lines of a panel stay in registers until the list has ended:
 *
 *   group of columns        their x, dx and W copied into panels, whose lines fill a level-1 cache evenly
 *     BLOCK rows            of W
 *       sample              dx[n] += the rows of its list · W
 *       row                 g = the samples of its list · x, and the step
 */
#ifndef MODELS_KERNELS_DENSE_BACKWARD_NONZEROS_H
#define MODELS_KERNELS_DENSE_BACKWARD_NONZEROS_H

#include "models/kernels/dense_backward.h"
#include "models/kernels/nonzeros.h"

/* 80 columns of AVX-512 are 5 vectors: a product waits for the one before it in the same sum, so several have
 * to be under way, and the value that they share is one more load. With more, x of 128 samples is further
 * from fitting a level-1 cache. 64 of AVX2 are 8. */
enum {
  LINES_A_GROUP = SIMD_LANES == 16 ? 5 : 4,
  VECTORS_A_LINE = GM_BACKWARD_LINE / SIMD_LANES,
  GROUP_VECTORS = LINES_A_GROUP * VECTORS_A_LINE, /* at most */
  BLOCK = GM_BACKWARD_ROWS,
};

_Static_assert(GM_BACKWARD_SAMPLES <= UINT8_MAX && BLOCK <= UINT8_MAX, "places and counts are bytes");

SIMD_INLINE void load_line(size_t vectors, const float *from, vec *line) {
#pragma GCC unroll 16
  for (size_t v = 0; v < vectors; v++) line[v] = vec_load(from + v * SIMD_LANES, SIMD_LANES);
}

SIMD_INLINE void store_line(size_t vectors, const vec *line, float *to) {
#pragma GCC unroll 16
  for (size_t v = 0; v < vectors; v++) vec_store(to + v * SIMD_LANES, line[v], SIMD_LANES);
}

SIMD_INLINE void copy_line(size_t vectors, const float *from, float *to) {
  vec line[GROUP_VECTORS];
  load_line(vectors, from, line);
  store_line(vectors, line, to);
}

/* Rows [first, last) of the list, in a group of columns from `column` on. */
typedef struct {
  size_t first, last, column;
} row_block;

/* dx of all samples += dy · the rows of a block. Meanwhile their moments are fetched, evenly. */
SIMD_INLINE void add_block(gm_rule rule, int masked, size_t vectors, const backward *b, const row_block *own,
                           gm_nonzero_lists list, const float *w_panel, float *dx_panel) {
  const size_t columns = vectors * SIMD_LANES, rows = own->last - own->first;
  size_t fetched = own->first, due = 0;
  for (size_t n = 0; n < b->batch; n++, dx_panel += columns) {
    vec sum[GROUP_VECTORS];
    for (due += rows; due >= b->batch; due -= b->batch, fetched++)
      for (size_t l = 0; l < columns; l += GM_BACKWARD_LINE)
        fetch_moments(rule, masked, &b->weight, b->rows.row[fetched] * b->inputs + own->column + l);
    load_line(vectors, dx_panel, sum);
    add_listed(vectors, list.count[n], list.value, list.index, w_panel, sum);
    store_line(vectors, sum, dx_panel);
    list.value += list.count[n];
    list.index += list.count[n];
  }
}

/* The rows of a block are stepped; W of the next one is fetched meanwhile. */
SIMD_INLINE void step_block(gm_rule rule, int masked, size_t vectors, const backward *b, const row_block *own,
                            gm_nonzero_lists list, const float *x_panel, const float *w_panel) {
  const size_t columns = vectors * SIMD_LANES;
  for (size_t i = own->first; i < own->last; i++, w_panel += columns) {
    const size_t at = b->rows.row[i] * b->inputs + own->column;
    vec g[GROUP_VECTORS] = {{0}};
    for (size_t l = 0; i + BLOCK < b->rows.count && l < columns; l += GM_BACKWARD_LINE)
      fetch_weight(&b->weight, b->rows.row[i + BLOCK] * b->inputs + own->column + l);
    add_listed(vectors, *list.count, list.value, list.index, x_panel, g);
    list.value += *list.count;
    list.index += *list.count++;
#pragma GCC unroll 16
    for (size_t v = 0; v < vectors; v++)
      step_at(rule, masked, &b->step, &b->weight, at + v * SIMD_LANES, SIMD_LANES,
              vec_load(w_panel + v * SIMD_LANES, SIMD_LANES), g[v]);
  }
}

/* The lists of the block from row i on; `counted` is the place of its first count. */
static gm_nonzero_lists lists_from(const gm_nonzero_lists *l, size_t batch, size_t i, size_t counted) {
  return (gm_nonzero_lists){l->value + i * batch, l->index + i * batch, l->count + counted};
}

/* The group of columns from k on. */
SIMD_INLINE void nonzeros_columns(gm_rule rule, int masked, size_t vectors, const backward *b,
                                  const gm_dy_lists *lists, size_t k, const float *x, float *dx) {
  const size_t batch = b->batch, count = b->rows.count, columns = vectors * SIMD_LANES;
  float *x_panel = b->panels, *dx_panel = x_panel + batch * columns;
  float w_panel[BLOCK * GROUP_VECTORS * SIMD_LANES] __attribute__((aligned(64)));
  for (size_t n = 0; n < batch; n++) copy_line(vectors, x + n * b->inputs + k, x_panel + n * columns);
  for (size_t i = 0; i < batch * columns; i++) dx_panel[i] = 0;
  for (size_t i = 0; i < count; i += BLOCK) {
    const row_block own = {i, i + BLOCK < count ? i + BLOCK : count, k};
    for (size_t r = i; r < own.last; r++)
      copy_line(vectors, b->weight.w + b->rows.row[r] * b->inputs + k, w_panel + (r - i) * columns);
    if (dx != NULL)
      add_block(rule, masked, vectors, b, &own, lists_from(&lists->of_sample, batch, i, i / BLOCK * batch),
                w_panel, dx_panel);
    step_block(rule, masked, vectors, b, &own, lists_from(&lists->of_row, batch, i, i), x_panel, w_panel);
  }
  for (size_t n = 0; dx != NULL && n < batch; n++)
    copy_line(vectors, dx_panel + n * columns, dx + n * b->inputs + k);
}

static void dense_backward_nonzeros(const gm_step *step, size_t batch, size_t inputs, gm_rows rows,
                                    size_t first, size_t last, const float *x, const gm_dy_lists *lists,
                                    gm_tensor weight, float *dx, float *panels) {
  const simd_mode mode = simd_flush_subnormals();
  const gm_step s = *step;
  const backward b = {s, batch, inputs, rows, NULL, weight, panels, NULL};
#define BACKWARD(rule, masked)                                                                               \
  (last - first == GROUP_VECTORS * SIMD_LANES                                                                \
       ? nonzeros_columns(rule, masked, GROUP_VECTORS, &b, lists, first, x, dx)                              \
       : nonzeros_columns(rule, masked, GROUP_VECTORS - VECTORS_A_LINE, &b, lists, first, x, dx))
  FOR_EACH_RULE(BACKWARD, weight.mask != NULL)
#undef BACKWARD
  simd_restore(mode);
}

/* One list: of every `apart`-th value from dy on; returns how many are not 0. */
SIMD_INLINE uint8_t list_line(size_t count, size_t apart, const float *dy, float *value, uint8_t *index) {
  size_t listed = 0;
  for (size_t i = 0; i < count; i++) {
    value[listed] = dy[i * apart];
    index[listed] = (uint8_t)i;
    listed += dy[i * apart] != 0;
  }
  return (uint8_t)listed;
}

/* Lists the block of rows from `first` on. */
static void list_dy(size_t batch, gm_rows rows, size_t first, const float *dy, gm_dy_lists *lists) {
  const size_t n_rows = rows.count - first < BLOCK ? rows.count - first : BLOCK;
  gm_nonzero_lists of_sample = lists_from(&lists->of_sample, batch, first, first / BLOCK * batch),
                   of_row = lists_from(&lists->of_row, batch, first, first);
  for (size_t n = 0; n < batch; n++) {
    of_sample.count[n] = list_line(n_rows, 1, dy + n * rows.count + first, of_sample.value, of_sample.index);
    of_sample.value += of_sample.count[n];
    of_sample.index += of_sample.count[n];
  }
  for (size_t r = 0; r < n_rows; r++) {
    of_row.count[r] = list_line(batch, rows.count, dy + first + r, of_row.value, of_row.index);
    of_row.value += of_row.count[r];
    of_row.index += of_row.count[r];
  }
}

#endif
