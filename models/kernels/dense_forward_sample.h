/* SPDX-License-Identifier: MIT
 * y = x·Wᵀ + bias of one sample, from W turned once and for all, of which the rows of zeros are not even
 * read: the bits of dense_forward.h, for the reason that dense_forward_nonzeros.h gives. Included by
 * kernels.c alone, once per instruction set.
 *
 *   group of outputs
 *     chunk of inputs, lane  in order
 *       value not zero       its row into OUTPUT_VECTORS sums in registers; another, further on, is fetched
 */
#ifndef MODELS_KERNELS_DENSE_FORWARD_SAMPLE_H
#define MODELS_KERNELS_DENSE_FORWARD_SAMPLE_H

#include "models/kernels/turned.h"

enum {
  ROWS_AHEAD = GM_SAMPLE_ROWS_AHEAD,
  MOST_WAITING = SIMD_LANES == 16  ? 4
                 : SIMD_LANES == 8 ? 3
                                   : 2, /* sums of lanes that are not yet added up */
};

/* The values of x that are not zero, the rows of their weights in a group that is turned, with those of the
 * next group behind, and how many belong to each chunk and lane. */
typedef struct {
  const float *value;
  const uint32_t *row, *count;
} sample_list;

static sample_list list_in(size_t inputs, const float *list) {
  const uint32_t *row = (const uint32_t *)(list + inputs);
  return (sample_list){list, row, row + inputs + ROWS_AHEAD};
}

static size_t list_sample(size_t inputs, const float *x, float *value) {
  uint32_t *rows_of = (uint32_t *)(value + inputs), *count = rows_of + inputs + ROWS_AHEAD; /* list_in */
  const size_t chunk = chunk_length(inputs);
  float zero = 0; /* or NaN, once an x was not finite */
  size_t listed = 0, lanes = 0, row = 0;
  for (size_t k = 0; k < inputs; k += chunk) {
    const size_t last = chunk < inputs - k ? k + chunk : inputs, rows = panel_rows(steps_of(last - k));
    for (size_t i = 0; i < SIMD_LANES; i++, row += rows) {
      const size_t before = listed;
      size_t own = row;
      for (size_t j = k + lane_order[i]; j < last; j += SIMD_LANES) {
        value[listed] = x[j];
        rows_of[listed] = (uint32_t)own++;
        listed += x[j] != 0;
        zero += x[j] * 0;
      }
      count[lanes++] = (uint32_t)(listed - before);
    }
  }
  for (size_t i = 0; i < ROWS_AHEAD; i++)
    rows_of[listed + i] = (uint32_t)row + (listed > 0 ? rows_of[i % listed] : 0);
  return zero == 0 ? listed : SIZE_MAX;
}

/* Which may lie behind the last group: an address, and not a pointer into W. */
SIMD_INLINE void fetch_row(size_t vectors, uintptr_t row) {
  enum { LEVEL_2 = 2 };
#pragma GCC unroll 10
  for (size_t v = 0; v < vectors * SIMD_LANES; v += GM_NONZEROS_LINE)
    __builtin_prefetch((const void *)(row + v * sizeof(float)), 0, LEVEL_2);
}

/* One lane's values and rows: sum = their products. */
SIMD_INLINE void add_rows(size_t vectors, size_t count, sample_list list, const float *group, vec *sum) {
  const size_t width = vectors * SIMD_LANES;
#pragma GCC unroll 10
  for (size_t v = 0; v < vectors; v++) sum[v] = (vec){0};
  for (size_t i = 0; i < count; i++) {
    const vec x = vec_splat(list.value[i]);
    const float *from = group + list.row[i] * width;
    fetch_row(vectors, (uintptr_t)group + list.row[i + ROWS_AHEAD] * width * sizeof *group);
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

static void dense_forward_sample(size_t inputs, size_t first, size_t last, const float *list,
                                 const float *turned, const float *bias, float *y) {
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
