/* SPDX-License-Identifier: MIT
 * The Pareto front of points of which less is better in both coordinates. */
#ifndef TUNING_PARETO_FRONT_H
#define TUNING_PARETO_FRONT_H

#include <stddef.h>

/* Writes to front[] (room for n) the indices of the points that no other point
 * dominates (nowhere greater and somewhere less), by rising x, and returns how many
 * there are. Of equal points only the first is kept; a NaN keeps a point off. */
size_t gm_pareto_front(const double *x, const double *y, size_t n, size_t *front);

#endif
