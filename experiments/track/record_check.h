/* SPDX-License-Identifier: MIT
 * Figures of a record (energy/record/run_record.h) that say the same thing twice. */
#ifndef EXPERIMENTS_TRACK_RECORD_CHECK_H
#define EXPERIMENTS_TRACK_RECORD_CHECK_H

#include "common/json.h"
#include "common/status.h"

/* Energy and emissions are within their intervals; kg = kWh · g/kWh, kWh = IT energy · PUE and W = J / s, as
 * far as each is recorded. GM_BAD_INPUT names file, member and both values. */
gm_status gm_track_record_check(const char *path, struct json_object *record, gm_error *err);

#endif
