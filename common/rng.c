/* SPDX-License-Identifier: MIT
 * MT19937 and the conversions of PyTorch and numpy. */
#include "common/rng.h"

#include <math.h>

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

static void refill(gm_rng *rng) {
  uint32_t *s = rng->state;
  for (int k = 0; k < GM_RNG_WORDS; k++) {
    const uint32_t y = (s[k] & mt_upper_mask) | (s[(k + 1) % GM_RNG_WORDS] & mt_lower_mask);
    s[k] = s[(k + MT_SHIFT) % GM_RNG_WORDS] ^ (y >> 1) ^ ((y & 1u) ? mt_matrix_a : 0u);
  }
  rng->next = 0;
}

uint32_t gm_rng_u32(gm_rng *rng) {
  if (rng->next >= GM_RNG_WORDS) refill(rng);
  uint32_t y = rng->state[rng->next++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  y ^= y >> 18;
  return y;
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

void gm_rng_permutation(gm_rng *rng, size_t n, size_t *permutation) {
  for (size_t i = 0; i < n; i++) permutation[i] = i;
  for (size_t i = 0; i + 1 < n; i++) {
    const size_t j = i + gm_rng_u32(rng) % (n - i);
    const size_t swapped = permutation[i];
    permutation[i] = permutation[j];
    permutation[j] = swapped;
  }
}
