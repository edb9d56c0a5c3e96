/* SPDX-License-Identifier: MIT
 * Memory for what is large: on huge pages where the system grants them. A block of megabytes that is written
 * once costs a page fault for every 4 KB else, and a network that is streamed every step misses the TLB. */
#ifndef COMMON_LARGE_BLOCK_H
#define COMMON_LARGE_BLOCK_H

#include <stddef.h>

/* Every block begins on a cache line, which is also the widest register. */
enum { GM_ALIGNMENT = 64 };

/* So many bytes, not zeroed, to be freed with free(); may be handed to realloc(). NULL without memory. */
void *gm_large_block(size_t bytes);

#endif
