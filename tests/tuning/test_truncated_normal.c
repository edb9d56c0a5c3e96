/* SPDX-License-Identifier: MIT
 * Log masses and quantiles: identities, and integrals by another rule. The reference
 * values at 60 digits are in fixtures/tpe.json, which conformance_tpe checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/samplers/truncated_normal.h"

#include <math.h>

/* Optuna's own error against 60 digits is 3e-11; ours must not be larger. */
static const double tolerance = 3e-11;
/* Simpson's error is h^4 / 180 of the fourth derivative times the width; out to 10 that derivative is at most
 * 10^4 times the density, and h = 2.1 / 2000: 1e-10 of the mass. */
static const double integral_tolerance = 1e-10;

static double simpson(double a, double b) {
  enum { N = 2000 };
  static const double inverse_sqrt_2pi = 0.39894228040143267794;
  const double h = (b - a) / N;
  double sum = 0.0;
  for (int i = 0; i <= N; i++) {
    const double x = a + h * i;
    sum += (i == 0 || i == N ? 1.0 : i % 2 == 1 ? 4.0 : 2.0) * exp(-0.5 * x * x);
  }
  return sum * h / 3.0 * inverse_sqrt_2pi;
}

static void mass_agrees_with_simpsons_rule(void **state) {
  (void)state;
  for (double a = -8.0; a < 8.0; a += 0.37) {
    for (double width = 1e-6; width < 2.1; width *= 3.0) {
      const double mass = simpson(a, a + width);
      assert_true(fabs(gm_log_normal_mass(a, a + width) - log(mass)) < integral_tolerance);
    }
  }
}

/* Phi(b) - Phi(a) = (Phi(c) - Phi(a)) + (Phi(b) - Phi(c)), also where the formula changes. */
static void masses_of_two_parts_add_up_to_the_whole(void **state) {
  (void)state;
  static const double cuts[] = {-40.0, -37.5, -36.5, -20.1, -19.9, -6.0, -0.06, -0.05, -0.01, 0.0,
                                0.01,  0.04,  0.06,  1.0,   5.0,   6.5,  19.9,  20.1,  36.9,  37.1};
  enum { N = sizeof cuts / sizeof cuts[0] };
  for (int i = 0; i < N; i++) {
    for (int j = i + 1; j < N; j++) {
      for (int k = j + 1; k < N; k++) {
        const double whole = gm_log_normal_mass(cuts[i], cuts[k]);
        const double left = gm_log_normal_mass(cuts[i], cuts[j]),
                     right = gm_log_normal_mass(cuts[j], cuts[k]);
        const double sum = exp(left - whole) + exp(right - whole);
        assert_true(fabs(sum - 1.0) < tolerance);
      }
    }
  }
}

static void mass_is_symmetric_and_reaches_one(void **state) {
  (void)state;
  for (double a = -41.0; a < 41.0; a += 1.7) {
    const double left = gm_log_normal_mass(a, a + 3.0), right = gm_log_normal_mass(-a - 3.0, -a);
    assert_true(fabs(left - right) <= tolerance * fabs(left));
  }
  assert_true(gm_log_normal_mass(-50.0, 50.0) == 0.0);
  assert_true(fabs(gm_log_ndtr(0.0) - log(0.5)) < 1e-16);
  assert_true(gm_log_normal_mass(1e200, 2e200) == -INFINITY);
}

static void quantile_is_the_inverse_of_the_mass(void **state) {
  (void)state;
  static const double bounds[][2] = {{-1.0, 1.0},  {-0.01, 99.0}, {-99.0, 0.01}, {0.0, 2.0},
                                     {5.0, 7.0},   {-7.0, -5.0},  {30.0, 31.0},  {-8.0, 0.0},
                                     {-3.0, 1e-3}, {-1e-3, 1e-3}, {-45.0, -44.0}};
  for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
    const double a = bounds[i][0], b = bounds[i][1];
    assert_true(gm_truncated_normal_quantile(0.0, a, b) == a);
    assert_true(gm_truncated_normal_quantile(1.0, a, b) == b);
    double previous = a;
    for (double q = 1.0 / 64.0; q < 1.0; q += 1.0 / 64.0) {
      const double x = gm_truncated_normal_quantile(q, a, b);
      assert_true(previous < x && x < b);
      previous = x;
      const double back = exp(gm_log_normal_mass(a, x) - gm_log_normal_mass(a, b));
      /* x rounds at |x| 2e-16 and the mass grows by |x| per unit of x far out, by 1 / width in a narrow
       * interval. */
      assert_true(fabs(back - q) < tolerance * fmax(1.0, 1e-2 / (b - a)));
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mass_agrees_with_simpsons_rule),
      cmocka_unit_test(masses_of_two_parts_add_up_to_the_whole),
      cmocka_unit_test(mass_is_symmetric_and_reaches_one),
      cmocka_unit_test(quantile_is_the_inverse_of_the_mass),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
