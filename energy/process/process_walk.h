/* SPDX-License-Identifier: MIT
 * The living descendants of a process, from /proc/PID/task/TID/children (Linux 3.5,
 * CONFIG_PROC_CHILDREN): as costly as the tree is large, not as the machine is busy. A tree that changes
 * meanwhile may be seen short.
 *
 * Linux adds a child's time to its parent's when the parent waits for it; where the parent ignores SIGCHLD
 * nobody does, and the time is lost (POSIX.1-2017, times()). Such children are followed: what they had used
 * when they were last seen is kept. */
#ifndef ENERGY_PROCESS_WALK_H
#define ENERGY_PROCESS_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
  pid_t pid;
  int64_t cpu_ns; /* its own and what it has waited for */
  bool unwaited;  /* its parent ignores SIGCHLD */
} gm_walked;

typedef struct {
  gm_walked *items; /* descendants seen last, the root not among them */
  size_t n, capacity;
  size_t n_lost;   /* children nobody waited for that have ended */
  int64_t lost_ns; /* what they had used when last seen */
  bool unwaited;   /* some parent ignores SIGCHLD */
} gm_walk;

/* Looks at the descendants of `pid`; their CPU time with that of lost ones. Where memory is short some are
 * not seen. */
int64_t gm_process_walk(gm_walk *walk, pid_t pid);

/* What the process itself has used and waited for; 0 where it is gone. */
int64_t gm_process_own_ns(pid_t pid);

/* The process `pid` was waited for after all: it is not lost. */
void gm_process_walk_reaped(gm_walk *walk, pid_t pid);

void gm_process_walk_free(gm_walk *walk);

#endif
