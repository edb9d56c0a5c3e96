/* SPDX-License-Identifier: MIT
 * Samples for the forecast models: windows of the past and the value `lead` steps
 * ahead, in three splits. It does no fitting and no scaling.
 *
 * A sample is indexed by its last input time t: inputs are t−T+1 … t, the target
 * is the index at t + lead. It needs the full window of max_time_steps, so the
 * number of samples does not depend on T; a sample with a missing value among them is left out.
 *
 * Letters: n samples of a split, C = n_channels, L = length, T = time_steps. */
#ifndef DATASETS_SAMPLES_H
#define DATASETS_SAMPLES_H

#include "common/status.h"
#include "datasets/series.h"

#include <stddef.h>
#include <stdint.h>

/* ---- configuration ---------------------------------------------------- */

typedef enum { GM_TRAIN, GM_VALIDATION, GM_TEST, GM_N_SPLITS } gm_split_name;

/* "train", "validation", "test": as in options and predictions.csv. */
const char *gm_split_text(gm_split_name split);

typedef struct {
  size_t time_steps;               /* T, 1 … max_time_steps; default 1 */
  size_t max_time_steps;           /* default 12 (maps: 6) */
  size_t lead;                     /* steps ahead, at least 1; default 1 */
  bool no_blocks;                  /* of index series x is not wanted (no network): a third of the memory */
  const char *period[GM_N_SPLITS]; /* range of t, "A:B" or open "A:" (up to the last t whose target exists);
                                     required, in the date form of the table */
} gm_samples_config;

gm_samples_config gm_samples_config_default(void);

/* NULL when the configuration makes sense, otherwise a sentence naming the field. */
const char *gm_samples_config_check(const gm_samples_config *config);

/* ---- the samples ------------------------------------------------------ */

/* One split; every array is a view into gm_samples, and lives as long. */
typedef struct {
  size_t n;         /* samples */
  size_t n_dropped; /* times t of the period without full window or target, or with a missing value there */
  const int64_t *target_time; /* (n) ordinals t + lead, ascending */
  const double *y;            /* (n) the target at t + lead */
  const float *y_float;       /* (n) the same, rounded */
  const double *index_at_t;   /* (n) the target series at t: what persistence forecasts from */
  const double *X;            /* (n, C·T) row-major, for the regression: channel by channel, oldest
                                 first, no padding. NULL on maps, where x serves (p = C·L) */
  const float *const *x;      /* n pointers to (C, L) row-major blocks, for networks; NULL without blocks */
} gm_split;

/* Index series: C = number of series, L = max_time_steps, the older L − T positions zero.
 * Maps (map_samples.h): C = T months, oldest first, L = points; x[i] points into the
 * time-major (n_times, points) matrix of the map, which must outlive the samples. */
typedef struct {
  gm_time_unit unit;
  size_t n_channels; /* C of a block */
  size_t length;     /* L of a block */
  size_t time_steps; /* T */
  size_t max_time_steps;
  size_t lead;
  size_t n_predictors; /* of the regression: C·T on series, C·L on maps */
  double data_epsilon; /* relative spacing of the data's own type: DBL_EPSILON or FLT_EPSILON */
  gm_split split[GM_N_SPLITS];
  double *doubles; /* the memory behind the views */
  float *floats;
  int64_t *times;
  const float **blocks;
} gm_samples;

/* Accepts a zeroed or half-built object. */
void gm_samples_free(gm_samples *samples);

#endif
