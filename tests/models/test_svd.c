/* SPDX-License-Identifier: MIT
 * The factorisation: it gives back X, its vectors are orthonormal, and both ways to it agree. */
#include "common/rng.h"
#include "models/regression/svd.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const double rounding = 1e-13; /* sums of up to 600 products of numbers near 1 */

static double *uniform_matrix(size_t n, size_t p, uint32_t seed) {
  double *x = malloc(n * p * sizeof *x);
  gm_rng rng;
  assert_non_null(x);
  gm_rng_seed(&rng, seed);
  for (size_t i = 0; i < n * p; i++) x[i] = 1 + gm_rng_double(&rng);
  return x;
}

/* v (k, p): the right singular vectors in rows. */
static double *right_vectors(const gm_svd *svd, const gm_predictors *X) {
  double *v = malloc(svd->k * svd->p * sizeof *v), *w = calloc(svd->k, sizeof *w);
  assert_true(v != NULL && w != NULL);
  for (size_t j = 0; j < svd->k; j++) {
    w[j] = 1;
    assert_int_equal(gm_svd_combine(svd, X, w, v + j * svd->p, NULL), GM_OK);
    w[j] = 0;
    for (size_t c = 0; c < svd->p; c++) v[j * svd->p + c] *= svd->scale[c];
  }
  free(w);
  return v;
}

/* Σ_j s_j u_ij v_jc · scale_c + mean_c = X_ic, and UᵀU = VVᵀ = 1. */
static void check_reconstruction(size_t n, size_t p, bool centre, bool equilibrate) {
  double *x = uniform_matrix(n, p, (uint32_t)(n + p));
  const gm_predictors X = {.n = n, .p = p, .x = x};
  gm_svd svd;
  assert_int_equal(gm_svd_direct(&X, centre, equilibrate, DBL_EPSILON, NULL, &svd, NULL), GM_OK);
  double *v = right_vectors(&svd, &X);
  for (size_t i = 0; i < n; i++)
    for (size_t c = 0; c < p; c++) {
      double sum = 0;
      for (size_t j = 0; j < svd.k; j++) sum += svd.s[j] * svd.u[i * svd.k + j] * v[j * p + c];
      assert_true(fabs(sum * svd.scale[c] + svd.mean[c] - x[i * p + c]) < rounding);
    }
  for (size_t a = 0; a < svd.k; a++)
    for (size_t b = 0; b < svd.k; b++) {
      double uu = 0, vv = 0;
      for (size_t i = 0; i < n; i++) uu += svd.u[i * svd.k + a] * svd.u[i * svd.k + b];
      for (size_t c = 0; c < p; c++) vv += v[a * p + c] * v[b * p + c];
      assert_true(fabs(uu - (a == b)) < rounding && fabs(vv - (a == b)) < rounding);
      assert_true(a >= b || svd.s[a] >= svd.s[b]);
    }
  gm_svd_free(&svd);
  free(v);
  free(x);
}

static void the_factors_multiply_back_to_x(void **state) {
  (void)state;
  check_reconstruction(9, 4, true, false);
  check_reconstruction(60, 4, true, true); /* tall enough for dgesdd to begin with a QR */
  check_reconstruction(5, 5, false, true);
  check_reconstruction(4, 9, true, false);
  check_reconstruction(4, 60, false, false);
  check_reconstruction(4, 300, true, true); /* four blocks of the QR */
  check_reconstruction(1, 1, false, false);
  check_reconstruction(1, 3, false, false);
}

static void the_gram_matrix_has_the_same_singular_values(void **state) {
  (void)state;
  enum { N = 11, P = 600 }; /* two blocks of columns */
  double *x = uniform_matrix(N, P, 5), b[2][P], c[N];
  const gm_predictors view = {.n = N, .p = P, .x = x};
  gm_svd direct, gram;
  assert_int_equal(gm_svd_direct(&view, true, false, DBL_EPSILON, NULL, &direct, NULL), GM_OK);
  assert_int_equal(gm_svd_gram(&view, true, NULL, &gram, NULL), GM_OK);
  for (size_t j = 0; j + 1 < N; j++) assert_true(fabs(gram.s[j] / direct.s[j] - 1) < rounding);
  assert_true(gram.s[N - 1] == 0); /* centring costs one */
  const double y[N] = {1, -2, 3, 0, 5, 1, 2, -7, 1, 0, 4};
  const gm_svd *svd[] = {&direct, &gram};
  for (int way = 0; way < 2; way++) {
    gm_svd_project(svd[way], y, c);
    for (size_t j = 0; j < N; j++) c[j] = j + 1 < N ? c[j] / svd[way]->s[j] : 0;
    assert_int_equal(gm_svd_combine(svd[way], &view, c, b[way], NULL), GM_OK);
  }
  for (size_t j = 0; j < P; j++) assert_true(fabs(b[0][j] - b[1][j]) < 10 * rounding);
  gm_svd_free(&direct);
  gm_svd_free(&gram);
  free(x);
}

/* The same bits from one thread and from three. */
static void threads_change_nothing(void **state) {
  (void)state;
  enum { N = 5, P = 1500 };
  double *x = uniform_matrix(N, P, 7);
  const gm_predictors view = {.n = N, .p = P, .x = x};
  gm_parallel *pool;
  gm_svd svd[2][2];
  double b[2][2][P];
  const double w[N] = {1, -2, 3, 0, 5};
  assert_int_equal(gm_parallel_create(&pool, 3, NULL), GM_OK);
  for (int threads = 0; threads < 2; threads++) {
    gm_parallel *with = threads == 1 ? pool : NULL;
    assert_int_equal(gm_svd_direct(&view, true, false, DBL_EPSILON, with, &svd[0][threads], NULL), GM_OK);
    assert_int_equal(gm_svd_gram(&view, true, with, &svd[1][threads], NULL), GM_OK);
    for (int way = 0; way < 2; way++)
      assert_int_equal(gm_svd_combine(&svd[way][threads], &view, w, b[way][threads], NULL), GM_OK);
  }
  for (int way = 0; way < 2; way++) {
    assert_memory_equal(svd[way][0].s, svd[way][1].s, N * sizeof(double));
    assert_memory_equal(b[way][0], b[way][1], sizeof b[way][0]);
    for (int threads = 0; threads < 2; threads++) gm_svd_free(&svd[way][threads]);
  }
  gm_parallel_free(pool);
  free(x);
}

/* 0.1 has no exact mean; what rounding leaves of the column is no information. */
static void a_constant_column_becomes_zero(void **state) {
  (void)state;
  double x[7 * 2];
  for (size_t i = 0; i < 7; i++) {
    x[2 * i] = 0.1;
    x[2 * i + 1] = (double)(i * i);
  }
  gm_svd svd;
  assert_int_equal(
      gm_svd_direct(&(gm_predictors){.n = 7, .p = 2, .x = x}, true, true, DBL_EPSILON, NULL, &svd, NULL),
      GM_OK);
  assert_true(fabs(svd.s[0] - 1) < rounding && svd.s[1] < rounding);
  gm_svd_free(&svd);
}

static void more_samples_than_predictors_have_no_gram_route(void **state) {
  (void)state;
  const double x[] = {1, 2, 3};
  gm_svd svd;
  assert_int_equal(gm_svd_gram(&(gm_predictors){.n = 3, .p = 1, .x = x}, true, NULL, &svd, NULL),
                   GM_BAD_INPUT);
  gm_svd_free(&svd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_factors_multiply_back_to_x),
      cmocka_unit_test(the_gram_matrix_has_the_same_singular_values),
      cmocka_unit_test(threads_change_nothing),
      cmocka_unit_test(a_constant_column_becomes_zero),
      cmocka_unit_test(more_samples_than_predictors_have_no_gram_route),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
