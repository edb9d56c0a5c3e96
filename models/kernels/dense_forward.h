/* SPDX-License-Identifier: MIT
 * y = x·Wᵀ + bias for any batch. Included by kernels.c alone, once per instruction set.
 *
 * Every y[n][o] is a sum of SIMD_LANES strided sums, added up at the end: both operands are read as they lie,
 * nothing is packed. The inputs are cut into chunks of equal length, each of which adds such a sum to y. The
 * order depends on the number of inputs alone, so a sample's output has the same bits in every batch.
 *
 *   chunk of inputs         a block of samples of it fits a level-2 cache beside the rows that pass through
 *     block of samples
 *       group of ROWS rows  of W: read once per block of samples, the next group fetched meanwhile
 *         SAMPLES samples   ROWS × SAMPLES sums in registers while the chunk is run through
 */
#ifndef MODELS_KERNELS_DENSE_FORWARD_H
#define MODELS_KERNELS_DENSE_FORWARD_H

#include "models/kernels/simd.h"

/* 4 × 5 sums with 5 of x and one of W are 26 of the 32 registers of AVX-512, 4 × 3 with 3 and one all 16 of
 * AVX2; SSE2 needs one more for a product. A step loads half as much as it multiplies, which processors do
 * beside it. */
enum {
  ROWS = 4,
  SAMPLES = SIMD_LANES == 16  ? 5
            : SIMD_LANES == 8 ? 3
                              : 2,
  INPUTS_A_CHUNK = 2560,
  FLOATS_A_BLOCK = 160000, /* of x, 0.64 MB: 62 samples of the longest chunk, more of shorter ones */
};

typedef struct {
  size_t inputs, outputs;
  const float *x, *w, *bias;
  float *y;
} product;

/* Lines of W to be fetched into the level-2 cache in the course of a block: `lines` a step, `apart` floats
 * from one another, from `next` on, which moves on by `stride` floats. */
typedef struct {
  size_t lines, apart, stride;
  const float *next;
} fetching;

/* Adds the inputs [k, k + count) to y[n …][o …], `rows` ≤ ROWS by `samples` ≤ SAMPLES; the counts are
 * constants at every call, so the loops over them unroll. */
SIMD_INLINE void dot_block(size_t rows, size_t samples, fetching fetch, const product *p, size_t o, size_t n,
                           size_t k, size_t count) {
  enum { LEVEL_2 = 2 };
  const size_t inputs = p->inputs;
  const float *x = p->x + n * inputs + k, *w = p->w + o * inputs + k;
  float *y = p->y + n * p->outputs + o;
  vec sum[SAMPLES][ROWS];
  for (size_t s = 0; s < samples; s++)
    for (size_t r = 0; r < ROWS; r++) sum[s][r] = (vec){0};
  size_t j = 0;
  for (; j + SIMD_LANES <= count; j += SIMD_LANES, fetch.next += fetch.stride) {
    vec xj[SAMPLES];
    for (size_t l = 0; l < fetch.lines; l++) __builtin_prefetch(fetch.next + l * fetch.apart, 0, LEVEL_2);
    for (size_t s = 0; s < samples; s++) xj[s] = vec_load(x + s * inputs + j, SIMD_LANES);
    for (size_t r = 0; r < rows; r++) {
      const vec wj = vec_load(w + r * inputs + j, SIMD_LANES);
      for (size_t s = 0; s < samples; s++) sum[s][r] = vec_multiply_add(wj, xj[s], sum[s][r]);
    }
  }
  if (j < count)
#pragma GCC unroll 8 /* gcc would go through memory, the sums of a block that has no rest with them */
    for (size_t s = 0; s < samples; s++)
#pragma GCC unroll 8
      for (size_t r = 0; r < rows; r++)
        sum[s][r] = vec_multiply_add(vec_load(w + r * inputs + j, count - j),
                                     vec_load(x + s * inputs + j, count - j), sum[s][r]);
  for (size_t s = 0; s < samples; s++, y += p->outputs) {
    vec4 total = {0};
    memcpy(&total, k == 0 ? p->bias + o : y, rows * sizeof *y);
    total += (vec4){0}; /* −0 becomes +0, which no sum of zeros turns back: their signs do not show in y */
    total += vec_sums(sum[s]);
    memcpy(y, &total, rows * sizeof *y);
  }
}

/* The samples [n, last) with one group of rows. The next group is fetched meanwhile, and evenly: each block
 * of samples fetches its part, so that memory is not asked for all of it at once and then for nothing. A
 * single sample, which is bound by reading W, fetches the group as one stream, whatever its rows. */
SIMD_INLINE void dot_group(size_t rows, const product *p, size_t o, size_t n, size_t last, size_t k,
                           size_t count) {
  const size_t inputs = p->inputs, blocks = (last - n) / SAMPLES, sharing = blocks / rows;
  const float *own = p->w + o * inputs + k, *group = own + rows * inputs;
  const fetching nothing = {0, 0, 0, own};
  if (sharing > 0) { /* so many blocks share a row */
    for (size_t b = 0; b < rows * sharing; b++, n += SAMPLES) {
      const float *part = group + b % rows * inputs + b / rows * (count / sharing);
      const fetching fetch = {1, 0, (SIMD_LANES + sharing - 1) / sharing, part};
      dot_block(rows, SAMPLES, fetch, p, o, n, k, count);
    }
  } else if (blocks > 1) { /* the first two have half the rows each */
    for (size_t b = 0; b < 2; b++, n += SAMPLES)
      dot_block(rows, SAMPLES, (fetching){rows / 2, inputs, SIMD_LANES, group + b * (rows / 2) * inputs}, p,
                o, n, k, count);
  } else if (blocks == 1) {
    dot_block(rows, SAMPLES, (fetching){rows, inputs, SIMD_LANES, group}, p, o, n, k, count);
    n += SAMPLES;
  } else {
    const float *stream = p->w + (o + rows) * inputs + rows * k;
    dot_block(rows, 1, (fetching){rows, SIMD_LANES, rows * SIMD_LANES, stream}, p, o, n, k, count);
    n++;
  }
  for (; n + SAMPLES <= last; n += SAMPLES) dot_block(rows, SAMPLES, nothing, p, o, n, k, count);
  for (; n + 2 <= last; n += 2) dot_block(rows, 2, nothing, p, o, n, k, count);
  if (n < last) dot_block(rows, 1, nothing, p, o, n, k, count);
}

static size_t rounded_up(size_t n, size_t to) {
  return (n + to - 1) / to * to;
}

/* Of inputs: equal ones, a multiple of SIMD_LANES. */
static size_t chunk_length(size_t inputs) {
  const size_t chunks = (inputs + INPUTS_A_CHUNK - 1) / INPUTS_A_CHUNK;
  return rounded_up((inputs + chunks - 1) / chunks, SIMD_LANES);
}

static void dense_forward(size_t batch, size_t inputs, size_t outputs, size_t first, size_t last,
                          const float *x, const float *w, const float *bias, float *y) {
  const product p = {inputs, outputs, x, w, bias, y};
  const size_t chunk = chunk_length(inputs);
  const size_t most = FLOATS_A_BLOCK / chunk / SAMPLES * SAMPLES, blocks = (batch + most - 1) / most;
  const size_t samples = rounded_up((batch + blocks - 1) / blocks, SAMPLES);
  /* A batch that is bound by reading W runs through whole rows, one that is not through one chunk of all. */
  const size_t run = batch < ROWS * SAMPLES ? inputs : chunk;
  for (size_t n = 0; n < batch; n += samples)
    for (size_t start = 0; start < inputs; start += run) {
      const size_t stop = run < inputs - start ? start + run : inputs,
                   n_last = n + samples < batch ? n + samples : batch;
      size_t o = first;
      for (; o + ROWS <= last; o += ROWS)
        for (size_t k = start; k < stop; k += chunk)
          dot_group(ROWS, &p, o, n, n_last, k, chunk < stop - k ? chunk : stop - k);
      for (; o < last; o++)
        for (size_t k = start; k < stop; k += chunk)
          dot_group(1, &p, o, n, n_last, k, chunk < stop - k ? chunk : stop - k);
    }
}

#endif
