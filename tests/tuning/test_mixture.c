/* SPDX-License-Identifier: MIT
 * The sum of a mixture against the C library's long double functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rng.h"
#include "tuning/samplers/mixture.h"

#include <float.h>
#include <math.h>

enum { BLOCKS = 5, N = BLOCKS * GM_MIXTURE_BLOCK };

/* Components, and the mixture that looks at them; blocks without bounds. */
typedef struct {
  double weight[N], scale[N];
  gm_mixture_block blocks[BLOCKS];
  gm_mixture mixture;
} components;

static void start(components *c, size_t n_factors, const gm_mixture_factor *factors) {
  for (int k = 0; k < N; k++) c->weight[k] = 1.0, c->scale[k] = 0.0;
  for (int b = 0; b < BLOCKS; b++)
    c->blocks[b] =
        (gm_mixture_block){.lowest_mu = -INFINITY, .highest_mu = INFINITY, .largest_scale = INFINITY};
  c->mixture = (gm_mixture){.n_blocks = BLOCKS,
                            .weight = c->weight,
                            .scale = c->scale,
                            .blocks = c->blocks,
                            .n_factors = n_factors,
                            .factors = factors};
}

static void the_sum_of_exponentials_has_the_accuracy_of_a_double(void **state) {
  (void)state;
  /* Each exponential is good to 4e-16 of itself and a few roundings; so is the sum of positive ones. */
  const long double tolerance = 8 * (long double)DBL_EPSILON;
  components c;
  gm_rng rng;
  gm_rng_seed(&rng, 0);
  start(&c, 0, NULL);
  for (int round = 0; round < 100; round++)
    for (int width = 1; width <= 100; width *= 10) {
      long double sum = 0;
      for (int k = 0; k < N; k++) {
        c.weight[k] = gm_rng_double(&rng);
        c.scale[k] = width * (gm_rng_double(&rng) - 0.5);
        sum += (long double)c.weight[k] * expl((long double)c.scale[k]);
      }
      assert_true(fabsl((long double)gm_mixture_sum(&c.mixture, 0.0) - sum) <= tolerance * sum);
    }
}

static void a_reference_divides_the_sum(void **state) {
  (void)state;
  components c;
  start(&c, 0, NULL);
  for (int k = 0; k < N; k++) c.scale[k] = 1000.0; /* e^1000 is out of range, e^(1000 - 999) is not */
  assert_true(fabs(gm_mixture_sum(&c.mixture, 999.0) - N * exp(1.0)) <= 8 * DBL_EPSILON * N * exp(1.0));
  assert_true(gm_mixture_largest(&c.mixture) == 1000.0);
  assert_true(gm_mixture_sum(&c.mixture, 0.0) > 1e300); /* capped at e^709, which the caller notices */
  for (int k = 0; k < N; k++) c.scale[k] = -INFINITY;
  assert_true(gm_mixture_largest(&c.mixture) == -INFINITY);
  c.mixture.n_blocks = 0;
  assert_true(gm_mixture_sum(&c.mixture, 0.0) == 0.0 && gm_mixture_largest(&c.mixture) == -INFINITY);
}

/* All three kinds together, each exponent written out. */
static void every_parameter_adds_to_the_exponent(void **state) {
  (void)state;
  const double table[] = {-0.5, -2.0, -INFINITY};
  double mu[N], inverse_sigma[N], category[N];
  uint32_t group[N];
  gm_rng rng;
  gm_rng_seed(&rng, 1);
  for (uint32_t k = 0; k < N; k++) {
    mu[k] = gm_rng_double(&rng);
    inverse_sigma[k] = 1.0 + gm_rng_double(&rng);
    category[k] = k % 4;
    group[k] = k * k % 3;
  }
  const gm_mixture_factor factors[] = {
      {.kind = GM_FACTOR_NORMAL, .x = 0.75, .mu = mu, .inverse_sigma = inverse_sigma},
      {.kind = GM_FACTOR_CHOICE, .x = 2.0, .category = category, .hit = -0.25, .miss = -1.5},
      {.kind = GM_FACTOR_TABLE, .group = group, .table = table}};
  components c;
  for (size_t n_factors = 0; n_factors <= 3; n_factors++) {
    start(&c, n_factors, factors);
    long double sum = 0, largest = -INFINITY;
    for (int k = 0; k < N; k++) {
      const long double t = (0.75L - (long double)mu[k]) * (long double)inverse_sigma[k];
      long double exponent = n_factors > 0 ? -t * t / 2 : 0;
      exponent += n_factors > 1 ? (k % 4 == 2 ? -0.25L : -1.5L) : 0;
      exponent += n_factors > 2 ? (long double)table[group[k]] : 0;
      sum += expl(exponent);
      largest = fmaxl(largest, exponent);
    }
    assert_true(fabsl((long double)gm_mixture_sum(&c.mixture, 0.0) - sum) <=
                8 * (long double)DBL_EPSILON * sum);
    assert_true(fabsl((long double)gm_mixture_largest(&c.mixture) - largest) <= 4 * (long double)DBL_EPSILON);
  }
}

/* A block is left out by its bounds alone, and only more than 50 below the reference. */
static void blocks_that_cannot_count_are_left_out(void **state) {
  (void)state;
  double mu[N], inverse_sigma[N];
  for (int k = 0; k < N; k++) {
    mu[k] = k / GM_MIXTURE_BLOCK * 5.0; /* blocks 5 apart */
    inverse_sigma[k] = 2.0;             /* 10 bandwidths: t²/2 = 50 for the next one */
  }
  const gm_mixture_factor factor = {
      .kind = GM_FACTOR_NORMAL, .x = 10.0, .mu = mu, .inverse_sigma = inverse_sigma};
  components c;
  start(&c, 1, &factor);
  const double all = gm_mixture_sum(&c.mixture, 0.0);
  for (int b = 0; b < BLOCKS; b++)
    c.blocks[b] = (gm_mixture_block){.lowest_mu = 5.0 * b, .highest_mu = 5.0 * b, .least_inverse_sigma = 2.0};
  assert_true(gm_mixture_sum(&c.mixture, 0.0) == all && all == GM_MIXTURE_BLOCK);
  for (int b = 0; b < BLOCKS; b++)
    if (b != 2) c.blocks[b].largest_scale = -1.0; /* now 51 below */
  for (int k = 0; k < N; k++)
    if (k / GM_MIXTURE_BLOCK != 2) c.weight[k] = NAN; /* would show */
  assert_true(gm_mixture_sum(&c.mixture, 0.0) == GM_MIXTURE_BLOCK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_sum_of_exponentials_has_the_accuracy_of_a_double),
      cmocka_unit_test(a_reference_divides_the_sum),
      cmocka_unit_test(every_parameter_adds_to_the_exponent),
      cmocka_unit_test(blocks_that_cannot_count_are_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
