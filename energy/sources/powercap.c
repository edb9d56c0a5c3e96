/* SPDX-License-Identifier: MIT
 * RAPL through the kernel's powercap tree: packages as CPU, dram zones as RAM, psys only
 * when asked for or when there is nothing else. Files stay open and are read in place. A
 * failed read is counted and leaves the counter where it was; it is never a zero. A zone
 * that vanishes (CPU hotplug) is looked for again by name. Linux
 * Documentation/power/powercap, drivers/powercap/intel_rapl_common.c; docs/energy-model.md, Counters. */
#include "energy/sources/counter.h"
#include "energy/sources/powercap_zones.h"
#include "energy/sources/small_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double tick_s = 1e-3; /* the hardware refreshes its counters about so often */

/* A package may draw more than its limits for moments, never twice as much over a reading. */
static const double limit_overshoot = 2;
static const double highest_limit_w = 1000; /* firmware that sets no limit says 4,095 W */
enum { most_constraints = 4 };              /* long term, short term, peak */

typedef struct {
  gm_powercap_zone zone;
  int fd; /* energy_uj, −1 while the zone is gone */
  gm_counter counter;
  gm_zone_reading reading;
} open_zone;

typedef struct {
  char *sysfs_root;
  open_zone *zones;
  size_t n;
  bool partial; /* zones were left out because other sockets have none */
} powercap;

/* ---- opening ------------------------------------------------------------ */

/* max_energy_range_uj, or 0 where it says nothing: then no wrap is ever assumed. */
static uint64_t read_range(const char *directory) {
  uint64_t range_uj = 0;
  const int fd = gm_small_open(directory, "max_energy_range_uj");
  if (fd < 0) return 0;
  if (!gm_small_read(fd, &range_uj)) range_uj = 0;
  close(fd);
  return range_uj;
}

/* What the zone cannot draw more than: twice its highest limit, which all users may read, else `usual_w`. */
static double power_bound_w(const char *directory, double usual_w) {
  double highest_w = 0;
  for (int i = 0; i < most_constraints; i++) {
    char name[40], text[32];
    uint64_t limit_uw = 0;
    snprintf(name, sizeof name, "constraint_%d_power_limit_uw", i);
    if (gm_small_text(directory, name, text, sizeof text) && gm_small_parse(text, &limit_uw))
      highest_w = fmax(highest_w, (double)limit_uw * 1e-6);
  }
  return highest_w > 0 && highest_w < highest_limit_w ? fmin(limit_overshoot * highest_w, usual_w) : usual_w;
}

/* Opens the counter; false with the reason where it cannot be. */
static bool open_counter(open_zone *z, gm_reasons *reasons) {
  z->fd = gm_small_open(z->zone.path, "energy_uj");
  if (z->fd >= 0) return true;
  const bool denied = errno == EACCES || errno == EPERM;
  *reasons |= GM_REASON_BIT(denied ? GM_RAPL_DENIED : GM_READ_ERROR);
  return false;
}

/* Another control type already shows this piece of hardware. */
static bool is_duplicate(const powercap *p, const gm_powercap_zone *zone) {
  for (size_t i = 0; i < p->n; i++)
    if (gm_powercap_same(&p->zones[i].zone, zone) && strcmp(p->zones[i].zone.type, zone->type) != 0)
      return true;
  return false;
}

/* Takes the usable zones of `kind` out of the list, one control type per piece of hardware: first those
 * that give a number, then those that open and may give one later (drivers fail now and then). */
static void take_kind(powercap *p, gm_powercap_list *list, gm_powercap_kind kind, gm_reasons *reasons) {
  for (int patient = 0; patient <= 1; patient++) {
    for (size_t i = 0; i < list->n; i++) {
      open_zone candidate = {.zone = list->zones[i], .fd = -1};
      uint64_t value;
      if (candidate.zone.kind != kind || candidate.zone.path == NULL || is_duplicate(p, &candidate.zone))
        continue;
      if (!open_counter(&candidate, reasons)) continue;
      if (patient == 0 && !gm_small_read(candidate.fd, &value)) {
        close(candidate.fd);
        continue;
      }
      list->zones[i].path = NULL; /* now the open zone's */
      p->zones[p->n++] = candidate;
    }
  }
}

static void drop(powercap *p, size_t from) {
  p->partial = p->partial || p->n > from;
  while (p->n > from) {
    open_zone *z = &p->zones[--p->n];
    close(z->fd);
    free(z->zone.path);
  }
}

/* All packages or none: a sum over some of the sockets passes for the machine's. Their memory likewise. */
static bool has_all_packages(const powercap *p, const gm_powercap_list *list) {
  for (size_t i = 0; i < list->n; i++) {
    bool there = list->zones[i].kind != GM_ZONE_PACKAGE;
    for (size_t j = 0; j < p->n && !there; j++) there = gm_powercap_same(&p->zones[j].zone, &list->zones[i]);
    if (!there) return false;
  }
  return true;
}

static bool has_all_memory(const powercap *p) {
  for (size_t i = 0; i < p->n; i++) {
    bool there = p->zones[i].zone.kind != GM_ZONE_PACKAGE;
    for (size_t j = 0; j < p->n && !there; j++)
      there = p->zones[j].zone.kind == GM_ZONE_DRAM &&
              strcmp(p->zones[j].zone.parent, p->zones[i].zone.name) == 0;
    if (!there) return false;
  }
  return true;
}

/* Packages and their memory, as far as they can be had whole. */
static void take_packages(powercap *p, gm_powercap_list *list, gm_opening *opening) {
  take_kind(p, list, GM_ZONE_PACKAGE, &opening->reasons);
  if (!has_all_packages(p, list)) drop(p, 0);
  const size_t packages = p->n;
  if (packages > 0) take_kind(p, list, GM_ZONE_DRAM, &opening->reasons);
  if (!has_all_memory(p)) drop(p, packages);
}

/* AMD shows one socket counter under several dies: equal within this is one sensor (docs/energy-model.md,
 * Counters). */
static const double die_tolerance = 0.02;

/* Group of zones that may show one and the same counter: on AMD the dies of a socket, "package-N-die-M" -> N
 * + 1; anywhere zones that have their name twice. */
enum { most_packages = 10000 };

static int mirror_group(const gm_source_setup *setup, const powercap *p, const open_zone *z) {
  unsigned package, die;
  if (gm_host_is_amd(setup->host) && sscanf(z->zone.name, "package-%u-die-%u", &package, &die) == 2)
    return (int)(package % most_packages) + 1;
  for (size_t i = 0; i < p->n && i < most_packages; i++)
    if (&p->zones[i] != z && gm_powercap_same(&p->zones[i].zone, &z->zone)) {
      size_t first = 0;
      while (!gm_powercap_same(&p->zones[first].zone, &z->zone)) first++;
      return most_packages + 1 + (int)first;
    }
  return 0;
}

static void describe(const gm_source_setup *setup, const powercap *p, const open_zone *z, gm_zone *zone) {
  const gm_powercap_kind kind = z->zone.kind;
  *zone = (gm_zone){
      .component = kind == GM_ZONE_PACKAGE ? GM_CPU
                   : kind == GM_ZONE_DRAM  ? GM_RAM
                                           : GM_WALL,
      .measured = true,
      .mirror_group = mirror_group(setup, p, z),
      .tick_s = tick_s,
      .max_power_w = z->counter.max_power_w,
      .counter = true,
      .slack_s = GM_COUNTER_SLACK_S,
      .mirror_relative = die_tolerance,
      .range_uj = z->counter.range_uj,
      .max_gap_s = gm_counter_max_gap_s(z->counter.range_uj, z->counter.max_power_w),
      .sensor_relative = setup->priors.value[kind == GM_ZONE_DRAM          ? GM_PRIOR_DRAM
                                             : kind == GM_ZONE_PSYS        ? GM_PRIOR_PLATFORM
                                             : gm_host_is_amd(setup->host) ? GM_PRIOR_AMD_PACKAGE
                                                                           : GM_PRIOR_INTEL_PACKAGE],
      .low_factor = 1,
      .high_factor = 1,
  };
  if (z->zone.parent[0] != '\0')
    snprintf(zone->name, sizeof zone->name, "%s of %s", z->zone.name, z->zone.parent);
  else
    snprintf(zone->name, sizeof zone->name, "%s", z->zone.name);
}

static void powercap_close(void *state) {
  powercap *p = state;
  if (p == NULL) return;
  for (size_t i = 0; i < p->n; i++) {
    if (p->zones[i].fd >= 0) close(p->zones[i].fd);
    free(p->zones[i].zone.path);
  }
  free(p->zones);
  free(p->sysfs_root);
  free(p);
}

static void explain(const powercap *p, const gm_powercap_list *list, gm_opening *opening) {
  char *note = opening->note;
  const size_t size = sizeof opening->note;
  if (list->n == 0) {
    opening->reasons |= GM_REASON_BIT(GM_NO_RAPL);
    snprintf(note, size,
             "no powercap energy zones: a virtual machine, another architecture, or no RAPL driver");
  } else if ((opening->reasons & GM_REASON_BIT(GM_RAPL_DENIED)) != 0) {
    snprintf(
        note, size,
        "%zu of %zu zones readable; energy_uj is for root only. To let all users read it, as root: echo 'z "
        "/sys/class/powercap/*/energy_uj 0444' > /etc/tmpfiles.d/rapl.conf; systemd-tmpfiles "
        "--create rapl.conf (weigh CVE-2020-8694 first)",
        p->n, list->n);
  } else {
    snprintf(note, size, "%zu of %zu zones in use%s", p->n, list->n,
             p->partial ? "; those of some sockets alone are left out" : "");
  }
}

static gm_status powercap_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  gm_powercap_list list;
  gm_status status = gm_powercap_list_read(setup->sysfs_root, &list, err);
  if (status != GM_OK) return status;
  powercap *p = calloc(1, sizeof *p);
  if (p == NULL || (p->sysfs_root = strdup(setup->sysfs_root)) == NULL ||
      (p->zones = calloc(list.n + 1, sizeof *p->zones)) == NULL) {
    status = gm_fail_memory(err, "the powercap source");
    goto done;
  }
  if (setup->use_psys) take_kind(p, &list, GM_ZONE_PSYS, &opening->reasons);
  if (p->n == 0) take_packages(p, &list, opening);
  if (p->n == 0) take_kind(p, &list, GM_ZONE_PSYS, &opening->reasons);
  explain(p, &list, opening);
  if (p->n > opening->capacity) {
    snprintf(opening->note, sizeof opening->note, "%zu zones, more than the %zu there is room for", p->n,
             opening->capacity);
    opening->reasons |= GM_REASON_BIT(GM_READ_ERROR);
    goto done;
  }
  for (size_t i = 0; i < p->n; i++) {
    open_zone *z = &p->zones[i];
    const double usual_w = z->zone.kind == GM_ZONE_PSYS ? GM_PLATFORM_MAX_W : setup->max_package_w;
    z->counter =
        gm_counter_open(read_range(z->zone.path), power_bound_w(z->zone.path, usual_w), setup->now_ns);
    describe(setup, p, z, &opening->zones[i]);
  }
  opening->n_zones = p->n;
  if (p->n > 0) {
    opening->state = p;
    p = NULL;
  }
done:
  powercap_close(p);
  gm_powercap_list_free(&list);
  return status;
}

/* ---- reading ------------------------------------------------------------ */

/* Looks for the zone again: where it was, then under any index with the same name and parent. */
static void find_again(const powercap *p, open_zone *z) {
  gm_powercap_list list;
  if (gm_powercap_list_read(p->sysfs_root, &list, NULL) != GM_OK) return;
  for (size_t i = 0; i < list.n && z->fd < 0; i++) {
    gm_powercap_zone *other = &list.zones[i];
    if (!gm_powercap_same(&z->zone, other) || strcmp(z->zone.type, other->type) != 0) continue;
    z->fd = gm_small_open(other->path, "energy_uj");
    if (z->fd < 0) continue;
    free(z->zone.path);
    z->zone = *other;
    other->path = NULL;
  }
  gm_powercap_list_free(&list);
}

static void read_zone(const powercap *p, open_zone *z, const gm_tick *tick) {
  uint64_t value = 0;
  if (z->fd < 0) find_again(p, z);
  errno = 0;
  bool good = z->fd >= 0 && gm_small_read(z->fd, &value);
  if (z->fd >= 0 && gm_small_is_gone(z->fd, good ? 0 : errno)) {
    close(z->fd);
    z->fd = -1;
    find_again(p, z);
    good = z->fd >= 0 && gm_small_read(z->fd, &value);
    z->reading.gone++;
  } else if (z->fd < 0) {
    z->reading.gone++;
  }
  if (!good) z->reading.errors++;
  if (good)
    gm_counter_step(&z->counter, value, tick->time_ns, tick->suspended, &z->reading);
  else
    gm_counter_miss(&z->counter, tick->time_ns, tick->suspended, &z->reading);
}

static void powercap_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  powercap *p = state;
  for (size_t i = 0; i < p->n; i++) {
    read_zone(p, &p->zones[i], tick);
    readings[i] = p->zones[i].reading;
  }
}

const gm_source gm_powercap_source = {.open = powercap_open, .read = powercap_read, .close = powercap_close};
