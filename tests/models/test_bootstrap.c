/* SPDX-License-Identifier: MIT
 * The block bootstrap: identities that hold for any seed, and its coverage of a known case. */
#include "common/rng.h"
#include "models/statistics/bootstrap.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { N = 120, BLOCK = 12, REPLICATES = 2000 };

typedef struct {
  double truth[N], a[N], b[N];
} forecasts;

static forecasts make(uint32_t seed, double noise_a, double noise_b) {
  forecasts f;
  gm_rng rng;
  gm_rng_seed(&rng, seed);
  for (size_t i = 0; i < N; i++) {
    f.truth[i] = gm_rng_double(&rng);
    f.a[i] = f.truth[i] + noise_a * (gm_rng_double(&rng) - 0.5);
    f.b[i] = f.truth[i] + noise_b * (gm_rng_double(&rng) - 0.5);
  }
  return f;
}

static gm_bootstrap_interval run(const double *truth, const double *a, const double *b, size_t block,
                                 uint32_t seed) {
  gm_bootstrap_interval interval;
  assert_int_equal(gm_bootstrap_rmse_difference(truth, a, b, N, block, REPLICATES, seed, &interval, NULL),
                   GM_OK);
  return interval;
}

static void equal_models_differ_by_exactly_nothing(void **state) {
  (void)state;
  const forecasts f = make(1, 1, 1);
  const gm_bootstrap_interval i = run(f.truth, f.a, f.a, BLOCK, 0);
  assert_true(i.difference == 0 && i.low == 0 && i.high == 0);
}

static void swapping_the_models_mirrors_the_interval(void **state) {
  (void)state;
  const forecasts f = make(2, 1, 0.8);
  const gm_bootstrap_interval i = run(f.truth, f.a, f.b, BLOCK, 0), j = run(f.truth, f.b, f.a, BLOCK, 0);
  assert_true(i.difference == -j.difference);
  assert_true(fabs(i.low + j.high) < 1e-15 && fabs(i.high + j.low) < 1e-15); /* interpolation rounds */
}

/* Errors of the same size everywhere: every replicate has the same RMSE. */
static void constant_errors_have_no_spread(void **state) {
  (void)state;
  forecasts f = make(3, 0, 0);
  for (size_t i = 0; i < N; i++) {
    f.truth[i] = (double)i;
    f.a[i] = (double)i + (i % 2 == 0 ? 3 : -3);
    f.b[i] = (double)i + 1;
  }
  const gm_bootstrap_interval i = run(f.truth, f.a, f.b, BLOCK, 0);
  assert_true(i.difference == 2 && i.low == 2 && i.high == 2);
}

/* With one block there is only one way to draw it. */
static void a_block_of_all_samples_has_no_spread(void **state) {
  (void)state;
  const forecasts f = make(4, 1, 0.5);
  const gm_bootstrap_interval i = run(f.truth, f.a, f.b, N, 0);
  assert_true(i.low == i.difference && i.high == i.difference);
}

static void the_same_seed_gives_the_same_interval(void **state) {
  (void)state;
  const forecasts f = make(5, 1, 0.9);
  const gm_bootstrap_interval i = run(f.truth, f.a, f.b, BLOCK, 7), j = run(f.truth, f.a, f.b, BLOCK, 7);
  const gm_bootstrap_interval other = run(f.truth, f.a, f.b, BLOCK, 8);
  assert_memory_equal(&i, &j, sizeof i);
  assert_true(other.low != i.low);
  assert_true(i.low < i.difference && i.difference < i.high);
}

static void a_clear_difference_excludes_zero(void **state) {
  (void)state;
  const forecasts f = make(6, 2, 0.5);
  const gm_bootstrap_interval i = run(f.truth, f.a, f.b, BLOCK, 0);
  assert_true(i.low > 0);
}

/* Blocks of one sample are the plain bootstrap; the error of the mean squared error of a (b perfect) is
 * known: with e² = u²/4 for uniform u its standard error is sd(e²)/√N, and that of the RMSE half of it over
 * the RMSE. */
static void single_blocks_have_the_spread_of_the_plain_bootstrap(void **state) {
  (void)state;
  const forecasts f = make(7, 1, 0);
  double mean = 0, square = 0;
  for (size_t i = 0; i < N; i++) {
    const double e2 = (f.a[i] - f.truth[i]) * (f.a[i] - f.truth[i]);
    mean += e2 / N;
    square += e2 * e2 / N;
  }
  const double expected = 2 * 1.96 * sqrt((square - mean * mean) / N) / (2 * sqrt(mean));
  const gm_bootstrap_interval i = run(f.truth, f.a, f.b, 1, 0);
  assert_true(fabs((i.high - i.low) / expected - 1) < 0.1); /* of 2000 replicates: about 3 % */
}

static void what_cannot_be_drawn_is_refused(void **state) {
  (void)state;
  forecasts f = make(8, 1, 1);
  gm_bootstrap_interval i;
  gm_error err = {0};
  assert_int_equal(gm_bootstrap_rmse_difference(f.truth, f.a, f.b, N, 0, 10, 0, &i, &err), GM_BAD_INPUT);
  assert_int_equal(gm_bootstrap_rmse_difference(f.truth, f.a, f.b, N, N + 1, 10, 0, &i, &err), GM_BAD_INPUT);
  assert_int_equal(gm_bootstrap_rmse_difference(f.truth, f.a, f.b, N, BLOCK, 0, 0, &i, &err), GM_BAD_INPUT);
  assert_int_equal(gm_bootstrap_rmse_difference(f.truth, f.a, f.b, 0, 1, 10, 0, &i, &err), GM_BAD_INPUT);
  f.b[3] = NAN;
  assert_int_equal(gm_bootstrap_rmse_difference(f.truth, f.a, f.b, N, BLOCK, 10, 0, &i, &err), GM_FAILED);
  assert_true(isnan(i.difference) && isnan(i.low) && isnan(i.high));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_models_differ_by_exactly_nothing),
      cmocka_unit_test(swapping_the_models_mirrors_the_interval),
      cmocka_unit_test(constant_errors_have_no_spread),
      cmocka_unit_test(a_block_of_all_samples_has_no_spread),
      cmocka_unit_test(the_same_seed_gives_the_same_interval),
      cmocka_unit_test(a_clear_difference_excludes_zero),
      cmocka_unit_test(single_blocks_have_the_spread_of_the_plain_bootstrap),
      cmocka_unit_test(what_cannot_be_drawn_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
