/* SPDX-License-Identifier: MIT
 * Zeroed blocks of floats aligned for the widest vectors. */
#include "models/memory.h"

#include "common/large_block.h"

#include <stdint.h>
#include <string.h>

size_t gm_floats_padded(size_t n) {
  const size_t line = GM_ALIGNMENT / sizeof(float);
  return (n + line - 1) / line * line;
}

float *gm_floats_alloc(size_t n) {
  const size_t bytes = gm_floats_padded(n > 0 ? n : 1) * sizeof(float);
  float *block = gm_large_block(bytes);
  if (block != NULL) memset(block, 0, bytes);
  return block;
}
