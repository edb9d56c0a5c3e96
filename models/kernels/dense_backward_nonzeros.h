/* SPDX-License-Identifier: MIT
 * dense_backward.h for large batches, without the products with a zero of dy, of which a ReLU leaves half and
 * more: the same sums in the same order, so the same bits. Included by kernels.c alone, once per instruction
 * set.
 *
 * Every row of W has a list of its samples, and every sample one of its rows, whose dy is not zero. The
 * products of a list with the lines of a panel stay in registers until the list has ended:
 *
 *   GROUP columns           their x, dx and W copied into panels, whose lines fill a level-1 cache evenly
 *     BLOCK rows            of W
 *       sample              dx[n] += the rows of its list · W
 *       row                 g = the samples of its list · x, and the step
 */
#ifndef MODELS_KERNELS_DENSE_BACKWARD_NONZEROS_H
#define MODELS_KERNELS_DENSE_BACKWARD_NONZEROS_H

#include "models/kernels/dense_backward.h"
#include "models/kernels/nonzeros.h"

enum { GROUP = GM_BACKWARD_COLUMNS, GROUP_VECTORS = GROUP / SIMD_LANES, BLOCK = GM_BACKWARD_ROWS };

_Static_assert(GM_BACKWARD_SAMPLES <= UINT8_MAX && BLOCK <= UINT8_MAX, "places and counts are bytes");

SIMD_INLINE void copy_line(const float *from, float *to) {
#pragma GCC unroll 16
  for (size_t v = 0; v < GROUP_VECTORS; v++)
    vec_store(to + v * SIMD_LANES, vec_load(from + v * SIMD_LANES, SIMD_LANES), SIMD_LANES);
}

SIMD_INLINE void fetch_line(gm_rule rule, int masked, const gm_tensor *p, size_t i) {
  enum { LINE = 16 };
  for (size_t l = 0; l < GROUP; l += LINE) fetch_state(rule, masked, p, i + l);
}

/* The group of columns from k on. */
SIMD_INLINE void nonzeros_columns(gm_rule rule, int masked, const backward *b, const gm_dy_lists *lists,
                                  size_t k, const float *x, float *dx) {
  const size_t batch = b->batch, count = b->rows.count;
  float *x_panel = b->panels, *dx_panel = x_panel + batch * GROUP;
  float w_panel[BLOCK * GROUP] __attribute__((aligned(64)));
  for (size_t n = 0; n < batch; n++) copy_line(x + n * b->inputs + k, x_panel + n * GROUP);
  for (size_t i = 0; i < batch * GROUP; i++) dx_panel[i] = 0;
  for (size_t first = 0; first < count; first += BLOCK) {
    const size_t rows = count - first < BLOCK ? count - first : BLOCK;
    for (size_t r = 0; r < rows; r++)
      copy_line(b->weight.w + b->rows.row[first + r] * b->inputs + k, w_panel + r * GROUP);
    for (size_t n = 0; dx != NULL && n < batch; n++) {
      const size_t at = first * batch + n * rows;
      vec sum[GROUP_VECTORS];
#pragma GCC unroll 16
      for (size_t v = 0; v < GROUP_VECTORS; v++)
        sum[v] = vec_load(dx_panel + n * GROUP + v * SIMD_LANES, SIMD_LANES);
      add_listed(GROUP_VECTORS, lists->of_sample.count[first / BLOCK * batch + n],
                 lists->of_sample.value + at, lists->of_sample.index + at, w_panel, sum);
#pragma GCC unroll 16
      for (size_t v = 0; v < GROUP_VECTORS; v++)
        vec_store(dx_panel + n * GROUP + v * SIMD_LANES, sum[v], SIMD_LANES);
    }
    for (size_t r = 0; r < rows; r++) {
      const size_t i = first + r, at = i * batch, element = b->rows.row[i] * b->inputs + k;
      vec g[GROUP_VECTORS] = {{0}};
      if (i + BLOCK < count) fetch_line(rule, masked, &b->weight, b->rows.row[i + BLOCK] * b->inputs + k);
      add_listed(GROUP_VECTORS, lists->of_row.count[i], lists->of_row.value + at, lists->of_row.index + at,
                 x_panel, g);
#pragma GCC unroll 16
      for (size_t v = 0; v < GROUP_VECTORS; v++)
        step_at(rule, masked, &b->step, &b->weight, element + v * SIMD_LANES, SIMD_LANES,
                vec_load(w_panel + r * GROUP + v * SIMD_LANES, SIMD_LANES), g[v]);
    }
  }
  for (size_t n = 0; dx != NULL && n < batch; n++) copy_line(dx_panel + n * GROUP, dx + n * b->inputs + k);
}

static void dense_backward_nonzeros(const gm_step *step, size_t batch, size_t inputs, gm_rows rows, size_t k,
                                    const float *x, const gm_dy_lists *lists, gm_tensor weight, float *dx,
                                    float *panels) {
  const simd_mode mode = simd_flush_subnormals();
  const gm_step s = *step;
  const backward b = {s, batch, inputs, rows, NULL, weight, panels};
#define BACKWARD(rule, masked) nonzeros_columns(rule, masked, &b, lists, k, x, dx)
  FOR_EACH_RULE(BACKWARD, weight.mask != NULL)
#undef BACKWARD
  simd_restore(mode);
}

/* Lists the block of rows from `first` on. */
static void list_dy(size_t batch, gm_rows rows, size_t first, const float *dy, gm_dy_lists *lists) {
  const size_t n_rows = rows.count - first < BLOCK ? rows.count - first : BLOCK;
  uint8_t listed[BLOCK] = {0};
  for (size_t n = 0; n < batch; n++) {
    const float *from = dy + n * rows.count + first;
    const size_t at = first * batch + n * n_rows;
    float *value = lists->of_sample.value + at, *row_value = lists->of_row.value + first * batch;
    uint8_t *index = lists->of_sample.index + at, *row_index = lists->of_row.index + first * batch;
    size_t count = 0;
    for (size_t r = 0; r < n_rows; r++) {
      const float d = from[r];
      const int is = d != 0;
      value[count] = d;
      index[count] = (uint8_t)r;
      count += (size_t)is;
      row_value[r * batch + listed[r]] = d;
      row_index[r * batch + listed[r]] = (uint8_t)n;
      listed[r] = (uint8_t)(listed[r] + is);
    }
    lists->of_sample.count[first / BLOCK * batch + n] = (uint8_t)count;
  }
  for (size_t r = 0; r < n_rows; r++) lists->of_row.count[first + r] = listed[r];
}

#endif
