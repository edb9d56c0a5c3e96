/* SPDX-License-Identifier: MIT
 * Energy of a sensor that only tells power: trapezoids between readings. Whatever the load did
 * between two readings a time dt apart, as long as it stayed between their powers, the
 * truth is within |P1 − P0|/2 · dt of the trapezoid: that goes to both bounds. Across
 * holes and sleep nothing is known but [0, max_power_w]. */
#ifndef ENERGY_POWER_INTEGRAL_H
#define ENERGY_POWER_INTEGRAL_H

#include "energy/source.h"

typedef struct {
  double max_power_w;
  double energy_j, missing_j, doubtful_j; /* since opening */
  double power_w;                         /* of the last good reading */
  int64_t seen_ns;                        /* its time */
  bool started, hole;
} gm_power_integral;

/* A power that hardware can have: from 0 to max_power_w, and none of the values by which interfaces say that
 * they do not know: all ones of 15, 16, 31 or 32 bits, in µW, mW or W. */
bool gm_power_is_plausible(double power_w, double max_power_w);

/* A reading: adds to *reading, or is a failed read where it is implausible. */
void gm_power_integral_step(gm_power_integral *integral, double power_w, int64_t time_ns, bool suspended,
                            gm_zone_reading *reading);

/* A failed one. */
void gm_power_integral_miss(gm_power_integral *integral, int64_t time_ns, gm_zone_reading *reading);

/* Longest time between two readings: a load's shape is not seen below it. */
#define GM_POWER_MAX_GAP_S 1.0

#endif
