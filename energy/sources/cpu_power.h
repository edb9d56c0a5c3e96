/* SPDX-License-Identifier: MIT
 * Full-load power of this machine's CPUs for the model, with the basis it rests on and its
 * band. First match wins: the user's figure; the limits the firmware publishes in
 * powercap (readable without root); an exact row of cpu_power.csv; a family row of it; 4 W per
 * logical CPU. Names are compared as whole normalised texts, never by likeness. */
#ifndef ENERGY_CPU_POWER_H
#define ENERGY_CPU_POWER_H

#include "common/status.h"
#include "energy/source.h"

typedef enum {
  GM_POWER_USER,
  GM_POWER_POWERCAP,
  GM_POWER_SKU,
  GM_POWER_FAMILY,
  GM_POWER_PER_THREAD
} gm_power_basis;

const char *gm_power_basis_name(gm_power_basis basis); /* "user", "powercap", "sku", "family", "per-thread" */

typedef struct {
  double watts;     /* of all packages at full load (of a virtual machine: its share) */
  double low, high; /* 95 % band as factors of watts; judgements, energy.md 7.1 */
  gm_power_basis basis;
  char text[80]; /* "2 x 150 W, intel xeon gold 6248" */
} gm_cpu_power;

gm_status gm_cpu_power_find(const gm_source_setup *setup, gm_cpu_power *power, gm_error *err);

/* "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz" -> "intel xeon gold 6248": lower case, without marks,
 * clock, core count, generation and integrated graphics. */
void gm_cpu_name_normalise(const char *name, char *normal, size_t size);

#endif
