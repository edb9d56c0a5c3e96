/* SPDX-License-Identifier: MIT
 * Pruners by name, and when one is due. The rules, and their settings as text, are in the files beside this
 * one. */
#include "tuning/pruners/pruner.h"

#include "common/csv.h"
#include "common/suggestion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS(name) &gm_##name##_pruner,
static const gm_pruner *const pruners[] = {GM_PRUNERS(ADDRESS)};
#undef ADDRESS
enum { N_PRUNERS = sizeof pruners / sizeof *pruners };

static gm_status never(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                       bool *prune, gm_error *err) {
  (void)config, (void)history, (void)trial, (void)err;
  *prune = false;
  return GM_OK;
}

const gm_pruner gm_no_pruner = {.name = "none", .usage = "none", .judge = never};

/* ---- settings ------------------------------------------------------------------- */

gm_pruner_config gm_pruner_config_default(void) {
  return (gm_pruner_config){
      .method = &gm_percentile_pruner,
      .percentile = GM_MEDIAN_PERCENTILE,
      .n_startup_trials = 5,
      .n_warmup_steps = 0,
      .interval_steps = 1,
      .n_min_trials = 1,
      .reduction_factor = GM_HALVING_FACTOR,
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

/* ---- reach ---------------------------------------------------------------------- */

gm_pruner_reach gm_pruner_reach_of(const gm_pruner_config *config, int64_t n_steps, int64_t n_trials) {
  const gm_pruner *method = config->method;
  const int64_t first = method->first_look != NULL ? method->first_look(config) : 0;
  if (method == &gm_no_pruner) return GM_PRUNER_CAN_STOP;
  const int64_t wanted = config->n_startup_trials > 1 ? (int64_t)config->n_startup_trials : 1;
  if (method->starts_up && wanted >= n_trials) return GM_PRUNER_STARTS_UP;
  if (first >= n_steps) return method->warms_up ? GM_PRUNER_WARMS_UP : GM_PRUNER_WAITS;
  if (method == &gm_patient_pruner && config->inner != NULL) {
    gm_pruner_config inner = *config;
    inner.method = config->inner;
    const gm_pruner_reach reach = gm_pruner_reach_of(&inner, n_steps, n_trials);
    if (reach != GM_PRUNER_CAN_STOP) return reach;
  }
  return first == n_steps - 1 && n_steps > 1 ? GM_PRUNER_AT_END : GM_PRUNER_CAN_STOP;
}

/* ---- for pruners ------------------------------------------------------------------- */

bool gm_pruner_parse_counts(const char *text, size_t n, int64_t *const values[]) {
  for (size_t i = 0; *text != '\0'; i++) {
    const size_t length = strcspn(text, ",");
    char word[24];
    if (i == n || length >= sizeof word) return false;
    memcpy(word, text, length);
    word[length] = '\0';
    if (strcmp(word, "auto") == 0)
      *values[i] = 0;
    else if (!gm_parse_integer(word, values[i]) || *values[i] < 1)
      return false;
    text += length + (text[length] == ',');
  }
  return true;
}

void gm_pruner_format_count(int64_t count, char text[GM_PRUNER_COUNT_TEXT]) {
  if (count == 0)
    strcpy(text, "auto");
  else
    snprintf(text, GM_PRUNER_COUNT_TEXT, "%lld", (long long)count);
}

int64_t gm_pruner_warmup(const gm_pruner_config *config) {
  return config->n_warmup_steps;
}

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

const char *gm_pruner_usage(const char *last, char text[GM_PRUNER_USAGE]) {
  int used = 0;
  for (size_t i = 0; i < N_PRUNERS && used < GM_PRUNER_USAGE; i++)
    used += snprintf(text + used, GM_PRUNER_USAGE - (size_t)used, "%s%s",
                     i == 0               ? ""
                     : i == N_PRUNERS - 1 ? last
                                          : ", ",
                     pruners[i]->usage);
  return text;
}

static const char median[] = "percentile:50"; /* "median" */

static const gm_pruner *find(const char *name, size_t length) {
  for (size_t i = 0; i < N_PRUNERS; i++)
    if (strlen(pruners[i]->name) == length && strncmp(name, pruners[i]->name, length) == 0) return pruners[i];
  return NULL;
}

gm_status gm_pruner_parse(const char *text, gm_pruner_config *config, gm_error *err) {
  if (strcmp(text, "median") == 0) text = median;
  const size_t length = strcspn(text, ":");
  const bool bare = text[length] == '\0';
  const gm_pruner *method = find(text, length);
  if (method == NULL || (bare ? method->needs_settings : method->parse == NULL)) {
    char usage[GM_PRUNER_USAGE];
    gm_fail(err, GM_BAD_INPUT, "unknown pruner '%s': expected %s", text, gm_pruner_usage(" or ", usage));
    return method == NULL ? gm_suggest(err, text, length, usage) : GM_BAD_INPUT;
  }
  const char *settings = bare ? "" : text + length + 1;
  const gm_status status = method->parse != NULL ? method->parse(text, settings, config, err) : GM_OK;
  if (status == GM_OK) config->method = method;
  return status;
}

void gm_pruner_format(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]) {
  char settings[GM_PRUNER_TEXT] = "";
  if (config->method->format != NULL) config->method->format(config, settings);
  const char *colon = settings[0] != '\0' ? ":" : "";
  snprintf(text, GM_PRUNER_TEXT, "%s%s%s", config->method->name, colon, settings);
  if (strcmp(text, median) == 0) strcpy(text, "median");
}
