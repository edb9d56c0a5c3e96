/* SPDX-License-Identifier: MIT
 * QR of a tall matrix by LAPACK's Householder QR of its blocks of rows. */
#include "models/tall_qr.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Fortran LAPACK; the lengths of character arguments come last. */
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
             const int *lwork, int *info);
void dormqr_(const char *side, const char *trans, const int *m, const int *n, const int *k, const double *a,
             const int *lda, const double *tau, double *c, const int *ldc, double *work, const int *lwork,
             int *info, size_t side_length, size_t trans_length);

/* A block has so many times as many rows as columns: 3,072 × 192 doubles are 4.7 MB, and the stacked
 * triangles add a 16th to the work. */
enum { BLOCK_ASPECT = 16, WORK_COLUMNS = 64 /* at least dgeqrf's and dormqr's own block size */ };

static size_t first_row(const gm_tall_qr *qr, size_t block) {
  return block * qr->rows / qr->blocks;
}
static size_t rows_of(const gm_tall_qr *qr, size_t block) {
  return first_row(qr, block + 1) - first_row(qr, block);
}

/* a (rows, columns) with leading dimension ld <- its reflectors and R. */
static _Bool householder(size_t rows, size_t columns, double *a, size_t ld, double *tau) {
  const int m = (int)rows, n = (int)columns, lda = (int)ld, lwork = n * WORK_COLUMNS;
  int info = 0;
  double *work = malloc((size_t)lwork * sizeof *work);
  if (work == NULL) return 0;
  dgeqrf_(&m, &n, a, &lda, tau, work, &lwork, &info);
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
  if (householder(rows_of(qr, block), qr->columns, a, qr->rows, qr->tau + block * qr->columns))
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
                     .tau = malloc((blocks + 1) * columns * sizeof *qr->tau)};
  factorisation f = {.qr = qr, .failed = qr->stack == NULL || qr->tau == NULL};
  const size_t height = blocks * columns;
  if (!f.failed) gm_parallel_for(pool, blocks, factorise_block, &f);
  if (f.failed || !householder(height, columns, qr->stack, height, qr->tau + height)) {
    gm_tall_qr_free(qr);
    return gm_fail_memory(err, "the QR factorisation");
  }
  copy_triangle(columns, qr->stack, height, r, columns);
  return GM_OK;
}

/* c (rows) <- Q c with the reflectors in a. */
static _Bool apply(size_t rows, size_t columns, const double *a, size_t ld, const double *tau, double *c,
                   double *work) {
  const int m = (int)rows, one = 1, k = (int)columns, lda = (int)ld, lwork = WORK_COLUMNS * WORK_COLUMNS * 2;
  int info = 0;
  dormqr_("L", "N", &m, &one, &k, a, &lda, tau, c, &m, work, &lwork, &info, 1, 1);
  return info == 0;
}

gm_status gm_tall_qr_apply(const gm_tall_qr *qr, const double *t, double *b, gm_error *err) {
  const size_t n = qr->columns, height = qr->blocks * n;
  double *top = calloc(height, sizeof *top); /* the blocks' coordinates */
  double *work = malloc((size_t)WORK_COLUMNS * WORK_COLUMNS * 2 * sizeof *work);
  _Bool done = top != NULL && work != NULL;
  if (done) {
    memcpy(top, t, n * sizeof *t);
    done = apply(height, n, qr->stack, height, qr->tau + height, top, work);
  }
  for (size_t block = 0; block < qr->blocks && done; block++) {
    double *part = b + first_row(qr, block);
    memcpy(part, top + block * n, n * sizeof *part);
    memset(part + n, 0, (rows_of(qr, block) - n) * sizeof *part);
    done =
        apply(rows_of(qr, block), n, qr->a + first_row(qr, block), qr->rows, qr->tau + block * n, part, work);
  }
  free(top);
  free(work);
  return done ? GM_OK : gm_fail_memory(err, "the QR factorisation");
}

void gm_tall_qr_free(gm_tall_qr *qr) {
  free(qr->a);
  free(qr->stack);
  free(qr->tau);
  *qr = (gm_tall_qr){0};
}
