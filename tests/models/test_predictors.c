/* SPDX-License-Identifier: MIT
 * The two ways to store X give the same numbers. */
#include "models/regression/predictors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 2, P = 3 };

static const double contiguous[N * P] = {1, 2, 3, 5, 7, 12};
static const float row_a[P] = {1, 2, 3}, row_b[P] = {5, 7, 12};
static const float *const rows[N] = {row_a, row_b};
static const gm_predictors views[] = {{.n = N, .p = P, .x = contiguous}, {.n = N, .p = P, .rows = rows}};

static void both_views_do_the_same_arithmetic(void **state) {
  (void)state;
  for (size_t v = 0; v < 2; v++) {
    double mean[P], copy[2], sum[P] = {1, 1, 1};
    gm_predictors_means(&views[v], NULL, mean);
    assert_true(mean[0] == 3 && mean[1] == 4.5 && mean[2] == 7.5);
    gm_predictors_copy(&views[v], 1, 1, 2, mean, copy);
    assert_true(copy[0] == 2.5 && copy[1] == 4.5);
    gm_predictors_combine(&views[v], (double[]){2, 0}, mean, NULL, sum);
    assert_true(sum[0] == -3 && sum[1] == -4 && sum[2] == -8);
    double products[N];
    gm_predictors_multiply(&views[v], (double[]){1, 0, -1}, NULL, products);
    assert_true(products[0] == -2 && products[1] == -7);
  }
}

static void a_value_that_is_not_finite_is_found(void **state) {
  (void)state;
  const double bad[N * P] = {1, 2, 3, 5, NAN, INFINITY};
  const float infinite[P] = {1, 2, INFINITY};
  const float *const bad_rows[N] = {row_a, infinite};
  size_t row, column;
  for (size_t v = 0; v < 2; v++) assert_false(gm_predictors_not_finite(&views[v], NULL, &row, &column));
  assert_true(gm_predictors_not_finite(&(gm_predictors){.n = N, .p = P, .x = bad}, NULL, &row, &column));
  assert_true(row == 1 && column == 1);
  assert_true(
      gm_predictors_not_finite(&(gm_predictors){.n = N, .p = P, .rows = bad_rows}, NULL, &row, &column));
  assert_true(row == 1 && column == 2);
}

/* Large enough for several pieces of rows and of columns, none of them full at the end. */
static void any_number_of_threads_gives_the_same_bits(void **state) {
  (void)state;
  enum { ROWS = 150, COLUMNS = 1111 };
  gm_parallel *pool;
  double *x = malloc(ROWS * COLUMNS * sizeof *x), *out = malloc(6 * (ROWS + COLUMNS) * sizeof *out);
  assert_true(x != NULL && out != NULL && gm_parallel_create(&pool, 3, NULL) == GM_OK);
  for (size_t i = 0; i < ROWS * COLUMNS; i++) x[i] = sin((double)i);
  const gm_predictors X = {.n = ROWS, .p = COLUMNS, .x = x};
  double *results[2] = {out, out + 3 * (ROWS + COLUMNS)};
  for (int threads = 0; threads < 2; threads++) {
    double *mean = results[threads], *sum = mean + COLUMNS, *products = sum + COLUMNS;
    memset(sum, 0, COLUMNS * sizeof *sum);
    gm_predictors_means(&X, threads == 0 ? NULL : pool, mean);
    gm_predictors_multiply(&X, mean, threads == 0 ? NULL : pool, products);
    gm_predictors_combine(&X, products, mean, threads == 0 ? NULL : pool, sum);
  }
  assert_memory_equal(results[0], results[1], (2 * COLUMNS + ROWS) * sizeof *out);
  size_t row, column;
  assert_false(gm_predictors_not_finite(&X, pool, &row, &column));
  x[140 * COLUMNS + 7] = NAN;
  x[77 * COLUMNS + 1110] = INFINITY;
  assert_true(gm_predictors_not_finite(&X, pool, &row, &column));
  assert_true(row == 77 && column == 1110); /* the first */
  gm_parallel_free(pool);
  free(x);
  free(out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_views_do_the_same_arithmetic),
      cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
      cmocka_unit_test(a_value_that_is_not_finite_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
