/* SPDX-License-Identifier: MIT
 * Whether what a search says of itself agrees: the best trial and the counts of run.json with trials.csv,
 * both with the ends of curves.csv, and all with the study's journal, where that is in the directory of the
 * results. What only one of them says is believed. */
#include "common/atomic_file.h"
#include "common/csv.h"
#include "experiments/report/runs.h"
#include "experiments/tune/program.h"
#include "tuning/journal/journal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIAL, STATE, TIME_STEPS, LEARNING_RATE, OPTIMIZER, VALUE, EPOCHS, N_COLUMNS };
static const char *const names[N_COLUMNS] = {
    "trial", "state", "num_input_time_steps", "learning_rate", "optimizer", "value", "epochs"};

typedef struct {
  const gm_report_run *run;
  gm_csv_table table; /* trials.csv */
  size_t column[N_COLUMNS];
} search;

static const char *field(const search *s, size_t row, int column) {
  return gm_csv_field(&s->table, row, s->column[column]);
}

/* NaN where it is empty. */
static double number(const search *s, size_t row, int column) {
  double value;
  return gm_parse_double(field(s, row, column), &value) ? value : NAN;
}

static bool same(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

static bool is_in_state(const search *s, size_t row, const char *state) {
  return strcmp(field(s, row, STATE), state) == 0;
}

static gm_status fail_row(const search *s, size_t row, int column, const char *other, const char *where,
                          gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/trials.csv:%zu: \"%s\" of trial %s is %.40s, and %.40s in %s; one of them was changed, "
                 "rerun the search",
                 s->run->directory, s->table.line[row], names[column], field(s, row, TRIAL),
                 field(s, row, column)[0] != '\0' ? field(s, row, column) : "empty", other, where);
}

/* ---- run.json ------------------------------------------------------------------ */

static gm_status check_counts(const search *s, gm_error *err) {
  static const struct {
    const char *key, *state; /* NULL: the sum of epochs */
  } counts[] = {{"trials_complete", "COMPLETE"},
                {"trials_pruned", "PRUNED"},
                {"trials_failed", "FAIL"},
                {"epochs", NULL}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    const double stated = gm_report_run_number(s->run, counts[i].key);
    double counted = 0;
    for (size_t row = 0; row < s->table.n_rows; row++)
      counted += counts[i].state == NULL ? number(s, row, EPOCHS) : is_in_state(s, row, counts[i].state);
    if (isnan(stated) || stated == counted) continue;
    return gm_fail(
        err, GM_BAD_INPUT,
        "%s/run.json: \"%s\" is %g, in trials.csv beside it %g; one of them was changed, rerun the "
        "search",
        s->run->directory, counts[i].key, stated, counted);
  }
  return GM_OK;
}

static gm_status check_best_member(const search *s, size_t row, int column, gm_error *err) {
  char key[64], text[GM_DOUBLE_TEXT];
  snprintf(key, sizeof key, "best.%s", names[column]);
  const char *word = gm_report_run_text(s->run, key);
  const double stated = gm_report_run_number(s->run, key);
  if (word != NULL ? strcmp(word, field(s, row, column)) == 0 : same(stated, number(s, row, column)))
    return GM_OK;
  if (word == NULL && isnan(stated) && column == OPTIMIZER) return GM_OK; /* not recorded */
  gm_format_double(stated, text);
  return fail_row(s, row, column, word != NULL ? word : text, "\"best\" of run.json", err);
}

/* The best trial is the one that run.json names, and no complete one is better. */
static gm_status check_best(const search *s, gm_error *err) {
  const double best = gm_report_run_number(s->run, "best.trial"),
               value = gm_report_run_number(s->run, "best.value");
  if (isnan(best)) return GM_OK;
  size_t own = s->table.n_rows;
  for (size_t row = 0; row < s->table.n_rows; row++) {
    if (number(s, row, TRIAL) == best) own = row;
    if (is_in_state(s, row, "COMPLETE") && number(s, row, VALUE) < value)
      return gm_fail(
          err, GM_BAD_INPUT,
          "%s/trials.csv:%zu: trial %s has the value %s, below %g of trial %g, the best by run.json; "
          "one of them was changed, rerun the search",
          s->run->directory, s->table.line[row], field(s, row, TRIAL), field(s, row, VALUE), value, best);
  }
  if (own == s->table.n_rows)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s/run.json: \"best.trial\" is %g, and trials.csv beside it has none such",
                   s->run->directory, best);
  gm_status status = GM_OK;
  for (int column = TIME_STEPS; column <= VALUE && status == GM_OK; column++)
    status = check_best_member(s, own, column, err);
  return status;
}

/* ---- curves.csv ------------------------------------------------------------------ */

/* A trial's value is one of the errors along its way, and it has as many as epochs. Trials that other
 * programs made have none. */
static gm_status check_curve(const search *s, size_t row, const gm_csv_table *curves, const size_t column[2],
                             gm_error *err) {
  const double value = number(s, row, VALUE);
  size_t points = 0, hits = 0;
  for (size_t i = 0; i < curves->n_rows; i++) {
    double rmse;
    if (strcmp(gm_csv_field(curves, i, column[0]), field(s, row, TRIAL)) != 0) continue;
    points++;
    hits += gm_parse_double(gm_csv_field(curves, i, column[1]), &rmse) && rmse == value;
  }
  char text[GM_DOUBLE_TEXT];
  snprintf(text, sizeof text, "%zu", points);
  if (points == 0) return GM_OK;
  if ((double)points != number(s, row, EPOCHS)) return fail_row(s, row, EPOCHS, text, "curves.csv", err);
  if (isnan(value) || hits > 0) return GM_OK;
  return fail_row(s, row, VALUE, "in no row of it", "curves.csv", err);
}

static gm_status check_curves(const search *s, gm_error *err) {
  gm_csv_table curves = {0};
  size_t column[2];
  gm_status status = gm_csv_read_in(s->run->directory, "curves.csv", &curves, err);
  if (status == GM_OK) status = gm_csv_column(&curves, "trial", &column[0], err);
  if (status == GM_OK) status = gm_csv_column(&curves, "rmse_validation", &column[1], err);
  for (size_t row = 0; row < s->table.n_rows && status == GM_OK; row++)
    if (is_in_state(s, row, "COMPLETE") || is_in_state(s, row, "PRUNED"))
      status = check_curve(s, row, &curves, column, err);
  gm_csv_free(&curves);
  return status;
}

/* ---- the journal ------------------------------------------------------------------- */

static const gm_trial *find_trial(const gm_history *history, double n) {
  for (size_t i = 0; i < history->n_trials; i++)
    if ((double)history->trials[i]->number == n) return history->trials[i];
  return NULL;
}

/* The rows of trials that had ended: others may have gone on since. */
static gm_status check_trial(const search *s, size_t row, const gm_history *history, const char *path,
                             gm_error *err) {
  static const struct {
    int column;
    const char *parameter;
  } numbers[] = {{TIME_STEPS, "num_input_time_steps"}, {LEARNING_RATE, "learning_rate"}};
  const gm_trial *trial = find_trial(history, number(s, row, TRIAL));
  if (!is_in_state(s, row, "COMPLETE") && !is_in_state(s, row, "PRUNED") && !is_in_state(s, row, "FAIL"))
    return GM_OK;
  if (trial == NULL) return fail_row(s, row, TRIAL, "no trial", path, err);
  if (!is_in_state(s, row, gm_trial_state_name(trial->state)))
    return fail_row(s, row, STATE, gm_trial_state_name(trial->state), path, err);
  const char *optimizer = gm_tune_optimizer_of(trial);
  if (strcmp(field(s, row, OPTIMIZER), optimizer != NULL ? optimizer : "") != 0)
    return fail_row(s, row, OPTIMIZER, optimizer != NULL ? optimizer : "empty", path, err);
  char text[GM_DOUBLE_TEXT];
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    const double theirs = gm_tune_number_of(trial, numbers[i].parameter);
    gm_format_double(theirs, text);
    if (!same(number(s, row, numbers[i].column), theirs))
      return fail_row(s, row, numbers[i].column, text, path, err);
  }
  const double theirs = trial->values != NULL ? trial->values[0] : trial->value;
  gm_format_double(theirs, text);
  return same(number(s, row, VALUE), theirs) ? GM_OK : fail_row(s, row, VALUE, text, path, err);
}

static gm_status check_study(const search *s, const char *path, const char *name, gm_error *err) {
  gm_journal_config config = gm_journal_config_default();
  gm_journal *journal = NULL;
  config.read_only = true;
  gm_status status = gm_journal_open(path, &config, &journal, err);
  if (status == GM_OK) status = gm_journal_sync(journal, err);
  const gm_study_record *study =
      status == GM_OK ? gm_journal_find_study(gm_journal_contents(journal), name) : NULL;
  for (size_t row = 0; study != NULL && row < s->table.n_rows && status == GM_OK; row++)
    status = check_trial(s, row, &study->history, path, err);
  gm_journal_close(journal);
  return status;
}

/* The directory may have been moved: the journal is looked for in it, by its name. */
static gm_status check_journal(const search *s, const char *results, gm_error *err) {
  const char *location = gm_report_run_text(s->run, "config.journal"),
             *study = gm_report_run_text(s->run, "config.study");
  if (location == NULL || study == NULL || strstr(location, "://") != NULL) return GM_OK;
  const char *slash = strrchr(location, '/');
  char *path = gm_path_join(results, slash != NULL ? slash + 1 : location);
  if (path == NULL) return gm_fail_memory(err, "the journal");
  const gm_status status = access(path, R_OK) == 0 ? check_study(s, path, study, err) : GM_OK;
  free(path);
  return status;
}

gm_status gm_report_search_check(const gm_report_run *run, const char *results, gm_error *err) {
  search s = {.run = run};
  gm_status status = gm_csv_read_in(run->directory, "trials.csv", &s.table, err);
  for (int column = 0; column < N_COLUMNS && status == GM_OK; column++)
    status = gm_csv_column(&s.table, names[column], &s.column[column], err);
  if (status == GM_OK) status = check_counts(&s, err);
  if (status == GM_OK) status = check_best(&s, err);
  if (status == GM_OK) status = check_curves(&s, err);
  if (status == GM_OK) status = check_journal(&s, results, err);
  gm_csv_free(&s.table);
  return status;
}
