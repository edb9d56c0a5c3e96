/* SPDX-License-Identifier: MIT
 * CPU energy where no counter measures it:
 *   P = P_idle + (P_full − P_idle) · u,   P_idle = 0.1 P_full unless stated.
 * Linear in the utilisation u, so that it is a cumulative counter and intervals add up:
 *   E = P_idle · t + (P_full − P_idle) · busy / n,   u · t = busy CPU time / online CPUs.
 * The busy time is the machine's, never less than the metered program's own (energy/process/busy_time.h): one
 * rule for runs of any length. Deviations from CodeCarbon's 0.1 + 0.9 load³: linear, and no sampling of
 * the load. */
#include "common/clock.h"
#include "energy/source.h"
#include "energy/sources/cpu_power.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const double idle_share = 0.1;

typedef struct {
  double full_w, idle_w;
  int default_cpus; /* where /proc/stat lists none */
  bool started;
  gm_tick last;
  double energy_j; /* since opening */
  gm_zone_reading reading;
} cpu_model;

static gm_status cpu_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  gm_cpu_power power;
  if (opening->capacity < 1) return GM_OK;
  const gm_status status = gm_cpu_power_find(setup, &power, err);
  if (status != GM_OK) return status;
  cpu_model *model = calloc(1, sizeof *model);
  if (model == NULL) return gm_fail_memory(err, "the CPU model");
  model->full_w = power.watts;
  model->idle_w = isnan(setup->cpu_idle_w) ? idle_share * power.watts : fmin(setup->cpu_idle_w, power.watts);
  model->default_cpus = setup->host->logical_cpus;
  const long user_hz = sysconf(_SC_CLK_TCK);
  gm_zone *zone = &opening->zones[0];
  *zone = (gm_zone){.component = GM_CPU,
                    .tick_s = 1.0 / (double)(user_hz > 0 ? user_hz : 100),
                    .max_power_w = power.watts,
                    .max_gap_s = INFINITY,
                    .low_factor = power.low,
                    .high_factor = power.high};
  snprintf(zone->name, sizeof zone->name, "%.64s by busy share of all CPUs", power.text);
  snprintf(opening->note, sizeof opening->note, "full load %.4g W (%s: %s), idle %.4g W", model->full_w,
           gm_power_basis_name(power.basis), power.text, model->idle_w);
  opening->state = model;
  opening->n_zones = 1;
  return GM_OK;
}

static void cpu_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  cpu_model *m = state;
  if (!m->started) m->last = *tick;
  m->started = true;
  const double cpus = tick->online_cpus > 0 ? tick->online_cpus : m->default_cpus;
  const double elapsed_s = gm_ns_to_s(tick->time_ns - m->last.time_ns);
  const double busy_s = gm_ns_to_s(tick->busy_ns - m->last.busy_ns);
  m->energy_j += m->idle_w * elapsed_s + (m->full_w - m->idle_w) * busy_s / cpus;
  if (!tick->stat_valid) m->reading.errors++;
  m->reading.energy_uj = (uint64_t)(m->energy_j * 1e6 + 0.5);
  readings[0] = m->reading;
  m->last = *tick;
}

const gm_source gm_cpu_model_source = {
    .name = "CPU model", .open = cpu_open, .read = cpu_read, .close = free};
