/* SPDX-License-Identifier: MIT
 * Timing of calls for the bench: rounds of batches, alternating between the sides, and quartiles over rounds.
 */
#include "experiments/bench/measure.h"

#include "common/ascending.h"
#include "common/clock.h"
#include "common/interrupt.h"
#include "tuning/pruners/percentile_pruner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A call as long as this many batches is not made a second time only to warm up. */
static const double longest_warm_up = 4;

const char *gm_side_role_name(gm_side_role role) {
  switch (role) {
  case GM_SIDE_OURS:
    return "ours";
  case GM_SIDE_PEER:
    return "peer";
  case GM_SIDE_FLOOR:
    break;
  }
  return "floor";
}

/* ---- one batch ----------------------------------------------------------------- */

static gm_status batch(const gm_bench_side *side, int64_t warm, int64_t calls, gm_bench_peer *peer,
                       double *seconds, gm_error *err) {
  if (gm_interrupt_requested()) return gm_fail(err, GM_INTERRUPTED, "interrupted");
  if (side->role == GM_SIDE_PEER)
    return gm_bench_peer_run(peer, side->remote, warm, calls, side->threads, seconds, err);
  gm_status status = GM_OK;
  for (int64_t i = 0; i < warm && status == GM_OK; i++) status = side->call(side->context, err);
  const double start_s = gm_monotonic_s();
  for (int64_t i = 0; i < calls && status == GM_OK; i++) status = side->call(side->context, err);
  *seconds = gm_monotonic_s() - start_s;
  return status;
}

/* The time of a call: the second of two. */
static gm_status time_call(gm_bench_side *side, gm_bench_peer *peer, double *call_s, gm_error *err) {
  return batch(side, 1, 1, peer, call_s, err);
}

/* How many calls fill a batch. */
static int64_t calls_in(const gm_bench_side *side, double batch_s, double call_s) {
  const double most = side->max_calls > 0 ? (double)side->max_calls : 1e9;
  return (int64_t)fmin(most, fmax(1, ceil(batch_s / fmax(call_s, 1e-9))));
}

/* Twice each, which warms up; then as many calls as the plan wants. A round with a slow side takes long
 * anyway: there the fast ones may take a tenth of it. */
static gm_status calibrate(gm_bench_side *sides, size_t n, double batch_s, gm_bench_peer *peer,
                           double call_s[GM_BENCH_SIDES], gm_error *err) {
  static const double share = 0.1;
  for (size_t i = 0; i < n; i++) {
    const gm_status status = time_call(&sides[i], peer, &call_s[i], err);
    if (status != GM_OK) return status;
  }
  for (size_t i = 0; i < n; i++) batch_s = fmax(batch_s, share * call_s[i]);
  for (size_t i = 0; i < n; i++) sides[i].calls = calls_in(&sides[i], batch_s, call_s[i]);
  return GM_OK;
}

/* ---- spread ------------------------------------------------------------------------ */

static gm_spread spread_of(const double *values, size_t n) {
  double sorted[GM_BENCH_ROUNDS];
  memcpy(sorted, values, n * sizeof *sorted);
  qsort(sorted, n, sizeof *sorted, gm_ascending);
  return (gm_spread){.median_s = gm_percentile(n, sorted, 50),
                     .low_s = gm_percentile(n, sorted, 25),
                     .high_s = gm_percentile(n, sorted, 75),
                     .min_s = sorted[0],
                     .max_s = sorted[n - 1]};
}

void gm_bench_summarise(gm_bench_side *side) {
  side->spread = spread_of(side->sample_s, side->n);
}

/* (high − low) / median. */
static double relative(const gm_spread *s) {
  return (s->high_s - s->low_s) / s->median_s;
}

bool gm_bench_noisy(const gm_bench_side *sides, size_t n) {
  for (int role = GM_SIDE_OURS; role <= GM_SIDE_FLOOR; role++) {
    const gm_bench_side *fastest = NULL;
    for (size_t i = 0; i < n; i++)
      if ((int)sides[i].role == role &&
          (fastest == NULL || sides[i].spread.median_s < fastest->spread.median_s))
        fastest = &sides[i];
    if (fastest != NULL && !(relative(&fastest->spread) <= GM_BENCH_NOISE)) return true;
  }
  return false;
}

gm_bench_ratio gm_bench_compare(const gm_bench_side *slow, const gm_bench_side *fast) {
  gm_bench_ratio r = {.noise = fmax(relative(&slow->spread), relative(&fast->spread))};
  double by_round[GM_BENCH_ROUNDS];
  for (size_t i = 0; i < slow->n; i++) by_round[i] = slow->sample_s[i] / fast->sample_s[i];
  const gm_spread rounds = spread_of(by_round, slow->n);
  r.noisy = !(r.noise <= GM_BENCH_NOISE);
  r.ratio = r.noisy ? NAN : rounds.median_s;
  r.low = r.noisy ? NAN : rounds.low_s;
  r.high = r.noisy ? NAN : rounds.high_s;
  return r;
}

/* ---- rounds -------------------------------------------------------------------------- */

/* One more sample of every side. */
static gm_status measure_round(gm_bench_side *sides, size_t n, const gm_bench_plan *plan,
                               const double call_s[GM_BENCH_SIDES], gm_bench_peer *peer, gm_error *err) {
  gm_status status = GM_OK;
  for (size_t i = 0; i < n && status == GM_OK; i++) {
    gm_bench_side *side = &sides[i];
    const int64_t warm = call_s[i] < longest_warm_up * plan->batch_s ? 1 : 0;
    double seconds = 0;
    status = batch(side, warm, side->calls, peer, &seconds, err);
    side->sample_s[side->n++] = seconds / (double)side->calls;
  }
  for (size_t i = 0; i < n && status == GM_OK; i++) gm_bench_summarise(&sides[i]);
  return status;
}

/* Whether so many rounds in so many seconds are enough. */
static bool is_over(const gm_bench_side *sides, size_t n, const gm_bench_plan *plan, int rounds, double s) {
  if (rounds < plan->min_rounds || (rounds < plan->max_rounds && s <= plan->case_s)) return false;
  return rounds >= plan->most_noisy_rounds || s > plan->noisy_s || !gm_bench_noisy(sides, n);
}

gm_status gm_bench_measure(gm_bench_side *sides, size_t n, const gm_bench_plan *plan, gm_bench_peer *peer,
                           gm_error *err) {
  double call_s[GM_BENCH_SIDES];
  gm_status status = calibrate(sides, n, plan->batch_s, peer, call_s, err);
  const double start_s = gm_monotonic_s();
  for (int rounds = 0; status == GM_OK && !is_over(sides, n, plan, rounds, gm_monotonic_s() - start_s);
       rounds++)
    status = measure_round(sides, n, plan, call_s, peer, err);
  return status;
}
