/* SPDX-License-Identifier: MIT
 * Memory for parameters, moments and activations: zeroed floats on a cache line, and
 * on huge pages where a block is large and the system has them. A network of 28 MB
 * streamed every step misses the TLB on small pages, and faults 7,000 of them in. */
#ifndef MODELS_MEMORY_H
#define MODELS_MEMORY_H

#include "common/large_block.h"

#include <stddef.h>

/* n zeroed floats to be freed with free(), or NULL. */
float *gm_floats_alloc(size_t n);

/* n rounded up so that what follows is aligned again. */
size_t gm_floats_padded(size_t n);

#endif
