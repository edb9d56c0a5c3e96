/* SPDX-License-Identifier: MIT
 * CPU time and number of a process and its descendants, by reading /proc once: where no cgroup can be had,
 * and only at the moment of asking. Nothing is sampled in between; ended children are in their parents'
 * times. */
#include "energy/process/process_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A chain of children is never deeper than this; a guard against reused process ids. */
enum { deepest = 256 };

/* utime, stime, cutime and cstime of proc_pid_stat(5), in ticks of USER_HZ; 0 where it is gone. */
static uint64_t ticks_of(long pid) {
  char path[64], text[1024];
  uint64_t ticks[4] = {0};
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = '\0';
  const char *rest = strrchr(text, ')'); /* the name before it may hold anything */
  if (rest == NULL) return 0;
  const int got = sscanf(
      rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
      &ticks[0], &ticks[1], &ticks[2], &ticks[3]);
  return got == 4 ? ticks[0] + ticks[1] + ticks[2] + ticks[3] : 0;
}

static uint64_t walk(long pid, int depth, int *population);

static uint64_t children_of_thread(long pid, const char *thread, int depth, int *population) {
  char path[320];
  long child;
  uint64_t ticks = 0;
  snprintf(path, sizeof path, "/proc/%ld/task/%s/children", pid, thread);
  FILE *file = fopen(path, "re");
  if (file == NULL) return 0;
  while (fscanf(file, "%ld", &child) == 1) {
    ++*population;
    ticks += ticks_of(child) + walk(child, depth + 1, population);
  }
  fclose(file);
  return ticks;
}

static uint64_t walk(long pid, int depth, int *population) {
  char path[64];
  uint64_t ticks = 0;
  const struct dirent *entry;
  snprintf(path, sizeof path, "/proc/%ld/task", pid);
  DIR *directory = depth < deepest ? opendir(path) : NULL;
  if (directory == NULL) return 0;
  while ((entry = readdir(directory)) != NULL)
    if (entry->d_name[0] != '.') ticks += children_of_thread(pid, entry->d_name, depth, population);
  closedir(directory);
  return ticks;
}

int64_t gm_process_walk_ns(pid_t pid, int *population) {
  const long user_hz = sysconf(_SC_CLK_TCK);
  return (int64_t)((double)walk(pid, 0, population) * (1e9 / (double)(user_hz > 0 ? user_hz : 100)));
}
