/* SPDX-License-Identifier: MIT
 * A regression on more predictors than samples through the samples' products with one another,
 * K = Xc Xcᵀ (n, n), brought to tridiagonal form once: K = Q T Qᵀ (LAPACK dsytrd).
 *
 *   b = Xcᵀ a,  (K + λI) a = y          ridge; λ = 0: least squares of minimum norm
 *   e_i = a_i / [(K + λI)⁻¹]_ii         error at sample i of the fit without it (Allen's PRESS;
 *                                       dual_left_out.h)
 *
 * T + λI costs O(n) a right-hand side and O(n²) for the diagonal of the inverse, so that a penalty
 * costs next to nothing and no eigenvectors are needed, only the outermost eigenvalues for rank and
 * condition. Q is never formed: it stays the product of reflections that it is found as.
 *
 * With an intercept K has the direction of ones as its null space: a reflection takes it off first, so
 * that K is (n − 1, n − 1) and small penalties keep their digits.
 *
 * K is rounded to n ε s_0² (ε = DBL_EPSILON): what is below in s_j² + λ is lost. Callers decide whether they
 * can do with it (svd.h has the factorisation of X itself).
 *
 * Letters: n samples, p predictors, k = n − 1 with intercept, else n. */
#ifndef MODELS_DUAL_H
#define MODELS_DUAL_H

#include "common/parallel.h"
#include "common/status.h"
#include "models/regression/predictors.h"

#include <stdbool.h>
#include <stddef.h>

/* Step j of T + λI = L diag(d) Lᵀ, L with ones on its diagonal and l_j below it, and of t = L⁻¹ Qᵀ y. */
typedef struct {
  double before;     /* l_{j−1} */
  double reciprocal; /* 1 / d_j */
  double share;      /* t_j / d_j */
} gm_dual_step;

typedef struct {
  size_t n, k;
  double *mean;           /* (p) column means taken off; zeros without intercept */
  double greatest, least; /* of the k singular values of Xc; 0 where K does not resolve them */
  double *ones;           /* (n) with an intercept v of the reflection that takes off the ones */
  double *reflections; /* (n, n) Q = H_0 … H_{k−2}, H_j = I − τ_j v vᵀ with v in row j behind column j */
  double *tau;         /* (k) */
  double *diagonal;    /* (k) of T */
  double *beside;      /* (k) the k − 1 numbers beside it */
  double *scratch;     /* (n) */
  gm_dual_step *steps; /* (k) scratch */
} gm_dual;

/* For p >= n >= 2. `pool` may be NULL; the result is the same on any. */
gm_status gm_dual_build(const gm_predictors *X, bool intercept, gm_parallel *pool, gm_dual *dual,
                        gm_error *err);

/* s (k): all singular values of Xc, descending; 0 where K does not resolve them. */
gm_status gm_dual_singular_values(gm_dual *dual, double *s, gm_error *err);

/* a (n) of y (n), the part of y that is constant left out with an intercept; false where T + λI is not
 * positive to rounding. */
bool gm_dual_solve(gm_dual *dual, const double *y, double lambda, double *a);

/* Accepts a zeroed or half-built object. */
void gm_dual_free(gm_dual *dual);

/* ---- parts, for dual_left_out.c ------------------------------------------ */

/* v of H_j and, of a vector, where it works on: k − 1 − j numbers. */
static inline const double *gm_dual_reflection(const gm_dual *dual, size_t j) {
  return dual->reflections + j * dual->n + j + 1;
}

/* Qᵀ x over x (n) */
void gm_dual_to_basis(const gm_dual *dual, double *x);

/* steps (k) of y in the basis of Q. Whether T + λI is positive to rounding. */
bool gm_dual_eliminate(const gm_dual *dual, const double *y, double lambda, gm_dual_step *steps);

#endif
