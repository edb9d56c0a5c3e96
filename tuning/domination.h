/* SPDX-License-Identifier: MIT
 * Which points beat which when several objectives count. losses: (n, k) row-major, less is better in each
 * of k objectives; NaN counts as +infinity. A point dominates another that it nowhere exceeds and somewhere
 * undercuts; equal points do not dominate each other.
 *
 * Sources: Deb et al., A fast and elitist multiobjective genetic algorithm: NSGA-II, IEEE Trans. Evol.
 * Comp. 6, 182 (2002), section III A; details as in Optuna 5 (study._multi_objective). */
#ifndef TUNING_DOMINATION_H
#define TUNING_DOMINATION_H

#include "common/status.h"

#include <stddef.h>

/* rank[i] (n): 0 for points that none dominates, 1 for those that only rank 0 dominates, and so on. The
 * ranking ends when n_enough different points have a rank; all others get the next one, unsorted. */
gm_status gm_domination_ranks(size_t n, size_t k, const double *losses, size_t n_enough, size_t *rank,
                              gm_error *err);

/* The Pareto front of points of which less is better in both coordinates. Writes to front[] (room for n) the
 * indices of the points that no other point dominates (nowhere greater and somewhere less), by rising x, and
 * returns how many there are. Of equal points only the first is kept; a NaN keeps a point off. */
size_t gm_pareto_front(const double *x, const double *y, size_t n, size_t *front);

#endif
