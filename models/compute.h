/* SPDX-License-Identifier: MIT
 * What the network code computes with: the kernels of this processor and a number
 * of threads. No sum crosses the pieces that work is cut into: the same seed gives
 * the same bits on 1, 2, … threads. */
#ifndef MODELS_COMPUTE_H
#define MODELS_COMPUTE_H

#include "common/parallel.h"
#include "common/status.h"
#include "models/kernels/kernels.h"

#include <stddef.h>

typedef struct {
  const gm_kernels *kernels;
  int threads;       /* ≥ 1 */
  gm_parallel *pool; /* of so many threads; owned; NULL runs on one */
  float *scratch;    /* GM_NONZEROS_SCRATCH floats a thread; owned */
} gm_compute;

/* threads = 0 takes the processors this process may use; isa = NULL the fastest
 * kernels (see gm_kernels_select). Also tells OpenBLAS to use one thread per call,
 * process-wide: the pieces are ours. */
gm_status gm_compute_init(gm_compute *compute, int threads, const char *isa, gm_error *err);

/* Ends the threads; accepts a zeroed object. */
void gm_compute_free(gm_compute *compute);

/* How many pieces of at most `size` make `total`. */
static inline size_t gm_pieces(size_t total, size_t size) {
  return (total + size - 1) / size;
}
static inline size_t gm_least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* How many groups of `most` units, or one less, `units` are divided into: such that all threads have as many,
 * if there are enough of them; 0: there is no such division. */
static inline size_t gm_even_groups(size_t units, size_t most, size_t threads) {
  const size_t few = gm_pieces(units, most), even = gm_pieces(few, threads) * threads;
  return units >= (most - 1) * even ? even : units >= (most - 1) * few ? few : 0;
}

/* OpenBLAS's own description of itself (version, kernel), static text. */
const char *gm_blas_description(void);

#endif
