/* SPDX-License-Identifier: MIT
 * RAM where no counter measures it: constant power by installed memory, 0.3725 W per GiB
 * of MemTotal (Lannelongue et al., Green Algorithms, Advanced Science 2021, after
 * Karyakin & Salem, DaMoN 2017), or the user's watts. 95 % band ×/÷2 (energy/priors.h):
 * modules differ, and so does how hard they are used. */
#include "common/clock.h"
#include "energy/source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double watts_per_gib = 0.3725;

typedef struct {
  double power_w;
  int64_t start_ns;
  bool started;
} ram_model;

static gm_status ram_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  const bool stated = !isnan(setup->ram_power_w);
  if (opening->capacity < 1) return GM_OK;
  if (!stated && isnan(setup->host->ram_gib)) {
    snprintf(opening->note, sizeof opening->note, "the installed memory is not known");
    return GM_OK;
  }
  ram_model *model = calloc(1, sizeof *model);
  if (model == NULL) return gm_fail_memory(err, "the RAM model");
  model->power_w = stated ? setup->ram_power_w : watts_per_gib * setup->host->ram_gib;
  const double *prior = setup->priors.value;
  const double band = stated ? 1 + 2 * prior[GM_PRIOR_STATED] : prior[GM_PRIOR_RAM];
  gm_zone *zone = &opening->zones[0];
  *zone = (gm_zone){.component = GM_RAM,
                    .max_power_w = model->power_w,
                    .max_gap_s = INFINITY,
                    .low_factor = stated ? 2 - band : 1 / band,
                    .high_factor = band};
  if (stated)
    snprintf(zone->name, sizeof zone->name, "RAM %.4g W as stated", model->power_w);
  else
    snprintf(zone->name, sizeof zone->name, "RAM %.4g GiB x %.4f W", setup->host->ram_gib, watts_per_gib);
  opening->state = model;
  opening->n_zones = 1;
  return GM_OK;
}

static void ram_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  ram_model *model = state;
  if (!model->started) model->start_ns = tick->time_ns;
  model->started = true;
  readings[0] = (gm_zone_reading){
      .energy_uj = (uint64_t)(model->power_w * (gm_ns_to_s(tick->time_ns - model->start_ns)) * 1e6)};
}

const gm_source gm_ram_model_source = {
    .name = "RAM model", .open = ram_open, .read = ram_read, .close = free};
