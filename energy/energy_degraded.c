/* SPDX-License-Identifier: MIT
 * Whether an energy is a sound measurement. */
#include "energy/record/run_record.h"

/* An energy is called measured where more than this part of it is. */
static const double least_measured_share = 0.5;

bool gm_energy_is_measured(const gm_energy *e) {
  return e->measured_j > least_measured_share * e->energy_j;
}

bool gm_energy_degraded(const gm_energy *e) {
  const gm_reasons trouble =
      GM_REASON_BIT(GM_RAPL_DENIED) | GM_REASON_BIT(GM_ZONE_GONE) | GM_REASON_BIT(GM_READ_ERROR) |
      GM_REASON_BIT(GM_RESET) | GM_REASON_BIT(GM_GAP) | GM_REASON_BIT(GM_WRAP_AMBIGUOUS) |
      GM_REASON_BIT(GM_FROZEN) | GM_REASON_BIT(GM_NVML_INIT) | GM_REASON_BIT(GM_NVML_UNSUPPORTED) |
      GM_REASON_BIT(GM_GPU_LOST) | GM_REASON_BIT(GM_BELOW_RESOLUTION) | GM_REASON_BIT(GM_IMPLAUSIBLE) |
      GM_REASON_BIT(GM_MIRRORED) | GM_REASON_BIT(GM_GPU_UNKNOWN);
  return !e->measured || (e->reasons & trouble) != 0;
}
