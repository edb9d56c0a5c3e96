/* SPDX-License-Identifier: MIT
 * Windows and splits. */
#include "datasets/samples.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* ---- configuration ---------------------------------------------------- */

const char *gm_split_text(gm_split_name split) {
  switch (split) {
  case GM_TRAIN:
    return "train";
  case GM_VALIDATION:
    return "validation";
  case GM_TEST:
    return "test";
  case GM_N_SPLITS:
    break;
  }
  return "";
}

gm_samples_config gm_samples_config_default(void) {
  return (gm_samples_config){.time_steps = 1, .max_time_steps = 12, .lead = 1};
}

const char *gm_samples_config_check(const gm_samples_config *config) {
  if (config->max_time_steps < 1) return "max_time_steps: expected at least 1";
  if (config->time_steps < 1 || config->time_steps > config->max_time_steps)
    return "time_steps: expected a number from 1 to the window of the dataset (12 on index series, 6 on "
           "maps)";
  if (config->lead < 1) return "lead: expected at least 1 step ahead";
  if (config->period[GM_TRAIN] == NULL) return "train: expected a period of last input dates \"A:B\"";
  if (config->period[GM_VALIDATION] == NULL)
    return "validation: expected a period of last input dates \"A:B\"";
  if (config->period[GM_TEST] == NULL) return "test: expected a period of last input dates \"A:B\" or \"A:\"";
  return NULL;
}

/* ---- splits ----------------------------------------------------------- */

/* Rows of the last input times of one split: rows first_row … first_row + n − 1. */
typedef struct {
  size_t first_row, n, n_dropped;
} split_rows;

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

/* The rows t of each period that have a full window behind and a target ahead. */
static gm_status find_rows(const gm_samples_config *config, const gm_series *series,
                           split_rows rows[GM_N_SPLITS], gm_error *err) {
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
    rows[s] = (split_rows){.first_row = (size_t)(from - series->first),
                           .n = (size_t)(to - from + 1),
                           .n_dropped = (size_t)((from - period[s].first) + (wanted_to - to))};
  }
  return GM_OK;
}

/* ---- the samples ------------------------------------------------------ */

/* One block of memory per type, and the views of the splits into it. Without predictors and
 * block_size the samples own no windows (maps). */
static gm_status allocate(gm_samples *samples, const split_rows rows[GM_N_SPLITS], size_t predictors,
                          size_t block_size, gm_error *err) {
  size_t n = 0;
  for (int s = 0; s < GM_N_SPLITS; s++) n += rows[s].n;
  samples->doubles = calloc(n, (2 + predictors) * sizeof *samples->doubles);
  samples->floats = calloc(n, (1 + block_size) * sizeof *samples->floats);
  samples->times = calloc(n, sizeof *samples->times);
  samples->blocks = calloc(n, sizeof *samples->blocks);
  if (samples->doubles == NULL || samples->floats == NULL || samples->times == NULL ||
      samples->blocks == NULL) {
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
                                   .x = samples->blocks + first};
    first += rows[s].n;
  }
  return GM_OK;
}

/* Sample i of all: last input row t. False when a value has no finite float. */
static _Bool fill_sample(gm_samples *samples, const gm_series *series, size_t t, size_t i) {
  const size_t C = samples->n_channels, L = samples->length, T = samples->time_steps;
  size_t n = 0;
  for (int s = 0; s < GM_N_SPLITS; s++) n += samples->split[s].n;
  double *y = samples->doubles, *index_at_t = y + n, *X = y + 2 * n + i * C * T;
  float *y_float = samples->floats, *block = y_float + n + i * C * L;
  y[i] = series->target[t + samples->lead];
  y_float[i] = (float)y[i];
  index_at_t[i] = series->target[t];
  samples->times[i] = series->first + (int64_t)(t + samples->lead);
  samples->blocks[i] = block;
  _Bool finite = isfinite(y_float[i]);
  for (size_t c = 0; c < C; c++) {
    const double *window = series->channels + c * series->n_times + t - (T - 1);
    for (size_t k = 0; k < T; k++) {
      X[c * T + k] = window[k];
      block[c * L + (L - T) + k] = (float)window[k];
      finite = finite && isfinite((float)window[k]);
    }
  }
  return finite;
}

gm_status gm_samples_from_series(const gm_samples_config *config, const gm_series *series,
                                 gm_samples *samples, gm_error *err) {
  *samples = (gm_samples){0};
  const char *complaint = gm_samples_config_check(config);
  if (complaint != NULL) return gm_fail(err, GM_BAD_INPUT, "%s", complaint);
  split_rows rows[GM_N_SPLITS];
  gm_status status = find_rows(config, series, rows, err);
  if (status != GM_OK) return status;

  const size_t C = series->n_channels, L = config->max_time_steps, T = config->time_steps;
  status = allocate(samples, rows, C * T, C * L, err);
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
    for (size_t t = rows[s].first_row; t < rows[s].first_row + rows[s].n; t++, i++)
      if (!fill_sample(samples, series, t, i)) {
        char date[GM_TIME_TEXT];
        gm_time_format(series->unit, series->first + (int64_t)t, date);
        gm_samples_free(samples);
        return gm_fail(err, GM_BAD_INPUT, "%s: the sample of %s has a value too large for single precision",
                       series->name, date);
      }
  return GM_OK;
}

void gm_samples_free(gm_samples *samples) {
  free(samples->doubles);
  free(samples->floats);
  free(samples->times);
  free(samples->blocks);
  *samples = (gm_samples){0};
}
