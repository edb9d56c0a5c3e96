/* SPDX-License-Identifier: MIT
 * Who writes into a journal: an id that no other process has or will have, from which
 * other workers on the same machine can tell whether its process still runs; and the
 * number that a launcher (Open MPI, PMI, SLURM) gave this process. */
#ifndef TUNING_WORKER_H
#define TUNING_WORKER_H

/* Size of a buffer for a worker id. */
#define GM_WORKER_ID 192

/* "greenmile/HOST/BOOT/NAMESPACE/PID/START/RANDOM": host name, kernel boot id, pid name space,
 * process id and its start in clock ticks since boot. Random alone makes it unique. */
void gm_worker_id(char id[GM_WORKER_ID]);

typedef enum {
  GM_WORKER_UNKNOWN, /* of another program, machine or container: nobody here can tell */
  GM_WORKER_ALIVE,
  GM_WORKER_DEAD
} gm_worker_fate;

/* What has become of the worker called `id` (NULL: unknown). */
gm_worker_fate gm_worker_fate_of(const char *id);

/* The rank of this process among those a launcher started, from 0, or its array task id;
 * *variable (may be NULL) is the environment variable that says so. -1: no launcher. */
int gm_worker_rank(const char **variable);

#endif
