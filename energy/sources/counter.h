/* SPDX-License-Identifier: MIT
 * The arithmetic of one hardware counter that wraps, restarts, stands still and is sometimes
 * unreadable: raw values in, a zone reading that never decreases out. No files, no
 * clocks.
 *
 * A smaller value than before is one wrap if that wrap needs no more than max_power_w
 * since the last read, else a restart: nothing is added, and what could have passed
 * since then goes to missing_uj. Where more whole wraps fit into the time than the value
 * shows, they go to missing_uj too (wrap_ambiguous). A failed read changes nothing but
 * the age: the counter kept counting, the next good read brings it all.
 *
 * A value that no power up to max_power_w explains is a failed read (implausible). If the next one
 * goes on from it the counter was set anew: a restart. A counter that shows the same value for longer
 * than any in use does stands still: its age grows, and when it moves again what it may have slept through
 * goes to missing_uj. */
#ifndef ENERGY_COUNTER_H
#define ENERGY_COUNTER_H

#include "energy/source.h"

typedef struct {
  uint64_t range_uj;  /* the counter goes from here back to 0; 0 = not known, then no wrap is ever assumed */
  double max_power_w; /* the zone cannot draw more */
  double slack_s;     /* one change may hold the energy of so much more than the time it took */
  double still_s;     /* with the same value for longer it stands still; INFINITY: coarse ones do */
  uint64_t raw_uj;    /* of the last good read */
  int64_t seen_ns;    /* its time; before the first one, the time of opening */
  int64_t moved_ns;   /* time of the last good read that differed from the one before */
  bool started;       /* there was one */
  bool slept;         /* the machine slept since the last good read */
  bool odd;           /* the last read was implausible: */
  uint64_t odd_raw_uj;
  int64_t odd_ns;
} gm_counter;

/* The usual slack: RAPL is refreshed about every millisecond, with jitter (docs/energy-model.md, Counters).
 */
#define GM_COUNTER_SLACK_S 2e-3

/* A counter opened at `time_ns`, not yet read, with the usual slack. */
gm_counter gm_counter_open(uint64_t range_uj, double max_power_w, int64_t time_ns);

/* The counter of a zone, with its range, bound and slack. */
gm_counter gm_counter_of(const gm_zone *zone, int64_t time_ns);

/* A read that gave a number: adds to *reading. `suspended`: the machine slept since the last call. */
void gm_counter_step(gm_counter *counter, uint64_t raw_uj, int64_t time_ns, bool suspended,
                     gm_zone_reading *reading);

/* A failed read: *reading gets older. */
void gm_counter_miss(gm_counter *counter, int64_t time_ns, bool suspended, gm_zone_reading *reading);

/* Longest time between two reads after which a value is still certain: half of what
 * it takes to go round at max_power_w (docs/energy-model.md, Counters). */
double gm_counter_max_gap_s(uint64_t range_uj, double max_power_w);

#endif
