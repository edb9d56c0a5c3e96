/* SPDX-License-Identifier: MIT
 * Timing several ways of doing the same work in turn (A B C A B C …), so that whatever
 * else the machine does falls on all of them. One sample of a side is a batch of calls
 * after one untimed call; what is kept is the time per call.
 *
 * Too noisy to tell: the quartiles of a side are more than GM_BENCH_NOISE of its median
 * apart. No ratio is made of such a side. While the fastest side of a role is noisy, further
 * rounds are added, within a limit: what disturbs a machine for seconds then weighs less, and
 * what disturbs it all the time stays. Every round counts, and no ratio is looked at. */
#ifndef EXPERIMENTS_BENCH_MEASURE_H
#define EXPERIMENTS_BENCH_MEASURE_H

#include "common/status.h"
#include "experiments/bench/peer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GM_BENCH_NOISE 0.25

enum { GM_BENCH_SIDES = 12, GM_BENCH_ROUNDS = 61, GM_BENCH_LABEL = 96 };

/* How long to measure. */
typedef struct {
  int min_rounds, max_rounds; /* samples of each side, at most GM_BENCH_ROUNDS */
  double batch_s;        /* a batch is as many calls as fill this, or a tenth of the slowest side's call */
  double case_s;         /* no further round after this, once min_rounds are done */
  int most_noisy_rounds; /* instead of max_rounds, at most GM_BENCH_ROUNDS, */
  double noisy_s;        /* and of case_s, while the fastest side of a role is noisy */
} gm_bench_plan;

typedef enum { GM_SIDE_OURS, GM_SIDE_PEER, GM_SIDE_FLOOR } gm_side_role;
const char *gm_side_role_name(gm_side_role role); /* "ours", "peer", "floor" */

/* One call of what is timed. */
typedef gm_status (*gm_bench_call)(void *context, gm_error *err);

/* Times per call. */
typedef struct {
  double median_s, low_s, high_s; /* quartiles */
  double min_s, max_s;
} gm_spread;

typedef struct {
  gm_side_role role;
  char label[GM_BENCH_LABEL];
  int threads;
  gm_bench_call call; /* ours and floor */
  void *context;
  int64_t remote;    /* peer: what it prepared */
  double amount;     /* bytes or floating-point operations of a call, where rates are wanted; else 0 */
  int64_t max_calls; /* of a batch; 0: any */
  int64_t calls;     /* of a batch, as measured */
  size_t n;          /* samples */
  double sample_s[GM_BENCH_ROUNDS];
  gm_spread spread;
} gm_bench_side;

/* Fills calls, samples and spread of every side. GM_INTERRUPTED after Ctrl-C. */
gm_status gm_bench_measure(gm_bench_side *sides, size_t n, const gm_bench_plan *plan, gm_bench_peer *peer,
                           gm_error *err);

/* The spread from the samples. */
void gm_bench_summarise(gm_bench_side *side);

/* Whether the quartiles of the fastest side of ours, of the peers or of the floors, as summarised, are too
 * far apart. */
bool gm_bench_noisy(const gm_bench_side *sides, size_t n);

/* How many times faster `fast` is than `slow`. */
typedef struct {
  double ratio;     /* median of the ratios round by round; NAN when noisy */
  double low, high; /* their quartiles */
  double noise;     /* the larger relative spread of the two */
  bool noisy;       /* noise > GM_BENCH_NOISE */
  bool below_floor; /* of gm_bench_over_bound alone: faster than the machine, so the floor was disturbed */
} gm_bench_ratio;

gm_bench_ratio gm_bench_compare(const gm_bench_side *slow, const gm_bench_side *fast);

#endif
