/* SPDX-License-Identifier: MIT
 * memory.max and memory.limit_in_bytes (cgroups(7)). */
#include "energy/process/memory_limit.h"

#include "common/atomic_file.h"
#include "energy/sources/small_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double gib = 1024.0 * 1024.0 * 1024.0;

/* The limit in directory/name in GiB, INFINITY for "max" and where there is none. */
static double limit_of(const char *directory, const char *name) {
  char text[64];
  uint64_t bytes;
  if (!gm_small_text(directory, name, text, sizeof text) || !gm_small_parse(text, &bytes)) return INFINITY;
  return (double)bytes / gib;
}

/* The least limit of root/group and of every group above it. Changes `group`. */
static double least_limit(const char *root, char *group, const char *name) {
  double least = limit_of(root, name);
  while (group[0] == '/' && group[1] != '\0') {
    char *directory = gm_path_join(root, group + 1);
    if (directory != NULL) least = fmin(least, limit_of(directory, name));
    free(directory);
    *strrchr(group, '/') = '\0';
  }
  return least;
}

double gm_memory_limit_gib(const char *sysfs_root, const char *proc_root) {
  char *unified = gm_path_join(sysfs_root, "fs/cgroup"), *line = NULL,
       *old = gm_path_join(sysfs_root, "fs/cgroup/memory");
  size_t size = 0;
  double least = INFINITY;
  FILE *file = gm_small_stream(proc_root, "self/cgroup");
  while (file != NULL && unified != NULL && old != NULL && getline(&line, &size, file) > 0) {
    char *controllers = strchr(line, ':'), *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
    if (group == NULL) continue; /* "5:memory:/group", "0::/group" */
    *group++ = '\0';
    group[strcspn(group, "\n")] = '\0';
    if (controllers[1] == '\0')
      least = fmin(least, least_limit(unified, group, "memory.max"));
    else if (strcmp(controllers + 1, "memory") == 0)
      least = fmin(least, least_limit(old, group, "memory.limit_in_bytes"));
  }
  if (file != NULL) fclose(file);
  free(line);
  free(unified);
  free(old);
  return least;
}
