/* SPDX-License-Identifier: MIT
 * A small pool of threads for loops over independent pieces of work.
 *
 * Why not an OpenMP parallel-for: its threads meet at a barrier after every loop and
 * spin there. When another process holds one of the processors, every one of the ten
 * loops of a training step then waits for a time slice (measured on two busy cores:
 * 158 ms a step with libgomp's default, 5.5 ms when idle). Here the caller goes on
 * as soon as every piece is done, and a thread that was not scheduled is not waited
 * for; idle threads spin for 50 µs and then sleep.
 *
 * The pieces are the caller's and do not depend on the number of threads, so neither
 * do results. One loop at a time; a pool belongs to one thread. */
#ifndef COMMON_PARALLEL_H
#define COMMON_PARALLEL_H

#include "common/status.h"

#include <stddef.h>

typedef struct gm_parallel gm_parallel;

/* One piece of work, 0 ≤ index < n. */
typedef void (*gm_piece)(void *context, size_t index);

/* Starts threads − 1 threads; the caller's is the other one. */
gm_status gm_parallel_create(gm_parallel **pool, int threads, gm_error *err);

/* Ends and joins them; accepts NULL. */
void gm_parallel_free(gm_parallel *pool);

/* piece(context, i) for i = 0 … n − 1 (n < 2^32), in any order and on any thread of the
 * pool; returns when all are done. A NULL pool runs them one after another. */
void gm_parallel_for(gm_parallel *pool, size_t n, gm_piece piece, void *context);

#endif
