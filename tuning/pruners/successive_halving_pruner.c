/* SPDX-License-Identifier: MIT
 * Successive halving: rungs that trials pass in any order, judged against whoever has come so far. */
#include "tuning/pruners/successive_halving_pruner.h"

#include "common/json.h"
#include "tuning/samplers/stable_order.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNG_KEY = 40, ESTIMATE_PARTS = 100 };

static void rung_key(int64_t rung, char key[RUNG_KEY]) {
  snprintf(key, RUNG_KEY, "completed_rung_%lld", (long long)rung);
}

/* What the trial had reached at the end of the rung, NaN before. */
static double rung_value(const gm_trial *trial, const char *key) {
  return trial->system_attributes != NULL ? gm_json_number(trial->system_attributes, key) : NAN;
}

static bool has_rung(const gm_trial *trial, const char *key) {
  return trial->system_attributes != NULL && json_object_object_get_ex(trial->system_attributes, key, NULL);
}

/* A hundredth of the longest complete trial, 0 without one. */
static int64_t estimate_min_resource(const gm_history *group) {
  int64_t longest = -1;
  for (size_t i = 0; i < group->n_trials; i++) {
    const gm_intermediate *last = gm_trial_last_report(group->trials[i]);
    if (group->trials[i]->state == GM_TRIAL_COMPLETE && last != NULL && last->step > longest)
      longest = last->step;
  }
  if (longest < 0) return 0;
  return longest / ESTIMATE_PARTS > 1 ? longest / ESTIMATE_PARTS : 1;
}

/* The step at which a rung ends, INT64_MAX where it is beyond. */
static int64_t promotion_step(int64_t min_resource, int64_t factor, int64_t exponent) {
  int64_t step = min_resource;
  for (int64_t i = 0; i < exponent; i++) {
    if (step > INT64_MAX / factor) return INT64_MAX;
    step *= factor;
  }
  return step;
}

/* Whether `value` is among the best 1 / factor of the others' values at the rung and itself. */
static gm_status is_promoted(const gm_pruner_config *config, const gm_history *group, const char *key,
                             double value, bool *promoted, gm_error *err) {
  const size_t capacity = group->n_trials + 1;
  double *values = malloc(capacity * (sizeof(double) + 2 * sizeof(gm_order_item) + sizeof(uint32_t)));
  if (values == NULL) return gm_fail_memory(err, "the pruner");
  gm_order_item *scratch = (gm_order_item *)(values + capacity);
  uint32_t *order = (uint32_t *)(scratch + 2 * capacity);
  size_t n = 0;
  for (size_t i = 0; i < group->n_trials; i++) {
    const double other = rung_value(group->trials[i], key);
    if (!isnan(other)) values[n++] = other;
  }
  values[n++] = value;
  const size_t kept = n / (size_t)config->reduction_factor, index = kept > 0 ? kept - 1 : 0;
  gm_stable_order(n, values, order, scratch);
  *promoted = n > config->bootstrap_count &&
              (group->direction == GM_MINIMIZE ? value <= values[order[index]]
                                               : value >= values[order[n - 1 - index]]);
  free(values);
  return GM_OK;
}

gm_status gm_successive_halving_look(const gm_pruner_config *config, const gm_history *group,
                                     const gm_trial *trial, bool *prune, struct json_object *marks,
                                     gm_error *err) {
  const gm_intermediate *last = gm_trial_last_report(trial);
  const int64_t rate = config->early_stopping_rate;
  char key[RUNG_KEY];
  int64_t rung = 0;
  *prune = false;
  if (last == NULL) return GM_OK;
  for (rung_key(rung, key); has_rung(trial, key); rung_key(rung, key)) rung++;
  const int64_t min_resource =
      config->min_resource != 0 ? config->min_resource : estimate_min_resource(group);
  if (min_resource == 0) return GM_OK;
  for (;; rung++) {
    bool promoted = false;
    if (last->step < promotion_step(min_resource, config->reduction_factor, rate + rung)) return GM_OK;
    *prune = true;
    if (isnan(last->value)) return GM_OK;
    rung_key(rung, key);
    if (marks != NULL) json_object_object_add(marks, key, json_object_new_double(last->value));
    const gm_status status = is_promoted(config, group, key, last->value, &promoted, err);
    if (status != GM_OK || !promoted) return status;
    *prune = false;
  }
}

static gm_status judge(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                       bool *prune, gm_error *err) {
  return gm_successive_halving_look(config, history, trial, prune, NULL, err);
}

static gm_status mark(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                      struct json_object *marks, gm_error *err) {
  bool prune;
  return gm_successive_halving_look(config, history, trial, &prune, marks, err);
}

static gm_status parse(const char *text, const char *settings, gm_pruner_config *config, gm_error *err) {
  int64_t *const values[] = {&config->min_resource, &config->reduction_factor};
  config->min_resource = 0;
  config->reduction_factor = GM_HALVING_FACTOR;
  if (gm_pruner_parse_counts(settings, 2, values) && config->reduction_factor >= 2) return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "pruner '%s': expected successive-halving[:MIN[,FACTOR]], MIN steps of the first rung or auto, "
      "FACTOR at least 2",
      text);
}

static void format(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]) {
  char least[GM_PRUNER_COUNT_TEXT];
  gm_pruner_format_count(config->min_resource, least);
  snprintf(text, GM_PRUNER_TEXT, "%s,%lld", least, (long long)config->reduction_factor);
}

/* The end of the first rung; auto is a part of the longest trial, and 1 at least. */
static int64_t first_rung(const gm_pruner_config *config) {
  const int64_t least = config->min_resource > 0 ? config->min_resource : 1;
  return promotion_step(least, config->reduction_factor, config->early_stopping_rate);
}

const gm_pruner gm_successive_halving_pruner = {.name = "successive-halving",
                                                .usage = "successive-halving[:MIN,FACTOR]",
                                                .parse = parse,
                                                .format = format,
                                                .judge = judge,
                                                .mark = mark,
                                                .first_look = first_rung};
