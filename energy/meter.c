/* SPDX-License-Identifier: MIT
 * The meter's life cycle, its readings and its background thread. What happens between
 * two readings is interval.c. */
#include "common/clock.h"
#include "energy/meter_state.h"

#include "energy/process/memory_limit.h"
#include "energy/sources/gpu_choice.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const gm_known_source *gm_meter_known_source(const char *name) {
  const gm_known_source *source = NULL;
  for (size_t i = 0; (source = gm_source_at(i)) != NULL && strcmp(source->name, name) != 0; i++) continue;
  return source;
}

/* CLOCK_BOOTTIME runs ahead of CLOCK_MONOTONIC only while the machine sleeps; the two are
 * read one after the other, so allow for a preempted thread. */
static const int64_t least_sleep_ns = 100000000;

/* ---- readings --------------------------------------------------------- */

static int64_t now_ns(const gm_meter *m, clockid_t id) {
  return m->clock.now_ns(m->clock.context, id);
}

/* With the lock held, but for the very first reading. */
void gm_meter_take(gm_meter *m, gm_reading *r) {
  const int64_t before = now_ns(m, CLOCK_MONOTONIC);
  const int64_t asleep = now_ns(m, CLOCK_BOOTTIME) - before;
  const bool suspended = asleep - m->asleep_ns > least_sleep_ns;
  m->asleep_ns = asleep;
  if (suspended) m->suspends++;
  const bool stat_valid = gm_proc_stat_read(&m->stat);
  const int online_cpus = m->stat.online_cpus > 0 ? m->stat.online_cpus : m->host.logical_cpus;
  const int64_t own_ns = now_ns(m, CLOCK_PROCESS_CPUTIME_ID);
  gm_busy_time_step(&m->busy, m->stat.busy_ns, own_ns, (int64_t)m->stat.ns_per_tick * online_cpus);
  const gm_tick tick = {.time_ns = before,
                        .suspended = suspended,
                        .stat_valid = stat_valid,
                        .busy_ns = m->busy.busy_ns,
                        .process_cpu_ns = own_ns,
                        .online_cpus = online_cpus};
  *r = (gm_reading){.busy_ns = tick.busy_ns,
                    .process_cpu_ns = tick.process_cpu_ns,
                    .online_cpus = tick.online_cpus,
                    .stat_valid = stat_valid,
                    .suspends = m->suspends,
                    .n_zones = (uint32_t)m->n_zones};
  for (size_t i = 0; i < m->n_sources; i++)
    if (m->sources[i].n > 0)
      m->sources[i].source->functions->read(m->sources[i].state, &tick, &r->zones[m->sources[i].first]);
  const int64_t after = now_ns(m, CLOCK_MONOTONIC);
  /* Counters hold at some moment between the two; a model holds at the tick's, exactly. */
  r->time_ns = m->counted ? before + (after - before) / 2 : before;
  r->width_ns = after - before;
  if (m->observer.reading != NULL) m->observer.reading(m->observer.context, r);
}

void gm_meter_read(gm_meter *m, gm_reading *reading) {
  if (getpid() != m->owner) {
    *reading = (gm_reading){0};
    return;
  }
  pthread_mutex_lock(&m->lock);
  gm_meter_take(m, reading);
  pthread_mutex_unlock(&m->lock);
}

/* ---- background thread ------------------------------------------------ */

static struct timespec timespec_of(int64_t ns) {
  return (struct timespec){.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};
}

static int64_t real_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return gm_timespec_to_ns(now);
}

/* Reads on absolute deadlines; one that was missed is not made up for. */
static void *sample(void *context) {
  gm_meter *m = context;
  int64_t deadline_ns = real_now_ns() + m->sampling_ns;
  pthread_mutex_lock(&m->lock);
  while (!m->stop) {
    const struct timespec deadline = timespec_of(deadline_ns);
    if (pthread_cond_timedwait(&m->wake, &m->lock, &deadline) != ETIMEDOUT || m->stop) continue;
    gm_meter_take(m, &m->scratch);
    const int64_t late_ns = real_now_ns() - deadline_ns;
    deadline_ns += m->sampling_ns * (1 + (late_ns > 0 ? late_ns / m->sampling_ns : 0));
  }
  pthread_mutex_unlock(&m->lock);
  return NULL;
}

/* The thread takes no signals: they are the program's. */
static gm_status start_sampler(gm_meter *m, gm_error *err) {
  sigset_t every, before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  const int failed = pthread_create(&m->sampler, NULL, sample, m);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (failed != 0) return gm_fail(err, GM_IO_ERROR, "cannot start the meter's thread: %s", strerror(failed));
  m->has_sampler = true;
  return GM_OK;
}

/* ---- life cycle ------------------------------------------------------- */

/* Whether the user wants `source`. */
static bool is_wanted(const gm_known_source *source, const gm_meter_config *config) {
  if (source->role == GM_SOURCE_WALL || source->role == GM_SOURCE_MODEL) return true;
  if (config->model_only) return false;
  return source->role == GM_SOURCE_DEVICE || config->cpu_source == NULL ||
         strcmp(config->cpu_source, source->name) == 0;
}

/* Whether a source of this role may have that zone. */
static bool is_allowed(gm_source_role role, const gm_zone *zone) {
  if (!zone->measured) return role == GM_SOURCE_MODEL;
  switch (role) {
  case GM_SOURCE_CPU:
    return zone->component != GM_GPU;
  case GM_SOURCE_DEVICE:
    return zone->component == GM_GPU || zone->component == GM_WALL; /* a module with its processor */
  case GM_SOURCE_WALL:
    return zone->component == GM_WALL;
  case GM_SOURCE_MODEL:
    return false;
  }
  return false;
}

static gm_status check_zones(const gm_known_source *source, const gm_zone *zones, size_t n, gm_error *err) {
  for (size_t i = 0; i < n; i++)
    if (!is_allowed(source->role, &zones[i]))
      return gm_fail(err, GM_FAILED, "%s: its zone \"%s\" (%s, %s) is not of its role in GM_SOURCES",
                     source->name, zones[i].name, gm_component_name(zones[i].component),
                     zones[i].measured ? "measured" : "modelled");
  return GM_OK;
}

static gm_status open_sources(gm_meter *m, const gm_meter_config *config, gm_error *err) {
  gm_gpu_choice gpus;
  gm_gpu_choice_parse(&gpus, config->gpus);
  gm_source_setup setup = {.sysfs_root = config->sysfs_root,
                           .host = &m->host,
                           .now_ns = now_ns(m, CLOCK_MONOTONIC),
                           .max_package_w = config->max_package_w,
                           .cpu_power_w = config->cpu_power_w,
                           .cpu_idle_w = config->cpu_idle_w,
                           .ram_power_w = config->ram_power_w,
                           .allocated_cpus = config->allocated_cpus,
                           .allocated_ram_gib = config->allocated_ram_gib,
                           .ram_limit_gib = gm_memory_limit_gib(config->sysfs_root, config->proc_root),
                           .power_lines = &m->power_lines,
                           .use_psys = config->use_psys,
                           .priors = m->priors,
                           .perf = config->perf,
                           .wall_file = config->wall_file,
                           .wall_command = config->wall_command,
                           .nvml_path = config->nvml_path,
                           .gpus = config->gpus != NULL ? &gpus : NULL,
                           .visible = config->visible_gpus};
  gm_status status = gm_power_lines_find(&setup, &m->power_lines, err);
  if (status != GM_OK) return status;
  const gm_known_source *source;
  for (size_t i = 0; (source = gm_source_at(i)) != NULL; i++) {
    gm_open_source *s = &m->sources[m->n_sources++];
    gm_opening opening = {.zones = &m->zones[m->n_zones], .capacity = GM_MAX_ZONES - m->n_zones};
    *s = (gm_open_source){.source = source, .first = m->n_zones, .note = "not asked for"};
    if (!is_wanted(source, config)) continue;
    status = source->functions->open(&setup, &opening, err);
    if (status != GM_OK) return status;
    s->state = opening.state;
    status = check_zones(source, opening.zones, opening.n_zones, err);
    if (status != GM_OK) return status;
    s->n = opening.n_zones;
    s->reasons = opening.reasons;
    memcpy(s->note, opening.note, sizeof s->note);
    for (size_t z = m->n_zones; z < m->n_zones + s->n; z++) m->counted = m->counted || m->zones[z].measured;
    m->n_zones += s->n;
  }
  const char *unknown = gm_gpu_choice_unknown(&gpus);
  if (config->gpus == NULL || config->model_only || unknown == NULL) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "gpus: \"%s\" is not here: %d GPU%s, counted from 0 (see track detect)",
                 unknown, gpus.seen, gpus.seen == 1 ? "" : "s");
}

/* CPUs this process may run on, `online` at most; all where the kernel does not say (more than 1,024). */
static int allowed_cpus(int online) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return online;
  const int allowed = CPU_COUNT(&set);
  return allowed < online ? allowed : online;
}

gm_status gm_meter_open(gm_meter **meter, const gm_meter_config *as_known, gm_error *err) {
  *meter = NULL;
  gm_meter_config all;
  const gm_meter_config *config = &all;
  gm_status status = gm_meter_config_check(as_known, err);
  if (status == GM_OK) status = gm_meter_config_widen(as_known, &all, err);
  if (status != GM_OK) return status;
  gm_meter *m = calloc(1, sizeof *m);
  if (m == NULL) return gm_fail_memory(err, "the energy meter");
  m->owner = getpid();
  m->clock = config->clock;
  m->observer = config->observer;
  m->pue = config->pue;
  m->priors = gm_priors_default();
  if (config->priors != NULL) (void)gm_priors_parse(&m->priors, config->priors, NULL); /* checked above */
  m->stat.fd = -1;
  m->idle = gm_idle_power_unknown();
  m->idle_billing = config->idle_billing;
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&m->wake, &monotonic);
  pthread_condattr_destroy(&monotonic);
  pthread_mutex_init(&m->lock, NULL);
  gm_host_read(config->proc_root, &m->host);
  m->cores_share = (double)allowed_cpus(m->host.logical_cpus) / m->host.logical_cpus;
  status = gm_proc_stat_open(&m->stat, config->proc_root, err);
  if (status == GM_OK) status = open_sources(m, config, err);
  if (status == GM_OK) {
    m->asleep_ns = now_ns(m, CLOCK_BOOTTIME) - now_ns(m, CLOCK_MONOTONIC);
    gm_meter_take(m, &m->scratch); /* every counter starts from here */
    gm_probe_ticks(m, config->tick_probe_s);
    double max_gap_s = INFINITY;
    for (size_t i = 0; i < m->n_zones; i++) max_gap_s = fmin(max_gap_s, m->zones[i].max_gap_s);
    m->sampling_ns = (int64_t)(fmin(config->sampling_interval_s, max_gap_s) * 1e9);
    if (config->sampling_interval_s > 0 && isfinite(max_gap_s)) status = start_sampler(m, err);
  }
  if (status != GM_OK)
    gm_meter_close(m);
  else
    *meter = m;
  return status;
}

void gm_meter_close(gm_meter *m) {
  if (m == NULL) return;
  const bool owner = getpid() == m->owner;
  if (owner && m->has_sampler) {
    pthread_mutex_lock(&m->lock);
    m->stop = true;
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->sampler, NULL);
  }
  for (size_t i = 0; i < m->n_sources; i++) m->sources[i].source->functions->close(m->sources[i].state);
  gm_proc_stat_close(&m->stat);
  if (owner) { /* in a child the thread that may hold them does not exist */
    pthread_cond_destroy(&m->wake);
    pthread_mutex_destroy(&m->lock);
  }
  free(m);
}

/* ---- what it consists of ---------------------------------------------- */

const gm_host *gm_meter_host(const gm_meter *m) {
  return &m->host;
}

void gm_meter_set_idle(gm_meter *m, const gm_idle_power *idle) {
  m->idle = *idle;
}

const gm_priors *gm_meter_priors(const gm_meter *m) {
  return &m->priors;
}

bool gm_energy_is_own(const gm_meter *m, const gm_energy *e) {
  return m != NULL && e->measured_j <= 0 && gm_meter_power_lines(m)->own_time;
}

const gm_power_lines *gm_meter_power_lines(const gm_meter *m) {
  return &m->power_lines;
}

const gm_clock *gm_meter_clock(const gm_meter *m) {
  return &m->clock;
}

size_t gm_meter_n_zones(const gm_meter *m) {
  return m->n_zones;
}

const gm_zone *gm_meter_zone(const gm_meter *m, size_t index) {
  return &m->zones[index];
}

const gm_open_source *gm_meter_source_of(const gm_meter *m, size_t index) {
  size_t i = 0;
  while (index >= m->sources[i].first + m->sources[i].n) i++;
  return &m->sources[i];
}

const char *gm_meter_zone_source(const gm_meter *m, size_t index) {
  return gm_meter_source_of(m, index)->source->name;
}

size_t gm_meter_source_index(const gm_meter *m, size_t zone) {
  return (size_t)(gm_meter_source_of(m, zone) - m->sources);
}

size_t gm_meter_n_sources(const gm_meter *m) {
  return m->n_sources;
}

gm_source_report gm_meter_source(const gm_meter *m, size_t index) {
  const gm_open_source *s = &m->sources[index];
  return (gm_source_report){
      .source = s->source->name, .usable = s->n > 0, .reasons = s->reasons, .note = s->note};
}
