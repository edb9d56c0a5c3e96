/* SPDX-License-Identifier: MIT
 * One optimiser step by PyTorch's formulas. Included by kernels.c alone, once per instruction set. */
#ifndef MODELS_KERNELS_OPTIMIZER_STEP_H
#define MODELS_KERNELS_OPTIMIZER_STEP_H

#include "models/kernels/kernels.h"
#include "models/kernels/simd.h"

/* a·b + c, so that a weight is stepped to the same bits in every loop (simd.h). */
SIMD_INLINE vec plus_times(vec c, float a, vec b) {
  return vec_multiply_add(vec_splat(a), b, c);
}

/* One vector of parameters: the new w, with *m and *v moved on. */
SIMD_INLINE vec stepped(gm_rule rule, const gm_step *s, vec w, vec g, vec *m, vec *v) {
  g = plus_times(g, s->weight_decay, w); /* L2: g <- g + weight_decay·w */
  switch (rule) {
  case GM_RULE_SGD: /* w <- w − lr·g */
    return plus_times(w, -s->learning_rate, g);
  case GM_RULE_SGD_MOMENTUM: /* m <- momentum·m + g;  w <- w − lr·m */
    *m = plus_times(g, s->momentum, *m);
    return plus_times(w, -s->learning_rate, *m);
  case GM_RULE_ADAM:
    break;
  }
  *m = plus_times(s->one_minus_beta1 * g, s->beta1, *m);     /* m <- β1·m + (1 − β1)·g  */
  *v = plus_times(s->one_minus_beta2 * g * g, s->beta2, *v); /* v <- β2·v + (1 − β2)·g² */
  /* w <- w − lr/(1 − β1^t) · m / (sqrt(v)/sqrt(1 − β2^t) + ε) */
  return plus_times(w, -s->step_size, vec_over_root(*m, *v, s->inverse_sqrt_bias_correction2, s->epsilon));
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

#endif
