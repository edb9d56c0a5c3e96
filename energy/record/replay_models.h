/* SPDX-License-Identifier: MIT
 * Modelled zones of a log worked out again, as counters are from their raw values: what a model says follows
 * from times that are in the log and from watts that are in its first line. */
#ifndef ENERGY_REPLAY_MODELS_H
#define ENERGY_REPLAY_MODELS_H

#include "energy/record/readings_log.h"

/* Replaces energies that do not follow, and counts them in replay->differences. `own_cpus`: CPUs of a batch
 * job, whose model goes by the program's own time; NAN where the log does not say (those zones of such a job
 * stay as logged). */
void gm_replay_models(gm_replay *replay, double own_cpus);

#endif
