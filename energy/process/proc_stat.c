/* SPDX-License-Identifier: MIT
 * /proc/stat, opened once and read again in place, since the meter reads it at every epoch. */
#include "energy/process/proc_stat.h"

#include "common/atomic_file.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The "cpu" lines come first; one takes some 60 bytes, so this holds those of 1,000 CPUs. */
static const size_t buffer_size = (size_t)1 << 16;

gm_status gm_proc_stat_open(gm_proc_stat *stat, const char *proc_root, gm_error *err) {
  const long user_hz = sysconf(_SC_CLK_TCK);
  *stat = (gm_proc_stat){
      .fd = -1, .size = buffer_size, .ns_per_tick = 1e9 / (double)(user_hz > 0 ? user_hz : 100)};
  char *path = gm_path_join(proc_root, "stat");
  stat->buffer = malloc(buffer_size);
  if (path == NULL || stat->buffer == NULL) {
    free(path);
    gm_proc_stat_close(stat);
    return gm_fail_memory(err, "the buffer of /proc/stat");
  }
  stat->fd = open(path, O_RDONLY | O_CLOEXEC);
  free(path);
  return GM_OK;
}

bool gm_proc_stat_read(gm_proc_stat *stat) {
  enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, N_FIELDS };
  uint64_t field[N_FIELDS] = {0};
  if (stat->fd < 0) return false;
  const ssize_t length = pread(stat->fd, stat->buffer, stat->size - 1, 0);
  if (length <= 0) return false;
  stat->buffer[length] = '\0';
  const int got = sscanf(stat->buffer,
                         "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                         " %" SCNu64 " %" SCNu64,
                         &field[USER], &field[NICE], &field[SYSTEM], &field[IDLE], &field[IOWAIT],
                         &field[IRQ], &field[SOFTIRQ], &field[STEAL]);
  if (got <= IDLE) return false;
  int cpus = 0;
  for (const char *line = strchr(stat->buffer, '\n'); line != NULL; line = strchr(line + 1, '\n'))
    if (strncmp(line, "\ncpu", 4) == 0 && isdigit((unsigned char)line[4])) cpus++;
  const uint64_t ticks =
      field[USER] + field[NICE] + field[SYSTEM] + field[IRQ] + field[SOFTIRQ] + field[STEAL];
  if (stat->started && ticks > stat->ticks)
    stat->busy_ns += (int64_t)((double)(ticks - stat->ticks) * stat->ns_per_tick);
  stat->ticks = ticks;
  stat->started = true;
  stat->online_cpus = cpus;
  return true;
}

void gm_proc_stat_close(gm_proc_stat *stat) {
  if (stat->fd >= 0) close(stat->fd);
  free(stat->buffer);
  *stat = (gm_proc_stat){.fd = -1};
}

static int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}

void gm_busy_time_step(gm_busy_time *b, int64_t stat_ns, int64_t own_ns, int64_t tick_ns) {
  if (b->started) {
    const int64_t by_stat_ns = larger(stat_ns - b->stat_ns, 0), by_own_ns = larger(own_ns - b->own_ns, 0);
    const int64_t step_ns = larger(by_stat_ns - b->ahead_ns, by_own_ns);
    const int64_t ahead_ns = larger(b->ahead_ns + step_ns - by_stat_ns, 0);
    b->busy_ns += step_ns;
    b->ahead_ns = ahead_ns < tick_ns ? ahead_ns : tick_ns;
  }
  b->stat_ns = stat_ns;
  b->own_ns = own_ns;
  b->started = true;
}
