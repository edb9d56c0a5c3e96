/* SPDX-License-Identifier: MIT
 * The percentile rule: the best value so far against a percentile of the others' at the same step, as numpy
 * takes it. */
#include "tuning/pruners/percentile_pruner.h"

#include "common/csv.h"
#include "tuning/samplers/stable_order.h"

#include <math.h>
#include <stdlib.h>

double gm_best_report(const gm_trial *trial, size_t first, size_t last, gm_direction direction) {
  double best = NAN;
  for (size_t i = first; i < last; i++) { /* fmin and fmax prefer the number over NaN */
    const double value = trial->reports[i].value;
    best = direction == GM_MINIMIZE ? fmin(best, value) : fmax(best, value);
  }
  return best;
}

double gm_percentile(size_t n, const double *sorted, double q) {
  const double place = (double)(n - 1) * (q / 100.0);
  const size_t below = (size_t)place;
  const size_t above = below + 1 < n ? below + 1 : n - 1;
  const double fraction = place - (double)below, a = sorted[below], b = sorted[above];
  return fraction < 0.5 ? a + (b - a) * fraction : b - (b - a) * (1.0 - fraction);
}

/* Number of complete trials. */
static size_t count_complete(const gm_history *history) {
  size_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++) n += history->trials[i]->state == GM_TRIAL_COMPLETE;
  return n;
}

/* Writes the numbers among the complete trials' values at `step`; NaN counts in *n_reported only. */
static size_t collect_values(const gm_history *history, int64_t step, double *values, size_t *n_reported) {
  size_t n = 0;
  *n_reported = 0;
  for (size_t i = 0; i < history->n_trials; i++) {
    if (history->trials[i]->state != GM_TRIAL_COMPLETE) continue;
    const gm_intermediate *report = gm_trial_report_at(history->trials[i], step);
    if (report == NULL) continue;
    ++*n_reported;
    if (!isnan(report->value)) values[n++] = report->value;
  }
  return n;
}

gm_status gm_percentile_threshold(const gm_pruner_config *config, const gm_history *history, int64_t step,
                                  double *threshold, gm_error *err) {
  *threshold = NAN;
  const size_t capacity = count_complete(history);
  if (capacity == 0) return GM_OK;
  /* One block: values, sorted values, scratch of the sort, order. */
  double *values = malloc(capacity * (2 * sizeof(double) + 2 * sizeof(gm_order_item) + sizeof(uint32_t)));
  if (values == NULL) return gm_fail_memory(err, "the pruner");
  double *sorted = values + capacity;
  gm_order_item *scratch = (gm_order_item *)(sorted + capacity);
  uint32_t *order = (uint32_t *)(scratch + 2 * capacity);
  size_t n_reported;
  const size_t n = collect_values(history, step, values, &n_reported);
  if (n > 0 && n_reported >= config->n_min_trials) {
    gm_stable_order(n, values, order, scratch);
    for (size_t i = 0; i < n; i++) sorted[i] = values[order[i]];
    const double q = history->direction == GM_MINIMIZE ? config->percentile : 100.0 - config->percentile;
    *threshold = gm_percentile(n, sorted, q);
  }
  free(values);
  return GM_OK;
}

static gm_status judge(const gm_pruner_config *config, const gm_history *history, const gm_trial *trial,
                       bool *prune, gm_error *err) {
  *prune = false;
  const size_t n_complete = count_complete(history);
  if (n_complete == 0 || n_complete < config->n_startup_trials) return GM_OK;
  const gm_intermediate *last = gm_trial_last_report(trial);
  if (last == NULL || !gm_pruner_is_due(config, trial)) return GM_OK;
  const double best = gm_best_report(trial, 0, trial->n_reports, history->direction);
  if (isnan(best)) {
    *prune = true;
    return GM_OK;
  }
  double threshold;
  const gm_status status = gm_percentile_threshold(config, history, last->step, &threshold, err);
  if (status != GM_OK) return status;
  *prune = history->direction == GM_MINIMIZE ? best > threshold : best < threshold; /* false for NaN */
  return GM_OK;
}

static gm_status parse(const char *text, const char *settings, gm_pruner_config *config, gm_error *err) {
  double percentile;
  if (!gm_parse_double(settings, &percentile) || !(percentile >= 0.0 && percentile <= 100.0))
    return gm_fail(err, GM_BAD_INPUT, "pruner '%s': expected a number from 0 to 100 after 'percentile:'",
                   text);
  config->percentile = percentile;
  return GM_OK;
}

static void format(const gm_pruner_config *config, char text[GM_PRUNER_TEXT]) {
  gm_format_double(config->percentile, text);
}

const gm_pruner gm_percentile_pruner = {.name = "percentile",
                                        .usage = "median, percentile:P",
                                        .needs_settings = true,
                                        .warms_up = true,
                                        .starts_up = true,
                                        .parse = parse,
                                        .format = format,
                                        .judge = judge,
                                        .first_look = gm_pruner_warmup};
