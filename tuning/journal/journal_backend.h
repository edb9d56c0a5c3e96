/* SPDX-License-Identifier: MIT
 * Where the records of a journal are kept: a const table of functions per kind of
 * place. A back end moves text; what records mean is none of its business. */
#ifndef TUNING_JOURNAL_BACKEND_H
#define TUNING_JOURNAL_BACKEND_H

#include "common/status.h"
#include "tuning/journal/journal.h"
#include "tuning/journal/journal_records.h"

/* Takes one record's text. An error ends the reading: that record stays unread. */
typedef gm_status (*gm_journal_sink)(void *context, const char *line, size_t length, bool last,
                                     gm_error *err);

typedef struct {
  const char *name;
  /* Whether lock() keeps all others from writing, so that ids can be told in advance. */
  bool exclusive;
  gm_status (*open)(const char *location, const gm_journal_config *config, void **state, gm_error *err);
  gm_status (*lock)(void *state, gm_error *err);
  void (*unlock)(void *state);
  /* Hands over every record that has come since the last call, oldest first; `last` says that none
   * follows so far. The sink returns GM_OK or an error, or GM_FAILED without a message to leave the
   * last record unread for now. */
  gm_status (*read)(void *state, gm_journal_sink sink, void *context, gm_error *err);
  /* Writes the batch; called after lock and read. All of it or, on an error, nothing. `alone`: and nothing
   * (*done is false then) where others have written since that reading. */
  gm_status (*append)(void *state, const gm_records *records, bool alone, bool *done, gm_error *err);
  void (*statistics)(const void *state, gm_journal_statistics *statistics);
  void (*close)(void *state); /* accepts NULL */
} gm_journal_backend;

extern const gm_journal_backend gm_journal_file;  /* a path */
extern const gm_journal_backend gm_journal_redis; /* redis://…, rediss://… */

#endif
