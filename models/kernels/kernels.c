/* SPDX-License-Identifier: MIT
 * The memory-bound inner loops (kernels.h), written once on a vector type and
 * compiled once per instruction set; select.c picks the table at run time.
 *
 * Every sum runs in an order that depends on the shapes alone, never on the
 * number of threads, so results are bit-identical for any thread count; a forecast's products are fused
 * into its sums or not alike in all blocks, so it does not depend on its batch either. */
#include "models/kernels/kernels.h"

#include "models/kernels/dense_forward.h"
#include "models/kernels/simd.h"

/* Backward: so many rows share each load of x and dx; w and g of 8 rows with x, dx and dy are 19 vectors, of
 * 4 rows 11. */
enum { BACKWARD_ROWS = SIMD_LANES == 16 ? 8 : 4 };

/* ---- optimiser steps, PyTorch's formulas ------------------------------------ */

/* One vector of parameters: the new w, with *m and *v moved on. */
SIMD_INLINE vec stepped(gm_rule rule, const gm_step *s, vec w, vec g, vec *m, vec *v) {
  g += s->weight_decay * w; /* L2: g <- g + weight_decay·w */
  switch (rule) {
  case GM_RULE_SGD: /* w <- w − lr·g */
    return w - s->learning_rate * g;
  case GM_RULE_SGD_MOMENTUM: /* m <- momentum·m + g;  w <- w − lr·m */
    *m = s->momentum * *m + g;
    return w - s->learning_rate * *m;
  case GM_RULE_ADAM:
    break;
  }
  *m = s->beta1 * *m + s->one_minus_beta1 * g;     /* m <- β1·m + (1 − β1)·g  */
  *v = s->beta2 * *v + s->one_minus_beta2 * g * g; /* v <- β2·v + (1 − β2)·g² */
  /* w <- w − lr/(1 − β1^t) · m / (sqrt(v)/sqrt(1 − β2^t) + ε) */
  return w - s->step_size * vec_over_root(*m, *v, s->inverse_sqrt_bias_correction2, s->epsilon);
}

/* What a pass over parameters needs to know before it is compiled: one loop for each rule,
 * with and without a mask. `s` is a copy that nothing else points to, so that its constants
 * stay in registers. */
#define FOR_EACH_RULE(call, mask)                                                                            \
  switch (s.rule) {                                                                                          \
  case GM_RULE_SGD:                                                                                          \
    (mask) ? call(GM_RULE_SGD, 1) : call(GM_RULE_SGD, 0);                                                    \
    break;                                                                                                   \
  case GM_RULE_SGD_MOMENTUM:                                                                                 \
    (mask) ? call(GM_RULE_SGD_MOMENTUM, 1) : call(GM_RULE_SGD_MOMENTUM, 0);                                  \
    break;                                                                                                   \
  case GM_RULE_ADAM:                                                                                         \
    (mask) ? call(GM_RULE_ADAM, 1) : call(GM_RULE_ADAM, 0);                                                  \
    break;                                                                                                   \
  }

/* Loads, steps and stores `count` ≤ SIMD_LANES parameters at index i. */
SIMD_INLINE void step_at(gm_rule rule, int masked, const gm_step *s, const gm_tensor *p, size_t i,
                         size_t count, vec w, vec g) {
  vec m = {0}, v = {0};
  if (masked) g *= vec_from_bytes(p->mask + i, count);
  if (rule != GM_RULE_SGD) m = vec_load(p->m + i, count);
  if (rule == GM_RULE_ADAM) v = vec_load(p->v + i, count);
  w = stepped(rule, s, w, g, &m, &v);
  vec_store(p->w + i, w, count);
  if (rule != GM_RULE_SGD) vec_store(p->m + i, m, count);
  if (rule == GM_RULE_ADAM) vec_store(p->v + i, v, count);
}

SIMD_INLINE void step_rule(gm_rule rule, int masked, const gm_step *s, size_t n, const gm_tensor *p,
                           const float *g) {
  size_t i = 0;
  for (; i + SIMD_LANES <= n; i += SIMD_LANES)
    step_at(rule, masked, s, p, i, SIMD_LANES, vec_load(p->w + i, SIMD_LANES), vec_load(g + i, SIMD_LANES));
  if (i < n) step_at(rule, masked, s, p, i, n - i, vec_load(p->w + i, n - i), vec_load(g + i, n - i));
}

static void step_range(const gm_step *step, size_t n, gm_tensor p, const float *g) {
  const simd_mode mode = simd_flush_subnormals();
  const gm_step s = *step;
#define STEP(rule, masked) step_rule(rule, masked, &s, n, &p, g)
  FOR_EACH_RULE(STEP, p.mask != NULL)
#undef STEP
  simd_restore(mode);
}

/* ---- backward: dx = dy·W, dW = dyᵀ·x, optimiser step, in one pass ----------- */

typedef struct {
  gm_step step;
  size_t batch, inputs, outputs;
  const float *dy;
  gm_tensor weight;
  float *panels;
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

/* `rows` ≤ BACKWARD_ROWS rows of W from element `i` on, of which `count` ≤ SIMD_LANES columns. */
SIMD_INLINE void backward_block(gm_rule rule, int masked, int with_dx, const backward *b, size_t rows,
                                size_t count, size_t i, const float *dy, float *panel) {
  vec w[BACKWARD_ROWS], g[BACKWARD_ROWS];
  for (size_t r = 0; r < rows; r++) {
    const size_t next = i + r * b->inputs + SIMD_LANES; /* moments, needed in a hundred cycles */
    if (rule != GM_RULE_SGD) __builtin_prefetch(b->weight.m + next, 1);
    if (rule == GM_RULE_ADAM) __builtin_prefetch(b->weight.v + next, 1);
    w[r] = vec_load(b->weight.w + i + r * b->inputs, count);
    g[r] = (vec){0};
  }
  for (size_t n = 0; n < b->batch; n++, panel += 2 * SIMD_LANES, dy += b->outputs) {
    const vec xv = vec_load(panel, SIMD_LANES);
    vec dxv = with_dx ? vec_load(panel + SIMD_LANES, SIMD_LANES) : (vec){0};
    for (size_t r = 0; r < rows; r++) {
      const vec d = vec_splat(dy[r]);
      g[r] += d * xv;
      if (with_dx) dxv += d * w[r];
    }
    if (with_dx) vec_store(panel + SIMD_LANES, dxv, SIMD_LANES);
  }
  for (size_t r = 0; r < rows; r++)
    step_at(rule, masked, &b->step, &b->weight, i + r * b->inputs, count, w[r], g[r]);
}

SIMD_INLINE void backward_rows(gm_rule rule, int masked, int with_dx, const backward *b, size_t rows,
                               size_t o, size_t first, size_t last) {
  const size_t row = o * b->inputs;
  const float *dy = b->dy + o;
  size_t k = first;
  for (; k + SIMD_LANES <= last; k += SIMD_LANES)
    backward_block(rule, masked, with_dx, b, rows, SIMD_LANES, row + k, dy, panel_of(b, k - first));
  if (k < last) backward_block(rule, masked, with_dx, b, rows, last - k, row + k, dy, panel_of(b, k - first));
}

SIMD_INLINE void backward_rule(gm_rule rule, int masked, int with_dx, const backward *b, size_t first,
                               size_t last) {
  size_t o = 0;
  for (; o + BACKWARD_ROWS <= b->outputs; o += BACKWARD_ROWS)
    backward_rows(rule, masked, with_dx, b, BACKWARD_ROWS, o, first, last);
  for (; o < b->outputs; o++) backward_rows(rule, masked, with_dx, b, 1, o, first, last);
}

static void dense_backward_step(const gm_step *step, size_t batch, size_t inputs, size_t outputs,
                                size_t first, size_t last, const float *x, const float *dy, gm_tensor weight,
                                float *dx, float *panels) {
  const simd_mode mode = simd_flush_subnormals();
  const gm_step s = *step;
  const backward b = {s, batch, inputs, outputs, dy, weight, panels};
  pack_panels(&b, x + first, last - first);
#define BACKWARD(rule, masked)                                                                               \
  (dx != NULL ? backward_rule(rule, masked, 1, &b, first, last)                                              \
              : backward_rule(rule, masked, 0, &b, first, last))
  FOR_EACH_RULE(BACKWARD, weight.mask != NULL)
#undef BACKWARD
  if (dx != NULL) unpack_dx(&b, dx + first, last - first);
  simd_restore(mode);
}

/* ---- the table ----------------------------------------------------------------- */

#define NAMED(prefix, isa) NAMED_(prefix, isa)
#define NAMED_(prefix, isa) prefix##isa
#define TEXT(isa) TEXT_(isa)
#define TEXT_(isa) #isa

extern const gm_kernels NAMED(gm_kernels_, SIMD_ISA);
const gm_kernels NAMED(gm_kernels_, SIMD_ISA) = {
    .isa = TEXT(SIMD_ISA),
    .dense_forward = dense_forward,
    .dense_backward_step = dense_backward_step,
    .step = step_range,
};
