/* SPDX-License-Identifier: MIT
 * One counter that wraps: what each new raw value can mean, from the time that has passed and the most power
 * there can be. The whole rule is in the header; no file and no clock is read here. */
#include "energy/sources/counter.h"

#include "common/clock.h"
#include <math.h>

/* Every counter in use is refreshed many times in this time (docs/energy-model.md, Ticks and edges: frozen
 * after 0.5 s). */
static const double shortest_still_s = 1;

/* The narrowest counter known: 32 bits of 2^-16 J (AMD). Bounds the gap where the range is unreadable. */
static const uint64_t narrowest_range_uj = 65535999984;

static const double uj_per_j = 1e6;

gm_counter gm_counter_open(uint64_t range_uj, double max_power_w, int64_t time_ns) {
  return (gm_counter){.range_uj = range_uj,
                      .max_power_w = max_power_w,
                      .slack_s = GM_COUNTER_SLACK_S,
                      .still_s = shortest_still_s,
                      .seen_ns = time_ns,
                      .moved_ns = time_ns};
}

gm_counter gm_counter_of(const gm_zone *zone, int64_t time_ns) {
  gm_counter c = gm_counter_open(zone->range_uj, zone->max_power_w, time_ns);
  c.slack_s = zone->slack_s;
  /* a coarse one stands still between its steps */
  c.still_s = zone->resolution_uj > 0 ? INFINITY : fmax(shortest_still_s, 10 * zone->slack_s);
  return c;
}

double gm_counter_max_gap_s(uint64_t range_uj, double max_power_w) {
  const uint64_t range = range_uj > 0 ? range_uj : narrowest_range_uj;
  return 0.5 * (double)range / uj_per_j / max_power_w;
}

/* Energy that can have passed since `since_ns`, µJ. */
static double most_since(const gm_counter *c, int64_t since_ns, int64_t time_ns) {
  const double elapsed_s = gm_ns_to_s(time_ns - since_ns);
  return c->max_power_w * (fmax(elapsed_s, 0) + c->slack_s) * uj_per_j;
}

static bool is_beyond_range(const gm_counter *c, uint64_t raw_uj) {
  return c->range_uj > 0 && raw_uj > c->range_uj;
}

/* The value goes on from the implausible one before it: the counter was set anew, nothing is wrong with it.
 */
static bool goes_on_from_odd(const gm_counter *c, uint64_t raw_uj, int64_t time_ns) {
  return c->odd && raw_uj >= c->odd_raw_uj && !is_beyond_range(c, raw_uj) &&
         (double)(raw_uj - c->odd_raw_uj) <= most_since(c, c->odd_ns, time_ns);
}

/* No hardware counts so far in this time, or beyond its own range. */
static bool is_implausible(const gm_counter *c, uint64_t raw_uj, int64_t time_ns) {
  if (is_beyond_range(c, raw_uj)) return true;
  return c->started && raw_uj > c->raw_uj &&
         (double)(raw_uj - c->raw_uj) > most_since(c, c->moved_ns, time_ns);
}

static void refuse(gm_counter *c, uint64_t raw_uj, int64_t time_ns, bool suspended, gm_zone_reading *r) {
  c->odd = true;
  c->odd_raw_uj = raw_uj;
  c->odd_ns = time_ns;
  gm_counter_miss(c, time_ns, suspended, r);
  r->raw_uj = raw_uj;
  r->raw_valid = true; /* it is what the hardware showed */
  r->implausible++;
  r->errors++;
}

/* Adds what the good value `raw_uj` says; false where it says nothing (a restart). */
static bool count(gm_counter *c, uint64_t raw_uj, int64_t time_ns, bool slept, bool gap, gm_zone_reading *r) {
  const double most_uj = most_since(c, c->seen_ns, time_ns);
  uint64_t delta_uj = 0;
  bool wrapped = false;
  if (raw_uj >= c->raw_uj) {
    delta_uj = raw_uj - c->raw_uj;
  } else {
    const bool can_wrap = c->range_uj > 0 && c->raw_uj <= c->range_uj && !slept;
    delta_uj = can_wrap ? c->range_uj - c->raw_uj + raw_uj : 0;
    wrapped = can_wrap && (double)delta_uj <= most_uj;
    if (!wrapped) return false;
  }
  r->energy_uj += delta_uj;
  const double room_uj = most_uj - (double)delta_uj;
  const bool more_wraps_fit = c->range_uj > 0 && room_uj >= (double)c->range_uj;
  if (more_wraps_fit) r->missing_uj += (uint64_t)(room_uj / (double)c->range_uj) * c->range_uj;
  if (wrapped) r->wraps++;
  if (wrapped && gap) r->doubtful_uj += c->range_uj - c->raw_uj; /* or it restarted, and counted raw since */
  if (more_wraps_fit || (wrapped && gap)) r->ambiguous++;
  if (r->still && delta_uj > 0) { /* it slept through what it does not bring now */
    const double asleep_uj = c->max_power_w * gm_ns_to_s(c->seen_ns - c->moved_ns) * uj_per_j;
    r->missing_uj += (uint64_t)fmax(asleep_uj - (double)delta_uj, 0);
    r->stalls++;
  }
  return true;
}

void gm_counter_step(gm_counter *c, uint64_t raw_uj, int64_t time_ns, bool suspended, gm_zone_reading *r) {
  const bool slept = suspended || c->slept;
  const bool set_anew = goes_on_from_odd(c, raw_uj, time_ns);
  if (!set_anew && is_implausible(c, raw_uj, time_ns)) {
    refuse(c, raw_uj, time_ns, suspended, r);
    return;
  }
  const double most_uj = most_since(c, c->seen_ns, time_ns);
  const bool gap = slept || (c->range_uj > 0 && most_uj > 0.5 * (double)c->range_uj);
  const bool was_started = c->started, moved = !c->started || raw_uj != c->raw_uj;
  /* Before the first value there is nothing to subtract from: what passed is unknown. */
  const bool counted = c->started && !set_anew && count(c, raw_uj, time_ns, slept, gap, r);
  if (!counted) {
    if (was_started) r->resets++;
    r->missing_uj += (uint64_t)most_uj;
  }
  if (gap && was_started) r->gaps++;
  if (moved) c->moved_ns = time_ns;
  r->still = gm_ns_to_s(time_ns - c->moved_ns) > c->still_s;
  r->unmoved_ns = time_ns - c->moved_ns;
  r->stale_ns = r->still ? r->unmoved_ns : 0;
  r->raw_uj = raw_uj;
  r->raw_valid = true;
  c->raw_uj = raw_uj;
  c->seen_ns = time_ns;
  c->started = true;
  c->slept = false;
  c->odd = false;
}

void gm_counter_miss(gm_counter *c, int64_t time_ns, bool suspended, gm_zone_reading *r) {
  c->slept = c->slept || suspended;
  r->stale_ns = time_ns - c->seen_ns;
  r->still = false;
  r->raw_valid = false;
}
