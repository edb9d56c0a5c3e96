/* SPDX-License-Identifier: MIT
 * NVML by dlopen, since a machine without NVIDIA cards has none: functions by name, errors as words. */
#include "energy/sources/nvml_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

const char *gm_nvml_error_name(int code) {
  switch (code) {
  case NVML_NOT_SUPPORTED:
    return "not supported";
  case NVML_NO_PERMISSION:
    return "no permission";
  case NVML_DRIVER_NOT_LOADED:
    return "the driver is not loaded";
  case NVML_GPU_IS_LOST:
    return "the GPU is lost";
  case NVML_VERSION_MISMATCH:
    return "driver and library versions differ";
  default:
    return "another error";
  }
}

/* ISO C has no cast from object to function pointer; the bytes are the same (POSIX dlsym). */
static void find(const gm_nvml *nvml, const char *name, void *function, size_t size) {
  void *symbol = dlsym(nvml->library, name);
  if (symbol != NULL) memcpy(function, &symbol, size);
}

#define FIND(member, name) find(nvml, name, &nvml->member, sizeof nvml->member)

bool gm_nvml_load(gm_nvml *nvml, const char *path, char *why, size_t size) {
  *nvml = (gm_nvml){.library = dlopen(path != NULL ? path : "libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)};
  if (nvml->library == NULL) {
    snprintf(why, size, "%s was not found", path != NULL ? path : "libnvidia-ml.so.1");
    return false;
  }
  /* the old names first, so that the new ones, where there are any, replace them */
  FIND(init, "nvmlInit");
  FIND(init, "nvmlInit_v2");
  FIND(shutdown, "nvmlShutdown");
  FIND(count, "nvmlDeviceGetCount");
  FIND(count, "nvmlDeviceGetCount_v2");
  FIND(by_index, "nvmlDeviceGetHandleByIndex");
  FIND(by_index, "nvmlDeviceGetHandleByIndex_v2");
  FIND(by_uuid, "nvmlDeviceGetHandleByUUID");
  FIND(parent, "nvmlDeviceGetDeviceHandleFromMigDeviceHandle");
  FIND(uuid, "nvmlDeviceGetUUID");
  FIND(name, "nvmlDeviceGetName");
  FIND(energy, "nvmlDeviceGetTotalEnergyConsumption");
  FIND(power, "nvmlDeviceGetPowerUsage");
  FIND(power_limit, "nvmlDeviceGetEnforcedPowerLimit");
  FIND(fields, "nvmlDeviceGetFieldValues");
  FIND(mig_mode, "nvmlDeviceGetMigMode");
  FIND(processes, "nvmlDeviceGetComputeRunningProcesses");
  nvml->process_size = NVML_PROCESS_V1_SIZE;
  const void *const newer = dlsym(nvml->library, "nvmlDeviceGetComputeRunningProcesses_v3");
  if (newer != NULL) {
    FIND(processes, "nvmlDeviceGetComputeRunningProcesses_v3");
    nvml->process_size = NVML_PROCESS_V2_SIZE;
  }
  if (nvml->init != NULL && nvml->shutdown != NULL && nvml->count != NULL && nvml->by_index != NULL)
    return true;
  snprintf(why, size, "the library lacks nvmlInit, nvmlShutdown or the device functions");
  gm_nvml_unload(nvml);
  return false;
}

void gm_nvml_unload(gm_nvml *nvml) {
  if (nvml->library != NULL) dlclose(nvml->library);
  *nvml = (gm_nvml){0};
}
