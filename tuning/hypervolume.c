/* SPDX-License-Identifier: MIT
 * Hypervolumes in two dimensions: points in order of the first objective make slabs. */
#include "tuning/hypervolume.h"

#include "tuning/domination.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* optuna.samplers._tpe.sampler.EPS, for a reference of 0. */
static const double smallest_reference = 1e-12;

typedef struct {
  double x, y;   /* losses */
  double rx, ry; /* corner up to which the area would be this point's alone */
  size_t index;
} point;

static double or_infinity(double loss) {
  return isnan(loss) ? INFINITY : loss;
}

static int compare(const void *a, const void *b) {
  const point *left = a, *right = b;
  if (left->x != right->x) return left->x < right->x ? -1 : 1;
  if (left->y != right->y) return left->y < right->y ? -1 : 1;
  return left->index < right->index ? -1 : 1;
}

gm_status gm_hypervolume(size_t n, const double *losses, const double reference[2], double *area,
                         gm_error *err) {
  point *p = malloc((n > 0 ? n : 1) * sizeof *p);
  double ceiling = reference[1];
  *area = 0.0;
  if (p == NULL) return gm_fail_memory(err, "the hypervolume");
  for (size_t i = 0; i < n; i++)
    p[i] = (point){.x = or_infinity(losses[2 * i]), .y = or_infinity(losses[2 * i + 1]), .index = i};
  qsort(p, n, sizeof *p, compare);
  for (size_t i = 0; i < n; i++) { /* slabs from left to right */
    if (!(p[i].x < reference[0] && p[i].y < ceiling)) continue;
    *area += (reference[0] - p[i].x) * (ceiling - p[i].y);
    ceiling = p[i].y;
  }
  free(p);
  return GM_OK;
}

/* ---- choosing -------------------------------------------------------------------------- */

/* A tenth beyond the worst; also where that is negative. */
static double reference_beyond(double worst) {
  const double reference = fmax(1.1 * worst, 0.9 * worst);
  return reference == 0.0 ? smallest_reference : reference;
}

/* Takes `wanted` < n of different points in order, the one with the largest area of its own first, the
 * first of equals. */
static void take_greedily(size_t n, point *p, size_t wanted, bool *chosen) {
  for (size_t taken = 0; taken < wanted && n > 0; taken++, n--) {
    size_t best = 0;
    double largest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
      const double own = (p[i].rx - p[i].x) * (p[i].ry - p[i].y);
      if (!(own > largest)) continue;
      largest = own;
      best = i;
    }
    const point winner = p[best];
    chosen[winner.index] = true;
    memmove(p + best, p + best + 1, (n - best - 1) * sizeof *p);
    for (size_t i = 0; i < best; i++) p[i].rx = fmin(p[i].rx, winner.x);
    for (size_t i = best; i < n - 1; i++) p[i].ry = fmin(p[i].ry, winner.y);
  }
}

/* Chooses `wanted` < n among points of one rank. */
static void choose_in_rank(size_t n, point *p, size_t wanted, bool *chosen) {
  double worst_x = -INFINITY, worst_y = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    worst_x = fmax(worst_x, p[i].x);
    worst_y = fmax(worst_y, p[i].y);
  }
  const double rx = reference_beyond(worst_x), ry = reference_beyond(worst_y);
  qsort(p, n, sizeof *p, compare);
  size_t n_different = 0;
  for (size_t i = 0; i < n; i++) {
    if (i > 0 && p[i].x == p[n_different - 1].x && p[i].y == p[n_different - 1].y) continue;
    p[n_different] = (point){p[i].x, p[i].y, rx, ry, p[i].index};
    n_different++;
  }
  if (n_different > wanted && isfinite(rx) && isfinite(ry)) {
    take_greedily(n_different, p, wanted, chosen);
    return;
  }
  for (size_t i = 0; i < n_different && i < wanted; i++) chosen[p[i].index] = true;
}

/* Among what is left of a rank, all equal to chosen ones: the first. */
static void fill_up(size_t n, const size_t *rank, size_t r, size_t wanted, bool *chosen) {
  for (size_t i = 0; i < n; i++) wanted -= rank[i] == r && chosen[i];
  for (size_t i = 0; i < n && wanted > 0; i++) {
    if (rank[i] != r || chosen[i]) continue;
    chosen[i] = true;
    wanted--;
  }
}

static void choose(size_t n, const double *losses, const size_t *rank, point *p, size_t n_wanted,
                   bool *chosen) {
  memset(chosen, 0, n * sizeof *chosen);
  for (size_t r = 0, taken = 0; taken < n_wanted; r++) {
    size_t n_rank = 0;
    for (size_t i = 0; i < n; i++)
      if (rank[i] == r)
        p[n_rank++] =
            (point){.x = or_infinity(losses[2 * i]), .y = or_infinity(losses[2 * i + 1]), .index = i};
    const size_t wanted = n_wanted - taken < n_rank ? n_wanted - taken : n_rank;
    if (wanted < n_rank) choose_in_rank(n_rank, p, wanted, chosen);
    fill_up(n, rank, r, wanted, chosen);
    taken += wanted;
  }
}

gm_status gm_choose_by_hypervolume(size_t n, const double *losses, size_t n_wanted, bool *chosen,
                                   gm_error *err) {
  const size_t room = n > 0 ? n : 1;
  size_t *rank = malloc(room * sizeof *rank);
  point *p = malloc(room * sizeof *p);
  gm_status status = rank == NULL || p == NULL ? gm_fail_memory(err, "the choice of good trials") : GM_OK;
  if (status == GM_OK) status = gm_domination_ranks(n, 2, losses, n_wanted, rank, err);
  if (status == GM_OK) choose(n, losses, rank, p, n_wanted, chosen);
  free(rank);
  free(p);
  return status;
}
