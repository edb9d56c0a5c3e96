/* SPDX-License-Identifier: MIT
 * The arithmetic of one hardware counter that wraps, restarts and is sometimes
 * unreadable: raw values in, a zone reading that never decreases out. No files, no
 * clocks.
 *
 * A smaller value than before is one wrap if that wrap needs no more than max_power_w
 * since the last read, else a restart: nothing is added, and what could have passed
 * since then goes to missing_uj. Where more whole wraps fit into the time than the value
 * shows, they go to missing_uj too (wrap_ambiguous). A failed read changes nothing but
 * the age: the counter kept counting, the next good read brings it all. */
#ifndef ENERGY_COUNTER_H
#define ENERGY_COUNTER_H

#include "energy/source.h"

typedef struct {
  uint64_t range_uj;  /* the counter goes from here back to 0; 0 = not known, then no wrap is ever assumed */
  double max_power_w; /* the zone cannot draw more */
  uint64_t raw_uj;    /* of the last good read */
  int64_t seen_ns;    /* its time; before the first one, the time of opening */
  bool started;       /* there was one */
  bool slept;         /* the machine slept since the last good read */
} gm_counter;

/* A counter opened at `time_ns`, not yet read. */
gm_counter gm_counter_open(uint64_t range_uj, double max_power_w, int64_t time_ns);

/* A good read: adds to *reading. `suspended`: the machine slept since the last call. */
void gm_counter_step(gm_counter *counter, uint64_t raw_uj, int64_t time_ns, bool suspended,
                     gm_zone_reading *reading);

/* A failed read: *reading gets older. */
void gm_counter_miss(gm_counter *counter, int64_t time_ns, bool suspended, gm_zone_reading *reading);

/* Longest time between two reads after which a value is still certain: half of what
 * it takes to go round at max_power_w (energy.md 3.1). */
double gm_counter_max_gap_s(uint64_t range_uj, double max_power_w);

#endif
