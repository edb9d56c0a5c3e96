/* SPDX-License-Identifier: MIT
 * Pairs of zones, idle part and load part (energy/sources/power_model.c, ram_model.c), by load_time.c. Their
 * times at the first reading are not in the log: only what passes since is worked out, and that is all that a
 * run is made of. */
#include "energy/record/replay_models.h"

#include "energy/record/replay_meter.h"
#include "energy/sources/load_time.h"

#include <math.h>

static const double uj_per_j = 1e6;

/* Two roundings to a whole microjoule, of the first reading and of this one. */
static const double rounding_uj = 2;

/* Busy time comes in ticks, so at the first reading the idle part may stand above what has passed less the
 * busy time; by no more than this where the kernel counts a tick late. */
static const double longest_lag_s = 1;

/* The time that models go by: when the reading began. */
static gm_tick tick_of(const gm_replay *replay, const gm_reading *r) {
  bool counted = false;
  for (size_t z = 0; z < replay->meter->n_zones; z++) counted = counted || replay->meter->zones[z].measured;
  return (gm_tick){.time_ns = counted ? r->time_ns - r->width_ns / 2 : r->time_ns,
                   .busy_ns = r->busy_ns,
                   .process_cpu_ns = r->process_cpu_ns,
                   .online_cpus = r->online_cpus};
}

static gm_load_time started(const gm_replay *replay, const gm_load_time *like) {
  gm_load_time time = *like;
  gm_tick first = tick_of(replay, &replay->readings[0]);
  gm_load_time_step(&time, &first);
  return time;
}

static double since_first_uj(const gm_replay *replay, size_t i, size_t zone) {
  return (double)replay->readings[i].zones[zone].energy_uj -
         (double)replay->readings[0].zones[zone].energy_uj;
}

/* How far the idle time stood above elapsed − load at the first reading: told by where it moves again; where
 * it never does, it stood above all that came. */
static double lag_s(const gm_replay *replay, size_t idle, const gm_load_time *like) {
  const double power_w = replay->meter->zones[idle].max_power_w;
  gm_load_time time = started(replay, like);
  for (size_t i = 1; i < replay->n; i++) {
    const gm_tick tick = tick_of(replay, &replay->readings[i]);
    const double logged_uj = since_first_uj(replay, i, idle);
    gm_load_time_step(&time, &tick);
    if (logged_uj <= rounding_uj) continue;
    const double lag = time.idle_s - logged_uj / uj_per_j / power_w;
    return lag > 0 && lag <= longest_lag_s ? lag : 0;
  }
  return time.idle_s <= longest_lag_s ? time.idle_s : 0;
}

static void set_energy(gm_replay *replay, size_t i, size_t zone, double seconds) {
  gm_zone_reading *z = &replay->readings[i].zones[zone];
  const double first_uj = (double)replay->readings[0].zones[zone].energy_uj;
  const double follows_uj = first_uj + replay->meter->zones[zone].max_power_w * seconds * uj_per_j;
  if (fabs((double)z->energy_uj - follows_uj) <= rounding_uj) return; /* as logged, to the last digit */
  z->energy_uj = (uint64_t)(follows_uj + 0.5);
  replay->differences++;
}

static void recompute_pair(gm_replay *replay, size_t idle, const gm_load_time *like) {
  gm_load_time time = started(replay, like);
  time.elapsed_s = -lag_s(replay, idle, like);
  for (size_t i = 1; i < replay->n; i++) {
    const gm_tick tick = tick_of(replay, &replay->readings[i]);
    gm_load_time_step(&time, &tick);
    set_energy(replay, i, idle, time.idle_s);
    set_energy(replay, i, idle + 1, time.load_s);
  }
}

void gm_replay_models(gm_replay *replay, double own_cpus) {
  const gm_meter *m = replay->meter;
  for (size_t s = 0; s < m->n_sources; s++) {
    const gm_open_source *source = &m->sources[s];
    if (source->source->role != GM_SOURCE_MODEL) continue;
    for (size_t z = source->first; z + 1 < source->first + source->n; z += 2) {
      const bool own = gm_is_power_model(source) && m->zones[z + 1].tick_s == 0; /* no ticks of /proc/stat */
      const gm_load_time like = {.own_time = own, .cpus = own ? own_cpus : m->host.logical_cpus};
      if (like.cpus > 0) recompute_pair(replay, z, &like);
    }
  }
}
