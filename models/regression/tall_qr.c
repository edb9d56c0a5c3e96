/* SPDX-License-Identifier: MIT
 * QR of a tall matrix by LAPACK's Householder QR of its blocks of rows. */
#include "models/regression/tall_qr.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Fortran LAPACK; the lengths of character arguments come last. dgeqrt's recursive panels are matrix
 * products where dgeqrf's are products with vectors: half the time for 3,072 × 192. */
void dgeqrt_(const int *m, const int *n, const int *nb, double *a, const int *lda, double *t, const int *ldt,
             double *work, int *info);
void dgemqrt_(const char *side, const char *trans, const int *m, const int *n, const int *k, const int *nb,
              const double *v, const int *ldv, const double *t, const int *ldt, double *c, const int *ldc,
              double *work, int *info, size_t side_length, size_t trans_length);

/* A block has so many times as many rows as columns: 3,072 × 192 doubles are 4.7 MB, and the stacked
 * triangles add a 16th to the work. Reflectors are applied 32 at a time, LAPACK's own choice. */
enum { BLOCK_ASPECT = 16, AT_ONCE = 32 };

static int at_once(const gm_tall_qr *qr) {
  return qr->columns < AT_ONCE ? (int)qr->columns : AT_ONCE;
}

static size_t first_row(const gm_tall_qr *qr, size_t block) {
  return block * qr->rows / qr->blocks;
}
static size_t rows_of(const gm_tall_qr *qr, size_t block) {
  return first_row(qr, block + 1) - first_row(qr, block);
}

/* Where the triangular factors of a block's reflectors are: (at_once, columns). */
static double *factors_of(const gm_tall_qr *qr, size_t block) {
  return qr->factors + block * AT_ONCE * qr->columns;
}

/* a (rows, columns) with leading dimension ld <- its reflectors and R. */
static bool householder(const gm_tall_qr *qr, size_t rows, double *a, size_t ld, double *factors) {
  const int m = (int)rows, n = (int)qr->columns, nb = at_once(qr), lda = (int)ld;
  int info = 0;
  double *work = malloc((size_t)nb * qr->columns * sizeof *work);
  if (work == NULL) return false;
  dgeqrt_(&m, &n, &nb, a, &lda, factors, &nb, work, &info);
  free(work);
  return info == 0;
}

/* The triangle of a (…, n) with leading dimension ld into r with leading dimension ldr. */
static void copy_triangle(size_t n, const double *a, size_t ld, double *r, size_t ldr) {
  for (size_t j = 0; j < n; j++) {
    memcpy(r + j * ldr, a + j * ld, (j + 1) * sizeof *r);
    memset(r + j * ldr + j + 1, 0, (n - j - 1) * sizeof *r);
  }
}

typedef struct {
  gm_tall_qr *qr;
  atomic_bool failed;
} factorisation;

static void factorise_block(void *context, size_t block) {
  factorisation *f = context;
  gm_tall_qr *qr = f->qr;
  double *a = qr->a + first_row(qr, block);
  if (householder(qr, rows_of(qr, block), a, qr->rows, factors_of(qr, block)))
    copy_triangle(qr->columns, a, qr->rows, qr->stack + block * qr->columns, qr->blocks * qr->columns);
  else
    atomic_store(&f->failed, 1);
}

gm_status gm_tall_qr_factorise(gm_tall_qr *qr, gm_parallel *pool, size_t rows, size_t columns, double *a,
                               double *r, gm_error *err) {
  const size_t blocks = rows / (BLOCK_ASPECT * columns) > 0 ? rows / (BLOCK_ASPECT * columns) : 1;
  *qr = (gm_tall_qr){.rows = rows,
                     .columns = columns,
                     .blocks = blocks,
                     .a = a,
                     .stack = malloc(blocks * columns * columns * sizeof *qr->stack),
                     .factors = malloc((blocks + 1) * AT_ONCE * columns * sizeof *qr->factors)};
  factorisation f = {.qr = qr, .failed = qr->stack == NULL || qr->factors == NULL};
  const size_t height = blocks * columns;
  if (!f.failed) gm_parallel_for(pool, blocks, factorise_block, &f);
  if (f.failed || !householder(qr, height, qr->stack, height, factors_of(qr, blocks))) {
    gm_tall_qr_free(qr);
    return gm_fail_memory(err, "the QR factorisation");
  }
  copy_triangle(columns, qr->stack, height, r, columns);
  return GM_OK;
}

/* c (rows) <- Q c with the reflectors in a; work (AT_ONCE). */
static bool apply(const gm_tall_qr *qr, size_t rows, const double *a, size_t ld, const double *factors,
                  double *c, double *work) {
  const int m = (int)rows, one = 1, k = (int)qr->columns, nb = at_once(qr), lda = (int)ld;
  int info = 0;
  dgemqrt_("L", "N", &m, &one, &k, &nb, a, &lda, factors, &nb, c, &m, work, &info, 1, 1);
  return info == 0;
}

gm_status gm_tall_qr_apply(const gm_tall_qr *qr, const double *t, double *b, gm_error *err) {
  const size_t n = qr->columns, height = qr->blocks * n;
  double work[AT_ONCE];
  double *top = calloc(height, sizeof *top); /* the blocks' coordinates */
  if (top == NULL) return gm_fail_memory(err, "the QR factorisation");
  memcpy(top, t, n * sizeof *t);
  bool done = apply(qr, height, qr->stack, height, factors_of(qr, qr->blocks), top, work);
  for (size_t block = 0; block < qr->blocks && done; block++) {
    const size_t rows = rows_of(qr, block);
    double *part = b + first_row(qr, block);
    memcpy(part, top + block * n, n * sizeof *part);
    memset(part + n, 0, (rows - n) * sizeof *part);
    done = apply(qr, rows, qr->a + first_row(qr, block), qr->rows, factors_of(qr, block), part, work);
  }
  free(top);
  return done ? GM_OK : gm_fail(err, GM_FAILED, "the QR factorisation does not apply (dgemqrt)");
}

void gm_tall_qr_free(gm_tall_qr *qr) {
  free(qr->a);
  free(qr->stack);
  free(qr->factors);
  *qr = (gm_tall_qr){0};
}
