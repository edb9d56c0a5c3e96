/* SPDX-License-Identifier: MIT
 * Numbers in rising order, for qsort and bsearch. */
#ifndef COMMON_ASCENDING_H
#define COMMON_ASCENDING_H

/* Of two doubles, neither of which is NaN. */
static inline int gm_ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

#endif
