/* SPDX-License-Identifier: MIT
 * Whether Python did what our runs did, the same protocol on the same data and the same trials in the
 * searches; and whether our runs between Python's are the study's, made again. */
#include "experiments/report/stacks.h"

#include "common/csv.h"

#include <math.h>
#include <string.h>

static const gm_report_run_kind searches[GM_STACKS_SEARCHES] = {GM_RUN_TUNE, GM_RUN_TUNE_PRUNED};

/* ---- whether both did the same ------------------------------------------ */

/* True if both followed the same protocol on the data that Python's stack knows. */
static bool is_same_study(const gm_report *report, const gm_report_run *stacks) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  const char *protocol = gm_report_run_text(stacks, "protocol"),
             *name = gm_report_run_text(run, "dataset.name");
  return protocol != NULL && (strcmp(protocol, "quick") == 0) == report->quick && name != NULL &&
         strcmp(name, "nino12") == 0 && report->study->lead == 1;
}

/* False where a run was not one process' work: a search of several, a training that was gone on with, which
 * took longer than its last process. */
static bool is_in_one_go(const gm_report *report) {
  for (gm_report_model m = GM_MODEL_LINEAR_REGRESSION; m < GM_MODEL_CLIMATOLOGY; m++) {
    const gm_report_run *run = report->study->runs[gm_report_model_run(m)];
    if (gm_report_run_number(run, "study_processes") > 1 ||
        gm_report_run_number(run, "process_duration_s") < gm_report_run_number(run, "duration_s"))
      return false;
  }
  return true;
}

static bool is_same_number(const gm_report_run *a, const gm_report_run *b, const char *key) {
  const double x = gm_report_run_number(a, key), y = gm_report_run_number(b, key);
  return x == y || (isnan(x) && isnan(y));
}

/* Both the same text, or both without. */
static bool is_same_text(const gm_report_run *a, const gm_report_run *b, const char *key) {
  const char *x = gm_report_run_text(a, key), *y = gm_report_run_text(b, key);
  return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

/* True if `turn` is the run of the study made again: its epochs and errors to the last digit, by the same
 * build on the same machine and threads, metered with the same PUE. */
static bool is_made_again(const gm_report_run *run, const gm_report_run *turn) {
  static const char *const numbers[] = {"epochs", "rmse_validation", "rmse_test", "threads", "pue"};
  static const char *const texts[] = {"version", "git_commit", "cpu_model", "isa", "blas"};
  for (size_t i = 0; i < COUNT(numbers); i++)
    if (!is_same_number(turn, run, numbers[i])) return false;
  for (size_t i = 0; i < COUNT(texts); i++)
    if (!is_same_text(turn, run, texts[i])) return false;
  return true;
}

static bool is_repeated(const gm_report *report, const gm_report_run *stacks) {
  for (size_t i = 1; i < GM_STACKS_SIDES; i++)
    for (gm_report_model m = GM_MODEL_LINEAR_REGRESSION; m < GM_MODEL_CLIMATOLOGY; m++) {
      const gm_report_run_kind kind = gm_report_model_run(m);
      if (kind == GM_RUN_CNN_STRUCTURED) continue;
      char key[64];
      const gm_report_run row = gm_stacks_row(stacks, i, kind, key), turn = gm_stacks_turn(&row);
      if (!is_made_again(report->study->runs[kind], &turn)) return false;
    }
  return true;
}

/* ---- trials ------------------------------------------------------------------ */

static const char *const parameters[] = {"num_input_time_steps", "learning_rate", "optimizer"};
enum { TIME_STEPS, LEARNING_RATE, OPTIMIZER, PARAMETERS };

/* Both sides have written the shortest digits that give the number back, so equal is equal. */
static bool is_same_trial(const char *const fields[PARAMETERS], struct json_object *tried) {
  const gm_report_run trial = {.json = tried};
  const char *optimizer = gm_report_run_text(&trial, parameters[OPTIMIZER]);
  for (size_t p = TIME_STEPS; p <= LEARNING_RATE; p++) {
    double ours;
    if (!gm_parse_double(fields[p], &ours) || ours != gm_report_run_number(&trial, parameters[p]))
      return false;
  }
  return optimizer != NULL && strcmp(optimizer, fields[OPTIMIZER]) == 0;
}

/* trials.csv of our search beside what Python tried; `same` if these are the same parameters in that order.
 */
static gm_status compare_search(const gm_report_run *search, struct json_object *tried,
                                gm_stacks_trials *trials, gm_error *err) {
  gm_csv_table table;
  size_t columns[PARAMETERS] = {0};
  gm_status status = gm_csv_read_in(search->directory, "trials.csv", &table, err);
  for (size_t p = 0; p < PARAMETERS && status == GM_OK; p++)
    status = gm_csv_column(&table, parameters[p], &columns[p], err);
  if (status == GM_OK) {
    *trials = (gm_stacks_trials){.same = json_object_array_length(tried) == table.n_rows, .n = table.n_rows};
    for (size_t r = 0; r < table.n_rows; r++) {
      const char *fields[PARAMETERS];
      for (size_t p = 0; p < PARAMETERS; p++) fields[p] = gm_csv_field(&table, r, columns[p]);
      trials->n_of_adam += strcmp(fields[OPTIMIZER], "adam") == 0;
      trials->same = trials->same && is_same_trial(fields, json_object_array_get_idx(tried, r));
    }
  }
  gm_csv_free(&table);
  return status;
}

/* The trials of both searches, `same` if every side has tried them. */
static gm_status compare_trials(const gm_report *report, const gm_report_run *stacks,
                                gm_stacks_trials trials[GM_STACKS_SEARCHES], gm_error *err) {
  gm_status status = GM_OK;
  for (size_t s = 0; s < GM_STACKS_SEARCHES; s++) {
    bool same = true;
    for (size_t i = 1; i < GM_STACKS_SIDES && status == GM_OK; i++) {
      char key[64];
      const gm_report_run row = gm_stacks_row(stacks, i, searches[s], key);
      status = compare_search(report->study->runs[searches[s]], gm_report_run_member(&row, "trials"),
                              &trials[s], err);
      same = same && trials[s].same;
    }
    trials[s].same = same;
  }
  return status;
}

gm_status gm_stacks_match(const gm_report *report, const gm_report_run *stacks,
                          gm_stacks_trials trials[GM_STACKS_SEARCHES], const char **reason, gm_error *err) {
  *reason = gm_stacks_is_earlier(stacks)     ? "stacks of an earlier version"
            : !is_same_study(report, stacks) ? "stacks of another study"
            : !is_in_one_go(report)          ? "stacks of several processes"
            : !is_repeated(report, stacks)   ? "stacks of other runs"
                                             : NULL;
  if (*reason != NULL) return GM_OK;
  const gm_status status = compare_trials(report, stacks, trials, err);
  if (status == GM_OK && !(trials[0].same && trials[1].same)) *reason = "stacks of other trials";
  return status;
}
