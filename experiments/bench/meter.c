/* SPDX-License-Identifier: MIT
 * What metering costs: a reading, a metered interval, the background thread, memory.
 * Where no counter needs the thread, a stand-in of ordinary files shows what it takes. */
#include "energy/meter.h"
#include "experiments/bench/case.h"

#include "common/atomic_file.h"
#include "common/clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- what is timed ---------------------------------------------------------------------- */

static gm_status call_read(void *meter, gm_error *err) {
  gm_reading reading;
  (void)err;
  gm_meter_read(meter, &reading);
  return GM_OK;
}

static gm_status call_interval(void *meter, gm_error *err) {
  gm_reading start, end;
  gm_energy energy;
  gm_meter_read(meter, &start);
  gm_meter_read(meter, &end);
  gm_meter_between(meter, &start, &end, NULL, &energy);
  return energy.duration_s > 0 ? GM_OK : gm_fail(err, GM_FAILED, "the metered interval has no duration");
}

static gm_status time_calls(gm_bench *bench, gm_meter *meter, gm_error *err) {
  gm_bench_case reading = {.name = "meter.reading", .what = "one reading of all counters"};
  gm_bench_case interval = {.name = "meter.interval",
                            .what = "two readings and the energy between them; CodeCarbon: a task"};
  gm_status status = GM_OK;
  if (gm_bench_wanted(bench, reading.name)) {
    gm_bench_add_ours(&reading, 1, call_read, meter, 0);
    status = gm_bench_run(bench, &reading, NULL, err);
  }
  if (status != GM_OK || !gm_bench_wanted(bench, interval.name)) return status;
  struct json_object *request = json_object_new_object();
  gm_json_add_text(request, "case", "meter");
  gm_bench_add_ours(&interval, 1, call_interval, meter, 0);
  return gm_bench_run(bench, &interval, request, err);
}

/* ---- the thread ----------------------------------------------------------------------------- */

static double process_cpu_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + gm_ns_to_s(t.tv_nsec);
}

/* Share of a core that this process takes while it only sleeps under a meter. */
static gm_status idle_share(const gm_meter_config *base, double interval_s, double seconds, double *share,
                            gm_error *err) {
  gm_meter_config config = *base;
  gm_meter *meter;
  config.sampling_interval_s = interval_s;
  const gm_status status = gm_meter_open(&meter, &config, err);
  if (status != GM_OK) return status;
  const double cpu_s = process_cpu_s(), start_s = gm_monotonic_s();
  struct timespec rest = gm_s_to_timespec(seconds);
  while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
    ;
  *share = (process_cpu_s() - cpu_s) / (gm_monotonic_s() - start_s);
  gm_meter_close(meter);
  return GM_OK;
}

static gm_status measure_thread(gm_bench *bench, const gm_meter_config *config, const char *suffix,
                                gm_error *err) {
  static const struct {
    const char *name;
    double interval_s, seconds, quick_s;
  } runs[] = {{"sampler_share_1_s", 1, 10, 2}, {"sampler_share_10_ms", 0.01, 3, 1}};
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
    char key[64];
    double share = NAN;
    const gm_status status =
        idle_share(config, runs[i].interval_s, bench->quick ? runs[i].quick_s : runs[i].seconds, &share, err);
    if (status != GM_OK) return status;
    snprintf(key, sizeof key, "%s%s", runs[i].name, suffix);
    gm_json_add_number(bench->meter, key, share);
  }
  return GM_OK;
}

/* ---- the stand-in ------------------------------------------------------------------------------ */

/* A powercap tree of two zones, as Intel's: directories, then files. */
static const char *const stand_in_directories[] = {"class/powercap/intel-rapl:0/intel-rapl:0:0",
                                                   "class/powercap/intel-rapl:0", "class/powercap", "class",
                                                   ""};
static const struct {
  const char *name, *text;
} stand_in_files[] = {{"class/powercap/intel-rapl:0/name", "package-0"},
                      {"class/powercap/intel-rapl:0/energy_uj", "123456789"},
                      {"class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850"},
                      {"class/powercap/intel-rapl:0/intel-rapl:0:0/name", "dram"},
                      {"class/powercap/intel-rapl:0/intel-rapl:0:0/energy_uj", "12345678"},
                      {"class/powercap/intel-rapl:0/intel-rapl:0:0/max_energy_range_uj", "65712999613"}};
enum { PATH_SIZE = 160 };

static gm_status stand_in_create(const char *root, gm_error *err) {
  char path[PATH_SIZE];
  snprintf(path, sizeof path, "%s/%s", root, stand_in_directories[0]);
  gm_status status = gm_make_directories(path, err);
  for (size_t i = 0; i < sizeof stand_in_files / sizeof *stand_in_files && status == GM_OK; i++) {
    snprintf(path, sizeof path, "%s/%s", root, stand_in_files[i].name);
    FILE *out = fopen(path, "w");
    if (out == NULL) return gm_fail(err, GM_IO_ERROR, "%s: %s", path, strerror(errno));
    fprintf(out, "%s\n", stand_in_files[i].text);
    if (fclose(out) != 0) return gm_fail(err, GM_IO_ERROR, "%s: %s", path, strerror(errno));
  }
  return status;
}

static void stand_in_remove(const char *root) {
  char path[PATH_SIZE];
  for (size_t i = 0; i < sizeof stand_in_files / sizeof *stand_in_files; i++) {
    snprintf(path, sizeof path, "%s/%s", root, stand_in_files[i].name);
    unlink(path);
  }
  for (size_t i = 0; i < sizeof stand_in_directories / sizeof *stand_in_directories; i++) {
    snprintf(path, sizeof path, "%s/%s", root, stand_in_directories[i]);
    rmdir(path);
  }
}

static gm_status measure_stand_in(gm_bench *bench, const gm_meter_config *base, gm_error *err) {
  char root[] = "/tmp/greenmile-bench-XXXXXX";
  gm_meter_config config = *base;
  if (mkdtemp(root) == NULL) return gm_fail(err, GM_IO_ERROR, "%s: %s", root, strerror(errno));
  config.sysfs_root = root;
  gm_status status = stand_in_create(root, err);
  if (status == GM_OK) status = measure_thread(bench, &config, "_stand_in", err);
  stand_in_remove(root);
  return status;
}

/* ---- the group -------------------------------------------------------------------------------------- */

/* Whether any zone is a counter, which the thread has to read before it wraps. */
static bool counts(const gm_meter *meter) {
  for (size_t i = 0; i < gm_meter_n_sources(meter); i++) {
    const gm_source_report report = gm_meter_source(meter, i);
    if (report.usable && strcmp(report.source, "powercap") == 0) return true;
  }
  return false;
}

gm_status gm_bench_meter(gm_bench *bench, gm_error *err) {
  gm_meter_config config = gm_meter_config_default();
  gm_meter *meter;
  gm_meter_config_environment(&config);
  const size_t before = gm_bench_allocated();
  gm_status status = gm_meter_open(&meter, &config, err);
  if (status != GM_OK) return status;
  bench->meter = json_object_new_object();
  gm_json_add_integer(bench->meter, "allocated_bytes", (int64_t)(gm_bench_allocated() - before));
  gm_json_add_bool(bench->meter, "counters", counts(meter));
  char text[GM_BENCH_TEXT];
  gm_reading now;
  gm_meter_read(meter, &now);
  const gm_basis basis = gm_meter_basis(meter, &now, &now);
  gm_meter_sources(meter, &basis, text, sizeof text);
  gm_json_add_text(bench->meter, "sources", text);
  const bool counters = counts(meter);
  status = time_calls(bench, meter, err);
  gm_meter_close(meter);
  if (status != GM_OK || !gm_bench_wanted(bench, "meter.thread")) return status;
  return counters ? measure_thread(bench, &config, "", err) : measure_stand_in(bench, &config, err);
}
