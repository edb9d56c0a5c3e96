/* SPDX-License-Identifier: MIT
 * A library in front of libc's (LD_PRELOAD) in which the N-th call that writes fails: tests/torture/run tries
 * every N in turn. Counted are write, pwrite, fsync, fdatasync, ftruncate, rename, link, symlink, unlink,
 * mkdir, mkostemps, fflush and fclose of regular files, in the order in which the process makes them.
 *
 *   TORTURE_FAIL_AT=N      which call fails, from 1; 0 or absent: none
 *   TORTURE_COUNT=FILE     at its end the process writes there how many calls there were
 *
 * What a stream has buffered goes out inside libc, where nothing can be put in between; that failure is
 * reported by fflush and fclose, which are counted. The call that fails does nothing else. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long calls, fail_at = -1;

/* Whether this call is the one; its errno is that of a full disk. */
static int fails(void) {
  if (fail_at < 0) {
    const char *text = getenv("TORTURE_FAIL_AT");
    fail_at = text != NULL ? atol(text) : 0;
  }
  if (__atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) != fail_at) return 0;
  errno = ENOSPC;
  return 1;
}

static int is_file(int fd) {
  struct stat info;
  return fd > STDERR_FILENO && fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

/* Streams that were opened to write. */
static int is_written(FILE *stream) {
  const int fd = stream != NULL ? fileno(stream) : -1, flags = fd >= 0 ? fcntl(fd, F_GETFL) : -1;
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && is_file(fd);
}

__attribute__((destructor)) static void report(void) {
  const char *path = getenv("TORTURE_COUNT");
  FILE *file = path != NULL ? fopen(path, "w") : NULL;
  if (file == NULL) return;
  fprintf(file, "%ld\n", calls);
  fail_at = 0;
  fclose(file);
}

/* A function NAME of type TYPE (PARAMETERS) that fails with `failure` where `condition` holds and it is its
 * turn. */
#define IN_FRONT_OF(type, name, parameters, arguments, condition, failure)                                   \
  type name parameters {                                                                                     \
    type(*libc) parameters;                                                                                  \
    *(void **)&libc = dlsym(RTLD_NEXT, #name);                                                               \
    if ((condition) && fails()) return failure;                                                              \
    return libc arguments;                                                                                   \
  }

IN_FRONT_OF(ssize_t, write, (int fd, const void *data, size_t n), (fd, data, n), is_file(fd), -1)
IN_FRONT_OF(ssize_t, pwrite, (int fd, const void *data, size_t n, off_t at), (fd, data, n, at), is_file(fd),
            -1)
IN_FRONT_OF(int, fsync, (int fd), (fd), is_file(fd), -1)
IN_FRONT_OF(int, fdatasync, (int fd), (fd), is_file(fd), -1)
IN_FRONT_OF(int, ftruncate, (int fd, off_t size), (fd, size), is_file(fd), -1)
IN_FRONT_OF(int, rename, (const char *from, const char *to), (from, to), 1, -1)
IN_FRONT_OF(int, link, (const char *from, const char *to), (from, to), 1, -1)
IN_FRONT_OF(int, symlink, (const char *from, const char *to), (from, to), 1, -1)
IN_FRONT_OF(int, unlink, (const char *path), (path), 1, -1)
IN_FRONT_OF(int, mkdir, (const char *path, mode_t mode), (path, mode), access(path, F_OK) != 0, -1)
IN_FRONT_OF(int, mkostemps, (char *path, int ending, int flags), (path, ending, flags), 1, -1)
IN_FRONT_OF(int, fflush, (FILE * stream), (stream), is_written(stream), EOF)

int fclose(FILE *stream) {
  int (*libc)(FILE *);
  *(void **)&libc = dlsym(RTLD_NEXT, "fclose");
  const int failing = is_written(stream) && fails();
  const int result = libc(stream);
  if (!failing) return result;
  errno = ENOSPC;
  return EOF;
}
