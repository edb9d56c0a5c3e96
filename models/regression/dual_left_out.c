/* SPDX-License-Identifier: MIT
 * Errors of samples left out, for many penalties at once. */
#include "models/regression/dual_left_out.h"

#include "common/widest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 8, VECTORS = 2, PIECE = LANES * VECTORS /* samples */ };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias));

typedef struct {
  const gm_dual *dual;
  const double *y; /* (k) in the basis of Q */
  const double *lambda;
  size_t n_lambda, width; /* samples, rounded up to whole pieces */
  double *q;              /* (pieces, k, PIECE) scratch: rows of Q, side by side */
  gm_dual_step *steps;    /* (n_lambda, k) scratch */
  bool *positive;         /* (n_lambda) */
  double *errors;         /* (n_lambda, width) */
} errors_left_out;

static void eliminate_penalty(void *context, size_t g) {
  const errors_left_out *e = context;
  e->positive[g] = gm_dual_eliminate(e->dual, e->y, e->lambda[g], e->steps + g * e->dual->k);
}

/* Rows of Q, from those of H_ones: each times H_0, H_1, … from the right, two at a time so that the rows are
 * read half as often: x H_j H_{j+1} = x − s vᵀ − t uᵀ, s = τ_j x v, t = τ_{j+1} (x u − (vᵀ u) s). Number r of
 * a row stands in q + r · PIECE; v and u are 1 in front. */
GM_WIDEST static void reflect_rows(const gm_dual *dual, double *q) {
  for (size_t j = 0; j + 1 < dual->k; j += 2) {
    const double *v = gm_dual_reflection(dual, j), *u = gm_dual_reflection(dual, j + 1);
    const size_t count = dual->k - 1 - j;
    lanes *x = (lanes *)(q + (j + 1) * PIECE), s[VECTORS], t[VECTORS] = {{0}};
    double vu = 0;
    for (int l = 0; l < VECTORS; l++) s[l] = x[l];
    for (size_t r = 1; r < count; r++) {
      vu += v[r] * u[r - 1];
#pragma GCC unroll 8
      for (int l = 0; l < VECTORS; l++) {
        s[l] += v[r] * x[r * VECTORS + (size_t)l];
        t[l] += u[r - 1] * x[r * VECTORS + (size_t)l];
      }
    }
    for (int l = 0; l < VECTORS; l++) {
      s[l] *= dual->tau[j];
      t[l] = dual->tau[j + 1] * (t[l] - vu * s[l]);
      x[l] -= s[l];
    }
    for (size_t r = 1; r < count; r++)
#pragma GCC unroll 8
      for (int l = 0; l < VECTORS; l++) x[r * VECTORS + (size_t)l] -= v[r] * s[l] + u[r - 1] * t[l];
  }
}

/* The rows of H_ones that belong to samples first, first + 1, …; zeros behind the last sample. */
static void set_rows(const gm_dual *dual, size_t first, double *q) {
  const double *v = dual->ones, beta = dual->k < dual->n ? 1 / v[dual->n - 1] : 0;
  const size_t count = dual->n - first < PIECE ? dual->n - first : PIECE;
  memset(q, 0, dual->k * PIECE * sizeof *q);
  for (size_t r = 0; r < dual->k && beta > 0; r++)
    for (size_t i = 0; i < count; i++) q[r * PIECE + i] = -beta * v[first + i] * v[r];
  for (size_t i = 0; i < count && first + i < dual->k; i++) q[(first + i) * PIECE + i] += 1;
}

/* Rows of Z = Q L⁻ᵀ for two penalties at a time: z_j = q_j − l_{j−1} z_{j−1}, of which
 * [(K + λI)⁻¹]_ii = Σ_j z_ij² / d_j and a_i = Σ_j z_ij t_j / d_j. */
GM_WIDEST static void divide(size_t k, const double *q, const gm_dual_step *const steps[2],
                             double *const errors[2]) {
  lanes z[2][VECTORS] = {{{0}}}, inverse[2][VECTORS] = {{{0}}}, a[2][VECTORS] = {{{0}}};
  for (size_t j = 0; j < k; j++, q += PIECE)
#pragma GCC unroll 2
    for (int g = 0; g < 2; g++) {
      const gm_dual_step s = steps[g][j];
#pragma GCC unroll 8
      for (int l = 0; l < VECTORS; l++) {
        z[g][l] = *(const lanes *)(q + l * LANES) - s.before * z[g][l];
        inverse[g][l] += z[g][l] * z[g][l] * s.reciprocal;
        a[g][l] += z[g][l] * s.share;
      }
    }
  for (int g = 0; g < 2; g++)
    for (int l = 0; l < VECTORS; l++) *(lanes *)(errors[g] + l * LANES) = a[g][l] / inverse[g][l];
}

static void errors_of_piece(void *context, size_t piece) {
  const errors_left_out *e = context;
  const size_t k = e->dual->k;
  double *q = e->q + piece * k * PIECE;
  set_rows(e->dual, piece * PIECE, q);
  reflect_rows(e->dual, q);
  for (size_t g = 0; g < e->n_lambda; g += 2) {
    const size_t next = g + 1 < e->n_lambda ? g + 1 : g;
    divide(
        k, q, (const gm_dual_step *[2]){e->steps + g * k, e->steps + next * k},
        (double *[2]){e->errors + g * e->width + piece * PIECE, e->errors + next * e->width + piece * PIECE});
  }
}

gm_status gm_dual_leave_one_out(gm_dual *dual, const double *y, const double *lambda, size_t n_lambda,
                                gm_parallel *pool, double *mean_square, gm_error *err) {
  const size_t n = dual->n, k = dual->k, pieces = (n + PIECE - 1) / PIECE;
  errors_left_out e = {.dual = dual,
                       .y = dual->scratch,
                       .lambda = lambda,
                       .n_lambda = n_lambda,
                       .width = pieces * PIECE,
                       .q = aligned_alloc(sizeof(lanes), pieces * PIECE * k * sizeof *e.q),
                       .steps = calloc(n_lambda * k, sizeof *e.steps),
                       .positive = malloc(n_lambda * sizeof *e.positive),
                       .errors = malloc(n_lambda * pieces * PIECE * sizeof *e.errors)};
  const bool memory = e.q != NULL && e.steps != NULL && e.positive != NULL && e.errors != NULL;
  if (memory) {
    memcpy(dual->scratch, y, n * sizeof *y);
    gm_dual_to_basis(dual, dual->scratch);
    gm_parallel_for(pool, n_lambda, eliminate_penalty, &e);
    gm_parallel_for(pool, pieces, errors_of_piece, &e);
  }
  for (size_t g = 0; g < n_lambda && memory; g++) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += e.errors[g * e.width + i] * e.errors[g * e.width + i];
    mean_square[g] = e.positive[g] && isfinite(sum) ? sum / (double)n : INFINITY;
  }
  free(e.q);
  free(e.steps);
  free(e.positive);
  free(e.errors);
  return memory ? GM_OK : gm_fail_memory(err, "the cross-validation");
}
