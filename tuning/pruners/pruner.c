/* SPDX-License-Identifier: MIT
 * Pruners by name, and their settings. */
#include "tuning/pruners/pruner.h"

#include "common/csv.h"

#include <stdio.h>
#include <string.h>

static const double median_percentile = 50.0;

static gm_status never(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                       bool *prune, gm_error *err) {
  (void)config, (void)history, (void)trial, (void)err;
  *prune = false;
  return GM_OK;
}

const gm_pruner gm_no_pruner = {.name = "none", .judge = never};

gm_pruner_config gm_pruner_config_default(void) {
  return (gm_pruner_config){
      .method = &gm_percentile_pruner,
      .percentile = median_percentile,
      .n_startup_trials = 5,
      .n_warmup_steps = 0,
      .interval_steps = 1,
      .n_min_trials = 1,
  };
}

gm_status gm_pruner_config_check(const gm_pruner_config *config, gm_error *err) {
  if (config->method == NULL)
    return gm_fail(err, GM_BAD_INPUT, "pruner: expected a method, none, median or percentile:P");
  if (!(config->percentile >= 0.0 && config->percentile <= 100.0))
    return gm_fail(err, GM_BAD_INPUT, "pruner: percentile must be from 0 to 100, not %g", config->percentile);
  if (config->n_warmup_steps < 0)
    return gm_fail(err, GM_BAD_INPUT, "pruner: n_warmup_steps must be at least 0, not %lld",
                   (long long)config->n_warmup_steps);
  if (config->interval_steps < 1)
    return gm_fail(err, GM_BAD_INPUT, "pruner: interval_steps must be at least 1, not %lld",
                   (long long)config->interval_steps);
  if (config->n_min_trials < 1)
    return gm_fail(err, GM_BAD_INPUT, "pruner: n_min_trials must be at least 1, not 0");
  return GM_OK;
}

gm_status gm_pruner_parse(const char *text, gm_pruner_config *config, gm_error *err) {
  static const char prefix[] = "percentile:";
  if (strcmp(text, gm_no_pruner.name) == 0) {
    config->method = &gm_no_pruner;
    return GM_OK;
  }
  double percentile = median_percentile;
  if (strncmp(text, prefix, sizeof prefix - 1) == 0) {
    if (!gm_parse_double(text + sizeof prefix - 1, &percentile) ||
        !(percentile >= 0.0 && percentile <= 100.0))
      return gm_fail(err, GM_BAD_INPUT, "pruner '%s': expected a number from 0 to 100 after 'percentile:'",
                     text);
  } else if (strcmp(text, "median") != 0) {
    return gm_fail(err, GM_BAD_INPUT, "unknown pruner '%s': expected none, median or percentile:P", text);
  }
  config->method = &gm_percentile_pruner;
  config->percentile = percentile;
  return GM_OK;
}

void gm_pruner_format(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]) {
  char number[GM_DOUBLE_TEXT];
  gm_format_double(config->percentile, number);
  if (config->method != &gm_percentile_pruner)
    snprintf(text, GM_PRUNER_TEXT, "%s", config->method->name);
  else if (config->percentile == median_percentile)
    snprintf(text, GM_PRUNER_TEXT, "median");
  else
    snprintf(text, GM_PRUNER_TEXT, "percentile:%s", number);
}
