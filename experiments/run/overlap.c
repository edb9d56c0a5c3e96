/* SPDX-License-Identifier: MIT
 * Months in two roles: the periods of a run's options beside each other, and a sentence where they meet; and
 * one where a base period is too short. */
#include "experiments/run/overlap.h"

#include "datasets/anomalies.h"

#include <math.h>
#include <stdio.h>

/* A stretch of time, both ends in it. */
typedef struct {
  int64_t first, last;
} stretch;

static stretch targets_of(const gm_split *split) {
  return (stretch){split->target_time[0], split->target_time[split->n - 1]};
}

/* Of the samples' windows: last input months t are lead before the targets. */
static stretch inputs_of(const gm_samples *samples, const gm_split *split) {
  const stretch targets = targets_of(split);
  const int64_t lead = (int64_t)samples->lead, steps = (int64_t)samples->time_steps;
  return (stretch){targets.first - lead - steps + 1, targets.last - lead};
}

static bool overlap(stretch a, stretch b) {
  return a.first <= b.last && b.first <= a.last;
}

static bool base_period_reaches(const gm_samples *samples, const gm_split *split, const char *base_period) {
  gm_base_period base;
  if (base_period == NULL || gm_base_period_parse(base_period, &base, NULL) != GM_OK || base.none)
    return false;
  const stretch years = {gm_time_join(samples->unit, base.first, 1, 1),
                         gm_time_join(samples->unit, base.last, 12, 31)};
  return overlap(years, targets_of(split));
}

static void sentence(const gm_samples *samples, gm_split_name name, const char *base_period, bool base,
                     char *text, size_t size) {
  char from[GM_TIME_TEXT], to[GM_TIME_TEXT], last[GM_TIME_TEXT];
  const char *split = gm_split_text(name);
  const stretch targets = targets_of(&samples->split[name]),
                inputs = inputs_of(samples, &samples->split[name]);
  if (base) {
    gm_time_format(samples->unit, targets.first, from);
    gm_time_format(samples->unit, targets.last, to);
    snprintf(
        text, size,
        "The base period %s reaches into the %s targets, %s to %s: the calendar means taken off contain what "
        "is to be forecast, so errors come out too small.",
        base_period, split, from, to);
    return;
  }
  gm_time_format(samples->unit, inputs.first, from);
  gm_time_format(samples->unit, targets_of(&samples->split[GM_TRAIN]).last, last);
  snprintf(text, size,
           "Training targets, up to %s, are among the inputs of %s samples, from %s on: at a lead of %zu "
           "with T = %zu "
           "leave more %ss out between the two periods.",
           last, split, from, samples->lead, samples->time_steps, gm_time_step(samples->unit));
}

bool gm_overlap_warning(const gm_samples *samples, const char *base_period, int i, char *text, size_t size) {
  static const gm_split_name judges[] = {GM_VALIDATION, GM_TEST};
  for (size_t s = 0; s < sizeof judges / sizeof *judges; s++) {
    const gm_split *split = &samples->split[judges[s]];
    if (split->n == 0 || samples->split[GM_TRAIN].n == 0) continue;
    for (int base = 1; base >= 0; base--) {
      const bool found = base ? base_period_reaches(samples, split, base_period)
                              : overlap(targets_of(&samples->split[GM_TRAIN]), inputs_of(samples, split));
      if (!found || i-- > 0) continue;
      sentence(samples, judges[s], base_period, base != 0, text, size);
      return true;
    }
  }
  return false;
}

bool gm_order_warning(const gm_samples *samples, char *text, size_t size) {
  static const gm_split_name judges[] = {GM_VALIDATION, GM_TEST};
  char from[GM_TIME_TEXT], first[GM_TIME_TEXT];
  if (samples->split[GM_TRAIN].n == 0) return false;
  const stretch training = targets_of(&samples->split[GM_TRAIN]);
  for (size_t s = 0; s < sizeof judges / sizeof *judges; s++) {
    const gm_split *split = &samples->split[judges[s]];
    if (split->n == 0 || training.first < targets_of(split).first) continue;
    snprintf(
        text, size,
        "Training begins at %s, after %s at %s: the model has learned from what came later, so its errors "
        "there are of no forecast.",
        gm_time_format(samples->unit, training.first, first), gm_split_text(judges[s]),
        gm_time_format(samples->unit, targets_of(split).first, from));
    return true;
  }
  return false;
}

/* A judgement: the mean of ten is off by a third of a month's spread, that of 30 by a fifth. */
enum { FEW_VALUES = 10 };

bool gm_base_period_warning(const char *base_period, size_t fewest, char *text, size_t size) {
  gm_base_period base;
  if (base_period == NULL || gm_base_period_parse(base_period, &base, NULL) != GM_OK || base.none)
    return false;
  const size_t years = (size_t)(base.last - base.first) + 1, n = fewest > 0 ? fewest : years;
  if (n >= FEW_VALUES) return false;
  int at = snprintf(text, size,
                    "The base period %s has %zu value%s behind %s of its calendar means: ", base_period, n,
                    n == 1 ? "" : "s", n < years ? "some" : "each");
  if (at < 0 || (size_t)at >= size) return true;
  if (n == 1)
    snprintf(text + at, size - (size_t)at,
             "anomalies are differences from a single value, and that value's own is 0. Choose more years.");
  else
    snprintf(text + at, size - (size_t)at,
             "the noise of such a mean, %.0f %% of a month's spread, is in every anomaly. Choose more years.",
             100 / sqrt((double)n));
  return true;
}
