/* SPDX-License-Identifier: MIT
 * A directory of its own for a test, removed after it with the files in it. As a cmocka
 * fixture: *state is the scratch. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include "tests/assert_near.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char directory[64];
  char path[4][128]; /* what scratch_path gave last */
  size_t given;
} scratch;

static inline int scratch_setup(void **state) {
  scratch *s = calloc(1, sizeof *s);
  if (s == NULL) return -1;
  strcpy(s->directory, "/tmp/greenmile-test-XXXXXX");
  *state = s;
  return mkdtemp(s->directory) != NULL ? 0 : -1;
}

/* DIRECTORY/NAME; good until four later calls. */
static inline const char *scratch_path(scratch *s, const char *name) {
  char *path = s->path[s->given++ % 4];
  assert_true(strlen(s->directory) + strlen(name) + 2 <= sizeof s->path[0]);
  strcpy(stpcpy(stpcpy(path, s->directory), "/"), name);
  return path;
}

static inline size_t scratch_file_count(const scratch *s) {
  size_t n = 0;
  DIR *directory = opendir(s->directory);
  assert_non_null(directory);
  while (readdir(directory) != NULL) n++;
  closedir(directory);
  return n - 2; /* . and .. */
}

static inline int scratch_teardown(void **state) {
  scratch *s = *state;
  DIR *directory = opendir(s->directory);
  if (directory == NULL) return -1;
  for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2) {
      char path[512];
      snprintf(path, sizeof path, "%s/%s", s->directory, entry->d_name);
      unlink(path);
    }
  closedir(directory);
  const int failed = rmdir(s->directory);
  free(s);
  return failed;
}

#endif
