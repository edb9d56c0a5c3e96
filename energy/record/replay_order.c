/* SPDX-License-Identifier: MIT
 * Bounds that every log keeps: a difference of two readings is never negative, and never more than there was
 * time for. */
#include "energy/record/replay_order.h"

#include "common/clock.h"

#include <inttypes.h>
#include <math.h>

/* The kernel may count busy time late, a second's worth at once. */
static const double late_s = 1;

static const double uj_per_j = 1e6;

bool gm_replay_same_reading(const gm_reading *a, const gm_reading *b) {
  return a->time_ns == b->time_ns && a->width_ns == b->width_ns && a->busy_ns == b->busy_ns &&
         a->process_cpu_ns == b->process_cpu_ns && a->online_cpus == b->online_cpus &&
         a->stat_valid == b->stat_valid && a->suspends == b->suspends;
}

static gm_status check_counts(const gm_zone_reading *before, const gm_zone_reading *now, bool counter,
                              const char *file, size_t line, gm_error *err) {
  const struct {
    const char *name;
    uint64_t before, now;
  } counts[] = {{"energy_uj", counter ? 0 : before->energy_uj, counter ? 0 : now->energy_uj},
                {"missing_uj", counter ? 0 : before->missing_uj, counter ? 0 : now->missing_uj},
                {"doubtful_uj", counter ? 0 : before->doubtful_uj, counter ? 0 : now->doubtful_uj},
                {"resets", before->resets, now->resets},
                {"gaps", before->gaps, now->gaps},
                {"errors", before->errors, now->errors},
                {"gone", before->gone, now->gone},
                {"implausible", before->implausible, now->implausible}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    if (counts[i].now < counts[i].before)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s:%zu: %s falls from %" PRIu64 " to %" PRIu64 "; expected a count that never does",
                     file, line, counts[i].name, counts[i].before, counts[i].now);
  return GM_OK;
}

/* Watts times time. One that reads what is left of a battery goes in steps. */
static gm_status check_power(const gm_zone *zone, const gm_zone_reading *before, const gm_zone_reading *now,
                             double seconds, const char *file, size_t line, gm_error *err) {
  const double room_s = seconds + gm_ns_to_s(before->stale_ns) + zone->tick_s,
               most_uj = zone->max_power_w * room_s * uj_per_j + (double)zone->resolution_uj + 1;
  const double grown_uj = (double)(now->energy_uj - before->energy_uj);
  if (grown_uj <= most_uj) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s:%zu: energy_uj grows by %.6g J in %.3g s; expected at most %.6g J, the %.6g W of zone "
                 "\"%s\"",
                 file, line, grown_uj / uj_per_j, seconds, most_uj / uj_per_j, zone->max_power_w, zone->name);
}

gm_status gm_replay_check_order(const gm_reading *first, const gm_reading *before, const gm_reading *now,
                                const gm_zone *zones, const char *file, size_t line, gm_error *err) {
  if (now->time_ns < before->time_ns)
    return gm_fail(err, GM_BAD_INPUT, "%s:%zu: time runs backwards", file, line);
  if (now->busy_ns < before->busy_ns || now->suspends < before->suspends)
    return gm_fail(err, GM_BAD_INPUT, "%s:%zu: %s falls; expected a count that never does", file, line,
                   now->busy_ns < before->busy_ns ? "busy_ns" : "suspends");
  const double seconds = gm_ns_to_s(now->time_ns - first->time_ns),
               busy_s = gm_ns_to_s(now->busy_ns - first->busy_ns);
  const int cpus = now->online_cpus > first->online_cpus ? now->online_cpus : first->online_cpus;
  if (cpus > 0 && busy_s > cpus * (seconds + late_s))
    return gm_fail(err, GM_BAD_INPUT,
                   "%s:%zu: busy_ns says %.3g s since the first reading; expected at most what %d CPUs have "
                   "in %.3g s",
                   file, line, busy_s, cpus, seconds);
  gm_status status = GM_OK;
  for (uint32_t z = 0; z < now->n_zones && status == GM_OK; z++) {
    status = check_counts(&before->zones[z], &now->zones[z], zones[z].counter, file, line + z, err);
    if (status == GM_OK && !zones[z].counter && zones[z].measured)
      status = check_power(&zones[z], &before->zones[z], &now->zones[z],
                           gm_ns_to_s(now->time_ns - before->time_ns), file, line + z, err);
  }
  return status;
}
