/* SPDX-License-Identifier: MIT
 * One value per cell is kept, and whether another came. */
#include "datasets/maps/still_cells.h"

#include <math.h>
#include <stdlib.h>

gm_status gm_still_cells_create(gm_still_cells *c, size_t n, gm_error *err) {
  *c = (gm_still_cells){.n_cells = n,
                        .value = calloc(n + 1, sizeof *c->value),
                        .count = calloc(n + 1, sizeof *c->count),
                        .moved = calloc(n + 1, sizeof *c->moved),
                        .last = calloc(n + 1, sizeof *c->last)};
  if (c->last != NULL && c->value != NULL && c->count != NULL && c->moved != NULL) return GM_OK;
  gm_still_cells_free(c);
  return gm_fail_memory(err, "the cells of a map");
}

bool gm_still_cells_add(gm_still_cells *c, const double *month) {
  size_t n = 0;
  double one = 0;
  bool same = true;
  size_t n_both = 0, n_equal = 0;
  for (size_t i = 0; i < c->n_cells; i++) {
    const double value = month[i], before = c->last[i];
    c->last[i] = value;
    if (isnan(value)) continue;
    if (c->n_months > 0 && !isnan(before)) {
      n_both++;
      n_equal += value == before ? 1 : 0;
    }
    if (n++ == 0) one = value;
    same = same && value == one;
    if (c->moved[i]) continue;
    if (c->count[i]++ == 0)
      c->value[i] = value;
    else
      c->moved[i] = value != c->value[i];
  }
  if (n_both >= GM_STILL_CELLS && n_equal == n_both && c->n_repeats++ == 0) c->first_repeat = c->n_months;
  c->n_months++;
  return same && n >= GM_STILL_CELLS;
}

bool gm_still_cells_is(const gm_still_cells *c, size_t cell) {
  return !c->moved[cell] && c->count[cell] >= GM_STILL_MONTHS;
}

void gm_still_cells_free(gm_still_cells *c) {
  free(c->value);
  free(c->count);
  free(c->moved);
  free(c->last);
  *c = (gm_still_cells){0};
}
