/* SPDX-License-Identifier: MIT
 * Two rules that look at the trial itself first. Patient: another pruner is asked only when
 * the last patience + 1 intermediate values are all worse, by more than min_delta, than the
 * best before them; without another pruner that alone stops the trial. Threshold: a value
 * outside [lower, upper], or NaN, stops it. Semantics are those of
 * optuna.pruners.PatientPruner and ThresholdPruner 5. */
#include "tuning/pruners/percentile_pruner.h"

#include <math.h>

/* Whether patience is over. */
static bool has_stalled(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial) {
  const size_t window = (size_t)config->patience + 1;
  if (trial->n_reports <= window) return false;
  const size_t split = trial->n_reports - window;
  const double before = gm_best_report(trial, 0, split, history->direction);
  const double after = gm_best_report(trial, split, trial->n_reports, history->direction);
  return history->direction == GM_MINIMIZE ? before + config->min_delta < after
                                           : before - config->min_delta > after; /* false for NaN */
}

static gm_status judge_patient(const gm_pruner_config *config, const gm_history *history,
                               const gm_trial *trial, bool *prune, gm_error *err) {
  *prune = has_stalled(config, history, trial);
  if (!*prune || config->inner == NULL) return GM_OK;
  return config->inner->judge(config, history, trial, prune, err);
}

static gm_status mark_patient(const gm_pruner_config *config, const gm_history *history,
                              const gm_trial *trial, struct json_object *marks, gm_error *err) {
  if (config->inner == NULL || config->inner->mark == NULL || !has_stalled(config, history, trial))
    return GM_OK;
  return config->inner->mark(config, history, trial, marks, err);
}

static gm_status judge_threshold(const gm_pruner_config *config, const gm_history *history,
                                 const gm_trial *trial, bool *prune, gm_error *err) {
  (void)history, (void)err;
  const gm_intermediate *last = gm_trial_last_report(trial);
  *prune = last != NULL && gm_pruner_is_due(config, trial) &&
           (isnan(last->value) || last->value < config->lower || last->value > config->upper);
  return GM_OK;
}

const gm_pruner gm_patient_pruner = {.name = "patient", .judge = judge_patient, .mark = mark_patient};
const gm_pruner gm_threshold_pruner = {.name = "threshold", .judge = judge_threshold};
