/* SPDX-License-Identifier: MIT
 * Internal to study.c: where the facts of a study go, a const table of functions for each place. In memory
 * (study_memory.c) a fact is applied at once; in a journal (study_store.c) it joins a batch that `commit`
 * writes and then applies as any reader would. */
#ifndef TUNING_STUDY_STORE_H
#define TUNING_STUDY_STORE_H

#include "tuning/journal/journal.h"
#include "tuning/study_record.h"

typedef struct gm_study_store gm_study_store;

/* A trial that is being started. */
typedef struct {
  gm_trial *trial; /* to draw parameters for */
  bool draft;      /* stands for a trial that appears with the commit; owned */
  bool queued;     /* it was waiting */
  bool again;      /* for the second time: it had its draws when it first started */
} gm_starting;

typedef struct {
  void (*close)(gm_study_store *store);
  gm_status (*sync)(gm_study_store *store, gm_error *err);

  /* Facts stand between begin and commit or cancel. Begin syncs. */
  gm_status (*begin)(gm_study_store *store, gm_error *err);
  gm_status (*commit)(gm_study_store *store, gm_error *err);
  void (*cancel)(gm_study_store *store);

  /* fact: trial created, or started from the queue. The transaction goes on until one of the three below. */
  gm_status (*start)(gm_study_store *store, gm_starting *starting, gm_error *err);
  /* Commits and returns the trial that has come of it. */
  gm_status (*started)(gm_study_store *store, gm_starting *starting, gm_trial **trial, gm_error *err);
  /* Commits a failure instead: of a queued trial that cannot be run. */
  gm_status (*refuse)(gm_study_store *store, const gm_starting *starting, const char *reason, gm_error *err);
  /* Cancels. */
  void (*give_up)(gm_study_store *store, gm_starting *starting);

  gm_status (*parameter)(gm_study_store *store, gm_trial *trial, gm_assignment assignment, gm_error *err);
  gm_status (*report)(gm_study_store *store, gm_trial *trial, int64_t step, double value, gm_error *err);
  /* n: none, or one value per objective. */
  gm_status (*end)(gm_study_store *store, gm_trial *trial, gm_trial_state state, size_t n,
                   const double values[], gm_error *err);
  /* fact: the trial waits again. */
  gm_status (*requeue)(gm_study_store *store, gm_trial *trial, gm_error *err);

  /* These need no transaction; values are taken over. A trial's are written with its next fact, so that a
   * worker killed in between leaves a trial that can be judged again. */
  gm_status (*system_attribute)(gm_study_store *store, gm_trial *trial, const char *key,
                                struct json_object *value, gm_error *err);
  gm_status (*attribute)(gm_study_store *store, gm_trial *trial, const char *key, struct json_object *value,
                         gm_error *err);
  gm_status (*study_attribute)(gm_study_store *store, const char *key, struct json_object *value,
                               gm_error *err);
  /* Only where the study has none of this name yet; *set says whether this call set it. */
  gm_status (*study_attribute_once)(gm_study_store *store, const char *key, struct json_object *value,
                                    bool *set, gm_error *err);
  /* Names the objectives, (n_objectives), where the study does not yet. */
  gm_status (*metric_names)(gm_study_store *store, const char *const names[], gm_error *err);
  /* A trial with these parameters waits. */
  gm_status (*enqueue)(gm_study_store *store, struct json_object *fixed, gm_error *err);
} gm_study_place;

/* The table of a file that has a static function for each, in the order above: one that is forgotten, here or
 * there, does not compile without a warning. */
#define GM_STUDY_PLACE                                                                                       \
  {                                                                                                          \
    place_close, place_sync, place_begin, place_commit, place_cancel, place_start, place_started,            \
        place_refuse, place_give_up, place_parameter, place_report, place_end, place_requeue,                \
        place_system_attribute, place_attribute, place_study_attribute, place_study_attribute_once,          \
        place_metric_names, place_enqueue                                                                    \
  }

extern const gm_study_place gm_study_in_memory, gm_study_in_journal;

struct gm_study_store {
  const gm_study_place *in;
  gm_study_record *record; /* the journal's, or owned */
  gm_journal *journal;     /* borrowed; NULL: in memory */
  gm_records batch, notes; /* notes: attributes that wait for the next batch */
};

/* n objectives, 1 or 2, with these directions. journal: NULL for a study in memory, which has no name. */
gm_status gm_store_open(gm_study_store *store, gm_journal *journal, const char *name, size_t n,
                        const gm_direction directions[], gm_error *err);

#endif
