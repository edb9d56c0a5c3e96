/* SPDX-License-Identifier: MIT
 * A file in memory for drivers whose target reads a path. */
#ifndef TESTS_FUZZ_FILE_H
#define TESTS_FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
  int fd;
  char path[64];
} fuzz_file;

static inline fuzz_file fuzz_file_of(const uint8_t *data, size_t size) {
  fuzz_file f = {.fd = memfd_create("fuzz", 0)};
  if (f.fd < 0 || write(f.fd, data, size) != (ssize_t)size) abort();
  snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
  return f;
}

static inline void fuzz_file_close(fuzz_file *f) {
  close(f->fd);
}

#endif
