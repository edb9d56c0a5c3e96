/* SPDX-License-Identifier: MIT
 * The meter of a log of readings: its zones, sources and host as they were when the log was written. */
#ifndef ENERGY_REPLAY_METER_H
#define ENERGY_REPLAY_METER_H

#include "common/json.h"
#include "energy/meter_state.h"

/* Fills a zeroed meter from the JSON `root` of the first line of the log `path`; `pue` NAN: the log's.
 * GM_BAD_INPUT where something is missing or does not fit. Nothing in it is open. */
gm_status gm_rebuild_meter(const char *path, const struct json_object *root, double pue, gm_meter *meter,
                           gm_error *err);

#endif
