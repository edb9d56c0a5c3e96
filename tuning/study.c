/* SPDX-License-Identifier: MIT
 * The rules of a study. What has happened is written by study_store.c, to memory or to
 * a journal; this file decides what may happen. */
#include "tuning/study.h"

#include "common/json.h"
#include "tuning/domination.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/study_bury.h"
#include "tuning/study_store.h"
#include "tuning/worker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct gm_study {
  gm_study_config config;
  void *sampler_state; /* of config.sampler.method */
  bool seeded;         /* this worker has asked before */
  int64_t last_number; /* of the last trial for which it took draws */
  gm_study_store store;
};

/* ---- life cycle ---------------------------------------------------------- */

gm_study_config gm_study_config_default(void) {
  return (gm_study_config){
      .direction = GM_MINIMIZE,
      .n_objectives = 1,
      .second_direction = GM_MINIMIZE,
      .sampler = gm_sampler_config_default(),
      .pruner = gm_pruner_config_default(),
      .max_restarts = 20,
      .max_retries = -1,
  };
}

static bool is_direction(gm_direction direction) {
  return direction == GM_MINIMIZE || direction == GM_MAXIMIZE;
}

gm_status gm_study_config_check(const gm_study_config *config, gm_error *err) {
  if (!is_direction(config->direction) || !is_direction(config->second_direction))
    return gm_fail(err, GM_BAD_INPUT, "study: direction must be minimize or maximize");
  if (config->n_objectives < 1 || config->n_objectives > 2)
    return gm_fail(err, GM_BAD_INPUT, "study: expected one objective or two, not %zu", config->n_objectives);
  if (config->n_objectives > 1 && config->pruner.method != &gm_no_pruner)
    return gm_fail(err, GM_BAD_INPUT,
                   "pruner %s: a pruner compares trials by one objective; with two expected none",
                   config->pruner.method->name);
  const gm_status status = gm_sampler_config_check(&config->sampler, err);
  return status != GM_OK ? status : gm_pruner_config_check(&config->pruner, err);
}

static gm_status create(const gm_study_config *config, gm_journal *journal, const char *name,
                        gm_study **study, gm_error *err) {
  *study = NULL;
  gm_status status = gm_study_config_check(config, err);
  if (status != GM_OK) return status;
  gm_study *created = calloc(1, sizeof *created);
  if (created == NULL) return gm_fail_memory(err, "a study");
  created->config = *config;
  if (name != NULL) created->config.pruner.study_name = name;
  const gm_direction directions[] = {config->direction, config->second_direction};
  if (config->n_objectives > 1) created->config.sampler.multivariate = false;
  status = gm_store_open(&created->store, journal, name, config->n_objectives, directions, err);
  if (status == GM_OK)
    status = config->sampler.method->create(&created->config.sampler, &created->sampler_state, err);
  if (status == GM_OK) status = gm_study_bury(created, NAN, NULL, err);
  if (status != GM_OK) {
    gm_study_free(created);
    return status;
  }
  *study = created;
  return GM_OK;
}

gm_status gm_study_create(const gm_study_config *config, gm_study **study, gm_error *err) {
  return create(config, NULL, NULL, study, err);
}

gm_status gm_study_open(const gm_study_config *config, gm_journal *journal, const char *name,
                        gm_study **study, gm_error *err) {
  if (name[0] == '\0') return gm_fail(err, GM_BAD_INPUT, "study: its name must not be empty");
  return create(config, journal, name, study, err);
}

void gm_study_free(gm_study *study) {
  if (study == NULL) return;
  study->config.sampler.method->destroy(study->sampler_state);
  study->store.in->close(&study->store);
  free(study);
}

gm_status gm_study_sync(gm_study *study, gm_error *err) {
  return study->store.in->sync(&study->store, err);
}

/* ---- parameters of one trial ----------------------------------------------------- */

static gm_status check_running(const gm_trial *trial, const char *action, gm_error *err) {
  if (trial->state == GM_TRIAL_RUNNING) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "trial %lld: cannot %s, its state is %s and not RUNNING",
                 (long long)trial->number, action, gm_trial_state_name(trial->state));
}

/* Begins a change of a running trial. */
static gm_status begin_change(gm_study *study, const gm_trial *trial, const char *action, gm_error *err) {
  gm_status status = study->store.in->begin(&study->store, err);
  if (status != GM_OK) return status;
  status = check_running(trial, action, err);
  if (status != GM_OK) study->store.in->cancel(&study->store);
  return status;
}

/* Ends it: what has gone well so far is kept, anything else taken back. */
static gm_status end_change(gm_study *study, gm_status status, gm_error *err) {
  if (status == GM_OK) return study->store.in->commit(&study->store, err);
  study->store.in->cancel(&study->store);
  return status;
}

/* The trials that the sampler sees for `trial`: all, or those that the pruner lets compete with it. */
static gm_status look_at_group(const gm_study *study, const gm_trial *trial, gm_history *view,
                               gm_error *err) {
  const gm_pruner_config *pruner = &study->config.pruner;
  const gm_history *history = &study->store.record->history;
  *view = *history;
  if (pruner->method->group == NULL) return GM_OK;
  return gm_pruner_view(pruner, history, pruner->method->group(pruner, history, trial->number), view, err);
}

static void leave_group(const gm_study *study, gm_history *view) {
  if (view->trials != study->store.record->history.trials) free(view->trials);
}

/* The value for a parameter that the trial does not have yet: the fixed one, the only one possible, the
 * jointly drawn one if it fits the range asked for, or a draw of its own. */
static gm_status choose(gm_study *study, gm_trial *trial, const gm_parameter *parameter, double *value,
                        gm_error *err) {
  const gm_distribution *d = &parameter->distribution;
  struct json_object *fixed;
  if (gm_trial_fixed(trial, parameter->name, &fixed))
    return gm_journal_internal_value(d, parameter->name, fixed, value, err);
  if (gm_distribution_single(d)) {
    *value = d->kind == GM_CATEGORICAL ? 0.0 : d->low;
    return GM_OK;
  }
  const gm_assignment *proposed = gm_assignments_find(&trial->proposed, parameter->name);
  if (proposed != NULL && gm_distribution_contains(d, proposed->value)) {
    *value = proposed->value;
    return GM_OK;
  }
  gm_history view;
  gm_status status = look_at_group(study, trial, &view, err);
  if (status == GM_OK)
    status = study->config.sampler.method->sample(study->sampler_state, &view, trial, parameter, value, err);
  leave_group(study, &view);
  return status;
}

/* More integers than this cannot be told apart around their middle: half a step is lost in the rounding of
 * the means and bounds of densities (here and in Optuna, whose draws agree with these up to then). */
static const double most_integers = 0x1p49;

/* The study's parameter for `name` and `range`, which is checked first. */
static gm_status find_parameter(gm_study *study, const char *name, gm_distribution range,
                                const gm_parameter **parameter, gm_error *err) {
  const gm_status status = gm_distribution_check(&range, name, err);
  if (status != GM_OK) return status;
  if (range.kind == GM_INT && (range.high - range.low) / range.step > most_integers)
    return gm_fail(
        err, GM_BAD_INPUT,
        "parameter '%s': a range of %g integers cannot be drawn from exactly; expected at most 2^49", name,
        (range.high - range.low) / range.step + 1.0);
  return gm_search_space_add(&study->store.record->space, name, &range, parameter, err);
}

/* Chooses and records a value the trial does not have; inside a transaction. */
static gm_status assign(gm_study *study, gm_trial *trial, const gm_parameter *parameter, double *value,
                        gm_error *err) {
  const gm_status status = choose(study, trial, parameter, value, err);
  if (status != GM_OK) return status;
  return study->store.in->parameter(&study->store, trial, (gm_assignment){parameter, *value}, err);
}

static gm_status suggest(gm_study *study, gm_trial *trial, const char *name, gm_parameter_kind kind,
                         gm_distribution distribution, double *value, gm_error *err) {
  static const char *const calls[] = {"suggest_float", "suggest_int", "suggest_categorical"};
  gm_status status = check_running(trial, "suggest a parameter", err);
  if (status != GM_OK) return status;
  if (distribution.kind != kind)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': its range is of another kind than %s expects", name,
                   calls[kind]);
  const gm_parameter *parameter;
  status = find_parameter(study, name, distribution, &parameter, err);
  if (status != GM_OK) return status;
  const gm_assignment *known = gm_assignments_find(&trial->parameters, parameter->name);
  if (known != NULL) {
    *value = known->value;
    return GM_OK;
  }
  status = begin_change(study, trial, "suggest a parameter", err);
  return status == GM_OK ? end_change(study, assign(study, trial, parameter, value, err), err) : status;
}

gm_status gm_study_suggest_float(gm_study *study, gm_trial *trial, const char *name, gm_distribution range,
                                 double *value, gm_error *err) {
  return suggest(study, trial, name, GM_FLOAT, range, value, err);
}

gm_status gm_study_suggest_int(gm_study *study, gm_trial *trial, const char *name, gm_distribution range,
                               int64_t *value, gm_error *err) {
  double internal = 0.0;
  const gm_status status = suggest(study, trial, name, GM_INT, range, &internal, err);
  if (status == GM_OK) *value = (int64_t)internal;
  return status;
}

gm_status gm_study_suggest_categorical(gm_study *study, gm_trial *trial, const char *name,
                                       gm_distribution choice, size_t *index, gm_error *err) {
  double internal = 0.0;
  const gm_status status = suggest(study, trial, name, GM_CATEGORICAL, choice, &internal, err);
  if (status == GM_OK) *index = (size_t)internal;
  return status;
}

/* ---- a trial from start to end ----------------------------------------------------- */

/* Whether another worker's trial runs. */
static bool others_run(const gm_study *study, const gm_trial *starting) {
  const gm_history *history = &study->store.record->history;
  const gm_journal *journal = study->store.journal;
  for (size_t i = 0; i < history->n_trials && journal != NULL; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial != starting && trial->state == GM_TRIAL_RUNNING &&
        (trial->worker == NULL || strcmp(trial->worker, gm_journal_worker_id(journal)) != 0))
      return true;
  }
  return false;
}

/* Takes the draws of these trials, group by group: only their number matters. */
static gm_status advance(gm_study *study, const gm_history *history, gm_error *err) {
  const gm_pruner_config *pruner = &study->config.pruner;
  const gm_sampler *method = study->config.sampler.method;
  int64_t last = 0;
  gm_status status = GM_OK;
  if (pruner->method->group == NULL)
    return method->advance(study->sampler_state, history, history->n_trials, err);
  for (size_t i = 0; i < history->n_trials; i++) {
    const int64_t group = pruner->method->group(pruner, history, history->trials[i]->number);
    last = group > last ? group : last;
  }
  for (int64_t group = 0; group <= last && status == GM_OK; group++) {
    gm_history view;
    status = gm_pruner_view(pruner, history, group, &view, err);
    if (status == GM_OK) status = method->advance(study->sampler_state, &view, view.n_trials, err);
    free(view.trials);
  }
  return status;
}

/* Whether another worker has started a trial since this one's last. */
static bool others_came_between(const gm_study *study, const gm_trial *starting) {
  const gm_history *history = &study->store.record->history;
  const gm_journal *journal = study->store.journal;
  for (size_t i = (size_t)study->last_number + 1; i < history->n_trials && journal != NULL; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial != starting && trial->worker != NULL &&
        strcmp(trial->worker, gm_journal_worker_id(journal)) != 0)
      return true;
  }
  return false;
}

/* A seed of this trial's own: MurmurHash3's finaliser (Appleby) over the configured one and its number. */
static void reseed(gm_study *study, int64_t number) {
  uint32_t h = study->config.sampler.seed ^ ((uint32_t)number * 0x9e3779b9U);
  h = (h ^ h >> 16) * 0x85ebca6bU;
  h = (h ^ h >> 13) * 0xc2b2ae35U;
  study->config.sampler.method->reseed(study->sampler_state, h ^ h >> 16);
}

/* Takes once more the draws behind the values that the trial has, in their order: it may have been left with
 * some of its parameters only, and the others follow them. */
static gm_status draw_again(gm_study *study, gm_trial *trial, gm_error *err) {
  gm_status status = GM_OK;
  for (size_t i = 0; i < trial->parameters.n && status == GM_OK; i++) {
    const gm_parameter *parameter = trial->parameters.items[i].parameter;
    double value;
    if (gm_sampler_drew(trial, parameter)) status = choose(study, trial, parameter, &value, err);
  }
  return status;
}

/* Where the draws for this trial begin, see gm_study_ask; *draws: whether it takes any. One that starts again
 * does where it is the last one and this worker alone, as if it had never started. */
static gm_status seed(gm_study *study, const gm_starting *starting, bool *draws, gm_error *err) {
  const int64_t number = starting->trial->number;
  const bool first = !study->seeded;
  *draws = !starting->again;
  if (!first && starting->again) return GM_OK;
  const bool joins = first ? others_run(study, starting->trial) : others_came_between(study, starting->trial);
  study->seeded = true;
  study->last_number = number;
  if (joins) {
    reseed(study, number);
    return GM_OK;
  }
  if (!first) return GM_OK;
  gm_history before = study->store.record->history; /* all that have started before this one */
  *draws = *draws || before.n_trials == (size_t)number + 1;
  if (!starting->draft && *draws) before.n_trials = (size_t)number;
  return advance(study, &before, err);
}

/* Draws and records all parameters that a starting trial lacks. */
static gm_status assign_all(gm_study *study, const gm_starting *starting, size_t n,
                            const gm_parameter *parameters, gm_error *err) {
  gm_trial *trial = starting->trial;
  gm_history view;
  bool draws;
  gm_status status = seed(study, starting, &draws, err);
  if (status == GM_OK && draws) {
    status = look_at_group(study, trial, &view, err);
    if (status == GM_OK)
      status = study->config.sampler.method->propose(study->sampler_state, &view, trial, err);
    leave_group(study, &view);
    if (status == GM_OK && starting->again) status = draw_again(study, trial, err);
  }
  for (size_t i = 0; i < n && status == GM_OK; i++) {
    const gm_parameter *parameter;
    double value;
    status = find_parameter(study, parameters[i].name, parameters[i].distribution, &parameter, err);
    if (status == GM_OK && gm_assignments_find(&trial->parameters, parameter->name) == NULL)
      status = assign(study, trial, parameter, &value, err);
  }
  return status;
}

size_t gm_study_count_alive(const gm_study *study) {
  const gm_history *history = &study->store.record->history;
  const gm_journal *journal = study->store.journal;
  const char *own = journal != NULL ? gm_journal_worker_id(journal) : NULL;
  size_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial->state != GM_TRIAL_RUNNING || trial->worker == NULL || own == NULL) continue;
    n += strcmp(trial->worker, own) != 0 && gm_worker_fate_of(trial->worker) == GM_WORKER_ALIVE;
  }
  return n;
}

/* Whether config.max_trials trials have finished or run: this worker's own, and those of others that are
 * known to be alive. */
static bool is_full(const gm_study *study) {
  const gm_history *history = &study->store.record->history;
  const gm_journal *journal = study->store.journal;
  if (study->config.max_trials == 0) return false;
  size_t n = gm_history_count_finished(history) + gm_study_count_alive(study);
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    n += trial->state == GM_TRIAL_RUNNING &&
         (journal == NULL ||
          (trial->worker != NULL && strcmp(trial->worker, gm_journal_worker_id(journal)) == 0));
  }
  return n >= study->config.max_trials;
}

gm_status gm_study_ask_with(gm_study *study, size_t n, const gm_parameter parameters[], gm_trial **trial,
                            gm_error *err) {
  gm_study_store *store = &study->store;
  for (;;) {
    gm_starting starting;
    gm_error reason = {GM_OK, ""};
    *trial = NULL;
    gm_status status = store->in->begin(store, err);
    if (status != GM_OK) return status;
    if (is_full(study)) {
      store->in->cancel(store);
      return GM_OK;
    }
    status = store->in->start(store, &starting, err);
    if (status == GM_OK) status = assign_all(study, &starting, n, parameters, &reason);
    if (status == GM_OK) return store->in->started(store, &starting, trial, err);
    if (status == GM_BAD_INPUT && starting.queued) { /* whoever enqueued it asked for what cannot be */
      status = store->in->refuse(store, &starting, reason.message, err);
      if (status != GM_OK) return status;
      continue;
    }
    if (reason.status != GM_OK && err != NULL) *err = reason;
    store->in->give_up(store, &starting);
    return status;
  }
}

gm_status gm_study_ask(gm_study *study, gm_trial **trial, gm_error *err) {
  return gm_study_ask_with(study, 0, NULL, trial, err);
}

gm_status gm_study_report(gm_study *study, gm_trial *trial, int64_t step, double value, gm_error *err) {
  if (step < 0)
    return gm_fail(err, GM_BAD_INPUT, "trial %lld: the step of a report must be at least 0, not %lld",
                   (long long)trial->number, (long long)step);
  const gm_status status = begin_change(study, trial, "report a value", err);
  if (status != GM_OK) return status;
  return end_change(study, study->store.in->report(&study->store, trial, step, value, err), err);
}

/* What the pruner keeps with the trial. */
static gm_status mark(gm_study *study, gm_trial *trial, gm_error *err) {
  const gm_pruner_config *pruner = &study->config.pruner;
  struct json_object *marks;
  if (pruner->method->mark == NULL) return GM_OK;
  marks = json_object_new_object();
  if (marks == NULL) return gm_fail_memory(err, "the pruner");
  gm_status status = pruner->method->mark(pruner, &study->store.record->history, trial, marks, err);
  json_object_object_foreach(marks, key, value) {
    if (status != GM_OK) break;
    status = study->store.in->system_attribute(&study->store, trial, key, json_object_get(value), err);
  }
  json_object_put(marks);
  return status;
}

gm_status gm_study_should_prune(gm_study *study, gm_trial *trial, bool *prune, gm_error *err) {
  const gm_pruner_config *pruner = &study->config.pruner;
  gm_status status = study->store.in->sync(&study->store, err);
  if (status == GM_OK)
    status = pruner->method->judge(pruner, &study->store.record->history, trial, prune, err);
  return status == GM_OK ? mark(study, trial, err) : status;
}

gm_status gm_study_note(gm_study *study, gm_trial *trial, const char *key, struct json_object *value,
                        gm_error *err) {
  const gm_status status = check_running(trial, "note an attribute", err);
  if (status == GM_OK) return study->store.in->attribute(&study->store, trial, key, value, err);
  json_object_put(value);
  return status;
}

/* The value that a trial ends with; a complete one without a number becomes a failed one. */
static double final_value(const gm_trial *trial, gm_trial_state *state, double value) {
  const gm_intermediate *last = gm_trial_last_report(trial);
  if (*state == GM_TRIAL_COMPLETE && isnan(value)) *state = GM_TRIAL_FAIL;
  if (*state == GM_TRIAL_COMPLETE) return value;
  return *state == GM_TRIAL_PRUNED && last != NULL ? last->value : NAN;
}

/* Ends a trial that is still running. */
static gm_status end_trial(gm_study *study, gm_trial *trial, gm_trial_state state, size_t n,
                           const double values[], gm_error *err) {
  const gm_status status = begin_change(study, trial, "end it", err);
  if (status != GM_OK) return status;
  return end_change(study, study->store.in->end(&study->store, trial, state, n, values, err), err);
}

gm_status gm_study_tell(gm_study *study, gm_trial *trial, gm_trial_state state, double value, gm_error *err) {
  if (state != GM_TRIAL_COMPLETE && state != GM_TRIAL_PRUNED && state != GM_TRIAL_FAIL)
    return gm_fail(err, GM_BAD_INPUT, "trial %lld: it can end COMPLETE, PRUNED or FAIL, not %s",
                   (long long)trial->number, gm_trial_state_name(state));
  if (study->config.n_objectives > 1 && state != GM_TRIAL_FAIL)
    return gm_fail(err, GM_BAD_INPUT, "trial %lld: its study has two objectives; expected two values",
                   (long long)trial->number);
  const double final = final_value(trial, &state, value);
  return end_trial(study, trial, state, isnan(final) ? 0u : 1u, &final, err);
}

gm_status gm_study_tell_values(gm_study *study, gm_trial *trial, const double values[2], gm_error *err) {
  if (study->config.n_objectives != 2)
    return gm_fail(err, GM_BAD_INPUT, "trial %lld: its study has one objective; expected one value",
                   (long long)trial->number);
  if (isnan(values[0]) || isnan(values[1])) return end_trial(study, trial, GM_TRIAL_FAIL, 0, NULL, err);
  return end_trial(study, trial, GM_TRIAL_COMPLETE, 2, values, err);
}

gm_status gm_study_requeue(gm_study *study, gm_trial *trial, gm_error *err) {
  const gm_status status = begin_change(study, trial, "put it back into the queue", err);
  if (status != GM_OK) return status;
  return end_change(study, study->store.in->requeue(&study->store, trial, err), err);
}

gm_status gm_study_fail(gm_study *study, gm_trial *trial, const char *reason, gm_error *err) {
  const gm_status status = gm_study_note(study, trial, GM_FAIL_REASON, json_object_new_string(reason), err);
  return status == GM_OK ? gm_study_tell(study, trial, GM_TRIAL_FAIL, NAN, err) : status;
}

/* ---- the study as a whole ---------------------------------------------------- */

gm_status gm_study_set_attribute(gm_study *study, const char *key, struct json_object *value, gm_error *err) {
  return study->store.in->study_attribute(&study->store, key, value, err);
}

gm_status gm_study_set_attribute_once(gm_study *study, const char *key, struct json_object *value, bool *set,
                                      gm_error *err) {
  return study->store.in->study_attribute_once(&study->store, key, value, set, err);
}

gm_status gm_study_set_metric_names(gm_study *study, const char *const names[], gm_error *err) {
  return study->store.in->metric_names(&study->store, names, err);
}

gm_status gm_study_bury(gm_study *study, double silence_s, size_t *n, gm_error *err) {
  const gm_bury_rule rule = {study->config.max_restarts, study->config.max_retries, silence_s};
  size_t ignored;
  return gm_store_bury(&study->store, &rule, n != NULL ? n : &ignored, err);
}

gm_status gm_study_enqueue(gm_study *study, struct json_object *fixed, gm_error *err) {
  return study->store.in->enqueue(&study->store, fixed, err);
}

/* ---- results --------------------------------------------------------------- */

const gm_history *gm_study_history(const gm_study *study) {
  return &study->store.record->history;
}

const gm_study_record *gm_study_facts(const gm_study *study) {
  return study->store.record;
}

const gm_trial *gm_study_best(const gm_study *study) {
  return gm_history_best(&study->store.record->history);
}

/* Whether `a` is better in objective k, or equal there and better in another and nowhere worse. */
static bool is_better(const gm_history *history, const gm_trial *a, const gm_trial *b, size_t k) {
  const double left = gm_history_loss(history, a, k), right = gm_history_loss(history, b, k);
  bool better = false, worse = false;
  if (left != right) return left < right;
  for (size_t j = 0; j < history->n_objectives; j++) {
    better = better || gm_history_loss(history, a, j) < gm_history_loss(history, b, j);
    worse = worse || gm_history_loss(history, a, j) > gm_history_loss(history, b, j);
  }
  return better && !worse;
}

const gm_trial *gm_history_best_in(const gm_history *history, size_t k) {
  const gm_trial *best = NULL;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial->state != GM_TRIAL_COMPLETE || trial->constraint_violation > 0.0 ||
        isnan(gm_history_loss(history, trial, k)))
      continue;
    if (best == NULL || is_better(history, trial, best, k)) best = trial;
  }
  return best;
}

const gm_trial *gm_history_best(const gm_history *history) {
  return gm_history_has_several(history) ? NULL : gm_history_best_in(history, 0);
}

/* Keeps of n trials those of rank 0. */
static gm_status keep_front(const gm_history *history, const gm_trial **trials, size_t *n, gm_error *err) {
  const size_t k = history->n_objectives;
  double *losses = malloc((*n * k + 1) * sizeof *losses);
  size_t *rank = malloc((*n + 1) * sizeof *rank), kept = 0;
  gm_status status = losses == NULL || rank == NULL ? gm_fail_memory(err, "the Pareto front") : GM_OK;
  for (size_t i = 0; i < *n && status == GM_OK; i++)
    for (size_t j = 0; j < k; j++) losses[i * k + j] = gm_history_loss(history, trials[i], j);
  if (status == GM_OK) status = gm_domination_ranks(*n, k, losses, 1, rank, err);
  for (size_t i = 0; i < *n && status == GM_OK; i++)
    if (rank[i] == 0) trials[kept++] = trials[i];
  *n = kept;
  free(losses);
  free(rank);
  return status;
}

gm_status gm_history_check_values(const gm_history *history, gm_error *err) {
  for (size_t i = 0; i < history->n_trials && gm_history_has_several(history); i++) {
    const gm_trial *trial = history->trials[i];
    if (trial->state == GM_TRIAL_COMPLETE && trial->values == NULL)
      return gm_fail(err, GM_BAD_INPUT, "trial %lld is complete and has not %zu values",
                     (long long)trial->number, history->n_objectives);
  }
  return GM_OK;
}

gm_status gm_history_front(const gm_history *history, const gm_trial **front, size_t *n, gm_error *err) {
  const gm_status status = gm_history_check_values(history, err);
  *n = 0;
  for (size_t i = 0; i < history->n_trials && status == GM_OK; i++) {
    const gm_trial *trial = history->trials[i];
    bool known = trial->state == GM_TRIAL_COMPLETE && !(trial->constraint_violation > 0.0);
    for (size_t k = 0; k < history->n_objectives && known; k++) known = !isnan(trial->values[k]);
    if (known) front[(*n)++] = trial;
  }
  return status == GM_OK ? keep_front(history, front, n, err) : status;
}
