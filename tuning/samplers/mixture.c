/* SPDX-License-Identifier: MIT
 * Loops over the components of a mixture, and an exponential without branches for them. */
#include "tuning/samplers/mixture.h"

#include "common/widest.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { LANES = 8, VECTORS = GM_MIXTURE_BLOCK / LANES };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias));
typedef int64_t masks __attribute__((vector_size(LANES * sizeof(int64_t)), aligned(8), may_alias));
typedef uint64_t words __attribute__((vector_size(LANES * sizeof(uint64_t)), aligned(8), may_alias));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#define splat(value) ((value) - (lanes){0})

/* The larger of each two; b where one is NaN. */
ALWAYS_INLINE void larger(const lanes *a, const lanes *b, lanes *result) {
  const masks a_wins = *a > *b;
  *(masks *)result = (a_wins & *(const masks *)a) | (~a_wins & *(const masks *)b);
}

/* The smaller of each two; b where one is NaN. */
ALWAYS_INLINE void smaller(const lanes *a, const lanes *b, lanes *result) {
  const masks a_wins = *a < *b;
  *(masks *)result = (a_wins & *(const masks *)a) | (~a_wins & *(const masks *)b);
}

/* *x <- e^x for -700 ≤ x ≤ 709: 2^k · e^r with k = round(x / ln 2), so |r| ≤ ln 2 / 2 = 0.347, and the
 * Taylor series of e^r to r^12, whose rest is below 0.347^13 / 13! = 2e-16. */
ALWAYS_INLINE void exponential(lanes *x) {
  enum { MANTISSA_BITS = 52 };
  const double inverse_ln2 = 0x1.71547652b82fep0;
  const double ln2_high = 0x1.62e42fefa3800p-1; /* 11 zero bits at its end: k times it is exact */
  const double ln2_low = 0x1.ef35793c76730p-45;
  const double round_at = 0x1.8p52; /* numbers of this size are integers, the low bits their value */
  const lanes shifted = *x * inverse_ln2 + round_at;
  const lanes k = shifted - round_at;
  const lanes r = (*x - k * ln2_high) - k * ln2_low;
  /* Pairs of terms first (Estrin): a third of the length of Horner's chain. */
  const lanes r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  const lanes low = ((1.0 + r) + (1.0 / 2 + r * (1.0 / 6)) * r2) +
                    ((1.0 / 24 + r * (1.0 / 120)) + (1.0 / 720 + r * (1.0 / 5040)) * r2) * r4;
  const lanes high = (1.0 / 40320 + r * (1.0 / 362880)) + (1.0 / 3628800 + r * (1.0 / 39916800)) * r2 +
                     r4 * (1.0 / 479001600);
  const lanes sum = low + high * r8;
  *(words *)x = *(const words *)&sum + (*(const words *)&shifted << MANTISSA_BITS);
}

/* Its exponents without the constant are at most 0, and at most −t²/2 for a z that is t bandwidths away. */
static double upper_bound(const gm_mixture_block *block, const gm_mixture_factor *first) {
  double t = 0;
  if (first != NULL) {
    const double below = block->lowest_mu - first->x, beyond = first->x - block->highest_mu;
    const double distance = below > beyond ? below : beyond;
    t = distance > 0 ? distance * block->least_inverse_sigma : 0;
  }
  return block->largest_scale - 0.5 * t * t;
}

static const gm_mixture_factor *first_normal(const gm_mixture *m) {
  return m->n_factors > 0 && m->factors[0].kind == GM_FACTOR_NORMAL ? m->factors : NULL;
}

ALWAYS_INLINE void add_normal(const gm_mixture_factor *f, size_t k, lanes *exponents) {
  for (int i = 0; i < VECTORS; i++, k += LANES) {
    const lanes t = (f->x - *(const lanes *)(f->mu + k)) * *(const lanes *)(f->inverse_sigma + k);
    exponents[i] -= 0.5 * t * t;
  }
}

ALWAYS_INLINE void add_choice(const gm_mixture_factor *f, size_t k, lanes *exponents) {
  const lanes hit = splat(f->hit), miss = splat(f->miss);
  for (int i = 0; i < VECTORS; i++, k += LANES) {
    const masks equal = *(const lanes *)(f->category + k) == f->x;
    const masks chosen = (equal & *(const masks *)&hit) | (~equal & *(const masks *)&miss);
    exponents[i] += *(const lanes *)&chosen;
  }
}

ALWAYS_INLINE void add_table(const gm_mixture_factor *f, size_t k, lanes *exponents) {
  double *terms = (double *)exponents;
  const double *restrict table = f->table;
  const uint32_t *restrict group = f->group + k;
#pragma omp simd
  for (int i = 0; i < GM_MIXTURE_BLOCK; i++) terms[i] += table[group[i]];
}

/* Of the components from k on. */
ALWAYS_INLINE void add_exponents(const gm_mixture *m, size_t k, lanes *exponents) {
  for (int i = 0; i < VECTORS; i++) exponents[i] = *(const lanes *)(m->scale + k + (size_t)i * LANES);
  for (size_t j = 0; j < m->n_factors; j++) {
    const gm_mixture_factor *f = &m->factors[j];
    if (f->kind == GM_FACTOR_NORMAL)
      add_normal(f, k, exponents);
    else if (f->kind == GM_FACTOR_CHOICE)
      add_choice(f, k, exponents);
    else
      add_table(f, k, exponents);
  }
}

GM_WIDEST static double sum_of_blocks(const gm_mixture *m, double reference) {
  const double negligible = -50;    /* e^-50 = 2e-22, which 10^5 such components do not change */
  const lanes lowest = splat(-700); /* e^-700 is still a normal number */
  const lanes highest = splat(709); /* so is e^709 */
  const gm_mixture_factor *first = first_normal(m);
  lanes sum = {0};
  for (size_t block = 0; block < m->n_blocks; block++) {
    const size_t k = block * GM_MIXTURE_BLOCK;
    if (upper_bound(&m->blocks[block], first) - reference < negligible) continue;
    lanes x[VECTORS];
    add_exponents(m, k, x);
    for (int i = 0; i < VECTORS; i++) {
      x[i] -= reference;
      larger(&x[i], &lowest, &x[i]);
      smaller(&x[i], &highest, &x[i]);
      exponential(&x[i]);
      sum += *(const lanes *)(m->weight + k + (size_t)i * LANES) * x[i];
    }
  }
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

double gm_mixture_sum(const gm_mixture *mixture, double reference) {
  return sum_of_blocks(mixture, reference);
}

GM_WIDEST static double largest_exponent(const gm_mixture *m) {
  double largest = -INFINITY;
  for (size_t block = 0; block < m->n_blocks; block++) {
    lanes x[VECTORS];
    add_exponents(m, block * GM_MIXTURE_BLOCK, x);
    for (int i = 0; i < VECTORS; i++)
      for (int lane = 0; lane < LANES; lane++) largest = x[i][lane] > largest ? x[i][lane] : largest;
  }
  return largest;
}

double gm_mixture_largest(const gm_mixture *mixture) {
  return largest_exponent(mixture);
}
