/* SPDX-License-Identifier: MIT
 * Which processor generation a machine has, by what CPUID says (family, model, stepping: a virtual machine
 * shows them too, where its name is masked to "AMD EPYC"), and what servers of it draw per hardware thread
 * (generations.csv). Where the generation is not listed, any of its vendor; else any at all. */
#ifndef ENERGY_CPU_GENERATION_H
#define ENERGY_CPU_GENERATION_H

#include "common/status.h"
#include "energy/host.h"

typedef enum { GM_BY_CPUID, GM_BY_VENDOR, GM_BY_NOTHING } gm_generation_match;

typedef struct {
  gm_generation_match match;
  char name[32];                               /* "genoa", "any AMD", "any" */
  double idle_w_per_thread, full_w_per_thread; /* at the wall, without the RAM's part */
  double idle_factor;                          /* of the idle line; 1 where the generation is not known */
} gm_cpu_generation;

/* GM_BAD_INPUT only if the suite's table is damaged. */
gm_status gm_cpu_generation_find(const gm_host *host, gm_cpu_generation *generation, gm_error *err);

#endif
