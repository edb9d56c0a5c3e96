/* SPDX-License-Identifier: MIT
 * Windows of index series: for every month with a whole past and a target ahead one sample, in double
 * precision for the regression and in single for networks. No scaling: the models take the values as they
 * are. */
#include "datasets/series_samples.h"

#include "datasets/split_rows.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

/* Sample i of all: last input row t. False when a value has no finite float. */
static bool fill_sample(gm_samples *samples, const gm_series *series, size_t t, size_t i) {
  const size_t C = samples->n_channels, L = samples->length, T = samples->time_steps;
  size_t n = 0;
  for (int s = 0; s < GM_N_SPLITS; s++) n += samples->split[s].n;
  double *y = samples->doubles, *index_at_t = y + n, *X = y + 2 * n + i * C * T;
  float *y_float = samples->floats, *block = samples->blocks == NULL ? NULL : y_float + n + i * C * L;
  y[i] = series->target[t + samples->lead];
  y_float[i] = (float)y[i];
  index_at_t[i] = series->target[t];
  samples->times[i] = series->first + (int64_t)(t + samples->lead);
  if (block != NULL) samples->blocks[i] = block;
  bool finite = isfinite(y_float[i]);
  for (size_t c = 0; c < C; c++) {
    const double *window = series->channels + c * series->n_times + t - (T - 1);
    for (size_t k = 0; k < T; k++) {
      X[c * T + k] = window[k];
      if (block != NULL) block[c * L + (L - T) + k] = (float)window[k];
      finite = finite && isfinite((float)window[k]);
    }
  }
  return finite;
}

/* GM_BAD_INPUT where the squares of a whole column vanish in single precision, in which networks are trained:
 * they would learn from zeros. */
static gm_status check_sizes(const gm_series *series, gm_error *err) {
  const double least = sqrt(FLT_MIN);
  for (size_t c = 0; c <= series->n_channels; c++) {
    const bool target = c == series->n_channels;
    const double *column = target ? series->target : series->channels + c * series->n_times;
    double largest = 0;
    for (size_t t = 0; t < series->n_times; t++)
      if (fabs(column[t]) > largest) largest = fabs(column[t]);
    if (largest == 0 || largest >= least) continue;
    return gm_fail(
        err, GM_BAD_INPUT,
        "%s: \"%s\" has no value above %.3g in size, whose square vanishes in single precision: expected "
        "%.0e or more; give it in another unit",
        series->name, target ? series->target_name : series->channel_names[c], largest, least);
  }
  return GM_OK;
}

gm_status gm_samples_from_series(const gm_samples_config *config, const gm_series *series,
                                 gm_samples *samples, gm_error *err) {
  *samples = (gm_samples){0};
  gm_split_rows rows[GM_N_SPLITS];
  gm_status status = check_sizes(series, err);
  if (status == GM_OK) status = gm_split_rows_find(config, series, rows, err);
  if (status != GM_OK) return status;

  const size_t C = series->n_channels, L = config->max_time_steps, T = config->time_steps;
  status = gm_samples_allocate(samples, rows, C * T, config->no_blocks ? 0 : C * L, err);
  if (status != GM_OK) return status;
  samples->unit = series->unit;
  samples->n_channels = C;
  samples->length = L;
  samples->time_steps = T;
  samples->max_time_steps = config->max_time_steps;
  samples->lead = config->lead;
  samples->n_predictors = C * T;
  samples->data_epsilon = DBL_EPSILON;

  size_t i = 0; /* over the samples of all splits, which follow one another in every block */
  for (int s = 0; s < GM_N_SPLITS; s++)
    for (size_t t = rows[s].first_row; t < rows[s].end_row; t++)
      if (gm_split_rows_has(config, series, t) && !fill_sample(samples, series, t, i++)) {
        char date[GM_TIME_TEXT];
        gm_time_format(series->unit, series->first + (int64_t)t, date);
        gm_samples_free(samples);
        return gm_fail(err, GM_BAD_INPUT, "%s: the sample of %s has a value too large for single precision",
                       series->name, date);
      }
  return GM_OK;
}
