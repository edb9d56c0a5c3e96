/* SPDX-License-Identifier: MIT
 * The amdgpu driver's hwmon device: a graphics card, or the graphics of a processor (an APU), whose power is
 * that of the whole socket, processor cores included, and would count twice beside the package's counter. */
#ifndef ENERGY_AMDGPU_H
#define ENERGY_AMDGPU_H

#include "energy/host.h"

#include <stdbool.h>

/* It is the graphics of this host's processor: it tells the voltage of the north bridge (in1, of APUs only),
 * or it is in an AMD host and has no power cap, which every card has (Linux
 * drivers/gpu/drm/amd/pm/amdgpu_pm.c, hwmon_attributes_visible). */
bool gm_amdgpu_is_socket(const gm_host *host, const char *directory);

/* Its power: "power1_average" where it has one, else "power1_input". */
const char *gm_amdgpu_power_file(const char *directory);

#endif
