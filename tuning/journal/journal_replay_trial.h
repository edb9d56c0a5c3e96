/* SPDX-License-Identifier: MIT
 * Internal to the replay of journals: what the records of trials do. */
#ifndef TUNING_JOURNAL_REPLAY_TRIAL_H
#define TUNING_JOURNAL_REPLAY_TRIAL_H

#include "tuning/journal/journal_replay.h"

gm_status gm_replay_create_trial(gm_journal_replay *replay, struct json_object *record, gm_error *err);
gm_status gm_replay_parameter(gm_journal_replay *replay, struct json_object *record, gm_error *err);
gm_status gm_replay_state(gm_journal_replay *replay, struct json_object *record, gm_error *err);
gm_status gm_replay_report(gm_journal_replay *replay, struct json_object *record, gm_error *err);
gm_status gm_replay_attribute(gm_journal_replay *replay, struct json_object *record, bool user,
                              gm_error *err);

/* The study of the record's study_id, NULL where there is none: the record is then ignored. */
gm_status gm_replay_study(const gm_journal_replay *replay, struct json_object *record,
                          gm_study_record **study, gm_error *err);

/* *items with room for n + 1 elements of `size` bytes; false when there is no memory. */
bool gm_replay_reserve(void **items, size_t n, size_t *capacity, size_t size);

#endif
