/* SPDX-License-Identifier: MIT
 * Whether a machine is one that runs on batteries. */
#ifndef ENERGY_BATTERY_H
#define ENERGY_BATTERY_H

#include <stdbool.h>

/* It has a battery of its own (not that of a mouse). */
bool gm_battery_present(const char *sysfs_root);

#endif
