/* SPDX-License-Identifier: MIT
 * Files of one line, read into fixed memory. One that is empty, or no whole number where one is wanted, has
 * no value. */
#include "energy/sources/small_file.h"

#include "common/atomic_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int gm_small_open(const char *directory, const char *name) {
  char *path = gm_path_join(directory, name);
  const int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  const int why = errno;
  free(path);
  errno = why;
  return fd;
}

FILE *gm_small_stream(const char *directory, const char *name) {
  const int fd = gm_small_open(directory, name);
  FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;
  if (stream == NULL && fd >= 0) close(fd);
  return stream;
}

bool gm_small_text(const char *directory, const char *name, char *text, size_t size) {
  const int fd = gm_small_open(directory, name);
  if (fd < 0) return false;
  const ssize_t length = pread(fd, text, size - 1, 0);
  close(fd);
  if (length <= 0) return false;
  text[length] = '\0';
  text[strcspn(text, "\n")] = '\0';
  return text[0] != '\0';
}

bool gm_small_parse(const char *text, uint64_t *value) {
  char *end;
  if (!isdigit((unsigned char)text[0])) return false;
  errno = 0;
  const unsigned long long parsed = strtoull(text, &end, 10);
  if (errno != 0 || (end[0] != '\0' && strcmp(end, "\n") != 0)) return false;
  *value = parsed;
  return true;
}

bool gm_small_read(int fd, uint64_t *value) {
  char text[32];
  const ssize_t length = pread(fd, text, sizeof text - 1, 0);
  if (length <= 0) return false;
  text[length] = '\0';
  return gm_small_parse(text, value);
}

bool gm_small_is_gone(int fd, int why) {
  struct stat info;
  return why == ENODEV || why == ENOENT || fstat(fd, &info) != 0 || info.st_nlink == 0;
}
