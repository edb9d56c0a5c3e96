/* SPDX-License-Identifier: MIT
 * What other pruners would have saved in a finished, unpruned study, and what they would have lost: single
 * ones by name, or a sweep over kinds and settings with its frontier. */
#include "experiments/tune/program.h"
#include "tuning/domination.h"
#include "tuning/pruners/percentile_pruner.h"
#include "tuning/pruners/pruner_replay.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_replay(gm_csv_writer *csv, const gm_pruner_config *pruner, const gm_pruner_replay *replay) {
  char text[GM_PRUNER_TEXT];
  gm_pruner_format(pruner, text);
  gm_csv_put_number(csv, pruner->method == &gm_percentile_pruner ? pruner->percentile : NAN);
  gm_csv_put_integer(csv, replay->trials_pruned);
  gm_csv_put_integer(csv, replay->epochs_saved);
  gm_csv_put_number(csv, replay->energy_saved_j);
  gm_csv_put_number(csv, replay->emissions_saved_kg);
  gm_csv_put_integer(csv, replay->best_lost);
  gm_csv_put_text(csv, text);
  gm_csv_put_integer(csv, pruner->n_warmup_steps);
  gm_csv_put_integer(csv, (int64_t)pruner->n_startup_trials);
  gm_csv_put_number(csv, replay->regret);
}

/* ---- by name ------------------------------------------------------------------------------ */

static gm_status replay_item(const gm_pruner_config *settings, const gm_history *history, const char *item,
                             gm_csv_writer *csv, gm_error *err) {
  gm_pruner_config config = *settings;
  gm_pruner_replay replay;
  gm_status status = gm_pruner_parse(item, &config, err);
  if (status == GM_OK && config.method == &gm_no_pruner)
    status = gm_fail(err, GM_BAD_INPUT,
                     "none stops nothing: expected percentile:P[,P…], median, "
                     "successive-halving, hyperband, patient:N or sweep");
  if (status == GM_OK) status = gm_pruner_config_check(&config, err);
  if (status == GM_OK) status = gm_pruner_replay_run(&config, history, &replay, err);
  if (status != GM_OK) return status;
  put_replay(csv, &config, &replay);
  gm_csv_end_row(csv);
  return GM_OK;
}

/* Whether `word`, behind a comma, goes on with `item` or begins another one: "hyperband:1,50" and
 * "patient:3,median" are one, "percentile:5,10" are two of which the second has no name. */
static bool continues_item(const char *item, const char *word) {
  const bool named = isalpha((unsigned char)word[0]) && strcmp(word, "auto") != 0;
  if (strncmp(item, "percentile:", 11) == 0) return false;
  return named ? strncmp(item, "patient:", 8) == 0 && strchr(item, ',') == NULL : strchr(item, ':') != NULL;
}

gm_status gm_tune_put_replay(const gm_pruner_config *pruner, const gm_history *history, const char *list,
                             gm_csv_writer *csv, gm_error *err) {
  char *words = strdup(list), *rest = NULL, item[GM_PRUNER_TEXT] = "";
  gm_status status = words == NULL ? gm_fail_memory(err, "a list") : GM_OK;
  for (char *word = words != NULL ? strtok_r(words, ",", &rest) : NULL; status == GM_OK && word != NULL;
       word = strtok_r(NULL, ",", &rest)) {
    const size_t n = strlen(item);
    const bool bare = !isalpha((unsigned char)word[0]);
    if (n > 0 && continues_item(item, word)) {
      snprintf(item + n, sizeof item - n, ",%s", word);
      continue;
    }
    if (n > 0) status = replay_item(pruner, history, item, csv, err);
    snprintf(item, sizeof item, "%s%s", bare ? "percentile:" : "", word);
  }
  if (status == GM_OK) status = replay_item(pruner, history, item, csv, err);
  free(words);
  return status;
}

/* ---- a sweep -------------------------------------------------------------------------------- */

/* Settings that people use, from mild to harsh. Warm-up: in tenths of the longest trial. */
static const struct {
  const char *text;
  bool warms_up;
} kinds[] = {
    {"percentile:5", true},
    {"percentile:10", true},
    {"percentile:25", true},
    {"median", true},
    {"percentile:75", true},
    {"percentile:90", true},
    {"successive-halving:auto,4", false},
    {"successive-halving:1,2", false},
    {"successive-halving:1,3", false},
    {"successive-halving:5,2", false},
    {"successive-halving:5,3", false},
    {"successive-halving:10,2", false},
    {"hyperband:1,auto,2", false},
    {"hyperband:1,auto,3", false},
    {"hyperband:5,auto,3", false},
    {"patient:1", false},
    {"patient:3", false},
    {"patient:5", false},
    {"patient:10", false},
    {"patient:3,median", false},
    {"patient:5,median", false},
    {"patient:3,percentile:25", false},
};
static const int64_t warmup_tenths[] = {0, 2, 5, 8};
enum { KINDS = sizeof kinds / sizeof *kinds, WARMUPS = sizeof warmup_tenths / sizeof *warmup_tenths };

typedef struct {
  size_t n;
  gm_pruner_config pruner[KINDS * WARMUPS];
  gm_pruner_replay replay[KINDS * WARMUPS];
  bool on_frontier[KINDS * WARMUPS];
} sweep;

static int64_t longest_trial(const gm_history *history) {
  int64_t longest = 0;
  for (size_t i = 0; i < history->n_trials; i++)
    if ((int64_t)history->trials[i]->n_reports > longest) longest = (int64_t)history->trials[i]->n_reports;
  return longest;
}

/* Which settings no other one beats in both epochs saved and regret. */
static void find_frontier(sweep *s) {
  double saved[KINDS * WARMUPS], regret[KINDS * WARMUPS];
  size_t front[KINDS * WARMUPS];
  for (size_t i = 0; i < s->n; i++) {
    saved[i] = -(double)s->replay[i].epochs_saved;
    regret[i] = s->replay[i].regret;
  }
  const size_t n = gm_pareto_front(saved, regret, s->n, front);
  for (size_t i = 0; i < n; i++) s->on_frontier[front[i]] = true;
}

static gm_status run_sweep(const gm_pruner_config *settings, const gm_history *history, sweep *s,
                           gm_error *err) {
  const int64_t longest = longest_trial(history);
  gm_status status = GM_OK;
  for (size_t k = 0; k < KINDS; k++)
    for (size_t w = 0; w < (kinds[k].warms_up ? WARMUPS : 1) && status == GM_OK; w++) {
      gm_pruner_config *pruner = &s->pruner[s->n];
      *pruner = *settings;
      status = gm_pruner_parse(kinds[k].text, pruner, err);
      if (kinds[k].warms_up) pruner->n_warmup_steps = longest * warmup_tenths[w] / 10;
      if (status == GM_OK) status = gm_pruner_replay_run(pruner, history, &s->replay[s->n], err);
      s->n++;
    }
  if (status == GM_OK) find_frontier(s);
  return status;
}

gm_status gm_tune_put_sweep(const gm_pruner_config *pruner, const gm_history *history, gm_csv_writer *csv,
                            gm_error *err) {
  sweep *s = calloc(1, sizeof *s);
  if (s == NULL) return gm_fail_memory(err, "the sweep");
  const gm_status status = run_sweep(pruner, history, s, err);
  for (size_t i = 0; i < s->n && status == GM_OK; i++) {
    put_replay(csv, &s->pruner[i], &s->replay[i]);
    gm_csv_put_integer(csv, s->replay[i].epochs);
    gm_csv_put_number(csv, gm_kwh(s->replay[i].energy_saved_j));
    gm_csv_put_integer(csv, s->on_frontier[i]);
    gm_csv_end_row(csv);
  }
  free(s);
  return status;
}

/* ---- files ------------------------------------------------------------------------------------ */

/* A replay takes the square of the number of trials: the sweep over 673 trials of 20 epochs took 15 s. */
enum { MOST_REPLAYED = 500 };

static void warn_of_many(gm_tune *t, size_t n) {
  char text[250];
  snprintf(text, sizeof text,
           "the study has %zu finished trials: with more than %d, what other pruners would have saved "
           "(replay.csv, frontier.csv) is worked out on request, by --replay",
           n, MOST_REPLAYED);
  gm_experiment_warn(&t->experiment, text);
}

/* replay.csv: the percentiles of Table 2; frontier.csv: the sweep. */
gm_status gm_tune_write_replay(gm_tune *t, gm_error *err) {
  gm_csv_writer csv;
  const gm_history *history = gm_study_history(t->study);
  const size_t n = gm_history_count_finished(history);
  if (t->study_config.pruner.method != &gm_no_pruner || gm_tune_has_pruned(t) || gm_tune_counts_energy(t))
    return GM_OK;
  if (n > MOST_REPLAYED) {
    warn_of_many(t, n);
    return GM_OK;
  }
  const char *out = t->experiment.options.out;
  gm_status status = gm_csv_open_in(&csv, out, "replay.csv", GM_TUNE_REPLAY_HEADER, err);
  if (status != GM_OK) return status;
  status = gm_tune_put_replay(&t->study_config.pruner, history, "percentile:5,10,25,50", &csv, err);
  status = gm_csv_close(&csv, status, err);
  if (status == GM_OK) status = gm_csv_open_in(&csv, out, "frontier.csv", GM_TUNE_SWEEP_HEADER, err);
  if (status != GM_OK) return status;
  status = gm_tune_put_sweep(&t->study_config.pruner, history, &csv, err);
  return gm_csv_close(&csv, status, err);
}
