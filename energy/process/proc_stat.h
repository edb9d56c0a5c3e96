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

#endif
