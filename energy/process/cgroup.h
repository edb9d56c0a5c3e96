/* SPDX-License-Identifier: MIT
 * A cgroup (version 2) of our own for one tree of processes: the kernel then counts the CPU
 * time of every process that ever was in it, however short its life and whoever
 * waited for it. Needs the right to create a directory below the caller's own cgroup; no
 * controller has to be enabled. Linux Documentation/admin-guide/cgroup-v2.rst, cpu.stat. */
#ifndef ENERGY_CGROUP_H
#define ENERGY_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
  char *parent, *path; /* directories; NULL: there is none */
  int stat_fd;         /* cpu.stat, −1 while closed */
} gm_cgroup;

/* Creates the group; false where that is not possible here, *why (of `size`) says why. */
bool gm_cgroup_open(gm_cgroup *group, const char *proc_root, char *why, size_t size);

/* Moves the process `pid` in, with what it starts from now on. */
bool gm_cgroup_add(const gm_cgroup *group, pid_t pid);

/* CPU time of all that are or were in it; false, with nothing changed, where it cannot be read. */
bool gm_cgroup_cpu_ns(const gm_cgroup *group, int64_t *cpu_ns);

/* Processes in it now. */
int gm_cgroup_population(const gm_cgroup *group);

/* Moves what is left to where it would have been, and removes the group. Accepts a zeroed object. */
void gm_cgroup_close(gm_cgroup *group);

#endif
