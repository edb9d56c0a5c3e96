/* SPDX-License-Identifier: MIT
 * How much of the machine's memory this process may use: the least limit of its memory cgroup and of those
 * above it, as the process sees them (version 2, else version 1 of the hierarchy). */
#ifndef ENERGY_MEMORY_LIMIT_H
#define ENERGY_MEMORY_LIMIT_H

/* GiB; INFINITY where nothing limits it. */
double gm_memory_limit_gib(const char *sysfs_root, const char *proc_root);

#endif
