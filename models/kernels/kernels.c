/* SPDX-License-Identifier: MIT
 * The memory-bound inner loops (kernels.h), written once on a vector type and
 * compiled once per instruction set; select.c picks the table at run time.
 *
 * Every sum runs in an order that depends on the shapes alone, never on the
 * number of threads, so results are bit-identical for any thread count. */
#include "models/kernels/kernels.h"
#include "models/kernels/simd.h"

/* Register blocking. Forward: rows of W times samples held in accumulators; 4 × 5 + 5 vectors
 * fit the 32 registers of AVX-512, 4 × 2 + 3 the 16 of AVX2 and SSE. Backward: so many rows
 * share each load of x and dx; 2 × 8 + 2 vectors, 2 × 4 + 2. */
enum {
  ROWS = 4,
  SAMPLES = SIMD_LANES == 16 ? 5 : 2,
  BACKWARD_ROWS = SIMD_LANES == 16 ? 8 : 4,
};

/* ---- forward: y = x·Wᵀ + bias ------------------------------------------- */

/* `rows` ≤ ROWS dot products with each of `samples` ≤ SAMPLES inputs; the counts
 * are constants at every call, so the loops over them unroll. */
SIMD_INLINE void dot_block(size_t rows, size_t samples, size_t inputs, const float *x, const float *w,
                           const float *bias, float *y, size_t outputs) {
  vec sum[ROWS][SAMPLES] = {{{0}}};
  size_t k = 0;
  for (; k + SIMD_LANES <= inputs; k += SIMD_LANES) {
    vec xk[SAMPLES];
    for (size_t n = 0; n < samples; n++) xk[n] = vec_load(x + n * inputs + k);
    for (size_t o = 0; o < rows; o++) {
      const vec wk = vec_load(w + o * inputs + k);
      for (size_t n = 0; n < samples; n++) sum[o][n] += wk * xk[n];
    }
  }
  if (k < inputs)
    for (size_t o = 0; o < rows; o++) {
      const vec wk = vec_load_partial(w + o * inputs + k, inputs - k);
      for (size_t n = 0; n < samples; n++) sum[o][n] += wk * vec_load_partial(x + n * inputs + k, inputs - k);
    }
  for (size_t o = 0; o < rows; o++)
    for (size_t n = 0; n < samples; n++) y[n * outputs + o] = bias[o] + vec_sum(sum[o][n]);
}

SIMD_INLINE void dot_rows(size_t rows, size_t batch, size_t inputs, const float *x, const float *w,
                          const float *bias, float *y, size_t outputs) {
  size_t n = 0;
  for (; n + SAMPLES <= batch; n += SAMPLES)
    dot_block(rows, SAMPLES, inputs, x + n * inputs, w, bias, y + n * outputs, outputs);
  for (; n < batch; n++) dot_block(rows, 1, inputs, x + n * inputs, w, bias, y + n * outputs, outputs);
}

static void dense_forward(size_t batch, size_t inputs, size_t outputs, size_t first, size_t last,
                          const float *x, const float *w, const float *bias, float *y) {
  size_t o = first;
  for (; o + ROWS <= last; o += ROWS)
    dot_rows(ROWS, batch, inputs, x, w + o * inputs, bias + o, y + o, outputs);
  for (; o < last; o++) dot_rows(1, batch, inputs, x, w + o * inputs, bias + o, y + o, outputs);
}

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
  return w - s->step_size * *m / (vec_sqrt(*v) * s->inverse_sqrt_bias_correction2 + s->epsilon);
}

/* Loads, steps and stores `count` ≤ SIMD_LANES parameters at index i. */
SIMD_INLINE void step_at(gm_rule rule, const gm_step *s, const gm_tensor *p, size_t i, size_t count, vec w,
                         vec g) {
  const int whole = count == SIMD_LANES;
  vec m = {0}, v = {0};
  if (p->mask != NULL) g *= whole ? vec_from_bytes(p->mask + i) : vec_from_bytes_partial(p->mask + i, count);
  if (rule != GM_RULE_SGD) m = whole ? vec_load(p->m + i) : vec_load_partial(p->m + i, count);
  if (rule == GM_RULE_ADAM) v = whole ? vec_load(p->v + i) : vec_load_partial(p->v + i, count);
  w = stepped(rule, s, w, g, &m, &v);
  if (whole)
    vec_store(p->w + i, w);
  else
    vec_store_partial(p->w + i, w, count);
  if (rule != GM_RULE_SGD) {
    if (whole)
      vec_store(p->m + i, m);
    else
      vec_store_partial(p->m + i, m, count);
  }
  if (rule == GM_RULE_ADAM) {
    if (whole)
      vec_store(p->v + i, v);
    else
      vec_store_partial(p->v + i, v, count);
  }
}

SIMD_INLINE void step_rule(gm_rule rule, const gm_step *s, size_t n, const gm_tensor *p, const float *g) {
  size_t i = 0;
  for (; i + SIMD_LANES <= n; i += SIMD_LANES)
    step_at(rule, s, p, i, SIMD_LANES, vec_load(p->w + i), vec_load(g + i));
  if (i < n) step_at(rule, s, p, i, n - i, vec_load_partial(p->w + i, n - i), vec_load_partial(g + i, n - i));
}

static void step_range(const gm_step *s, size_t n, gm_tensor p, const float *g) {
  const simd_mode mode = simd_flush_subnormals();
  switch (s->rule) {
  case GM_RULE_SGD:
    step_rule(GM_RULE_SGD, s, n, &p, g);
    break;
  case GM_RULE_SGD_MOMENTUM:
    step_rule(GM_RULE_SGD_MOMENTUM, s, n, &p, g);
    break;
  case GM_RULE_ADAM:
    step_rule(GM_RULE_ADAM, s, n, &p, g);
    break;
  }
  simd_restore(mode);
}

/* ---- backward: dx = dy·W, dW = dyᵀ·x, optimiser step, in one pass ----------- */

/* `rows` rows of W from o on, `count` columns from k on. */
SIMD_INLINE void backward_block(gm_rule rule, const gm_step *s, size_t rows, size_t count, size_t batch,
                                size_t inputs, size_t outputs, size_t o, size_t k, const float *x,
                                const float *dy, const gm_tensor *p, float *dx) {
  const int whole = count == SIMD_LANES;
  vec w[BACKWARD_ROWS] = {{0}}, g[BACKWARD_ROWS] = {{0}};
  for (size_t r = 0; r < rows; r++) {
    const float *row = p->w + (o + r) * inputs + k;
    w[r] = whole ? vec_load(row) : vec_load_partial(row, count);
  }
  for (size_t n = 0; n < batch; n++) {
    const float *xn = x + n * inputs + k, *dyn = dy + n * outputs + o;
    const vec xv = whole ? vec_load(xn) : vec_load_partial(xn, count);
    if (dx == NULL) {
      for (size_t r = 0; r < rows; r++) g[r] += dyn[r] * xv;
    } else {
      float *dxn = dx + n * inputs + k;
      vec dxv = whole ? vec_load(dxn) : vec_load_partial(dxn, count);
      for (size_t r = 0; r < rows; r++) {
        g[r] += dyn[r] * xv;
        dxv += dyn[r] * w[r];
      }
      if (whole)
        vec_store(dxn, dxv);
      else
        vec_store_partial(dxn, dxv, count);
    }
  }
  for (size_t r = 0; r < rows; r++) step_at(rule, s, p, (o + r) * inputs + k, count, w[r], g[r]);
}

SIMD_INLINE void backward_rows(gm_rule rule, const gm_step *s, size_t rows, size_t batch, size_t inputs,
                               size_t outputs, size_t o, size_t first, size_t last, const float *x,
                               const float *dy, const gm_tensor *p, float *dx) {
  size_t k = first;
  for (; k + SIMD_LANES <= last; k += SIMD_LANES)
    backward_block(rule, s, rows, SIMD_LANES, batch, inputs, outputs, o, k, x, dy, p, dx);
  if (k < last) backward_block(rule, s, rows, last - k, batch, inputs, outputs, o, k, x, dy, p, dx);
}

SIMD_INLINE void backward_rule(gm_rule rule, const gm_step *s, size_t batch, size_t inputs, size_t outputs,
                               size_t first, size_t last, const float *x, const float *dy, const gm_tensor *p,
                               float *dx) {
  size_t o = 0;
  for (; o + BACKWARD_ROWS <= outputs; o += BACKWARD_ROWS)
    backward_rows(rule, s, BACKWARD_ROWS, batch, inputs, outputs, o, first, last, x, dy, p, dx);
  for (; o < outputs; o++) backward_rows(rule, s, 1, batch, inputs, outputs, o, first, last, x, dy, p, dx);
}

static void dense_backward_step(const gm_step *s, size_t batch, size_t inputs, size_t outputs, size_t first,
                                size_t last, const float *x, const float *dy, gm_tensor p, float *dx) {
  const simd_mode mode = simd_flush_subnormals();
  if (dx != NULL)
    for (size_t n = 0; n < batch; n++) memset(dx + n * inputs + first, 0, (last - first) * sizeof *dx);
  switch (s->rule) {
  case GM_RULE_SGD:
    backward_rule(GM_RULE_SGD, s, batch, inputs, outputs, first, last, x, dy, &p, dx);
    break;
  case GM_RULE_SGD_MOMENTUM:
    backward_rule(GM_RULE_SGD_MOMENTUM, s, batch, inputs, outputs, first, last, x, dy, &p, dx);
    break;
  case GM_RULE_ADAM:
    backward_rule(GM_RULE_ADAM, s, batch, inputs, outputs, first, last, x, dy, &p, dx);
    break;
  }
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
