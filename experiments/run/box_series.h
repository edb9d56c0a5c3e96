/* SPDX-License-Identifier: MIT
 * --sst with --features: the forecast is made from the means of several boxes instead of a map's points. Each
 * is read as --index reads its box, and together they are an index series like any other, with windows of 12
 * steps. */
#ifndef EXPERIMENTS_BOX_SERIES_H
#define EXPERIMENTS_BOX_SERIES_H

#include "experiments/run/experiment.h"

/* Reads the index (the target) and the boxes of --features, in that order of columns, into
 * experiment->series, and warns of what was found. GM_BAD_INPUT for options that mean a map (--box, --eof),
 * for a smoothed index, which would show the future to the features, and for a box that --index would not
 * take. */
gm_status gm_box_series_load(gm_experiment *experiment, gm_error *err);

/* Calls `visit` with every box of --features in turn, until it fails; GM_BAD_INPUT as above. */
gm_status gm_box_series_each(gm_experiment *experiment,
                             gm_status (*visit)(gm_experiment *experiment, const char *box, gm_error *err),
                             gm_error *err);

#endif
