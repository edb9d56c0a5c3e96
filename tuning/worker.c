/* SPDX-License-Identifier: MIT
 * Worker ids, from /proc where there is one; elsewhere every fate is unknown. */
#include "tuning/worker.h"

#include "common/csv.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { PART = 40 }; /* size of a part of an id */

/* PROC_PID_INIT_INO of Linux's include/linux/proc_ns.h: the name space outside all containers. */
static const char initial_namespace[] = "4026531836";

static void host_name(char host[PART]) {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') strcpy(name, "unknown");
  for (char *c = name; *c != '\0'; c++)
    if (*c == '/') *c = '-';
  snprintf(host, PART, "%.*s", PART - 1, name);
}

/* The first 8 hexadecimal digits of the boot id: equal for all processes since the machine started. */
static void boot_id(char boot[PART]) {
  FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
  if (file == NULL || fscanf(file, "%8[0-9a-f]", boot) != 1) strcpy(boot, "none");
  if (file != NULL) fclose(file);
}

/* The number in "pid:[4026531836]". */
static void pid_namespace(char number[PART]) {
  char link[PART] = "";
  const ssize_t n = readlink("/proc/self/ns/pid", link, sizeof link - 1);
  if (n <= 0 || sscanf(link, "pid:[%20[0-9]]", number) != 1) strcpy(number, "none");
}

/* State letter and start time (clock ticks since boot) of a process; false where there is none. They are
 * those of its first thread: of /proc/PID/stat an emulator (qemu-user) shows a process another one than
 * others see. */
static bool process_status(long pid, char *state, unsigned long long *start) {
  char path[2 * PART], text[1024];
  snprintf(path, sizeof path, "/proc/%ld/task/%ld/stat", pid, pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return false;
  const size_t n = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[n] = '\0';
  const char *rest = strrchr(text, ')'); /* the name before it may hold anything */
  /* Fields 3 (state) and 22 (starttime) of proc(5). */
  return rest != NULL && sscanf(rest + 1,
                                " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                                "%*s %llu",
                                state, start) == 2;
}

void gm_worker_id(char id[GM_WORKER_ID]) {
  char host[PART], boot[PART], name_space[PART], state = '?';
  unsigned long long start = 0;
  uint64_t random = 0;
  host_name(host);
  boot_id(boot);
  pid_namespace(name_space);
  process_status((long)getpid(), &state, &start);
  if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) random = (uint64_t)getpid();
  snprintf(id, GM_WORKER_ID, "greenmile/%s/%s/%s/%ld/%llu/%016llx", host, boot, name_space, (long)getpid(),
           start, (unsigned long long)random);
}

gm_worker_fate gm_worker_fate_of(const char *id) {
  char host[PART], boot[PART], name_space[PART], my_host[PART], my_boot[PART], my_name_space[PART], state;
  long pid;
  unsigned long long start, found;
  if (id == NULL ||
      sscanf(id, "greenmile/%39[^/]/%39[^/]/%39[^/]/%ld/%llu/", host, boot, name_space, &pid, &start) != 5)
    return GM_WORKER_UNKNOWN;
  host_name(my_host);
  boot_id(my_boot);
  pid_namespace(my_name_space);
  if (strcmp(host, my_host) != 0 || strcmp(name_space, my_name_space) != 0 || strcmp(boot, "none") == 0 ||
      strcmp(name_space, "none") == 0)
    return GM_WORKER_UNKNOWN;
  if (strcmp(boot, my_boot) != 0) /* the machine was started again; of a container nobody knows */
    return strcmp(name_space, initial_namespace) == 0 ? GM_WORKER_DEAD : GM_WORKER_UNKNOWN;
  if (!process_status(pid, &state, &found) || found != start || state == 'Z' || state == 'X')
    return GM_WORKER_DEAD;
  return GM_WORKER_ALIVE;
}

int gm_worker_rank(const char **variable) {
  /* Open MPI, MPICH and others by PMI, PMIx, then SLURM: tasks of srun, then of a job array. */
  static const char *const variables[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK",
                                          "SLURM_ARRAY_TASK_ID", "SLURM_PROCID"};
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
    const char *text = getenv(variables[i]);
    int64_t rank;
    if (text == NULL || !gm_parse_integer(text, &rank) || rank < 0 || rank > INT32_MAX) continue;
    if (variable != NULL) *variable = variables[i];
    return (int)rank;
  }
  return -1;
}
