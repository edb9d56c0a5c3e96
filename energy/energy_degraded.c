/* SPDX-License-Identifier: MIT
 * Whether an energy is a sound measurement. */
#include "energy/record/run_record.h"

bool gm_energy_degraded(const gm_energy *e) {
  const gm_reasons trouble = GM_REASON_BIT(GM_RAPL_DENIED) | GM_REASON_BIT(GM_ZONE_GONE) |
                             GM_REASON_BIT(GM_READ_ERROR) | GM_REASON_BIT(GM_RESET) | GM_REASON_BIT(GM_GAP) |
                             GM_REASON_BIT(GM_WRAP_AMBIGUOUS) | GM_REASON_BIT(GM_FROZEN) |
                             GM_REASON_BIT(GM_NVML_INIT) | GM_REASON_BIT(GM_NVML_UNSUPPORTED) |
                             GM_REASON_BIT(GM_GPU_LOST) | GM_REASON_BIT(GM_BELOW_RESOLUTION);
  return !e->measured || (e->reasons & trouble) != 0;
}
