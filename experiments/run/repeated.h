/* SPDX-License-Identifier: MIT
 * A run whose metered work is too short to be measured once: repeated in batches (energy/repetition.h), told
 * on stderr, and recorded. */
#ifndef EXPERIMENTS_REPEATED_H
#define EXPERIMENTS_REPEATED_H

#include "energy/repetition.h"
#include "experiments/run/run_directory.h"

typedef struct {
  const char *name; /* "fit", "forecast" */
  gm_repeated call;
  void *context;
  double batch_s; /* shortest batch */
} gm_repeated_work;

/* PROGRAM: one WORK is too short to be metered: repeating it in batches of 0.25 s until …; then does so, as
 * the experiment's metered interval. */
gm_status gm_repeated_run(gm_experiment *experiment, const gm_repeated_work *work, gm_repetition *repetition,
                          gm_error *err);

/* Says how often and how well it repeats. */
void gm_repeated_say(const gm_experiment *experiment, const gm_repetition *repetition);

/* Adds to run.json: batches, the interval of repetition alone, latency. */
void gm_repeated_add(struct json_object *to, const gm_repetition *repetition);

#endif
