/* SPDX-License-Identifier: MIT
 * Inside of the meter, for the meter's own files only. */
#ifndef ENERGY_METER_STATE_H
#define ENERGY_METER_STATE_H

#include "energy/meter.h"
#include "energy/process/proc_stat.h"

#include <pthread.h>
#include <sys/types.h>

#define GM_MAX_SOURCES 16

typedef struct {
  const gm_known_source *source;
  void *state;
  size_t first, n; /* its zones */
  gm_reasons reasons;
  char note[GM_NOTE_LENGTH];
} gm_open_source;

struct gm_meter {
  /* Set while opening, then only read. */
  pid_t owner; /* the process that opened it: after fork() the handle is inert */
  gm_clock clock;
  gm_observer observer;
  double pue;
  gm_priors priors;
  gm_power_lines power_lines; /* of the wall model */
  gm_host host;
  gm_idle_power idle;
  gm_idle_billing idle_billing;
  double cores_share;                     /* CPUs this process may run on / online CPUs */
  gm_open_source sources[GM_MAX_SOURCES]; /* in order of preference */
  size_t n_sources;
  gm_zone zones[GM_MAX_ZONES];
  size_t n_zones;
  bool counted; /* at least one zone is a counter, not a model */
  bool has_sampler;
  int64_t sampling_ns;
  pthread_t sampler;

  /* Under `lock`. */
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool stop;
  gm_proc_stat stat;
  gm_busy_time busy;
  int64_t asleep_ns; /* CLOCK_BOOTTIME − CLOCK_MONOTONIC when last looked at */
  uint32_t suspends;
  gm_reading scratch; /* of the sampler */
};

/* The configuration with the members its caller does not know at their defaults; GM_BAD_INPUT where its size
 * is none. */
gm_status gm_meter_config_widen(const gm_meter_config *config, gm_meter_config *all, gm_error *err);

/* A reading, with the lock held or before anybody else knows the meter. */
void gm_meter_take(gm_meter *meter, gm_reading *reading);

/* Finds tick_s of the counters by watching them, for limit_s at most; marks those that stand still as
 * frozen (energy/tick_probe.c). While opening. */
void gm_probe_ticks(gm_meter *meter, double limit_s);

/* The source called `name`, NULL: none is. */
const gm_known_source *gm_meter_known_source(const char *name);

/* The source that zone `index` belongs to. */
const gm_open_source *gm_meter_source_of(const gm_meter *meter, size_t index);

/* The power model is of the whole machine, the other models are of a part. */
static inline bool gm_is_power_model(const gm_open_source *source) {
  return source->source->functions == &gm_power_model_source;
}

#endif
