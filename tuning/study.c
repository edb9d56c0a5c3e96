/* SPDX-License-Identifier: MIT
 * The rules of a study. Facts are written in four places only, marked "fact": trial
 * created, parameter set, value reported, trial ended; these are the records of a journal. */
#include "tuning/study.h"

#include <math.h>
#include <stdlib.h>

struct gm_study {
  gm_study_config config;
  void *sampler_state; /* of config.sampler.method */
  gm_search_space space;
  gm_history history;
};

/* ---- life cycle ---------------------------------------------------------- */

gm_study_config gm_study_config_default(void) {
  return (gm_study_config){
      .direction = GM_MINIMIZE,
      .sampler = gm_sampler_config_default(),
      .pruner = gm_pruner_config_default(),
  };
}

gm_status gm_study_config_check(const gm_study_config *config, gm_error *err) {
  if (config->direction != GM_MINIMIZE && config->direction != GM_MAXIMIZE)
    return gm_fail(err, GM_BAD_INPUT, "study: direction must be minimize or maximize");
  const gm_status status = gm_sampler_config_check(&config->sampler, err);
  return status != GM_OK ? status : gm_pruner_config_check(&config->pruner, err);
}

gm_status gm_study_create(const gm_study_config *config, gm_study **study, gm_error *err) {
  *study = NULL;
  gm_status status = gm_study_config_check(config, err);
  if (status != GM_OK) return status;
  gm_study *created = calloc(1, sizeof *created);
  if (created == NULL) return gm_fail_memory(err, "a study");
  created->config = *config;
  created->history.direction = config->direction;
  status = config->sampler.method->create(&config->sampler, &created->sampler_state, err);
  if (status != GM_OK) {
    gm_study_free(created);
    return status;
  }
  *study = created;
  return GM_OK;
}

void gm_study_free(gm_study *study) {
  if (study == NULL) return;
  study->config.sampler.method->destroy(study->sampler_state);
  gm_history_free(&study->history);
  gm_search_space_free(&study->space);
  free(study);
}

/* ---- one trial ------------------------------------------------------------ */

gm_status gm_study_ask(gm_study *study, gm_trial **trial, gm_error *err) {
  gm_trial *created;
  gm_status status = gm_history_add(&study->history, &created, err); /* fact: trial created */
  if (status != GM_OK) return status;
  status = study->config.sampler.method->propose(study->sampler_state, &study->history, created, err);
  if (status != GM_OK)
    created->state = GM_TRIAL_FAIL; /* nobody will get to hold it */
  else
    *trial = created;
  return status;
}

static gm_status check_running(const gm_trial *trial, const char *action, gm_error *err) {
  if (trial->state == GM_TRIAL_RUNNING) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "trial %lld: cannot %s, its state is %s and not RUNNING",
                 (long long)trial->number, action, gm_trial_state_name(trial->state));
}

/* The value for a parameter that the trial does not have yet: the only one possible, the jointly
 * drawn one if it fits the range asked for, or a draw of its own. */
static gm_status choose(gm_study *study, gm_trial *trial, const gm_parameter *parameter, double *value,
                        gm_error *err) {
  const gm_distribution *d = &parameter->distribution;
  if (gm_distribution_single(d)) {
    *value = d->kind == GM_CATEGORICAL ? 0.0 : d->low;
    return GM_OK;
  }
  const gm_assignment *proposed = gm_assignments_find(&trial->proposed, parameter->name);
  if (proposed != NULL && gm_distribution_contains(d, proposed->value)) {
    *value = proposed->value;
    return GM_OK;
  }
  return study->config.sampler.method->sample(study->sampler_state, &study->history, trial, parameter, value,
                                              err);
}

static gm_status suggest(gm_study *study, gm_trial *trial, const char *name, gm_parameter_kind kind,
                         gm_distribution distribution, double *value, gm_error *err) {
  static const char *const calls[] = {"suggest_float", "suggest_int", "suggest_categorical"};
  gm_status status = check_running(trial, "suggest a parameter", err);
  if (status != GM_OK) return status;
  if (distribution.kind != kind)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': its range is of another kind than %s expects", name,
                   calls[kind]);
  status = gm_distribution_check(&distribution, name, err);
  if (status != GM_OK) return status;
  const gm_parameter *parameter;
  status = gm_search_space_add(&study->space, name, &distribution, &parameter, err);
  if (status != GM_OK) return status;
  const gm_assignment *known = gm_assignments_find(&trial->parameters, parameter->name);
  if (known != NULL) {
    *value = known->value;
    return GM_OK;
  }
  status = choose(study, trial, parameter, value, err);
  if (status != GM_OK) return status;
  return gm_assignments_set(&trial->parameters, parameter, *value, err); /* fact: parameter set */
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

gm_status gm_study_report(gm_study *study, gm_trial *trial, int64_t step, double value, gm_error *err) {
  (void)study; /* a journal needs it */
  const gm_status status = check_running(trial, "report a value", err);
  if (status != GM_OK) return status;
  if (step < 0)
    return gm_fail(err, GM_BAD_INPUT, "trial %lld: the step of a report must be at least 0, not %lld",
                   (long long)trial->number, (long long)step);
  return gm_trial_add_report(trial, step, value, err); /* fact: value reported */
}

gm_status gm_study_should_prune(gm_study *study, const gm_trial *trial, _Bool *prune, gm_error *err) {
  return study->config.pruner.method->judge(&study->config.pruner, &study->history, trial, prune, err);
}

gm_status gm_study_tell(gm_study *study, gm_trial *trial, gm_trial_state state, double value, gm_error *err) {
  (void)study; /* a journal needs it */
  const gm_status status = check_running(trial, "end it", err);
  if (status != GM_OK) return status;
  if (state != GM_TRIAL_COMPLETE && state != GM_TRIAL_PRUNED && state != GM_TRIAL_FAIL)
    return gm_fail(err, GM_BAD_INPUT, "trial %lld: it can end COMPLETE, PRUNED or FAIL, not %s",
                   (long long)trial->number, gm_trial_state_name(state));
  const gm_report *last = gm_trial_last_report(trial);
  if (state == GM_TRIAL_COMPLETE && isnan(value)) state = GM_TRIAL_FAIL;
  if (state == GM_TRIAL_COMPLETE) trial->value = value;
  if (state == GM_TRIAL_PRUNED && last != NULL) trial->value = last->value;
  trial->state = state; /* fact: trial ended */
  return GM_OK;
}

/* ---- results --------------------------------------------------------------- */

const gm_history *gm_study_history(const gm_study *study) {
  return &study->history;
}

const gm_trial *gm_study_best(const gm_study *study) {
  const gm_history *history = &study->history;
  const gm_trial *best = NULL;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial->state != GM_TRIAL_COMPLETE || trial->constraint_violation > 0.0 || isnan(trial->value))
      continue;
    const _Bool minimize = history->direction == GM_MINIMIZE;
    if (best == NULL || (minimize ? trial->value < best->value : trial->value > best->value)) best = trial;
  }
  return best;
}
