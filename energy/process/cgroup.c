/* SPDX-License-Identifier: MIT
 * One cgroup: found below the caller's own, created, read and removed, and those that killed processes left
 * behind. Where the kernel or the rights do not allow it there is none, and process_tree.c walks /proc
 * instead. */
#include "energy/process/cgroup.h"

#include "common/atomic_file.h"
#include "energy/sources/small_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- where it goes ------------------------------------------------------ */

/* Mount point of the first cgroup2 file system and the part of the hierarchy it shows
 * (proc_pid_mountinfo(5)): "36 35 98:0 /root /mount/point rw - cgroup2 …". */
static bool find_mount(const char *proc_root, char **mount, char **shown) {
  enum { SHOWN = 3, MOUNT = 4 }; /* fields from 0 */
  char *line = NULL, *rest = NULL;
  size_t size = 0;
  bool found = false;
  FILE *file = gm_small_stream(proc_root, "self/mountinfo");
  if (file == NULL) return false;
  while (!found && getline(&line, &size, file) > 0) {
    if (strstr(line, " - cgroup2 ") == NULL) continue;
    const char *field = strtok_r(line, " ", &rest);
    for (int i = 0; i <= MOUNT && field != NULL; i++, field = strtok_r(NULL, " ", &rest)) {
      if (i == SHOWN) *shown = strdup(field);
      if (i == MOUNT) *mount = strdup(field);
    }
    found = *shown != NULL && *mount != NULL;
  }
  free(line);
  fclose(file);
  return found;
}

/* "/user.slice" of the line "0::/user.slice" in /proc/self/cgroup. */
static char *own_group(const char *proc_root) {
  char *line = NULL, *path = NULL;
  size_t size = 0;
  FILE *file = gm_small_stream(proc_root, "self/cgroup");
  if (file == NULL) return NULL;
  while (path == NULL && getline(&line, &size, file) > 0)
    if (strncmp(line, "0::", 3) == 0) path = strndup(line + 3, strcspn(line + 3, "\n"));
  free(line);
  fclose(file);
  return path;
}

/* Directory of the caller's own group, or NULL. */
static char *own_directory(const char *proc_root) {
  char *mount = NULL, *shown = NULL, *directory = NULL;
  char *own = own_group(proc_root);
  if (own != NULL && find_mount(proc_root, &mount, &shown)) {
    const size_t hidden = strcmp(shown, "/") == 0 ? 0 : strlen(shown);
    if (strncmp(own, shown, hidden) == 0) directory = gm_path_join(mount, own + hidden);
  }
  free(mount);
  free(shown);
  free(own);
  return directory;
}

/* Removes an empty group and the empty groups in it; false where something lives there. */
static bool remove_empty(const char *path) {
  struct dirent **entries = NULL;
  const int n = scandir(path, &entries, NULL, NULL);
  for (int i = 0; i < n; i++) {
    if (entries[i]->d_type == DT_DIR && entries[i]->d_name[0] != '.') {
      char *below = gm_path_join(path, entries[i]->d_name);
      if (below != NULL) (void)remove_empty(below);
      free(below);
    }
    free(entries[i]);
  }
  free(entries);
  return rmdir(path) == 0;
}

/* ---- the group ---------------------------------------------------------- */

static const char prefix[] = "greenmile-";

/* Removes the groups of track processes that were killed, once what they metered has ended: empty ones, of
 * process ids that are no more. */
static void remove_orphans(const char *parent) {
  DIR *directory = opendir(parent);
  const struct dirent *entry;
  while (directory != NULL && (entry = readdir(directory)) != NULL) {
    if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0) continue;
    char *end;
    const long pid = strtol(entry->d_name + strlen(prefix), &end, 10);
    if (*end == '\0' && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH) {
      char *orphan = gm_path_join(parent, entry->d_name);
      if (orphan != NULL) (void)remove_empty(orphan);
      free(orphan);
    }
  }
  if (directory != NULL) closedir(directory);
}

bool gm_cgroup_open(gm_cgroup *group, const char *proc_root, char *why, size_t size) {
  char name[48];
  *group = (gm_cgroup){.stat_fd = -1};
  group->parent = own_directory(proc_root);
  if (group->parent == NULL) {
    snprintf(why, size, "no cgroup version 2 file system is mounted");
    return false;
  }
  remove_orphans(group->parent);
  snprintf(name, sizeof name, "%s%ld", prefix, (long)getpid());
  group->path = gm_path_join(group->parent, name);
  /* One of this process id that was killed may have left its group, empty: only such a one can be removed. */
  if (group->path != NULL) (void)remove_empty(group->path);
  if (group->path == NULL || mkdir(group->path, 0755) != 0) {
    snprintf(why, size, "cannot create a cgroup below %s: %s", group->parent, strerror(errno));
    free(group->path);
    group->path = NULL;
    gm_cgroup_close(group);
    return false;
  }
  char *stat = gm_path_join(group->path, "cpu.stat");
  group->stat_fd = stat != NULL ? open(stat, O_RDONLY | O_CLOEXEC) : -1;
  free(stat);
  int64_t cpu_ns;
  if (gm_cgroup_cpu_ns(group, &cpu_ns)) return true;
  snprintf(why, size, "%s has no usable cpu.stat", group->path);
  gm_cgroup_close(group);
  return false;
}

static bool move_to(const char *directory, pid_t pid) {
  char text[24];
  char *path = gm_path_join(directory, "cgroup.procs");
  const int fd = path != NULL ? open(path, O_WRONLY | O_CLOEXEC) : -1;
  free(path);
  if (fd < 0) return false;
  const int length = snprintf(text, sizeof text, "%ld", (long)pid);
  const bool moved = write(fd, text, (size_t)length) == length;
  close(fd);
  return moved;
}

bool gm_cgroup_add(const gm_cgroup *group, pid_t pid) {
  return move_to(group->path, pid);
}

bool gm_cgroup_cpu_ns(const gm_cgroup *group, int64_t *cpu_ns) {
  char text[1024];
  int64_t usage_us;
  const ssize_t length = pread(group->stat_fd, text, sizeof text - 1, 0);
  if (length <= 0) return false;
  text[length] = '\0';
  const char *line = strstr(text, "usage_usec ");
  if (line == NULL || sscanf(line, "usage_usec %" SCNd64, &usage_us) != 1) return false;
  *cpu_ns = usage_us * 1000;
  return true;
}

/* Calls nothing, or moves each process to `target`; returns how many there are. */
static int each_process(const gm_cgroup *group, const char *target) {
  int n = 0;
  long pid;
  FILE *file = group->path != NULL ? gm_small_stream(group->path, "cgroup.procs") : NULL;
  if (file == NULL) return 0;
  while (fscanf(file, "%ld", &pid) == 1) {
    n++;
    if (target != NULL) (void)move_to(target, (pid_t)pid);
  }
  fclose(file);
  return n;
}

int gm_cgroup_population(const gm_cgroup *group) {
  return each_process(group, NULL);
}

void gm_cgroup_close(gm_cgroup *group) {
  if (group->path != NULL) {
    enum { attempts = 3 }; /* what forks while being moved */
    if (group->stat_fd >= 0) close(group->stat_fd);
    for (int i = 0; i < attempts && !remove_empty(group->path); i++) each_process(group, group->parent);
  }
  free(group->path);
  free(group->parent);
  *group = (gm_cgroup){.stat_fd = -1};
}
