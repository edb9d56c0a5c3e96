/* SPDX-License-Identifier: MIT
 * Unpacking. */
#include "datasets/maps/packing.h"

#include <math.h>

gm_packing gm_packing_none(void) {
  return (gm_packing){.scale = 1, .valid_min = -INFINITY, .valid_max = INFINITY};
}

double gm_packing_unpack(const gm_packing *p, double stored) {
  for (size_t i = 0; i < p->n_missing; i++)
    if (stored == p->missing[i]) return NAN;
  const double value = stored * p->scale + p->offset;
  const double judged = p->valid_of_unpacked ? value : stored;
  return isfinite(value) && judged >= p->valid_min && judged <= p->valid_max ? value : NAN;
}
