/* SPDX-License-Identifier: MIT
 * The factorisation behind every regression here: the thin singular value
 * decomposition of the centred predictors, Xc = Σ_j s_j u_j v_jᵀ, j = 0 … k−1, k = min(n, p).
 *
 *   gm_svd_direct  LAPACK dgesdd on Xc itself, for p > n on the triangle of a QR factorisation of
 *                  Xcᵀ (tall_qr.h): all digits, O(n p k) time, one copy of X
 *   gm_svd_gram    for p > n: eigenvalues s_j² of the n × n Gram matrix Xc Xcᵀ (dsyevd), summed over
 *                  blocks of columns, so no copy of X; s_j below √(n ε)·s_0 are lost in
 *                  rounding and come out as 0 (ε = DBL_EPSILON)
 *
 * The same bits on every run need a BLAS that runs on the same number of threads. */
#ifndef MODELS_SVD_H
#define MODELS_SVD_H

#include "common/parallel.h"
#include "common/status.h"
#include "models/regression/predictors.h"
#include "models/regression/tall_qr.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  size_t n, p, k;
  double *mean;  /* (p) column means taken off, zeros when not centred */
  double *scale; /* (p) what columns were divided by after that: gm_svd_direct only */
  double *s;     /* (k) singular values, descending */
  double *u;     /* (n, k) row-major, left singular vectors in columns */
  double *v;     /* (k, p) row-major, right singular vectors in rows; from gm_svd_direct with p > n
                    (k, n), in the coordinates of `qr`; NULL from gm_svd_gram */
  gm_tall_qr qr; /* of Xcᵀ: gm_svd_direct with p > n */
} gm_svd;

/* `centre` takes the column means off; `equilibrate` divides the centred columns by their length. A column
 * that varies by no more than the rounding of its data (data_epsilon) becomes zero. `pool` may be NULL;
 * the result is the same on any. */
gm_status gm_svd_direct(const gm_predictors *X, bool centre, bool equilibrate, double data_epsilon,
                        gm_parallel *pool, gm_svd *svd, gm_error *err);

gm_status gm_svd_gram(const gm_predictors *X, bool centre, gm_parallel *pool, gm_svd *svd, gm_error *err);

/* c_j = u_jᵀ y, j = 0 … k − 1; y (n). */
void gm_svd_project(const gm_svd *svd, const double *y, double *c);

/* b = Σ_j w_j v_j in the units of X (scaling undone), b (p). After gm_svd_gram v_j = Xcᵀ u_j / s_j,
 * and terms with s_j = 0 are left out. */
gm_status gm_svd_combine(const gm_svd *svd, const gm_predictors *X, const double *w, double *b,
                         gm_error *err);

/* Accepts a zeroed or half-built object. */
void gm_svd_free(gm_svd *svd);

#endif
