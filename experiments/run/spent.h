/* SPDX-License-Identifier: MIT
 * What all processes that ever worked on a run have drawn, also those that were interrupted or killed: each
 * keeps its row in DIR/processes.csv up to date, run_id,started_at,duration_s,energy_kwh (whole program, all
 * repetitions, with PUE), and the next one finds it there. So a study's total is never less than what was
 * spent on it. */
#ifndef EXPERIMENTS_SPENT_H
#define EXPERIMENTS_SPENT_H

#include "experiments/run/experiment.h"

typedef struct gm_spent gm_spent;

/* Reads the rows of earlier processes and adds this one's. From then on the file is rewritten by
 * gm_spent_note, and once more when the experiment is closed. */
gm_status gm_spent_open(gm_experiment *experiment, gm_error *err);

/* Brings this process's row up to date, at most once a second unless `now`. A file that cannot be written is
 * no reason to end a run: that shows in what the run itself writes. */
void gm_spent_note(gm_experiment *experiment, bool now);

/* Adds "earlier_energy_kwh" and "earlier_processes": of the others. */
void gm_spent_add(struct json_object *run, const gm_experiment *experiment);

#endif
