/* SPDX-License-Identifier: MIT
 * Pruners by name, their settings as text, and when one is due. The rules are in the files beside this one.
 */
#include "tuning/pruners/pruner.h"

#include "common/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double median_percentile = 50.0;
enum { HALVING_FACTOR = 4, HYPERBAND_FACTOR = 3 };

static gm_status never(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                       bool *prune, gm_error *err) {
  (void)config, (void)history, (void)trial, (void)err;
  *prune = false;
  return GM_OK;
}

const gm_pruner gm_no_pruner = {.name = "none", .judge = never};

/* ---- settings ------------------------------------------------------------------- */

gm_pruner_config gm_pruner_config_default(void) {
  return (gm_pruner_config){
      .method = &gm_percentile_pruner,
      .percentile = median_percentile,
      .n_startup_trials = 5,
      .n_warmup_steps = 0,
      .interval_steps = 1,
      .n_min_trials = 1,
      .reduction_factor = HALVING_FACTOR,
      .lower = -INFINITY,
      .upper = INFINITY,
  };
}

static gm_status too_small(gm_error *err, const char *field, int64_t least, int64_t value) {
  return gm_fail(err, GM_BAD_INPUT, "pruner: %s must be at least %lld, not %lld", field, (long long)least,
                 (long long)value);
}

gm_status gm_pruner_config_check(const gm_pruner_config *config, gm_error *err) {
  const struct {
    const char *field;
    int64_t value, least;
  } counts[] = {{"n_warmup_steps", config->n_warmup_steps, 0},
                {"interval_steps", config->interval_steps, 1},
                {"n_min_trials", (int64_t)config->n_min_trials, 1},
                {"min_resource", config->min_resource, 0},
                {"max_resource", config->max_resource, 0},
                {"reduction_factor", config->reduction_factor, 2},
                {"early_stopping_rate", config->early_stopping_rate, 0},
                {"patience", config->patience, 0}};
  if (config->method == NULL)
    return gm_fail(err, GM_BAD_INPUT, "pruner: expected a method, none, median or percentile:P");
  if (!(config->percentile >= 0.0 && config->percentile <= 100.0))
    return gm_fail(err, GM_BAD_INPUT, "pruner: percentile must be from 0 to 100, not %g", config->percentile);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    if (counts[i].value < counts[i].least)
      return too_small(err, counts[i].field, counts[i].least, counts[i].value);
  if (config->max_resource > 0 && config->max_resource < config->min_resource)
    return too_small(err, "max_resource", config->min_resource, config->max_resource);
  if (config->bootstrap_count > 0 &&
      (config->method == &gm_hyperband_pruner ? config->max_resource == 0 : config->min_resource == 0))
    return gm_fail(err, GM_BAD_INPUT, "pruner: bootstrap_count needs a resource that is not auto");
  if (!(config->min_delta >= 0.0))
    return gm_fail(err, GM_BAD_INPUT, "pruner: min_delta must be at least 0, not %g", config->min_delta);
  if (!(config->lower <= config->upper))
    return gm_fail(err, GM_BAD_INPUT, "pruner: lower must not be above upper");
  return GM_OK;
}

/* ---- for pruners ------------------------------------------------------------------- */

bool gm_pruner_is_due(const gm_pruner_config *config, const gm_trial *trial) {
  const gm_intermediate *last = gm_trial_last_report(trial);
  if (last == NULL || last->step < config->n_warmup_steps) return false;
  const int64_t gate = last->step - (last->step - config->n_warmup_steps) % config->interval_steps;
  const int64_t previous = trial->n_reports > 1 ? trial->reports[trial->n_reports - 2].step : -1;
  return previous < gate;
}

gm_status gm_pruner_view(const gm_pruner_config *config, const gm_history *history, int64_t group,
                         gm_history *view, gm_error *err) {
  *view = (gm_history){.direction = history->direction};
  view->trials = malloc((history->n_trials + 1) * sizeof(gm_trial *));
  if (view->trials == NULL) return gm_fail_memory(err, "the pruner");
  for (size_t i = 0; i < history->n_trials; i++)
    if (config->method->group == NULL ||
        config->method->group(config, history, history->trials[i]->number) == group)
      view->trials[view->n_trials++] = history->trials[i];
  return GM_OK;
}

/* ---- as text ------------------------------------------------------------------------- */

/* Numbers behind the colon, "auto" being 0; false when there are more than n or something else. */
static bool parse_numbers(const char *text, int n, int64_t *const values[]) {
  for (int i = 0; *text != '\0'; i++) {
    const char *comma = strchr(text, ',');
    const size_t length = comma != NULL ? (size_t)(comma - text) : strlen(text);
    char word[24];
    if (i == n || length >= sizeof word) return false;
    memcpy(word, text, length);
    word[length] = '\0';
    if (strcmp(word, "auto") == 0)
      *values[i] = 0;
    else if (!gm_parse_integer(word, values[i]) || *values[i] < 1)
      return false;
    text += length + (comma != NULL);
  }
  return true;
}

static gm_status parse_percentile(const char *text, const char *argument, gm_pruner_config *config,
                                  gm_error *err) {
  double percentile;
  if (!gm_parse_double(argument, &percentile) || !(percentile >= 0.0 && percentile <= 100.0))
    return gm_fail(err, GM_BAD_INPUT, "pruner '%s': expected a number from 0 to 100 after 'percentile:'",
                   text);
  config->method = &gm_percentile_pruner;
  config->percentile = percentile;
  return GM_OK;
}

static gm_status parse_halving(const char *text, const char *argument, gm_pruner_config *config,
                               gm_error *err) {
  int64_t *const values[] = {&config->min_resource, &config->reduction_factor};
  config->method = &gm_successive_halving_pruner;
  config->min_resource = 0;
  config->reduction_factor = HALVING_FACTOR;
  if (parse_numbers(argument, 2, values) && config->reduction_factor >= 2) return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "pruner '%s': expected successive-halving[:MIN[,FACTOR]], MIN steps of the first rung or auto, "
      "FACTOR at least 2",
      text);
}

static gm_status parse_hyperband(const char *text, const char *argument, gm_pruner_config *config,
                                 gm_error *err) {
  int64_t *const values[] = {&config->min_resource, &config->max_resource, &config->reduction_factor};
  config->method = &gm_hyperband_pruner;
  config->min_resource = 1;
  config->max_resource = 0;
  config->reduction_factor = HYPERBAND_FACTOR;
  if (parse_numbers(argument, 3, values) && config->min_resource >= 1 && config->reduction_factor >= 2 &&
      (config->max_resource == 0 || config->max_resource >= config->min_resource))
    return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "pruner '%s': expected hyperband[:MIN[,MAX[,FACTOR]]], MIN and MAX steps of a trial (MAX may be "
      "auto), FACTOR at least 2",
      text);
}

static gm_status parse_patient(const char *text, const char *argument, gm_pruner_config *config,
                               gm_error *err) {
  char count[24];
  const size_t length = strcspn(argument, ",");
  const bool fits = length < sizeof count;
  snprintf(count, sizeof count, "%.*s", (int)(fits ? length : 0), argument);
  config->inner = NULL;
  gm_status status = GM_OK;
  if (!gm_parse_integer(count, &config->patience) || config->patience < 0)
    status =
        gm_fail(err, GM_BAD_INPUT, "pruner '%s': expected patient:N[,INNER], N epochs of patience", text);
  if (status == GM_OK && argument[length] == ',') {
    status = gm_pruner_parse(argument + length + 1, config, err);
    if (status == GM_OK && (config->method == &gm_patient_pruner || config->method == &gm_hyperband_pruner))
      status =
          gm_fail(err, GM_BAD_INPUT, "pruner '%s': this one cannot be the inner pruner of patient", text);
    config->inner = config->method == &gm_no_pruner ? NULL : config->method;
  }
  config->method = &gm_patient_pruner;
  return status;
}

static gm_status parse_threshold(const char *text, const char *argument, gm_pruner_config *config,
                                 gm_error *err) {
  char lower[GM_DOUBLE_TEXT];
  const char *comma = strchr(argument, ',');
  const size_t length = comma != NULL ? (size_t)(comma - argument) : strlen(argument);
  const char *upper = comma != NULL ? comma + 1 : "";
  snprintf(lower, sizeof lower, "%.*s", (int)(length < sizeof lower ? length : 0), argument);
  config->method = &gm_threshold_pruner;
  config->lower = -INFINITY;
  config->upper = INFINITY;
  const bool ok = (lower[0] == '\0' || gm_parse_double(lower, &config->lower)) &&
                  (upper[0] == '\0' || gm_parse_double(upper, &config->upper)) &&
                  (lower[0] != '\0' || upper[0] != '\0') && config->lower <= config->upper;
  if (ok) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "pruner '%s': expected threshold:LOWER,UPPER, one of which may be left out", text);
}

gm_status gm_pruner_parse(const char *text, gm_pruner_config *config, gm_error *err) {
  static const struct {
    const char *name;
    bool needs_argument;
    gm_status (*parse)(const char *text, const char *argument, gm_pruner_config *config, gm_error *err);
  } with_argument[] = {{"percentile", true, parse_percentile},
                       {"successive-halving", false, parse_halving},
                       {"hyperband", false, parse_hyperband},
                       {"patient", true, parse_patient},
                       {"threshold", true, parse_threshold}};
  const size_t length = strcspn(text, ":");
  for (size_t i = 0; i < sizeof with_argument / sizeof *with_argument; i++) {
    const char *name = with_argument[i].name;
    if (strlen(name) != length || strncmp(text, name, length) != 0) continue;
    if (text[length] == '\0' && with_argument[i].needs_argument) break;
    return with_argument[i].parse(text, text[length] == ':' ? text + length + 1 : "", config, err);
  }
  if (strcmp(text, gm_no_pruner.name) == 0) {
    config->method = &gm_no_pruner;
  } else if (strcmp(text, "median") == 0) {
    config->method = &gm_percentile_pruner;
    config->percentile = median_percentile;
  } else {
    return gm_fail(
        err, GM_BAD_INPUT,
        "unknown pruner '%s': expected none, median, percentile:P, successive-halving[:MIN,FACTOR], "
        "hyperband[:MIN,MAX,FACTOR], patient:N[,INNER] or threshold:LOWER,UPPER",
        text);
  }
  return GM_OK;
}

static void format_resource(int64_t resource, char text[24]) {
  if (resource == 0)
    strcpy(text, "auto");
  else
    snprintf(text, 24, "%lld", (long long)resource);
}

static void format(const gm_pruner *method, const gm_pruner_config *config, char *text, size_t size) {
  char number[GM_DOUBLE_TEXT] = "", upper[GM_DOUBLE_TEXT] = "", least[24], most[24];
  format_resource(config->min_resource, least);
  format_resource(config->max_resource, most);
  gm_format_double(config->percentile, number);
  if (method == &gm_percentile_pruner && config->percentile != median_percentile)
    snprintf(text, size, "percentile:%s", number);
  else if (method == &gm_percentile_pruner)
    snprintf(text, size, "median");
  else if (method == &gm_successive_halving_pruner)
    snprintf(text, size, "%s:%s,%lld", method->name, least, (long long)config->reduction_factor);
  else if (method == &gm_hyperband_pruner)
    snprintf(text, size, "%s:%s,%s,%lld", method->name, least, most, (long long)config->reduction_factor);
  else if (method == &gm_threshold_pruner) {
    number[0] = '\0';
    if (isfinite(config->lower)) gm_format_double(config->lower, number);
    if (isfinite(config->upper)) gm_format_double(config->upper, upper);
    snprintf(text, size, "%s:%s,%s", method->name, number, upper);
  } else {
    snprintf(text, size, "%s", method->name);
  }
}

void gm_pruner_format(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]) {
  char inner[GM_PRUNER_TEXT / 2] = "";
  if (config->method != &gm_patient_pruner) {
    format(config->method, config, text, GM_PRUNER_TEXT);
    return;
  }
  if (config->inner != NULL) format(config->inner, config, inner, sizeof inner);
  snprintf(text, GM_PRUNER_TEXT, "patient:%lld%s%s", (long long)config->patience, inner[0] != '\0' ? "," : "",
           inner);
}
