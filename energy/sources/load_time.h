/* SPDX-License-Identifier: MIT
 * The time since opening, split by how busy the CPUs were: load time busy / n and the rest, idle time. Models
 * that are linear in the busy share are sums of the two times a power. */
#ifndef ENERGY_LOAD_TIME_H
#define ENERGY_LOAD_TIME_H

#include "energy/source.h"

typedef struct {
  bool own_time; /* busy is the program's own CPU time over `cpus`, not the machine's over those online */
  double cpus;   /* n of own time, and where the tick knows none */
  bool started;
  gm_tick last;
  double elapsed_s, load_s;
  double idle_s; /* never decreases, though busy time comes in ticks */
} gm_load_time;

void gm_load_time_step(gm_load_time *time, const gm_tick *tick);

#endif
