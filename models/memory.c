/* SPDX-License-Identifier: MIT
 * Blocks of floats aligned for the widest vectors, large ones on huge pages where the kernel grants them. */
#include "models/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* x86-64's and arm64's (4 KB granule) huge page. */
static const size_t huge_page = (size_t)2 << 20;

size_t gm_floats_padded(size_t n) {
  const size_t line = GM_ALIGNMENT / sizeof(float);
  return (n + line - 1) / line * line;
}

float *gm_floats_alloc(size_t n) {
  size_t bytes = gm_floats_padded(n > 0 ? n : 1) * sizeof(float);
  const size_t alignment = bytes >= huge_page ? huge_page : GM_ALIGNMENT;
  bytes = (bytes + alignment - 1) / alignment * alignment;
  float *block = aligned_alloc(alignment, bytes);
  if (block == NULL) return NULL;
#ifdef MADV_HUGEPAGE
  if (alignment == huge_page) (void)madvise(block, bytes, MADV_HUGEPAGE); /* a hint: may be refused */
#endif
  memset(block, 0, bytes);
  return block;
}
