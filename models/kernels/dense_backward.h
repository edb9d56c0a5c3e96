/* SPDX-License-Identifier: MIT
 * dx = dy·W, dW = dyᵀ·x and the optimiser step in one pass over W. Included by kernels.c alone, once per
 * instruction set.
 *
 * Blocks of 8 rows by one vector of columns: W and the gradient of the block stay in registers while the
 * samples run through that move any of its rows, then the block is stepped. What a block reads from memory,
 * up to 24 lines of W, m and v, is asked for long before its turn: multiplying and waiting would otherwise
 * take turns. */
#ifndef MODELS_KERNELS_DENSE_BACKWARD_H
#define MODELS_KERNELS_DENSE_BACKWARD_H

#include "models/kernels/optimizer_step.h"

/* So many rows share each load of x and dx; w and g of 8 rows with x, dx and dy are 19 vectors, of 4 rows 11.
 */
enum { BACKWARD_ROWS = SIMD_LANES == 16 ? 8 : 4 };

typedef struct {
  gm_step step;
  size_t batch, inputs;
  gm_rows rows;
  const float *dy;
  gm_tensor weight;
  float *panels;
  uint32_t *samples; /* that move a block of rows, in order */
} backward;

/* x and dx of one vector of columns lie side by side in a panel, sample after sample: x[0] dx[0]
 * x[1] dx[1] … In place, their rows would be `inputs` apart, a multiple of 2 KB in the index
 * network, and a batch would fall into two of the sets of the L1 cache. */
SIMD_INLINE float *panel_of(const backward *b, size_t column) { /* counted from `first` */
  return b->panels + 2 * b->batch * column;
}

static void pack_panels(const backward *b, const float *x, size_t columns) {
  for (size_t k = 0; k < columns; k += SIMD_LANES) {
    float *panel = panel_of(b, k);
    const size_t count = columns - k < SIMD_LANES ? columns - k : SIMD_LANES;
    for (size_t n = 0; n < b->batch; n++, panel += 2 * SIMD_LANES) {
      vec_store(panel, vec_load(x + n * b->inputs + k, count), SIMD_LANES);
      vec_store(panel + SIMD_LANES, (vec){0}, SIMD_LANES);
    }
  }
}

static void unpack_dx(const backward *b, float *dx, size_t columns) {
  for (size_t k = 0; k < columns; k += SIMD_LANES) {
    const float *panel = panel_of(b, k) + SIMD_LANES;
    const size_t count = columns - k < SIMD_LANES ? columns - k : SIMD_LANES;
    for (size_t n = 0; n < b->batch; n++, panel += 2 * SIMD_LANES)
      vec_store(dx + n * b->inputs + k, vec_load(panel, SIMD_LANES), count);
  }
}

/* What a step reads and writes at element i is fetched into the level-2 cache: W, and the rest. */
enum { INTO_LEVEL_2 = 2 };
SIMD_INLINE void fetch_weight(const gm_tensor *p, size_t i) {
  __builtin_prefetch(p->w + i, 1, INTO_LEVEL_2);
}
SIMD_INLINE void fetch_moments(gm_rule rule, int masked, const gm_tensor *p, size_t i) {
  if (masked) __builtin_prefetch(p->mask + i, 0, INTO_LEVEL_2);
  if (rule != GM_RULE_SGD) __builtin_prefetch(p->m + i, 1, INTO_LEVEL_2);
  if (rule == GM_RULE_ADAM) __builtin_prefetch(p->v + i, 1, INTO_LEVEL_2);
}
SIMD_INLINE void fetch_state(gm_rule rule, int masked, const gm_tensor *p, size_t i) {
  fetch_weight(p, i);
  fetch_moments(rule, masked, p, i);
}

/* One sample of a panel: g[r] += dy[r]·x, dx += sum_r dy[r]·w[r]. */
SIMD_INLINE void add_sample(int with_dx, size_t rows, const float *dy, const vec *w, vec *g, float *panel) {
  const vec x = vec_load(panel, SIMD_LANES);
  vec dx = with_dx ? vec_load(panel + SIMD_LANES, SIMD_LANES) : (vec){0};
  for (size_t r = 0; r < rows; r++) {
    const vec d = vec_splat(dy[r]);
    g[r] = vec_multiply_add(d, x, g[r]);
    if (with_dx) dx = vec_multiply_add(d, w[r], dx);
  }
  if (with_dx) vec_store(panel + SIMD_LANES, dx, SIMD_LANES);
}

/* Lists the samples that move any of `rows` rows, the first of which has its dy at `dy`. */
SIMD_INLINE size_t list_samples(const backward *b, size_t rows, const float *dy) {
  size_t listed = 0;
  for (size_t n = 0; n < b->batch; n++, dy += b->rows.count) {
    int moves = 0;
    for (size_t r = 0; r < rows; r++) moves |= dy[r] != 0;
    b->samples[listed] = (uint32_t)n;
    listed += (size_t)moves;
  }
  return listed;
}

/* A vector of `count` ≤ SIMD_LANES columns of `rows` ≤ BACKWARD_ROWS rows of W, which begin at the elements
 * at[r], and `moving` samples; what will be needed of the rows at next[r] is fetched meanwhile, one with each
 * of the first samples. */
SIMD_INLINE void backward_block(gm_rule rule, int masked, int with_dx, const backward *b, size_t rows,
                                size_t count, const size_t *at, size_t k, const size_t *next, size_t next_k,
                                size_t moving, const float *dy, float *panel) {
  vec w[BACKWARD_ROWS], g[BACKWARD_ROWS];
  for (size_t r = 0; r < rows; r++) {
    w[r] = vec_load(b->weight.w + at[r] + k, count);
    g[r] = (vec){0};
  }
  size_t i = 0, fetched = 0;
  for (; i < moving && i < rows; i++) {
    const size_t n = b->samples[i];
    fetch_state(rule, masked, &b->weight, next[fetched++] + next_k);
    add_sample(with_dx, rows, dy + n * b->rows.count, w, g, panel + n * 2 * SIMD_LANES);
  }
  for (; fetched < rows; fetched++) fetch_state(rule, masked, &b->weight, next[fetched] + next_k);
  for (; i < moving; i++) {
    const size_t n = b->samples[i];
    add_sample(with_dx, rows, dy + n * b->rows.count, w, g, panel + n * 2 * SIMD_LANES);
  }
  for (size_t r = 0; r < rows; r++) step_at(rule, masked, &b->step, &b->weight, at[r] + k, count, w[r], g[r]);
}

/* Where the rows from number i of the list on begin; past its end the last one stands in. */
SIMD_INLINE void begin_rows(const backward *b, size_t i, size_t rows, size_t *at) {
  const size_t last = b->rows.count - 1;
  for (size_t r = 0; r < rows; r++) at[r] = b->rows.row[i + r < last ? i + r : last] * b->inputs;
}

/* The block after so many columns has to be in the level-2 cache when its turn comes: 16 blocks of AVX-512, a
 * microsecond at batch 10. Columns are counted on in the rows below where those of [first, last) end, for
 * what lies to the right belongs to another thread. */
enum { COLUMNS_AHEAD = 256 };

SIMD_INLINE void backward_rows(gm_rule rule, int masked, int with_dx, const backward *b, size_t rows,
                               size_t i, size_t first, size_t last) {
  const size_t width = last - first;
  if (width == 0) return;
  const size_t down = COLUMNS_AHEAD / width, right = COLUMNS_AHEAD % width;
  size_t at[BACKWARD_ROWS], below[2][BACKWARD_ROWS];
  begin_rows(b, i, rows, at);
  begin_rows(b, i + down * rows, rows, below[0]);
  begin_rows(b, i + (down + 1) * rows, rows, below[1]);
  const float *dy = b->dy + i;
  const size_t moving = list_samples(b, rows, dy);
  for (size_t k = first; k < last; k += SIMD_LANES) {
    const int over = k + right >= last;
    const size_t next_k = k + right - (over ? width : 0), *next = below[over];
    float *panel = panel_of(b, k - first);
    backward_block(rule, masked, with_dx, b, rows, SIMD_LANES, at, k, next, next_k, moving, dy, panel);
  }
}

/* [first, last) are whole vectors, up to the last ones, which are gone through row by row: every block is
 * compiled for every rule. */
SIMD_INLINE void backward_rule(gm_rule rule, int masked, int with_dx, const backward *b, size_t first,
                               size_t last) {
  const size_t whole = last - (last - first) % SIMD_LANES;
  size_t i = 0;
  for (; i + BACKWARD_ROWS <= b->rows.count; i += BACKWARD_ROWS)
    backward_rows(rule, masked, with_dx, b, BACKWARD_ROWS, i, first, whole);
  for (; i < b->rows.count; i++) backward_rows(rule, masked, with_dx, b, 1, i, first, whole);
  for (i = 0; i < b->rows.count && whole < last; i++) {
    size_t at[2];
    begin_rows(b, i, 2, at);
    const size_t moving = list_samples(b, 1, b->dy + i);
    backward_block(rule, masked, with_dx, b, 1, last - whole, at, whole, at + 1, whole, moving, b->dy + i,
                   panel_of(b, whole - first));
  }
}

static void dense_backward_step(const gm_step *step, size_t batch, size_t inputs, gm_rows rows, size_t first,
                                size_t last, const float *x, const float *dy, gm_tensor weight, float *dx,
                                float *panels) {
  if (first == last) return;
  const simd_mode mode = simd_flush_subnormals();
  const gm_step s = *step;
  uint32_t *samples = (uint32_t *)(void *)(panels + gm_kernels_panels(batch, last - first));
  const backward b = {s, batch, inputs, rows, dy, weight, panels, samples};
  pack_panels(&b, x + first, last - first);
#define BACKWARD(rule, masked)                                                                               \
  (dx != NULL ? backward_rule(rule, masked, 1, &b, first, last)                                              \
              : backward_rule(rule, masked, 0, &b, first, last))
  FOR_EACH_RULE(BACKWARD, weight.mask != NULL)
#undef BACKWARD
  if (dx != NULL) unpack_dx(&b, dx + first, last - first);
  simd_restore(mode);
}

#endif
