/* SPDX-License-Identifier: MIT
 * The power limit of this machine's CPUs: T of the power model (energy/sources/power_lines.h). First match
 * wins: the user's figure; the limits in force by powercap (world-readable), of servers the long-term one,
 * else the greater of the long-term and the short-term; an exact row of cpu_power.csv. A virtual machine has
 * but the user's figure. Names are compared as whole normalised texts, never by likeness. */
#ifndef ENERGY_CPU_POWER_H
#define ENERGY_CPU_POWER_H

#include "common/status.h"
#include "energy/source.h"

typedef enum { GM_POWER_UNKNOWN, GM_POWER_USER, GM_POWER_POWERCAP, GM_POWER_SKU } gm_power_basis;

typedef struct {
  double watts; /* of all packages, NAN: not known */
  double above; /* how many times that they may draw: 1; 2 of a desktop whose limit in force is not known */
  gm_power_basis basis;
  char text[80]; /* "2 x 150 W, intel xeon gold 6248" */
} gm_cpu_power;

/* `server`: the processor is of a generation of servers (energy/sources/cpu_generation.h). */
gm_status gm_cpu_power_find(const gm_source_setup *setup, bool server, gm_cpu_power *power, gm_error *err);

/* "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz" -> "intel xeon gold 6248": lower case, without marks,
 * clock, core count, generation and integrated graphics. */
void gm_cpu_name_normalise(const char *name, char *normal, size_t size);

#endif
