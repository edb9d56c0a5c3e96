/* SPDX-License-Identifier: MIT
 * A pruner stops trials that look hopeless from their intermediate values. Each one is
 * a const table of functions without state: the decision depends on the trials alone. */
#ifndef TUNING_PRUNER_H
#define TUNING_PRUNER_H

#include "common/status.h"
#include "tuning/trial.h"

#include <stddef.h>
#include <stdint.h>

typedef struct gm_pruner gm_pruner;

typedef struct {
  const gm_pruner *method; /* gm_percentile_pruner (default) or gm_no_pruner */
  /* percentile pruner only; the defaults are those of optuna.pruners.MedianPruner */
  double percentile; /* the best this many % of trials are kept, 0 … 100; 50 is the median pruner (50) */
  size_t n_startup_trials; /* complete trials before any pruning (5) */
  int64_t n_warmup_steps;  /* no pruning at steps below this, >= 0 (0) */
  int64_t interval_steps;  /* steps from one check to the next, >= 1 (1) */
  size_t n_min_trials;     /* complete trials that must have reported at the step, >= 1 (1) */
} gm_pruner_config;

struct gm_pruner {
  const char *name;
  /* Whether `trial`, which is running, should stop now. */
  gm_status (*judge)(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                     bool *prune, gm_error *err);
};

extern const gm_pruner gm_no_pruner;         /* "none": never prunes */
extern const gm_pruner gm_percentile_pruner; /* "percentile" (percentile_pruner.h) */

gm_pruner_config gm_pruner_config_default(void);

/* GM_BAD_INPUT with a sentence naming the field. */
gm_status gm_pruner_config_check(const gm_pruner_config *config, gm_error *err);

/* Sets method and percentile from "none", "median" or "percentile:P"; leaves the rest. */
gm_status gm_pruner_parse(const char *text, gm_pruner_config *config, gm_error *err);

/* Size of a buffer for gm_pruner_format. */
#define GM_PRUNER_TEXT 48

/* The text that gm_pruner_parse takes. */
void gm_pruner_format(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]);

#endif
