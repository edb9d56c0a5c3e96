/* SPDX-License-Identifier: MIT
 * One wrapping counter. */
#include "energy/sources/counter.h"

#include "common/clock.h"
#include <math.h>

/* Counters are refreshed about every millisecond, with jitter (energy.md 3.1): two reads
 * may see the energy of up to two refreshes more than the time between them. */
static const double refresh_slack_s = 2e-3;

/* The narrowest counter known: 32 bits of 2^-16 J (AMD). Bounds the gap where the range is unreadable. */
static const uint64_t narrowest_range_uj = 65535999984;

static const double uj_per_j = 1e6;

gm_counter gm_counter_open(uint64_t range_uj, double max_power_w, int64_t time_ns) {
  return (gm_counter){.range_uj = range_uj, .max_power_w = max_power_w, .seen_ns = time_ns};
}

double gm_counter_max_gap_s(uint64_t range_uj, double max_power_w) {
  const uint64_t range = range_uj > 0 ? range_uj : narrowest_range_uj;
  return 0.5 * (double)range / uj_per_j / max_power_w;
}

/* Energy that can have passed since the last good read, µJ. */
static double most_since(const gm_counter *c, int64_t time_ns) {
  const double elapsed_s = gm_ns_to_s(time_ns - c->seen_ns);
  return c->max_power_w * (fmax(elapsed_s, 0) + refresh_slack_s) * uj_per_j;
}

void gm_counter_step(gm_counter *c, uint64_t raw_uj, int64_t time_ns, bool suspended, gm_zone_reading *r) {
  const double most_uj = most_since(c, time_ns);
  const bool slept = suspended || c->slept;
  const bool gap = slept || (c->range_uj > 0 && most_uj > 0.5 * (double)c->range_uj);
  uint64_t delta_uj = 0;
  bool lost = !c->started; /* nothing to subtract from: what passed before the first value is unknown */
  bool wrapped = false;
  if (c->started && raw_uj >= c->raw_uj) {
    delta_uj = raw_uj - c->raw_uj;
  } else if (c->started) {
    const bool can_wrap = c->range_uj > 0 && c->raw_uj <= c->range_uj && !slept;
    const uint64_t one_wrap_uj = can_wrap ? c->range_uj - c->raw_uj + raw_uj : 0;
    wrapped = can_wrap && (double)one_wrap_uj <= most_uj;
    if (wrapped)
      delta_uj = one_wrap_uj;
    else
      lost = true;
  }
  if (lost) {
    if (c->started) r->resets++;
    r->missing_uj += (uint64_t)most_uj;
  } else {
    r->energy_uj += delta_uj;
    const double room_uj = most_uj - (double)delta_uj;
    const bool more_wraps_fit = c->range_uj > 0 && room_uj >= (double)c->range_uj;
    if (more_wraps_fit) r->missing_uj += (uint64_t)(room_uj / (double)c->range_uj) * c->range_uj;
    if (wrapped) r->wraps++;
    if (wrapped && gap)
      r->doubtful_uj += c->range_uj - c->raw_uj; /* or it restarted, and counted raw since */
    if (more_wraps_fit || (wrapped && gap)) r->ambiguous++;
  }
  if (gap && c->started) r->gaps++;
  r->stale_ns = 0;
  r->raw_uj = raw_uj;
  r->raw_valid = true;
  c->raw_uj = raw_uj;
  c->seen_ns = time_ns;
  c->started = true;
  c->slept = false;
}

void gm_counter_miss(gm_counter *c, int64_t time_ns, bool suspended, gm_zone_reading *r) {
  c->slept = c->slept || suspended;
  r->stale_ns = time_ns - c->seen_ns;
  r->raw_valid = false;
}
