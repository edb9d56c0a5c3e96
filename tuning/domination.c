/* SPDX-License-Identifier: MIT
 * Ranks of domination. In lexicographic order no point is dominated by a later one. */
#include "tuning/domination.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct {
  const double *losses; /* (k) of this point */
  size_t k, index;
} point;

/* By the objectives in order, then by index. NaN after everything. */
static int compare(const void *a, const void *b) {
  const point *left = a, *right = b;
  for (size_t j = 0; j < left->k; j++) {
    if (left->losses[j] < right->losses[j]) return -1;
    if (left->losses[j] > right->losses[j]) return 1;
  }
  return left->index < right->index ? -1 : 1;
}

static bool equal(const point *a, const point *b) {
  for (size_t j = 0; j < a->k; j++)
    if (a->losses[j] != b->losses[j]) return false;
  return true;
}

/* Whether a, before b in the order and different, dominates it. */
static bool dominates(const point *a, const point *b) {
  for (size_t j = 1; j < a->k; j++)
    if (a->losses[j] > b->losses[j]) return false;
  return true;
}

/* Whether one of the front dominates p. With two objectives the last one of the front is the least in the
 * second and decides alone. */
static bool is_dominated(size_t n, const point *front, const point *p) {
  if (p->k == 2) return n > 0 && dominates(&front[n - 1], p);
  for (size_t i = n; i > 0; i--)
    if (dominates(&front[i - 1], p)) return true;
  return false;
}

/* Moves the points that none dominates from p (n) to front; the others close up. Returns how many moved. */
static size_t take_front(size_t n, point *p, point *front) {
  size_t n_front = 0, n_rest = 0;
  for (size_t i = 0; i < n; i++) {
    if (is_dominated(n_front, front, &p[i]))
      p[n_rest++] = p[i];
    else
      front[n_front++] = p[i];
  }
  return n_front;
}

/* Ranks of different points, in order. */
static void rank_all(size_t n, point *p, point *front, size_t n_enough, size_t *rank) {
  const size_t wanted = n_enough < n ? n_enough : n;
  size_t n_ranked = 0, r = 0;
  for (; n_ranked < wanted; r++) {
    const size_t n_front = take_front(n - n_ranked, p, front);
    for (size_t i = 0; i < n_front; i++) rank[front[i].index] = r;
    n_ranked += n_front;
  }
  for (size_t i = 0; i < n - n_ranked; i++) rank[p[i].index] = r;
}

gm_status gm_domination_ranks(size_t n, size_t k, const double *losses, size_t n_enough, size_t *rank,
                              gm_error *err) {
  const size_t room = n > 0 ? n : 1;
  double *clean = malloc(room * k * sizeof *clean);
  point *p = malloc(3 * room * sizeof *p), *different = p + room, *front = different + room;
  if (clean == NULL || p == NULL) {
    free(clean);
    free(p);
    return gm_fail_memory(err, "the ranks of the trials");
  }
  for (size_t i = 0; i < n * k; i++) clean[i] = isnan(losses[i]) ? INFINITY : losses[i];
  for (size_t i = 0; i < n; i++) p[i] = (point){clean + i * k, k, i};
  qsort(p, n, sizeof *p, compare);
  size_t n_different = 0;
  for (size_t i = 0; i < n; i++)
    if (i == 0 || !equal(&p[i - 1], &p[i])) different[n_different++] = p[i];
  rank_all(n_different, different, front, n_enough, rank);
  for (size_t i = 1; i < n; i++)
    if (equal(&p[i - 1], &p[i])) rank[p[i].index] = rank[p[i - 1].index];
  free(clean);
  free(p);
  return GM_OK;
}

/* ---- two coordinates, by comparing every pair: n is the number of models or trials ----------- */

static bool keeps_off(const double *x, const double *y, size_t by, size_t i) {
  const bool equal = x[by] == x[i] && y[by] == y[i];
  return equal ? by < i : x[by] <= x[i] && y[by] <= y[i];
}

size_t gm_pareto_front(const double *x, const double *y, size_t n, size_t *front) {
  size_t n_front = 0;
  for (size_t i = 0; i < n; i++) {
    bool on_front = !isnan(x[i]) && !isnan(y[i]);
    for (size_t j = 0; j < n && on_front; j++) on_front = j == i || !keeps_off(x, y, j, i);
    if (!on_front) continue;
    size_t place = n_front++; /* insertion by x */
    for (; place > 0 && x[front[place - 1]] > x[i]; place--) front[place] = front[place - 1];
    front[place] = i;
  }
  return n_front;
}
