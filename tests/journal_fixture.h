/* SPDX-License-Identifier: MIT
 * What tests of journals share: a temporary directory with one journal in it. */
#ifndef TESTS_JOURNAL_FIXTURE_H
#define TESTS_JOURNAL_FIXTURE_H

#include "tuning/study.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char directory[64], path[96], lock[112];
} journal_place;

static inline void make_place(journal_place *p) {
  snprintf(p->directory, sizeof p->directory, "/tmp/greenmile-journal-XXXXXX");
  assert_non_null(mkdtemp(p->directory));
  snprintf(p->path, sizeof p->path, "%s/study.log", p->directory);
  snprintf(p->lock, sizeof p->lock, "%s.lock", p->path);
}

/* Removes the journal and its directory, in which nothing else may be left. */
static inline void remove_place(const journal_place *p) {
  unlink(p->path);
  assert_int_equal(rmdir(p->directory), 0);
}

static inline void write_text(const journal_place *p, const char *mode, const char *text) {
  FILE *file = fopen(p->path, mode);
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
  assert_int_equal(fclose(file), 0);
}

/* The whole journal in fresh memory. */
static inline char *read_text(const journal_place *p) {
  struct stat info;
  assert_int_equal(stat(p->path, &info), 0);
  char *text = calloc(1, (size_t)info.st_size + 1);
  FILE *file = fopen(p->path, "r");
  assert_true(text != NULL && file != NULL);
  assert_int_equal(fread(text, 1, (size_t)info.st_size, file), (size_t)info.st_size);
  fclose(file);
  return text;
}

static inline gm_journal *open_journal(const char *location) {
  const gm_journal_config config = gm_journal_config_default();
  gm_journal *journal;
  gm_error err = {GM_OK, ""};
  if (gm_journal_open(location, &config, &journal, &err) != GM_OK) fail_msg("%s", err.message);
  return journal;
}

static inline gm_study *open_study(gm_journal *journal, const char *name) {
  const gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_error err = {GM_OK, ""};
  if (gm_study_open(&config, journal, name, &study, &err) != GM_OK) fail_msg("%s", err.message);
  return study;
}

static inline void must(gm_status status, const gm_error *err) {
  if (status != GM_OK) fail_msg("%s", err->message);
}

/* Processes that set one attribute of a study in the same instant, each to its own value: returns how many
 * were the first (-1: one failed, or read another value than the first one's). */
static inline int race_for_attribute(const char *location, const char *study_name) {
  enum { N_WORKERS = 6 };
  struct json_object *value = NULL;
  int start[2], n_first = 0, status;
  pid_t workers[N_WORKERS];
  assert_int_equal(pipe(start), 0);
  for (int i = 0; i < N_WORKERS; i++) {
    workers[i] = fork();
    if (workers[i] != 0) continue;
    gm_journal *journal = open_journal(location);
    gm_study *study = open_study(journal, study_name);
    gm_error err;
    bool first;
    char byte;
    close(start[1]);
    if (read(start[0], &byte, 1) != 0) _exit(2); /* until all may go */
    if (gm_study_set_attribute_once(study, "owner", json_object_new_int(i), &first, &err) != GM_OK) _exit(2);
    json_object_object_get_ex(gm_study_facts(study)->user_attributes, "owner", &value);
    _exit((json_object_get_int(value) == i) == first ? first : 3);
  }
  close(start[0]);
  close(start[1]);
  for (int i = 0; i < N_WORKERS; i++) {
    assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
    n_first =
        n_first < 0 || !WIFEXITED(status) || WEXITSTATUS(status) > 1 ? -1 : n_first + WEXITSTATUS(status);
  }
  return n_first;
}

#endif
