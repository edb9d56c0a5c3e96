/* SPDX-License-Identifier: MIT
 * Loops over the components of a mixture, and an exponential without branches for them. */
#include "tuning/samplers/mixture.h"

#include "common/widest.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { LANES = 8, BLOCK = 4 /* vectors */ };
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

/* *x <- e^x for -700 ≤ x ≤ 0: 2^k · e^r with k = round(x / ln 2), so |r| ≤ ln 2 / 2 = 0.347, and the
 * Taylor series of e^r to r^12, whose rest is below 0.347^13 / 13! = 2e-16. */
ALWAYS_INLINE void exponential(lanes *x) {
  static const double inverse_factorial[] = {
      1.0,        1.0,         1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,      1.0 / 720,
      1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600};
  enum { DEGREE = sizeof inverse_factorial / sizeof *inverse_factorial - 1, MANTISSA_BITS = 52 };
  const double inverse_ln2 = 0x1.71547652b82fep0;
  const double ln2_high = 0x1.62e42fefa3800p-1; /* 11 zero bits at its end: k times it is exact */
  const double ln2_low = 0x1.ef35793c76730p-45;
  const double round_at = 0x1.8p52; /* numbers of this size are integers, the low bits their value */
  const lanes shifted = *x * inverse_ln2 + round_at;
  const lanes k = shifted - round_at;
  const lanes r = (*x - k * ln2_high) - k * ln2_low;
  lanes sum = r * inverse_factorial[DEGREE] + inverse_factorial[DEGREE - 1];
  for (int i = DEGREE - 2; i >= 0; i--) sum = sum * r + inverse_factorial[i];
  *(words *)x = *(const words *)&sum + (*(const words *)&shifted << MANTISSA_BITS);
}

GM_WIDEST static void add_normal(size_t n, double z, const double *mu, const double *inverse_sigma,
                                 double *terms) {
  size_t k = 0;
  for (; k + LANES <= n; k += LANES) {
    const lanes t = (z - *(const lanes *)(mu + k)) * *(const lanes *)(inverse_sigma + k);
    *(lanes *)(terms + k) -= 0.5 * t * t;
  }
  for (; k < n; k++) {
    const double t = (z - mu[k]) * inverse_sigma[k];
    terms[k] -= 0.5 * t * t;
  }
}

GM_WIDEST static double largest_of(size_t n, const double *terms) {
  const lanes none = splat(-INFINITY);
  lanes largest = none;
  size_t k = 0;
  for (; k + LANES <= n; k += LANES) larger((const lanes *)(terms + k), &largest, &largest);
  lanes rest = none;
  memcpy(&rest, terms + k, (n - k) * sizeof *terms);
  larger(&rest, &largest, &largest);
  double result = largest[0];
  for (int i = 1; i < LANES; i++) result = largest[i] > result ? largest[i] : result;
  return result;
}

/* *sum += exp(terms - largest), unless not one of the terms can be noticed in a sum of 1 or more.
 * Sorted components mostly come in such blocks. */
ALWAYS_INLINE void add_block(const lanes *terms, double largest, lanes *sum) {
  const lanes negligible = splat(-50); /* e^-50 = 2e-22, which 10^5 such components do not change */
  const lanes lowest = splat(-700);    /* e^-700 is still a normal number */
  lanes x[BLOCK];
  masks counts = {0};
  for (int i = 0; i < BLOCK; i++) {
    x[i] = terms[i] - largest;
    counts |= x[i] > negligible;
  }
  if (((counts[0] | counts[1]) | (counts[2] | counts[3]) | (counts[4] | counts[5]) |
       (counts[6] | counts[7])) == 0)
    return;
  for (int i = 0; i < BLOCK; i++) {
    larger(&x[i], &lowest, &x[i]);
    exponential(&x[i]);
    *sum += x[i];
  }
}

GM_WIDEST static double sum_of_shares(size_t n, const double *terms, double largest) {
  lanes sum = {0};
  size_t k = 0;
  for (; k + BLOCK * LANES <= n; k += BLOCK * LANES) add_block((const lanes *)(terms + k), largest, &sum);
  lanes rest[BLOCK];
  for (int i = 0; i < BLOCK; i++) rest[i] = splat(-INFINITY);
  memcpy(rest, terms + k, (n - k) * sizeof *terms);
  add_block(rest, largest, &sum);
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

double gm_mixture_log_sum(size_t n, const double *terms) {
  const double largest = largest_of(n, terms);
  return largest == -INFINITY ? largest : largest + log(sum_of_shares(n, terms, largest));
}

void gm_mixture_add_normal(size_t n, double z, const double *mu, const double *inverse_sigma, double *terms) {
  add_normal(n, z, mu, inverse_sigma, terms);
}

GM_WIDEST static void add_table(size_t n, const uint32_t *group, const double *table,
                                double *restrict terms) {
#pragma omp simd
  for (size_t k = 0; k < n; k++) terms[k] += table[group[k]];
}

void gm_mixture_add_table(size_t n, const uint32_t *group, const double *table, double *restrict terms) {
  add_table(n, group, table, terms);
}
