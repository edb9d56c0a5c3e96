/* SPDX-License-Identifier: MIT
 * Regression through a tridiagonal matrix. */
#include "models/regression/dual.h"

#include "models/regression/gram.h"
#include "models/regression/lanes.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fortran LAPACK; the lengths of character arguments come last. */
void dsytrd_(const char *uplo, const int *n, double *a, const int *lda, double *d, double *e, double *tau,
             double *work, const int *lwork, int *info, size_t uplo_length);
void dstebz_(const char *range, const char *order, const int *n, const double *vl, const double *vu,
             const int *il, const int *iu, const double *abstol, const double *d, const double *e, int *m,
             int *nsplit, double *w, int *iblock, int *isplit, double *work, int *iwork, int *info,
             size_t range_length, size_t order_length);
void dsterf_(const int *n, double *d, double *e, int *info);

/* LAPACK's blocks of reflections; its work array is so many columns. */
enum { AT_ONCE = 64 };

void gm_dual_free(gm_dual *dual) {
  free(dual->mean);
  free(dual->ones);
  free(dual->reflections);
  free(dual->tau);
  free(dual->diagonal);
  free(dual->beside);
  free(dual->scratch);
  free(dual->steps);
  *dual = (gm_dual){0};
}

static gm_status allocate(gm_dual *dual, const gm_predictors *X, bool intercept, gm_error *err) {
  const size_t n = X->n, k = n - (intercept ? 1 : 0);
  if (n > INT_MAX / AT_ONCE)
    return gm_fail(err, GM_BAD_INPUT, "a regression on %zu samples is too large for LAPACK", n);
  *dual = (gm_dual){.n = n,
                    .k = k,
                    .mean = calloc(X->p, sizeof(double)),
                    .ones = malloc(n * sizeof(double)),
                    .reflections = malloc(n * n * sizeof(double)),
                    .tau = malloc(k * sizeof(double)),
                    .diagonal = malloc(k * sizeof(double)),
                    .beside = malloc(k * sizeof(double)),
                    .scratch = malloc(n * sizeof(double)),
                    .steps = malloc(k * sizeof(gm_dual_step))};
  if (dual->mean != NULL && dual->ones != NULL && dual->reflections != NULL && dual->tau != NULL &&
      dual->diagonal != NULL && dual->beside != NULL && dual->scratch != NULL && dual->steps != NULL)
    return GM_OK;
  gm_dual_free(dual);
  return gm_fail_memory(err, "the regression");
}

/* ---- building ------------------------------------------------------------ */

/* H = I − β v vᵀ, β = 1 / v_{n−1}, takes the direction of ones to the last coordinate: v_i = 1/√n, and 1 +
 * 1/√n for the last. K (n, n), both triangles, <- H K H = K − v wᵀ − w vᵀ with w = β K v − (β² vᵀ K v / 2) v.
 */
static void take_off_ones(size_t n, double *K, double *v, double *w) {
  const double one = 1 / sqrt((double)n), beta = 1 / (1 + one);
  for (size_t i = 0; i < n; i++) v[i] = one;
  v[n - 1] += 1;
  double vw = 0;
  for (size_t i = 0; i < n; i++) {
    w[i] = beta * gm_lanes_dot(n, K + i * n, v);
    vw += v[i] * w[i];
  }
  for (size_t i = 0; i < n; i++) w[i] -= beta * vw / 2 * v[i];
  for (size_t i = 0; i < n; i++) {
    double *row = K + i * n;
#pragma omp simd
    for (size_t j = 0; j < n; j++) row[j] -= v[i] * w[j] + w[i] * v[j];
  }
}

/* Both triangles from the lower one. */
static void mirror(size_t n, double *K) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) K[j * n + i] = K[i * n + j];
}

/* The least and the greatest eigenvalue of T by bisection, to the rounding of the greatest. */
typedef struct {
  size_t k;
  const double *diagonal, *beside; /* (k) each: T, scaled so that no square leaves the range of double */
  double *work;                    /* (2, 5 k) */
  int *iwork;                      /* (2, 5 k) */
  double value[2];
  int info[2];
} bisection;

static void bisect(void *context, size_t which) {
  bisection *b = context;
  const int k = (int)b->k, number = which == 0 ? 1 : k;
  const double closest = 0; /* LAPACK's own choice */
  double *w = b->work + which * 5 * b->k;
  int *blocks = b->iwork + which * 5 * b->k, found, splits;
  dstebz_("I", "E", &k, &closest, &closest, &number, &number, &closest, b->diagonal, b->beside, &found,
          &splits, w, blocks, blocks + k, w + k, blocks + 2 * k, &b->info[which], 1, 1);
  b->value[which] = w[0];
}

/* The singular value of an eigenvalue of K. */
static double singular_value(const gm_dual *dual, double eigenvalue, double greatest) {
  return eigenvalue > (double)dual->n * DBL_EPSILON * greatest ? sqrt(eigenvalue) : 0;
}

/* a <- T scaled by a power of two near its greatest number: (2, k). False where T is not finite. */
static bool scale_tridiagonal(const gm_dual *dual, double *a, int *exponent) {
  const size_t k = dual->k;
  double most = 0, sum = 0;
  for (size_t j = 0; j < k; j++) {
    a[j] = dual->diagonal[j];
    a[k + j] = j + 1 < k ? dual->beside[j] : 0;
    most = fmax(most, fmax(fabs(a[j]), fabs(a[k + j])));
    sum += 0 * a[j] + 0 * a[k + j];
  }
  if (sum != 0) return false; /* NaN */
  frexp(most, exponent);
  for (size_t j = 0; j < 2 * k; j++) a[j] = ldexp(a[j], -*exponent);
  return true;
}

static gm_status find_outermost(gm_dual *dual, gm_parallel *pool, gm_error *err) {
  const size_t k = dual->k;
  double *work = malloc(12 * k * sizeof *work);
  int *iwork = malloc(10 * k * sizeof *iwork);
  bisection b = {.k = k, .diagonal = work, .beside = work + k, .work = work + 2 * k, .iwork = iwork};
  int exponent = 0;
  const bool memory = work != NULL && iwork != NULL;
  const bool finite = memory && scale_tridiagonal(dual, work, &exponent);
  if (finite) gm_parallel_for(pool, 2, bisect, &b);
  free(work);
  free(iwork);
  if (!memory) return gm_fail_memory(err, "the regression");
  if (!finite) return GM_OK; /* a K beyond the range of double resolves nothing */
  if (b.info[0] != 0 || b.info[1] != 0)
    return gm_fail(err, GM_FAILED, "the eigenvalues of the Gram matrix did not converge (dstebz)");
  dual->greatest = singular_value(dual, ldexp(b.value[1], exponent), ldexp(b.value[1], exponent));
  dual->least = singular_value(dual, ldexp(b.value[0], exponent), ldexp(b.value[1], exponent));
  return GM_OK;
}

static gm_status tridiagonalise(gm_dual *dual, gm_error *err) {
  const int k = (int)dual->k, n = (int)dual->n, size = (int)dual->k * AT_ONCE;
  int info = 0;
  double *work = malloc((size_t)size * sizeof *work), *K = dual->reflections;
  if (work == NULL) return gm_fail_memory(err, "the regression");
  dsytrd_("L", &k, K, &n, dual->diagonal, dual->beside, dual->tau, work, &size, &info, 1);
  free(work);
  dual->tau[k - 1] = 0; /* of H_{k−1}, which is none */
  for (size_t j = 0; j + 1 < dual->k; j++)
    K[j * dual->n + j + 1] = 1; /* the first of v, which LAPACK implies */
  return info == 0 ? GM_OK : gm_fail(err, GM_FAILED, "the Gram matrix has no tridiagonal form (dsytrd)");
}

gm_status gm_dual_build(const gm_predictors *X, bool intercept, gm_parallel *pool, gm_dual *dual,
                        gm_error *err) {
  *dual = (gm_dual){0};
  gm_status status = allocate(dual, X, intercept, err);
  if (status != GM_OK) return status;
  if (intercept) gm_predictors_means(X, pool, dual->mean);
  status = gm_gram_matrix(X, dual->mean, pool, dual->reflections, err);
  if (status == GM_OK) {
    mirror(X->n, dual->reflections);
    if (intercept) take_off_ones(X->n, dual->reflections, dual->ones, dual->scratch);
    status = tridiagonalise(dual, err);
  }
  if (status == GM_OK) status = find_outermost(dual, pool, err);
  if (status != GM_OK) gm_dual_free(dual);
  return status;
}

gm_status gm_dual_singular_values(gm_dual *dual, double *s, gm_error *err) {
  const size_t k = dual->k;
  const int size = (int)k;
  int info = 0;
  double *w = dual->scratch, *e = malloc(k * sizeof *e);
  if (e == NULL) return gm_fail_memory(err, "the regression");
  memcpy(w, dual->diagonal, k * sizeof *w);
  memcpy(e, dual->beside, k * sizeof *e);
  dsterf_(&size, w, e, &info); /* ascending */
  free(e);
  for (size_t j = 0; j < k; j++) s[j] = singular_value(dual, w[k - 1 - j], w[k - 1]);
  return info == 0 ? GM_OK
                   : gm_fail(err, GM_FAILED, "the eigenvalues of the Gram matrix did not converge (dsterf)");
}

/* ---- use -------------------------------------------------------------------- */

/* x <- (I − β v vᵀ) x */
static void reflect(size_t n, const double *v, double beta, double *x) {
  const double sum = gm_lanes_dot(n, v, x);
#pragma omp simd
  for (size_t i = 0; i < n; i++) x[i] -= beta * sum * v[i];
}

static void reflect_ones(const gm_dual *dual, double *x) {
  if (dual->k < dual->n) reflect(dual->n, dual->ones, 1 / dual->ones[dual->n - 1], x);
}

void gm_dual_to_basis(const gm_dual *dual, double *x) {
  reflect_ones(dual, x);
  for (size_t j = 0; j + 1 < dual->k; j++)
    reflect(dual->k - 1 - j, gm_dual_reflection(dual, j), dual->tau[j], x + j + 1);
}

/* Q x over x (n), of which k numbers count */
static void from_basis(const gm_dual *dual, double *x) {
  if (dual->k < dual->n) x[dual->k] = 0;
  for (size_t j = dual->k - 1; j-- > 0;)
    reflect(dual->k - 1 - j, gm_dual_reflection(dual, j), dual->tau[j], x + j + 1);
  reflect_ones(dual, x);
}

bool gm_dual_eliminate(const gm_dual *dual, const double *y, double lambda, gm_dual_step *steps) {
  double before = 0, t = 0, taken = 0; /* from d_j: l_{j−1}² d_{j−1} */
  for (size_t j = 0; j < dual->k; j++) {
    const double d = dual->diagonal[j] + lambda - taken;
    if (!(d > 0)) return false;
    t = y[j] - before * t;
    steps[j] = (gm_dual_step){before, 1 / d, t / d};
    if (j + 1 == dual->k) break;
    before = dual->beside[j] / d;
    taken = before * dual->beside[j];
  }
  return true;
}

bool gm_dual_solve(gm_dual *dual, const double *y, double lambda, double *a) {
  memcpy(a, y, dual->n * sizeof *a);
  gm_dual_to_basis(dual, a);
  if (!gm_dual_eliminate(dual, a, lambda, dual->steps)) return false;
  a[dual->k - 1] = dual->steps[dual->k - 1].share;
  for (size_t j = dual->k - 1; j > 0; j--) /* L⁻ᵀ */
    a[j - 1] = dual->steps[j - 1].share - dual->steps[j].before * a[j];
  from_basis(dual, a);
  return true;
}
