/* SPDX-License-Identifier: MIT
 * An aligned_alloc that fails when told to: models/memory.c takes parameters, moments and
 * activations from it. In front of libc's for the program that includes this. */
#ifndef TESTS_FAILING_ALLOCATOR_H
#define TESTS_FAILING_ALLOCATOR_H

#include <limits.h>
#include <stdlib.h>

static int allocations_left = INT_MAX; /* until one fails */

void *aligned_alloc(size_t alignment, size_t size) {
  void *memory = NULL;
  if (allocations_left-- <= 0) return NULL;
  return posix_memalign(&memory, alignment, size) == 0 ? memory : NULL;
}

#endif
