/* SPDX-License-Identifier: MIT
 * Whole-or-nothing files. */
#include "common/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *gm_path_join(const char *directory, const char *name) {
  const size_t size = strlen(directory) + strlen(name) + 2;
  char *path = malloc(size);
  if (path != NULL) snprintf(path, size, "%s/%s", directory, name);
  return path;
}

static void release(gm_atomic_file *file) {
  free(file->path);
  free(file->temporary);
  *file = (gm_atomic_file){0};
}

gm_status gm_atomic_file_open(gm_atomic_file *file, const char *path, gm_error *err) {
  static const char suffix[] = ".XXXXXX";
  const size_t length = strlen(path);
  int fd = -1;
  struct stat old;
  *file = (gm_atomic_file){0};
  if (stat(path, &old) == 0 && !S_ISREG(old.st_mode)) /* renaming over /dev/null would destroy it */
    return gm_fail(err, GM_IO_ERROR, "%s: cannot write it: it exists and is no regular file", path);
  *file = (gm_atomic_file){.path = strdup(path), .temporary = malloc(length + sizeof suffix)};
  if (file->path == NULL || file->temporary == NULL) {
    release(file);
    return gm_fail_memory(err, path);
  }
  memcpy(file->temporary, path, length);
  memcpy(file->temporary + length, suffix, sizeof suffix);
  fd = mkstemp(file->temporary);
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

gm_status gm_atomic_file_commit(gm_atomic_file *file, gm_error *err) {
  gm_status status = GM_OK;
  errno = 0;
  bool written = fflush(file->stream) == 0 && ferror(file->stream) == 0;
  written = written && fsync(fileno(file->stream)) == 0;
  const int why = errno != 0 ? errno : EIO; /* the reason of an earlier failed write is gone */
  written = fclose(file->stream) == 0 && written;
  file->stream = NULL;
  if (!written || rename(file->temporary, file->path) != 0) {
    status =
        gm_fail(err, GM_IO_ERROR, "%s: cannot write it: %s", file->path, strerror(written ? errno : why));
    unlink(file->temporary);
  } else {
    sync_directory(file->path);
  }
  release(file);
  return status;
}

void gm_atomic_file_abort(gm_atomic_file *file) {
  if (file->stream != NULL) {
    fclose(file->stream);
    unlink(file->temporary);
  }
  release(file);
}

gm_status gm_make_directories(const char *path, gm_error *err) {
  if (path[0] == '\0')
    return gm_fail(err, GM_BAD_INPUT, "expected the name of a directory, got an empty one");
  char *partial = strdup(path);
  if (partial == NULL) return gm_fail_memory(err, path);
  gm_status status = GM_OK;
  for (char *p = partial + 1;; p++) {
    if (*p != '/' && *p != '\0') continue;
    const char end = *p;
    *p = '\0';
    if (mkdir(partial, GM_DIRECTORY_MODE) != 0) {
      const int why = errno; /* for a directory that is there it may also be EROFS or EACCES */
      struct stat info;
      if (stat(partial, &info) != 0 || !S_ISDIR(info.st_mode)) {
        status = gm_fail(err, GM_IO_ERROR, "%s: cannot create this directory: %s", partial, strerror(why));
        break;
      }
    }
    *p = end;
    if (end == '\0') break;
  }
  free(partial);
  return status;
}
