/* SPDX-License-Identifier: MIT
 * Busy CPU time of the whole machine from /proc/stat: all of the "cpu" line but idle and
 * iowait; guest time is part of user time there and not added again. */
#ifndef ENERGY_PROC_STAT_H
#define ENERGY_PROC_STAT_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int fd;
  char *buffer;
  size_t size;
  double ns_per_tick; /* of the kernel's USER_HZ */
  bool started;
  uint64_t ticks;  /* busy ticks at the last good read */
  int64_t busy_ns; /* since opening; never decreases, although the kernel's fields sometimes do */
  int online_cpus; /* "cpuN" lines, one per online CPU */
} gm_proc_stat;

/* Not being able to open the file is no error: gm_proc_stat_read says so each time. */
gm_status gm_proc_stat_open(gm_proc_stat *stat, const char *proc_root, gm_error *err);
/* Brings busy_ns and online_cpus up to date; false, with nothing changed, where the file makes no sense. */
bool gm_proc_stat_read(gm_proc_stat *stat);
void gm_proc_stat_close(gm_proc_stat *stat);

/* ---- with the program's own time ---------------------------------------------------- */

/* Busy CPU time of the machine as the power model uses it, by one rule for runs of any length: what
 * /proc/stat counts, and never less than the CPU time of the metered program itself. /proc/stat moves in
 * ticks of 10 ms, so a short run may find none of its own work there; what is counted ahead of it is taken
 * back from the next ticks, so that over any time the two differ by a tick per CPU at most. */
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
