/* SPDX-License-Identifier: MIT
 * perf_event_open(2) as the meter uses it: system-wide events of a PMU, opened on one CPU each.
 * A table of functions, so that tests can stand in for a kernel. */
#ifndef ENERGY_PERF_API_H
#define ENERGY_PERF_API_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int (*open)(void *context, uint32_t type, uint64_t config, int cpu); /* a handle, or −errno */
  bool (*read)(void *context, int handle, uint64_t *count);
  void (*close)(void *context, int handle);
  void *context;
} gm_perf_api;

/* The kernel's. */
gm_perf_api gm_perf_api_system(void);

#endif
