/* SPDX-License-Identifier: MIT
 * The streams, in the widest registers the processor has. */
#include "experiments/bench/floor.h"

#include "common/widest.h"
#include "models/memory.h"

#include <stdlib.h>

enum { LANES = 16, AT_ONCE = 4, BLOCK = LANES * AT_ONCE }; /* four sums hide the latency of an addition */

typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), may_alias));

/* Elements [first, last) of thread `thread`, in whole blocks. */
static void share(size_t n, int thread, int threads, size_t *first, size_t *last) {
  const size_t blocks = n / BLOCK;
  *first = blocks * (size_t)thread / (size_t)threads * BLOCK;
  *last = blocks * (size_t)(thread + 1) / (size_t)threads * BLOCK;
}

/* ---- the three loops --------------------------------------------------------------- */

GM_WIDEST static double read_part(const float *x, size_t n) {
  lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  const lanes *v = (const lanes *)x;
  for (size_t i = 0; i < n / LANES; i += AT_ONCE) {
    s0 += v[i];
    s1 += v[i + 1];
    s2 += v[i + 2];
    s3 += v[i + 3];
  }
  const lanes s = s0 + s1 + s2 + s3;
  double sum = 0;
  for (int j = 0; j < LANES; j++) sum += (double)s[j];
  return sum;
}

/* x tends to 2, so it stays a normal number however often this is called. */
GM_WIDEST static void update_part(float *x, size_t n) {
  lanes *v = (lanes *)x;
  for (size_t i = 0; i < n / LANES; i++) v[i] = 0.5f * v[i] + 1.0f;
}

GM_WIDEST static void triad_part(float *a, const float *b, const float *c, size_t n) {
  lanes *va = (lanes *)a;
  const lanes *vb = (const lanes *)b, *vc = (const lanes *)c;
  for (size_t i = 0; i < n / LANES; i++) va[i] = vb[i] + 3.0f * vc[i];
}

/* ---- on threads ------------------------------------------------------------------------ */

enum { MOST_THREADS = 1024 }; /* as --threads allows */

/* The pieces of one loop: one for each thread. */
typedef struct {
  float *x;
  size_t n;
  int threads;
  double sum[MOST_THREADS];
} loop;

static void read_piece(void *context, size_t index) {
  loop *l = context;
  size_t first, last;
  share(l->n, (int)index, l->threads, &first, &last);
  l->sum[index] = read_part(l->x + first, last - first);
}

static void update_piece(void *context, size_t index) {
  const loop *l = context;
  size_t first, last;
  share(l->n, (int)index, l->threads, &first, &last);
  update_part(l->x + first, last - first);
}

static void triad_piece(void *context, size_t index) {
  const loop *l = context; /* n is a third of the block */
  size_t first, last;
  share(l->n, (int)index, l->threads, &first, &last);
  triad_part(l->x + first, l->x + l->n + first, l->x + 2 * l->n + first, last - first);
}

static gm_status run(const gm_stream_call *c, size_t n, gm_piece piece, gm_error *err) {
  gm_stream *s = c->stream;
  loop l = {.x = s->x, .n = n, .threads = c->threads};
  gm_status status = GM_OK;
  if (c->threads > 1 && s->pool == NULL) status = gm_parallel_create(&s->pool, c->threads, err);
  if (status != GM_OK) return status;
  gm_parallel_for(c->threads > 1 ? s->pool : NULL, (size_t)c->threads, piece, &l);
  s->sum = 0;
  for (int t = 0; t < c->threads; t++) s->sum += l.sum[t];
  return GM_OK;
}

gm_status gm_stream_read(void *context, gm_error *err) {
  const gm_stream_call *c = context;
  return run(c, c->stream->n, read_piece, err);
}

gm_status gm_stream_update(void *context, gm_error *err) {
  const gm_stream_call *c = context;
  return run(c, c->stream->n, update_piece, err);
}

gm_status gm_stream_triad(void *context, gm_error *err) {
  const gm_stream_call *c = context;
  return run(c, c->stream->n / 3 / BLOCK * BLOCK, triad_piece, err);
}

gm_status gm_stream_floor(void *context, gm_error *err) {
  const gm_stream_call *c = context;
  const gm_status status = run(c, c->stream->n_read, read_piece, err);
  return status == GM_OK ? run(c, c->stream->n_update, update_piece, err) : status;
}

gm_status gm_stream_create(gm_stream *s, size_t n_read, size_t n_update, gm_error *err) {
  const size_t n = n_read > n_update ? n_read : n_update;
  *s = (gm_stream){.n = (n + BLOCK - 1) / BLOCK * BLOCK,
                   .n_read = (n_read + BLOCK - 1) / BLOCK * BLOCK,
                   .n_update = (n_update + BLOCK - 1) / BLOCK * BLOCK};
  s->x = gm_floats_alloc(s->n);
  return s->x != NULL ? GM_OK : gm_fail_memory(err, "the streams of the memory floor");
}

void gm_stream_free(gm_stream *s) {
  gm_parallel_free(s->pool);
  free(s->x);
  *s = (gm_stream){0};
}
