/* SPDX-License-Identifier: MIT
 * A journal's records, applied one after the other, become studies and trials. The
 * rules are those of optuna.storages.JournalStorage 5.0, so that ids and states are
 * the same in every reader: which records are ignored, which make the journal
 * unreadable, how trials are numbered. */
#ifndef TUNING_JOURNAL_REPLAY_H
#define TUNING_JOURNAL_REPLAY_H

#include "common/status.h"
#include "tuning/study_record.h"

#include <stddef.h>
#include <stdint.h>

/* What a record does; numbered as in the journal. */
typedef enum {
  GM_OP_CREATE_STUDY = 0,
  GM_OP_DELETE_STUDY = 1,
  GM_OP_STUDY_USER_ATTRIBUTE = 2,
  GM_OP_STUDY_SYSTEM_ATTRIBUTE = 3,
  GM_OP_CREATE_TRIAL = 4,
  GM_OP_PARAMETER = 5,
  GM_OP_STATE = 6,
  GM_OP_REPORT = 7,
  GM_OP_USER_ATTRIBUTE = 8,
  GM_OP_SYSTEM_ATTRIBUTE = 9,
  GM_OP_DISCARD_TRIALS = 10, /* Rustuna's; ignored */
} gm_op_code;

typedef struct {
  gm_study_record *study;
  gm_trial *trial; /* owned by the study's history */
} gm_replayed_trial;

/* A zeroed object whose own_trial is -1 is an empty journal. */
typedef struct {
  const char *worker_id; /* this worker's; borrowed, may be NULL */
  size_t n_studies, study_capacity;
  gm_study_record **studies; /* (n_studies) by id, deleted ones too; never moved */
  size_t n_trials, trial_capacity;
  gm_replayed_trial *trials; /* (n_trials) by id */
  int64_t own_trial;         /* id of the last trial that this worker created or started, -1: none */
} gm_journal_replay;

/* Parses one line as Python's json does; NULL when it is no JSON. The caller puts it. */
struct json_object *gm_journal_parse(const char *line, size_t length);

/* Applies one record. GM_BAD_INPUT: a record that every reader refuses. */
gm_status gm_journal_apply(gm_journal_replay *replay, struct json_object *record, gm_error *err);

/* The study of that name that exists now, or NULL. */
gm_study_record *gm_journal_find_study(const gm_journal_replay *replay, const char *name);

/* Frees everything; accepts a zeroed object. */
void gm_journal_replay_free(gm_journal_replay *replay);

#endif
