/* SPDX-License-Identifier: MIT
 * The forecasts that cost nothing, beside which every model stands: persistence and climatology of the
 * run's samples, scored for run.json and left month by month in DIR/references.csv:
 * split,month,truth,persistence,climatology (validation and test). */
#ifndef EXPERIMENTS_REFERENCES_H
#define EXPERIMENTS_REFERENCES_H

#include "experiments/run/forecast.h"

/* Adds "persistence" and "climatology", objects of scores, to `extra` and writes the file. */
gm_status gm_references_write(const gm_experiment *experiment, struct json_object *extra, gm_error *err);

#endif
