/* SPDX-License-Identifier: MIT
 * What an energy source is: a const table of functions that opens some hardware
 * (or a model of it), offers zones, and gives each zone's cumulative energy in µJ.
 * All sources are in one list (GM_SOURCES below); a new one is a new file and one line there.
 * A source that cannot be used says why with a reason code, never with a zero. */
#ifndef ENERGY_SOURCE_H
#define ENERGY_SOURCE_H

#include "common/status.h"
#include "energy/host.h"
#include "energy/priors.h"
#include "energy/sources/perf_api.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- what is metered -------------------------------------------------- */

typedef enum {
  GM_CPU,  /* packages: cores, caches, memory controller */
  GM_RAM,  /* memory modules */
  GM_GPU,  /* whole devices */
  GM_WALL, /* platform (psys) or wall meter: contains the others, is never added to them */
  GM_N_COMPONENTS
} gm_component;

const char *gm_component_name(gm_component component); /* "cpu", "ram", "gpu", "wall" */

/* ---- why a figure is missing or weaker than it looks ------------------- */

typedef enum {
  GM_NO_RAPL,          /* this machine shows no powercap energy zones */
  GM_RAPL_DENIED,      /* they are there, this user may not read them */
  GM_ZONE_GONE,        /* a zone vanished (CPU hotplug, driver reload) */
  GM_READ_ERROR,       /* a read failed or gave no number */
  GM_RESET,            /* a counter restarted; what it held since the last read is lost */
  GM_GAP,              /* more time between two reads than the wrap period allows, or a suspend */
  GM_WRAP_AMBIGUOUS,   /* in that time the counter may have wrapped more often than it shows */
  GM_FROZEN,           /* a counter never moved */
  GM_NVML_MISSING,     /* no libnvidia-ml.so.1 */
  GM_NVML_INIT,        /* the library is there and does not start */
  GM_NVML_UNSUPPORTED, /* the device has no energy or power reading */
  GM_GPU_LOST,         /* a device fell off the bus */
  GM_GPU_SHARED,       /* another process computed on the same device */
  GM_MIG,              /* a slice of a device: the board's energy is not divisible */
  GM_NO_BASELINE,      /* no idle power known: above-idle energy is not available */
  GM_BELOW_RESOLUTION, /* shorter than two ticks of the counter: an upper bound only */
  GM_MODELLED,         /* at least one component is a model, not a measurement */
  GM_IMPLAUSIBLE,  /* a reading no hardware of its kind can give: a vendor's "unknown", or beyond physics */
  GM_MIRRORED,     /* counters that moved alike to the last digit were taken as one */
  GM_GPU_UNKNOWN,  /* the environment names a GPU that is not here */
  GM_NO_PROC_STAT, /* /proc/stat is unreadable: the power model knows this program's CPU time only */
  GM_N_REASONS
} gm_reason;

/* A set of reasons, bit 1 << reason. */
typedef uint32_t gm_reasons;
#define GM_REASON_BIT(reason) ((gm_reasons)1 << (reason))

const char *gm_reason_name(gm_reason reason);     /* "no_rapl": the code written to files */
const char *gm_reason_sentence(gm_reason reason); /* one sentence for a person */

/* ---- zones and their readings ----------------------------------------- */

enum { GM_MAX_SOURCES = 16 };
#define GM_MAX_ZONES 64 /* over all sources: one bit each in a gm_basis */
#define GM_ZONE_NAME 96

typedef struct {
  char name[GM_ZONE_NAME]; /* "package-0", "dram of package-0", "4.0 W per thread" */
  gm_component component;
  bool measured;
  int mirror_group;       /* 0 = none; zones of one group that move alike are one sensor (AMD dies) */
  double mirror_relative; /* how alike; 0: to the last digit, which two sensors never do */
  int device;             /* 0 = none; zones of one device are views of it, the first that moves counts */
  bool stand_in;          /* a platform's meter that counts only where nothing measures the CPU */
  char model[64];         /* of a GPU: what it is called */
  double tick_s;          /* update period of the counter: probed, else usual for its class */
  bool frozen;            /* did not move while probed: said, and not counted unless it moves */
  double max_power_w;     /* a zone cannot draw more: a reading beyond it is a failed read */
  double slack_s;         /* counters: a change may hold the energy of so much more than the time it took */
  double max_gap_s;       /* longest safe time between two reads, INFINITY for a 64-bit counter */
  double sensor_relative; /* measured: standard uncertainty of the sensor class, relative */
  bool counter;           /* raw values go through energy/sources/counter.h: a log of them can be replayed */
  uint64_t range_uj;      /* of the counter; 0: not known */
  uint64_t resolution_uj; /* of a counter that tells whole steps only: one step, 0: negligible */
  double low_factor;      /* modelled: 95 % band [low_factor, high_factor] × energy */
  double high_factor;
} gm_zone;

/* Beyond this no feed of one machine goes: a rack's 32 A three-phase feed is 22 kW. The bound of platforms
 * and external meters. */
#define GM_PLATFORM_MAX_W 22e3
/* No machine that runs this draws less (a judgement): watts that were called kilowatts, or microwatts watts.
 */
#define GM_PLATFORM_MIN_W 0.1

/* All counts are since the meter was opened and never decrease. The true energy lies
 * in [energy_uj − doubtful_uj, energy_uj + missing_uj] as long as the zone stays under max_power_w. */
typedef struct {
  uint64_t energy_uj;   /* seen */
  uint64_t missing_uj;  /* most that may have passed unseen: resets, unseen wraps */
  uint64_t doubtful_uj; /* part of energy_uj that rests on a wrap which may have been a reset */
  uint64_t raw_uj;      /* the counter as the hardware showed it */
  bool raw_valid;       /* it could be read this time */
  int64_t unmoved_ns;   /* for so long a counter has shown this value */
  int64_t stale_ns; /* age of energy_uj at the time of the reading: 0, or it is unreadable or stands still */
  bool still;       /* it can be read and stands still */
  /* Events; those of an interval are a difference. */
  uint32_t wraps, resets, gaps, ambiguous, errors, gone;
  uint32_t implausible; /* readings refused, among the errors */
  uint32_t stalls;      /* times it moved again after it had stood still */
  uint64_t reserved[2]; /* for members to come */
} gm_zone_reading;

/* The moment of a reading, taken once by the meter for all sources. */
typedef struct {
  int64_t time_ns; /* CLOCK_MONOTONIC */
  bool suspended;  /* the machine slept since the last tick (CLOCK_BOOTTIME ran ahead) */
  bool stat_valid; /* /proc/stat could be read: busy_ns and online_cpus are fresh */
  int64_t busy_ns; /* CPU time the machine was busy, over all CPUs, since opening (process/proc_stat.h) */
  int64_t process_cpu_ns; /* CPU time of this process */
  int online_cpus;
} gm_tick;

/* ---- the table of functions ------------------------------------------- */

/* What the environment shows of each vendor's cards (sources/gpu_choice.h); NULL: does not say. */
typedef struct {
  const char *cuda; /* CUDA_VISIBLE_DEVICES */
  const char *rocr; /* ROCR_VISIBLE_DEVICES */
  const char *hip;  /* HIP_VISIBLE_DEVICES, counting those that ROCR_VISIBLE_DEVICES shows */
  const char *ze;   /* ZE_AFFINITY_MASK */
} gm_visible_gpus;

/* What a source may look at while it opens. */
typedef struct {
  const char *sysfs_root;
  const gm_host *host;
  int64_t now_ns;                 /* CLOCK_MONOTONIC: what passes before the first good read is unseen */
  double max_package_w;           /* bound of one package, W, where its own limits are not known */
  double cpu_power_w, cpu_idle_w; /* the user's figures for the power model, NAN = not given */
  double ram_power_w;             /* the user's figure for the RAM, NAN = not given */
  double allocated_cpus;          /* what a batch system gave of them, 0 or NAN = all */
  double allocated_ram_gib;       /* the same of the memory */
  double ram_limit_gib;           /* of the memory cgroup, 0 or INFINITY = none */
  const struct gm_power_lines *power_lines; /* of the power model, found before any source is opened */
  bool use_psys;
  gm_priors priors;
  gm_perf_api perf;
  const char *wall_file, *wall_command; /* NULL: none */
  const char *nvml_path;                /* NULL: libnvidia-ml.so.1 where the loader finds it */
  struct gm_gpu_choice *gpus;           /* the user's choice; NULL: what the environment shows, else all */
  gm_visible_gpus visible;
} gm_source_setup;

#define GM_NOTE_LENGTH 640

/* What opening gives: zones, or the reason for the skip. */
typedef struct {
  void *state; /* the source's own, for read and close; NULL where nothing is held */
  gm_zone *zones;
  size_t capacity;
  size_t n_zones;            /* filled; 0 = not usable */
  gm_reasons reasons;        /* of a skip, or of zones left out */
  char note[GM_NOTE_LENGTH]; /* one sentence: what was found, what was left out and why */
} gm_opening;

typedef struct {
  /* Not being usable is GM_OK with n_zones = 0; only a lack of memory or a wrong setting fails. */
  gm_status (*open)(const gm_source_setup *setup, gm_opening *opening, gm_error *err);
  /* Fills readings[0 … n_zones−1]. Called with the meter's lock held; does not allocate
   * (but for finding a vanished zone again) and cannot fail: trouble is counted. */
  void (*read)(void *state, const gm_tick *tick, gm_zone_reading *readings);
  void (*close)(void *state); /* accepts NULL */
} gm_source;

/* ---- all there are ------------------------------------------------------- */

/* When a source is asked, and what it may measure. The meter refuses a source that measures more than its
 * role allows, so that no zone is counted which the user has not chosen. */
typedef enum {
  GM_SOURCE_CPU, /* counters of processor, memory, platform; one of them can be chosen by name (--source) */
  GM_SOURCE_DEVICE, /* counters of graphics cards and their like: asked unless only models are wanted */
  GM_SOURCE_WALL,   /* a meter that the user names: always asked */
  GM_SOURCE_MODEL   /* measures nothing: always there to stand in */
} gm_source_role;

/* ROW(file, name, role), in order of preference: per component the first source whose zones move is counted.
 * To add one: write sources/FILE.c with a gm_source gm_FILE_source and a row here; the choices of --source,
 * its help and the checks follow. A source that only knows power uses sources/power_integral.h. */
#define GM_SOURCES(ROW)                                                                                      \
  ROW(wall_meter, "wall meter", WALL)                                                                        \
  ROW(perf_rapl, "perf", CPU)                                                                                \
  ROW(powercap, "powercap", CPU)                                                                             \
  ROW(hwmon, "hwmon", CPU)                                                                                   \
  ROW(battery, "battery", CPU)                                                                               \
  ROW(nvml, "NVML", DEVICE)                                                                                  \
  ROW(hwmon_gpu, "hwmon GPU", DEVICE)                                                                        \
  ROW(power_model, "power model", MODEL)                                                                     \
  ROW(ram_model, "RAM model", MODEL)

#define GM_DECLARE_SOURCE(file, name, role) extern const gm_source gm_##file##_source;
GM_SOURCES(GM_DECLARE_SOURCE)
#undef GM_DECLARE_SOURCE

typedef struct {
  const char *name;
  gm_source_role role;
  const gm_source *functions;
} gm_known_source;

/* Source number i in the order of the list, NULL past the last. */
const gm_known_source *gm_source_at(size_t i);

/* The sources that --source can choose, as text: "|perf|powercap|hwmon". */
#define GM_CHOICE_OF_CPU(name) "|" name
#define GM_CHOICE_OF_DEVICE(name)
#define GM_CHOICE_OF_WALL(name)
#define GM_CHOICE_OF_MODEL(name)
#define GM_CHOICE_OF(file, name, role) GM_CHOICE_OF_##role(name)
#define GM_CPU_SOURCE_CHOICES GM_SOURCES(GM_CHOICE_OF)

#endif
