/* SPDX-License-Identifier: MIT
 * CPU energy where no counter measures it:
 *   P = P_idle + (P_full − P_idle) · u,   P_idle = 0.1 P_full unless stated.
 * Linear in the utilisation u, so that it is a cumulative counter and intervals add up:
 *   E = P_idle · t + (P_full − P_idle) · busy / n,   u · t = busy CPU time / online CPUs.
 * Two zones, one per kind of utilisation; the meter counts one of them. Deviations from
 * CodeCarbon's 0.1 + 0.9 load³: linear, and no sampling of the load. */
#include "common/clock.h"
#include "energy/source.h"
#include "energy/sources/cpu_power.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const double idle_share = 0.1;

enum { machine, process, n_models };

typedef struct {
  double full_w, idle_w;
  int default_cpus; /* where /proc/stat lists none */
  bool started;
  gm_tick last;
  double energy_j[n_models]; /* since opening */
  gm_zone_reading reading[n_models];
} cpu_model;

static gm_status cpu_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  static const char *const follows[n_models] = {"busy share of all CPUs", "own CPU time"};
  static const gm_utilisation kinds[n_models] = {GM_MACHINE_BUSY, GM_PROCESS_CPU};
  gm_cpu_power power;
  if (opening->capacity < n_models) return GM_OK;
  const gm_status status = gm_cpu_power_find(setup, &power, err);
  if (status != GM_OK) return status;
  cpu_model *model = calloc(1, sizeof *model);
  if (model == NULL) return gm_fail_memory(err, "the CPU model");
  model->full_w = power.watts;
  model->idle_w = isnan(setup->cpu_idle_w) ? idle_share * power.watts : fmin(setup->cpu_idle_w, power.watts);
  model->default_cpus = setup->host->logical_cpus;
  const long user_hz = sysconf(_SC_CLK_TCK);
  for (int i = 0; i < n_models; i++) {
    gm_zone *zone = &opening->zones[i];
    *zone = (gm_zone){.component = GM_CPU,
                      .utilisation = kinds[i],
                      .tick_s = i == machine ? 1.0 / (double)(user_hz > 0 ? user_hz : 100) : 0,
                      .max_power_w = power.watts,
                      .max_gap_s = INFINITY,
                      .low_factor = power.low,
                      .high_factor = power.high};
    snprintf(zone->name, sizeof zone->name, "%.64s by %s", power.text, follows[i]);
  }
  snprintf(opening->note, sizeof opening->note, "full load %.4g W (%s: %s), idle %.4g W", model->full_w,
           gm_power_basis_name(power.basis), power.text, model->idle_w);
  opening->state = model;
  opening->n_zones = n_models;
  return GM_OK;
}

static void cpu_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  cpu_model *m = state;
  if (!m->started) m->last = *tick;
  m->started = true;
  const double cpus = tick->online_cpus > 0 ? tick->online_cpus : m->default_cpus;
  const double elapsed_s = gm_ns_to_s(tick->time_ns - m->last.time_ns);
  const double busy_s[n_models] = {[machine] = gm_ns_to_s(tick->busy_ns - m->last.busy_ns),
                                   [process] = gm_ns_to_s(tick->process_cpu_ns - m->last.process_cpu_ns)};
  for (int i = 0; i < n_models; i++) {
    m->energy_j[i] += m->idle_w * elapsed_s + (m->full_w - m->idle_w) * busy_s[i] / cpus;
    if (i == machine && !tick->stat_valid) m->reading[i].errors++;
    m->reading[i].energy_uj = (uint64_t)(m->energy_j[i] * 1e6 + 0.5);
    readings[i] = m->reading[i];
  }
  m->last = *tick;
}

const gm_source gm_cpu_model_source = {
    .name = "CPU model", .open = cpu_open, .read = cpu_read, .close = free};
