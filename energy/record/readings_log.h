/* SPDX-License-Identifier: MIT
 * A log of everything a meter read, raw counter values included, from which a run can be
 * worked out again elsewhere and later: with another PUE, another baseline, corrected
 * arithmetic. One CSV line per zone and reading; the first line is a comment with the
 * zones and sources as JSON (schema greenmile-readings-2). */
#ifndef ENERGY_READINGS_LOG_H
#define ENERGY_READINGS_LOG_H

#include "energy/meter.h"

/* ---- writing ------------------------------------------------------------------ */

typedef struct gm_readings_log gm_readings_log;

/* Creates the file; give gm_readings_log_observer to the meter's configuration, then open the meter, then
 * call _begin with it. Readings before that are kept back. */
gm_status gm_readings_log_create(gm_readings_log **log, const char *path, gm_error *err);
gm_observer gm_readings_log_observer(gm_readings_log *log);
void gm_readings_log_begin(gm_readings_log *log, gm_meter *meter);

/* Marks the readings a run lies between. */
void gm_readings_log_mark(gm_readings_log *log, const gm_reading *start, const gm_reading *stop);

/* Ends the file, after the meter is closed. GM_IO_ERROR where something was not written. Accepts NULL. */
gm_status gm_readings_log_close(gm_readings_log *log, gm_error *err);

/* ---- reading --------------------------------------------------------------------- */

typedef struct {
  gm_meter *meter; /* of the log's zones, for gm_meter_between and the texts; it reads nothing */
  gm_reading *readings;
  size_t n, start, stop; /* of the marks; without them the first and the last reading */
  size_t differences;    /* zone readings whose logged energy is not what raw values, times and watts give */
} gm_replay;

/* Reads a log; counters go through energy/sources/counter.h again from their raw values, modelled zones
 * through their model from the times and watts that are logged. Sensors of power are taken as logged, within
 * what they can show: the watts they read are not in it. `pue` NAN: the log's. GM_BAD_INPUT names the line
 * where readings do not follow one another. */
gm_status gm_replay_open(gm_replay *replay, const char *path, double pue, gm_error *err);
void gm_replay_close(gm_replay *replay); /* accepts a zeroed object */

#endif
