/* SPDX-License-Identifier: MIT
 * What each process that worked on a study has drawn, overhead between trials included.
 * A process that ends leaves its energy as an attribute of the study, and until then what
 * it had drawn so far with every report, so that a killed one is counted up to its last
 * report (GM_PROCESS_ENERGY_ATTRIBUTE). The energies of all processes add up to the study's, whatever was
 * interrupted. */
#ifndef TUNING_PROCESS_ENERGY_H
#define TUNING_PROCESS_ENERGY_H

#include "common/status.h"
#include "tuning/study_record.h"

#include <stdbool.h>
#include <stddef.h>

/* User attribute of the study, followed by the worker's id: the text of a JSON object with a member
 * "energy_j" and whatever else the process wants to leave. */
#define GM_PROCESS_PREFIX "process:"

typedef struct {
  const char *worker; /* NULL: trials without one (in memory, or of a queue); borrowed from the study */
  double energy_j;    /* the record's, or what its trials say; 0 where they say nothing */
  const char *record; /* what it left when it ended; NULL: it runs, or was killed; borrowed */
} gm_process_energy;

/* Whether two ids, NULL or not, are of one worker. */
bool gm_same_worker(const char *a, const char *b);

/* All processes of the study in the order in which it names them; *processes is the caller's to free.
 * A trial that tells its own energy only (GM_ENERGY_ATTRIBUTE) counts with that. */
gm_status gm_study_processes(const gm_study_record *study, gm_process_energy **processes, size_t *n,
                             gm_error *err);

#endif
