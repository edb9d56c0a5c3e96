/* SPDX-License-Identifier: MIT
 * The living descendants of a process, from /proc/PID/task/TID/children (Linux 3.5,
 * CONFIG_PROC_CHILDREN): as costly as the tree is large, not as the machine is busy. */
#ifndef ENERGY_PROCESS_WALK_H
#define ENERGY_PROCESS_WALK_H

#include <stdint.h>
#include <sys/types.h>

/* CPU time of the descendants of `pid` (itself not counted): their own and what they have
 * reaped. Adds their number to *population. A tree that changes meanwhile may be counted short. */
int64_t gm_process_walk_ns(pid_t pid, int *population);

#endif
