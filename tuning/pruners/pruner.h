/* SPDX-License-Identifier: MIT
 * A pruner stops trials that look hopeless from their intermediate values. Each one is
 * a const table of functions without state: the decision depends on the trials alone. */
#ifndef TUNING_PRUNER_H
#define TUNING_PRUNER_H

#include "common/status.h"
#include "tuning/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gm_pruner gm_pruner;

/* Optuna's defaults. */
#define GM_MEDIAN_PERCENTILE 50.0
enum { GM_HALVING_FACTOR = 4 };

/* Sizes of buffers for gm_pruner_format and gm_pruner_usage. */
enum { GM_PRUNER_TEXT = 128, GM_PRUNER_USAGE = 512 };

/* Settings of all pruners; each reads its own. The defaults are Optuna's. */
typedef struct {
  const gm_pruner *method; /* gm_percentile_pruner (default), gm_no_pruner, … */
  const gm_pruner *inner;  /* of gm_patient_pruner, with the settings here; NULL: none (NULL) */
  const char *study_name;  /* hyperband; borrowed, set by the study that is opened (NULL: "") */
  /* percentile, threshold */
  int64_t n_warmup_steps; /* no pruning at steps below this, >= 0 (0) */
  int64_t interval_steps; /* steps from one check to the next, >= 1 (1) */
  /* percentile: optuna.pruners.MedianPruner's */
  double percentile; /* the best this many % of trials are kept, 0 … 100; 50 is the median pruner (50) */
  size_t n_startup_trials; /* complete trials before any pruning (5) */
  size_t n_min_trials;     /* complete trials that must have reported at the step, >= 1 (1) */
  /* successive halving, hyperband */
  int64_t min_resource;        /* steps of the first rung, >= 1; 0: auto, which hyperband takes for 1 (0) */
  int64_t max_resource;        /* hyperband: steps of the longest trial, >= min_resource; 0: auto (0) */
  int64_t reduction_factor;    /* one in so many goes on, >= 2 (halving 4, hyperband 3) */
  int64_t early_stopping_rate; /* halving: rungs that are left out at the start, >= 0 (0) */
  size_t bootstrap_count;      /* so many trials end at a rung before any goes on (0) */
  /* patient */
  int64_t patience; /* >= 0 (0) */
  double min_delta; /* >= 0 (0) */
  /* threshold */
  double lower, upper; /* (-inf, inf) */
} gm_pruner_config;

/* Why a pruner can stop no trial of a search, or not in time. */
typedef enum {
  GM_PRUNER_CAN_STOP,
  GM_PRUNER_WARMS_UP,  /* its warm-up lasts as long as a trial */
  GM_PRUNER_STARTS_UP, /* it waits for as many complete trials as there are in all */
  GM_PRUNER_WAITS,     /* its patience, or its first rung, is longer than a trial */
  GM_PRUNER_AT_END     /* it looks first when a trial has ended: nothing is saved */
} gm_pruner_reach;

struct gm_pruner {
  const char *name;
  const char *usage;   /* with its settings, as gm_pruner_parse takes it: "percentile:P" */
  bool needs_settings; /* its name alone is not enough */
  bool warms_up;       /* reads n_warmup_steps and interval_steps */
  bool starts_up;      /* reads n_startup_trials */
  /* Reads the settings, what stands behind the colon of `text` or "", into its own members; NULL: it has
   * none. */
  gm_status (*parse)(const char *text, const char *settings, gm_pruner_config *config, gm_error *err);
  /* The settings as parse takes them; NULL: it has none. */
  void (*format)(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]);
  /* Whether `trial`, which is running, should stop now. */
  gm_status (*judge)(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                     bool *prune, gm_error *err);
  /* Adds the system attributes that this look leaves on the trial; NULL: none ever. */
  gm_status (*mark)(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                    struct json_object *marks, gm_error *err);
  /* Which trials compete, and are looked at by samplers, together with trial `number`: those of the same
   * group; NULL: all. */
  int64_t (*group)(const gm_pruner_config *config, const gm_history *history, int64_t number);
  /* First step of a trial at which it may stop one, as far as its settings alone say; NULL: the first. */
  int64_t (*first_look)(const gm_pruner_config *config);
};

/* All there are; a new one is a file with its gm_NAME_pruner and its name here. "no" never prunes; "patient"
 * and "threshold" are in patient_pruner.c. */
#define GM_PRUNERS(X) X(no) X(percentile) X(successive_halving) X(hyperband) X(patient) X(threshold)

#define GM_PRUNER_DECLARE(name) extern const gm_pruner gm_##name##_pruner;
GM_PRUNERS(GM_PRUNER_DECLARE)
#undef GM_PRUNER_DECLARE

gm_pruner_config gm_pruner_config_default(void);

/* GM_BAD_INPUT with a sentence naming the field. */
gm_status gm_pruner_config_check(const gm_pruner_config *config, gm_error *err);

/* Sets method and its main settings; leaves the rest: one of gm_pruner_usage, or "median". */
gm_status gm_pruner_parse(const char *text, gm_pruner_config *config, gm_error *err);

/* The text that gm_pruner_parse takes. */
void gm_pruner_format(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]);

/* "none, median, percentile:P, …", all there are, with `last` (", ", " or ") before the last one. */
const char *gm_pruner_usage(const char *last, char text[GM_PRUNER_USAGE]);

/* What it can do in a search of n_trials whose trials report at steps 0 … n_steps − 1; of patient with an
 * inner one what both can. */
gm_pruner_reach gm_pruner_reach_of(const gm_pruner_config *config, int64_t n_steps, int64_t n_trials);

/* ---- for pruners ------------------------------------------------------------- */

/* Numbers of at least 1 between commas, "auto" being 0; false where there are more than n or something else.
 */
bool gm_pruner_parse_counts(const char *text, size_t n, int64_t *const values[]);
enum { GM_PRUNER_COUNT_TEXT = 24 };
void gm_pruner_format_count(int64_t count, char text[GM_PRUNER_COUNT_TEXT]);

/* first_look of those that warm up. */
int64_t gm_pruner_warmup(const gm_pruner_config *config);

/* Whether the last report is at or behind the warm-up and the first in its interval [warmup + i interval,
 * warmup + (i + 1) interval). */
bool gm_pruner_is_due(const gm_pruner_config *config, const gm_trial *trial);

/* The trials of one group, as a history whose array is the caller's to free and whose trials are borrowed. */
gm_status gm_pruner_view(const gm_pruner_config *config, const gm_history *history, int64_t group,
                         gm_history *view, gm_error *err);

#endif
