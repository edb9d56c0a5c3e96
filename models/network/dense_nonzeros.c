/* SPDX-License-Identifier: MIT
 * When zeros are left out, and the pieces in which that is done. */
#include "models/network/dense_nonzeros.h"

#include <stdatomic.h>

enum {
  UNIT = GM_NONZEROS_WIDE - GM_NONZEROS_NARROW, /* the outputs of groups are multiples */
  LEAST_SAMPLES = 16,
  SAMPLES_LOOKED_AT = 8, /* for the density of x */
};

/* As parts of the time of the dense kernel, measured (docs/performance.md): for turning W, that of so many
 * samples; for making lists and adding up, of all; for each product that is left. AVX-512, where that kernel
 * is nearest to the processor's peak; with the others more is gained. */
static const double turning_samples = 10, listing = 0.1, product = 1.3;

/* What the pieces share. */
typedef struct {
  const gm_compute *compute;
  size_t n, inputs, outputs, groups;
  const float *x, *w, *b;
  float *y, *lists;
  atomic_size_t next;     /* group */
  atomic_bool not_finite; /* x holds what is not finite */
} work;

/* As many groups of 64 or 80 outputs as make every thread's share alike, if there are enough outputs;
 * 0: there is no such division. */
static size_t groups_of(size_t outputs, size_t threads) {
  const size_t units = outputs / UNIT, least = GM_NONZEROS_NARROW / UNIT;
  const size_t few = gm_pieces(units, GM_NONZEROS_WIDE / UNIT), even = gm_pieces(few, threads) * threads;
  return units >= least * even ? even : units >= least * few ? few : 0;
}

size_t gm_dense_nonzeros_size(size_t n, size_t inputs, size_t outputs) {
  if (n < LEAST_SAMPLES || groups_of(outputs, 1) == 0) return 0;
  return gm_kernels_nonzeros_size(gm_least(n, GM_NONZEROS_SAMPLES), inputs);
}

/* Of some samples, which decides on time alone and not on a bit. */
static double density(size_t n, size_t inputs, const float *x) {
  size_t nonzero = 0;
  for (size_t i = 0; i < SAMPLES_LOOKED_AT; i++) {
    const float *sample = x + i * n / SAMPLES_LOOKED_AT * inputs;
    for (size_t k = 0; k < inputs; k++) nonzero += sample[k] != 0;
  }
  return (double)nonzero / (double)(SAMPLES_LOOKED_AT * inputs);
}

static void list_lane(void *context, size_t lane) {
  work *l = context;
  if (!l->compute->kernels->list_nonzeros(l->n, l->inputs, lane, l->x, l->lists))
    atomic_store(&l->not_finite, true);
}

/* One piece a thread, each with its own scratch; whoever is free takes the next group. */
static void forward_groups(void *context, size_t piece) {
  work *l = context;
  const size_t units = l->outputs / UNIT;
  float *scratch = l->compute->scratch + piece * GM_NONZEROS_SCRATCH;
  for (size_t g; (g = atomic_fetch_add(&l->next, 1)) <= l->groups;) {
    const size_t first = g * units / l->groups * UNIT; /* the last one are the rest's few rows */
    const size_t last = g < l->groups ? (g + 1) * units / l->groups * UNIT : l->outputs;
    const size_t next = g + (size_t)l->compute->threads; /* if all are equally fast */
    const size_t fetch = next < l->groups ? next * units / l->groups * UNIT : l->outputs;
    l->compute->kernels->dense_forward_nonzeros(l->n, l->inputs, l->outputs, first, last, fetch, l->x,
                                                l->lists, l->w, l->b, l->y, scratch);
  }
}

bool gm_dense_nonzeros_forward(const gm_compute *compute, size_t n, size_t inputs, size_t outputs,
                               const float *x, const float *w, const float *b, float *y, float *scratch) {
  const size_t groups = groups_of(outputs, (size_t)compute->threads),
               passes = gm_pieces(n, GM_NONZEROS_SAMPLES);
  const size_t samples = gm_pieces(n, passes);
  if (n < LEAST_SAMPLES || groups == 0) return false;
  if (turning_samples / (double)samples + listing + product * density(n, inputs, x) >= 1) return false;
  for (size_t i = 0; i < n; i += samples) {
    work l = {.compute = compute,
              .n = gm_least(samples, n - i),
              .inputs = inputs,
              .outputs = outputs,
              .groups = groups,
              .x = x + i * inputs,
              .w = w,
              .b = b,
              .y = y + i * outputs,
              .lists = scratch};
    gm_parallel_for(compute->pool, compute->kernels->lanes, list_lane, &l);
    if (atomic_load(&l.not_finite)) return false;
    gm_parallel_for(compute->pool, (size_t)compute->threads, forward_groups, &l);
  }
  return true;
}
