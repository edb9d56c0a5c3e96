/* SPDX-License-Identifier: MIT
 * A batch of journal records, as text: one JSON object per line. Records are written
 * as Optuna's own and in its incremental form (a trial is created bare, then gets its
 * parameters), which every reader of journals understands, browsers included. */
#ifndef TUNING_JOURNAL_RECORDS_H
#define TUNING_JOURNAL_RECORDS_H

#include "common/status.h"
#include "tuning/trial.h"

#include <json-c/json_types.h>

#include <stddef.h>
#include <stdint.h>

/* A zeroed object with worker_id set is an empty batch. */
typedef struct {
  const char *worker_id; /* borrowed */
  char *text;            /* (length) lines, each ending in \n; owned */
  size_t length, capacity, n_records;
  bool out_of_memory; /* a record is missing; gm_records_check says so */
} gm_records;

/* Each appends one record. Values handed over are put. */
void gm_records_create_study(gm_records *records, const char *name, size_t n_objectives,
                             const gm_direction directions[]);
/* What all readers know the objectives by (Study.set_metric_names). */
void gm_records_metric_names(gm_records *records, int64_t study_id, size_t n, const char *const names[]);
void gm_records_study_attribute(gm_records *records, int64_t study_id, const char *key,
                                struct json_object *value);
void gm_records_create_trial(gm_records *records, int64_t study_id);
void gm_records_start_trial(gm_records *records, int64_t trial_id); /* WAITING becomes RUNNING */
/* RUNNING becomes WAITING again: whoever asks next goes on with it. */
void gm_records_requeue_trial(gm_records *records, int64_t trial_id);
void gm_records_parameter(gm_records *records, int64_t trial_id, const gm_assignment *assignment);
void gm_records_report(gm_records *records, int64_t trial_id, int64_t step, double value);
void gm_records_attribute(gm_records *records, int64_t trial_id, const char *key, struct json_object *value);
/* Enqueues a trial with the parameters of a failed one, as optuna.storages.RetryFailedTrialCallback does. Its
 * user attributes come along but for those of what it has cost and why it failed. */
void gm_records_retry_trial(gm_records *records, int64_t study_id, const gm_trial *failed);
/* Enqueues a trial whose parameters will have these values (Python's), as Study.enqueue_trial does. `fixed`
 * is an object. */
void gm_records_enqueue_trial(gm_records *records, int64_t study_id, struct json_object *fixed);
/* What the search itself keeps of a running trial. */
void gm_records_system_attribute(gm_records *records, int64_t trial_id, const char *key,
                                 struct json_object *value);
/* Ends a trial with n values, 0: none. started_s is repeated for browsers, unless NaN. */
void gm_records_end_trial(gm_records *records, int64_t trial_id, gm_trial_state state, size_t n,
                          const double values[], double started_s);

/* Appends all records of `more`. */
void gm_records_append(gm_records *records, const gm_records *more);

/* GM_NO_MEMORY when a record did not fit. */
gm_status gm_records_check(const gm_records *records, gm_error *err);

/* Forgets the records, keeps the memory. */
void gm_records_clear(gm_records *records);
void gm_records_free(gm_records *records);

#endif
