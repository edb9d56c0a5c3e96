/* SPDX-License-Identifier: MIT
 * MT19937 and the conversions of PyTorch and numpy. */
#include "common/rng.h"

#include "common/widest.h"

#include <math.h>
#include <stdbool.h>

/* Constants of the recurrence and the tempering, Matsumoto & Nishimura 1998, table II. */
enum { MT_SHIFT = 397 };
static const uint32_t mt_matrix_a = 0x9908b0dfu;
static const uint32_t mt_upper_mask = 0x80000000u;
static const uint32_t mt_lower_mask = 0x7fffffffu;

void gm_rng_seed(gm_rng *rng, uint32_t seed) {
  rng->state[0] = seed;
  for (uint32_t i = 1; i < GM_RNG_WORDS; i++) {
    const uint32_t previous = rng->state[i - 1];
    rng->state[i] = 1812433253u * (previous ^ (previous >> 30)) + i; /* Knuth's multiplier, init_genrand */
  }
  rng->next = GM_RNG_WORDS;
}

/* What state[k] of the next round is, but for the word 397 further on. */
static inline uint32_t twist(uint32_t word, uint32_t next) {
  const uint32_t y = (word & mt_upper_mask) | (next & mt_lower_mask);
  return (y >> 1) ^ ((0u - (y & 1u)) & mt_matrix_a);
}

/* The next round of the state. A step reads, besides its own word, the one behind it, which a later step
 * writes, and one that is 227 words away or more, so that 16 steps may run at once. */
GM_WIDEST static void twist_all(uint32_t *s) {
  enum { MT_REST = GM_RNG_WORDS - MT_SHIFT, AT_ONCE = 16 };
#pragma omp simd safelen(AT_ONCE)
  for (int k = 0; k < MT_REST; k++) s[k] = s[k + MT_SHIFT] ^ twist(s[k], s[k + 1]);
#pragma omp simd safelen(AT_ONCE)
  for (int k = MT_REST; k < GM_RNG_WORDS - 1; k++) s[k] = s[k - MT_REST] ^ twist(s[k], s[k + 1]);
  s[GM_RNG_WORDS - 1] = s[MT_SHIFT - 1] ^ twist(s[GM_RNG_WORDS - 1], s[0]);
}

static void refill(gm_rng *rng) {
  twist_all(rng->state);
  rng->next = 0;
}

static inline uint32_t temper(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

uint32_t gm_rng_u32(gm_rng *rng) {
  if (rng->next >= GM_RNG_WORDS) refill(rng);
  return temper(rng->state[rng->next++]);
}

double gm_rng_double(gm_rng *rng) {
  const uint32_t a = gm_rng_u32(rng) >> 5;
  const uint32_t b = gm_rng_u32(rng) >> 6;
  return ((double)a * 0x1p26 + (double)b) * 0x1p-53;
}

float gm_rng_uniform_float(gm_rng *rng, float lo, float hi) {
  const float x = (float)(gm_rng_u32(rng) & 0xffffffu) * 0x1p-24f;
  return fmaf(x, hi - lo, lo);
}

/* The sum of a product of 24 bits by 24 and of lo is exact in a double, hence rounded once, where lo is 0 or
 * at most 16 times longer or shorter than the width: 48 + 4 bits. */
GM_WIDEST static void scale_exactly(const uint32_t *words, double width, double lo, size_t n,
                                    float *restrict values) {
#pragma omp simd
  for (size_t i = 0; i < n; i++)
    values[i] = (float)((double)(int32_t)(temper(words[i]) & 0xffffffu) * 0x1p-24 * width + lo);
}

void gm_rng_uniform_floats(gm_rng *rng, float lo, float hi, float *values, size_t n) {
  const float width = hi - lo, near = 16;
  const bool exact = lo == 0 || (fabsf(lo) <= near * width && width <= near * fabsf(lo));
  for (size_t i = 0; !exact && i < n; i++) values[i] = gm_rng_uniform_float(rng, lo, hi);
  for (size_t i = 0, count; exact && i < n; i += count, rng->next += (int)count) {
    if (rng->next >= GM_RNG_WORDS) refill(rng);
    const size_t left = (size_t)(GM_RNG_WORDS - rng->next);
    count = n - i < left ? n - i : left;
    scale_exactly(rng->state + rng->next, (double)width, (double)lo, count, values + i);
  }
}

void gm_rng_permutation(gm_rng *rng, size_t n, size_t *permutation) {
  for (size_t i = 0; i < n; i++) permutation[i] = i;
  for (size_t i = 0; i + 1 < n; i++) {
    const size_t j = i + gm_rng_u32(rng) % (n - i);
    const size_t swapped = permutation[i];
    permutation[i] = permutation[j];
    permutation[j] = swapped;
  }
}
