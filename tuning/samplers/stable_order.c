/* SPDX-License-Identifier: MIT
 * Stable order of doubles by a radix sort of their bits, least significant byte first: equal values keep
 * their order, as numpy's stable argsort, in linear time. */
#include "tuning/samplers/stable_order.h"

#include <string.h>

enum { RADIX_BITS = 8, N_BUCKETS = 1 << RADIX_BITS, N_PASSES = 64 / RADIX_BITS };

/* Unsigned keys in the order of the doubles: negative numbers have all bits flipped,
 * the others the sign bit (IEEE 754 binary64). Adding 0 turns -0 into 0. */
static uint64_t key_of(double value) {
  const double positive_zero = value + 0.0;
  uint64_t bits;
  memcpy(&bits, &positive_zero, sizeof bits);
  return bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
}

static size_t bucket_of(uint64_t key, int pass) {
  return (key >> (RADIX_BITS * pass)) & (N_BUCKETS - 1);
}

void gm_stable_order(size_t n, const double *values, uint32_t *order, gm_order_item *scratch) {
  uint32_t counts[N_PASSES][N_BUCKETS] = {{0}};
  gm_order_item *from = scratch, *to = scratch + n;
  for (size_t i = 0; i < n; i++) {
    from[i] = (gm_order_item){.key = key_of(values[i]), .index = (uint32_t)i};
    for (int pass = 0; pass < N_PASSES; pass++) counts[pass][bucket_of(from[i].key, pass)]++;
  }
  for (int pass = 0; pass < N_PASSES && n > 0; pass++) {
    uint32_t *start = counts[pass];
    if (start[bucket_of(from[0].key, pass)] == n) continue; /* all keys agree in this digit */
    uint32_t sum = 0;
    for (size_t b = 0; b < N_BUCKETS; b++) {
      const uint32_t count = start[b];
      start[b] = sum;
      sum += count;
    }
    for (size_t i = 0; i < n; i++) to[start[bucket_of(from[i].key, pass)]++] = from[i];
    gm_order_item *swapped = from;
    from = to;
    to = swapped;
  }
  for (size_t i = 0; i < n; i++) order[i] = from[i].index;
}
