/* SPDX-License-Identifier: MIT
 * Judgements on a run's energy: what a plug meter would likely show, whether it is a sound measurement. */
#include "energy/run_record.h"

#include <math.h>

static const double gpu_wall_low = 1.15, gpu_wall_high = 1.55, cpu_wall_low = 1.35, cpu_wall_high = 2.5;

void gm_likely_wall(const gm_energy *e, double *low_j, double *high_j) {
  const bool gpu = e->component_j[GM_GPU] > 0.5 * e->energy_j; /* false where there is none */
  const bool wall = !isnan(e->component_j[GM_WALL]);
  *low_j = e->low_j * (wall ? 1 : gpu ? gpu_wall_low : cpu_wall_low);
  *high_j = e->high_j * (wall ? 1 : gpu ? gpu_wall_high : cpu_wall_high);
}

bool gm_energy_degraded(const gm_energy *e) {
  const gm_reasons trouble = GM_REASON_BIT(GM_RAPL_DENIED) | GM_REASON_BIT(GM_ZONE_GONE) |
                             GM_REASON_BIT(GM_READ_ERROR) | GM_REASON_BIT(GM_RESET) | GM_REASON_BIT(GM_GAP) |
                             GM_REASON_BIT(GM_WRAP_AMBIGUOUS) | GM_REASON_BIT(GM_FROZEN) |
                             GM_REASON_BIT(GM_NVML_INIT) | GM_REASON_BIT(GM_NVML_UNSUPPORTED) |
                             GM_REASON_BIT(GM_GPU_LOST) | GM_REASON_BIT(GM_BELOW_RESOLUTION);
  return !e->measured || (e->reasons & trouble) != 0;
}
