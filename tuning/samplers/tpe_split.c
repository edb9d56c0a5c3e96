/* SPDX-License-Identifier: MIT
 * Good and bad trials. */
#include "tuning/samplers/tpe_split.h"

#include <math.h>

size_t gm_tpe_gamma(size_t n) {
  const size_t tenth = (n + 9) / 10; /* ceil(n / 10) */
  return tenth < GM_MAX_BELOW ? tenth : GM_MAX_BELOW;
}

size_t gm_tpe_gamma_hyperopt(size_t n) {
  const double wanted = ceil(0.25 * sqrt((double)n));
  return wanted < GM_MAX_BELOW ? (size_t)wanted : GM_MAX_BELOW;
}

/* Where a finished trial stands: by group, then first, then second; smaller is better. */
typedef struct {
  enum { FEASIBLE_COMPLETE, FEASIBLE_PRUNED, INFEASIBLE } group;
  double first, second;
} standing;

static double signed_value(double value, gm_direction direction) {
  if (isnan(value)) return INFINITY;
  return direction == GM_MINIMIZE ? value : -value;
}

static standing standing_of(const gm_trial *trial, gm_direction direction) {
  if (trial->constraint_violation > 0.0) return (standing){INFEASIBLE, trial->constraint_violation, 0.0};
  if (trial->state == GM_TRIAL_COMPLETE)
    return (standing){FEASIBLE_COMPLETE, signed_value(trial->value, direction), 0.0};
  const gm_intermediate *last = gm_trial_last_report(trial);
  if (last == NULL) return (standing){FEASIBLE_PRUNED, 1.0, 0.0}; /* after every -step <= 0 */
  return (standing){FEASIBLE_PRUNED, -(double)last->step, signed_value(last->value, direction)};
}

static bool better(standing a, standing b) {
  if (a.group != b.group) return a.group < b.group;
  if (a.first != b.first) return a.first < b.first;
  return a.second < b.second;
}

void gm_tpe_split(const gm_history *history, const gm_trial *current, bool constant_liar, size_t n_below,
                  const gm_trial **below, size_t *n_below_found, const gm_trial **above, size_t *n_above) {
  standing best[GM_MAX_BELOW]; /* of below[0 … n_good-1], best first */
  size_t n_good = 0;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial == current || (trial->state != GM_TRIAL_COMPLETE && trial->state != GM_TRIAL_PRUNED)) continue;
    const standing s = standing_of(trial, history->direction);
    size_t at = n_good;
    while (at > 0 && better(s, best[at - 1])) at--; /* after its equals, which came earlier */
    if (at >= n_below) continue;
    if (n_good < n_below) n_good++;
    for (size_t j = n_good - 1; j > at; j--) {
      best[j] = best[j - 1];
      below[j] = below[j - 1];
    }
    best[at] = s;
    below[at] = trial;
  }
  for (size_t i = 1; i < n_good; i++) { /* back to the order of age */
    const gm_trial *trial = below[i];
    size_t j = i;
    for (; j > 0 && below[j - 1]->number > trial->number; j--) below[j] = below[j - 1];
    below[j] = trial;
  }
  *n_below_found = n_good;
  *n_above = 0;
  size_t next = 0; /* of below */
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    const bool finished = trial->state == GM_TRIAL_COMPLETE || trial->state == GM_TRIAL_PRUNED;
    if (next < n_good && trial == below[next])
      next++;
    else if (trial != current && (finished || (constant_liar && trial->state == GM_TRIAL_RUNNING)))
      above[(*n_above)++] = trial;
  }
}
