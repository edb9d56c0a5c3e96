/* SPDX-License-Identifier: MIT
 * The kernel's perf events by the system call itself, since the C library has no wrapper. */
#include "energy/sources/perf_api.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_event(void *context, uint32_t type, uint64_t config, int cpu) {
  (void)context;
  struct perf_event_attr attributes = {.type = type, .size = sizeof attributes, .config = config};
  const long fd = syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  return fd >= 0 ? (int)fd : -errno;
}

static bool read_event(void *context, int handle, uint64_t *count) {
  (void)context;
  return read(handle, count, sizeof *count) == (ssize_t)sizeof *count;
}

static void close_event(void *context, int handle) {
  (void)context;
  close(handle);
}

gm_perf_api gm_perf_api_system(void) {
  return (gm_perf_api){.open = open_event, .read = read_event, .close = close_event};
}
