/* SPDX-License-Identifier: MIT
 * Blocks on huge pages: aligned to one and advised; the system decides. */
#include "common/large_block.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* x86-64's and arm64's (4 KB granule) huge page. */
static const size_t huge_page = (size_t)2 << 20;

void *gm_large_block(size_t bytes) {
  if (bytes > SIZE_MAX - huge_page) return NULL;
  const size_t alignment = bytes >= huge_page ? huge_page : GM_ALIGNMENT;
  bytes = (bytes + alignment - 1) / alignment * alignment;
  void *block = aligned_alloc(alignment, bytes > 0 ? bytes : alignment);
#ifdef MADV_HUGEPAGE
  if (block != NULL && alignment == huge_page)
    (void)madvise(block, bytes, MADV_HUGEPAGE); /* may be refused */
#endif
  return block;
}
