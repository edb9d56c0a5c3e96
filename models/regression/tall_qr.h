/* SPDX-License-Identifier: MIT
 * QR factorisation of a matrix with many more rows than columns, in two levels: each block of
 * rows on its own, then the triangles of all blocks on top of one another. A block fits into
 * a cache where the whole does not, and the blocks are independent.
 *
 * Demmel, Grigori, Hoemmen, Langou: Communication-optimal parallel and sequential QR and LU
 * factorizations, SIAM J. Sci. Comput. 34 (2012). Backward stable as Householder's own.
 *
 * A (rows, columns) = Q R, column-major as LAPACK has it; rows ≥ columns. Q is never formed. */
#ifndef MODELS_TALL_QR_H
#define MODELS_TALL_QR_H

#include "common/parallel.h"
#include "common/status.h"

#include <stddef.h>

typedef struct {
  size_t rows, columns, blocks;
  double *a;       /* (rows, columns) the blocks' reflectors; owned */
  double *stack;   /* (blocks·columns, columns) the reflectors of the stacked triangles */
  double *factors; /* (blocks + 1, 32, columns) how reflectors multiply, of each block and of the stack */
} gm_tall_qr;

/* Factorises `a`, which is overwritten and becomes part of *qr (freed here on failure too);
 * r (columns, columns) gets R with zeros below its diagonal. `pool` may be NULL. */
gm_status gm_tall_qr_factorise(gm_tall_qr *qr, gm_parallel *pool, size_t rows, size_t columns, double *a,
                               double *r, gm_error *err);

/* b (rows) = Q t, t (columns). */
gm_status gm_tall_qr_apply(const gm_tall_qr *qr, const double *t, double *b, gm_error *err);

/* Accepts a zeroed object. */
void gm_tall_qr_free(gm_tall_qr *qr);

#endif
