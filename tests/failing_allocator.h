/* SPDX-License-Identifier: MIT
 * An aligned_alloc that fails when told to: models/memory.c takes parameters, moments and
 * activations from it. In front of libc's for the program that includes this. */
#ifndef TESTS_FAILING_ALLOCATOR_H
#define TESTS_FAILING_ALLOCATOR_H

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

static int allocations_left = INT_MAX; /* until one fails */

void *aligned_alloc(size_t alignment, size_t size) {
  void *memory = NULL;
  if (allocations_left-- <= 0) return NULL;
  return posix_memalign(&memory, alignment, size) == 0 ? memory : NULL;
}

/* Whether it is ours that is called: valgrind puts its own in front. */
static inline bool allocations_can_fail(void) {
  void *(*volatile allocate)(size_t, size_t) = aligned_alloc;
  allocations_left = 0;
  void *memory = allocate(64, 64);
  allocations_left = INT_MAX;
  free(memory);
  return memory == NULL;
}

#endif
