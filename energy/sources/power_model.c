/* SPDX-License-Identifier: MIT
 * Wall power where nothing measures it, by the lines of energy/sources/power_lines.h:
 *   E = W0 · (t − busy / n) + W100 · busy / n,   busy the CPU time in t, n the CPUs.
 * Four zones, each with a band of its own: idle part and load part of CPU (with the rest of the machine) and
 * of RAM. The busy time is the machine's, never less than the metered program's own
 * (energy/process/proc_stat.h): one rule for runs of any length; of a batch job that holds part of the CPUs
 * the program's own over those. Deviations from CodeCarbon's 0.1 + 0.9 load³: the wall instead of the CPU,
 * linear, no sampling of the load. */
#include "energy/sources/load_time.h"
#include "energy/sources/power_lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CPU_IDLE, CPU_LOAD, RAM_IDLE, RAM_LOAD, n_parts };

typedef struct {
  double power_w[n_parts];
  int n_zones;
  gm_load_time time;
  uint32_t errors;
} power_model;

static void name_zones(const gm_power_lines *l, const power_model *m, gm_zone *zones) {
  snprintf(zones[CPU_IDLE].name, GM_ZONE_NAME, "%.60s, idle %.3g W", l->text, m->power_w[CPU_IDLE]);
  snprintf(zones[CPU_LOAD].name, GM_ZONE_NAME, "at full load %.3g W", m->power_w[CPU_LOAD]);
  if (m->n_zones <= RAM_IDLE) return;
  snprintf(zones[RAM_IDLE].name, GM_ZONE_NAME, "RAM %.4g GiB, idle %.3g W", l->ram_gib, m->power_w[RAM_IDLE]);
  snprintf(zones[RAM_LOAD].name, GM_ZONE_NAME, "at full load %.3g W", m->power_w[RAM_LOAD]);
}

static gm_status model_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  const gm_power_lines *l = setup->power_lines;
  if (opening->capacity < n_parts) return GM_OK;
  power_model *m = calloc(1, sizeof *m);
  if (m == NULL) return gm_fail_memory(err, "the power model");
  m->power_w[CPU_IDLE] = l->idle_w - l->ram_idle_w;
  m->power_w[CPU_LOAD] = l->full_w - l->ram_full_w;
  m->power_w[RAM_IDLE] = l->ram_idle_w;
  m->power_w[RAM_LOAD] = l->ram_full_w;
  m->time = (gm_load_time){.own_time = l->own_time, .cpus = l->cpus};
  m->n_zones = l->ram_full_w > 0 ? n_parts : RAM_IDLE;
  const long user_hz = sysconf(_SC_CLK_TCK);
  for (int i = 0; i < m->n_zones; i++) {
    const bool idle = i == CPU_IDLE || i == RAM_IDLE;
    opening->zones[i] =
        (gm_zone){.component = i < RAM_IDLE ? GM_CPU : GM_RAM,
                  .tick_s = idle || l->own_time ? 0 : 1.0 / (double)(user_hz > 0 ? user_hz : 100),
                  .max_power_w = m->power_w[i],
                  .max_gap_s = INFINITY,
                  .low_factor = idle ? l->low_idle : l->low_full,
                  .high_factor = idle ? l->high_idle : l->high_full};
  }
  name_zones(l, m, opening->zones);
  gm_power_lines_describe(l, opening->note, sizeof opening->note);
  opening->state = m;
  opening->n_zones = (size_t)m->n_zones;
  return GM_OK;
}

static void model_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  power_model *m = state;
  gm_load_time_step(&m->time, tick);
  if (!tick->stat_valid && !m->time.own_time) m->errors++;
  for (int i = 0; i < m->n_zones; i++) {
    const double seconds = i == CPU_IDLE || i == RAM_IDLE ? m->time.idle_s : m->time.load_s;
    readings[i] =
        (gm_zone_reading){.energy_uj = (uint64_t)(m->power_w[i] * seconds * 1e6 + 0.5), .errors = m->errors};
  }
}

const gm_source gm_power_model_source = {.open = model_open, .read = model_read, .close = free};
