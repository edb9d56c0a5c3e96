/* SPDX-License-Identifier: MIT
 * Internal to study.c: where the facts of a study go. In memory a fact is applied at
 * once; in a journal it joins a batch that gm_store_commit writes and then applies as
 * any reader would. */
#ifndef TUNING_STUDY_STORE_H
#define TUNING_STUDY_STORE_H

#include "tuning/journal/journal.h"
#include "tuning/study_record.h"

typedef struct {
  gm_study_record *record; /* the journal's, or owned */
  gm_journal *journal;     /* borrowed; NULL: in memory */
  gm_records batch, notes; /* notes: attributes that wait for the next batch */
} gm_study_store;

/* n objectives, 1 or 2, with these directions. */
gm_status gm_store_open(gm_study_store *store, gm_journal *journal, const char *name, size_t n,
                        const gm_direction directions[], gm_error *err);
void gm_store_close(gm_study_store *store);

gm_status gm_store_sync(gm_study_store *store, gm_error *err);

/* Facts stand between begin and commit or cancel. Begin syncs. */
gm_status gm_store_begin(gm_study_store *store, gm_error *err);
gm_status gm_store_commit(gm_study_store *store, gm_error *err);
void gm_store_cancel(gm_study_store *store);

/* A trial that is being started. */
typedef struct {
  gm_trial *trial; /* to draw parameters for */
  bool draft;      /* stands for a trial that appears with the commit; owned */
  bool queued;     /* it was waiting */
  bool again;      /* for the second time: it had its draws when it first started */
} gm_starting;

/* fact: trial created, or started from the queue. The transaction goes on. */
gm_status gm_store_start(gm_study_store *store, gm_starting *starting, gm_error *err);
/* Commits and returns the trial that has come of it. */
gm_status gm_store_started(gm_study_store *store, gm_starting *starting, gm_trial **trial, gm_error *err);
/* Instead of it, for a queued trial that cannot be run. */
gm_status gm_store_refuse(gm_study_store *store, const gm_starting *starting, const char *reason,
                          gm_error *err);

gm_status gm_store_parameter(gm_study_store *store, gm_trial *trial, gm_assignment assignment, gm_error *err);
gm_status gm_store_report(gm_study_store *store, gm_trial *trial, int64_t step, double value, gm_error *err);
/* n: none, or one value per objective. */
gm_status gm_store_end(gm_study_store *store, gm_trial *trial, gm_trial_state state, size_t n,
                       const double values[], gm_error *err);
/* System attributes of the trial, members of `marks`; needs no transaction. They are written with its next
 * fact, so that a worker killed in between leaves a trial that can be judged again. */
gm_status gm_store_mark(gm_study_store *store, gm_trial *trial, struct json_object *marks, gm_error *err);
/* fact: the trial waits again. */
gm_status gm_store_requeue(gm_study_store *store, gm_trial *trial, gm_error *err);
/* Taken over; needs no transaction, and is written with the next one that has facts of a trial. */
gm_status gm_store_note(gm_study_store *store, gm_trial *trial, const char *key, struct json_object *value,
                        gm_error *err);
/* Taken over. */
gm_status gm_store_study_attribute(gm_study_store *store, const char *key, struct json_object *value,
                                   gm_error *err);
/* The same where the study has none of that name: of workers that want it at the same time one sets it. */
gm_status gm_store_study_attribute_once(gm_study_store *store, const char *key, struct json_object *value,
                                        bool *set, gm_error *err);
/* Names the objectives, (n_objectives), where the study does not yet. */
gm_status gm_store_metric_names(gm_study_store *store, const char *const names[], gm_error *err);

#endif
