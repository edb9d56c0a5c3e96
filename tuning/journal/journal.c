/* SPDX-License-Identifier: MIT
 * Journals: a back end and the replay of what it holds. */
#include "tuning/journal/journal.h"

#include "common/json.h"
#include "common/secrets.h"
#include "tuning/journal/journal_backend.h"
#include "tuning/journal/redis_url.h"
#include "tuning/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gm_journal {
  const gm_journal_backend *backend;
  void *state; /* of the backend */
  char *location;
  char worker_id[GM_WORKER_ID];
  gm_journal_replay replay;
  uint64_t n_read; /* records applied: the number of the last one's line */
  bool locked;
  gm_journal_statistics statistics;
};

gm_journal_config gm_journal_config_default(void) {
  return (gm_journal_config){.lock_grace_s = 30.0, .redis_timeout_s = 10.0, .redis_patience_s = 300.0};
}

gm_status gm_journal_config_check(const gm_journal_config *config, gm_error *err) {
  if (!(config->lock_grace_s > 0.0))
    return gm_fail(err, GM_BAD_INPUT, "journal: lock_grace_s must be above 0, not %g", config->lock_grace_s);
  if (!(config->redis_timeout_s > 0.0))
    return gm_fail(err, GM_BAD_INPUT, "journal: redis_timeout_s must be above 0, not %g",
                   config->redis_timeout_s);
  if (!(config->redis_patience_s >= 0.0))
    return gm_fail(err, GM_BAD_INPUT, "journal: redis_patience_s must be at least 0, not %g",
                   config->redis_patience_s);
  return GM_OK;
}

gm_status gm_journal_open(const char *location, const gm_journal_config *config, gm_journal **journal,
                          gm_error *err) {
  *journal = NULL;
  gm_status status = gm_journal_config_check(config, err);
  if (status != GM_OK) return status;
  gm_journal *opened = calloc(1, sizeof *opened);
  if (opened == NULL) return gm_fail_memory(err, "a journal");
  gm_worker_id(opened->worker_id);
  opened->replay.worker_id = opened->worker_id;
  opened->replay.own_trial = -1;
  opened->backend = gm_redis_url_is(location) ? &gm_journal_redis : &gm_journal_file;
  opened->location = gm_secrets_mask(location, NULL);
  status = opened->location == NULL ? gm_fail_memory(err, "a journal") : GM_OK;
  if (status == GM_OK) status = opened->backend->open(location, config, &opened->state, err);
  if (status != GM_OK) {
    gm_journal_close(opened);
    return status;
  }
  *journal = opened;
  return GM_OK;
}

void gm_journal_close(gm_journal *journal) {
  if (journal == NULL) return;
  gm_journal_cancel(journal);
  journal->backend->close(journal->state);
  gm_journal_replay_free(&journal->replay);
  free(journal->location);
  free(journal);
}

const char *gm_journal_location(const gm_journal *journal) {
  return journal->location;
}

const char *gm_journal_worker_id(const gm_journal *journal) {
  return journal->worker_id;
}

const gm_journal_replay *gm_journal_contents(const gm_journal *journal) {
  return &journal->replay;
}

bool gm_journal_exclusive(const gm_journal *journal) {
  return journal->backend->exclusive;
}

/* ---- reading ---------------------------------------------------------------- */

static gm_status take_record(void *context, const char *line, size_t length, bool last, gm_error *err) {
  gm_journal *journal = context;
  struct json_object *record = gm_journal_parse(line, length);
  gm_status status;
  if (record == NULL && last) return GM_FAILED; /* every reader passes over it, as long as it is the last */
  if (record == NULL)
    status = gm_fail(err, GM_BAD_INPUT, "expected a JSON object, the line is damaged");
  else
    status = gm_journal_apply(&journal->replay, record, err);
  json_object_put(record);
  if (status == GM_OK) {
    journal->n_read++;
    return GM_OK;
  }
  char place[32];
  snprintf(place, sizeof place, "line %llu", (unsigned long long)journal->n_read + 1);
  gm_error_prefix(err, place);
  gm_error_prefix(err, journal->location);
  return status;
}

gm_status gm_journal_sync(gm_journal *journal, gm_error *err) {
  return journal->backend->read(journal->state, take_record, journal, err);
}

/* ---- writing ----------------------------------------------------------------- */

gm_status gm_journal_begin(gm_journal *journal, gm_error *err) {
  gm_status status = journal->backend->lock(journal->state, err);
  if (status != GM_OK) return status;
  journal->locked = true;
  status = gm_journal_sync(journal, err);
  if (status != GM_OK) gm_journal_cancel(journal);
  return status;
}

void gm_journal_cancel(gm_journal *journal) {
  if (journal->locked) journal->backend->unlock(journal->state);
  journal->locked = false;
}

static gm_status commit(gm_journal *journal, gm_records *records, bool alone, bool *done, gm_error *err) {
  gm_status status = gm_records_check(records, err);
  *done = true;
  if (status == GM_OK && records->n_records > 0) {
    status = journal->backend->append(journal->state, records, alone, done, err);
    if (status == GM_OK && *done) {
      journal->statistics.n_transactions++;
      journal->statistics.n_records += records->n_records;
    }
    if (status == GM_OK) status = gm_journal_sync(journal, err);
  }
  gm_records_clear(records);
  gm_journal_cancel(journal);
  return status;
}

gm_status gm_journal_commit(gm_journal *journal, gm_records *records, gm_error *err) {
  bool done;
  return commit(journal, records, false, &done, err);
}

gm_status gm_journal_commit_alone(gm_journal *journal, gm_records *records, bool *done, gm_error *err) {
  return commit(journal, records, true, done, err);
}

gm_journal_statistics gm_journal_measured(const gm_journal *journal) {
  gm_journal_statistics statistics = journal->statistics;
  journal->backend->statistics(journal->state, &statistics);
  return statistics;
}
