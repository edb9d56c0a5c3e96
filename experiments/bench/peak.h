/* SPDX-License-Identifier: MIT
 * The arithmetic this machine can do at most: chains of x <- x·a + b that never leave the registers, so
 * many of them that the units of the processor are never without work. No load, no store, no library:
 * what a product of matrices reaches can only be less.
 *
 *   avx512, avx2  one fused operation a vector (Intel's and AMD's manuals: latency 4, two or one a cycle)
 *   baseline      what the compiler may assume of every processor of its kind: on x86-64 a multiplication and
 *                 an addition of SSE2, on arm64 the fused one of NEON */
#ifndef EXPERIMENTS_BENCH_PEAK_H
#define EXPERIMENTS_BENCH_PEAK_H

#include "common/parallel.h"
#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

/* One loop: an instruction set and a precision. */
typedef struct {
  const char *isa; /* as GREENMILE_ISA names it */
  bool full;       /* double precision, otherwise single */
  double flops;    /* of one call on one thread: 2 per multiply-add */
  bool (*runs)(void);
  double (*loop)(void); /* the sum of the chains, so that they have to be computed */
} gm_peak;

/* The i-th of those that this processor runs, the widest first, single before double; NULL past the last. */
const gm_peak *gm_peak_at(size_t i);

/* Context of a call: the loop on so many threads, each of which does all of it. `pool` is made by the first
 * call on several threads and owned; gm_parallel_free ends it. */
typedef struct {
  const gm_peak *peak;
  int threads;
  gm_parallel *pool;
} gm_peak_call;

gm_status gm_peak_run(void *peak_call, gm_error *err);

#endif
