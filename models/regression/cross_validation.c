/* SPDX-License-Identifier: MIT
 * Blocks left out, by products of the left singular vectors' rows. */
#include "models/regression/cross_validation.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Fortran LAPACK; the length of the character argument comes last. */
void dposv_(const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b,
            const int *ldb, int *info, size_t uplo_length);

/* ---- folds ------------------------------------------------------------ */

typedef struct {
  size_t first, last;         /* samples left out: first … last − 1 */
  size_t own_first, own_last; /* of them the block's */
} fold;

static int64_t time_of(const gm_folds *folds, size_t i) {
  return folds->time != NULL ? folds->time[i] : (int64_t)i;
}

/* The fold whose block starts at sample i. */
static fold fold_from(const gm_folds *folds, size_t n, size_t i) {
  const int64_t start = time_of(folds, 0), block = (int64_t)folds->block, gap = (int64_t)folds->gap;
  const int64_t from = start + (time_of(folds, i) - start) / block * block, to = from + block;
  fold f = {.first = i, .own_first = i, .own_last = i};
  while (f.own_last < n && time_of(folds, f.own_last) < to) f.own_last++;
  f.last = f.own_last;
  while (f.first > 0 && time_of(folds, f.first - 1) >= from - gap) f.first--;
  while (f.last < n && time_of(folds, f.last) < to + gap) f.last++;
  return f;
}

gm_status gm_folds_check(const gm_folds *folds, size_t n, gm_error *err) {
  if (folds->block < 1 || folds->block > n)
    return gm_fail(err, GM_BAD_INPUT, "blocks of %zu time steps: expected 1 to %zu, the training samples",
                   folds->block, n);
  for (size_t i = 0; i < n;) {
    const fold f = fold_from(folds, n, i);
    if (f.last - f.first >= n)
      return gm_fail(err, GM_BAD_INPUT,
                     "blocks of %zu time steps with a gap of %zu on either side leave none of the %zu "
                     "training samples to learn from; expected smaller blocks",
                     folds->block, folds->gap, n);
    i = f.own_last;
  }
  return GM_OK;
}

/* ---- the basis -------------------------------------------------------- */

/* The directions of the samples that a fit may reach, without that of the intercept. */
typedef struct {
  size_t n, k;
  bool complete; /* with the intercept's they are all there are */
  double *u;     /* (n, k) row-major */
  double *uc;    /* (n, k) u_ij · u_jᵀ y */
} basis;

static void basis_free(basis *b) {
  free(b->u);
  free(b->uc);
}

/* The columns first … k − 1 of u have s = 0 and hold, centred, the direction 1/√n of the intercept: a
 * reflection among them puts it into the last one, which is then left out. */
static void drop_ones(double *u, size_t n, size_t k, size_t first, double *v) {
  double norm = 0, vv = 0;
  memset(v, 0, k * sizeof *v);
  for (size_t i = 0; i < n; i++)
    for (size_t j = first; j < k; j++) v[j] += u[i * k + j] / sqrt((double)n);
  for (size_t j = first; j < k; j++) norm += v[j] * v[j];
  v[k - 1] += copysign(sqrt(norm), v[k - 1]);
  for (size_t j = first; j < k; j++) vv += v[j] * v[j];
  for (size_t i = 0; i < n; i++) {
    double *row = u + i * k, uv = 0;
    for (size_t j = first; j < k; j++) uv += row[j] * v[j];
    for (size_t j = first; j < k; j++) row[j] -= 2 * uv / vv * v[j];
  }
}

static gm_status make_basis(const gm_whole_fit *whole, basis *b, gm_error *err) {
  const gm_svd *svd = whole->svd;
  const double *y = whole->y;
  const bool intercept = whole->intercept;
  const size_t n = svd->n, k = svd->k, ones = intercept ? 1 : 0;
  size_t rank = 0;
  while (rank < k && svd->s[rank] > (double)n * DBL_EPSILON * svd->s[0]) rank++;
  const bool square = k == n; /* U spans everything, the intercept's direction too */
  if (square && rank > n - ones) rank = n - ones;
  *b = (basis){.n = n, .k = square ? n - ones : rank};
  b->complete = b->k == n - ones;
  double *u = malloc(n * k * sizeof *u), *scratch = malloc(k * sizeof *scratch);
  b->u = malloc(n * (b->k + 1) * sizeof *b->u); /* + 1: no allocation of nothing */
  b->uc = malloc(n * (b->k + 1) * sizeof *b->uc);
  const bool memory = u != NULL && scratch != NULL && b->u != NULL && b->uc != NULL;
  if (memory) {
    memcpy(u, svd->u, n * k * sizeof *u);
    if (square && intercept) drop_ones(u, n, k, rank, scratch);
    for (size_t i = 0; i < n; i++) memcpy(b->u + i * b->k, u + i * k, b->k * sizeof *u);
    for (size_t j = 0; j < b->k; j++) {
      double c = 0;
      for (size_t i = 0; i < n; i++) c += b->u[i * b->k + j] * y[i];
      for (size_t i = 0; i < n; i++) b->uc[i * b->k + j] = b->u[i * b->k + j] * c;
    }
  }
  free(u);
  free(scratch);
  if (memory) return GM_OK;
  basis_free(b);
  return gm_fail_memory(err, "the cross-validation");
}

/* ---- one fold --------------------------------------------------------- */

/* Room for a fold of m samples. */
typedef struct {
  double *products; /* (m (m + 1)/2 + m, k): u_aj u_bj of all pairs, then u_aj c_j */
  double *sums;     /* the same rows, (…, n_weights) */
  double *matrix;   /* (m, m) */
  double *errors;   /* (m) */
} workspace;

static void workspace_free(workspace *w) {
  free(w->products);
  free(w->sums);
  free(w->matrix);
  free(w->errors);
}

static bool workspace_allocate(workspace *w, size_t m, size_t k, size_t n_weights) {
  const size_t rows = m * (m + 1) / 2 + m;
  *w = (workspace){.products = malloc(rows * (k + 1) * sizeof(double)),
                   .sums = calloc(rows * n_weights, sizeof(double)),
                   .matrix = malloc(m * m * sizeof(double)),
                   .errors = malloc(m * sizeof(double))};
  if (w->products != NULL && w->sums != NULL && w->matrix != NULL && w->errors != NULL) return true;
  workspace_free(w);
  return false;
}

/* All sums over directions that the fold's I − H and r need, for all fits at once. */
static void sum_directions(const basis *b, const fold *f, const double *weights, size_t n_weights,
                           workspace *w) {
  const size_t k = b->k, m = f->last - f->first;
  double *row = w->products;
  for (size_t i = f->first; i < f->last; i++)
    for (size_t l = f->first; l <= i; l++, row += k)
      for (size_t j = 0; j < k; j++) row[j] = b->u[i * k + j] * b->u[l * k + j];
  memcpy(row, b->uc + f->first * k, m * k * sizeof *row);
  if (k > 0)
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(m * (m + 1) / 2 + m), (int)n_weights, (int)k,
                1, w->products, (int)k, weights, (int)n_weights, 0, w->sums, (int)n_weights);
}

/* Σ e² of the fold's own samples of fit g. The last column of sums has weights 1. */
static double fold_error(const basis *b, const fold *f, const double *y, double ones, size_t g,
                         size_t n_weights, workspace *w) {
  const size_t m = f->last - f->first, all = n_weights - 1;
  const double *sums = w->sums;
  for (size_t i = 0; i < m; i++)
    for (size_t l = 0; l <= i; l++, sums += n_weights)
      w->matrix[l * m + i] = sums[g] + (b->complete ? 0 : (i == l) - ones - sums[all]);
  for (size_t i = 0; i < m; i++, sums += n_weights)
    w->errors[i] = sums[g] + (b->complete ? 0 : y[f->first + i] - sums[all]);
  const int size = (int)m, one = 1;
  int info = 0;
  dposv_("L", &size, &one, w->matrix, &size, w->errors, &size, &info, 1);
  double sum = 0;
  for (size_t i = f->own_first - f->first; i < f->own_last - f->first; i++)
    sum += w->errors[i] * w->errors[i];
  return info == 0 && isfinite(sum) ? sum : INFINITY;
}

/* All folds, each a piece of its own with its own room. */
typedef struct {
  const basis *b;
  const double *y;
  double ones; /* 1/n with intercept */
  size_t n_fits, n_folds;
  fold *folds;           /* (n) */
  const double *weights; /* (k, n_fits + 1) what each fit leaves, then 1 */
  double *squares;       /* (n_folds, n_fits) sums of squared errors */
  atomic_bool failed;
} task;

static void one_fold(void *context, size_t index) {
  task *t = context;
  const fold *f = &t->folds[index];
  workspace w;
  if (!workspace_allocate(&w, f->last - f->first, t->b->k, t->n_fits + 1)) {
    atomic_store(&t->failed, true);
    return;
  }
  sum_directions(t->b, f, t->weights, t->n_fits + 1, &w);
  for (size_t g = 0; g < t->n_fits; g++)
    t->squares[index * t->n_fits + g] = fold_error(t->b, f, t->y, t->ones, g, t->n_fits + 1, &w);
  workspace_free(&w);
}

static size_t list_folds(const gm_folds *folds, size_t n, fold *list) {
  size_t count = 0;
  for (size_t i = 0; i < n; i = list[count++].own_last) list[count] = fold_from(folds, n, i);
  return count;
}

gm_status gm_cross_validate(const gm_whole_fit *whole, const double *left, size_t n_fits, double *mean_square,
                            gm_error *err) {
  const size_t n = whole->svd->n, n_weights = n_fits + 1;
  basis b = {0};
  gm_status status = gm_folds_check(whole->folds, n, err);
  if (status == GM_OK) status = make_basis(whole, &b, err);
  if (status != GM_OK) return status;
  double *weights = malloc((b.k + 1) * n_weights * sizeof *weights);
  task t = {.b = &b,
            .y = whole->y,
            .ones = whole->intercept ? 1 / (double)n : 0,
            .n_fits = n_fits,
            .folds = malloc(n * sizeof *t.folds),
            .weights = weights};
  t.n_folds = t.folds != NULL ? list_folds(whole->folds, n, t.folds) : 0;
  t.squares = malloc((t.n_folds + 1) * n_fits * sizeof *t.squares);
  t.failed = weights == NULL || t.folds == NULL || t.squares == NULL;
  for (size_t j = 0; j < b.k && !t.failed; j++) {
    memcpy(weights + j * n_weights, left + j * n_fits, n_fits * sizeof *left);
    weights[j * n_weights + n_fits] = 1;
  }
  if (!t.failed) gm_parallel_for(whole->pool, t.n_folds, one_fold, &t);
  for (size_t g = 0; g < n_fits && !t.failed; g++) {
    mean_square[g] = 0;
    for (size_t i = 0; i < t.n_folds; i++) mean_square[g] += t.squares[i * n_fits + g] / (double)n;
  }
  if (t.failed) status = gm_fail_memory(err, "the cross-validation");
  free(weights);
  free(t.folds);
  free(t.squares);
  basis_free(&b);
  return status;
}

gm_status gm_ridge_cross_validate(const gm_whole_fit *whole, const double *lambda, size_t n_lambda,
                                  double *mean_square, gm_error *err) {
  const gm_svd *svd = whole->svd;
  double *left = malloc(svd->k * n_lambda * sizeof *left);
  if (left == NULL) return gm_fail_memory(err, "the cross-validation");
  for (size_t j = 0; j < svd->k; j++)
    for (size_t g = 0; g < n_lambda; g++)
      left[j * n_lambda + g] = lambda[g] / (svd->s[j] * svd->s[j] + lambda[g]);
  const gm_status status = gm_cross_validate(whole, left, n_lambda, mean_square, err);
  free(left);
  return status;
}
