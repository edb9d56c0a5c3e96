/* SPDX-License-Identifier: MIT
 * Singular values by LAPACK. Row-major (n, p) is what Fortran sees as the p × n
 * transpose Xcᵀ = Σ_j v_j s_j u_jᵀ, so LAPACK's left vectors are our right ones. */
#include "models/regression/svd.h"

#include "models/regression/gram.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fortran LAPACK, as OpenBLAS carries it (LAPACKE and its header are not everywhere); the
 * lengths of character arguments come last. */
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork,
             int *info, size_t jobz_length);
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info, size_t jobz_length,
             size_t uplo_length);

static gm_status allocate(gm_svd *svd, size_t n, size_t p, gm_error *err) {
  const size_t k = n < p ? n : p;
  if (n > INT_MAX / 8 || p > INT_MAX / 8)
    return gm_fail(err, GM_BAD_INPUT,
                   "a regression on %zu samples and %zu predictors is too large for LAPACK", n, p);
  *svd = (gm_svd){.n = n,
                  .p = p,
                  .k = k,
                  .mean = calloc(p, sizeof *svd->mean),
                  .scale = malloc(p * sizeof *svd->scale),
                  .s = malloc(k * sizeof *svd->s)};
  if (svd->mean == NULL || svd->scale == NULL || svd->s == NULL) return gm_fail_memory(err, "the regression");
  for (size_t j = 0; j < p; j++) svd->scale[j] = 1;
  return GM_OK;
}

/* ---- direct ----------------------------------------------------------- */

/* sums_j += Σ_i a_ij or its square, row by row: columns are p numbers apart. */
static void add_columns(size_t n, size_t p, const double *a, bool squares, double *restrict sums) {
  if (p == 1) { /* a sum in a register: in memory each addition waits for the one before it to be stored */
    double sum = sums[0];
    for (size_t i = 0; i < n; i++) sum += squares ? a[i] * a[i] : a[i];
    sums[0] = sum;
    return;
  }
  for (size_t i = 0; i < n; i++) {
    const double *row = a + i * p;
    if (squares) {
#pragma omp simd
      for (size_t j = 0; j < p; j++) sums[j] += row[j] * row[j];
    } else {
#pragma omp simd
      for (size_t j = 0; j < p; j++) sums[j] += row[j];
    }
  }
}

/* A copy of X, centred: a second pass takes off what rounding of the first means left. `scratch` (p). */
static void copy_centred(const gm_predictors *X, bool centre, gm_parallel *pool, gm_svd *svd, double *a,
                         double *scratch) {
  const size_t n = X->n, p = X->p;
  if (centre) gm_predictors_means(X, pool, svd->mean);
  for (size_t i = 0; i < n; i++) gm_predictors_copy(X, i, 0, p, svd->mean, a + i * p);
  if (!centre) return;
  memset(scratch, 0, p * sizeof *scratch);
  add_columns(n, p, a, false, scratch);
  for (size_t j = 0; j < p; j++) {
    scratch[j] /= (double)n;
    svd->mean[j] += scratch[j];
  }
  for (size_t i = 0; i < n; i++) {
    double *restrict row = a + i * p;
#pragma omp simd
    for (size_t j = 0; j < p; j++) row[j] -= scratch[j];
  }
}

/* Zeroes columns without information and, on request, gives the others unit length. `scratch` (p). */
static void scale_columns(gm_svd *svd, bool equilibrate, double data_epsilon, double *a, double *scratch) {
  const size_t n = svd->n, p = svd->p;
  memset(scratch, 0, p * sizeof *scratch);
  add_columns(n, p, a, true, scratch);
  for (size_t j = 0; j < p; j++) {
    const double length = sqrt(scratch[j]);
    const double rounding = sqrt((double)n) * data_epsilon * fabs(svd->mean[j]);
    if (length <= rounding)
      for (size_t i = 0; i < n; i++) a[i * p + j] = 0;
    else if (equilibrate) {
      svd->scale[j] = length;
      for (size_t i = 0; i < n; i++) a[i * p + j] /= length;
    }
  }
}

/* dgesdd, JOBZ = 'O': the rows × n matrix `a` is overwritten by the longer set of vectors, `other` (k, k)
 * gets the shorter. */
static gm_status factorise(gm_svd *svd, size_t rows, double *a, double *other, gm_error *err) {
  const int m = (int)rows, n = (int)svd->n, k = (int)svd->k;
  const int query = -1;
  int info = 0;
  double size = 0;
  int *iwork = malloc(8 * svd->k * sizeof *iwork);
  double *u = m >= n ? NULL : other, *vt = m >= n ? other : NULL;
  double unused = 0;
  if (u == NULL) u = &unused;
  if (vt == NULL) vt = &unused;
  const int ldu = m >= n ? 1 : k, ldvt = m >= n ? k : 1;
  dgesdd_("O", &m, &n, a, &m, svd->s, u, &ldu, vt, &ldvt, &size, &query, iwork, &info, 1);
  double *work = info == 0 && size < INT_MAX ? malloc((size_t)size * sizeof *work) : NULL;
  if (iwork == NULL || work == NULL) {
    free(iwork);
    free(work);
    return gm_fail_memory(err, "the singular value decomposition");
  }
  const int lwork = (int)size;
  dgesdd_("O", &m, &n, a, &m, svd->s, u, &ldu, vt, &ldvt, work, &lwork, iwork, &info, 1);
  free(iwork);
  free(work);
  if (info != 0)
    return gm_fail(err, GM_FAILED, "the singular value decomposition did not converge (dgesdd: info = %d)",
                   info);
  return GM_OK;
}

gm_status gm_svd_direct(const gm_predictors *X, bool centre, bool equilibrate, double data_epsilon,
                        gm_parallel *pool, gm_svd *svd, gm_error *err) {
  *svd = (gm_svd){0};
  gm_status status = allocate(svd, X->n, X->p, err);
  const bool wide = X->p > X->n;
  double *a = NULL, *r = NULL, *other = NULL, *scratch = NULL;
  if (status == GM_OK) {
    a = malloc(X->n * X->p * sizeof *a);
    r = wide ? malloc(X->n * X->n * sizeof *r) : NULL;
    other = malloc(svd->k * svd->k * sizeof *other);
    scratch = malloc(X->p * sizeof *scratch);
    if (a == NULL || other == NULL || scratch == NULL || (wide && r == NULL))
      status = gm_fail_memory(err, "the singular value decomposition");
  }
  if (status == GM_OK) {
    copy_centred(X, centre, pool, svd, a, scratch);
    scale_columns(svd, equilibrate, data_epsilon, a, scratch);
    if (wide) {
      status = gm_tall_qr_factorise(&svd->qr, pool, X->p, X->n, a, r, err);
      a = r; /* the first `a` is the factorisation's now */
      r = NULL;
    }
  }
  if (status == GM_OK) status = factorise(svd, svd->k == X->n ? X->n : X->p, a, other, err);
  free(r);
  free(scratch);
  if (status != GM_OK) {
    free(a);
    free(other);
    gm_svd_free(svd);
    return status;
  }
  svd->u = X->p >= X->n ? other : a; /* column i of VT is row i of our u */
  svd->v = X->p >= X->n ? a : other; /* column j of U is row j of our v */
  return GM_OK;
}

/* ---- through the Gram matrix ------------------------------------------ */

/* Eigenvectors of K over K, as rows in ascending order of the eigenvalues w. */
static gm_status eigenvectors(size_t size, double *K, double *w, gm_error *err) {
  const int n = (int)size, query = -1;
  int info = 0, iwork_size = 0;
  double work_size = 0;
  dsyevd_("V", "U", &n, K, &n, w, &work_size, &query, &iwork_size, &query, &info, 1, 1);
  double *work = info == 0 && work_size < INT_MAX ? malloc((size_t)work_size * sizeof *work) : NULL;
  int *iwork = malloc((size_t)iwork_size * sizeof *iwork);
  gm_status status = GM_OK;
  if (work == NULL || iwork == NULL) {
    status = gm_fail_memory(err, "the eigenvalues of the Gram matrix");
  } else {
    const int lwork = (int)work_size;
    dsyevd_("V", "U", &n, K, &n, w, work, &lwork, iwork, &iwork_size, &info, 1,
            1); /* Fortran's U is our lower */
    if (info != 0)
      status = gm_fail(err, GM_FAILED,
                       "the eigenvalues of the Gram matrix did not converge (dsyevd: info = %d)", info);
  }
  free(work);
  free(iwork);
  return status;
}

gm_status gm_svd_gram(const gm_predictors *X, bool centre, gm_parallel *pool, gm_svd *svd, gm_error *err) {
  *svd = (gm_svd){0};
  const size_t n = X->n;
  double *K = NULL, *w = NULL;
  gm_status status =
      n <= X->p ? allocate(svd, n, X->p, err)
                : gm_fail(err, GM_BAD_INPUT, "the Gram matrix needs at least as many predictors as samples");
  if (status == GM_OK) {
    K = malloc(n * n * sizeof *K);
    w = malloc(n * sizeof *w);
    svd->u = malloc(n * n * sizeof *svd->u);
    if (K == NULL || w == NULL || svd->u == NULL) status = gm_fail_memory(err, "the Gram matrix");
  }
  if (status == GM_OK && centre) gm_predictors_means(X, pool, svd->mean);
  if (status == GM_OK) status = gm_gram_matrix(X, svd->mean, pool, K, err);
  if (status == GM_OK) status = eigenvectors(n, K, w, err);
  if (status == GM_OK) {
    const double rounding = (double)n * DBL_EPSILON * w[n - 1];
    for (size_t j = 0; j < n; j++) {
      const size_t from = n - 1 - j; /* to descending order */
      svd->s[j] = w[from] > rounding ? sqrt(w[from]) : 0;
      for (size_t i = 0; i < n; i++) svd->u[i * n + j] = K[from * n + i];
    }
  } else {
    gm_svd_free(svd);
  }
  free(K);
  free(w);
  return status;
}

/* ---- use -------------------------------------------------------------- */

void gm_svd_project(const gm_svd *svd, const double *y, double *c) {
  const size_t n = svd->n, k = svd->k;
  double sum = 0; /* of one direction, as in add_columns */
  for (size_t i = 0; k == 1 && i < n; i++) sum += svd->u[i] * y[i];
  memset(c, 0, k * sizeof *c);
  c[0] = sum;
  for (size_t i = 0; k > 1 && i < n; i++)
    for (size_t j = 0; j < k; j++) c[j] += svd->u[i * k + j] * y[i];
}

gm_status gm_svd_combine(const gm_svd *svd, const gm_predictors *X, const double *w, double *b,
                         gm_error *err) {
  memset(b, 0, svd->p * sizeof *b);
  if (svd->qr.rows > 0) {
    double *t = calloc(svd->k, sizeof *t); /* b in the coordinates of Q */
    if (t == NULL) return gm_fail_memory(err, "the coefficients");
    for (size_t j = 0; j < svd->k; j++)
      for (size_t i = 0; i < svd->k; i++) t[i] += w[j] * svd->v[j * svd->k + i];
    const gm_status status = gm_tall_qr_apply(&svd->qr, t, b, err);
    free(t);
    if (status != GM_OK) return status;
  } else if (svd->v != NULL) {
    for (size_t j = 0; j < svd->k; j++)
      for (size_t c = 0; c < svd->p; c++) b[c] += w[j] * svd->v[j * svd->p + c];
  } else {
    double *a = calloc(svd->n, sizeof *a); /* b = Xcᵀ a, a = Σ_j (w_j / s_j) u_j */
    if (a == NULL) return gm_fail_memory(err, "the coefficients");
    for (size_t i = 0; i < svd->n; i++)
      for (size_t j = 0; j < svd->k; j++)
        if (svd->s[j] > 0) a[i] += w[j] / svd->s[j] * svd->u[i * svd->k + j];
    gm_predictors_combine(X, a, svd->mean, NULL, b);
    free(a);
  }
  for (size_t c = 0; c < svd->p; c++) {
    b[c] /= svd->scale[c];
    if (!isfinite(b[c]))
      return gm_fail(err, GM_FAILED, "the coefficient of predictor %zu is not finite", c + 1);
  }
  return GM_OK;
}

void gm_svd_free(gm_svd *svd) {
  free(svd->mean);
  free(svd->scale);
  free(svd->s);
  free(svd->u);
  free(svd->v);
  gm_tall_qr_free(&svd->qr);
  *svd = (gm_svd){0};
}
