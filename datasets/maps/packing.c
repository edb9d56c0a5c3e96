/* SPDX-License-Identifier: MIT
 * From stored to physical values (CF conventions, section 8.1 and 2.5.1): wrapped integers, marks of missing
 * values, scale and offset, the valid range. Reading them from a file is netcdf_field.c's. */
#include "datasets/maps/packing.h"

#include <math.h>

gm_packing gm_packing_none(void) {
  return (gm_packing){.scale = 1, .valid_min = -INFINITY, .valid_max = INFINITY};
}

double gm_packing_wrap(const gm_packing *p, double stored) {
  if (p->wrap == 0) return stored;
  if (p->wrap_to_signed) return stored >= p->wrap / 2 ? stored - p->wrap : stored;
  return stored < 0 ? stored + p->wrap : stored;
}

double gm_packing_unpack(const gm_packing *p, double stored) {
  stored = gm_packing_wrap(p, stored);
  for (size_t i = 0; i < p->n_missing; i++)
    if (stored == p->missing[i]) return NAN;
  const double value = stored * p->scale + p->offset;
  const double judged = p->valid_of_unpacked ? value : stored;
  return isfinite(value) && judged >= p->valid_min && judged <= p->valid_max ? value : NAN;
}
