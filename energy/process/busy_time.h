/* SPDX-License-Identifier: MIT
 * Busy CPU time of the machine as the power model uses it, by one rule for runs of any length: what
 * /proc/stat counts, and never less than the CPU time of the metered program itself. /proc/stat moves in
 * ticks of 10 ms, so a short run may find none of its own work there; what is counted ahead of it is taken
 * back from the next ticks, so that over any time the two differ by a tick per CPU at most. */
#ifndef ENERGY_BUSY_TIME_H
#define ENERGY_BUSY_TIME_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool started;
  int64_t stat_ns, own_ns; /* at the last step */
  int64_t ahead_ns;        /* counted and not yet seen in /proc/stat */
  int64_t busy_ns;         /* since opening, never decreases */
} gm_busy_time;

/* `stat_ns`: busy time by /proc/stat, `own_ns`: CPU time of the metered program, both cumulative; `tick_ns`:
 * a tick of /proc/stat times the CPUs. */
void gm_busy_time_step(gm_busy_time *busy, int64_t stat_ns, int64_t own_ns, int64_t tick_ns);

#endif
