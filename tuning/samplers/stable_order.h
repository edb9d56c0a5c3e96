/* SPDX-License-Identifier: MIT
 * Stable ascending order of doubles in linear time (least-significant-digit radix
 * sort, 8 bits at a time). TPE and the pruner sort at every call; this keeps their
 * cost proportional to the number of trials. */
#ifndef TUNING_STABLE_ORDER_H
#define TUNING_STABLE_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* Scratch of one sort: (n) elements. */
typedef struct {
  uint64_t key;
  uint32_t index;
} gm_order_item;

/* order[0 … n-1] = indexes of `values` in ascending order, equal values (-0 and 0 are
 * equal) by index. No NaN; infinities are fine. `scratch` holds 2 n items. */
void gm_stable_order(size_t n, const double *values, uint32_t *order, gm_order_item *scratch);

#endif
