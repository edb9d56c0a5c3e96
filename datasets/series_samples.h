/* SPDX-License-Identifier: MIT
 * Samples of index series. */
#ifndef DATASETS_SERIES_SAMPLES_H
#define DATASETS_SERIES_SAMPLES_H

#include "datasets/samples.h"

/* Cuts the table into samples. GM_BAD_INPUT, one sentence, for a bad or
 * overlapping period, an empty split, a window longer than the series. The
 * series may be freed afterwards. */
gm_status gm_samples_from_series(const gm_samples_config *config, const gm_series *series,
                                 gm_samples *samples, gm_error *err);

#endif
