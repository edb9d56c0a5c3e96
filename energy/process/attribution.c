/* SPDX-License-Identifier: MIT
 * Sharing out energy: above idle, and by CPU time (docs/energy-model.md, Whose energy). Pure arithmetic:
 * where the times come from is process_tree.c's and proc_stat.c's. */
#include "energy/process/attribution.h"

#include <math.h>

gm_idle_power gm_idle_power_unknown(void) {
  gm_idle_power idle;
  for (int c = 0; c < GM_N_COMPONENTS; c++) idle.power_w[c] = idle.sd_w[c] = NAN;
  return idle;
}

gm_attribution gm_attribute(const gm_attribution_input *in, const gm_idle_power *idle) {
  gm_attribution a = {.share = NAN, .above_idle_j = NAN, .attributed_j = NAN};
  double above_j = 0, attributed_j = 0, variance = 0;
  bool counted = false;
  if (in->machine_busy_s > 0)
    a.share = fmin(fmax(in->tree_cpu_s / in->machine_busy_s, 0), 1);
  else if (in->machine_busy_s == 0)
    a.share = 0; /* nothing was busy for a tick: too short to tell, and nothing to share */
  a.idle_share = in->billing == GM_IDLE_BY_CPU_TIME ? a.share
                 : in->billing == GM_IDLE_BY_CORES  ? fmin(fmax(in->cores_share, 0), 1)
                                                    : 0;
  for (int c = 0; c < GM_N_COMPONENTS; c++) {
    a.component_j[c] = NAN;
    if (isnan(in->component_j[c])) continue;
    double own_j = in->component_j[c] - idle->power_w[c] * in->duration_s; /* NAN: no baseline */
    if (own_j < 0) {
      own_j = 0;
      a.clamped = true;
    }
    a.component_j[c] = (c == GM_GPU ? own_j : own_j * a.share) + a.idle_share * (in->component_j[c] - own_j);
    above_j += own_j;
    attributed_j += a.component_j[c];
    variance += idle->sd_w[c] * idle->sd_w[c];
    counted = true;
  }
  if (counted) {
    a.above_idle_j = above_j;
    a.attributed_j = attributed_j;
  }
  /* The sensor errs alike in both terms; the baseline's own spread comes on top. */
  const double spread_j = 2 * sqrt(variance) * in->duration_s;
  a.above_idle_low_j = fmax(a.above_idle_j * in->low - spread_j, 0);
  a.above_idle_high_j = a.above_idle_j * in->high + spread_j;
  const double share_band = 2 * in->share_relative;
  const double baseline_j = spread_j * fabs(a.share - a.idle_share); /* what is not above idle is idle */
  a.attributed_low_j = fmax(a.attributed_j * (1 - hypot(1 - in->low, share_band)) - baseline_j, 0);
  a.attributed_high_j = a.attributed_j * (1 + hypot(in->high - 1, share_band)) + baseline_j;
  if (isnan(a.above_idle_j)) a.above_idle_low_j = NAN; /* fmax drops it */
  if (isnan(a.attributed_j)) a.attributed_low_j = NAN;
  return a;
}
