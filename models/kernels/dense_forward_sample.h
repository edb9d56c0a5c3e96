/* SPDX-License-Identifier: MIT
 * y = x·Wᵀ + bias of one sample, from W turned once and for all, of which the rows of zeros are not even
 * read: the bits of dense_forward.h, for the reason that dense_forward_nonzeros.h gives. Included by
 * kernels.c alone, once per instruction set.
 *
 *   group of outputs
 *     chunk of inputs, lane  in order
 *       value not zero       OUTPUT_VECTORS sums in registers; the row of the value so many further on is
 * fetched
 */
#ifndef MODELS_KERNELS_DENSE_FORWARD_SAMPLE_H
#define MODELS_KERNELS_DENSE_FORWARD_SAMPLE_H

#include "models/kernels/turned.h"

enum {
  ROWS_AHEAD = GM_SAMPLE_ROWS_AHEAD,
  MOST_WAITING = SIMD_LANES == 16  ? 5
                 : SIMD_LANES == 8 ? 4
                                   : 3, /* sums of lanes that are not yet added up */
};

/* The values of x that are not zero, the rows of their weights in a group that is turned, with those of the
 * next group behind, and how many belong to each chunk and lane. */
typedef struct {
  float *value;
  uint32_t *row, *count;
} sample_list;

static sample_list list_in(size_t inputs, float *list) {
  uint32_t *row = (uint32_t *)(list + inputs);
  return (sample_list){list, row, row + inputs + ROWS_AHEAD};
}

static size_t list_sample(size_t inputs, const float *x, float *list) {
  const sample_list l = list_in(inputs, list);
  const size_t chunk = chunk_length(inputs);
  float zero = 0; /* or NaN, once an x was not finite */
  size_t listed = 0, lanes = 0, row = 0;
  for (size_t k = 0; k < inputs; k += chunk) {
    const size_t last = chunk < inputs - k ? k + chunk : inputs, rows = panel_rows(steps_of(last - k));
    for (size_t i = 0; i < SIMD_LANES; i++, row += rows) {
      const size_t before = listed;
      size_t own = row;
      for (size_t j = k + lane_order[i]; j < last; j += SIMD_LANES) {
        const float value = x[j];
        l.value[listed] = value;
        l.row[listed] = (uint32_t)own++;
        listed += value != 0;
        zero += value * 0;
      }
      l.count[lanes++] = (uint32_t)(listed - before);
    }
  }
  for (size_t i = 0; i < ROWS_AHEAD; i++)
    l.row[listed + i] = (uint32_t)row + (listed > 0 ? l.row[i % listed] : 0);
  return zero == 0 ? listed : SIZE_MAX;
}

SIMD_INLINE void fetch_row(size_t vectors, const float *row) {
  enum { LEVEL_2 = 2 };
#pragma GCC unroll 10
  for (size_t v = 0; v < vectors * SIMD_LANES; v += GM_NONZEROS_LINE) __builtin_prefetch(row + v, 0, LEVEL_2);
}

/* One lane's values and rows: sum = their products. */
SIMD_INLINE void add_rows(size_t vectors, size_t count, sample_list list, const float *group, vec *sum) {
  const size_t width = vectors * SIMD_LANES;
#pragma GCC unroll 10
  for (size_t v = 0; v < vectors; v++) sum[v] = (vec){0};
  for (size_t i = 0; i < count; i++) {
    const vec x = vec_splat(list.value[i]);
    const float *from = group + list.row[i] * width;
    fetch_row(vectors, group + list.row[i + ROWS_AHEAD] * width);
#pragma GCC unroll 10
    for (size_t v = 0; v < vectors; v++)
      sum[v] = vec_multiply_add(vec_load(from + v * SIMD_LANES, SIMD_LANES), x, sum[v]);
  }
}

SIMD_INLINE void sample_group(size_t vectors, size_t inputs, sample_list list, const float *group,
                              const float *bias, float *y) {
  const size_t chunks = (inputs + chunk_length(inputs) - 1) / chunk_length(inputs);
  for (size_t c = 0; c < chunks; c++) {
    vec waiting[MOST_WAITING][OUTPUT_VECTORS], sum[OUTPUT_VECTORS];
    size_t n = 0;
    for (size_t i = 0; i < SIMD_LANES; i++, n++) {
      const size_t count = *list.count++;
      add_rows(vectors, count, list, group, sum);
      list.value += count;
      list.row += count;
      for (size_t bits = i; bits & 1; bits >>= 1) {
        n--;
#pragma GCC unroll 10
        for (size_t v = 0; v < vectors; v++) sum[v] += waiting[n][v];
      }
#pragma GCC unroll 10
      for (size_t v = 0; v < vectors; v++) waiting[n][v] = sum[v];
    }
    const float *from = c == 0 ? bias : y;
#pragma GCC unroll 10
    for (size_t v = 0; v < vectors; v++)
      vec_store(y + v * SIMD_LANES, vec_load(from + v * SIMD_LANES, SIMD_LANES) + (vec){0} + waiting[0][v],
                SIMD_LANES);
  }
}

static void dense_forward_sample(size_t inputs, size_t first, size_t last, float *list, const float *turned,
                                 const float *bias, float *y) {
  const size_t group = group_width(first, last);
  for (size_t o = first; o < last; o += group) {
    const float *own = turned + turned_size(inputs, o);
    if (group == OUTPUT_VECTORS * SIMD_LANES)
      sample_group(OUTPUT_VECTORS, inputs, list_in(inputs, list), own, bias + o, y + o);
    else
      sample_group(FEWER_VECTORS, inputs, list_in(inputs, list), own, bias + o, y + o);
  }
}

#endif
