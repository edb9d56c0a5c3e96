/* SPDX-License-Identifier: MIT
 * Files that appear whole or not at all: written beside their final name,
 * flushed, fsynced and renamed. Until the commit the old file stays untouched.
 *
 * The temporary name is .NAME.XXXXXX.part, and its writer holds a lock (flock) on it. A process that is
 * killed leaves such a file unlocked; the next one that writes NAME removes it. */
#ifndef COMMON_ATOMIC_FILE_H
#define COMMON_ATOMIC_FILE_H

#include "common/status.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct {
  FILE *stream;    /* where the caller writes; NULL once committed or aborted */
  char *path;      /* final name, owned */
  char *temporary; /* name until the commit, in the same directory, owned */
} gm_atomic_file;

/* What a file is created with, before the user's umask: never writable by everybody. */
#define GM_FILE_MODE 0664
#define GM_DIRECTORY_MODE 0775

/* Opens a temporary file beside `path`, which must be new or a regular file. On success the caller ends it
 * with exactly one of gm_atomic_file_commit and gm_atomic_file_abort. */
gm_status gm_atomic_file_open(gm_atomic_file *file, const char *path, gm_error *err);
/* The same of directory/name. */
gm_status gm_atomic_file_open_in(gm_atomic_file *file, const char *directory, const char *name,
                                 gm_error *err);

/* Removes what killed writers of `path` have left. */
void gm_atomic_file_sweep(const char *path);

/* Flushes, fsyncs and renames over `path`; on any failure (also one that
 * happened while writing) removes the temporary file instead. Frees the names. */
gm_status gm_atomic_file_commit(gm_atomic_file *file, gm_error *err);

/* Removes the temporary file and frees the names. Accepts a zeroed object. */
void gm_atomic_file_abort(gm_atomic_file *file);
/* Commits where all that was to be written is (`status` GM_OK), else aborts; returns what came of it. */
gm_status gm_atomic_file_close(gm_atomic_file *file, gm_status status, gm_error *err);

/* Creates the directory `path` and its missing parents, as mkdir -p: with "a/../b" also a, without which the
 * path leads nowhere. An existing one is fine; where one cannot be made, none of those made stays. */
gm_status gm_make_directories(const char *path, gm_error *err);

/* Whether two paths are one file, by whatever links, or would be if it existed. */
bool gm_same_file(const char *a, const char *b);

/* "directory/name" in fresh memory the caller frees, or NULL. */
char *gm_path_join(const char *directory, const char *name);

#endif
