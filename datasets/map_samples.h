/* SPDX-License-Identifier: MIT
 * Samples of a map: the last T months of every point, month by month, and the index
 * `lead` months ahead. The windows stay where they are, in the map's own matrix. */
#ifndef DATASETS_MAP_SAMPLES_H
#define DATASETS_MAP_SAMPLES_H

#include "common/status.h"
#include "datasets/samples.h"
#include "datasets/series.h"

/* Past months a sample may use on maps, as in the exercise behind the study. */
#define GM_MAP_MAX_TIME_STEPS 6

/* Cuts values (n_times of `index`, n_points), row-major, into samples (samples.h): C = T months,
 * oldest first, L = n_points, data_epsilon FLT_EPSILON. `values` must outlive the samples, `index` need
 * not. Errors as gm_samples_from_series. */
gm_status gm_samples_from_map(const gm_samples_config *config, const gm_series *index, const float *values,
                              size_t n_points, gm_samples *samples, gm_error *err);

#endif
