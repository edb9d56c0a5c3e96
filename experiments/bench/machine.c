/* SPDX-License-Identifier: MIT
 * What /sys and /proc say about the machine. What they do not show stays empty. */
#include "experiments/bench/machine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#if defined __GLIBC__
#include <malloc.h>
#endif

#ifndef GM_BUILD_FLAGS
#define GM_BUILD_FLAGS "not recorded"
#endif

/* The first line of a file without its end; "" where there is none. */
static void first_line(const char *path, char *text, size_t size) {
  FILE *in = fopen(path, "r");
  if (in == NULL || fgets(text, (int)size, in) == NULL) text[0] = '\0';
  if (in != NULL) fclose(in);
  text[strcspn(text, "\n")] = '\0';
}

/* "2048K" in bytes. */
static size_t cache_bytes(const char *text) {
  size_t n = 0;
  char unit = 'B';
  if (sscanf(text, "%zu%c", &n, &unit) < 1) return 0;
  return unit == 'K' ? n << 10 : unit == 'M' ? n << 20 : n;
}

static void read_caches(gm_bench_machine *m) {
  size_t used = 0;
  for (int i = 0;; i++) {
    char path[96], level[8], type[32], size[32];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/level", i);
    first_line(path, level, sizeof level);
    if (level[0] == '\0' || used >= sizeof m->caches) return;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/type", i);
    first_line(path, type, sizeof type);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size", i);
    first_line(path, size, sizeof size);
    if (strcmp(type, "Instruction") == 0) continue;
    const size_t bytes = cache_bytes(size);
    if (bytes > m->last_cache) m->last_cache = bytes;
    used += (size_t)snprintf(m->caches + used, sizeof m->caches - used, "%sL%s%s %zu KiB",
                             used > 0 ? ", " : "", level, strcmp(type, "Data") == 0 ? "d" : "", bytes >> 10);
  }
}

static size_t available_memory(void) {
  size_t kib = 0;
  char line[128];
  FILE *in = fopen("/proc/meminfo", "r");
  while (in != NULL && fgets(line, sizeof line, in) != NULL)
    if (sscanf(line, "MemAvailable: %zu kB", &kib) == 1) break;
  if (in != NULL) fclose(in);
  return kib << 10;
}

void gm_bench_machine_read(gm_bench_machine *m) {
  char load[64];
  *m = (gm_bench_machine){.available = available_memory()};
  gm_host_read("/proc", &m->host);
  read_caches(m);
  first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", m->governor, sizeof m->governor);
  first_line("/proc/loadavg", load, sizeof load);
  if (sscanf(load, "%lf", &m->load) != 1) m->load = NAN;
}

const char *gm_bench_compiler(void) {
#if defined __clang__
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

const char *gm_bench_flags(void) {
  return GM_BUILD_FLAGS;
}

size_t gm_bench_allocated(void) {
#if defined __GLIBC__ && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  const struct mallinfo2 m = mallinfo2();
  return m.uordblks + m.hblkhd;
#else
  return 0;
#endif
}
