/* SPDX-License-Identifier: MIT
 * The Mersenne Twister MT19937 (Matsumoto & Nishimura, ACM TOMACS 8, 1998), the
 * generator behind both torch.manual_seed and numpy.random.RandomState, with the
 * conversions each of them uses. The generator is a value owned by the caller:
 * there is no hidden state. */
#ifndef COMMON_RNG_H
#define COMMON_RNG_H

#include <stddef.h>
#include <stdint.h>

#define GM_RNG_WORDS 624

typedef struct {
  uint32_t state[GM_RNG_WORDS];
  int next; /* index of the next word to temper; GM_RNG_WORDS = refill first */
} gm_rng;

/* init_genrand(seed), as torch.manual_seed(seed) and RandomState(seed). */
void gm_rng_seed(gm_rng *rng, uint32_t seed);

/* The next 32-bit output. */
uint32_t gm_rng_u32(gm_rng *rng);

/* Uniform on [0, 1) with 53 bits, two outputs a, b: ((a>>5)·2^26 + (b>>6)) / 2^53
 * (genrand_res53; RandomState.random_sample). */
double gm_rng_double(gm_rng *rng);

/* Uniform float on [lo, hi) as torch.Tensor.uniform_ draws it, one output each:
 * x = (u32 mod 2^24) · 2^-24, value = fma(x, hi − lo, lo), one rounding. */
float gm_rng_uniform_float(gm_rng *rng, float lo, float hi);

/* values[0 … n−1] as so many calls of the former draw them, an order of magnitude faster. */
void gm_rng_uniform_floats(gm_rng *rng, float lo, float hi, float *values, size_t n);

/* permutation[0 … n−1] as torch.randperm(n): for i = 0 … n−2 swap i with
 * i + (u32 mod (n − i)). Takes n − 1 outputs. */
void gm_rng_permutation(gm_rng *rng, size_t n, size_t *permutation);

#endif
