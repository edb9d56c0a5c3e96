/* SPDX-License-Identifier: MIT
 * Hyperband: the bracket of a trial, by CRC-32 of study and number; within it successive halving judges. */
#include "tuning/pruners/hyperband_pruner.h"

#include "tuning/pruners/successive_halving_pruner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

uint32_t gm_crc32(const char *text) {
  static const uint32_t polynomial = 0xedb88320; /* bits reversed */
  uint32_t crc = ~UINT32_C(0);
  for (const char *c = text; *c != '\0'; c++) {
    crc ^= (unsigned char)*c;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
  }
  return ~crc;
}

/* Steps of the longest complete trial where none is configured; 0 without one. */
static int64_t max_resource_of(const gm_pruner_config *config, const gm_history *history) {
  int64_t most = config->max_resource;
  for (size_t i = 0; config->max_resource == 0 && i < history->n_trials; i++) {
    const gm_intermediate *last = gm_trial_last_report(history->trials[i]);
    if (history->trials[i]->state == GM_TRIAL_COMPLETE && last != NULL && last->step + 1 > most)
      most = last->step + 1;
  }
  return most;
}

static int64_t min_resource_of(const gm_pruner_config *config) {
  return config->min_resource > 0 ? config->min_resource : 1;
}

int64_t gm_hyperband_brackets(const gm_pruner_config *config, int64_t max_resource) {
  const double ratio = (double)max_resource / (double)min_resource_of(config);
  const double n = floor(log(ratio) / log((double)config->reduction_factor)) + 1.0;
  return n > 0.0 ? (int64_t)n : 0;
}

/* How many of all trials go to a bracket, relative to the others. */
static int64_t share_of(const gm_pruner_config *config, int64_t n_brackets, int64_t bracket) {
  const int64_t s = n_brackets - 1 - bracket;
  return (int64_t)ceil((double)n_brackets * pow((double)config->reduction_factor, (double)s) /
                       (double)(s + 1));
}

/* The bracket of trial `number` among n_brackets. */
static int64_t bracket_of(const gm_pruner_config *config, int64_t n_brackets, int64_t number) {
  const char *study = config->study_name != NULL ? config->study_name : "";
  int64_t total = 0;
  char *text = NULL;
  for (int64_t b = 0; b < n_brackets; b++) total += share_of(config, n_brackets, b);
  if (total <= 0 || asprintf(&text, "%s_%lld", study, (long long)number) < 0) return 0;
  int64_t n = (int64_t)gm_crc32(text) % total, bracket = 0;
  free(text);
  for (; bracket < n_brackets - 1; bracket++) {
    n -= share_of(config, n_brackets, bracket);
    if (n < 0) break;
  }
  return bracket;
}

static int64_t group(const gm_pruner_config *config, const gm_history *history, int64_t number) {
  const int64_t most = max_resource_of(config, history);
  const int64_t n_brackets = most > 0 ? gm_hyperband_brackets(config, most) : 0;
  return n_brackets > 0 ? bracket_of(config, n_brackets, number) : 0;
}

static gm_status look(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                      bool *prune, struct json_object *marks, gm_error *err) {
  const int64_t most = max_resource_of(config, history);
  const int64_t n_brackets = most > 0 ? gm_hyperband_brackets(config, most) : 0;
  gm_history bracket = {0};
  *prune = false;
  if (n_brackets == 0) return GM_OK;
  gm_pruner_config own = *config; /* the bracket's */
  own.min_resource = min_resource_of(config);
  own.early_stopping_rate = bracket_of(config, n_brackets, trial->number);
  gm_status status = gm_pruner_view(config, history, own.early_stopping_rate, &bracket, err);
  if (status == GM_OK) status = gm_successive_halving_look(&own, &bracket, trial, prune, marks, err);
  free(bracket.trials);
  return status;
}

static gm_status judge(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                       bool *prune, gm_error *err) {
  return look(config, history, trial, prune, NULL, err);
}

static gm_status mark(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                      struct json_object *marks, gm_error *err) {
  bool prune;
  return look(config, history, trial, &prune, marks, err);
}

static gm_status parse(const char *text, const char *settings, gm_pruner_config *config, gm_error *err) {
  int64_t *const values[] = {&config->min_resource, &config->max_resource, &config->reduction_factor};
  config->min_resource = 1;
  config->max_resource = 0;
  config->reduction_factor = 3; /* optuna.pruners.HyperbandPruner's */
  if (gm_pruner_parse_counts(settings, 3, values) && config->min_resource >= 1 &&
      config->reduction_factor >= 2 &&
      (config->max_resource == 0 || config->max_resource >= config->min_resource))
    return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "pruner '%s': expected hyperband[:MIN[,MAX[,FACTOR]]], MIN and MAX steps of a trial (MAX may be "
      "auto), FACTOR at least 2",
      text);
}

static void format(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]) {
  char least[GM_PRUNER_COUNT_TEXT], most[GM_PRUNER_COUNT_TEXT];
  gm_pruner_format_count(config->min_resource, least);
  gm_pruner_format_count(config->max_resource, most);
  snprintf(text, GM_PRUNER_TEXT, "%s,%s,%lld", least, most, (long long)config->reduction_factor);
}

const gm_pruner gm_hyperband_pruner = {.name = "hyperband",
                                       .usage = "hyperband[:MIN,MAX,FACTOR]",
                                       .parse = parse,
                                       .format = format,
                                       .judge = judge,
                                       .mark = mark,
                                       .group = group,
                                       .first_look = min_resource_of};
