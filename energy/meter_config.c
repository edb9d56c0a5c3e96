/* SPDX-License-Identifier: MIT
 * The meter's configuration: defaults, environment, checks. Settings of users and files are
 * record/settings.c's. */
#include "common/clock.h"
#include "energy/meter_state.h"

#include "common/csv.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const double shortest_interval_s = 0.01, longest_interval_s = 10, largest_pue = 10;

static int64_t system_now_ns(void *context, clockid_t id) {
  (void)context;
  struct timespec now = {0};
  clock_gettime(id, &now);
  return gm_timespec_to_ns(now);
}

static gm_meter_config defaults(size_t size) {
  return (gm_meter_config){.size = size,
                           .sysfs_root = "/sys",
                           .proc_root = "/proc",
                           .clock = {.now_ns = system_now_ns},
                           .sampling_interval_s = 1,
                           .max_package_w = 1000,
                           .cpu_power_w = NAN,
                           .cpu_idle_w = NAN,
                           .ram_power_w = NAN,
                           .allocated_cpus = NAN,
                           .allocated_ram_gib = NAN,
                           .perf = gm_perf_api_system(),
                           .tick_probe_s = 0.5,
                           .pue = 1};
}

void gm_meter_config_init(gm_meter_config *config, size_t size) {
  const gm_meter_config all = defaults(size);
  memset(config, 0, size);
  memcpy(config, &all, size < sizeof all ? size : sizeof all);
}

/* A positive number in the environment, else NAN. */
static double positive(const char *name) {
  const char *text = getenv(name);
  double value;
  return text != NULL && gm_parse_double(text, &value) && value > 0 ? value : NAN;
}

/* A job's part of this node (sbatch(1): memory in MiB; SLURM_MEM_PER_NODE 0 is all of it). */
static void read_slurm(gm_meter_config *config) {
  const double mib_per_gib = 1024;
  if (getenv("SLURM_JOB_ID") == NULL) return;
  config->allocated_cpus = positive("SLURM_CPUS_ON_NODE");
  const double per_node = positive("SLURM_MEM_PER_NODE"), per_cpu = positive("SLURM_MEM_PER_CPU");
  config->allocated_ram_gib = (isnan(per_node) ? per_cpu * config->allocated_cpus : per_node) / mib_per_gib;
}

gm_status gm_meter_config_widen(const gm_meter_config *config, gm_meter_config *all, gm_error *err) {
  if (config->size < offsetof(gm_meter_config, clock) || config->size > sizeof *all)
    return gm_fail(
        err, GM_BAD_INPUT,
        "size: expected what gm_meter_config_default gives, at most %zu with this library, got %zu",
        sizeof *all, config->size);
  *all = defaults(sizeof *all);
  memcpy(all, config, config->size);
  all->size = sizeof *all;
  return GM_OK;
}

static void read_environment(gm_meter_config *config) {
  const char *sysfs = getenv("GREENMILE_SYSFS_ROOT"), *proc = getenv("GREENMILE_PROC_ROOT");
  const char *nvml = getenv("GREENMILE_NVML");
  if (sysfs != NULL && sysfs[0] != '\0') config->sysfs_root = sysfs;
  if (proc != NULL && proc[0] != '\0') config->proc_root = proc;
  if (nvml != NULL && nvml[0] != '\0') config->nvml_path = nvml;
  read_slurm(config);
  config->visible_gpus = (gm_visible_gpus){.cuda = getenv("CUDA_VISIBLE_DEVICES"),
                                           .rocr = getenv("ROCR_VISIBLE_DEVICES"),
                                           .hip = getenv("HIP_VISIBLE_DEVICES"),
                                           .ze = getenv("ZE_AFFINITY_MASK")}; /* empty says: none */
}

void gm_meter_config_environment(gm_meter_config *config) {
  gm_meter_config all;
  const size_t size = config->size;
  if (gm_meter_config_widen(config, &all, NULL) != GM_OK) return; /* opening says so */
  read_environment(&all);
  all.size = size;
  memcpy(config, &all, size);
}

gm_status gm_meter_config_check(const gm_meter_config *config, gm_error *err) {
  gm_meter_config all;
  const gm_meter_config *c = &all;
  if (gm_meter_config_widen(config, &all, err) != GM_OK) return GM_BAD_INPUT;
  if (c->sysfs_root == NULL || c->proc_root == NULL)
    return gm_fail(err, GM_BAD_INPUT, "sysfs_root and proc_root: expected a directory, e.g. /sys and /proc");
  if (c->clock.now_ns == NULL)
    return gm_fail(err, GM_BAD_INPUT, "clock: expected a function that tells the time");
  if (c->sampling_interval_s != 0 &&
      !(c->sampling_interval_s >= shortest_interval_s && c->sampling_interval_s <= longest_interval_s))
    return gm_fail(err, GM_BAD_INPUT, "sampling_interval_s: expected %g to %g seconds, or 0 for none, got %g",
                   shortest_interval_s, longest_interval_s, c->sampling_interval_s);
  if (!(c->tick_probe_s >= 0 && c->tick_probe_s <= longest_interval_s))
    return gm_fail(err, GM_BAD_INPUT, "tick_probe_s: expected 0 to %g seconds, got %g", longest_interval_s,
                   c->tick_probe_s);
  const gm_known_source *source = c->cpu_source != NULL ? gm_meter_known_source(c->cpu_source) : NULL;
  if (c->cpu_source != NULL && (source == NULL || source->role != GM_SOURCE_CPU))
    return gm_fail(err, GM_BAD_INPUT, "cpu_source: expected none" GM_CPU_SOURCE_CHOICES ", got \"%s\"",
                   c->cpu_source);
  if (c->perf.open == NULL || c->perf.read == NULL || c->perf.close == NULL)
    return gm_fail(err, GM_BAD_INPUT, "perf: expected the functions open, read and close");
  if (c->wall_file != NULL && c->wall_command != NULL)
    return gm_fail(err, GM_BAD_INPUT, "wall_file and wall_command: expected one external meter at most");
  if (!(c->max_package_w > 0 && isfinite(c->max_package_w)))
    return gm_fail(err, GM_BAD_INPUT, "max_package_w: expected a positive power in W, got %g",
                   c->max_package_w);
  if (!isnan(c->cpu_power_w) && !(c->cpu_power_w > 0 && isfinite(c->cpu_power_w)))
    return gm_fail(err, GM_BAD_INPUT, "cpu_power_w: expected a positive power in W, got %g", c->cpu_power_w);
  if (!isnan(c->cpu_idle_w) && !(c->cpu_idle_w >= 0 && isfinite(c->cpu_idle_w)))
    return gm_fail(err, GM_BAD_INPUT, "cpu_idle_w: expected a power of at least 0 W, got %g", c->cpu_idle_w);
  if (!isnan(c->cpu_idle_w) && !isnan(c->cpu_power_w) && c->cpu_idle_w > c->cpu_power_w)
    return gm_fail(err, GM_BAD_INPUT, "cpu_idle_w: expected at most cpu_power_w = %g W, got %g",
                   c->cpu_power_w, c->cpu_idle_w);
  if (!isnan(c->ram_power_w) && !(c->ram_power_w >= 0 && isfinite(c->ram_power_w)))
    return gm_fail(err, GM_BAD_INPUT, "ram_power_w: expected a power of at least 0 W, got %g",
                   c->ram_power_w);
  gm_priors priors = gm_priors_default();
  if (c->priors != NULL && gm_priors_parse(&priors, c->priors, err) != GM_OK) {
    gm_error_prefix(err, "priors");
    return GM_BAD_INPUT;
  }
  if (!(c->pue >= 1 && c->pue <= largest_pue))
    return gm_fail(err, GM_BAD_INPUT, "pue: expected a factor from 1 to %g, got %g", largest_pue, c->pue);
  return GM_OK;
}
