/* SPDX-License-Identifier: MIT
 * Energy from powers by trapezoids, with what a gap may hide; implausible powers (the patterns that hardware
 * shows for "unknown") are failed reads. Counters of energy are counter.c's. */
#include "energy/sources/power_integral.h"

#include "common/clock.h"
#include <math.h>

/* Readings are a second apart; ten missed ones in a row are a gap. */
static const double gap_s = 10 * GM_POWER_MAX_GAP_S;

bool gm_power_is_plausible(double power_w, double max_power_w) {
  static const double unknown[] = {0x7fff, 0xffff, 0x7fffffff, 0xffffffff}, units_w[] = {1e-6, 1e-3, 1};
  if (!(power_w >= 0 && power_w <= max_power_w)) return false;
  for (size_t u = 0; u < sizeof units_w / sizeof *units_w; u++)
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
      if (fabs(power_w - unknown[i] * units_w[u]) < 1e-9 * power_w) return false;
  return true;
}

void gm_power_integral_step(gm_power_integral *p, double power_w, int64_t time_ns, bool suspended,
                            gm_zone_reading *r) {
  if (!gm_power_is_plausible(power_w, p->max_power_w)) {
    r->implausible++;
    r->errors++;
    gm_power_integral_miss(p, time_ns, r);
    return;
  }
  if (p->started) {
    const double dt_s = fmax(gm_ns_to_s(time_ns - p->seen_ns), 0);
    const double mean_w = 0.5 * (p->power_w + power_w);
    const bool gap = suspended || dt_s > gap_s;
    const bool unknown = gap || p->hole;
    const double half_w = 0.5 * fabs(power_w - p->power_w);
    p->energy_j += mean_w * dt_s;
    p->missing_j += (unknown ? fmax(p->max_power_w - mean_w, 0) : half_w) * dt_s;
    p->doubtful_j += (unknown ? mean_w : half_w) * dt_s;
    if (gap) r->gaps++;
  }
  p->power_w = power_w;
  p->seen_ns = time_ns;
  p->started = true;
  p->hole = false;
  r->energy_uj = (uint64_t)(p->energy_j * 1e6 + 0.5);
  r->missing_uj = (uint64_t)ceil(p->missing_j * 1e6);
  r->doubtful_uj = (uint64_t)ceil(p->doubtful_j * 1e6);
  r->stale_ns = 0;
}

void gm_power_integral_miss(gm_power_integral *p, int64_t time_ns, gm_zone_reading *r) {
  if (!p->started) p->seen_ns = p->seen_ns == 0 ? time_ns : p->seen_ns;
  p->hole = true;
  r->stale_ns = time_ns - p->seen_ns;
}
