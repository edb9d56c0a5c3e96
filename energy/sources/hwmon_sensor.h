/* SPDX-License-Identifier: MIT
 * One file of the kernel's hwmon tree that counts energy (µJ) or tells power (µW), as a zone. What the
 * sources for processors (hwmon.c) and for graphics cards (hwmon_gpu.c) share.
 * Documentation/hwmon/sysfs-interface.rst. */
#ifndef ENERGY_HWMON_SENSOR_H
#define ENERGY_HWMON_SENSOR_H

#include "energy/host.h"
#include "energy/sources/counter.h"
#include "energy/sources/power_integral.h"

#include <stdbool.h>

typedef struct {
  int fd;
  bool is_power; /* µW instead of µJ */
  gm_counter counter;
  gm_power_integral integral;
  gm_zone_reading reading;
} gm_hwmon_sensor;

typedef struct {
  gm_hwmon_sensor sensors[GM_MAX_ZONES];
  size_t n;
} gm_hwmon;

/* The hwmon devices of a machine: full paths in fresh memory, by their place on the bus where they have one.
 */
size_t gm_hwmon_devices(const char *sysfs_root, char ***directories);
void gm_hwmon_devices_free(char **directories, size_t n);

/* Where a device sits, "0000:03:00.0"; "" where it is on no PCI bus. */
#define GM_HWMON_ADDRESS 16
void gm_hwmon_address(const char *directory, char address[GM_HWMON_ADDRESS]);

/* A number of one file, scaled by 1e-6 (µW, µJ to W, J); NAN where there is none. */
double gm_hwmon_number(const char *directory, const char *file);

/* Opens directory/file as a zone like `zone` (name, component, bound, prior and what else is particular); its
 * kind (power or energy) follows the file's name. One that gives no number, or none such hardware can have,
 * is left out with its reason. */
bool gm_hwmon_add(gm_hwmon *h, const gm_source_setup *setup, const char *directory, const char *file,
                  const gm_zone *zone, gm_opening *opening);

/* Hands *h over to the opening, or frees it where it has no sensor. */
void gm_hwmon_finish(gm_hwmon *h, gm_opening *opening);

void gm_hwmon_read(void *state, const gm_tick *tick, gm_zone_reading *readings);
void gm_hwmon_close(void *state);

/* ---- AMD's cards, told from its processors' graphics --------------------------------- */

/* It is the graphics of this host's processor: it tells the voltage of the north bridge (in1, of APUs only),
 * or it is in an AMD host and has no power cap, which every card has (Linux
 * drivers/gpu/drm/amd/pm/amdgpu_pm.c, hwmon_attributes_visible). */
bool gm_amdgpu_is_socket(const gm_host *host, const char *directory);

/* Its power: "power1_average" where it has one, else "power1_input". */
const char *gm_amdgpu_power_file(const char *directory);

#endif
