/* SPDX-License-Identifier: MIT
 * y = x·Wᵀ + bias without the products with a zero of x, of which a ReLU leaves half and more: the bits of
 * dense_forward.h, whatever was left out. Included by kernels.c alone, once per instruction set.
 *
 * There every y[n][o] is made of SIMD_LANES sums, of the inputs l, l + SIMD_LANES, l + 2·SIMD_LANES … for
 * lane l, added up as a tree. A sum that begins at +0 is the same without the terms that are 0·w = ±0, if w
 * is finite; only a sum of zeros may have another sign, which the bias ends. So each lane of a sample is run
 * through by a list of its values that are not zero, and where W or x is not finite nothing is left out.
 *
 *   chunk of inputs         as in dense_forward.h
 *     panel of W            group of outputs × chunk, turned (turned.h), now or once and for all
 *       lane                in the order in which lanes are added up, so that few sums wait in memory
 *         STEPS_A_LIST      steps of it: their part of the panel stays in a level-1 cache
 *           sample          its list; OUTPUT_VECTORS sums in registers, for which a value is read once
 */
#ifndef MODELS_KERNELS_DENSE_FORWARD_NONZEROS_H
#define MODELS_KERNELS_DENSE_FORWARD_NONZEROS_H

#include "models/kernels/nonzeros.h"
#include "models/kernels/turned.h"

#include <stdbool.h>

enum { STEPS_A_LIST = GM_NONZEROS_PANEL / (OUTPUT_VECTORS * SIMD_LANES) }; /* 96, whose panel is 30 KB */

_Static_assert(STEPS_A_LIST <= UINT8_MAX, "a list's steps are bytes");

/* The lists of one lane and chunk lie behind one another: for each part of STEPS_A_LIST steps the counts of
 * all samples, then their lists. */
typedef struct {
  float *value;
  uint8_t *step; /* and count */
} lane_lists;

static size_t lists_a_lane(size_t inputs) {
  const size_t steps = rounded_up(chunk_length(inputs), SIMD_LANES) / SIMD_LANES;
  return (steps + STEPS_A_LIST - 1) / STEPS_A_LIST;
}

/* Where those of `lane` in the chunk of `steps` from k on begin. */
static lane_lists lists_of(size_t batch, size_t inputs, size_t k, size_t steps, size_t lane, float *lists) {
  const size_t values = batch * (k + lane * steps), all = batch * rounded_up(inputs, SIMD_LANES);
  const size_t before = k / chunk_length(inputs) * SIMD_LANES + lane;
  return (lane_lists){lists + values,
                      (uint8_t *)(lists + all) + values + before * lists_a_lane(inputs) * batch};
}

static bool list_nonzeros(size_t batch, size_t inputs, size_t lane, const float *x, float *lists) {
  float zero = 0; /* or NaN, once an x was not finite */
  const size_t chunk = chunk_length(inputs);
  for (size_t k = 0; k < inputs; k += chunk) {
    const size_t count = chunk < inputs - k ? chunk : inputs - k, steps = steps_of(count);
    const size_t own = lane < count ? steps_of(count - lane) : 0;
    lane_lists to = lists_of(batch, inputs, k, steps, lane, lists);
    for (size_t t = 0; t < steps; t += STEPS_A_LIST) {
      const size_t last = t + STEPS_A_LIST < own ? t + STEPS_A_LIST : own;
      uint8_t *counts = to.step;
      to.step += batch;
      for (size_t n = 0; n < batch; n++) {
        const float *from = x + n * inputs + k + lane;
        size_t listed = 0;
        for (size_t s = t; s < last; s++) {
          const float value = from[s * SIMD_LANES];
          to.value[listed] = value;
          to.step[listed] = (uint8_t)(s - t);
          listed += value != 0;
          zero += value * 0;
        }
        counts[n] = (uint8_t)listed;
        to.value += listed;
        to.step += listed;
      }
    }
  }
  return zero == 0;
}

/* What a call to come reads first, fetched into the level-2 cache meanwhile: `each` lines with every sample,
 * from `next` to `end`. */
typedef struct {
  uintptr_t next, end; /* addresses: they may lie behind the last panel */
  size_t each;
} fetching_ahead;

static fetching_ahead fetch_floats(const float *from, size_t floats, size_t visits) {
  const uintptr_t next = (uintptr_t)from, end = next + floats * sizeof *from;
  return (fetching_ahead){next, end, (floats / GM_NONZEROS_LINE + visits - 1) / visits};
}

SIMD_INLINE void fetch_lines(fetching_ahead *ahead) {
  enum { LEVEL_2 = 2, LINE = GM_NONZEROS_LINE * sizeof(float) };
  for (size_t i = 0; i < ahead->each && ahead->next < ahead->end; i++, ahead->next += LINE)
    __builtin_prefetch((const void *)ahead->next, 0, LEVEL_2);
}

/* Lane number i of the order in which they are added up. Before it as many sums of every sample wait as i has
 * bits; it is added to as many of them as i ends in, or to y after the last one. */
SIMD_INLINE void add_lane(size_t vectors, const product *p, size_t batch, size_t o, size_t k, size_t steps,
                          size_t i, lane_lists lists, const float *panel, float *sums,
                          fetching_ahead *ahead) {
  const size_t width = vectors * SIMD_LANES, level = batch * width;
  size_t waiting = 0, merged = 0;
  for (size_t bits = i; bits != 0; bits >>= 1) waiting += bits & 1;
  while (i >> merged & 1) merged++;
  for (size_t t = 0; t < steps; t += STEPS_A_LIST, panel += STEPS_A_LIST * width) {
    const uint8_t *counts = lists.step;
    lists.step += batch;
    for (size_t n = 0; n < batch; n++) {
      float *own = sums + waiting * level + n * width, *y = p->y + n * p->outputs + o;
      vec sum[OUTPUT_VECTORS];
#pragma GCC unroll 10
      for (size_t v = 0; v < vectors; v++)
        sum[v] = t == 0 ? (vec){0} : vec_load(own + v * SIMD_LANES, SIMD_LANES);
      if (t == 0) fetch_lines(ahead);
      add_listed(vectors, counts[n], lists.value, lists.step, panel, sum);
      lists.value += counts[n];
      lists.step += counts[n];
      if (t + STEPS_A_LIST < steps) {
#pragma GCC unroll 10
        for (size_t v = 0; v < vectors; v++) vec_store(own + v * SIMD_LANES, sum[v], SIMD_LANES);
        continue;
      }
      for (size_t m = 0; m < merged; m++) {
        own -= level;
#pragma GCC unroll 10
        for (size_t v = 0; v < vectors; v++) sum[v] += vec_load(own + v * SIMD_LANES, SIMD_LANES);
      }
      const float *from = k == 0 ? p->bias + o : y;
#pragma GCC unroll 10
      for (size_t v = 0; v < vectors; v++)
        if (i + 1 < SIMD_LANES)
          vec_store(own + v * SIMD_LANES, sum[v], SIMD_LANES);
        else
          vec_store(y + v * SIMD_LANES, vec_load(from + v * SIMD_LANES, SIMD_LANES) + (vec){0} + sum[v],
                    SIMD_LANES);
    }
  }
}

/* Rows of W that a call to come turns are fetched while the last quarter of the lanes is added up, whose
 * panels then make room; of W turned before, the panel of the next lane. */
SIMD_INLINE bool nonzeros_group(size_t vectors, const product *p, size_t batch, size_t o, size_t fetch,
                                float *lists, const float *turned, float *scratch) {
  const size_t inputs = p->inputs, chunk = chunk_length(inputs), width = vectors * SIMD_LANES;
  const size_t fetched = fetch + width < p->outputs ? width : p->outputs - fetch;
  const float *panel = scratch;
  fetching_ahead rows = fetch_floats(p->w + fetch * inputs, fetched * inputs, batch * SIMD_LANES / 4);
  if (turned != NULL) panel = turned + turned_size(inputs, o);
  for (size_t k = 0; k < inputs; k += chunk) {
    const size_t count = chunk < inputs - k ? chunk : inputs - k, steps = steps_of(count);
    const size_t pitch = panel_rows(steps) * width;
    if (turned == NULL) panel = scratch;
    if (turned == NULL && !turn_panels(vectors, inputs, p->w, o, k, count, scratch)) return false;
    for (size_t i = 0; i < SIMD_LANES; i++, panel += pitch) {
      fetching_ahead next = fetch_floats(panel + pitch, turned != NULL ? pitch : 0, batch);
      const bool late = turned == NULL && k + count == inputs && i >= SIMD_LANES - SIMD_LANES / 4;
      add_lane(vectors, p, batch, o, k, steps, i, lists_of(batch, inputs, k, steps, lane_order[i], lists),
               panel, scratch + GM_NONZEROS_PANELS, late ? &rows : &next);
    }
  }
  return true;
}

static bool nonzeros_wide(const product *p, size_t batch, size_t o, size_t fetch, float *lists,
                          const float *turned, float *scratch) {
  return nonzeros_group(OUTPUT_VECTORS, p, batch, o, fetch, lists, turned, scratch);
}
static bool nonzeros_narrow(const product *p, size_t batch, size_t o, size_t fetch, float *lists,
                            const float *turned, float *scratch) {
  return nonzeros_group(FEWER_VECTORS, p, batch, o, fetch, lists, turned, scratch);
}

static void dense_forward_nonzeros(size_t batch, size_t inputs, size_t outputs, size_t first, size_t last,
                                   size_t fetch, const float *x, float *lists, const float *w,
                                   const float *turned, const float *bias, float *y, float *scratch) {
  const product p = {inputs, outputs, x, w, bias, y};
  const size_t group = group_width(first, last);
  size_t o = first;
  for (; o + group <= last; o += group)
    if (!(group == OUTPUT_VECTORS * SIMD_LANES ? nonzeros_wide : nonzeros_narrow)(
            &p, batch, o, o + 2 * group > last ? fetch : o + group, lists, turned, scratch))
      dense_forward(batch, inputs, outputs, o, o + group, x, w, bias, y);
  if (o < last) dense_forward(batch, inputs, outputs, o, last, x, w, bias, y);
}

#endif
