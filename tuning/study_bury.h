/* SPDX-License-Identifier: MIT
 * Internal to study.c: trials whose workers have died. On this machine that is known (tuning/worker.h);
 * elsewhere a trial that has told nothing for long enough counts as one.
 *
 * A trial whose worker died goes back to the queue as it is, number and parameters kept, and whoever asks
 * next trains it again: an interrupted search gives the trials of an uninterrupted one. After
 * max_restarts of that, or with max_retries, it ends as FAIL; max_retries enqueues a new trial with its
 * parameters, as optuna.storages.RetryFailedTrialCallback does. */
#ifndef TUNING_STUDY_BURY_H
#define TUNING_STUDY_BURY_H

#include "tuning/study_store.h"

typedef struct {
  int64_t max_restarts; /* of a trial whose worker died */
  int64_t max_retries;  /* of a trial that has failed so, as new ones; negative: none */
  double silence_s;     /* so long without a word is death, whoever the worker is; NaN: only what is known */
} gm_bury_rule;

/* *n: how many trials. */
gm_status gm_store_bury(gm_study_store *store, const gm_bury_rule *rule, size_t *n, gm_error *err);

#endif
