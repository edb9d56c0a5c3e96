/* SPDX-License-Identifier: MIT
 * Two objectives as one number: the area between a set of points and a reference point that is worse than
 * all of them, and the choice of points after it. losses: (n, 2) row-major, less is better; NaN counts as
 * +infinity.
 *
 * Sources: Zitzler and Thiele, Multiobjective evolutionary algorithms, IEEE Trans. Evol. Comp. 3, 257 (1999)
 * (the hypervolume); Guerreiro, Fonseca and Paquete, Greedy hypervolume subset selection in low dimensions,
 * Evol. Comp. 24, 521 (2016); details as in Optuna 5 (_hypervolume, samplers._tpe.sampler). */
#ifndef TUNING_HYPERVOLUME_H
#define TUNING_HYPERVOLUME_H

#include "common/status.h"

#include <stddef.h>

/* *area: of the part below `reference` that at least one point dominates. A point that is not below it in
 * both adds nothing. */
gm_status gm_hypervolume(size_t n, const double *losses, const double reference[2], double *area,
                         gm_error *err);

/* Chooses n_wanted <= n points: by rank of domination (tuning/domination.h), and of the rank that no longer
 * fits as a whole greedily those that add most to the area below a reference point a tenth beyond the worst
 * of that rank. Equal points are taken after all different ones. chosen: (n). */
gm_status gm_choose_by_hypervolume(size_t n, const double *losses, size_t n_wanted, bool *chosen,
                                   gm_error *err);

#endif
