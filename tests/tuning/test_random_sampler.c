/* SPDX-License-Identifier: MIT
 * Random draws against values that numpy and Optuna give for the same seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/samplers/random_sampler.h"

#include <math.h>

/* exp and log of two C libraries may differ in the last digit. */
static const double tolerance = 1e-15;

/* optuna.samplers.RandomSampler(seed=42), optuna 5.0.0, one parameter after another. */
static void seed_42_gives_optunas_values(void **state) {
  (void)state;
  const struct {
    gm_distribution d;
    double expected;
  } draws[] = {
      {gm_float_range(-2.0, 3.0), -0.12729940576318755},
      {gm_choice(3, NULL), 0.0},
      {gm_int_range(1, 20), 4.0},
      {gm_float_log_range(1e-5, 0.1), 4.207053950287933e-05},
      {gm_int_log_range(1, 256), 1.0},
      {gm_float_grid(0.0, 1.0, 0.125), 0.875},
      {gm_int_grid(16, 256, 16), 160.0},
      {gm_choice(2, NULL), 0.0},
      {gm_float_range(0.0, 1.0), 0.9699098521619943},
  };
  gm_rng rng;
  gm_rng_seed(&rng, 42);
  for (size_t i = 0; i < sizeof draws / sizeof draws[0]; i++) {
    const double x = gm_random_value(&rng, &draws[i].d);
    assert_true(fabs(x - draws[i].expected) <= tolerance * fabs(draws[i].expected));
  }
}

/* chi² of the counts of `n` draws over `cells` equally likely grid points. */
static double chi_square(const gm_distribution *d, int cells) {
  enum { N = 20000, MAX_CELLS = 16 };
  int counts[MAX_CELLS] = {0};
  gm_rng rng;
  gm_rng_seed(&rng, 3);
  for (int i = 0; i < N; i++) {
    const double x = gm_random_value(&rng, d);
    assert_true(gm_distribution_contains(d, x));
    counts[d->kind == GM_CATEGORICAL ? (int)x : (int)lrint((x - d->low) / d->step)]++;
  }
  double sum = 0.0;
  for (int c = 0; c < cells; c++) sum += (counts[c] - (double)N / cells) * (counts[c] - (double)N / cells);
  return sum * cells / N;
}

/* The ends of a grid are as likely as its middle. The 0.9999 quantile of chi² with 9 degrees is 33.7. */
static void grid_points_and_categories_are_equally_likely(void **state) {
  (void)state;
  static const double chi_square_9_limit = 33.7;
  const gm_distribution grids[] = {gm_int_range(-4, 5), gm_int_grid(16, 160, 16),
                                   gm_float_grid(0.0, 0.9, 0.1), gm_choice(10, NULL)};
  for (size_t i = 0; i < sizeof grids / sizeof grids[0]; i++)
    assert_true(chi_square(&grids[i], 10) < chi_square_9_limit);
}

static void continuous_draws_stay_below_high_and_cover_the_logarithm(void **state) {
  (void)state;
  const gm_distribution d = gm_float_log_range(1e-4, 1e-2), tiny = gm_float_range(1.0, nextafter(1.0, 2.0));
  gm_rng rng;
  gm_rng_seed(&rng, 5);
  enum { N = 20000 };
  int lower_half = 0;
  for (int i = 0; i < N; i++) {
    const double x = gm_random_value(&rng, &d);
    assert_true(x >= d.low && x < d.high);
    lower_half += x < 1e-3;
    assert_true(gm_random_value(&rng, &tiny) == 1.0);
  }
  static const double four_sigma = 4.0 * 0.5 * 141.42135623730951; /* 4 sqrt(N / 4) */
  assert_true(fabs(lower_half - N / 2.0) < four_sigma);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(seed_42_gives_optunas_values),
      cmocka_unit_test(grid_points_and_categories_are_equally_likely),
      cmocka_unit_test(continuous_draws_stay_below_high_and_cover_the_logarithm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
