/* SPDX-License-Identifier: MIT
 * What this machine's memory can do at most. The floor of a piece of work is the time of bare streams over
 * the same bytes, measured in turn with it, or of its arithmetic at the peak rate (peak.h), whichever is
 * longer; their sum where nothing overlaps.
 *
 *   read    s = Σ x                    4 bytes an element
 *   triad   a = b + s·c                12 bytes (McCalpin's STREAM; the fetch of a line that is
 *                                      about to be overwritten is not counted, as there)
 *   update  x = s·x + t                8 bytes: what an optimiser step does to its state */
#ifndef EXPERIMENTS_BENCH_FLOOR_H
#define EXPERIMENTS_BENCH_FLOOR_H

#include "common/parallel.h"
#include "common/status.h"
#include "experiments/bench/measure.h"

#include <stddef.h>

/* ---- streams ---------------------------------------------------------------------- */

typedef struct {
  float *x;          /* the elements, in one block */
  size_t n;          /* of them */
  size_t n_read;     /* read this many … */
  size_t n_update;   /* … then update this many */
  double sum;        /* of what was read, so that it is read */
  gm_parallel *pool; /* made by the first call on several threads; all of them use the same number */
} gm_stream;

/* Contexts of the calls below: a stream on so many threads. */
typedef struct {
  gm_stream *stream;
  int threads;
} gm_stream_call;

gm_status gm_stream_create(gm_stream *stream, size_t n_read, size_t n_update, gm_error *err);
void gm_stream_free(gm_stream *stream);

gm_status gm_stream_read(void *stream_call, gm_error *err);
gm_status gm_stream_update(void *stream_call, gm_error *err);
gm_status gm_stream_triad(void *stream_call, gm_error *err); /* three thirds of the block */
/* n_read and n_update, one after the other. */
gm_status gm_stream_floor(void *stream_call, gm_error *err);

#endif
