/* SPDX-License-Identifier: MIT
 * Journals of studies: every line parsed and applied as a worker does, in order. */
#include "tuning/journal/journal_replay.h"

#include <json.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  gm_journal_replay replay = {.worker_id = "w", .own_trial = -1};
  const char *at = (const char *)data, *end = at + size;
  while (at < end) {
    const char *next = memchr(at, '\n', (size_t)(end - at));
    const size_t length = (size_t)((next != NULL ? next : end) - at);
    struct json_object *record = gm_journal_parse(at, length);
    gm_error err = {GM_OK, ""};
    if (record != NULL && gm_journal_apply(&replay, record, &err) != GM_OK && err.message[0] == '\0') abort();
    if (record != NULL) json_object_put(record);
    at = next != NULL ? next + 1 : end;
  }
  gm_journal_replay_free(&replay);
  return 0;
}
