/* SPDX-License-Identifier: MIT
 * Selection of the k smallest with libstdc++'s order of equal elements. */
#include "models/network/smallest_k.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
  PARTIAL_SORT_FACTOR = 64, /* ATen/native/TopKImpl.h: partial_sort when k · 64 <= n */
  INSERTION_SIZE = 3,       /* introselect leaves this many to insertion sort */
};

typedef struct {
  float value;
  uint32_t index;
} element;

static bool less(element a, element b) {
  return a.value < b.value;
}

static void swap(element *a, element *b) {
  const element t = *a;
  *a = *b;
  *b = t;
}

/* ---- heap selection: e[0 … k−1] become the k smallest of e[0 … n−1] ---------- */

/* Moves `value` from `hole` down to a leaf, then up to its place (std::__adjust_heap). */
static void adjust_heap(element *e, size_t hole, size_t length, element value) {
  const size_t top = hole;
  size_t child = hole;
  while (child < (length - 1) / 2) {
    child = 2 * (child + 1);
    if (less(e[child], e[child - 1])) child--;
    e[hole] = e[child];
    hole = child;
  }
  if (length % 2 == 0 && child == (length - 2) / 2) {
    child = 2 * (child + 1);
    e[hole] = e[child - 1];
    hole = child - 1;
  }
  while (hole > top && less(e[(hole - 1) / 2], value)) {
    e[hole] = e[(hole - 1) / 2];
    hole = (hole - 1) / 2;
  }
  e[hole] = value;
}

static void heap_select(element *e, size_t k, size_t n) {
  if (k >= 2)
    for (size_t parent = (k - 2) / 2 + 1; parent-- > 0;) adjust_heap(e, parent, k, e[parent]);
  for (size_t i = k; i < n; i++)
    if (less(e[i], e[0])) {
      const element value = e[i];
      e[i] = e[0];
      adjust_heap(e, 0, k, value);
    }
}

/* ---- introselect: e[nth] in its sorted place, smaller or equal ones before ---- */

static void median_to_first(element *result, element *a, element *b, element *c) {
  if (less(*a, *b)) {
    if (less(*b, *c))
      swap(result, b);
    else if (less(*a, *c))
      swap(result, c);
    else
      swap(result, a);
  } else if (less(*a, *c))
    swap(result, a);
  else if (less(*b, *c))
    swap(result, c);
  else
    swap(result, b);
}

static element *partition_pivot(element *first, element *last) {
  element *middle = first + (last - first) / 2;
  median_to_first(first, first + 1, middle, last - 1);
  const element pivot = *first;
  element *low = first + 1, *high = last;
  for (;;) { /* unguarded: the median of three stops both scans */
    while (less(*low, pivot)) low++;
    high--;
    while (less(pivot, *high)) high--;
    if (low >= high) return low;
    swap(low, high);
    low++;
  }
}

static void insertion_sort(element *first, element *last) {
  for (element *i = first; i < last; i++) {
    const element value = *i;
    element *hole = i;
    while (hole > first && less(value, hole[-1])) {
      *hole = hole[-1];
      hole--;
    }
    *hole = value;
  }
}

static void introselect(element *first, element *nth, element *last) {
  if (first == last || nth == last) return;
  size_t depth = 0;
  for (size_t n = (size_t)(last - first); n > 1; n /= 2) depth += 2;
  while (last - first > INSERTION_SIZE) {
    if (depth-- == 0) {
      heap_select(first, (size_t)(nth + 1 - first), (size_t)(last - first));
      swap(first, nth);
      return;
    }
    element *cut = partition_pivot(first, last);
    if (cut <= nth)
      first = cut;
    else
      last = cut;
  }
  insertion_sort(first, last);
}

gm_status gm_smallest_k(const float *values, size_t n, size_t k, uint8_t *selected, gm_error *err) {
  memset(selected, 0, n);
  if (k == 0) return GM_OK;
  element *e = malloc(n * sizeof *e);
  if (e == NULL) return gm_fail_memory(err, "the selection of weights to prune");
  for (size_t i = 0; i < n; i++) e[i] = (element){values[i], (uint32_t)i};
  if (k * PARTIAL_SORT_FACTOR <= n)
    heap_select(e, k, n);
  else
    introselect(e, e + k - 1, e + n);
  for (size_t i = 0; i < k; i++) selected[e[i].index] = 1;
  free(e);
  return GM_OK;
}
