/* SPDX-License-Identifier: MIT
 * An Optuna journal that many workers, in C and Python, share: an append-only list of
 * records in a file or in Redis. Formats, locks and rules are those of
 * optuna.storages.JournalStorage with JournalFileBackend or JournalRedisBackend;
 * journals written here load in Optuna 3.1 to 5 and in optuna-dashboard.
 *
 * Deviations: a record is written only where no reader would ignore it; a torn last line
 * left by a dead writer is cut off before new records are written; a damaged last line that
 * is whole is left alone, read over, and nothing is written behind it (Optuna writes, and no
 * reader gets past it then). One time zone is assumed, as by Optuna before 5. */
#ifndef TUNING_JOURNAL_H
#define TUNING_JOURNAL_H

#include "common/status.h"
#include "tuning/journal/journal_records.h"
#include "tuning/journal/journal_replay.h"

typedef struct gm_journal gm_journal;

typedef struct {
  bool read_only;             /* false: the journal is created where there is none */
  double lock_grace_s;        /* 30 (> 0): a lock unchanged for so long belongs to a dead worker */
  double redis_timeout_s;     /* 10 (> 0): for connections and answers */
  const char *redis_password; /* NULL (borrowed while opening): for a URL that names none */
  double redis_patience_s;    /* 300 (>= 0): a server that has gone may take so long to come back */
} gm_journal_config;

gm_journal_config gm_journal_config_default(void);
gm_status gm_journal_config_check(const gm_journal_config *config, gm_error *err);

/* Opens `location`: a path, or redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE][?prefix=P], or the same with
 * rediss:// for TLS: the server's certificate must be valid for HOST and signed by an authority that OpenSSL
 * trusts (the system's, or those of the file in SSL_CERT_FILE). What is there is not read before the first
 * gm_journal_sync. */
gm_status gm_journal_open(const char *location, const gm_journal_config *config, gm_journal **journal,
                          gm_error *err);
/* Accepts NULL. Studies opened on it must be freed before. */
void gm_journal_close(gm_journal *journal);

/* The location, without the password. */
const char *gm_journal_location(const gm_journal *journal);
/* This worker's id, see tuning/worker.h. */
const char *gm_journal_worker_id(const gm_journal *journal);

/* ---- reading ------------------------------------------------------------- */

/* Applies what has been written since. GM_BAD_INPUT names the line that no reader accepts;
 * everything before it has been applied. */
gm_status gm_journal_sync(gm_journal *journal, gm_error *err);

/* What the records so far say. */
const gm_journal_replay *gm_journal_contents(const gm_journal *journal);

/* ---- writing --------------------------------------------------------------- */

/* Between the two nobody else writes, in a file; in Redis others may. Begin also syncs. Commit
 * writes the batch (which may be empty) in one piece, on disk when it returns, applies it and
 * empties it; it ends the transaction also when it fails. */
gm_status gm_journal_begin(gm_journal *journal, gm_error *err);
gm_status gm_journal_commit(gm_journal *journal, gm_records *records, gm_error *err);
/* The same, but writes nothing (*done is false) where others have written since the last reading. */
gm_status gm_journal_commit_alone(gm_journal *journal, gm_records *records, bool *done, gm_error *err);
void gm_journal_cancel(gm_journal *journal);

/* Whether ids of new trials are known before the commit. */
bool gm_journal_exclusive(const gm_journal *journal);

typedef struct {
  uint64_t n_transactions, n_records; /* written by this worker */
  double waited_s, held_s;            /* for the lock, and having it */
} gm_journal_statistics;

gm_journal_statistics gm_journal_measured(const gm_journal *journal);

#endif
