/* SPDX-License-Identifier: MIT
 * The sum of a mixture's log densities against the C library's long double functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rng.h"
#include "tuning/samplers/mixture.h"

#include <float.h>
#include <math.h>

enum { MAX_N = 200 };

static long double naive_log_sum(size_t n, const double *terms) {
  long double sum = 0;
  for (size_t k = 0; k < n; k++) sum += expl((long double)terms[k]);
  return logl(sum);
}

static void the_sum_of_exponentials_has_the_accuracy_of_a_double(void **state) {
  (void)state;
  /* Each exponential is good to 2e-16 of itself and a few roundings; so is the sum of positive ones. */
  const long double tolerance = 8 * (long double)DBL_EPSILON;
  double terms[MAX_N] = {0};
  gm_rng rng;
  gm_rng_seed(&rng, 0);
  for (size_t n = 1; n <= MAX_N; n++)
    for (int width = 1; width <= 1000; width *= 10) {
      for (size_t k = 0; k < n; k++) terms[k] = width * (gm_rng_double(&rng) - 0.5);
      const long double error = fabsl((long double)gm_mixture_log_sum(n, terms) - naive_log_sum(n, terms));
      const double size = fabs(gm_mixture_log_sum(n, terms)); /* the result is rounded too */
      assert_true(error <= tolerance * fmaxl(1, (long double)size));
    }
}

static void terms_that_are_not_there_add_nothing(void **state) {
  (void)state;
  double terms[MAX_N] = {0};
  for (size_t n = 0; n < MAX_N; n++) {
    for (size_t k = 0; k < n; k++) terms[k] = -INFINITY;
    assert_true(gm_mixture_log_sum(n, terms) == -INFINITY);
    if (n == 0) continue;
    terms[n / 2] = -3.5;
    assert_true(gm_mixture_log_sum(n, terms) == -3.5);
    terms[n - 1] = n / 2 == n - 1 ? -3.5 : -2000.0;
    assert_true(gm_mixture_log_sum(n, terms) == -3.5);
  }
}

static void equal_terms_add_up(void **state) {
  (void)state;
  double terms[MAX_N] = {0};
  for (size_t n = 1; n <= MAX_N; n++) {
    for (size_t k = 0; k < n; k++) terms[k] = 1000.0; /* e^1000 is out of range, its logarithm is not */
    assert_true(fabs(gm_mixture_log_sum(n, terms) - (1000.0 + log((double)n))) <= 1000.0 * 2 * DBL_EPSILON);
  }
}

static void normal_densities_are_added_to_every_term(void **state) {
  (void)state;
  double mu[MAX_N], inverse_sigma[MAX_N], terms[MAX_N];
  for (size_t n = 0; n < MAX_N; n++) {
    for (size_t k = 0; k < MAX_N; k++) {
      mu[k] = (double)k;
      inverse_sigma[k] = 0.25;
      terms[k] = 1.0;
    }
    gm_mixture_add_normal(n, 2.0, mu, inverse_sigma, terms);
    for (size_t k = 0; k < MAX_N; k++) /* exact: small multiples of 1/32 */
      assert_true(terms[k] == (k < n ? 1.0 - (2.0 - mu[k]) * (2.0 - mu[k]) / 32.0 : 1.0));
  }
}

static void every_term_gets_the_entry_of_its_group(void **state) {
  (void)state;
  const double table[] = {0.5, -2.0, -INFINITY};
  uint32_t group[MAX_N];
  double terms[MAX_N];
  for (size_t n = 0; n < MAX_N; n++) {
    for (size_t k = 0; k < MAX_N; k++) {
      group[k] = (uint32_t)(k * k % 3);
      terms[k] = (double)k;
    }
    gm_mixture_add_table(n, group, table, terms);
    for (size_t k = 0; k < MAX_N; k++) assert_true(terms[k] == (double)k + (k < n ? table[group[k]] : 0));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_sum_of_exponentials_has_the_accuracy_of_a_double),
      cmocka_unit_test(terms_that_are_not_there_add_nothing),
      cmocka_unit_test(equal_terms_add_up),
      cmocka_unit_test(every_term_gets_the_entry_of_its_group),
      cmocka_unit_test(normal_densities_are_added_to_every_term),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
