/* SPDX-License-Identifier: MIT
 * One thing the bench measures, with everybody who does it, and all of them together:
 * what the groups (step, forecast, …) fill and the report prints. */
#ifndef EXPERIMENTS_BENCH_CASE_H
#define EXPERIMENTS_BENCH_CASE_H

#include "common/json.h"
#include "common/status.h"
#include "energy/meter.h"
#include "experiments/bench/floor.h"
#include "experiments/bench/machine.h"
#include "experiments/bench/measure.h"
#include "experiments/bench/peer.h"

#include <stdbool.h>
#include <stddef.h>

/* ---- one case ------------------------------------------------------------------------ */

enum { GM_BENCH_NAME = 40, GM_BENCH_TEXT = 200, GM_BENCH_THREADS = 2 };

typedef struct {
  char name[GM_BENCH_NAME]; /* "step.index.adam.10" */
  char what[GM_BENCH_TEXT]; /* one line */
  gm_bench_side sides[GM_BENCH_SIDES];
  size_t n_sides;
  /* What has to be done at least, for the floor; all zero: no floor. */
  size_t read_bytes, update_bytes; /* read once; read and written once */
  double flops, double_flops;      /* in single and in double precision */
  bool leaves_zeros_out;           /* what a 0 makes needless is in the floor all the same */
  size_t parameters;               /* of a network; 0 without */
  size_t samples;                  /* per call, where time per sample is wanted; else 0 */
  size_t allocated_bytes;          /* memory the work holds; 0 unknown */
} gm_bench_case;

/* The least a case can take: the longer of two times where one hides behind the other, their sum where
 * nothing overlaps. */
typedef struct {
  double memory_s, arithmetic_s; /* NAN where there is none */
  double longer_s, sum_s;        /* of those that there are */
} gm_bench_bound;
typedef enum { GM_BOUND_LONGER, GM_BOUND_SUM } gm_bound_kind;

/* ---- the bench -------------------------------------------------------------------------- */

typedef struct {
  /* set by main */
  const char *only; /* names or prefixes of names up to a dot, comma-separated; NULL: all */
  bool quick;
  gm_bench_plan plan;
  int threads[GM_BENCH_THREADS], n_threads; /* 1 and all; 1 alone on one processor */
  const char *isa;                          /* GREENMILE_ISA, or NULL */
  gm_bench_peer peer;
  gm_bench_machine machine;
  gm_meter *whole; /* of the whole bench; read before and after every case, never beside one; NULL: none */
  /* filled while it runs */
  size_t large_bytes; /* 4 × last-level cache, capped */
  double single_flops_per_s[GM_BENCH_THREADS], double_flops_per_s[GM_BENCH_THREADS]; /* NAN: not measured */
  double large_read[GM_BENCH_THREADS], large_update[GM_BENCH_THREADS]; /* bytes/s out of the caches */
  gm_bench_case *cases;
  size_t n_cases;
  struct json_object *notes; /* array of sentences */
  struct json_object *meter; /* facts that are no times; NULL until measured */
  gm_energy energy;          /* of the whole bench, peers included */
} gm_bench;

/* Whether --only asks for this case, or for a case below this name when it is a group. */
bool gm_bench_wanted(const gm_bench *bench, const char *name);

/* Adds a sentence to the notes. */
void gm_bench_note(gm_bench *bench, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A side of ours. */
void gm_bench_add_ours(gm_bench_case *c, int threads, gm_bench_call call, void *context, int64_t max_calls);

/* Measures a case: adds what the peer prepares for `request` (taken over; NULL: nothing to ask)
 * and the memory floor, times all sides in turn and keeps the result. */
gm_status gm_bench_run(gm_bench *bench, gm_bench_case *c, struct json_object *request, gm_error *err);

/* ---- reading a case --------------------------------------------------------------------------- */

/* The side of that role (and label, when not NULL) with the least median; or, with `threads` > 0, the
 * one on so many threads. NULL where there is none. */
const gm_bench_side *gm_bench_best(const gm_bench_case *c, gm_side_role role, const char *label, int threads);

/* What bounds the case on threads[t]. */
gm_bench_bound gm_bench_bound_of(const gm_bench *bench, const gm_bench_case *c, int t);

/* The time of `ours` over that bound, round by round: the streams take turns with it. Three rounds of four
 * faster than the longer time say that the floor was timed while the machine did something else, and then
 * neither ratio means anything: below_floor, and NAN; but for a case that leaves zeros out, which may be
 * faster. */
gm_bench_ratio gm_bench_over_bound(const gm_bench *bench, const gm_bench_case *c, const gm_bench_side *ours,
                                   int t, gm_bound_kind kind);

/* The t whose bound (the longer time) is the least: what this machine can do. */
int gm_bench_least_bound(const gm_bench *bench, const gm_bench_case *c);

void gm_bench_free(gm_bench *bench);

/* ---- the groups, in the order they run ----------------------------------------------------------- */

typedef struct {
  const char *name, *title;
  gm_status (*run)(gm_bench *bench, gm_error *err);
} gm_bench_group;

gm_status gm_bench_machine_floors(gm_bench *bench, gm_error *err); /* floor */
gm_status gm_bench_steps(gm_bench *bench, gm_error *err);          /* step */
gm_status gm_bench_forecast(gm_bench *bench, gm_error *err);       /* forecast */
gm_status gm_bench_evaluation(gm_bench *bench, gm_error *err);     /* evaluation */
gm_status gm_bench_regression(gm_bench *bench, gm_error *err);     /* regression */
gm_status gm_bench_search(gm_bench *bench, gm_error *err);         /* tpe */
gm_status gm_bench_csv(gm_bench *bench, gm_error *err);            /* csv */
gm_status gm_bench_meter(gm_bench *bench, gm_error *err);          /* meter */
gm_status gm_bench_growth(gm_bench *bench, gm_error *err);         /* growth */

extern const gm_bench_group gm_bench_groups[];
extern const size_t gm_bench_n_groups;

#endif
