/* SPDX-License-Identifier: MIT
 * NVIDIA GPUs through NVML: the energy counter (Volta and newer) and, beside it, trapezoids of the power
 * reading, which count where there is no counter or it stands still. Neither: nothing, with the reason. Whole
 * boards only: a MIG slice is billed as its board, said so. NVML stays initialised for the meter's life,
 * because the counter restarts with the driver. Where only the module's power is told (superchips), it
 * contains the CPU and counts as the platform. What is costly (names, processes) is asked once, when opening.
 * docs/energy-model.md, Graphics cards. */
#include "energy/sources/counter.h"
#include "energy/sources/nvml_choice.h"
#include "energy/sources/nvml_library.h"
#include "energy/sources/power_integral.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { most_devices = 32, most_processes = 64 };
static const double counter_tick_s =
    0.1; /* up to so coarse (docs/energy-model.md, Graphics cards); probed when opening */
static const double instant_tick_s = 0.1; /* refresh of the instantaneous power */
static const double average_tick_s =
    1; /* the power reading is a mean over the last second (Ampere and newer) */
static const double longest_gap_s = 30;
static const double usual_limit_w = 1500;  /* no board draws more, where it does not tell its limit */
static const double limit_overshoot = 2;   /* for moments, over the enforced limit */
static const double counter_slack_s = 0.2; /* two refreshes of the counter */

typedef enum { BY_ENERGY, BY_INSTANT, BY_POWER, BY_MODULE, BY_NOTHING } method;

/* One zone: a device seen by one of its readings. */
typedef struct {
  gm_nvml_device handle;
  method how;
  bool lost;
  gm_counter counter;
  gm_power_integral integral;
  gm_zone_reading reading;
} view;

/* What is asked of a device once. */
typedef struct {
  gm_nvml_device handle;
  int number;
  char name[64];
  double max_power_w;
} device;

typedef struct {
  gm_nvml nvml;
  pid_t owner; /* a forked child must not shut the parent's NVML down */
  view views[2 * most_devices];
  size_t n;
} state;

/* Above it no counter of mJ goes: 10^9 kWh. A larger value is no reading. */
static const unsigned long long largest_mj = 3600000000000000000u / 1000;

/* ---- one device ------------------------------------------------------------------- */

static int read_energy(const gm_nvml *nvml, gm_nvml_device handle, uint64_t *uj) {
  unsigned long long mj = 0;
  const int code = nvml->energy != NULL ? nvml->energy(handle, &mj) : NVML_NOT_SUPPORTED;
  *uj = mj < largest_mj ? (uint64_t)mj * 1000 : UINT64_MAX;
  return code;
}

static int read_power(const gm_nvml *nvml, gm_nvml_device handle, method how, double *power_w) {
  if (how == BY_POWER) {
    unsigned mw = 0;
    const int code = nvml->power != NULL ? nvml->power(handle, &mw) : NVML_NOT_SUPPORTED;
    *power_w = mw * 1e-3;
    return code;
  }
  gm_nvml_field field = {.field = NVML_FIELD_POWER_INSTANT,
                         .scope = how == BY_MODULE ? NVML_SCOPE_MODULE : NVML_SCOPE_GPU};
  const int code = nvml->fields != NULL ? nvml->fields(handle, 1, &field) : NVML_NOT_SUPPORTED;
  *power_w = field.value.integer * 1e-3;
  return code != NVML_SUCCESS ? code : field.status; /* each entry has a status of its own */
}

/* The best power reading this device has. Its module's power only where there is nothing of its own. */
static method find_power(const gm_nvml *nvml, gm_nvml_device handle, bool has_energy, double max_power_w) {
  double power_w;
  const method last = has_energy ? BY_MODULE : BY_NOTHING;
  for (method how = BY_INSTANT; how < last; how++) {
    const double bound_w = how == BY_MODULE ? GM_PLATFORM_MAX_W : max_power_w;
    if (read_power(nvml, handle, how, &power_w) == NVML_SUCCESS && gm_power_is_plausible(power_w, bound_w))
      return how;
  }
  return BY_NOTHING;
}

/* The name, with anything but printable ASCII replaced. */
static void read_name(const gm_nvml *nvml, gm_nvml_device handle, char *name, size_t size) {
  name[0] = '\0';
  if (nvml->name == NULL || nvml->name(handle, name, (unsigned)size) != NVML_SUCCESS)
    snprintf(name, size, "GPU");
  name[size - 1] = '\0';
  for (char *p = name; *p != '\0'; p++)
    if (!isprint((unsigned char)*p) || (unsigned char)*p > '~') *p = '?';
}

static bool others_compute(const gm_nvml *nvml, gm_nvml_device handle) {
  _Alignas(8) char infos[most_processes * NVML_PROCESS_V2_SIZE];
  unsigned n = most_processes, pid;
  if (nvml->processes == NULL) return false;
  const int code = nvml->processes(handle, &n, infos);
  if (code == NVML_INSUFFICIENT_SIZE) return true; /* more than that are not all ours */
  for (unsigned i = 0; code == NVML_SUCCESS && i < n && i < most_processes; i++) {
    memcpy(&pid, infos + i * nvml->process_size, sizeof pid);
    if (pid != (unsigned)getpid()) return true;
  }
  return false;
}

static void describe(const gm_source_setup *setup, const gm_nvml *nvml, const device *d, method by,
                     gm_zone *zone) {
  static const char *const how[] = {"energy counter", "instant power", "power, mean of a second",
                                    "module power"};
  const bool sparse = strstr(d->name, "A100") != NULL || strstr(d->name, "H100") != NULL;
  char uuid[16] = "";
  if (nvml->uuid != NULL) {
    char whole[96] = "";
    if (nvml->uuid(d->handle, whole, sizeof whole) == NVML_SUCCESS)
      snprintf(uuid, sizeof uuid, " %.12s", whole);
  }
  *zone = (gm_zone){.component = by == BY_MODULE ? GM_WALL : GM_GPU,
                    .measured = true,
                    .device = 1 + d->number,
                    .counter = by == BY_ENERGY,
                    .slack_s = by == BY_ENERGY ? counter_slack_s : 0,
                    .tick_s = by == BY_ENERGY  ? counter_tick_s
                              : by == BY_POWER ? average_tick_s
                                               : instant_tick_s,
                    .max_power_w = by == BY_MODULE ? GM_PLATFORM_MAX_W : d->max_power_w,
                    .max_gap_s = by == BY_ENERGY ? longest_gap_s : GM_POWER_MAX_GAP_S,
                    .sensor_relative = setup->priors.value[by == BY_ENERGY ? GM_PRIOR_NVML_ENERGY
                                                           : sparse        ? GM_PRIOR_NVML_SPARSE
                                                                           : GM_PRIOR_NVML_POWER],
                    .low_factor = 1,
                    .high_factor = 1};
  snprintf(zone->name, sizeof zone->name, "%.40s%s by %s", d->name, uuid, how[by]);
  snprintf(zone->model, sizeof zone->model, "%s", d->name);
}

static void add_view(state *s, const gm_source_setup *setup, const device *d, method how,
                     gm_opening *opening) {
  if (s->n == opening->capacity || s->n == 2 * most_devices) return;
  view v = {.handle = d->handle, .how = how};
  gm_zone *zone = &opening->zones[s->n];
  describe(setup, &s->nvml, d, how, zone);
  v.integral.max_power_w = zone->max_power_w;
  v.counter = gm_counter_of(zone, setup->now_ns);
  s->views[s->n++] = v;
}

static bool add(state *s, const gm_nvml_chosen *chosen, int number, const gm_source_setup *setup,
                gm_opening *opening) {
  device d = {.handle = chosen->handle, .number = number};
  unsigned mode = 0, pending = 0, limit_mw = 0;
  uint64_t uj;
  const gm_nvml *nvml = &s->nvml;
  const gm_nvml_device handle = chosen->handle;
  const bool limited =
      nvml->power_limit != NULL && nvml->power_limit(handle, &limit_mw) == NVML_SUCCESS && limit_mw > 0;
  d.max_power_w = limited ? fmin(limit_overshoot * limit_mw * 1e-3, GM_PLATFORM_MAX_W) : usual_limit_w;
  const bool has_energy = read_energy(nvml, handle, &uj) == NVML_SUCCESS;
  const method power = find_power(nvml, handle, has_energy, d.max_power_w);
  read_name(nvml, handle, d.name, sizeof d.name);
  if (chosen->slice ||
      (nvml->mig_mode != NULL && nvml->mig_mode(handle, &mode, &pending) == NVML_SUCCESS && mode == 1))
    opening->reasons |= GM_REASON_BIT(GM_MIG);
  if (!has_energy && power == BY_NOTHING) {
    opening->reasons |= GM_REASON_BIT(GM_NVML_UNSUPPORTED);
    return false;
  }
  if (others_compute(nvml, handle)) opening->reasons |= GM_REASON_BIT(GM_GPU_SHARED);
  if (has_energy) add_view(s, setup, &d, BY_ENERGY, opening);
  if (power != BY_NOTHING) add_view(s, setup, &d, power, opening);
  return true;
}

static void add_chosen(state *s, const gm_source_setup *setup, gm_opening *opening) {
  gm_nvml_chosen chosen[most_devices];
  gm_gpu_choice by_environment, *choice = setup->gpus;
  bool missing;
  const unsigned there = gm_nvml_count(&s->nvml);
  size_t in_use = 0;
  gm_gpu_choice_parse(&by_environment, setup->visible.cuda);
  if (choice == NULL) choice = &by_environment;
  const size_t n = gm_nvml_choose(&s->nvml, choice, choice->seen, chosen, most_devices, &missing);
  choice->seen += (int)there;
  if (missing) opening->reasons |= GM_REASON_BIT(GM_NVML_UNSUPPORTED);
  for (size_t i = 0; i < n; i++) in_use += add(s, &chosen[i], (int)i, setup, opening);
  const char *unknown = gm_gpu_choice_unknown(&by_environment);
  if (setup->gpus != NULL || (unknown != NULL && strcmp(unknown, "NoDevFiles") == 0))
    unknown = NULL; /* SLURM's "none" */
  if (unknown != NULL) opening->reasons |= GM_REASON_BIT(GM_GPU_UNKNOWN);
  snprintf(opening->note, sizeof opening->note, "%zu of %u device%s in use%s%s%s%s", in_use, there,
           there == 1 ? "" : "s", there > 1 && !choice->all ? " (indices in PCI order)" : "",
           unknown != NULL ? "; CUDA_VISIBLE_DEVICES: \"" : "", unknown != NULL ? unknown : "",
           unknown != NULL ? "\" names none" : "");
}

/* ---- life ---------------------------------------------------------------------------------- */

static void nvml_close(void *opaque) {
  state *s = opaque;
  if (s == NULL) return;
  if (getpid() == s->owner) {
    (void)s->nvml.shutdown();
    gm_nvml_unload(&s->nvml);
  }
  free(s);
}

static gm_status nvml_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  state *s = calloc(1, sizeof *s);
  if (s == NULL) return gm_fail_memory(err, "the NVML source");
  s->owner = getpid();
  if (!gm_nvml_load(&s->nvml, setup->nvml_path, opening->note, sizeof opening->note)) {
    opening->reasons |= GM_REASON_BIT(GM_NVML_MISSING);
    free(s);
    return GM_OK;
  }
  const int code = s->nvml.init();
  if (code != NVML_SUCCESS) {
    opening->reasons |= GM_REASON_BIT(GM_NVML_INIT);
    snprintf(opening->note, sizeof opening->note, "NVML does not start: %s (code %d)",
             gm_nvml_error_name(code), code);
    gm_nvml_unload(&s->nvml);
    free(s);
    return GM_OK;
  }
  add_chosen(s, setup, opening);
  opening->n_zones = s->n;
  if (s->n > 0)
    opening->state = s;
  else
    nvml_close(s);
  return GM_OK;
}

static void nvml_read(void *opaque, const gm_tick *tick, gm_zone_reading *readings) {
  state *s = opaque;
  for (size_t i = 0; i < s->n; i++) {
    view *d = &s->views[i];
    uint64_t uj = 0;
    double power_w = 0;
    int code = NVML_GPU_IS_LOST;
    if (!d->lost)
      code = d->how == BY_ENERGY ? read_energy(&s->nvml, d->handle, &uj)
                                 : read_power(&s->nvml, d->handle, d->how, &power_w);
    if (code == NVML_GPU_IS_LOST) {
      d->lost = true; /* it does not come back without a reset of the driver */
      d->reading.gone++;
    }
    if (code != NVML_SUCCESS) d->reading.errors++;
    if (d->how == BY_ENERGY && code == NVML_SUCCESS)
      gm_counter_step(&d->counter, uj, tick->time_ns, tick->suspended, &d->reading);
    else if (d->how == BY_ENERGY)
      gm_counter_miss(&d->counter, tick->time_ns, tick->suspended, &d->reading);
    else if (code == NVML_SUCCESS)
      gm_power_integral_step(&d->integral, power_w, tick->time_ns, tick->suspended, &d->reading);
    else
      gm_power_integral_miss(&d->integral, tick->time_ns, &d->reading);
    readings[i] = d->reading;
  }
}

const gm_source gm_nvml_source = {.open = nvml_open, .read = nvml_read, .close = nvml_close};
