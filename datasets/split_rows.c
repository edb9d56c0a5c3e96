/* SPDX-License-Identifier: MIT
 * Rows of the splits, and the memory of their samples. */
#include "datasets/split_rows.h"

#include <math.h>
#include <stdlib.h>

/* ---- splits ----------------------------------------------------------- */

static gm_status parse_periods(const gm_samples_config *config, gm_time_unit unit,
                               gm_period period[GM_N_SPLITS], gm_error *err) {
  for (int s = 0; s < GM_N_SPLITS; s++) {
    const gm_status status =
        gm_period_parse(config->period[s], unit, gm_split_text((gm_split_name)s), &period[s], err);
    if (status != GM_OK) return status;
    for (int other = 0; other < s; other++)
      if (period[s].first <= period[other].last && period[other].first <= period[s].last)
        return gm_fail(err, GM_BAD_INPUT, "the %s period %s and the %s period %s overlap",
                       gm_split_text((gm_split_name)other), config->period[other],
                       gm_split_text((gm_split_name)s), config->period[s]);
  }
  return GM_OK;
}

bool gm_split_rows_has(const gm_samples_config *config, const gm_series *series, size_t t) {
  if (series->n_missing == 0) return true;
  if (isnan(series->target[t]) || isnan(series->target[t + config->lead])) return false;
  for (size_t c = 0; c < series->n_channels; c++)
    for (size_t k = 0; k < config->max_time_steps; k++)
      if (isnan(series->channels[c * series->n_times + t - k])) return false;
  return true;
}

gm_status gm_split_rows_find(const gm_samples_config *config, const gm_series *series,
                             gm_split_rows rows[GM_N_SPLITS], gm_error *err) {
  const char *complaint = gm_samples_config_check(config);
  if (complaint != NULL) return gm_fail(err, GM_BAD_INPUT, "%s", complaint);
  gm_period period[GM_N_SPLITS];
  const size_t window = config->max_time_steps;
  if (window > series->n_times || config->lead > series->n_times - window)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: a window of %zu %ss and a lead of %zu are longer than the series of %zu rows",
                   series->name, window, gm_time_step(series->unit), config->lead, series->n_times);
  const gm_status status = parse_periods(config, series->unit, period, err);
  if (status != GM_OK) return status;
  const int64_t first = series->first + (int64_t)window - 1;
  const int64_t last = series->first + (int64_t)(series->n_times - 1 - config->lead);
  for (int s = 0; s < GM_N_SPLITS; s++) {
    const int64_t from = period[s].first > first ? period[s].first : first;
    const int64_t to = period[s].last < last ? period[s].last : last;
    char a[GM_TIME_TEXT], b[GM_TIME_TEXT];
    if (from > to)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s: the %s period %s has no sample; last input dates can be %s to %s", series->name,
                     gm_split_text((gm_split_name)s), config->period[s],
                     gm_time_format(series->unit, first, a), gm_time_format(series->unit, last, b));
    const int64_t wanted_to = period[s].last == INT64_MAX ? to : period[s].last;
    rows[s] = (gm_split_rows){.first_row = (size_t)(from - series->first),
                              .end_row = (size_t)(to - series->first) + 1,
                              .n_dropped = (size_t)((from - period[s].first) + (wanted_to - to))};
    for (size_t t = rows[s].first_row; t < rows[s].end_row; t++) {
      const bool there = gm_split_rows_has(config, series, t);
      rows[s].n += there;
      rows[s].n_dropped += !there;
    }
    if (rows[s].n == 0)
      return gm_fail(err, GM_BAD_INPUT, "%s: every sample of the %s period %s needs a value that is missing",
                     series->name, gm_split_text((gm_split_name)s), config->period[s]);
  }
  return GM_OK;
}

/* ---- memory ----------------------------------------------------------- */

gm_status gm_samples_allocate(gm_samples *samples, const gm_split_rows rows[GM_N_SPLITS], size_t predictors,
                              size_t block_size, gm_error *err) {
  const bool blocks = block_size > 0 || predictors == 0; /* those of maps lie in the map */
  size_t n = 0;
  for (int s = 0; s < GM_N_SPLITS; s++) n += rows[s].n;
  samples->doubles = calloc(n, (2 + predictors) * sizeof *samples->doubles);
  samples->floats = calloc(n, (1 + block_size) * sizeof *samples->floats);
  samples->times = calloc(n, sizeof *samples->times);
  samples->blocks = blocks ? calloc(n, sizeof *samples->blocks) : NULL;
  if (samples->doubles == NULL || samples->floats == NULL || samples->times == NULL ||
      (blocks && samples->blocks == NULL)) {
    gm_samples_free(samples);
    return gm_fail_memory(err, "the samples");
  }
  size_t first = 0;
  for (int s = 0; s < GM_N_SPLITS; s++) {
    samples->split[s] = (gm_split){.n = rows[s].n,
                                   .n_dropped = rows[s].n_dropped,
                                   .target_time = samples->times + first,
                                   .y = samples->doubles + first,
                                   .y_float = samples->floats + first,
                                   .index_at_t = samples->doubles + n + first,
                                   .X = predictors > 0 ? samples->doubles + 2 * n + first * predictors : NULL,
                                   .x = blocks ? samples->blocks + first : NULL};
    first += rows[s].n;
  }
  return GM_OK;
}
