/* SPDX-License-Identifier: MIT
 * The NVIDIA Management Library as far as the meter needs it, loaded at run time: no header and no
 * library of NVIDIA's is needed to build. Types and numbers are those of NVML's public
 * API reference; a function an old driver lacks is NULL. */
#ifndef ENERGY_NVML_LIBRARY_H
#define ENERGY_NVML_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* nvmlReturn_t */
enum {
  NVML_SUCCESS = 0,
  NVML_NOT_SUPPORTED = 3,
  NVML_NO_PERMISSION = 4,
  NVML_INSUFFICIENT_SIZE = 7,
  NVML_DRIVER_NOT_LOADED = 9,
  NVML_GPU_IS_LOST = 15,
  NVML_VERSION_MISMATCH = 18, /* library and kernel module differ */
};

typedef struct nvmlDevice_st *gm_nvml_device;

/* nvmlFieldValue_t and the fields used. */
enum { NVML_FIELD_POWER_INSTANT = 186, NVML_SCOPE_GPU = 0, NVML_SCOPE_MODULE = 1 };
typedef struct {
  unsigned field, scope;
  long long timestamp_us, latency_us;
  unsigned value_type;
  int status; /* of this entry */
  union {
    double real;
    unsigned integer;
    unsigned long long wide;
  } value;
} gm_nvml_field;

/* nvmlProcessInfo_v1_t, nvmlProcessInfo_v2_t: begin with the process id, differ in size. */
enum { NVML_PROCESS_V1_SIZE = 16, NVML_PROCESS_V2_SIZE = 24 };

typedef struct {
  void *library;
  int (*init)(void);
  int (*shutdown)(void);
  int (*count)(unsigned *count);
  int (*by_index)(unsigned index, gm_nvml_device *device);
  int (*by_uuid)(const char *uuid, gm_nvml_device *device);
  int (*parent)(gm_nvml_device slice, gm_nvml_device *board); /* of a MIG device */
  int (*uuid)(gm_nvml_device device, char *text, unsigned size);
  int (*name)(gm_nvml_device device, char *text, unsigned size);
  int (*energy)(gm_nvml_device device, unsigned long long *mj);
  int (*power)(gm_nvml_device device, unsigned *mw);
  int (*power_limit)(gm_nvml_device device, unsigned *mw);
  int (*fields)(gm_nvml_device device, int n, gm_nvml_field *fields);
  int (*mig_mode)(gm_nvml_device device, unsigned *current, unsigned *pending);
  int (*processes)(gm_nvml_device device, unsigned *n, void *infos);
  size_t process_size; /* of one info */
} gm_nvml;

/* Loads `path` (NULL: libnvidia-ml.so.1 where the loader finds it); false with a sentence in *why. */
bool gm_nvml_load(gm_nvml *nvml, const char *path, char *why, size_t size);
void gm_nvml_unload(gm_nvml *nvml); /* accepts a zeroed object */

const char *gm_nvml_error_name(int code);

#endif
