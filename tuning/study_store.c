/* SPDX-License-Identifier: MIT
 * Facts of a study in a journal: written as a batch under the journal's lock, then read back like anybody's.
 */
#include "tuning/study_store.h"

#include "common/json.h"
#include "tuning/journal/journal_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- life cycle --------------------------------------------------------------- */

static gm_status check_study(const gm_study_record *record, size_t n, const gm_direction directions[],
                             gm_error *err) {
  const gm_history *history = &record->history;
  if (history->n_objectives != n || !record->directed)
    return gm_fail(err, GM_BAD_INPUT, "study '%s': it has %zu objectives; expected %s", record->name,
                   history->n_objectives, n == 1 ? "one with a direction" : "two with directions");
  for (size_t k = 0; k < n; k++) {
    const gm_direction theirs = n == 1 ? history->direction : history->directions[k];
    if (theirs != directions[k])
      return gm_fail(err, GM_BAD_INPUT, "study '%s': its direction is %s, not %s", record->name,
                     gm_direction_name(theirs), gm_direction_name(directions[k]));
  }
  return GM_OK;
}

static gm_status open_in_journal(gm_study_store *store, const char *name, size_t n,
                                 const gm_direction directions[], gm_error *err) {
  const gm_journal_replay *contents = gm_journal_contents(store->journal);
  gm_status status = gm_journal_sync(store->journal, err);
  if (status == GM_OK && gm_journal_find_study(contents, name) == NULL) {
    status = gm_journal_begin(store->journal, err);
    if (status != GM_OK) return status;
    if (gm_journal_find_study(contents, name) == NULL)
      gm_records_create_study(&store->batch, name, n, directions);
    status = gm_journal_commit(store->journal, &store->batch, err);
  }
  if (status != GM_OK) return status;
  store->record = gm_journal_find_study(contents, name);
  if (store->record == NULL)
    return gm_fail(err, GM_FAILED, "study '%s': somebody deletes it at this moment", name);
  return check_study(store->record, n, directions, err);
}

gm_status gm_store_open(gm_study_store *store, gm_journal *journal, const char *name, size_t n,
                        const gm_direction directions[], gm_error *err) {
  *store = (gm_study_store){.in = journal != NULL ? &gm_study_in_journal : &gm_study_in_memory,
                            .journal = journal};
  if (journal != NULL) {
    store->batch.worker_id = store->notes.worker_id = gm_journal_worker_id(journal);
    return open_in_journal(store, name, n, directions, err);
  }
  store->record = calloc(1, sizeof *store->record);
  if (store->record == NULL) return gm_fail_memory(err, "a study");
  store->record->directed = true;
  return gm_history_direct(&store->record->history, n, directions, err);
}

static void place_close(gm_study_store *store) {
  gm_records_free(&store->batch);
  gm_records_free(&store->notes);
}

/* ---- transactions ----------------------------------------------------------------- */

static gm_status place_sync(gm_study_store *store, gm_error *err) {
  return gm_journal_sync(store->journal, err);
}

static gm_status place_begin(gm_study_store *store, gm_error *err) {
  return gm_journal_begin(store->journal, err);
}

static gm_status place_commit(gm_study_store *store, gm_error *err) {
  return gm_journal_commit(store->journal, &store->batch, err);
}

static void place_cancel(gm_study_store *store) {
  gm_records_clear(&store->batch);
  gm_journal_cancel(store->journal);
}

/* ---- a trial starts ------------------------------------------------------------------ */

/* Whether the trial has started before and got its parameters then: one whose worker died in between starts
 * like a new one. */
static bool had_its_draws(const gm_trial *trial) {
  return !isnan(trial->started_s) && trial->parameters.n > 0;
}

static gm_trial *first_waiting(const gm_study_record *record) {
  for (size_t i = 0; i < record->history.n_trials; i++)
    if (record->history.trials[i]->state == GM_TRIAL_WAITING) return record->history.trials[i];
  return NULL;
}

/* Where others may write at the same time, only reading back tells which trial became ours. */
static gm_status start_and_read_back(gm_study_store *store, gm_starting *starting, gm_error *err) {
  const gm_journal_replay *contents = gm_journal_contents(store->journal);
  for (;;) {
    gm_trial *waiting = first_waiting(store->record);
    const bool again = waiting != NULL && had_its_draws(waiting);
    if (waiting != NULL)
      gm_records_start_trial(&store->batch, waiting->id);
    else
      gm_records_create_trial(&store->batch, store->record->id);
    const int64_t before = contents->own_trial;
    gm_status status = place_commit(store, err);
    if (status == GM_OK) status = place_begin(store, err);
    if (status != GM_OK) return status;
    if (contents->own_trial == before) {
      if (waiting == NULL)
        return gm_fail(err, GM_FAILED, "study '%s': it has been deleted", store->record->name);
      continue; /* another worker was faster */
    }
    starting->trial = contents->trials[contents->own_trial].trial;
    starting->queued = waiting != NULL;
    starting->again = again;
    return GM_OK;
  }
}

static gm_status place_start(gm_study_store *store, gm_starting *starting, gm_error *err) {
  *starting = (gm_starting){0};
  if (store->record->deleted)
    return gm_fail(err, GM_FAILED, "study '%s': it has been deleted", store->record->name);
  if (!gm_journal_exclusive(store->journal)) return start_and_read_back(store, starting, err);
  starting->trial = first_waiting(store->record);
  starting->queued = starting->trial != NULL;
  if (starting->queued) {
    starting->again = had_its_draws(starting->trial);
    gm_records_start_trial(&store->batch, starting->trial->id);
    return GM_OK;
  }
  starting->draft = true;
  starting->trial = gm_trial_new((int64_t)store->record->history.n_trials);
  if (starting->trial == NULL) return gm_fail_memory(err, "a trial");
  starting->trial->id = (int64_t)gm_journal_contents(store->journal)->n_trials;
  gm_records_create_trial(&store->batch, store->record->id);
  return GM_OK;
}

static gm_status place_started(gm_study_store *store, gm_starting *starting, gm_trial **trial,
                               gm_error *err) {
  const gm_status status = place_commit(store, err);
  gm_trial *begun = starting->trial;
  if (status == GM_OK && starting->draft) {
    begun = gm_journal_contents(store->journal)->trials[starting->trial->id].trial;
    begun->proposed = starting->trial->proposed;
    starting->trial->proposed = (gm_assignments){0};
  }
  if (starting->draft) gm_trial_free(starting->trial);
  if (status == GM_OK) *trial = begun;
  return status;
}

static gm_status place_refuse(gm_study_store *store, const gm_starting *starting, const char *reason,
                              gm_error *err) {
  const int64_t id = starting->trial->id;
  gm_records_clear(&store->batch);
  gm_records_attribute(&store->batch, id, GM_FAIL_REASON, json_object_new_string(reason));
  gm_records_end_trial(&store->batch, id, GM_TRIAL_FAIL, 0, NULL, NAN);
  return place_commit(store, err);
}

static void place_give_up(gm_study_store *store, gm_starting *starting) {
  place_cancel(store);
  if (starting->draft) gm_trial_free(starting->trial);
}

/* ---- facts of a running trial ----------------------------------------------------------- */

/* What was noted goes with the next fact, in the same write. */
static void add_notes(gm_study_store *store) {
  gm_records_append(&store->batch, &store->notes);
  gm_records_clear(&store->notes);
}

static gm_status place_parameter(gm_study_store *store, gm_trial *trial, gm_assignment assignment,
                                 gm_error *err) {
  (void)err; /* nothing can fail before the commit */
  gm_records_parameter(&store->batch, trial->id, &assignment);
  return GM_OK;
}

static gm_status place_report(gm_study_store *store, gm_trial *trial, int64_t step, double value,
                              gm_error *err) {
  (void)err;
  add_notes(store);
  gm_records_system_attribute(&store->batch, trial->id, GM_HEARTBEAT,
                              json_object_new_int64((int64_t)gm_journal_time_now()));
  if (gm_trial_report_at(trial, step) == NULL) gm_records_report(&store->batch, trial->id, step, value);
  return GM_OK;
}

static gm_status place_end(gm_study_store *store, gm_trial *trial, gm_trial_state state, size_t n,
                           const double values[], gm_error *err) {
  (void)err;
  add_notes(store);
  gm_records_end_trial(&store->batch, trial->id, state, n, values, trial->started_s);
  return GM_OK;
}

static gm_status place_requeue(gm_study_store *store, gm_trial *trial, gm_error *err) {
  (void)err;
  add_notes(store);
  gm_records_requeue_trial(&store->batch, trial->id);
  return GM_OK;
}

static gm_status place_system_attribute(gm_study_store *store, gm_trial *trial, const char *key,
                                        struct json_object *value, gm_error *err) {
  gm_records_system_attribute(&store->notes, trial->id, key, value);
  return gm_records_check(&store->notes, err);
}

static gm_status place_attribute(gm_study_store *store, gm_trial *trial, const char *key,
                                 struct json_object *value, gm_error *err) {
  gm_records_attribute(&store->notes, trial->id, key, value);
  return gm_records_check(&store->notes, err);
}

/* ---- facts of the study ----------------------------------------------------------- */

static gm_status place_study_attribute(gm_study_store *store, const char *key, struct json_object *value,
                                       gm_error *err) {
  const gm_status status = place_begin(store, err);
  if (status != GM_OK) {
    json_object_put(value);
    return status;
  }
  gm_records_study_attribute(&store->batch, store->record->id, key, value);
  return place_commit(store, err);
}

/* Looking and writing are one: nobody else has written in between, or it is tried again. */
static gm_status place_study_attribute_once(gm_study_store *store, const char *key, struct json_object *value,
                                            bool *set, gm_error *err) {
  gm_status status = place_sync(store, err);
  *set = false;
  while (status == GM_OK && !*set && !gm_study_record_has_attribute(store->record, key)) {
    status = place_begin(store, err);
    if (status != GM_OK) break;
    if (gm_study_record_has_attribute(store->record, key)) {
      place_cancel(store);
      break;
    }
    gm_records_study_attribute(&store->batch, store->record->id, key, json_object_get(value));
    status = gm_journal_commit_alone(store->journal, &store->batch, set, err);
  }
  json_object_put(value);
  if (status == GM_OK && !gm_study_record_has_attribute(store->record, key))
    return gm_fail(err, GM_FAILED, "study '%s': it has been deleted", store->record->name);
  return status;
}

static gm_status place_metric_names(gm_study_store *store, const char *const names[], gm_error *err) {
  const gm_study_record *record = store->record;
  if (gm_study_record_metric(record, 0) != NULL) return GM_OK;
  const gm_status status = place_begin(store, err);
  if (status != GM_OK) return status;
  if (gm_study_record_metric(record, 0) == NULL)
    gm_records_metric_names(&store->batch, record->id, record->history.n_objectives, names);
  return place_commit(store, err);
}

static gm_status place_enqueue(gm_study_store *store, struct json_object *fixed, gm_error *err) {
  const gm_status status = place_begin(store, err);
  if (status != GM_OK) {
    json_object_put(fixed);
    return status;
  }
  gm_records_enqueue_trial(&store->batch, store->record->id, fixed);
  return place_commit(store, err);
}

const gm_study_place gm_study_in_journal = GM_STUDY_PLACE;
