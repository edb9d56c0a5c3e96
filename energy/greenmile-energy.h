/* SPDX-License-Identifier: MIT
 * The installed library in one include, for C and C++:
 *   cc program.c $(pkg-config --cflags --libs greenmile-energy)
 * Start with energy/meter.h; greenmile-energy(3) has an overview. */
#ifndef GREENMILE_ENERGY_H
#define GREENMILE_ENERGY_H

/* Before extern "C": in C++ these are more than C. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "common/status.h"
#include "energy/carbon/carbon_intensity.h"
#include "energy/carbon/emissions.h"
#include "energy/carbon/emissions_csv.h"
#include "energy/host.h"
#include "energy/likely_wall.h"
#include "energy/meter.h"
#include "energy/priors.h"
#include "energy/process/attribution.h"
#include "energy/record/idle_baseline.h"
#include "energy/record/readings_log.h"
#include "energy/record/run.h"
#include "energy/repetition.h"
#include "energy/source.h"
#include "energy/sources/perf_api.h"
#include "energy/sources/power_lines.h"

#ifdef __cplusplus
}
#endif

#endif
