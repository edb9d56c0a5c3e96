/* SPDX-License-Identifier: MIT
 * Names of components and reasons, and the list of sources. */
#include "energy/source.h"

const char *gm_component_name(gm_component component) {
  static const char *const names[GM_N_COMPONENTS] = {"cpu", "ram", "gpu", "wall"};
  return names[component];
}

static const struct {
  const char *name, *sentence;
} reasons[GM_N_REASONS] = {
    [GM_NO_RAPL] = {"no_rapl", "this machine offers no powercap energy counters"},
    [GM_RAPL_DENIED] = {"rapl_denied", "the energy counters are there but this user may not read them"},
    [GM_ZONE_GONE] = {"zone_gone", "an energy counter vanished for a while"},
    [GM_READ_ERROR] = {"read_error", "an energy counter could not be read for a while"},
    [GM_RESET] = {"reset",
                  "an energy counter restarted; what it held since the last read is in the upper bound only"},
    [GM_GAP] = {"gap", "too much time passed between two reads of a counter, or the machine slept"},
    [GM_WRAP_AMBIGUOUS] = {"wrap_ambiguous", "a counter may have wrapped more or less often than assumed"},
    [GM_FROZEN] = {"frozen", "an energy counter did not move"},
    [GM_NVML_MISSING] = {"nvml_missing", "libnvidia-ml.so.1 was not found: no NVIDIA GPU is metered"},
    [GM_NVML_INIT] = {"nvml_init", "NVML does not start: no NVIDIA GPU is metered"},
    [GM_NVML_UNSUPPORTED] = {"nvml_unsupported", "a GPU reports neither energy nor power"},
    [GM_GPU_LOST] = {"gpu_lost", "a GPU was lost during the run"},
    [GM_GPU_SHARED] = {"gpu_shared", "another process used the same GPU"},
    [GM_MIG] = {"mig", "a GPU slice (MIG) is billed as the whole board"},
    [GM_NO_BASELINE] = {"no_baseline", "no idle baseline is known: energy above idle is not available"},
    [GM_BELOW_RESOLUTION] = {"below_resolution", "too short for the counters: the upper bound counts"},
    [GM_MODELLED] = {"modelled", "part of the energy is modelled, not measured"},
    [GM_IMPLAUSIBLE] = {"implausible", "a sensor gave a value no such hardware can have; it was not counted"},
    [GM_MIRRORED] = {"mirrored", "counters that moved alike to the last digit were taken as one sensor"},
    [GM_GPU_UNKNOWN] = {"gpu_unknown", "the environment names a GPU that is not here"},
    [GM_NO_PROC_STAT] = {"no_proc_stat",
                         "/proc/stat is unreadable: the power model follows this program's own CPU "
                         "time, not the machine's"},
};

const char *gm_reason_name(gm_reason reason) {
  return reasons[reason].name;
}

const char *gm_reason_sentence(gm_reason reason) {
  return reasons[reason].sentence;
}

const gm_known_source *gm_source_at(size_t i) {
#define ENTRY(file, name, role) {name, GM_SOURCE_##role, &gm_##file##_source},
  static const gm_known_source sources[] = {GM_SOURCES(ENTRY)};
#undef ENTRY
  _Static_assert(sizeof sources / sizeof *sources <= GM_MAX_SOURCES, "a meter holds all sources");
  return i < sizeof sources / sizeof *sources ? &sources[i] : NULL;
}
