/* SPDX-License-Identifier: MIT
 * W turned, so that the weights of one input stand together: what the products that leave zeros out read.
 * Included by kernels.c alone, once per instruction set.
 *
 *   group of outputs       OUTPUT_VECTORS or FEWER_VECTORS of them
 *     chunk of inputs      as in dense_forward.h
 *       lane               a panel: the inputs l, l + SIMD_LANES … of lane l, a row of the group's weights
 * each, in the order in which lanes are added up */
#ifndef MODELS_KERNELS_TURNED_H
#define MODELS_KERNELS_TURNED_H

#include "models/kernels/dense_forward.h"

#include <stdbool.h>

/* 80 outputs (baseline: two times 40), or 64. Every multiplication reads W, so the values that are read
 * beside it are what a wide group saves. */
enum {
  OUTPUT_VECTORS = SIMD_LANES == 16 ? 5 : 10,
  FEWER_VECTORS = OUTPUT_VECTORS * 4 / 5,
};

_Static_assert((size_t)GM_NONZEROS_CHUNK == (size_t)INPUTS_A_CHUNK, "panels are of one chunk");
_Static_assert((INPUTS_A_CHUNK + SIMD_LANES) * OUTPUT_VECTORS * SIMD_LANES <= GM_NONZEROS_PANELS,
               "the panels of a chunk, each a row longer than its steps, fit the scratch");
_Static_assert(OUTPUT_VECTORS *SIMD_LANES *(SIMD_LANES == 4 ? 2 : 1) == GM_NONZEROS_WIDE, "a wide group");
_Static_assert(FEWER_VECTORS *SIMD_LANES *(SIMD_LANES == 4 ? 2 : 1) == GM_NONZEROS_NARROW, "a narrow group");

static const uint8_t lane_order[] = {SIMD_SUM_ORDER};

static size_t steps_of(size_t inputs) {
  return (inputs + SIMD_LANES - 1) / SIMD_LANES;
}

/* A panel is one row longer than its steps: panels of a power of two would begin in one set of a cache. */
static size_t panel_rows(size_t steps) {
  return steps + 1;
}

/* Of all chunks and lanes. */
static size_t turned_rows(size_t inputs) {
  const size_t chunk = chunk_length(inputs), whole = inputs / chunk, rest = inputs - whole * chunk;
  const size_t rows = whole * panel_rows(steps_of(chunk)) + (rest > 0 ? panel_rows(steps_of(rest)) : 0);
  return rows * SIMD_LANES;
}

/* The panels of the columns [k, k + count) of the rows [o, o + SIMD_LANES · vectors) of W; false if a weight
 * is not finite, seen from 0·w. */
SIMD_INLINE bool turn_panels(size_t vectors, size_t inputs, const float *w, size_t o, size_t k, size_t count,
                             float *panels) {
  const size_t steps = steps_of(count), width = vectors * SIMD_LANES, pitch = panel_rows(steps) * width;
  vec zero = {0};
  for (size_t v = 0; v < vectors; v++)
    for (size_t t = 0; t < steps; t++) {
      const float *from = w + (o + v * SIMD_LANES) * inputs + k + t * SIMD_LANES;
      const size_t left = count - t * SIMD_LANES, columns = left < SIMD_LANES ? left : SIMD_LANES;
      vec block[SIMD_LANES];
      for (size_t r = 0; r < SIMD_LANES; r++) {
        block[r] = columns == SIMD_LANES ? vec_load(from + r * inputs, SIMD_LANES)
                                         : vec_load(from + r * inputs, columns);
        zero = vec_multiply_add(block[r], (vec){0}, zero);
      }
      vec_transpose(block);
      for (size_t i = 0; i < SIMD_LANES; i++)
        vec_store(panels + i * pitch + t * width + v * SIMD_LANES, block[lane_order[i]], SIMD_LANES);
    }
  for (size_t i = 0; i < SIMD_LANES; i++)
    if (zero[i] != 0) return false;
  return true;
}

SIMD_INLINE bool turn_group(size_t vectors, size_t inputs, const float *w, size_t o, float *turned) {
  const size_t chunk = chunk_length(inputs), width = vectors * SIMD_LANES;
  for (size_t k = 0; k < inputs; k += chunk) {
    const size_t count = chunk < inputs - k ? chunk : inputs - k;
    if (!turn_panels(vectors, inputs, w, o, k, count, turned)) return false;
    turned += SIMD_LANES * panel_rows(steps_of(count)) * width;
  }
  return true;
}

static size_t turned_size(size_t inputs, size_t outputs) {
  return turned_rows(inputs) * outputs;
}

/* Outputs of the groups that make up [first, last). */
static size_t group_width(size_t first, size_t last) {
  const size_t wide = OUTPUT_VECTORS * SIMD_LANES, narrow = FEWER_VECTORS * SIMD_LANES;
  return (last - first) % wide == 0 ? wide : narrow;
}

static bool turn(size_t inputs, size_t first, size_t last, const float *w, float *turned) {
  const size_t group = group_width(first, last);
  bool finite = true;
  for (size_t o = first; o + group <= last && finite; o += group) {
    float *to = turned + turned_size(inputs, o);
    finite = group == OUTPUT_VECTORS * SIMD_LANES ? turn_group(OUTPUT_VECTORS, inputs, w, o, to)
                                                  : turn_group(FEWER_VECTORS, inputs, w, o, to);
  }
  return finite;
}

#endif
