/* SPDX-License-Identifier: MIT
 * Replay of a study under a pruner: trials are judged again one by one. Nothing is trained and no journal
 * changed. */
#include "tuning/pruners/pruner_replay.h"

#include "tuning/budget.h"
#include "tuning/study.h"

#include <json-c/json.h>

#include <math.h>

/* What the pruner keeps with a trial. */
static gm_status mark(const gm_pruner_config *pruner, const gm_history *survivors, gm_trial *copy,
                      gm_error *err) {
  gm_status status = GM_OK;
  if (pruner->method->mark == NULL) return GM_OK;
  struct json_object *marks = json_object_new_object();
  status = pruner->method->mark(pruner, survivors, copy, marks, err);
  json_object_object_foreach(marks, key, value) if (status == GM_OK) status =
      gm_attribute_set(&copy->system_attributes, key, json_object_get(value), err);
  json_object_put(marks);
  return status;
}

/* Reports the epochs of `trial` to `copy` until the pruner stops it; *epochs is how many it took. */
static gm_status run_trial(const gm_pruner_config *pruner, const gm_history *survivors, const gm_trial *trial,
                           gm_trial *copy, size_t *epochs, gm_error *err) {
  bool prune = false;
  gm_status status = GM_OK;
  *epochs = 0;
  while (status == GM_OK && !prune && *epochs < trial->n_reports) {
    const gm_intermediate *report = &trial->reports[(*epochs)++];
    status = gm_trial_add_report(copy, report->step, report->value, err);
    if (status == GM_OK) status = pruner->method->judge(pruner, survivors, copy, &prune, err);
    if (status == GM_OK) status = mark(pruner, survivors, copy, err);
  }
  copy->state = prune ? GM_TRIAL_PRUNED : GM_TRIAL_COMPLETE;
  copy->value = trial->value;
  return status;
}

/* fmin and fmax prefer the number over NaN. */
static double better_of(double a, double b, gm_direction direction) {
  return direction == GM_MINIMIZE ? fmin(a, b) : fmax(a, b);
}

static void add_up(gm_pruner_replay *replay, const gm_trial *trial, size_t epochs, bool pruned) {
  const int64_t n = (int64_t)trial->n_reports, saved = pruned ? n - (int64_t)epochs : 0;
  const double energy_j = gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE);
  const double kg = gm_trial_attribute(trial, GM_EMISSIONS_ATTRIBUTE);
  const double share = n > 0 ? (double)saved / (double)n : 0.0;
  replay->n_trials++;
  replay->trials_pruned += pruned;
  replay->epochs += n;
  replay->epochs_saved += saved;
  replay->energy_j += energy_j;
  replay->energy_saved_j += share * energy_j;
  replay->emissions_kg += kg;
  replay->emissions_saved_kg += share * kg;
}

static gm_status run(const gm_pruner_config *pruner, const gm_history *history, gm_history *survivors,
                     gm_pruner_replay *replay, gm_error *err) {
  const gm_trial *best = gm_history_best(history);
  double kept = NAN;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    gm_trial *copy;
    size_t epochs;
    if (trial->state != GM_TRIAL_COMPLETE) continue;
    gm_status status = gm_history_add(survivors, &copy, err);
    if (status != GM_OK) return status;
    copy->number = trial->number; /* hyperband's brackets go by it */
    status = run_trial(pruner, survivors, trial, copy, &epochs, err);
    if (status != GM_OK) return status;
    const bool pruned = copy->state == GM_TRIAL_PRUNED;
    add_up(replay, trial, epochs, pruned);
    replay->best_lost |= pruned && trial == best;
    if (!pruned) kept = better_of(kept, trial->value, history->direction);
  }
  replay->regret = best != NULL ? fabs(kept - best->value) : NAN;
  return GM_OK;
}

gm_status gm_pruner_replay_run(const gm_pruner_config *pruner, const gm_history *history,
                               gm_pruner_replay *replay, gm_error *err) {
  gm_history survivors = {.direction = history->direction};
  *replay = (gm_pruner_replay){0};
  for (size_t i = 0; i < history->n_trials; i++)
    if (history->trials[i]->state == GM_TRIAL_PRUNED)
      return gm_fail(err, GM_BAD_INPUT,
                     "trial %zu was pruned: a replay needs a study whose trials all ran to their end", i);
  gm_status status = run(pruner, history, &survivors, replay, err);
  gm_history_free(&survivors);
  if (status == GM_OK && replay->n_trials == 0)
    status = gm_fail(err, GM_BAD_INPUT, "the study has no complete trial to replay");
  return status;
}
