/* SPDX-License-Identifier: MIT
 * The regression through the samples' products: the system it solves, errors of fits made without each sample
 * in turn, and the Gram matrix under it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rng.h"
#include "models/regression/dual_left_out.h"
#include "models/regression/gram.h"

#include <math.h>
#include <string.h>

enum { N = 37, P = 300, GRID = 4 }; /* N: not a multiple of what a piece holds */
static const double lambda[GRID] = {1e-3, 0.5, 40, 1e4};

typedef struct {
  double x[N][P], y[N];
  gm_predictors view;
} data;

static void fill(data *d, size_t n, size_t p) {
  gm_rng rng;
  gm_rng_seed(&rng, 4);
  for (size_t i = 0; i < n; i++) {
    double *row = &d->x[0][0] + i * p;
    for (size_t j = 0; j < p; j++) row[j] = 3 + gm_rng_double(&rng);
    d->y[i] = row[0] - row[1] + 0.2 * gm_rng_double(&rng);
  }
  d->view = (gm_predictors){.n = n, .p = p, .x = &d->x[0][0]};
}

static gm_dual build(const data *d, bool intercept, gm_parallel *pool) {
  gm_dual dual;
  assert_int_equal(gm_dual_build(&d->view, intercept, pool, &dual, NULL), GM_OK);
  return dual;
}

/* K_il of the centred predictors, written out. */
static double product(const data *d, const gm_dual *dual, size_t i, size_t l) {
  double sum = 0;
  for (size_t j = 0; j < d->view.p; j++)
    sum += (d->view.x[i * d->view.p + j] - dual->mean[j]) * (d->view.x[l * d->view.p + j] - dual->mean[j]);
  return sum;
}

static void the_solution_satisfies_the_system(void **state) {
  (void)state;
  static data d;
  static const double tolerance = 1e-11; /* condition of K below 1e3, rounding 1e-16 · N */
  fill(&d, N, P);
  for (int intercept = 0; intercept <= 1; intercept++) {
    gm_dual dual = build(&d, intercept != 0, NULL);
    double y[N], a[N], mean = 0;
    for (size_t i = 0; i < N; i++) mean += intercept ? d.y[i] / N : 0;
    for (size_t i = 0; i < N; i++) y[i] = d.y[i] - mean;
    for (int g = -1; g < GRID; g++) {
      const double penalty = g < 0 ? 0 : lambda[g];
      assert_true(gm_dual_solve(&dual, y, penalty, a));
      for (size_t i = 0; i < N; i++) {
        double left = penalty * a[i] - y[i];
        for (size_t l = 0; l < N; l++) left += product(&d, &dual, i, l) * a[l];
        assert_true(fabs(left) < tolerance * fmax(1, penalty * fabs(a[i])));
      }
    }
    gm_dual_free(&dual);
  }
}

/* s_j² are the eigenvalues of K: their sum is its trace, the sum of their squares that of its squares. */
static void singular_values_keep_the_invariants(void **state) {
  (void)state;
  static data d;
  fill(&d, N, P);
  gm_dual dual = build(&d, true, NULL);
  double s[N], trace = 0, squares = 0, sum = 0, sum_of_squares = 0;
  assert_int_equal(gm_dual_singular_values(&dual, s, NULL), GM_OK);
  for (size_t i = 0; i < N; i++) {
    trace += product(&d, &dual, i, i);
    for (size_t l = 0; l < N; l++) squares += product(&d, &dual, i, l) * product(&d, &dual, i, l);
  }
  for (size_t j = 0; j < dual.k; j++) {
    assert_true(j == 0 || s[j] <= s[j - 1]);
    sum += s[j] * s[j];
    sum_of_squares += pow(s[j], 4);
  }
  assert_int_equal(dual.k, N - 1);
  assert_true(fabs(dual.greatest - s[0]) < 1e-12 * s[0] && fabs(dual.least - s[N - 2]) < 1e-12 * s[0]);
  assert_true(fabs(sum - trace) < 1e-12 * trace && fabs(sum_of_squares - squares) < 1e-12 * squares);
  gm_dual_free(&dual);
}

/* Units do not matter, whether squares of K's numbers can be represented or not; of a K that cannot itself
 * nothing is resolved. */
static void singular_values_are_found_in_all_units(void **state) {
  (void)state;
  static data d;
  static const double units[] = {1e-100, 1e100, 1e200};
  fill(&d, N, P);
  gm_dual dual = build(&d, true, NULL);
  const double greatest = dual.greatest, least = dual.least;
  gm_dual_free(&dual);
  for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
    fill(&d, N, P);
    for (size_t i = 0; i < N; i++)
      for (size_t j = 0; j < P; j++) d.x[i][j] *= units[u];
    dual = build(&d, true, NULL);
    const double expected = units[u] < 1e150 ? units[u] : 0, tolerance = 1e-12 * greatest * expected;
    assert_true(fabs(dual.greatest - expected * greatest) <= tolerance);
    assert_true(fabs(dual.least - expected * least) <= tolerance);
    gm_dual_free(&dual);
  }
}

/* The error at sample `out` of a ridge regression of the others. */
static double error_without(const data *d, bool intercept, size_t out, double penalty) {
  static data rest;
  const size_t p = d->view.p, n = d->view.n - 1;
  double mean = 0, a[N], prediction = 0;
  for (size_t i = 0, k = 0; i < d->view.n; i++) {
    if (i == out) continue;
    memcpy(&rest.x[0][0] + k * p, d->view.x + i * p, p * sizeof(double));
    rest.y[k++] = d->y[i];
  }
  rest.view = (gm_predictors){.n = n, .p = p, .x = &rest.x[0][0]};
  for (size_t i = 0; i < n; i++) mean += intercept ? rest.y[i] / (double)n : 0;
  for (size_t i = 0; i < n; i++) rest.y[i] -= mean;
  gm_dual dual = build(&rest, intercept, NULL);
  assert_true(gm_dual_solve(&dual, rest.y, penalty, a));
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < p; j++)
      prediction += a[i] * (rest.view.x[i * p + j] - dual.mean[j]) * (d->view.x[out * p + j] - dual.mean[j]);
  gm_dual_free(&dual);
  return d->y[out] - mean - prediction;
}

static void errors_left_out_are_those_of_fits_without_the_sample(void **state) {
  (void)state;
  static data d;
  static const double tolerance = 1e-10;
  fill(&d, N, P);
  for (int intercept = 0; intercept <= 1; intercept++) {
    gm_dual dual = build(&d, intercept != 0, NULL);
    double y[N], ours[GRID], mean = 0;
    for (size_t i = 0; i < N; i++) mean += intercept ? d.y[i] / N : 0;
    for (size_t i = 0; i < N; i++) y[i] = d.y[i] - mean;
    assert_int_equal(gm_dual_leave_one_out(&dual, y, lambda, GRID, NULL, ours, NULL), GM_OK);
    for (int g = 0; g < GRID; g++) {
      double naive = 0;
      for (size_t i = 0; i < N; i++) naive += pow(error_without(&d, intercept != 0, i, lambda[g]), 2) / N;
      assert_true(fabs(ours[g] - naive) < tolerance * naive);
    }
    gm_dual_free(&dual);
  }
}

static void threads_change_no_bit(void **state) {
  (void)state;
  static data d;
  double error[2][GRID], a[2][N];
  gm_parallel *pool;
  fill(&d, N, P);
  assert_int_equal(gm_parallel_create(&pool, 3, NULL), GM_OK);
  for (int threads = 0; threads < 2; threads++) {
    gm_dual dual = build(&d, true, threads ? pool : NULL);
    assert_int_equal(
        gm_dual_leave_one_out(&dual, d.y, lambda, GRID, threads ? pool : NULL, error[threads], NULL), GM_OK);
    assert_true(gm_dual_solve(&dual, d.y, 1, a[threads]));
    gm_dual_free(&dual);
  }
  assert_memory_equal(error[0], error[1], sizeof error[0]);
  assert_memory_equal(a[0], a[1], sizeof a[0]);
  gm_parallel_free(pool);
}

/* A sample that is there twice: K is singular, and a penalty below zero makes T + λI indefinite. */
static void what_is_not_positive_is_refused(void **state) {
  (void)state;
  static data d;
  double s[N], a[N], error;
  const double negative = -1e-6;
  fill(&d, N, P);
  memcpy(d.x[5], d.x[9], sizeof d.x[5]);
  gm_dual dual = build(&d, false, NULL);
  assert_int_equal(gm_dual_singular_values(&dual, s, NULL), GM_OK);
  assert_true(dual.least == 0 && s[N - 1] == 0 && s[N - 2] > 0);
  assert_false(gm_dual_solve(&dual, d.y, negative, a));
  assert_int_equal(gm_dual_leave_one_out(&dual, d.y, &negative, 1, NULL, &error, NULL), GM_OK);
  assert_true(isinf(error));
  gm_dual_free(&dual);
}

static void two_samples_are_enough(void **state) {
  (void)state;
  static data d;
  double a[2];
  fill(&d, 2, P);
  const double y[2] = {-1, 1};
  gm_dual dual = build(&d, true, NULL);
  assert_int_equal(dual.k, 1);
  assert_true(gm_dual_solve(&dual, y, 0, a));
  assert_true(fabs(a[0] * product(&d, &dual, 0, 0) + a[1] * product(&d, &dual, 0, 1) + 1) < 1e-12);
  gm_dual_free(&dual);
}

static void the_gram_matrix_is_the_products_of_the_rows(void **state) {
  (void)state;
  static data d;
  static const size_t widths[] = {1, 2, 127, 128, 129, P};
  double mean[P], K[N * N];
  for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
    fill(&d, N, widths[w]);
    for (size_t j = 0; j < widths[w]; j++) mean[j] = 0.25 * (double)j;
    assert_int_equal(gm_gram_matrix(&d.view, mean, NULL, K, NULL), GM_OK);
    for (size_t i = 0; i < N; i++)
      for (size_t l = 0; l <= i; l++) {
        double sum = 0, size = 0;
        for (size_t j = 0; j < widths[w]; j++) {
          const double term =
              (d.view.x[i * widths[w] + j] - mean[j]) * (d.view.x[l * widths[w] + j] - mean[j]);
          sum += term;
          size += fabs(term);
        }
        assert_true(fabs(K[i * N + l] - sum) <= 1e-14 * size);
      }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_solution_satisfies_the_system),
      cmocka_unit_test(singular_values_keep_the_invariants),
      cmocka_unit_test(singular_values_are_found_in_all_units),
      cmocka_unit_test(errors_left_out_are_those_of_fits_without_the_sample),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(what_is_not_positive_is_refused),
      cmocka_unit_test(two_samples_are_enough),
      cmocka_unit_test(the_gram_matrix_is_the_products_of_the_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
