/* SPDX-License-Identifier: MIT
 * When zeros are left out, and the pieces in which that is done. */
#include "models/network/dense_nonzeros.h"

#include <stdatomic.h>

enum {
  UNIT = GM_NONZEROS_WIDE - GM_NONZEROS_NARROW, /* the outputs of groups are multiples */
  LEAST_SAMPLES = 16,                           /* for which W is turned on the way */
  LEAST_INPUTS = 128, /* for which it is turned before: a panel's last row is one of nine then */
  SAMPLES_LOOKED_AT = 8,
  TURNED_FOR_THREADS = 2, /* these and their divisors share W turned before evenly */
  PIECES_A_THREAD = 2,    /* of a single sample: none waits long for the last */
};

/* As parts of the time of the dense kernel, measured (docs/performance.md): for turning W, that of so many
 * samples; for making lists, which all outputs share, that of so many outputs; for adding up, of all; for
 * each product that is left. AVX-512, where that kernel is nearest to the processor's peak; with the others
 * more is gained. */
static const double turning_samples = 10, listing_outputs = 60, adding = 0.05, product = 1.3;

/* What the pieces share. */
typedef struct {
  const gm_compute *compute;
  size_t n, inputs, outputs, groups;
  const float *x, *w, *turned, *b;
  float *y, *lists;
  atomic_size_t next;     /* group */
  atomic_bool not_finite; /* x or W holds what is not finite */
} work;

/* Groups of 64 or 80 outputs; 0: there are too few. */
static size_t groups_of(size_t outputs, size_t threads) {
  return gm_even_groups(outputs / UNIT, GM_NONZEROS_WIDE / UNIT, threads);
}

/* Where group number g begins. */
static size_t first_of(const work *l, size_t g) {
  return g * (l->outputs / UNIT) / l->groups * UNIT;
}

size_t gm_dense_nonzeros_size(size_t n, size_t inputs, size_t outputs) {
  const size_t one = gm_kernels_sample_size(inputs),
               many = gm_kernels_nonzeros_size(gm_least(n, GM_NONZEROS_SAMPLES), inputs);
  if (groups_of(outputs, 1) == 0) return 0;
  return n > 1 && many > one ? many : one;
}

/* ---- whether it pays ------------------------------------------------------------------------ */

/* Of some samples, which decides on time alone and not on a bit. */
static double density(size_t n, size_t inputs, const float *x) {
  const size_t looked_at = gm_least(n, SAMPLES_LOOKED_AT);
  size_t nonzero = 0;
  for (size_t i = 0; i < looked_at; i++) {
    const float *sample = x + i * n / looked_at * inputs;
    for (size_t k = 0; k < inputs; k++) nonzero += sample[k] != 0;
  }
  return (double)nonzero / (double)(looked_at * inputs);
}

/* Of so many samples at once, a share of whose values is not zero. The dense kernel gives every thread the
 * same work; groups are whole. */
static bool pays(const work *l, size_t samples, double share) {
  const size_t threads = (size_t)l->compute->threads, rounds = gm_pieces(l->groups, threads);
  const double uneven = (double)(rounds * threads) / (double)l->groups;
  const double turning = l->turned != NULL ? 0 : turning_samples / (double)samples;
  if (l->turned == NULL && samples < LEAST_SAMPLES) return false;
  return uneven * (turning + listing_outputs / (double)l->outputs + adding + product * share) < 1;
}

/* ---- weights that stay ------------------------------------------------------------------ */

size_t gm_dense_turned_size(size_t inputs, size_t outputs) {
  if (inputs < LEAST_INPUTS) return 0;
  return groups_of(outputs, TURNED_FOR_THREADS) > 0 ? gm_kernels_turned_size(inputs, outputs) : 0;
}

static void turn_group(void *context, size_t g) {
  work *l = context;
  if (!l->compute->kernels->turn(l->inputs, first_of(l, g), first_of(l, g + 1), l->w, l->y))
    atomic_store(&l->not_finite, true);
}

bool gm_dense_turn(const gm_compute *compute, size_t inputs, size_t outputs, const float *w, float *turned) {
  work l = {.compute = compute,
            .inputs = inputs,
            .outputs = outputs,
            .groups = groups_of(outputs, TURNED_FOR_THREADS),
            .w = w,
            .y = turned};
  if (gm_dense_turned_size(inputs, outputs) == 0) return false;
  gm_parallel_for(compute->pool, l.groups, turn_group, &l);
  return !atomic_load(&l.not_finite);
}

/* ---- one sample --------------------------------------------------------------------------- */

static void forward_piece(void *context, size_t piece) {
  const work *l = context;
  const gm_kernels *kernels = l->compute->kernels;
  const size_t pieces = PIECES_A_THREAD * (size_t)l->compute->threads;
  const size_t last = (piece + 1) * l->groups / pieces;
  for (size_t g = piece * l->groups / pieces; g < last; g++)
    kernels->dense_forward_sample(l->inputs, first_of(l, g), first_of(l, g + 1), l->lists, l->turned, l->b,
                                  l->y);
  if (piece + 1 == pieces)
    kernels->dense_forward(1, l->inputs, l->outputs, first_of(l, l->groups), l->outputs, l->x, l->w, l->b,
                           l->y);
}

static bool forward_sample(work *l) {
  const size_t listed = l->compute->kernels->list_sample(l->inputs, l->x, l->lists);
  if (listed > l->inputs || !pays(l, 1, (double)listed / (double)l->inputs)) return false;
  gm_parallel_for(l->compute->pool, PIECES_A_THREAD * (size_t)l->compute->threads, forward_piece, l);
  return true;
}

/* ---- many samples -------------------------------------------------------------------------- */

static void list_lane(void *context, size_t lane) {
  work *l = context;
  if (!l->compute->kernels->list_nonzeros(l->n, l->inputs, lane, l->x, l->lists))
    atomic_store(&l->not_finite, true);
}

/* One piece a thread, each with its own scratch; whoever is free takes the next group. */
static void forward_groups(void *context, size_t piece) {
  work *l = context;
  float *scratch = l->compute->scratch + piece * GM_NONZEROS_SCRATCH;
  for (size_t g; (g = atomic_fetch_add(&l->next, 1)) <= l->groups;) {
    const size_t last = g < l->groups ? first_of(l, g + 1) : l->outputs; /* those behind: a few rows */
    const size_t next = g + (size_t)l->compute->threads;                 /* if all are equally fast */
    const size_t fetch = next < l->groups ? first_of(l, next) : l->outputs;
    l->compute->kernels->dense_forward_nonzeros(l->n, l->inputs, l->outputs, first_of(l, g), last, fetch,
                                                l->x, l->lists, l->w, l->turned, l->b, l->y, scratch);
  }
}

static bool forward_samples(work *l) {
  gm_parallel_for(l->compute->pool, l->compute->kernels->lanes, list_lane, l);
  if (atomic_load(&l->not_finite)) return false;
  gm_parallel_for(l->compute->pool, (size_t)l->compute->threads, forward_groups, l);
  return true;
}

bool gm_dense_nonzeros_forward(const gm_compute *compute, const gm_dense_weights *weights, size_t n,
                               const float *x, float *y, float *scratch) {
  const size_t inputs = weights->inputs, outputs = weights->outputs;
  const size_t threads = weights->turned != NULL ? TURNED_FOR_THREADS : (size_t)compute->threads;
  work l = {.compute = compute,
            .n = n,
            .inputs = inputs,
            .outputs = outputs,
            .groups = groups_of(outputs, threads),
            .x = x,
            .w = weights->w,
            .turned = weights->turned,
            .b = weights->b,
            .y = y,
            .lists = scratch};
  if (l.groups == 0) return false;
  if (n == 1) return l.turned != NULL && forward_sample(&l);
  const size_t samples = gm_pieces(n, gm_pieces(n, GM_NONZEROS_SAMPLES));
  if (!pays(&l, samples, density(n, inputs, x))) return false;
  for (size_t i = 0; i < n; i += samples) {
    work part = l;
    part.n = gm_least(samples, n - i);
    part.x = x + i * inputs;
    part.y = y + i * outputs;
    if (!forward_samples(&part)) return false;
  }
  return true;
}
