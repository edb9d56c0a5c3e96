/* SPDX-License-Identifier: MIT
 * Two rules that look at the trial itself first. Patient: another pruner is asked only when
 * the last patience + 1 intermediate values are all worse, by more than min_delta, than the
 * best before them; without another pruner that alone stops the trial. Threshold: a value
 * outside [lower, upper], or NaN, stops it. Semantics are those of
 * optuna.pruners.PatientPruner and ThresholdPruner 5. */
#include "common/csv.h"
#include "tuning/pruners/percentile_pruner.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- patient -------------------------------------------------------------------------- */

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

static gm_status parse_patient(const char *text, const char *settings, gm_pruner_config *config,
                               gm_error *err) {
  char count[24];
  const size_t length = strcspn(settings, ",");
  snprintf(count, sizeof count, "%.*s", (int)(length < sizeof count ? length : 0), settings);
  config->inner = NULL;
  if (!gm_parse_integer(count, &config->patience) || config->patience < 0)
    return gm_fail(err, GM_BAD_INPUT, "pruner '%s': expected patient:N[,INNER], N epochs of patience", text);
  if (settings[length] != ',') return GM_OK;
  const gm_status status = gm_pruner_parse(settings + length + 1, config, err);
  if (status != GM_OK) return status;
  if (config->method == &gm_patient_pruner || config->method->group != NULL)
    return gm_fail(err, GM_BAD_INPUT, "pruner '%s': this one cannot be the inner pruner of patient", text);
  config->inner = config->method == &gm_no_pruner ? NULL : config->method;
  return GM_OK;
}

static void format_patient(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]) {
  char inner[GM_PRUNER_TEXT] = "";
  gm_pruner_config of_inner = *config;
  of_inner.method = config->inner;
  if (config->inner != NULL) gm_pruner_format(&of_inner, inner);
  snprintf(text, GM_PRUNER_TEXT, "%lld%s%s", (long long)config->patience, inner[0] != '\0' ? "," : "", inner);
}

/* patience + 1 reports are held against those before them. */
static int64_t first_stall(const gm_pruner_config *config) {
  return config->patience + 1;
}

const gm_pruner gm_patient_pruner = {.name = "patient",
                                     .usage = "patient:N[,INNER]",
                                     .needs_settings = true,
                                     .parse = parse_patient,
                                     .format = format_patient,
                                     .judge = judge_patient,
                                     .mark = mark_patient,
                                     .first_look = first_stall};

/* ---- threshold ------------------------------------------------------------------------ */

static gm_status judge_threshold(const gm_pruner_config *config, const gm_history *history,
                                 const gm_trial *trial, bool *prune, gm_error *err) {
  (void)history, (void)err;
  const gm_intermediate *last = gm_trial_last_report(trial);
  *prune = last != NULL && gm_pruner_is_due(config, trial) &&
           (isnan(last->value) || last->value < config->lower || last->value > config->upper);
  return GM_OK;
}

static gm_status parse_threshold(const char *text, const char *settings, gm_pruner_config *config,
                                 gm_error *err) {
  char lower[GM_DOUBLE_TEXT];
  const size_t length = strcspn(settings, ",");
  const char *upper = settings + length + (settings[length] == ',');
  snprintf(lower, sizeof lower, "%.*s", (int)(length < sizeof lower ? length : 0), settings);
  config->lower = -INFINITY;
  config->upper = INFINITY;
  const bool ok = (lower[0] == '\0' || gm_parse_double(lower, &config->lower)) &&
                  (upper[0] == '\0' || gm_parse_double(upper, &config->upper)) &&
                  (lower[0] != '\0' || upper[0] != '\0') && config->lower <= config->upper;
  if (ok) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "pruner '%s': expected threshold:LOWER,UPPER, one of which may be left out", text);
}

static void format_threshold(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]) {
  char lower[GM_DOUBLE_TEXT] = "", upper[GM_DOUBLE_TEXT] = "";
  if (isfinite(config->lower)) gm_format_double(config->lower, lower);
  if (isfinite(config->upper)) gm_format_double(config->upper, upper);
  snprintf(text, GM_PRUNER_TEXT, "%s,%s", lower, upper);
}

const gm_pruner gm_threshold_pruner = {.name = "threshold",
                                       .usage = "threshold:LOWER,UPPER",
                                       .needs_settings = true,
                                       .warms_up = true,
                                       .parse = parse_threshold,
                                       .format = format_threshold,
                                       .judge = judge_threshold,
                                       .first_look = gm_pruner_warmup};
