/* SPDX-License-Identifier: MIT
 * The energy meter: open, take a reading whenever you like, ask for the energy
 * between any two readings. Energies of adjoining intervals that are asked for on
 * the same basis add up exactly, so epochs sum to their run.
 *
 *   gm_reading start, epoch[N];
 *   gm_meter_read(meter, &start);  …  gm_meter_read(meter, &epoch[i]);  …
 *   const gm_basis basis = gm_meter_basis(meter, &start, &epoch[N - 1]);      the whole run's
 *   gm_meter_between(meter, &start, &epoch[N - 1], &basis, &run);             energy_j of the run
 *   gm_meter_between(meter, &epoch[i - 1], &epoch[i], &basis, &one);          energy_j of one epoch
 *   gm_meter_between(meter, &start, &now, NULL, &so_far);                     live, on its own basis
 *
 * Threads: gm_meter_read may be called from any thread; gm_meter_basis, _between and
 * the texts look at nothing that changes. A background thread reads the counters often
 * enough that none wraps unseen. No signal handlers, no globals. After fork() the
 * child's handle is inert: readings are empty, only gm_meter_close may follow.
 *
 * Uncertainty (95 %): measured zones 2·sqrt(u_tick² + u_sensor²), u_tick = (2 τ/T)/√3 (a
 * bound taken as uniform), u_sensor by sensor class (Intel package 5 %, AMD package 10 %,
 * DRAM 15 %, psys 10 %; energy/priors.h); the power model by bands whose coverage was
 * counted (energy/sources/power_lines.h). What passed unseen (resets,
 * holes) widens the interval by what the hardware could at most have drawn. Components
 * add bound by bound. The class figures are judgements, not measurements. */
#ifndef ENERGY_METER_H
#define ENERGY_METER_H

#include "common/status.h"
#include "energy/process/attribution.h"
#include "energy/source.h"
#include "energy/sources/power_lines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* ---- configuration ---------------------------------------------------- */

/* Where time comes from; clock_gettime's meaning, in ns, id a clockid_t (which plain C11 has not). Injected
 * by tests, and by callers that meter another process's CPU time (id CLOCK_PROCESS_CPUTIME_ID). */
typedef struct {
  int64_t (*now_ns)(void *context, int id);
  void *context;
} gm_clock;

/* Sees every reading, the background thread's too, in order, under the meter's lock (so it must not
 * call the meter). NULL: nobody does. For logs (energy/record/readings_log.h). */
struct gm_reading;
typedef struct {
  void (*reading)(void *context, const struct gm_reading *reading);
  void *context;
} gm_observer;

typedef struct {
  size_t size;                /* of this struct as the caller knows it; newer members keep their defaults */
  const char *sysfs_root;     /* "/sys"; used while opening only */
  const char *proc_root;      /* "/proc"; used while opening only */
  gm_clock clock;             /* the system's clocks */
  gm_observer observer;       /* nobody */
  double sampling_interval_s; /* of the background thread: 1 [0.01, 10]; 0 = no thread */
  double max_package_w;       /* 1000: no package draws more; decides wrap or reset */
  double cpu_power_w;         /* power model: limit of all packages, NAN = find out (> 0) */
  double cpu_idle_w;          /* power model: what the packages draw idle, NAN = by the model (≥ 0) */
  double ram_power_w;         /* power model, RAM model: power, NAN = by installed memory (≥ 0) */
  double allocated_cpus;      /* CPUs a batch system gave this program, NAN = all (> 0) */
  double allocated_ram_gib;   /* memory the same, NAN = all (> 0) */
  bool use_psys;              /* the platform zone instead of packages, where there is one */
  const char *cpu_source;     /* NULL, or the one CPU source to use, by its name in GM_SOURCES */
  gm_perf_api perf;           /* the kernel's */
  double tick_probe_s; /* 0.5 [0, 10]: longest time opening spends on finding the counters' ticks; 0 = none */
  const char *wall_file;    /* NULL, or the file of an external meter (energy/sources/wall_meter.c) */
  const char *wall_command; /* NULL, or a shell command that prints its readings */
  const char *nvml_path;    /* NULL, or where NVML is instead of where the loader looks */
  const char
      *gpus; /* NULL, or the GPUs to count: "0,2", "GPU-1a2b", "MIG-…", "" for none; they must be here */
  gm_visible_gpus visible_gpus; /* what the environment shows, where gpus says nothing */
  bool model_only;              /* no counters: what the model says, also where there are some */
  double pue;         /* 1 [1, 10]: power usage effectiveness; every energy and power is multiplied by it */
  const char *priors; /* NULL, or changes to what intervals assume (energy/priors.h) */
  gm_idle_billing idle_billing; /* GM_IDLE_TO_NOBODY: how much of the idle energy is attributed */
} gm_meter_config;

/* The defaults of what fits into `size` bytes: programs built against an older header go on working. */
void gm_meter_config_init(gm_meter_config *config, size_t size);
static inline gm_meter_config gm_meter_config_default(void) {
  gm_meter_config config;
  gm_meter_config_init(&config, sizeof config);
  return config;
}
/* Roots from GREENMILE_SYSFS_ROOT and GREENMILE_PROC_ROOT, nvml_path from GREENMILE_NVML, visible_gpus from
 * CUDA_, ROCR_, HIP_VISIBLE_DEVICES and ZE_AFFINITY_MASK, what is allocated from SLURM_CPUS_ON_NODE and
 * SLURM_MEM_PER_NODE or SLURM_MEM_PER_CPU, where they are set; the texts are the environment's. */
void gm_meter_config_environment(gm_meter_config *config);
/* GM_BAD_INPUT with a sentence naming the field and what was expected. */
gm_status gm_meter_config_check(const gm_meter_config *config, gm_error *err);

/* ---- life cycle ------------------------------------------------------- */

typedef struct gm_meter gm_meter;

/* Opens every source that works, starts the background thread if a counter can wrap. A machine
 * without counters is fine: the model stands in, labelled so. */
gm_status gm_meter_open(gm_meter **meter, const gm_meter_config *config, gm_error *err);
void gm_meter_close(gm_meter *meter); /* accepts NULL */

/* ---- readings --------------------------------------------------------- */

/* A moment and what every zone's counter stood at. A plain value: copy, keep, compare. */
typedef struct gm_reading {
  int64_t time_ns;        /* CLOCK_MONOTONIC; of counters the middle of the reading */
  int64_t width_ns;       /* how long the reading took */
  int64_t busy_ns;        /* machine's busy CPU time, never less than this process's (process/proc_stat.h) */
  int64_t process_cpu_ns; /* this process's CPU time */
  int32_t online_cpus;    /* 0 where unknown */
  bool stat_valid;        /* /proc/stat could be read: busy_ns is fresh */
  uint32_t suspends;      /* times the machine was seen to have slept */
  uint32_t n_zones;       /* 0: an inert handle after fork() */
  uint64_t reserved[4];   /* for members to come */
  gm_zone_reading zones[GM_MAX_ZONES];
} gm_reading;

/* Takes a reading now, in the caller's thread: no allocation, some tens of µs. */
void gm_meter_read(gm_meter *meter, gm_reading *reading);

/* For the start of a run: as gm_meter_read, but waits for the coarsest counter's next refresh, two of its
 * ticks and 0.5 s at most, so that the start adds next to nothing to the 2 τ/T of the run's edges. Frozen
 * counters and those refreshed less than four times a second are not waited for. */
void gm_meter_read_aligned(gm_meter *meter, gm_reading *reading);

/* ---- idle baseline ------------------------------------------------------ */

/* What the machine draws when idle (energy/record/idle_baseline.h); until it is set, energies above idle are
 * NAN. Not to be called while other threads ask for energies. */
void gm_meter_set_idle(gm_meter *meter, const gm_idle_power *idle);

/* ---- energy between two readings --------------------------------------- */

/* What is counted: one bit per zone. Made from a whole run and used for its parts, so that
 * they add up even where a part alone (too short, a still counter) would be judged differently. */
typedef struct {
  uint64_t zones;
} gm_basis;

gm_basis gm_meter_basis(const gm_meter *meter, const gm_reading *start, const gm_reading *end);

typedef enum {
  GM_SCOPE_NONE,
  GM_SCOPE_WALL_MODELLED,
  GM_SCOPE_WALL_MODELLED_GPU, /* and GPU boards by their counters, beside it */
  GM_SCOPE_PACKAGE,
  GM_SCOPE_PACKAGE_DRAM,
  GM_SCOPE_PLATFORM,
  GM_SCOPE_BATTERY, /* the whole machine, by its batteries: without the losses of a charger */
  GM_SCOPE_WALL
} gm_scope;
const char *gm_scope_name(gm_scope scope); /* "none", "wall (modelled)", "wall (modelled) + gpu", "package",
                                              "package+dram", "platform", "battery", "wall" */

typedef struct {
  double duration_s;
  double energy_j;                     /* all components, PUE included */
  double low_j, high_j;                /* its 95 % interval, always there */
  double component_j[GM_N_COMPONENTS]; /* PUE included; NAN where nothing measures or models it */
  double power_w;                      /* energy_j / duration_s */
  double pue;                          /* energy_j / pue is the machine's own */
  double utilisation;                  /* busy share of the online CPUs, NAN where /proc/stat is unreadable */
  double process_share;                /* this process's CPU time / (wall · CPUs) */
  double busy_share;                   /* this process's CPU time / the machine's busy time; NAN: unknown */
  double idle_share;                   /* part of the idle energy that is attributed */
  double above_idle_j;                 /* energy above an idle baseline, NAN: no baseline */
  double above_idle_low_j, above_idle_high_j;
  double attributed_j; /* this process's (or the tracked tree's) share of it, NAN: no baseline */
  double attributed_low_j, attributed_high_j;
  double attributed_component_j[GM_N_COMPONENTS];
  bool below_idle; /* a component drew less than its baseline and counts as 0 above idle */
  gm_scope scope;
  double measured_j;  /* the part of energy_j that was measured, not modelled */
  bool measured;      /* it is most of it */
  gm_reasons reasons; /* what happened in this interval and what it rests on */
  gm_basis basis;     /* as used */
} gm_energy;

/* Whether more than half of energy_j was measured. */
bool gm_energy_is_measured(const gm_energy *energy);

/* Whether other programs' work is no part of it: modelled for a share of the machine (a batch job's) by the
 * CPU time of the program alone. A NULL meter knows of none. */
bool gm_energy_is_own(const gm_meter *meter, const gm_energy *energy);

/* Energy from `a` to `b`, both of this meter, on `basis` (NULL = the interval's own). */
void gm_meter_between_sized(const gm_meter *meter, const gm_reading *a, const gm_reading *b,
                            const gm_basis *basis, gm_energy *energy, size_t size);
/* The same with the size of gm_energy as the caller knows it: members it does not know are left out. */
static inline void gm_meter_between(const gm_meter *meter, const gm_reading *a, const gm_reading *b,
                                    const gm_basis *basis, gm_energy *energy) {
  gm_meter_between_sized(meter, a, b, basis, energy, sizeof *energy);
}

/* ---- texts ------------------------------------------------------------ */

/* "powercap (measured): package-0; RAM model (modelled): RAM 16 GiB, idle 2.18 W, at full load 4.02 W": what
 * the energy rests on, at most size − 1 characters. For `energy_sources` in run.json. */
void gm_meter_sources(const gm_meter *meter, const gm_basis *basis, char *text, size_t size);

/* One sentence on how the interval was made: classes, bands, PUE. */
void gm_meter_uncertainty(const gm_meter *meter, const gm_basis *basis, char *text, size_t size);

/* The machine it runs on; lives as long as the meter. */
const gm_host *gm_meter_host(const gm_meter *meter);

/* What its intervals assume. */
const gm_priors *gm_meter_priors(const gm_meter *meter);

/* The lines its power model follows (where nothing measures), whether or not they are counted. */
const gm_power_lines *gm_meter_power_lines(const gm_meter *meter);

/* The clock it was given, for callers that time things on the same one. */
const gm_clock *gm_meter_clock(const gm_meter *meter);

/* Zones, for run records: index 0 … gm_meter_n_zones − 1 as in gm_reading.zones. */
size_t gm_meter_n_zones(const gm_meter *meter);
const gm_zone *gm_meter_zone(const gm_meter *meter, size_t index);
const char *gm_meter_zone_source(const gm_meter *meter, size_t index); /* "powercap" */

/* Sources that were tried, usable or not: reasons is 0 or says what was left out, note is a sentence. */
typedef struct {
  const char *source;
  bool usable;
  gm_reasons reasons;
  const char *note;
} gm_source_report;

size_t gm_meter_source_index(const gm_meter *meter, size_t zone); /* of the source of a zone */
size_t gm_meter_n_sources(const gm_meter *meter);
gm_source_report gm_meter_source(const gm_meter *meter, size_t index);

#endif
