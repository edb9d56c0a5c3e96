/* SPDX-License-Identifier: MIT
 * Files that appear whole or not at all: written beside their place, synced, renamed. */
#include "common/atomic_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

char *gm_path_join(const char *directory, const char *name) {
  const size_t size = strlen(directory) + strlen(name) + 2;
  char *path = malloc(size);
  if (path != NULL) snprintf(path, size, "%s/%s", directory, name);
  return path;
}

gm_status gm_atomic_file_open_in(gm_atomic_file *file, const char *directory, const char *name,
                                 gm_error *err) {
  char *path = gm_path_join(directory, name);
  const gm_status status = path != NULL ? gm_atomic_file_open(file, path, err) : gm_fail_memory(err, name);
  free(path);
  return status;
}

static void release(gm_atomic_file *file) {
  free(file->path);
  free(file->temporary);
  *file = (gm_atomic_file){0};
}

/* ---- temporary names ------------------------------------------------------------------- */

static const char ending[] = ".part";
enum { N_RANDOM = 6, N_ENDING = sizeof ending - 1 };

/* The name in the path, behind its directories. */
static const char *base_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

/* DIR/.NAME.XXXXXX.part in fresh memory. */
static char *temporary_name(const char *path) {
  const char *base = base_of(path);
  char *name = NULL;
  return asprintf(&name, "%.*s.%s.XXXXXX%s", (int)(base - path), path, base, ending) >= 0 ? name : NULL;
}

/* Whether `entry` is a temporary name of `base`. */
static bool is_temporary(const char *entry, const char *base) {
  const size_t n = strlen(base);
  return strlen(entry) == n + 2 + N_RANDOM + N_ENDING && entry[0] == '.' &&
         strncmp(entry + 1, base, n) == 0 && entry[n + 1] == '.' &&
         strcmp(entry + n + 2 + N_RANDOM, ending) == 0;
}

void gm_atomic_file_sweep(const char *path) {
  const char *base = base_of(path);
  char *directory = base > path ? strndup(path, (size_t)(base - path)) : strdup(".");
  DIR *stream = directory != NULL ? opendir(directory) : NULL;
  const struct dirent *entry;
  while (stream != NULL && (entry = readdir(stream)) != NULL) {
    if (!is_temporary(entry->d_name, base)) continue;
    const int fd = openat(dirfd(stream), entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) continue;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) unlinkat(dirfd(stream), entry->d_name, 0);
    close(fd);
  }
  if (stream != NULL) closedir(stream);
  free(directory);
}

/* Creates the file and takes its lock; again where a sweep was between the two. */
static int create_locked(gm_atomic_file *file) {
  const size_t random = strlen(file->temporary) - N_ENDING - N_RANDOM;
  for (;;) {
    struct stat info;
    memset(file->temporary + random, 'X', N_RANDOM);
    const int fd = mkostemps(file->temporary, N_ENDING, O_CLOEXEC);
    if (fd < 0) return -1;
    if (flock(fd, LOCK_EX) != 0) return fd; /* a file system without locks: nobody sweeps there either */
    if (fstat(fd, &info) != 0 || info.st_nlink > 0) return fd;
    close(fd);
  }
}

/* ---- writing ------------------------------------------------------------------------------ */

gm_status gm_atomic_file_open(gm_atomic_file *file, const char *path, gm_error *err) {
  int fd = -1;
  struct stat old;
  *file = (gm_atomic_file){0};
  if (stat(path, &old) == 0 && !S_ISREG(old.st_mode)) /* renaming over /dev/null would destroy it */
    return gm_fail(err, GM_IO_ERROR, "%s: cannot write it: it exists and is no regular file", path);
  *file = (gm_atomic_file){.path = strdup(path), .temporary = temporary_name(path)};
  if (file->path == NULL || file->temporary == NULL) {
    release(file);
    return gm_fail_memory(err, path);
  }
  gm_atomic_file_sweep(path);
  fd = create_locked(file);
  if (fd < 0) {
    gm_fail(err, GM_IO_ERROR, "%s: cannot create it: %s", path, strerror(errno));
    release(file);
    return GM_IO_ERROR;
  }
  const mode_t mask = umask(0); /* mkstemp gives 0600; a result is as readable as any other file */
  umask(mask);
  file->stream = fchmod(fd, GM_FILE_MODE & ~mask) == 0 ? fdopen(fd, "w") : NULL;
  if (file->stream == NULL) {
    gm_fail(err, GM_IO_ERROR, "%s: cannot open it: %s", path, strerror(errno));
    close(fd);
    unlink(file->temporary);
    release(file);
    return GM_IO_ERROR;
  }
  return GM_OK;
}

/* The rename itself survives a power cut only when the directory is synced too;
 * file systems that cannot do that are not an error. */
static void sync_directory(const char *path) {
  char *directory = strdup(path);
  if (directory == NULL) return;
  char *slash = strrchr(directory, '/');
  if (slash == directory)
    slash[1] = '\0';
  else if (slash != NULL)
    *slash = '\0';
  const int fd = open(slash != NULL ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    (void)fsync(fd);
    close(fd);
  }
  free(directory);
}

/* Why an earlier write failed, whose errno is gone: what the system says to another one. */
static int ask_again(int fd) {
  static const char zeros[1 << 16];
  errno = 0;
  const ssize_t n = write(fd, zeros, sizeof zeros);
  return n == (ssize_t)sizeof zeros ? EIO
         : errno != 0               ? errno
                                    : ENOSPC; /* a short one: there was room no longer */
}

gm_status gm_atomic_file_commit(gm_atomic_file *file, gm_error *err) {
  gm_status status = GM_OK;
  errno = 0;
  bool written = fflush(file->stream) == 0 && ferror(file->stream) == 0;
  written = written && fsync(fileno(file->stream)) == 0;
  const int why = written || errno != 0 ? errno : ask_again(fileno(file->stream));
  const int lock = fcntl(fileno(file->stream), F_DUPFD_CLOEXEC, 0); /* held until the name is the final one */
  written = fclose(file->stream) == 0 && written;
  file->stream = NULL;
  if (!written || rename(file->temporary, file->path) != 0) {
    status =
        gm_fail(err, GM_IO_ERROR, "%s: cannot write it: %s", file->path, strerror(written ? errno : why));
    unlink(file->temporary);
  } else {
    sync_directory(file->path);
  }
  if (lock >= 0) close(lock);
  release(file);
  return status;
}

gm_status gm_atomic_file_close(gm_atomic_file *file, gm_status status, gm_error *err) {
  if (status == GM_OK) return gm_atomic_file_commit(file, err);
  gm_atomic_file_abort(file);
  return status;
}

void gm_atomic_file_abort(gm_atomic_file *file) {
  if (file->stream != NULL) {
    fclose(file->stream);
    unlink(file->temporary);
  }
  release(file);
}

/* Makes the directories of `path` from the one that `at` points into. */
static gm_status make_from(char *path, char *at, gm_error *err) {
  gm_status status = GM_OK;
  at += strcspn(at, "/");
  const char end = *at;
  *at = '\0';
  const bool made = mkdir(path, GM_DIRECTORY_MODE) == 0;
  if (!made) {
    const int why = errno; /* for a directory that is there it may also be EROFS or EACCES */
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
      status = gm_fail(err, GM_IO_ERROR, "%s: cannot create this directory: %s", path, strerror(why));
  }
  *at = end;
  if (status == GM_OK && end != '\0') status = make_from(path, at + 1, err);
  if (status != GM_OK && made) {
    *at = '\0';
    rmdir(path);
    *at = end;
  }
  return status;
}

gm_status gm_make_directories(const char *path, gm_error *err) {
  if (path[0] == '\0')
    return gm_fail(err, GM_BAD_INPUT, "expected the name of a directory, got an empty one");
  char *copy = strdup(path);
  if (copy == NULL) return gm_fail_memory(err, path);
  const gm_status status = make_from(copy, copy + 1, err);
  free(copy);
  return status;
}

/* ---- one file by two names ----------------------------------------------------------- */

static bool same_inode(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool gm_same_file(const char *a, const char *b) {
  if (same_inode(a, b)) return true;
  char *parts[] = {strdup(a), strdup(a), strdup(b), strdup(b)}; /* dirname and basename change theirs */
  bool same = false;
  if (parts[0] != NULL && parts[1] != NULL && parts[2] != NULL && parts[3] != NULL)
    same = strcmp(basename(parts[1]), basename(parts[3])) == 0 &&
           same_inode(dirname(parts[0]), dirname(parts[2]));
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) free(parts[i]);
  return same;
}
