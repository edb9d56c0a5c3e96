/* SPDX-License-Identifier: MIT
 * Was the energy of a run its own? What is metered is the machine, so a neighbour's work is in it. The CPU
 * time that was not this run's is recorded, and a run with too much of it is marked where people look. */
#ifndef EXPERIMENTS_FOREIGN_LOAD_H
#define EXPERIMENTS_FOREIGN_LOAD_H

#include "experiments/run/experiment.h"

/* Adds to run.json "foreign_cpu_s", "foreign_cpu_share" (of the machine's busy CPU time) and "machine_busy":
 * more than a tenth of the busy time was others', and more than the ticks of /proc/stat can mistake; then
 * also a warning. Null where the machine's busy time is not known, and for a run whose `shared` workers
 * cannot be told from others. wall_s: how long was metered, all repetitions. */
void gm_foreign_load_add(struct json_object *run, gm_experiment *experiment, const gm_energy *energy,
                         double wall_s, bool shared);

/* The rule of "machine_busy": of a share of the busy CPU time, and so many seconds. */
bool gm_foreign_load_is_busy(double share, double foreign_s);

#endif
