/* SPDX-License-Identifier: MIT
 * CPU time and number of a process and its descendants, by reading /proc once: where no cgroup can be had,
 * and only at the moment of asking. Nothing is sampled in between; ended children are in their parents'
 * times. */
#include "energy/process/process_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
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

/* The process ignores SIGCHLD, by the mask "SigIgn" of proc_pid_status(5). */
static bool ignores_children(long pid) {
  char path[64], line[256];
  unsigned long long mask = 0;
  snprintf(path, sizeof path, "/proc/%ld/status", pid);
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  while (fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "SigIgn: %llx", &mask) == 1) break;
  fclose(file);
  return (mask >> (SIGCHLD - 1) & 1) != 0;
}

static void add(gm_walk *w, gm_walked one) {
  if (w->n == w->capacity) {
    const size_t capacity = 2 * w->capacity + 32;
    gm_walked *larger = realloc(w->items, capacity * sizeof *larger);
    if (larger == NULL) return;
    w->items = larger;
    w->capacity = capacity;
  }
  w->items[w->n++] = one;
}

static void descend(gm_walk *w, long pid, int depth, double ns_per_tick);

/* `ignoring`: −1 until it is known, as most threads have no children. */
static void children_of_thread(gm_walk *w, long pid, const char *thread, int depth, int *ignoring,
                               double ns_per_tick) {
  char path[320];
  long child;
  snprintf(path, sizeof path, "/proc/%ld/task/%s/children", pid, thread);
  FILE *file = fopen(path, "re");
  if (file == NULL) return;
  while (fscanf(file, "%ld", &child) == 1) {
    if (*ignoring < 0) *ignoring = pid != getpid() && ignores_children(pid);
    add(w, (gm_walked){.pid = (pid_t)child,
                       .cpu_ns = (int64_t)((double)ticks_of(child) * ns_per_tick),
                       .unwaited = *ignoring > 0});
    descend(w, child, depth + 1, ns_per_tick);
  }
  fclose(file);
}

static void descend(gm_walk *w, long pid, int depth, double ns_per_tick) {
  char path[64];
  int ignoring = -1;
  const struct dirent *entry;
  snprintf(path, sizeof path, "/proc/%ld/task", pid);
  DIR *directory = depth < deepest ? opendir(path) : NULL;
  if (directory == NULL) return;
  while ((entry = readdir(directory)) != NULL)
    if (entry->d_name[0] != '.') children_of_thread(w, pid, entry->d_name, depth, &ignoring, ns_per_tick);
  closedir(directory);
}

static bool has(const gm_walk *w, pid_t pid) {
  for (size_t i = 0; i < w->n; i++)
    if (w->items[i].pid == pid) return true;
  return false;
}

int64_t gm_process_walk(gm_walk *w, pid_t pid) {
  const long user_hz = sysconf(_SC_CLK_TCK);
  gm_walk now = {.lost_ns = w->lost_ns, .n_lost = w->n_lost, .unwaited = w->unwaited};
  descend(&now, pid, 0, 1e9 / (double)(user_hz > 0 ? user_hz : 100));
  for (size_t i = 0; i < w->n; i++) {
    if (!w->items[i].unwaited || has(&now, w->items[i].pid)) continue;
    now.lost_ns += w->items[i].cpu_ns;
    now.n_lost++;
  }
  int64_t sum_ns = now.lost_ns;
  for (size_t i = 0; i < now.n; i++) {
    sum_ns += now.items[i].cpu_ns;
    now.unwaited = now.unwaited || now.items[i].unwaited;
  }
  free(w->items);
  *w = now;
  return sum_ns;
}

int64_t gm_process_own_ns(pid_t pid) {
  const long user_hz = sysconf(_SC_CLK_TCK);
  return (int64_t)((double)ticks_of(pid) * (1e9 / (double)(user_hz > 0 ? user_hz : 100)));
}

void gm_process_walk_reaped(gm_walk *w, pid_t pid) {
  for (size_t i = 0; i < w->n; i++)
    if (w->items[i].pid == pid) w->items[i].unwaited = false;
}

void gm_process_walk_free(gm_walk *w) {
  free(w->items);
  *w = (gm_walk){0};
}
