/* SPDX-License-Identifier: MIT
 * Where the journal is, without its secret on the command line. */
#include "experiments/tune/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first line of a file. */
static gm_status read_location(const char *path, char *line, size_t size, gm_error *err) {
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return gm_fail(err, GM_BAD_INPUT, "--journal @%s: cannot open it: %s", path, strerror(errno));
  const bool read = fgets(line, (int)size, file) != NULL;
  const bool whole = read && (strchr(line, '\n') != NULL || feof(file));
  fclose(file);
  line[read ? strcspn(line, "\r\n") : 0] = '\0';
  if (whole && line[0] != '\0') return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "--journal @%s: expected the journal's file or URL in its first line",
                 path);
}

gm_status gm_tune_open_journal(gm_tune *t, bool read_only, gm_error *err) {
  enum { LONGEST = 1024 };
  char line[LONGEST];
  const char *location = t->journal_location;
  gm_journal_config config = gm_journal_config_default();
  config.read_only = read_only;
  config.lock_grace_s = t->lock_grace_s;
  config.redis_password = getenv("REDIS_PASSWORD");
  if (location[0] == '@') {
    const gm_status status = read_location(location + 1, line, sizeof line, err);
    if (status != GM_OK) return status;
    location = line;
  }
  const gm_status status = gm_journal_open(location, &config, &t->journal, err);
  if (status == GM_OK) t->journal_location = gm_journal_location(t->journal);
  return status;
}
