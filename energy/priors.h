/* SPDX-License-Identifier: MIT
 * What the intervals assume about sensors beforehand: a standard uncertainty per class, relative [0, 1]. (The
 * power model's bands are measured: energy/sources/bands.csv.) Judgements anchored on published comparisons
 * with meters, not measurements; whoever knows better for a machine states it: "intel_package=0.03,dram=0.2".
 */
#ifndef ENERGY_PRIORS_H
#define ENERGY_PRIORS_H

#include "common/status.h"

#include <stddef.h>

typedef enum {
  GM_PRIOR_INTEL_PACKAGE,
  GM_PRIOR_AMD_PACKAGE,
  GM_PRIOR_DRAM,
  GM_PRIOR_PLATFORM,    /* psys, ACPI power meters */
  GM_PRIOR_HWMON,       /* vendor sensors behind hwmon */
  GM_PRIOR_NVML_ENERGY, /* the counter */
  GM_PRIOR_NVML_POWER,  /* polled power */
  GM_PRIOR_NVML_SPARSE, /* of A100 and H100: a quarter of the time is sampled (arXiv 2312.02741) */
  GM_PRIOR_WALL_METER,  /* an electricity meter of class 1 (IEC 62053-21) or a good plug meter */
  GM_PRIOR_STATED,      /* half the 95 % band of a power the user states */
  GM_PRIOR_SHARE,       /* CPU time share as a share of energy */
  GM_N_PRIORS
} gm_prior;

typedef struct {
  double value[GM_N_PRIORS];
} gm_priors;

gm_priors gm_priors_default(void);

/* Changes what "name=value,name=value" names. GM_BAD_INPUT for an unknown name or a value out of range. */
gm_status gm_priors_parse(gm_priors *priors, const char *text, gm_error *err);

/* "greenmile-priors-1", followed by what differs from it: "greenmile-priors-1 with dram=0.2". */
void gm_priors_describe(const gm_priors *priors, char *text, size_t size);

#endif
