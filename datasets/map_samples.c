/* SPDX-License-Identifier: MIT
 * Windows of maps: pointers into the map's own rows; only targets are copied. */
#include "datasets/map_samples.h"

#include "datasets/split_rows.h"

#include <float.h>

gm_status gm_samples_from_map(const gm_samples_config *config, const gm_series *index, const float *values,
                              size_t n_points, gm_samples *samples, gm_error *err) {
  const size_t T = config->time_steps, L = n_points;
  *samples = (gm_samples){0};
  gm_split_rows rows[GM_N_SPLITS];
  gm_status status = gm_split_rows_find(config, index, rows, err);
  if (status == GM_OK) status = gm_samples_allocate(samples, rows, 0, 0, err);
  if (status != GM_OK) return status;
  samples->unit = index->unit;
  samples->n_channels = T;
  samples->length = L;
  samples->time_steps = T;
  samples->max_time_steps = config->max_time_steps;
  samples->lead = config->lead;
  samples->n_predictors = T * L;
  samples->data_epsilon = FLT_EPSILON;
  size_t i = 0, n = 0; /* i over the samples of all splits */
  for (int s = 0; s < GM_N_SPLITS; s++) n += rows[s].n;
  for (int s = 0; s < GM_N_SPLITS; s++)
    for (size_t t = rows[s].first_row; t < rows[s].end_row; t++, i++) {
      samples->doubles[i] = index->target[t + config->lead];       /* y */
      samples->floats[i] = (float)index->target[t + config->lead]; /* y_float */
      samples->doubles[n + i] = index->target[t];                  /* index_at_t */
      samples->times[i] = index->first + (int64_t)(t + config->lead);
      samples->blocks[i] = values + (t - (T - 1)) * L;
    }
  return GM_OK;
}
