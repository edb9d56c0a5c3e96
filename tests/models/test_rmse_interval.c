/* SPDX-License-Identifier: MIT
 * Intervals of RMSEs and their differences: identities that hold for any series, and one computed by hand.
 * Against numpy: scripts/peers/conformance_intervals.py. How often they hold: tests/coverage_rmse.c. */
#include "common/rng.h"
#include "common/student_t.h"
#include "models/statistics/long_run_variance.h"
#include "models/statistics/rmse_interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { N = 120, SEEDS = 4 };
static const double exact = 1e-13;

typedef struct {
  double truth[N], forecast[2 * SEEDS][N];
  const double *list[2 * SEEDS];
} world;

/* Forecasts of two models, the second with errors so many times as large. */
static world make(uint32_t seed, double factor) {
  world w;
  gm_rng rng;
  gm_rng_seed(&rng, seed);
  for (size_t t = 0; t < N; t++) {
    w.truth[t] = gm_rng_double(&rng);
    for (size_t s = 0; s < 2 * SEEDS; s++)
      w.forecast[s][t] = w.truth[t] + (s < SEEDS ? 1 : factor) * (gm_rng_double(&rng) - 0.5);
  }
  return w;
}

static gm_forecasts models(world *w, size_t first, size_t seeds) {
  for (size_t s = 0; s < 2 * SEEDS; s++) w->list[s] = w->forecast[s];
  return (gm_forecasts){w->list + first, seeds};
}

static gm_interval difference(const world *w, gm_forecasts a, gm_forecasts b) {
  gm_interval i;
  assert_int_equal(gm_rmse_difference(w->truth, &a, &b, N, &i, NULL), GM_OK);
  return i;
}

static void equal_models_differ_by_exactly_nothing(void **state) {
  (void)state;
  world w = make(1, 1);
  const gm_interval i = difference(&w, models(&w, 0, SEEDS), models(&w, 0, SEEDS));
  assert_true(i.value == 0 && i.low == 0 && i.high == 0);
  assert_int_equal(gm_interval_verdict(&i), GM_NOT_APART);
}

static void swapping_the_models_mirrors_the_interval(void **state) {
  (void)state;
  world w = make(2, 0.8);
  const gm_interval i = difference(&w, models(&w, 0, 3), models(&w, SEEDS, 2));
  const gm_interval j = difference(&w, models(&w, SEEDS, 2), models(&w, 0, 3));
  assert_true(fabs(i.value + j.value) < exact && fabs(i.low + j.high) < exact &&
              fabs(i.high + j.low) < exact);
}

/* Errors ±3 and 1: RMSEs 3 and 1 whichever months are looked at, so nothing is uncertain. */
static void errors_of_one_size_have_no_spread(void **state) {
  (void)state;
  world w = make(3, 1);
  for (size_t t = 0; t < N; t++) {
    w.truth[t] = (double)t;
    w.forecast[0][t] = (double)t + (t % 2 == 0 ? 3 : -3);
    w.forecast[SEEDS][t] = (double)t + 1;
  }
  const gm_interval i = difference(&w, models(&w, 0, 1), models(&w, SEEDS, 1));
  assert_true(i.value == 2 && i.low == 2 && i.high == 2);
  assert_int_equal(gm_interval_verdict(&i), GM_ABOVE);
}

static void a_clear_difference_excludes_zero_and_a_small_one_does_not(void **state) {
  (void)state;
  world w = make(4, 0.3);
  gm_interval i = difference(&w, models(&w, 0, 1), models(&w, SEEDS, 1));
  assert_int_equal(gm_interval_verdict(&i), GM_ABOVE);
  i = difference(&w, models(&w, SEEDS, 1), models(&w, 0, 1));
  assert_int_equal(gm_interval_verdict(&i), GM_BELOW);
  w = make(5, 1.01);
  i = difference(&w, models(&w, 0, 1), models(&w, SEEDS, 1));
  assert_int_equal(gm_interval_verdict(&i), GM_NOT_APART);
  assert_true(i.low < i.value && i.value < i.high);
}

/* One model against a perfect one: z_t = (e_t² − MSE)/(2 RMSE), its variance and t by their own functions. */
static void one_seed_is_t_times_the_error_of_the_mean(void **state) {
  (void)state;
  world w = make(6, 0);
  double mse = 0, z[N];
  for (size_t t = 0; t < N; t++) mse += pow(w.forecast[0][t] - w.truth[t], 2) / N;
  for (size_t t = 0; t < N; t++) z[t] = (pow(w.forecast[0][t] - w.truth[t], 2) - mse) / (2 * sqrt(mse));
  const gm_long_run_variance v = gm_variance_by_cosines(z, N, gm_cosines_of_series(z, N));
  const double half = gm_student_t(v.degrees) * sqrt(v.variance / N);
  const gm_forecasts a = models(&w, 0, 1);
  gm_interval i = difference(&w, a, models(&w, SEEDS, 1));
  assert_true(fabs(i.value - sqrt(mse)) < exact && fabs(i.low - (sqrt(mse) - half)) < exact);
  assert_int_equal(gm_rmse_interval(w.truth, &a, N, &i, NULL), GM_OK);
  assert_true(fabs(i.value - sqrt(mse)) < exact && fabs(i.high - (sqrt(mse) + half)) < exact);
}

/* Seeds that differ only by the size of their errors, 1 and 2 against a perfect model: the mean over
 * seeds is 1.5 with standard error 0.5, one degree of freedom, and the months tell nothing. */
static void the_spread_over_seeds_is_added(void **state) {
  (void)state;
  world w = make(7, 0);
  for (size_t t = 0; t < N; t++) {
    w.forecast[0][t] = w.truth[t] + (t % 2 == 0 ? 1 : -1);
    w.forecast[1][t] = w.truth[t] + (t % 2 == 0 ? 2 : -2);
  }
  const gm_interval i = difference(&w, models(&w, 0, 2), models(&w, SEEDS, 1));
  assert_true(fabs(i.value - 1.5) < exact && fabs(i.high - i.value - 0.5 * gm_student_t(1)) < 1e-6);
  /* paired: the second model has 1 more in both seeds, which is certain */
  for (size_t t = 0; t < N; t++)
    for (size_t s = 0; s < 2; s++)
      w.forecast[SEEDS + s][t] = w.truth[t] + (t % 2 == 0 ? 1.0 : -1.0) * (double)(s + 2);
  const gm_interval paired = difference(&w, models(&w, SEEDS, 2), models(&w, 0, 2));
  assert_true(fabs(paired.value - 1) < exact && paired.high - paired.low < 1e-6);
}

static void few_months_give_no_interval_and_broken_forecasts_are_refused(void **state) {
  (void)state;
  world w = make(8, 1);
  gm_interval i;
  gm_error err = {0};
  const gm_forecasts a = models(&w, 0, 1), b = models(&w, SEEDS, 1), none = {0};
  assert_int_equal(gm_rmse_difference(w.truth, &a, &b, GM_INTERVAL_MIN_MONTHS - 1, &i, &err), GM_OK);
  assert_true(isfinite(i.value) && isnan(i.low) && isnan(i.high));
  assert_int_equal(gm_interval_verdict(&i), GM_NOT_APART);
  assert_int_equal(gm_rmse_difference(w.truth, &a, &b, 0, &i, &err), GM_FAILED);
  assert_int_equal(gm_rmse_difference(w.truth, &a, &none, N, &i, &err), GM_FAILED);
  w.forecast[SEEDS][3] = NAN;
  assert_int_equal(gm_rmse_difference(w.truth, &a, &b, N, &i, &err), GM_FAILED);
  assert_true(isnan(i.value) && isnan(i.low) && isnan(i.high));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_models_differ_by_exactly_nothing),
      cmocka_unit_test(swapping_the_models_mirrors_the_interval),
      cmocka_unit_test(errors_of_one_size_have_no_spread),
      cmocka_unit_test(a_clear_difference_excludes_zero_and_a_small_one_does_not),
      cmocka_unit_test(one_seed_is_t_times_the_error_of_the_mean),
      cmocka_unit_test(the_spread_over_seeds_is_added),
      cmocka_unit_test(few_months_give_no_interval_and_broken_forecasts_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
