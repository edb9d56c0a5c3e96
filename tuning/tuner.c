/* SPDX-License-Identifier: MIT
 * A search without structs: each function is one call of study.h, with its error kept in the handle. */
#include "tuning/tuner.h"

#include "common/csv.h"
#include "tuning/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHOICES = 64 };

struct gm_tuner {
  gm_study_config config;
  char *location, *name; /* owned; location NULL: in memory */
  gm_journal *journal;   /* opened with the first trial */
  gm_study *study;
  gm_trial *trial; /* that runs, or NULL */
  bool pruned;     /* the pruner has stopped it */
  gm_error err;
};

/* ---- life cycle ------------------------------------------------------------- */

gm_tuner *gm_tuner_new(void) {
  gm_tuner *t = calloc(1, sizeof *t);
  if (t == NULL) return NULL;
  t->config = gm_study_config_default();
  t->config.pruner.method = &gm_no_pruner;
  t->name = strdup("study");
  if (t->name != NULL) return t;
  free(t);
  return NULL;
}

void gm_tuner_free(gm_tuner *t) {
  if (t == NULL) return;
  if (t->trial != NULL && t->journal != NULL) gm_study_requeue(t->study, t->trial, &t->err);
  gm_study_free(t->study);
  gm_journal_close(t->journal);
  free(t->location);
  free(t->name);
  free(t);
}

const char *gm_tuner_error(const gm_tuner *t) {
  return t->err.message;
}

/* ---- settings ----------------------------------------------------------------- */

static gm_status set_text(char **text, const char *value, gm_error *err) {
  char *copy = strdup(value);
  if (copy == NULL) return gm_fail_memory(err, "a setting");
  free(*text);
  *text = copy;
  return GM_OK;
}

static gm_status set_count(const char *name, const char *value, int64_t largest, int64_t *count,
                           gm_error *err) {
  if (gm_parse_integer(value, count) && *count >= 0 && *count <= largest) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: expected a whole number from 0 to %lld, got \"%s\"", name,
                 (long long)largest, value);
}

static gm_status set(gm_tuner *t, const char *name, const char *value) {
  gm_study_config *c = &t->config;
  int64_t count = 0;
  gm_status status = GM_OK;
  if (t->study != NULL) return gm_fail(&t->err, GM_BAD_INPUT, "%s: expected before the first trial", name);
  if (strcmp(name, "direction") == 0) return gm_direction_parse(value, &c->direction, &t->err);
  if (strcmp(name, "sampler") == 0) return gm_sampler_parse(value, &c->sampler.method, &t->err);
  if (strcmp(name, "pruner") == 0) return gm_pruner_parse(value, &c->pruner, &t->err);
  if (strcmp(name, "journal") == 0) return set_text(&t->location, value, &t->err);
  if (strcmp(name, "study") == 0) return set_text(&t->name, value, &t->err);
  if (strcmp(name, "seed") == 0) {
    status = set_count(name, value, UINT32_MAX, &count, &t->err);
    c->sampler.seed = (uint32_t)count;
  } else if (strcmp(name, "trials") == 0) {
    status = set_count(name, value, INT32_MAX, &count, &t->err);
    c->max_trials = (size_t)count;
  } else if (strcmp(name, "startup_trials") == 0) {
    status = set_count(name, value, INT32_MAX, &count, &t->err);
    c->sampler.n_startup_trials = (size_t)count;
  } else if (strcmp(name, "pruner_startup_trials") == 0) {
    status = set_count(name, value, INT32_MAX, &count, &t->err);
    c->pruner.n_startup_trials = (size_t)count;
  } else if (strcmp(name, "pruner_warmup_steps") == 0) {
    status = set_count(name, value, INT32_MAX, &c->pruner.n_warmup_steps, &t->err);
  } else {
    status =
        gm_fail(&t->err, GM_BAD_INPUT,
                "unknown setting \"%s\": expected direction, sampler, seed, trials, startup_trials, pruner, "
                "pruner_startup_trials, pruner_warmup_steps, journal or study",
                name);
  }
  return status;
}

int gm_tuner_set(gm_tuner *t, const char *name, const char *value) {
  return set(t, name, value) == GM_OK ? 0 : -1;
}

/* ---- trials ---------------------------------------------------------------------- */

static gm_status open_study(gm_tuner *t) {
  const gm_journal_config config = gm_journal_config_default();
  if (t->study != NULL) return GM_OK;
  if (t->location == NULL) return gm_study_create(&t->config, &t->study, &t->err);
  gm_status status = t->journal == NULL ? gm_journal_open(t->location, &config, &t->journal, &t->err) : GM_OK;
  return status == GM_OK ? gm_study_open(&t->config, t->journal, t->name, &t->study, &t->err) : status;
}

int64_t gm_tuner_ask(gm_tuner *t) {
  gm_status status = open_study(t);
  if (status == GM_OK && t->trial != NULL)
    status = gm_study_fail(t->study, t->trial, "it was not told", &t->err);
  t->trial = NULL;
  t->pruned = false;
  if (status == GM_OK) status = gm_study_ask(t->study, &t->trial, &t->err);
  if (status != GM_OK) return -2;
  return t->trial != NULL ? t->trial->number : -1;
}

/* Whether a trial runs; sets the error otherwise. */
static bool has_trial(gm_tuner *t) {
  if (t->trial != NULL) return true;
  gm_fail(&t->err, GM_BAD_INPUT, "no trial runs: expected gm_tuner_ask before");
  return false;
}

double gm_tuner_float(gm_tuner *t, const char *name, double low, double high, double step, int log) {
  double value = NAN;
  if (!has_trial(t)) return NAN;
  const gm_distribution range = {.kind = GM_FLOAT, .low = low, .high = high, .step = step, .log = log != 0};
  const gm_status status = gm_study_suggest_float(t->study, t->trial, name, range, &value, &t->err);
  return status == GM_OK ? value : NAN;
}

int64_t gm_tuner_int(gm_tuner *t, const char *name, int64_t low, int64_t high, int64_t step, int log) {
  int64_t value = INT64_MIN;
  if (!has_trial(t)) return INT64_MIN;
  gm_distribution range =
      log != 0 ? gm_int_log_range(low, high) : gm_int_grid(low, high, step > 0 ? step : 1);
  if (log != 0 && step > 1) range.step = (double)step; /* refused with a sentence */
  const gm_status status = gm_study_suggest_int(t->study, t->trial, name, range, &value, &t->err);
  return status == GM_OK ? value : INT64_MIN;
}

int gm_tuner_choice(gm_tuner *t, const char *name, const char *choices) {
  const char *labels[CHOICES];
  char *text = strdup(choices), *rest = NULL;
  size_t n = 0, index = 0;
  gm_status status = text != NULL ? GM_OK : gm_fail_memory(&t->err, "the choices");
  for (char *label = text != NULL ? strtok_r(text, "|", &rest) : NULL; label != NULL;
       label = strtok_r(NULL, "|", &rest), n++)
    if (n < CHOICES) labels[n] = label;
  if (status == GM_OK && n > CHOICES)
    status = gm_fail(&t->err, GM_BAD_INPUT, "%s: expected at most %d choices, got %zu", name, CHOICES, n);
  if (status == GM_OK && !has_trial(t)) status = GM_BAD_INPUT;
  if (status == GM_OK)
    status = gm_study_suggest_categorical(t->study, t->trial, name, gm_choice(n, labels), &index, &t->err);
  free(text);
  return status == GM_OK ? (int)index : -1;
}

int gm_tuner_report(gm_tuner *t, int64_t step, double value) {
  if (!has_trial(t)) return -1;
  return gm_study_report(t->study, t->trial, step, value, &t->err) == GM_OK ? 0 : -1;
}

int gm_tuner_should_prune(gm_tuner *t) {
  bool prune = false;
  if (!has_trial(t) || gm_study_should_prune(t->study, t->trial, &prune, &t->err) != GM_OK) return -1;
  t->pruned = prune;
  return prune;
}

int gm_tuner_tell(gm_tuner *t, double value) {
  if (!has_trial(t)) return -1;
  const gm_trial_state state = t->pruned ? GM_TRIAL_PRUNED : GM_TRIAL_COMPLETE;
  const gm_status status = gm_study_tell(t->study, t->trial, state, value, &t->err);
  if (status == GM_OK) t->trial = NULL;
  return status == GM_OK ? 0 : -1;
}

/* ---- results ----------------------------------------------------------------------- */

static const gm_trial *best_of(const gm_tuner *t) {
  return t->study != NULL ? gm_study_best(t->study) : NULL;
}

double gm_tuner_best_value(const gm_tuner *t) {
  const gm_trial *best = best_of(t);
  return best != NULL ? best->value : NAN;
}

int64_t gm_tuner_best_trial(const gm_tuner *t) {
  const gm_trial *best = best_of(t);
  return best != NULL ? best->number : -1;
}

double gm_tuner_best_number(const gm_tuner *t, const char *name) {
  const gm_trial *best = best_of(t);
  return best != NULL ? gm_trial_parameter(best, name) : NAN;
}

int64_t gm_tuner_finished(const gm_tuner *t) {
  return t->study != NULL ? (int64_t)gm_history_count_finished(gm_study_history(t->study)) : 0;
}
