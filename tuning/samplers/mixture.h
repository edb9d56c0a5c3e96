/* SPDX-License-Identifier: MIT
 * The sum over the components of a mixture in which a suggestion spends its time. Components
 * stand in blocks; each is a weight times e to the sum of a constant and of one number per
 * parameter. Eight components at once in an order that depends on their number alone: the same
 * bits on every processor, however wide its registers are. */
#ifndef TUNING_MIXTURE_H
#define TUNING_MIXTURE_H

#include <stddef.h>
#include <stdint.h>

enum { GM_MIXTURE_BLOCK = 32 };

/* What one parameter adds to the exponents. */
typedef struct {
  enum {
    GM_FACTOR_NORMAL, /* −((x − mu_k) · inverse_sigma_k)² / 2 */
    GM_FACTOR_CHOICE, /* hit where category_k = x, else miss */
    GM_FACTOR_TABLE,  /* table[group_k], at most 0 */
  } kind;
  double x;
  const double *mu, *inverse_sigma;
  const double *category;
  double hit, miss; /* at most 0 */
  const uint32_t *group;
  const double *table;
} gm_mixture_factor;

/* Bounds of a block: of the first factor where it is normal, and of the constants. */
typedef struct {
  double lowest_mu, highest_mu, least_inverse_sigma, largest_scale;
} gm_mixture_block;

typedef struct {
  size_t n_blocks;              /* arrays hold so many times GM_MIXTURE_BLOCK components */
  const double *weight, *scale; /* scale: the constant; −inf with weight 0 behind the last component */
  const gm_mixture_block *blocks;
  size_t n_factors;
  const gm_mixture_factor *factors; /* normal ones first */
} gm_mixture;

/* Σ_k weight_k e^(exponent_k − reference). Blocks whose exponents are all more than 50 below the
 * reference may be left out: less than 2e-22 of their weight. Differences above 709 count as 709. */
double gm_mixture_sum(const gm_mixture *mixture, double reference);

/* The largest exponent, −inf where there is none. */
double gm_mixture_largest(const gm_mixture *mixture);

#endif
