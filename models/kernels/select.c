/* SPDX-License-Identifier: MIT
 * Which table of kernels this processor runs: the fastest by what CPUID says, or the named one where it can
 * run that. The kernels themselves are kernels.c, compiled once per instruction set. */
#include "models/kernels/kernels.h"

#include <stdbool.h>
#include <string.h>

extern const gm_kernels gm_kernels_baseline;

#if defined __x86_64__
extern const gm_kernels gm_kernels_avx2, gm_kernels_avx512;

static bool runs_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
static bool runs_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif
static bool runs_always(void) {
  return true;
}

const gm_kernels *gm_kernels_select(const char *isa) {
  static const struct {
    const gm_kernels *kernels;
    bool (*runs)(void);
  } tables[] = {
#if defined __x86_64__
    {&gm_kernels_avx512, runs_avx512},
    {&gm_kernels_avx2, runs_avx2},
#endif
    {&gm_kernels_baseline, runs_always},
  };
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) /* fastest first */
    if ((isa == NULL || strcmp(isa, tables[i].kernels->isa) == 0) && tables[i].runs())
      return tables[i].kernels;
  return NULL;
}
