/* SPDX-License-Identifier: MIT
 * The machine and the build, as far as they decide a speed: processor, caches,
 * governor, load, compiler, flags, BLAS. */
#ifndef EXPERIMENTS_BENCH_MACHINE_H
#define EXPERIMENTS_BENCH_MACHINE_H

#include "common/json.h"
#include "energy/host.h"

#include <stddef.h>

typedef struct {
  gm_host host;
  char caches[128];  /* "L1d 48 KiB, L2 2 MiB, L3 30 MiB", of processor 0; "" where not shown */
  size_t last_cache; /* bytes of the largest cache; 0 where not shown */
  size_t available;  /* bytes of memory that can be had (MemAvailable); 0 where unknown */
  char governor[64]; /* frequency governor of processor 0, "" where not shown */
  double load;       /* load average over a minute, NAN where unknown */
} gm_bench_machine;

void gm_bench_machine_read(gm_bench_machine *machine);

/* The compiler and the flags this program was built with. */
const char *gm_bench_compiler(void);
const char *gm_bench_flags(void);

/* Bytes this process has allocated and not freed; 0 where the C library does not tell (glibc 2.33 does).
 * Unlike resident memory it does not depend on which freed pages are used again. */
size_t gm_bench_allocated(void);

#endif
