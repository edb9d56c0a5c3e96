/* SPDX-License-Identifier: MIT
 * A machine made of files for the meter's tests: sysfs and proc trees in a temporary
 * directory, counters written in place as the kernel's are, and a clock the test turns. */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include "energy/meter.h"
#include "tests/assert_near.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAKE_PATH 512
#define INTEL_RANGE_UJ 262143328850u /* max_energy_range_uj of an Intel package: 2^-14 J units, 32 bits */

typedef struct {
  char root[64], sys[80], proc[80];
  int64_t time_ns, asleep_ns, cpu_ns;
} fake_machine;

static inline int64_t fake_now_ns(void *context, clockid_t id) {
  const fake_machine *f = context;
  if (id == CLOCK_PROCESS_CPUTIME_ID) return f->cpu_ns;
  return id == CLOCK_BOOTTIME ? f->time_ns + f->asleep_ns : f->time_ns;
}

static inline void fake_advance(fake_machine *f, double seconds) {
  f->time_ns += (int64_t)(seconds * 1e9);
}

/* snprintf into a path, which has to fit. */
__attribute__((format(printf, 2, 3))) static inline void fake_print(char path[FAKE_PATH], const char *format,
                                                                    ...) {
  va_list args;
  va_start(args, format);
  const int length = vsnprintf(path, FAKE_PATH, format, args);
  va_end(args);
  assert_true(length >= 0 && length < FAKE_PATH);
}

/* Creates the directories of root/name, the last part not counted. */
static inline void fake_parents(const fake_machine *f, const char *name, char path[FAKE_PATH]) {
  fake_print(path, "%s/%s", f->root, name);
  for (char *p = path + strlen(f->root) + 1; *p != '\0'; p++) {
    if (*p != '/') continue;
    *p = '\0';
    (void)mkdir(path, 0755);
    *p = '/';
  }
}

/* Writes `text` to root/name in place, in one write(): a thread that reads meanwhile never finds it empty. */
static inline void fake_write(const fake_machine *f, const char *name, const char *text) {
  char path[FAKE_PATH];
  fake_parents(f, name, path);
  const int fd = open(path, O_WRONLY | O_CREAT, 0644);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  assert_int_equal(ftruncate(fd, (off_t)strlen(text)), 0);
  close(fd);
}

static inline void fake_link(const fake_machine *f, const char *target, const char *name) {
  char path[FAKE_PATH];
  fake_parents(f, name, path);
  assert_int_equal(symlink(target, path), 0);
}

static inline int fake_remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
  (void)info, (void)kind, (void)where;
  return remove(path);
}

/* Removes root/name with all below it. */
static inline void fake_remove(const fake_machine *f, const char *name) {
  char path[FAKE_PATH];
  fake_print(path, "%s/%s", f->root, name);
  nftw(path, fake_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- proc ---------------------------------------------------------------- */

/* `n` online CPUs which were busy for busy_s altogether. */
static inline void fake_stat(const fake_machine *f, int n, double busy_s) {
  char text[4096];
  int used = snprintf(text, sizeof text, "cpu  %lld 0 0 5000 70 0 0 0 0 0\n", (long long)(busy_s * 100));
  for (int i = 0; i < n; i++)
    used += snprintf(text + used, sizeof text - (size_t)used, "cpu%d 0 0 0 5000 70 0 0 0 0 0\n", i);
  snprintf(text + used, sizeof text - (size_t)used, "intr 0\nctxt 1\n");
  fake_write(f, "proc/stat", text);
}

static inline void fake_cpuinfo(const fake_machine *f, const char *vendor, const char *model, int sockets,
                                int cpus_per_socket, const char *flags) {
  char text[8192];
  size_t used = 0;
  for (int i = 0; i < sockets * cpus_per_socket; i++)
    used += (size_t)snprintf(
        text + used, sizeof text - used,
        "processor\t: %d\nvendor_id\t: %s\nmodel\t\t: 167\nmodel name\t: %s\nphysical id\t: %d\n"
        "flags\t\t: fpu vme %s\n\n",
        i, vendor, model, i / cpus_per_socket, flags);
  fake_write(f, "proc/cpuinfo", text);
}

/* ---- sysfs --------------------------------------------------------------- */

/* Directory of a zone in the kernel's layout: "intel-rapl:0:1" is
 * sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/intel-rapl:0:1. */
static inline void fake_zone_directory(const char *entry, char path[FAKE_PATH]) {
  int used = snprintf(path, FAKE_PATH, "sys/devices/virtual/powercap");
  for (const char *end = strchr(entry, ':');; end = strchr(end + 1, ':')) {
    const int length = end != NULL ? (int)(end - entry) : (int)strlen(entry);
    used += snprintf(path + used, FAKE_PATH - (size_t)used, "/%.*s", length, entry);
    if (end == NULL) return;
  }
}

static inline void fake_zone_write(const fake_machine *f, const char *entry, const char *file,
                                   const char *text) {
  char directory[FAKE_PATH], path[FAKE_PATH];
  fake_zone_directory(entry, directory);
  fake_print(path, "%s/%s", directory, file);
  fake_write(f, path, text);
}

static inline void fake_energy(const fake_machine *f, const char *entry, uint64_t uj) {
  char text[32];
  snprintf(text, sizeof text, "%llu\n", (unsigned long long)uj);
  fake_zone_write(f, entry, "energy_uj", text);
}

/* A zone with its link in class/powercap, as on a real machine. */
static inline void fake_zone(const fake_machine *f, const char *entry, const char *name, uint64_t uj,
                             uint64_t range_uj) {
  char text[64], target[FAKE_PATH], link[FAKE_PATH], path[FAKE_PATH];
  snprintf(text, sizeof text, "%s\n", name);
  fake_zone_write(f, entry, "name", text);
  snprintf(text, sizeof text, "%llu\n", (unsigned long long)range_uj);
  if (range_uj > 0) fake_zone_write(f, entry, "max_energy_range_uj", text);
  fake_energy(f, entry, uj);
  fake_zone_directory(entry, path);
  fake_print(target, "../../%s", path + strlen("sys/"));
  fake_print(link, "sys/class/powercap/%s", entry);
  fake_link(f, target, link);
}

static inline void fake_zone_remove(const fake_machine *f, const char *entry) {
  char path[FAKE_PATH];
  fake_zone_directory(entry, path);
  fake_remove(f, path);
  fake_print(path, "sys/class/powercap/%s", entry);
  fake_remove(f, path);
}

/* ---- the machine ---------------------------------------------------------- */

/* Four CPUs of no known model, 16 GiB, no powercap. */
static inline void fake_open(fake_machine *f) {
  *f = (fake_machine){.time_ns = 1000000000};
  snprintf(f->root, sizeof f->root, "/tmp/greenmile-machine-XXXXXX");
  assert_non_null(mkdtemp(f->root));
  umask(022); /* every user may read what a machine shows */
  assert_int_equal(chmod(f->root, 0755), 0);
  snprintf(f->sys, sizeof f->sys, "%s/sys", f->root);
  snprintf(f->proc, sizeof f->proc, "%s/proc", f->root);
  fake_cpuinfo(f, "GenuineIntel", "Intel(R) Test(TM) CPU @ 2.00GHz", 1, 4, "");
  fake_write(f, "proc/meminfo", "MemTotal:       16777216 kB\nMemFree:          123456 kB\n");
  fake_write(f, "proc/sys/kernel/random/boot_id", "0b6e7a4c-0000-4000-8000-000000000001\n");
  fake_stat(f, 4, 100);
}

static inline void fake_close(fake_machine *f) {
  fake_remove(f, "");
  *f = (fake_machine){0};
}

/* A meter on the fake machine and its clock, without a background thread. */
static inline gm_meter_config fake_config(fake_machine *f) {
  gm_meter_config config = gm_meter_config_default();
  config.sysfs_root = f->sys;
  config.proc_root = f->proc;
  config.clock = (gm_clock){.now_ns = fake_now_ns, .context = f};
  config.sampling_interval_s = 0;
  config.tick_probe_s = 0;           /* this clock stands still */
  config.nvml_path = "/nonexistent"; /* no GPU of the real machine */
  return config;
}

/* What became of one source. */
static inline gm_source_report fake_report(const gm_meter *meter, const char *source) {
  for (size_t i = 0; i < gm_meter_n_sources(meter); i++)
    if (strcmp(gm_meter_source(meter, i).source, source) == 0) return gm_meter_source(meter, i);
  fail_msg("no source is called %s", source);
  return (gm_source_report){0};
}

static inline gm_meter *fake_meter(fake_machine *f) {
  gm_meter *meter;
  gm_error err = {0};
  const gm_meter_config config = fake_config(f);
  assert_int_equal(gm_meter_open(&meter, &config, &err), GM_OK);
  return meter;
}

static inline int fake_setup(void **state) {
  fake_machine *f = malloc(sizeof *f);
  fake_open(f);
  *state = f;
  return 0;
}

static inline int fake_teardown(void **state) {
  fake_close(*state);
  free(*state);
  return 0;
}

/* ---- intervals ------------------------------------------------------------- */

static inline gm_energy fake_between(const gm_meter *meter, const gm_reading *a, const gm_reading *b) {
  gm_energy e;
  gm_meter_between(meter, a, b, NULL, &e);
  return e;
}

/* From `a` until `seconds` from now. */
static inline gm_energy fake_since(fake_machine *f, gm_meter *meter, const gm_reading *a, double seconds) {
  gm_reading b;
  fake_advance(f, seconds);
  gm_meter_read(meter, &b);
  return fake_between(meter, a, &b);
}

static inline bool fake_has(gm_reasons reasons, gm_reason reason) {
  return (reasons & GM_REASON_BIT(reason)) != 0;
}

#endif
