/* SPDX-License-Identifier: MIT
 * Access to X, whichever way it is stored. Sums over columns run in eight lanes, whatever the
 * registers are. */
#include "models/regression/predictors.h"

#include "common/widest.h"
#include "models/regression/lanes.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* ---- rows: element by element, so that wider registers give the same bits --------- */

GM_WIDEST static void subtract(size_t n, const double *x, const double *offset, double *restrict out) {
#pragma omp simd
  for (size_t j = 0; j < n; j++) out[j] = x[j] - offset[j];
}

GM_WIDEST static void subtract_floats(size_t n, const float *x, const double *offset, double *restrict out) {
#pragma omp simd
  for (size_t j = 0; j < n; j++) out[j] = (double)x[j] - offset[j];
}

GM_WIDEST static void add(size_t n, const double *x, double *restrict out) {
#pragma omp simd
  for (size_t j = 0; j < n; j++) out[j] += x[j];
}

GM_WIDEST static void add_floats(size_t n, const float *x, double *restrict out) {
#pragma omp simd
  for (size_t j = 0; j < n; j++) out[j] += (double)x[j];
}

GM_WIDEST static void add_weighted(size_t n, const double *x, double weight, const double *offset,
                                   double *restrict out) {
#pragma omp simd
  for (size_t j = 0; j < n; j++) out[j] += weight * (x[j] - offset[j]);
}

GM_WIDEST static void add_weighted_floats(size_t n, const float *x, double weight, const double *offset,
                                          double *restrict out) {
#pragma omp simd
  for (size_t j = 0; j < n; j++) out[j] += weight * ((double)x[j] - offset[j]);
}

void gm_predictors_copy(const gm_predictors *X, size_t i, size_t first, size_t count, const double *offset,
                        double *restrict out) {
  if (X->x != NULL)
    subtract(count, X->x + i * X->p + first, offset + first, out);
  else
    subtract_floats(count, X->rows[i] + first, offset + first, out);
}

/* ---- pieces ----------------------------------------------------------------- */

/* Columns of a piece: their sums stay in a level-1 cache. Values of a piece of rows, about. Below so many
 * values in all, waking a thread takes longer than the pass. */
enum { PIECE_COLUMNS = 512, PIECE_VALUES = 1 << 15, WORTH_THREADS = 1 << 16 };

typedef struct {
  const gm_predictors *X;
  const double *in, *offset;
  double *out;
  size_t rows; /* of a piece */
  atomic_bool found;
} pass;

static void over_columns(pass *p, gm_piece piece, gm_parallel *pool) {
  const gm_predictors *X = p->X;
  const bool worth = X->n * X->p >= WORTH_THREADS;
  gm_parallel_for(worth ? pool : NULL, (X->p + PIECE_COLUMNS - 1) / PIECE_COLUMNS, piece, p);
}

static void over_rows(pass *p, gm_piece piece, gm_parallel *pool) {
  const gm_predictors *X = p->X;
  const bool worth = X->n * X->p >= WORTH_THREADS;
  p->rows = X->p < PIECE_VALUES ? PIECE_VALUES / X->p : 1;
  gm_parallel_for(worth ? pool : NULL, (X->n + p->rows - 1) / p->rows, piece, p);
}

static size_t end_of(size_t piece, size_t size, size_t all) {
  return (piece + 1) * size < all ? (piece + 1) * size : all;
}

/* ---- sums over rows ------------------------------------------------------------ */

static void means_of(void *context, size_t piece) {
  const pass *p = context;
  const gm_predictors *X = p->X;
  const size_t first = piece * PIECE_COLUMNS, count = end_of(piece, PIECE_COLUMNS, X->p) - first;
  double *restrict mean = p->out + first, sum = 0;
  memset(mean, 0, count * sizeof *mean);
  for (size_t i = 0; i < X->n && X->p == 1 && X->x != NULL; i++) sum += X->x[i]; /* in a register */
  mean[0] = sum;
  for (size_t i = 0; i < X->n && (X->p > 1 || X->x == NULL); i++) {
    if (X->x != NULL)
      add(count, X->x + i * X->p + first, mean);
    else
      add_floats(count, X->rows[i] + first, mean);
  }
  for (size_t j = 0; j < count; j++) mean[j] /= (double)X->n;
}

void gm_predictors_means(const gm_predictors *X, gm_parallel *pool, double *mean) {
  pass p = {.X = X, .out = mean};
  over_columns(&p, means_of, pool);
}

static void combine(void *context, size_t piece) {
  const pass *p = context;
  const gm_predictors *X = p->X;
  const size_t first = piece * PIECE_COLUMNS, count = end_of(piece, PIECE_COLUMNS, X->p) - first;
  const double *offset = p->offset + first;
  double *restrict out = p->out + first;
  for (size_t i = 0; i < X->n; i++) {
    if (X->x != NULL)
      add_weighted(count, X->x + i * X->p + first, p->in[i], offset, out);
    else
      add_weighted_floats(count, X->rows[i] + first, p->in[i], offset, out);
  }
}

void gm_predictors_combine(const gm_predictors *X, const double *weight, const double *offset,
                           gm_parallel *pool, double *out) {
  pass p = {.X = X, .in = weight, .offset = offset, .out = out};
  over_columns(&p, combine, pool);
}

/* ---- sums over columns ----------------------------------------------------------- */

static double dot(const gm_predictors *X, size_t i, const double *b) {
  return X->x != NULL ? gm_lanes_dot(X->p, X->x + i * X->p, b) : gm_lanes_dot_floats(X->p, X->rows[i], b);
}

static void multiply(void *context, size_t piece) {
  const pass *p = context;
  for (size_t i = piece * p->rows; i < end_of(piece, p->rows, p->X->n); i++) p->out[i] = dot(p->X, i, p->in);
}

void gm_predictors_multiply(const gm_predictors *X, const double *b, gm_parallel *pool, double *out) {
  pass p = {.X = X, .in = b, .out = out};
  over_rows(&p, multiply, pool);
}

/* ---- what is not finite ------------------------------------------------------------ */

/* 0 · x summed up is 0 unless one of them is not finite. */
GM_WIDEST static bool are_finite(const double *x, size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum) simdlen(GM_LANES)
  for (size_t j = 0; j < n; j++) sum += 0 * x[j];
  return sum == 0;
}

GM_WIDEST static bool are_finite_floats(const float *x, size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum) simdlen(GM_LANES)
  for (size_t j = 0; j < n; j++) sum += 0 * (double)x[j];
  return sum == 0;
}

static void look_for(void *context, size_t piece) {
  pass *p = context;
  const gm_predictors *X = p->X;
  const size_t first = piece * p->rows, end = end_of(piece, p->rows, X->n);
  bool finite = true;
  if (X->x != NULL) finite = are_finite(X->x + first * X->p, (end - first) * X->p);
  for (size_t i = first; X->x == NULL && i < end; i++) finite = finite && are_finite_floats(X->rows[i], X->p);
  if (!finite) atomic_store(&p->found, true);
}

bool gm_predictors_not_finite(const gm_predictors *X, gm_parallel *pool, size_t *row, size_t *column) {
  pass p = {.X = X};
  over_rows(&p, look_for, pool);
  if (!atomic_load(&p.found)) return false;
  for (*row = 0; *row < X->n; ++*row)
    for (*column = 0; *column < X->p; ++*column)
      if (!isfinite(X->x != NULL ? X->x[*row * X->p + *column] : (double)X->rows[*row][*column])) return true;
  return false;
}
