/* SPDX-License-Identifier: MIT
 * Empirical orthogonal functions: the leading patterns of a map's variability and a
 * map's coordinates on them, to shorten the predictors of any model (Lorenz 1956;
 * Hannachi, Jolliffe & Stephenson, Int. J. Climatol. 27, 2007, section 2).
 *
 *   score_k(x) = Σ_j v_kj w_j (x_j − m_j),   w_j² = area_j / Σ area
 *
 * v_k are the right singular vectors of the weighted, centred training months and m
 * their mean, so Σ_k score_k² is the area-mean squared anomaly that k patterns hold: scores
 * are in the units of x and keep their relative size. The entry of v_k of largest
 * magnitude is positive.
 *
 * Letters: n training months, p points, k patterns. */
#ifndef MODELS_EOF_H
#define MODELS_EOF_H

#include "common/status.h"
#include "models/regression/predictors.h"

#include <stddef.h>

typedef struct {
  size_t p, k;
  double *mean;      /* (p); starts the one allocation */
  double *pattern;   /* (k, p) row-major: v_kj w_j, so that applying it needs no weights */
  double *explained; /* (k) share of the training months' variance */
} gm_eof;

/* Learns k patterns from the months X (n, p); area (p) are the relative areas of the points, > 0.
 * GM_BAD_INPUT unless 1 <= k <= min(n − 1, p) and the months have rank k. */
gm_status gm_eof_fit(const gm_predictors *X, const double *area, size_t k, gm_eof *eof, gm_error *err);

/* Scores (k) of one month x (p). */
void gm_eof_project(const gm_eof *eof, const float *x, float *score);

/* Derivative by the points from the one by the scores: by_point_j = Σ_k by_score_k v_kj w_j. Shows
 * coefficients and gradients on the map again. */
void gm_eof_to_points(const gm_eof *eof, const double *by_score, double *by_point);

/* Accepts a zeroed object. */
void gm_eof_free(gm_eof *eof);

#endif
