/* SPDX-License-Identifier: MIT
 * What the machine draws when nothing runs: measured once by hand (`track idle`), kept in a
 * small file, valid for the same host, boot and set of sources for 24 hours; or measured
 * right before and after a run (docs/energy-model.md, Idle baseline):
 *
 *   gm_idle_baseline_measure(meter, 5, wait, NULL, &before, &err);  … the run …
 *   gm_idle_baseline_measure(meter, 5, wait, NULL, &after, &err);
 *   gm_idle_baseline around = gm_idle_baseline_around(&before, &after);
 *   gm_meter_set_idle(meter, &around.power);         then ask gm_meter_between
 *
 * A machine that is busy is not idle and gives no baseline. */
#ifndef ENERGY_IDLE_BASELINE_H
#define ENERGY_IDLE_BASELINE_H

#include "energy/meter.h"

typedef struct {
  gm_idle_power power;
  double seconds;     /* time watched */
  double utilisation; /* busy share meanwhile, NAN: unknown */
  double load;        /* 1-minute load average, NAN: unknown */
  double drift; /* of two windows: largest |after − before| / mean of a component's power; NAN: one window */
  time_t measured_at;
  char host[GM_HOST_TEXT], boot_id[64];
  char sources[512]; /* the zones the meter had open */
} gm_idle_baseline;

/* Watches the machine for so many seconds (≥ 2), one reading a second. Busier than 5 % of its CPU time is
 * GM_FAILED. `sleep_s` waits, and may end early with false to give up (GM_INTERRUPTED). */
gm_status gm_idle_baseline_measure(gm_meter *meter, int seconds,
                                   bool (*sleep_s)(void *context, double seconds), void *context,
                                   gm_idle_baseline *baseline, gm_error *err);

/* The baseline of a run between two windows: their means, with half of their difference in the sd. */
gm_idle_baseline gm_idle_baseline_around(const gm_idle_baseline *before, const gm_idle_baseline *after);

/* True where two windows differ by more than 10 %: idle power moved, and with it all that is above it. */
bool gm_idle_baseline_is_drifting(const gm_idle_baseline *baseline);

/* Where baselines are kept unless a directory is `given`: greenmile below XDG_CACHE_HOME or HOME/.cache. In
 * fresh memory; NULL where there is none to be had. */
char *gm_idle_baseline_directory(const char *given);

/* Writes it below `directory` (created where missing) under a name made of host, boot and sources. */
gm_status gm_idle_baseline_save(const char *directory, const gm_idle_baseline *baseline, gm_error *err);

/* Finds the one for this meter. *found is false, with the sentence in *why (of `size`), where there is none,
 * it is older than 24 hours at `now`, or of another host, boot or other sources. */
gm_status gm_idle_baseline_load(const char *directory, const gm_meter *meter, time_t now,
                                gm_idle_baseline *baseline, bool *found, char *why, size_t size,
                                gm_error *err);

/* Finds it in that directory and gives it to the meter; *found and *why as above. */
gm_status gm_idle_baseline_use(const char *given_directory, gm_meter *meter, gm_idle_baseline *baseline,
                               bool *found, char *why, size_t size, gm_error *err);

#endif
