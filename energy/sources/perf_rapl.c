/* SPDX-License-Identifier: MIT
 * RAPL through perf's power PMU: the counters of powercap as 64-bit counts, one event per package,
 * opened on the CPUs that `cpumask` names. Needs CAP_PERFMON or kernel.perf_event_paranoid ≤ 0. Linux
 * arch/x86/events/rapl.c, Documentation/admin-guide/perf. Read at least every
 * 30 s: the kernel's own overflow timer assumes 200 W (docs/energy-model.md, Counters). */
#include "common/atomic_file.h"
#include "energy/sources/counter.h"
#include "energy/sources/small_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double usual_tick_s = 1e-3;
static const double longest_gap_s = 30;

typedef struct {
  int handle;
  double j_per_count;
  gm_counter counter;
  gm_zone_reading reading;
} event;

typedef struct {
  gm_perf_api perf;
  event events[GM_MAX_ZONES];
  size_t n;
} perf_rapl;

/* What one event of the PMU is called and counts as. */
typedef struct {
  const char *name;
  gm_component component;
} kind;

/* ---- the PMU's description ----------------------------------------------------- */

/* The CPUs of a list like "0,28" or "0-1,4"; returns how many there are, at most `capacity`. */
static size_t parse_cpus(const char *text, int *cpus, size_t capacity) {
  size_t n = 0;
  while (*text != '\0') {
    char *end;
    const long first = strtol(text, &end, 10);
    long last = first;
    if (end == text || first < 0) return n;
    if (*end == '-') last = strtol(end + 1, &end, 10);
    for (long cpu = first; cpu <= last && n < capacity; cpu++) cpus[n++] = (int)cpu;
    text = *end == ',' ? end + 1 : "";
  }
  return n;
}

static bool describe_event(const char *directory, const char *name, uint64_t *config, double *j_per_count) {
  char text[64], file[64], *end;
  unsigned long long value;
  snprintf(file, sizeof file, "events/%s", name);
  if (!gm_small_text(directory, file, text, sizeof text) || sscanf(text, "event=%llx", &value) != 1)
    return false;
  snprintf(file, sizeof file, "events/%s.unit", name);
  if (!gm_small_text(directory, file, text, sizeof text) || strcmp(text, "Joules") != 0) return false;
  snprintf(file, sizeof file, "events/%s.scale", name);
  if (!gm_small_text(directory, file, text, sizeof text)) return false;
  *config = value;
  *j_per_count = strtod(text, &end);
  return end != text && *j_per_count > 0 && *j_per_count < 1;
}

/* ---- opening -------------------------------------------------------------------- */

static void describe_zone(const gm_source_setup *setup, const kind *k, int package, gm_zone *zone) {
  const bool amd = gm_host_is_amd(setup->host);
  *zone = (gm_zone){.component = k->component,
                    .measured = true,
                    .counter = true,
                    .tick_s = usual_tick_s,
                    .max_power_w = k->component == GM_WALL ? GM_PLATFORM_MAX_W : setup->max_package_w,
                    .slack_s = GM_COUNTER_SLACK_S,
                    .max_gap_s = longest_gap_s,
                    .sensor_relative = setup->priors.value[k->component == GM_RAM    ? GM_PRIOR_DRAM
                                                           : k->component == GM_WALL ? GM_PRIOR_PLATFORM
                                                           : amd                     ? GM_PRIOR_AMD_PACKAGE
                                                                 : GM_PRIOR_INTEL_PACKAGE],
                    .low_factor = 1,
                    .high_factor = 1};
  snprintf(zone->name, sizeof zone->name, "%s %d", k->name, package);
}

/* The kernel's power PMU: where it is described, and a CPU of every package. */
typedef struct {
  char *directory; /* owned */
  uint32_t type;
  int cpus[GM_MAX_ZONES];
  size_t n_cpus;
} power_pmu;

/* Opens one kind of event on the first n_cpus of them; all or none. −errno of the first refusal, 0 where the
 * PMU has no such event. */
static int open_kind(perf_rapl *p, const gm_source_setup *setup, const power_pmu *pmu, const kind *k,
                     size_t n_cpus, gm_opening *opening) {
  uint64_t config;
  double j_per_count;
  if (!describe_event(pmu->directory, k->name, &config, &j_per_count)) return 0;
  if (p->n + n_cpus > opening->capacity) return -E2BIG;
  const size_t before = p->n;
  for (size_t i = 0; i < n_cpus; i++) {
    const int handle = p->perf.open(p->perf.context, pmu->type, config, pmu->cpus[i]);
    if (handle < 0) {
      while (p->n > before) p->perf.close(p->perf.context, p->events[--p->n].handle);
      return handle;
    }
    describe_zone(setup, k, (int)i, &opening->zones[p->n]);
    p->n++;
    p->events[p->n - 1] = (event){.handle = handle,
                                  .j_per_count = j_per_count,
                                  .counter = gm_counter_of(&opening->zones[p->n - 1], setup->now_ns)};
  }
  return 0;
}

static void perf_close(void *state) {
  perf_rapl *p = state;
  if (p == NULL) return;
  for (size_t i = 0; i < p->n; i++) p->perf.close(p->perf.context, p->events[i].handle);
  free(p);
}

static void explain(const perf_rapl *p, int refused, gm_opening *opening) {
  if (refused == -EACCES || refused == -EPERM) {
    opening->reasons |= GM_REASON_BIT(GM_RAPL_DENIED);
    snprintf(
        opening->note, sizeof opening->note,
        "the power PMU is there but not for this user: as root, setcap cap_perfmon=ep PROGRAM, or sysctl "
        "kernel.perf_event_paranoid=0");
  } else if (refused != 0) {
    opening->reasons |= GM_REASON_BIT(GM_READ_ERROR);
    snprintf(opening->note, sizeof opening->note, "the power PMU cannot be opened: %s", strerror(-refused));
  } else {
    snprintf(opening->note, sizeof opening->note, "%zu events of the power PMU in use", p->n);
  }
}

static gm_status perf_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  static const kind package = {"energy-pkg", GM_CPU}, ram = {"energy-ram", GM_RAM},
                    platform = {"energy-psys", GM_WALL};
  char text[256];
  uint64_t type = 0;
  int refused = 0;
  gm_status status = GM_OK;
  power_pmu pmu = {.directory = gm_path_join(setup->sysfs_root, "bus/event_source/devices/power")};
  perf_rapl *p = calloc(1, sizeof *p);
  if (p == NULL || pmu.directory == NULL) {
    status = gm_fail_memory(err, "the perf source");
    goto done;
  }
  p->perf = setup->perf;
  if (!gm_small_text(pmu.directory, "type", text, sizeof text) || !gm_small_parse(text, &type)) {
    snprintf(opening->note, sizeof opening->note, "perf has no power PMU here");
    goto done;
  }
  pmu.type = (uint32_t)type;
  if (gm_small_text(pmu.directory, "cpumask", text, sizeof text))
    pmu.n_cpus = parse_cpus(text, pmu.cpus, GM_MAX_ZONES);
  if (setup->use_psys) refused = open_kind(p, setup, &pmu, &platform, pmu.n_cpus > 0, opening);
  if (p->n == 0) {
    refused = open_kind(p, setup, &pmu, &package, pmu.n_cpus, opening);
    if (p->n > 0) refused = open_kind(p, setup, &pmu, &ram, pmu.n_cpus, opening);
  }
  explain(p, refused, opening);
  opening->n_zones = p->n;
  if (p->n > 0) {
    opening->state = p;
    p = NULL;
  }
done:
  perf_close(p);
  free(pmu.directory);
  return status;
}

/* ---- reading ----------------------------------------------------------------------- */

static void perf_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  perf_rapl *p = state;
  for (size_t i = 0; i < p->n; i++) {
    event *e = &p->events[i];
    uint64_t count;
    if (p->perf.read(p->perf.context, e->handle, &count)) {
      /* long double: a count of 2^-32 J has more digits than a double holds after a day */
      const long double exact_uj = (long double)count * (long double)e->j_per_count * 1e6L;
      const uint64_t uj = exact_uj < 1e19L ? (uint64_t)exact_uj : UINT64_MAX; /* refused as implausible */
      gm_counter_step(&e->counter, uj, tick->time_ns, tick->suspended, &e->reading);
    } else {
      e->reading.errors++;
      gm_counter_miss(&e->counter, tick->time_ns, tick->suspended, &e->reading);
    }
    readings[i] = e->reading;
  }
}

const gm_source gm_perf_rapl_source = {.open = perf_open, .read = perf_read, .close = perf_close};
