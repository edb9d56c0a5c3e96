/* SPDX-License-Identifier: MIT
 * Regression through a tridiagonal matrix. */
#include "models/regression/dual.h"

#include "common/widest.h"
#include "models/regression/gram.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fortran LAPACK; the lengths of character arguments come last. */
void dsytrd_(const char *uplo, const int *n, double *a, const int *lda, double *d, double *e, double *tau,
             double *work, const int *lwork, int *info, size_t uplo_length);
void dorgtr_(const char *uplo, const int *n, double *a, const int *lda, const double *tau, double *work,
             const int *lwork, int *info, size_t uplo_length);
void dsterf_(const int *n, double *d, double *e, int *info);
void dpttrf_(const int *n, double *d, double *e, int *info);

/* LAPACK's blocks of reflectors; its work arrays are so many columns. */
enum { AT_ONCE = 64 };

void gm_dual_free(gm_dual *dual) {
  free(dual->mean);
  free(dual->s);
  free(dual->q);
  free(dual->diagonal);
  free(dual->beside);
  free(dual->scratch);
  *dual = (gm_dual){0};
}

static gm_status allocate(gm_dual *dual, const gm_predictors *X, bool intercept, gm_error *err) {
  const size_t n = X->n, k = n - (intercept ? 1 : 0);
  if (n > INT_MAX / AT_ONCE)
    return gm_fail(err, GM_BAD_INPUT, "a regression on %zu samples is too large for LAPACK", n);
  *dual = (gm_dual){.n = n,
                    .k = k,
                    .mean = calloc(X->p, sizeof(double)),
                    .s = malloc(k * sizeof(double)),
                    .q = malloc(k * n * sizeof(double)),
                    .diagonal = malloc(k * sizeof(double)),
                    .beside = malloc(k * sizeof(double)),
                    .scratch = malloc((3 * k + 3 * n) * sizeof(double))};
  if (dual->mean != NULL && dual->s != NULL && dual->q != NULL && dual->diagonal != NULL &&
      dual->beside != NULL && dual->scratch != NULL)
    return GM_OK;
  gm_dual_free(dual);
  return gm_fail_memory(err, "the regression");
}

/* ---- building ------------------------------------------------------------ */

/* The reflection H = I − β v vᵀ that takes the direction of ones to the last coordinate: v_i = 1/√n, and
 * 1 + 1/√n for the last. */
static double reflector(size_t n, double *v) {
  const double one = 1 / sqrt((double)n);
  for (size_t i = 0; i < n; i++) v[i] = one;
  v[n - 1] += 1;
  return 1 / (1 + one); /* 2 / vᵀv */
}

/* K (n, n), both triangles, <- H K H = K − v wᵀ − w vᵀ with w = β K v − (β² vᵀ K v / 2) v. */
static void take_off_ones(size_t n, double *K, double *v, double *w) {
  const double beta = reflector(n, v);
  double vw = 0;
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) sum += K[i * n + j] * v[j];
    w[i] = beta * sum;
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

/* The columns of Q: H times LAPACK's (k, k) ones, which stand in rows of n numbers. */
static void reflect_back(gm_dual *dual, double *v) {
  const size_t n = dual->n;
  const double beta = reflector(n, v);
  for (size_t j = 0; j < dual->k; j++) {
    double *column = dual->q + j * n, sum = 0;
    column[n - 1] = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++) sum += v[i] * column[i];
#pragma omp simd
    for (size_t i = 0; i < n; i++) column[i] -= beta * sum * v[i];
  }
}

/* What follows the tridiagonal form: two pieces that know nothing of each other. */
typedef struct {
  gm_dual *dual;
  double *K;    /* (k, n) the reflectors in rows of n numbers; then Q */
  double *work; /* (k, AT_ONCE) */
  int info[2];
} finish;

static void find_singular_values(gm_dual *dual, int *info) {
  const size_t k = dual->k;
  const int size = (int)k;
  double *w = dual->scratch + k, *e = w + k;
  memcpy(w, dual->diagonal, k * sizeof *w);
  memcpy(e, dual->beside, k * sizeof *e);
  dsterf_(&size, w, e, info);
  const double rounding = (double)dual->n * DBL_EPSILON * w[k - 1]; /* ascending */
  for (size_t j = 0; j < k; j++) dual->s[j] = w[k - 1 - j] > rounding ? sqrt(w[k - 1 - j]) : 0;
}

static void finish_piece(void *context, size_t piece) {
  finish *f = context;
  const int k = (int)f->dual->k, n = (int)f->dual->n, size = (int)f->dual->k * AT_ONCE;
  if (piece == 0)
    dorgtr_("L", &k, f->K, &n, f->dual->scratch, f->work, &size, &f->info[0], 1);
  else
    find_singular_values(f->dual, &f->info[1]);
}

/* T, its eigenvalues and, over the (k, k) leading part of K with rows of n numbers, Q. */
static bool tridiagonalise(gm_dual *dual, double *K, double *work, gm_parallel *pool) {
  const int k = (int)dual->k, n = (int)dual->n, size = (int)dual->k * AT_ONCE;
  int info = 0;
  finish f = {.dual = dual, .K = K, .work = work};
  double *tau = dual->scratch; /* (k) */
  dsytrd_("L", &k, K, &n, dual->diagonal, dual->beside, tau, work, &size, &info, 1);
  if (info != 0) return false;
  gm_parallel_for(pool, 2, finish_piece, &f);
  return f.info[0] == 0 && f.info[1] == 0;
}

gm_status gm_dual_build(const gm_predictors *X, bool intercept, gm_parallel *pool, gm_dual *dual,
                        gm_error *err) {
  *dual = (gm_dual){0};
  gm_status status = allocate(dual, X, intercept, err);
  if (status != GM_OK) return status;
  const size_t n = X->n;
  double *K = malloc(n * n * sizeof *K), *work = malloc(dual->k * AT_ONCE * sizeof *work);
  if (K == NULL || work == NULL) status = gm_fail_memory(err, "the regression");
  if (intercept) gm_predictors_means(X, pool, dual->mean);
  if (status == GM_OK) status = gm_gram_matrix(X, dual->mean, pool, K, err);
  if (status == GM_OK) {
    mirror(n, K);
    if (intercept) take_off_ones(n, K, dual->scratch, dual->scratch + n);
    if (!tridiagonalise(dual, K, work, pool))
      status = gm_fail(err, GM_FAILED, "the eigenvalues of the Gram matrix did not converge (dsterf)");
    memcpy(dual->q, K, dual->k * n * sizeof *K);
    if (intercept) reflect_back(dual, dual->scratch);
  }
  free(K);
  free(work);
  if (status != GM_OK) gm_dual_free(dual);
  return status;
}

/* ---- use -------------------------------------------------------------------- */

/* d and l of T + λI = L diag(d) Lᵀ, L with ones on and l below its diagonal. */
static bool factorise(const gm_dual *dual, double lambda, double *d, double *l) {
  const int k = (int)dual->k;
  int info = 0;
  memcpy(l, dual->beside, dual->k * sizeof *l);
  for (size_t j = 0; j < dual->k; j++) d[j] = dual->diagonal[j] + lambda;
  dpttrf_(&k, d, l, &info);
  return info == 0 && d[dual->k - 1] > 0;
}

/* t = Qᵀ y */
static void to_basis(const gm_dual *dual, const double *y, double *t) {
  for (size_t j = 0; j < dual->k; j++) {
    const double *column = dual->q + j * dual->n;
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < dual->n; i++) sum += column[i] * y[i];
    t[j] = sum;
  }
}

bool gm_dual_solve(gm_dual *dual, const double *y, double lambda, double *a) {
  const size_t k = dual->k;
  double *d = dual->scratch, *l = d + k, *t = l + k;
  if (!factorise(dual, lambda, d, l)) return false;
  to_basis(dual, y, t);
  for (size_t j = 1; j < k; j++) t[j] -= l[j - 1] * t[j - 1]; /* t = L⁻¹ t */
  for (size_t j = 0; j < k; j++) t[j] /= d[j];
  for (size_t j = k - 1; j > 0; j--) t[j - 1] -= l[j - 1] * t[j]; /* t = L⁻ᵀ t */
  memset(a, 0, dual->n * sizeof *a);
  for (size_t j = 0; j < k; j++) {
    const double *column = dual->q + j * dual->n;
#pragma omp simd
    for (size_t i = 0; i < dual->n; i++) a[i] += t[j] * column[i];
  }
  return true;
}

/* ---- leaving out one sample at a time ------------------------------------------ */

enum { LANES = 8, VECTORS = 4, PIECE = LANES * VECTORS /* samples */ };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias));

/* T + λI factorised, and what it makes of y. */
typedef struct {
  double *before, *reciprocal, *share; /* (k) l_{j−1}; 1/d_j; t_j/d_j with t = L⁻¹ Qᵀ y */
  bool positive;
} penalty;

typedef struct {
  const gm_dual *dual;
  const double *q; /* (pieces, k, PIECE) the columns of Q, in pieces of their rows and padded with zeros */
  const double *y; /* (k) in the basis of Q */
  const double *lambda;
  double *factors;     /* (n_lambda, 3k + 1) scratch */
  double *errors;      /* (n_lambda, pieces · PIECE) scratch */
  double *mean_square; /* (n_lambda) */
} errors_left_out;

/* The rows of a piece of Z = Q L⁻ᵀ, one column after the other: z_j = q_j − l_{j−1} z_{j−1}, of which
 * [(K + λI)⁻¹]_ii = Σ_j z_ij² / d_j and a_i = Σ_j z_ij t_j / d_j. */
GM_WIDEST static void divide(size_t k, const double *q, const penalty *p, double *error) {
  lanes z[VECTORS] = {{0}}, inverse[VECTORS] = {{0}}, a[VECTORS] = {{0}};
  for (size_t j = 0; j < k; j++, q += PIECE) {
    const double before = p->before[j], reciprocal = p->reciprocal[j], share = p->share[j];
    for (int v = 0; v < VECTORS; v++) {
      z[v] = *(const lanes *)(q + v * LANES) - before * z[v];
      inverse[v] += z[v] * z[v] * reciprocal;
      a[v] += z[v] * share;
    }
  }
  for (int v = 0; v < VECTORS; v++) *(lanes *)(error + v * LANES) = a[v] / inverse[v];
}

/* y in the basis of Q. */
static void set_penalty(const gm_dual *dual, double lambda, const double *y, penalty *p) {
  p->before[0] = 0;
  p->positive = factorise(dual, lambda, p->reciprocal, p->before + 1);
  double t = 0;
  for (size_t j = 0; j < dual->k && p->positive; j++) {
    t = y[j] - p->before[j] * t;
    p->reciprocal[j] = 1 / p->reciprocal[j];
    p->share[j] = t * p->reciprocal[j];
  }
}

static void lay_out_pieces(const gm_dual *dual, double *q) {
  for (size_t i = 0; i < dual->n; i++)
    for (size_t j = 0; j < dual->k; j++)
      q[(i / PIECE * dual->k + j) * PIECE + i % PIECE] = dual->q[j * dual->n + i];
}

static void errors_of_penalty(void *context, size_t g) {
  const errors_left_out *e = context;
  const size_t n = e->dual->n, k = e->dual->k, pieces = (n + PIECE - 1) / PIECE;
  double *scratch = e->factors + g * (3 * k + 1), *errors = e->errors + g * pieces * PIECE, sum = 0;
  penalty p = {.before = scratch, .reciprocal = scratch + k + 1, .share = scratch + 2 * k + 1};
  set_penalty(e->dual, e->lambda[g], e->y, &p);
  for (size_t piece = 0; piece < pieces && p.positive; piece++)
    divide(k, e->q + piece * k * PIECE, &p, errors + piece * PIECE);
  for (size_t i = 0; i < n && p.positive; i++) sum += errors[i] * errors[i];
  e->mean_square[g] = p.positive && isfinite(sum) ? sum / (double)n : INFINITY;
}

gm_status gm_dual_leave_one_out(gm_dual *dual, const double *y, const double *lambda, size_t n_lambda,
                                gm_parallel *pool, double *mean_square, gm_error *err) {
  const size_t n = dual->n, k = dual->k, rows = (n + PIECE - 1) / PIECE * PIECE;
  double *q = calloc(rows * k, sizeof *q), *errors = malloc(n_lambda * rows * sizeof *errors);
  double *factors = malloc(n_lambda * (3 * k + 1) * sizeof *factors);
  const bool memory = q != NULL && errors != NULL && factors != NULL;
  if (memory) {
    double *in_basis = dual->scratch;
    to_basis(dual, y, in_basis);
    lay_out_pieces(dual, q);
    errors_left_out e = {dual, q, in_basis, lambda, factors, errors, mean_square};
    gm_parallel_for(pool, n_lambda, errors_of_penalty, &e);
  }
  free(q);
  free(errors);
  free(factors);
  return memory ? GM_OK : gm_fail_memory(err, "the cross-validation");
}
