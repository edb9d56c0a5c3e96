/* SPDX-License-Identifier: MIT
 * RAM where a counter measures the CPU and none the memory: the RAM's part of the wall model's lines
 * (energy/sources/power_lines.h), 0.136 W per GiB idle and 0.251 W at full load, or the user's watts. The
 * band is a judgement: half of that to what six servers with counters for their memory showed (AWS bare
 * metal, measured by Teads: 0.13 to 0.25 W per GB idle, 0.66 to 1.10 W under a stress test). */
#include "energy/sources/load_time.h"
#include "energy/sources/power_lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double low = 0.5, high_idle = 2.0, high_load = 4.4;

enum { IDLE, LOAD, n_parts };

typedef struct {
  double power_w[n_parts];
  gm_load_time time;
} ram_model;

static gm_status ram_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  const gm_power_lines *l = setup->power_lines;
  const bool stated = !isnan(setup->ram_power_w);
  if (opening->capacity < n_parts) return GM_OK;
  if (!stated && !(l->ram_gib > 0)) {
    snprintf(opening->note, sizeof opening->note, "the installed memory is not known");
    return GM_OK;
  }
  ram_model *model = calloc(1, sizeof *model);
  if (model == NULL) return gm_fail_memory(err, "the RAM model");
  const double band = 2 * setup->priors.value[GM_PRIOR_STATED];
  /* The counter is of the whole machine, and so is this. */
  const double whole = stated ? 1 : setup->host->ram_gib / l->ram_gib;
  model->power_w[IDLE] = l->ram_idle_w * whole;
  model->power_w[LOAD] = l->ram_full_w * whole;
  model->time.cpus = setup->host->logical_cpus;
  for (int i = 0; i < n_parts; i++)
    opening->zones[i] = (gm_zone){.component = GM_RAM,
                                  .max_power_w = model->power_w[i],
                                  .max_gap_s = INFINITY,
                                  .low_factor = stated ? 1 - band : low,
                                  .high_factor = stated      ? 1 + band
                                                 : i == IDLE ? high_idle
                                                             : high_load};
  if (stated)
    snprintf(opening->zones[IDLE].name, GM_ZONE_NAME, "RAM as stated, idle %.3g W", model->power_w[IDLE]);
  else
    snprintf(opening->zones[IDLE].name, GM_ZONE_NAME, "RAM %.4g GiB, idle %.3g W", setup->host->ram_gib,
             model->power_w[IDLE]);
  snprintf(opening->zones[LOAD].name, GM_ZONE_NAME, "at full load %.3g W", model->power_w[LOAD]);
  opening->state = model;
  opening->n_zones = n_parts;
  return GM_OK;
}

static void ram_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  ram_model *model = state;
  gm_load_time_step(&model->time, tick);
  const double seconds[n_parts] = {[IDLE] = model->time.idle_s, [LOAD] = model->time.load_s};
  for (int i = 0; i < n_parts; i++)
    readings[i] = (gm_zone_reading){.energy_uj = (uint64_t)(model->power_w[i] * seconds[i] * 1e6 + 0.5)};
}

const gm_source gm_ram_model_source = {.open = ram_open, .read = ram_read, .close = free};
