/* SPDX-License-Identifier: MIT
 * A file appears whole or not at all: on success, after an abort, on a disk that
 * is full (a file size limit, /dev/full where there is one), in a directory one
 * may not write. Every case has a directory of its own that is empty but for what
 * the case says, so a forgotten temporary file fails it. */
#include "common/atomic_file.h"
#include "tests/unprivileged.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- a directory per case ------------------------------------------------- */

static int make_directory(void **state) {
  char *directory = strdup("/tmp/gm_atomic_XXXXXX");
  if (directory == NULL || mkdtemp(directory) == NULL) return -1;
  *state = directory;
  return 0;
}

static size_t entries(const char *directory) {
  DIR *stream = opendir(directory);
  assert_non_null(stream);
  size_t n = 0;
  for (const struct dirent *e = readdir(stream); e != NULL; e = readdir(stream))
    n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  closedir(stream);
  return n;
}

/* Removes what the cases may leave: the file and nothing else, so rmdir tells the rest. */
static int remove_directory(void **state) {
  char *path = gm_path_join(*state, "file");
  if (path == NULL) return -1;
  unlink(path);
  const int gone = rmdir(*state);
  free(path);
  free(*state);
  return gone;
}

static char *file_in(void **state) {
  char *path = gm_path_join(*state, "file");
  assert_non_null(path);
  return path;
}

static void write_file(const char *path, const char *text) {
  gm_atomic_file file;
  assert_int_equal(gm_atomic_file_open(&file, path, NULL), GM_OK);
  fputs(text, file.stream);
  assert_int_equal(gm_atomic_file_commit(&file, NULL), GM_OK);
}

static void assert_content(const char *path, const char *expected) {
  char text[64] = "";
  FILE *stream = fopen(path, "r");
  assert_non_null(stream);
  const size_t n = fread(text, 1, sizeof text - 1, stream);
  fclose(stream);
  text[n] = '\0';
  assert_string_equal(text, expected);
}

/* ---- the good days ----------------------------------------------------------- */

static void a_committed_file_is_there_whole(void **state) {
  char *path = file_in(state);
  write_file(path, "new\n");
  assert_content(path, "new\n");
  assert_int_equal(entries(*state), 1);
  free(path);
}

static void the_old_file_stays_until_the_commit(void **state) {
  char *path = file_in(state);
  gm_atomic_file file;
  write_file(path, "old\n");
  assert_int_equal(gm_atomic_file_open(&file, path, NULL), GM_OK);
  fputs("half of the ", file.stream);
  fflush(file.stream);
  assert_content(path, "old\n");
  fputs("new", file.stream);
  assert_int_equal(gm_atomic_file_commit(&file, NULL), GM_OK);
  assert_content(path, "half of the new");
  assert_int_equal(entries(*state), 1);
  free(path);
}

static void an_aborted_file_leaves_nothing(void **state) {
  char *path = file_in(state);
  gm_atomic_file file;
  assert_int_equal(gm_atomic_file_open(&file, path, NULL), GM_OK);
  fputs("half", file.stream);
  gm_atomic_file_abort(&file);
  assert_int_equal(entries(*state), 0);
  gm_atomic_file_abort(&file); /* and again, and a zeroed one */
  file = (gm_atomic_file){0};
  gm_atomic_file_abort(&file);
  free(path);
}

static void a_file_is_as_readable_as_the_umask_says(void **state) {
  char *path = file_in(state);
  struct stat info;
  const mode_t old = umask(027);
  write_file(path, "");
  umask(old);
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0640);
  free(path);
}

/* ---- the bad days -------------------------------------------------------------- */

/* In a child, since a limit on file sizes cannot be lifted again. 0 when all is as it should be. */
static int write_beyond_the_limit(const char *path) {
  const struct rlimit limit = {4096, 4096};
  gm_atomic_file file;
  gm_error err;
  signal(SIGXFSZ, SIG_IGN); /* then write() fails with EFBIG */
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
  if (gm_atomic_file_open(&file, path, &err) != GM_OK) return 2;
  for (int i = 0; i < 100000; i++) fputs("0123456789", file.stream);
  fprintf(file.stream, "a last word that may fit in the buffer");
  if (gm_atomic_file_commit(&file, &err) != GM_IO_ERROR) return 3;
  return strstr(err.message, path) != NULL && strstr(err.message, strerror(EFBIG)) != NULL ? 0 : 4;
}

static void a_full_disk_leaves_the_old_file(void **state) {
  char *path = file_in(state);
  write_file(path, "old\n");
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) _exit(write_beyond_the_limit(path));
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  assert_content(path, "old\n");
  assert_int_equal(entries(*state), 1);
  free(path);
}

static void a_stream_that_cannot_be_written_is_an_error_at_the_commit(void **state) {
  if (access("/dev/full", W_OK) != 0) skip();
  char *path = file_in(state);
  gm_atomic_file file;
  gm_error err;
  assert_int_equal(gm_atomic_file_open(&file, path, NULL), GM_OK);
  assert_non_null(freopen("/dev/full", "w", file.stream));
  fputs("nowhere to go", file.stream);
  assert_int_equal(gm_atomic_file_commit(&file, &err), GM_IO_ERROR);
  assert_non_null(strstr(err.message, "file: cannot write it: "));
  assert_non_null(strstr(err.message, strerror(ENOSPC)));
  assert_int_equal(entries(*state), 0);
  free(path);
}

/* In a child: a large write goes past the buffer, and its errno is gone at the commit. */
static int write_one_large_piece(const char *path) {
  const struct rlimit limit = {1 << 16, 1 << 16};
  gm_atomic_file file;
  gm_error err;
  char *piece = calloc(1, 1 << 20);
  signal(SIGXFSZ, SIG_IGN);
  if (piece == NULL || setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
  if (gm_atomic_file_open(&file, path, &err) != GM_OK) return 2;
  (void)!fwrite(piece, 1, 1 << 20, file.stream);
  errno = 0;
  if (gm_atomic_file_commit(&file, &err) != GM_IO_ERROR) return 3;
  free(piece);
  return strstr(err.message, strerror(EFBIG)) != NULL ? 0 : 4;
}

static void the_reason_of_an_earlier_failure_is_named(void **state) {
  char *path = file_in(state);
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) _exit(write_one_large_piece(path));
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  assert_int_equal(entries(*state), 0);
  free(path);
}

/* What a killed writer leaves goes with the next one; a living writer's file and a name that only looks
 * like one stay. */
static void leftovers_of_the_dead_are_removed(void **state) {
  char *path = file_in(state), *alike = gm_path_join(*state, ".file.backup"),
       *stranger = gm_path_join(*state, "file.a1B2c3");
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    gm_atomic_file left;
    if (gm_atomic_file_open(&left, path, NULL) != GM_OK) _exit(1);
    fputs("half of", left.stream);
    fflush(left.stream);
    raise(SIGKILL);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status));
  assert_int_equal(entries(*state), 1);
  fclose(fopen(alike, "w"));
  fclose(fopen(stranger, "w"));
  gm_atomic_file living;
  assert_int_equal(gm_atomic_file_open(&living, path, NULL), GM_OK);
  fputs("living\n", living.stream);
  assert_int_equal(entries(*state), 3); /* the dead one's is gone */
  write_file(path, "another\n");        /* another writer of the same file sweeps, too */
  assert_int_equal(entries(*state), 4);
  assert_int_equal(gm_atomic_file_commit(&living, NULL), GM_OK);
  assert_content(path, "living\n");
  assert_int_equal(entries(*state), 3);
  unlink(alike);
  unlink(stranger);
  free(path);
  free(alike);
  free(stranger);
}

/* In a child that has dropped root's rights: root may write everywhere. */
static int open_as_nobody(const char *path) {
  gm_atomic_file file;
  gm_error err;
  if (!drop_root()) return CANNOT_DROP_ROOT;
  if (gm_atomic_file_open(&file, path, &err) != GM_IO_ERROR) return 2;
  if (strstr(err.message, strerror(EACCES)) == NULL || strstr(err.message, path) == NULL) return 3;
  gm_atomic_file_abort(&file);
  return 0;
}

static void a_directory_one_may_not_write_is_an_error(void **state) {
  char *path = file_in(state);
  assert_int_equal(chmod(*state, 0555), 0);
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) _exit(open_as_nobody(path));
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(chmod(*state, 0755), 0);
  assert_int_equal(entries(*state), 0);
  free(path);
  assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == CANNOT_DROP_ROOT) skip();
  assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_missing_directory_is_an_error(void **state) {
  char *path = gm_path_join(*state, "missing/file");
  gm_atomic_file file;
  gm_error err;
  assert_int_equal(gm_atomic_file_open(&file, path, &err), GM_IO_ERROR);
  assert_non_null(strstr(err.message, "missing/file: cannot create it: "));
  gm_atomic_file_abort(&file); /* what a failed open leaves is accepted */
  free(path);
}

static void what_is_no_regular_file_is_never_replaced(void **state) {
  gm_atomic_file file;
  gm_error err;
  assert_int_equal(gm_atomic_file_open(&file, "/dev/null", &err), GM_IO_ERROR);
  assert_string_equal(err.message, "/dev/null: cannot write it: it exists and is no regular file");
  assert_int_equal(gm_atomic_file_open(&file, *state, &err), GM_IO_ERROR);
}

/* ---- directories --------------------------------------------------------------------- */

static void parents_are_created_and_existing_ones_are_fine(void **state) {
  char *deep = gm_path_join(*state, "a//b/c"), *slash = gm_path_join(*state, "a/b/"),
       *a = gm_path_join(*state, "a");
  struct stat info;
  assert_int_equal(gm_make_directories(deep, NULL), GM_OK);
  assert_int_equal(stat(deep, &info), 0);
  assert_true(S_ISDIR(info.st_mode));
  assert_int_equal(gm_make_directories(deep, NULL), GM_OK);
  assert_int_equal(gm_make_directories(slash, NULL), GM_OK);
  assert_int_equal(gm_make_directories("/", NULL), GM_OK);
  assert_int_equal(gm_make_directories(".", NULL), GM_OK);
  rmdir(deep);
  rmdir(slash);
  rmdir(a);
  free(deep);
  free(slash);
  free(a);
}

static void a_file_in_the_way_of_a_directory_is_an_error(void **state) {
  char *path = file_in(state), *below = gm_path_join(path, "below");
  gm_error err;
  write_file(path, "in the way");
  assert_int_equal(gm_make_directories(path, &err), GM_IO_ERROR);
  assert_non_null(strstr(err.message, "file: cannot create this directory: "));
  assert_int_equal(gm_make_directories(below, &err), GM_IO_ERROR);
  assert_content(path, "in the way");
  free(path);
  free(below);
}

static void a_way_back_through_a_missing_directory_makes_it(void **state) {
  char *path = gm_path_join(*state, "a/../b"), *a = gm_path_join(*state, "a"), *b = gm_path_join(*state, "b");
  assert_int_equal(gm_make_directories(path, NULL), GM_OK);
  assert_int_equal(rmdir(b), 0);
  assert_int_equal(rmdir(a), 0);
  free(path);
  free(a);
  free(b);
}

static void a_path_that_cannot_be_made_leaves_nothing_but_what_was_there(void **state) {
  char *file = file_in(state), *there = gm_path_join(*state, "there"), *made = gm_path_join(*state, "made");
  static const char *const ways[] = {"made/a/../../file/x", "made/../file", "there/../made/b/../../file/x"};
  struct stat info;
  gm_error err;
  write_file(file, "in the way");
  assert_int_equal(mkdir(there, 0700), 0);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    char *path = gm_path_join(*state, ways[i]);
    assert_int_equal(gm_make_directories(path, &err), GM_IO_ERROR);
    assert_int_equal(stat(made, &info), -1);
    assert_int_equal(stat(there, &info), 0);
    free(path);
  }
  assert_content(file, "in the way");
  assert_int_equal(rmdir(there), 0);
  free(file);
  free(there);
  free(made);
}

static void a_directory_without_a_name_is_bad_input(void **state) {
  (void)state;
  gm_error err;
  assert_int_equal(gm_make_directories("", &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "expected the name of a directory, got an empty one");
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)
  const struct CMUnitTest tests[] = {
      CASE(a_committed_file_is_there_whole),
      CASE(the_old_file_stays_until_the_commit),
      CASE(an_aborted_file_leaves_nothing),
      CASE(a_file_is_as_readable_as_the_umask_says),
      CASE(a_full_disk_leaves_the_old_file),
      CASE(the_reason_of_an_earlier_failure_is_named),
      CASE(leftovers_of_the_dead_are_removed),
      CASE(a_stream_that_cannot_be_written_is_an_error_at_the_commit),
      CASE(a_directory_one_may_not_write_is_an_error),
      CASE(a_missing_directory_is_an_error),
      CASE(what_is_no_regular_file_is_never_replaced),
      CASE(parents_are_created_and_existing_ones_are_fine),
      CASE(a_file_in_the_way_of_a_directory_is_an_error),
      CASE(a_way_back_through_a_missing_directory_makes_it),
      CASE(a_path_that_cannot_be_made_leaves_nothing_but_what_was_there),
      CASE(a_directory_without_a_name_is_bad_input),
  };
  return cmocka_run_group_tests_name("atomic_file", tests, NULL, NULL);
}
