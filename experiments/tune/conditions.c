/* SPDX-License-Identifier: MIT
 * Whether this search may go on with a study, and what it cannot do with it: decided by what the settings
 * mean, and said before the first epoch. */
#include "experiments/tune/program.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- objectives ----------------------------------------------------------------------- */

const char *const gm_tune_metrics[2] = {"rmse_validation", "energy_j"};

bool gm_tune_counts_energy(const gm_tune *t) {
  return t->study_config.n_objectives > 1;
}

double gm_tune_rmse(const gm_trial *trial) {
  return trial->values != NULL ? trial->values[0] : trial->value;
}

const gm_trial *gm_tune_best(const gm_tune *t) {
  return gm_history_best_in(gm_study_history(t->study), 0);
}

gm_status gm_tune_check_objectives(const gm_tune *t, gm_error *err) {
  const gm_study_record *study = gm_journal_find_study(gm_journal_contents(t->journal), t->study_name);
  if (study == NULL) return GM_OK;
  const size_t n = study->history.n_objectives;
  if (n != t->study_config.n_objectives)
    return gm_fail(err, GM_BAD_INPUT, "%s: study '%s' has %zu objective%s: expected %s, or another --study",
                   t->journal_location, t->study_name, n, n == 1 ? "" : "s",
                   n == 1   ? "--objectives rmse"
                   : n == 2 ? "--objectives rmse,energy"
                            : "a study with one or two");
  for (size_t k = 0; k < n && n > 1; k++) {
    const char *name = gm_study_record_metric(study, k);
    if (name != NULL && strcmp(name, gm_tune_metrics[k]) != 0)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s: objective %zu of study '%s' is \"%s\", not %s: choose another --study",
                     t->journal_location, k + 1, t->study_name, name, gm_tune_metrics[k]);
  }
  return GM_OK;
}

void gm_tune_adopt_objectives(gm_tune *t) {
  const gm_study_record *study = gm_journal_find_study(gm_journal_contents(t->journal), t->study_name);
  if (study == NULL || study->history.n_objectives != 2) return;
  t->study_config.n_objectives = 2;
  t->study_config.direction = study->history.directions[0];
  t->study_config.second_direction = study->history.directions[1];
}

/* ---- settings ------------------------------------------------------------------------- */

/* Why trials of other settings cannot be compared. --trials, the sampler, the pruner, threads, budgets and
 * the country may change: they decide which trials are made, not what the value of one is. */
static const struct {
  const char *name, *reason;
} reasons[] = {
    {"epochs", "a trial's value is its RMSE after the last epoch"},
    {"batch_size", "a trial's value depends on its steps"},
    {"arch", "a trial's value is that of its network"},
    {"searched", "a trial's value depends on what was fixed"},
    {"seed", "a trial's value depends on its first weights"},
    {"pue", "the study's energy is the sum over its processes"},
    {NULL, "a trial's value is its RMSE on these data"},
};

static const char *text_of(struct json_object *value) {
  return value != NULL ? json_object_get_string(value) : "none";
}

/* The first setting in which this run and the study differ; a study may lack those it knows nothing of. As
 * texts: a number that is whole comes back from the journal as an integer. */
static gm_status compare_settings(const gm_tune *t, struct json_object *theirs, struct json_object *mine,
                                  gm_error *err) {
  json_object_object_foreach(mine, key, value) {
    struct json_object *other = NULL;
    size_t r = 0;
    if (!json_object_object_get_ex(theirs, key, &other) || strcmp(text_of(value), text_of(other)) == 0)
      continue;
    while (reasons[r].name != NULL && strcmp(reasons[r].name, key) != 0) r++;
    return gm_fail(
        err, GM_BAD_INPUT,
        "%s: study '%s' was made with %s %s, not %s, and %s: choose another --study, or what it was "
        "made with",
        t->journal_location, t->study_name, key, text_of(other), text_of(value), reasons[r].reason);
  }
  return GM_OK;
}

/* The ranges that were asked for last, as text for all who open the study. */
static gm_status keep_space(gm_tune *t, gm_error *err) {
  static const char key[] = "space";
  struct json_object *attributes = gm_study_facts(t->study)->user_attributes;
  const char *known = attributes != NULL ? gm_json_text(attributes, key) : NULL;
  const char *text = json_object_to_json_string_ext(t->space_json, JSON_C_TO_STRING_PLAIN);
  if (known != NULL && strcmp(known, text) == 0) return GM_OK;
  return gm_study_set_attribute(t->study, key, json_object_new_string(text), err);
}

/* The settings of the study that this run, or whoever was first, has left in it; NULL and *err on an error.
 */
static struct json_object *settings_of_study(gm_tune *t, struct json_object *mine, gm_error *err) {
  static const char key[] = "settings";
  const char *text =
      json_object_to_json_string_ext(mine, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
  bool first;
  if (gm_study_set_attribute_once(t->study, key, json_object_new_string(text), &first, err) != GM_OK)
    return NULL;
  const gm_study_record *study = gm_study_facts(t->study);
  const char *known = gm_json_text(study->user_attributes, key);
  struct json_object *theirs = known != NULL ? json_tokener_parse(known) : NULL;
  t->adopted = first && gm_history_count_finished(&study->history) > 0;
  if (json_object_is_type(theirs, json_type_object)) return theirs;
  json_object_put(theirs);
  gm_fail(err, GM_BAD_INPUT,
          "%s: study '%s' has an attribute \"settings\" of another program: choose another --study",
          t->journal_location, t->study_name);
  return NULL;
}

/* No RMSE is negative, neither a trial's value nor what it reported: another program told it, or somebody
 * changed it, and it would be the best. */
static gm_status check_values(const gm_tune *t, gm_error *err) {
  const gm_history *history = gm_study_history(t->study);
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    double least = gm_tune_rmse(trial);
    for (size_t r = 0; r < trial->n_reports; r++) least = fmin(least, trial->reports[r].value);
    if (!(least < 0)) continue;
    return gm_fail(
        err, GM_BAD_INPUT,
        "%s: trial %lld of study '%s' has the value %g, and no RMSE is negative: choose another --study",
        t->journal_location, (long long)trial->number, t->study_name, least);
  }
  return GM_OK;
}

gm_status gm_tune_check_settings(gm_tune *t, gm_error *err) {
  struct json_object *mine = gm_tune_settings(t, err);
  struct json_object *theirs = mine != NULL ? settings_of_study(t, mine, err) : NULL;
  gm_status status = theirs == NULL ? err->status : compare_settings(t, theirs, mine, err);
  if (status == GM_OK) status = check_values(t, err);
  if (status == GM_OK && t->space_json != NULL) status = keep_space(t, err);
  json_object_put(mine);
  json_object_put(theirs);
  return status;
}

/* ---- trials of others ---------------------------------------------------------------------- */

bool gm_tune_has_pruned(const gm_tune *t) {
  const gm_history *history = gm_study_history(t->study);
  for (size_t i = 0; i < history->n_trials; i++)
    if (history->trials[i]->state == GM_TRIAL_PRUNED) return true;
  return false;
}

void gm_tune_warn_of_study(gm_tune *t) {
  const gm_history *history = gm_study_history(t->study);
  const size_t n_finished = gm_history_count_finished(history);
  const gm_trial *best = gm_tune_best(t);
  gm_error reason;
  char text[sizeof reason.message + 100];
  if (t->adopted) {
    snprintf(
        text, sizeof text,
        "study '%s' has %zu finished trials of another program: whether their values are RMSE after %lld "
        "epochs on these data is not known here",
        t->study_name, n_finished, (long long)t->config.trainer.epochs);
    gm_experiment_warn(&t->experiment, text);
  }
  if (n_finished > (size_t)t->trials) {
    snprintf(text, sizeof text,
             "study '%s' has %zu finished trials already, more than --trials %lld: none is added",
             t->study_name, n_finished, (long long)t->trials);
    gm_experiment_warn(&t->experiment, text);
  }
  gm_training_config config;
  size_t steps;
  if (best != NULL && gm_tune_configure_trial(t, best, &config, &steps, &reason) != GM_OK) {
    snprintf(text, sizeof text, "%s; it is the best so far, and without a better one there are no forecasts",
             reason.message);
    gm_experiment_warn(&t->experiment, text);
  }
  if (gm_tune_has_pruned(t) && !gm_tune_counts_energy(t) && t->study_config.pruner.method == &gm_no_pruner) {
    snprintf(text, sizeof text,
             "study '%s' has pruned trials: what other pruners would have saved is not told (replay.csv)",
             t->study_name);
    gm_experiment_warn(&t->experiment, text);
  }
}

/* ---- settings without effect --------------------------------------------------------------- */

/* Says it at once and keeps it for the record and the notes of a table. */
static void note_search(gm_tune *t, const char *text) {
  json_object_array_add(t->search_notes, gm_json_string(text));
  gm_experiment_warn(&t->experiment, text);
}

static void note_reach(gm_tune *t) {
  const gm_pruner_config *c = &t->study_config.pruner;
  const long long epochs = (long long)t->config.trainer.epochs, trials = (long long)t->trials;
  char text[320] = "";
  switch (gm_pruner_reach_of(c, epochs, trials)) {
  case GM_PRUNER_CAN_STOP:
    return;
  case GM_PRUNER_WARMS_UP:
    snprintf(
        text, sizeof text,
        "--pruner %s can stop no trial: it looks at one after --pruner-warmup-steps %lld, and --epochs %lld "
        "are all that a trial has",
        t->pruner, (long long)c->n_warmup_steps, epochs);
    break;
  case GM_PRUNER_STARTS_UP:
    snprintf(text, sizeof text,
             "--pruner %s can stop no trial: it waits for %lld complete ones (--pruner-startup-trials), and "
             "--trials %lld has no more than %lld before its last",
             t->pruner, c->n_startup_trials > 1 ? (long long)c->n_startup_trials : 1LL, trials, trials - 1);
    break;
  case GM_PRUNER_WAITS:
    snprintf(
        text, sizeof text,
        "--pruner %s can stop no trial: its first look would come after more than the --epochs %lld of a "
        "trial",
        t->pruner, epochs);
    break;
  case GM_PRUNER_AT_END:
    snprintf(text, sizeof text,
             "--pruner %s saves nothing: its first look comes after the last of the --epochs %lld of a trial",
             t->pruner, epochs);
    break;
  }
  note_search(t, text);
}

/* Options that were changed and that the chosen pruner or sampler does not read, or only a journal does. */
static void note_unread(gm_tune *t) {
  const gm_pruner_config *c = &t->study_config.pruner, plain = gm_pruner_config_default();
  const gm_sampler_config *sampler = &t->study_config.sampler, plain_sampler = gm_sampler_config_default();
  const gm_pruner *method = c->method == &gm_patient_pruner && c->inner != NULL ? c->inner : c->method;
  const bool tpe = sampler->method == &gm_tpe_sampler, journal = t->journal != NULL;
  const struct {
    const char *option, *of, *name;
    bool changed, read;
  } options[] = {{"--pruner-warmup-steps", "--pruner ", t->pruner, c->n_warmup_steps != plain.n_warmup_steps,
                  method->warms_up},
                 {"--pruner-interval", "--pruner ", t->pruner, c->interval_steps != plain.interval_steps,
                  method->warms_up},
                 {"--pruner-startup-trials", "--pruner ", t->pruner,
                  c->n_startup_trials != plain.n_startup_trials, method->starts_up},
                 {"--n-startup-trials", "--sampler ", t->sampler,
                  sampler->n_startup_trials != plain_sampler.n_startup_trials, tpe},
                 {"--univariate", "--sampler ", t->sampler, t->univariate, tpe},
                 {"--retry", "a search without ", "--journal",
                  t->study_config.max_retries != gm_study_config_default().max_retries, journal},
                 {"--lock-grace", "a search without ", "--journal",
                  t->lock_grace_s != gm_journal_config_default().lock_grace_s, journal}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    char text[200];
    if (!options[i].changed || options[i].read) continue;
    snprintf(text, sizeof text, "%s changes nothing: %s%s has no such setting", options[i].option,
             options[i].of, options[i].name);
    note_search(t, text);
  }
}

void gm_tune_note_idle_settings(gm_tune *t) {
  const gm_sampler_config *c = &t->study_config.sampler;
  char text[200];
  note_reach(t);
  note_unread(t);
  if (c->method != &gm_tpe_sampler || (int64_t)c->n_startup_trials < t->trials) return;
  snprintf(text, sizeof text,
           "--sampler %s takes over from random draws after --n-startup-trials %lld, and --trials %lld are "
           "all: every trial is drawn at random",
           t->sampler, (long long)c->n_startup_trials, (long long)t->trials);
  note_search(t, text);
}
