/* SPDX-License-Identifier: MIT
 * What the tests of models share: random numbers, blocks of exactly the asked size (so
 * that sanitizers see the first float too many), every instruction set of the machine, a step. */
#ifndef TESTS_NUMBERS_H
#define TESTS_NUMBERS_H

#include "tests/assert_near.h"

#include "common/rng.h"
#include "models/compute.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

/* n floats; never NULL. */
static inline float *new_floats(size_t n) {
  float *x = calloc(n > 0 ? n : 1, sizeof *x);
  assert_non_null(x);
  return x;
}

/* n floats uniform on [lo, hi). */
static inline float *random_floats(gm_rng *rng, size_t n, float lo, float hi) {
  float *x = new_floats(n);
  for (size_t i = 0; i < n; i++) x[i] = gm_rng_uniform_float(rng, lo, hi);
  return x;
}

static inline float *copy_floats(const float *x, size_t n) {
  float *copy = new_floats(n);
  memcpy(copy, x, n * sizeof *x);
  return copy;
}

/* The same numbers as doubles. */
static inline double *widened(const float *x, size_t n) {
  double *wide = calloc(n > 0 ? n : 1, sizeof *wide);
  assert_non_null(wide);
  for (size_t i = 0; i < n; i++) wide[i] = (double)x[i];
  return wide;
}

#define assert_all_near(ours, expected, n, tolerance)                                                        \
  assert_all_near_at(ours, expected, n, tolerance, __FILE__, __LINE__)

static inline void assert_all_near_at(const float *ours, const double *expected, size_t n, double tolerance,
                                      const char *file, int line) {
  for (size_t i = 0; i < n; i++)
    if (!(fabs((double)ours[i] - expected[i]) <= tolerance)) {
      print_error("[%zu] of %zu: %.9g is not within %g of %.17g\n", i, n, (double)ours[i], tolerance,
                  expected[i]);
      _fail(file, line);
    }
}

/* A float sum of n products of numbers up to 1, in any order, with one addition more:
 * |ours − exact| ≤ (n + 1)·u·Σ|terms|, u = 2^-24 (Higham, Accuracy and Stability of Numerical
 * Algorithms, section 4.2, to first order). */
static inline double sum_tolerance(size_t n) {
  return (double)(n + 1) * 0x1p-24 * (double)(n + 1);
}

static inline double dot(const float *a, const float *b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
  return sum;
}

/* Every combination asked for so far; their threads end with the program. */
static gm_compute kept_computes[64];
static size_t n_kept_computes;

static inline void free_kept_computes(void) {
  while (n_kept_computes > 0) gm_compute_free(&kept_computes[--n_kept_computes]);
}

/* Kernels of one name, or the fastest for NULL, on so many threads. */
static inline gm_compute compute_with(int threads, const char *isa) {
  gm_compute compute;
  gm_error err;
  for (size_t i = 0; i < n_kept_computes; i++)
    if (kept_computes[i].threads == threads && kept_computes[i].kernels == gm_kernels_select(isa))
      return kept_computes[i];
  assert_int_equal(gm_compute_init(&compute, threads, isa, &err), GM_OK);
  assert_true(n_kept_computes < sizeof kept_computes / sizeof *kept_computes);
  if (n_kept_computes == 0) atexit(free_kept_computes);
  kept_computes[n_kept_computes++] = compute;
  return compute;
}

/* The i-th instruction set this machine runs; NULL behind the last. */
static inline const gm_kernels *runnable_kernels(size_t i) {
  static const char *const names[] = {"baseline", "avx2", "avx512"};
  for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
    const gm_kernels *kernels = gm_kernels_select(names[j]);
    if (kernels != NULL && i-- == 0) return kernels;
  }
  return NULL;
}

/* One optimiser step: constants that no step could confuse with one another. */
static inline gm_step step_of(gm_rule rule, float weight_decay) {
  return (gm_step){.rule = rule,
                   .learning_rate = 0.125f,
                   .weight_decay = weight_decay,
                   .momentum = 0.75f,
                   .beta1 = 0.875f,
                   .beta2 = 0.9375f,
                   .one_minus_beta1 = 0.125f,
                   .one_minus_beta2 = 0.0625f,
                   .epsilon = 0.0078125f,
                   .step_size = 0.25f,
                   .inverse_sqrt_bias_correction2 = 2.0f};
}

#endif
