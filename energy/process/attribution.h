/* SPDX-License-Identifier: MIT
 * Whose energy it was: three numbers side by side (docs/energy-model.md, Whose energy).
 *   machine     E                          what the counters or models saw
 *   above idle  A = E − P_idle · T         with an idle baseline, per component
 *   attributed  s · A_cpu,ram,wall + A_gpu + a · (E − A)
 *               s = CPU time of the tracked tree / busy CPU time of the machine, a = share of the idle energy
 * A GPU is billed whole; idle energy to nobody (a = 0) unless asked for. The CPU time share is not an energy
 * share where cores differ (efficiency cores, clocks) or instructions do: its uncertainty comes in
 * quadrature. */
#ifndef ENERGY_ATTRIBUTION_H
#define ENERGY_ATTRIBUTION_H

#include "energy/source.h"

typedef struct {
  double power_w[GM_N_COMPONENTS]; /* idle power, NAN: not known */
  double sd_w[GM_N_COMPONENTS];    /* standard deviation of one second's mean */
} gm_idle_power;

gm_idle_power gm_idle_power_unknown(void);

/* Who pays for idle power. */
typedef enum {
  GM_IDLE_TO_NOBODY,   /* a = 0 */
  GM_IDLE_BY_CPU_TIME, /* a = s */
  GM_IDLE_BY_CORES     /* a = CPUs this process may run on / online CPUs */
} gm_idle_billing;

/* What it is worked out from, PUE left out of all energies. */
typedef struct {
  double duration_s;
  double component_j[GM_N_COMPONENTS]; /* NAN: not counted */
  double low, high;                    /* 95 % interval of the machine's energy as factors of it */
  double tree_cpu_s, machine_busy_s;   /* machine_busy_s NAN: unknown */
  double share_relative; /* standard uncertainty of the share as a share of energy (energy/priors.h) */
  gm_idle_billing billing;
  double cores_share; /* a of GM_IDLE_BY_CORES */
} gm_attribution_input;

typedef struct {
  double share;      /* s in [0, 1], NAN where the machine's busy time is unknown */
  double idle_share; /* a in [0, 1], likewise */
  double above_idle_j, above_idle_low_j, above_idle_high_j; /* NAN: no baseline */
  double attributed_j, attributed_low_j, attributed_high_j; /* NAN: no baseline or no share */
  double component_j[GM_N_COMPONENTS];                      /* attributed_j by component, NAN: not counted */
  bool clamped; /* a component drew less than its baseline: it counts as 0 */
} gm_attribution;

gm_attribution gm_attribute(const gm_attribution_input *input, const gm_idle_power *idle);

#endif
