/* SPDX-License-Identifier: MIT
 * The interval of a ratio from pairs: by hand, where it cannot be, and how often it holds the truth. */
#include "common/rng.h"
#include "models/statistics/ratio_interval.h"
#include "tests/assert_near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the above before it */
#include <cmocka.h>

static const double rounding = 1e-12;

/* Box and Muller (1958). */
static double normal(gm_rng *rng) {
  const double u = 1 - gm_rng_double(rng), angle = 2 * acos(-1) * gm_rng_double(rng);
  return sqrt(-2 * log(u)) * cos(angle);
}

/* Ratios 2 and 8: logarithms ln 2 and 3 ln 2, of mean 2 ln 2 and s/√2 = ln 2, and t of one degree of freedom
 * is 12.706. */
static void two_ratios_by_hand(void **state) {
  (void)state;
  const double a[] = {2, 8}, b[] = {1, 1};
  const gm_interval ratio = gm_ratio_interval(a, b, 2);
  assert_near(ratio.value, 4, rounding);
  assert_near(ratio.low, 4 * pow(2, -12.706), rounding);
  assert_near(ratio.high, 4 * pow(2, 12.706), 4 * pow(2, 12.706) * rounding);
}

static void equal_ratios_have_no_width(void **state) {
  (void)state;
  const double a[] = {1, 2, 4}, b[] = {2, 4, 8};
  const gm_interval ratio = gm_ratio_interval(a, b, 3);
  assert_near(ratio.value, 0.5, rounding);
  assert_near(ratio.low, 0.5, rounding);
  assert_near(ratio.high, 0.5, rounding);
}

static void without_pairs_there_are_no_bounds(void **state) {
  (void)state;
  const double a[] = {3, 0, NAN}, b[] = {2, 1, 1};
  assert_near(gm_ratio_interval(a, b, 1).value, 1.5, rounding);
  for (size_t n = 1; n <= 3; n++) {
    assert_true(isnan(gm_ratio_interval(a, b, n).low));
    assert_true(isnan(gm_ratio_interval(a, b, n).high));
  }
}

/* Four seeds alike and a large one that took twice as much: the logarithms ln 2, 0, 0, 0, 0 have the mean
 * 0.2 ln 2, s/√5 is as large, and t is 2.776. The ratio of the sums, 74/49 = 1.51, would lie as far above 1
 * as the interval is wide. */
static void one_large_pair_decides_nothing(void **state) {
  (void)state;
  const double a[] = {50, 6, 6, 6, 6}, b[] = {25, 6, 6, 6, 6};
  const gm_interval ratio = gm_ratio_interval(a, b, 5);
  assert_near(ratio.value, pow(2, 0.2), rounding);
  assert_near(ratio.low, pow(2, 0.2 * (1 - 2.776)), 1e-4);
  assert_near(ratio.high, pow(2, 0.2 * (1 + 2.776)), 1e-4);
}

/* Pairs that do not differ but for factors drawn alike: the interval leaves 1 out in a twentieth of the
 * cases, whatever the number of pairs; the extremes of two would in half of them. */
static void it_holds_the_truth_as_often_as_it_says(void **state) {
  (void)state;
  enum { CASES = 4000, MOST = 5 };
  gm_rng rng;
  gm_rng_seed(&rng, 1);
  for (size_t n = 2; n <= MOST; n++) {
    int held = 0;
    for (int i = 0; i < CASES; i++) {
      double a[MOST], b[MOST];
      for (size_t k = 0; k < n; k++) {
        const double size = exp(normal(&rng)); /* of the seed */
        a[k] = size * exp(0.05 * normal(&rng));
        b[k] = size * exp(0.05 * normal(&rng));
      }
      const gm_interval ratio = gm_ratio_interval(a, b, n);
      held += ratio.low <= 1 && ratio.high >= 1;
    }
    assert_near((double)held / CASES, 0.95, 0.014); /* four standard errors */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_ratios_by_hand),
      cmocka_unit_test(equal_ratios_have_no_width),
      cmocka_unit_test(one_large_pair_decides_nothing),
      cmocka_unit_test(without_pairs_there_are_no_bounds),
      cmocka_unit_test(it_holds_the_truth_as_often_as_it_says),
  };
  return cmocka_run_group_tests_name("ratio_interval", tests, NULL, NULL);
}
