/* SPDX-License-Identifier: MIT
 * Tables 1 and 2: what the hyperparameter searches found and spent. */
#include "common/atomic_file.h"
#include "common/csv.h"
#include "energy/carbon/emissions.h"
#include "experiments/report/tables_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "adam" -> "Adam", "sgd" -> "SGD", as papers print them. */
static const char *optimizer_name(const char *name) {
  if (name != NULL && strcmp(name, "adam") == 0) return "Adam";
  if (name != NULL && strcmp(name, "sgd") == 0) return "SGD";
  return name;
}

/* ---- Table 1 ---------------------------------------------------------- */

gm_status gm_report_make_table1(gm_report *report, gm_report_table *table, gm_error *err) {
  static const gm_report_column columns[] = {
      {.key = "parameter", .head = "Parameter"},
      {.key = "value", .head = "Value", .format = SHORTEST(4)},
      {.key = "poster_value", .head = "Poster", .format = SHORTEST(4)},
      {.key = "protocol"},
  };
  const gm_report_run *run = report->study->runs[GM_RUN_TUNE];
  gm_status status = gm_report_table_init(table, "table1", columns, COUNT(columns), 3, err);
  if (status == GM_OK)
    status = gm_report_table_text(table, 0, "parameter", "Number of Input Time Steps", err);
  if (status == GM_OK) status = gm_report_table_text(table, 1, "parameter", "Learning Rate", err);
  if (status == GM_OK) status = gm_report_table_text(table, 2, "parameter", "Optimizer", err);
  if (status == GM_OK)
    status = gm_report_table_text(table, 2, "value",
                                  optimizer_name(gm_report_run_text(run, "best.optimizer")), err);
  if (status == GM_OK)
    status = gm_report_table_text(table, 2, "poster_value", gm_poster_table1.optimizer, err);
  if (status != GM_OK) return status;
  gm_report_table_number(table, 0, "value", gm_report_run_number(run, "best.num_input_time_steps"));
  gm_report_table_number(table, 0, "poster_value", gm_poster_table1.num_input_time_steps);
  gm_report_table_number(table, 1, "value", gm_report_run_number(run, "best.learning_rate"));
  gm_report_table_number(table, 1, "poster_value", gm_poster_table1.learning_rate);
  table->title = "Table 1";
  return gm_report_set_texts(report, table, NULL, 0, err);
}

/* ---- Table 2 ---------------------------------------------------------- */

static gm_status set_search(gm_report_table *table, size_t row, const gm_report_run *run,
                            const char *strategy, const gm_poster_search *poster, gm_error *err) {
  static const char *const same[] = {"trials_complete", "trials_pruned", "trials_failed",
                                     "epochs",          "duration_s",    "energy_kwh"};
  gm_report_table_number(table, row, "num_input_time_steps",
                         gm_report_run_number(run, "best.num_input_time_steps"));
  gm_report_table_number(table, row, "learning_rate", gm_report_run_number(run, "best.learning_rate"));
  gm_report_table_number(table, row, "rmse_validation", gm_report_run_number(run, "best.value"));
  for (size_t i = 0; i < COUNT(same); i++)
    gm_report_table_number(table, row, same[i], gm_report_run_number(run, same[i]));
  if (gm_report_is_flagged(run)) gm_report_mark_busy(table, row);
  gm_report_table_number(table, row, "poster_num_input_time_steps", poster->num_input_time_steps);
  gm_report_table_number(table, row, "poster_learning_rate", poster->learning_rate);
  gm_report_table_number(table, row, "poster_rmse", poster->rmse);
  gm_status status = gm_report_table_text(table, row, "strategy", strategy, err);
  if (status == GM_OK)
    status = gm_report_table_text(table, row, "optimizer",
                                  optimizer_name(gm_report_run_text(run, "best.optimizer")), err);
  if (status == GM_OK) status = gm_report_table_text(table, row, "poster_optimizer", poster->optimizer, err);
  return status;
}

/* What `tune` wrote of other pruners: how the finished, unpruned search would have gone
 * with them. An empty table where the run has none. */
static gm_status read_replay(const gm_report_run *run, const char *name, gm_csv_table *replay,
                             gm_error *err) {
  char *path = gm_path_join(run->directory, name);
  if (path == NULL) return gm_fail_memory(err, "a file name");
  const gm_status status = access(path, R_OK) == 0 ? gm_csv_read(path, replay, err) : GM_OK;
  free(path);
  return status;
}

static gm_status read_cell(const gm_csv_table *replay, size_t i, const char *name, double *value,
                           gm_error *err) {
  size_t column = 0;
  const gm_status status = gm_csv_column(replay, name, &column, err);
  return status == GM_OK ? gm_csv_number(replay, i, column, value, err) : status;
}

/* A row behind the two searches: cost with the pruner = cost without − what it saves. */
static gm_status set_replay(gm_report_table *table, size_t row, const gm_report_run *run,
                            const gm_csv_table *replay, size_t i, const char *strategy, gm_error *err) {
  double pruned, epochs_saved, saved_j;
  gm_status status = read_cell(replay, i, "trials_pruned", &pruned, err);
  if (status == GM_OK) status = read_cell(replay, i, "epochs_saved", &epochs_saved, err);
  if (status == GM_OK) status = read_cell(replay, i, "energy_saved_j", &saved_j, err);
  if (status != GM_OK) return status;
  gm_report_table_number(table, row, "trials_complete",
                         gm_report_run_number(run, "trials_complete") - pruned);
  gm_report_table_number(table, row, "trials_pruned", pruned);
  gm_report_table_number(table, row, "trials_failed", gm_report_run_number(run, "trials_failed"));
  gm_report_table_number(table, row, "epochs", gm_report_run_number(run, "epochs") - epochs_saved);
  gm_report_table_number(table, row, "energy_kwh", gm_report_run_number(run, "energy_kwh") - gm_kwh(saved_j));
  if (gm_report_is_flagged(run)) gm_report_mark_busy(table, row);
  return gm_report_table_text(table, row, "strategy", strategy, err);
}

static gm_status set_percentile(gm_report_table *table, size_t row, const gm_report_run *run,
                                const gm_csv_table *replay, size_t i, gm_error *err) {
  double percentile = NAN, lost = NAN;
  char strategy[64];
  gm_status status = read_cell(replay, i, "percentile", &percentile, err);
  if (status == GM_OK) status = read_cell(replay, i, "best_lost", &lost, err);
  snprintf(strategy, sizeof strategy, "Replay, percentile %g: best %s", percentile,
           lost != 0 ? "lost" : "kept");
  return status == GM_OK ? set_replay(table, row, run, replay, i, strategy, err) : status;
}

/* ---- the frontier of the sweep ------------------------------------------- */

/* The rows on the frontier by epochs saved, the fewest first; returns how many (rows: room for all). */
static gm_status frontier_rows(const gm_csv_table *sweep, size_t *rows, size_t *n, gm_error *err) {
  *n = 0;
  for (size_t i = 0; i < sweep->n_rows; i++) {
    double on_frontier, saved, other;
    gm_status status = read_cell(sweep, i, "on_frontier", &on_frontier, err);
    if (status == GM_OK) status = read_cell(sweep, i, "epochs_saved", &saved, err);
    if (status != GM_OK) return status;
    if (on_frontier == 0) continue;
    size_t place = (*n)++;
    for (; place > 0; place--) {
      status = read_cell(sweep, rows[place - 1], "epochs_saved", &other, err);
      if (status != GM_OK) return status;
      if (other <= saved) break;
      rows[place] = rows[place - 1];
    }
    rows[place] = i;
  }
  return GM_OK;
}

/* Of the frontier's rows the first keeps the best for the most epochs, if any does. */
static gm_status set_frontier(gm_report_table *table, size_t row, const gm_report_run *run,
                              const gm_csv_table *sweep, size_t i, gm_error *err) {
  size_t pruner;
  double warmup, regret;
  char strategy[192], warm[40] = "";
  gm_status status = gm_csv_column(sweep, "pruner", &pruner, err);
  if (status == GM_OK) status = read_cell(sweep, i, "warmup_epochs", &warmup, err);
  if (status == GM_OK) status = read_cell(sweep, i, "regret", &regret, err);
  if (status != GM_OK) return status;
  if (warmup > 0) snprintf(warm, sizeof warm, " after %g epochs", warmup);
  snprintf(strategy, sizeof strategy, "%s, %s%s", regret == 0 ? "Cheapest that keeps the best" : "Frontier",
           gm_csv_field(sweep, i, pruner), warm);
  gm_report_table_number(table, row, "rmse_validation", gm_report_run_number(run, "best.value") + regret);
  return set_replay(table, row, run, sweep, i, strategy, err);
}

/* What the two searches say of settings that had no effect, in fresh memory; NULL in *text: nothing. */
static gm_status search_notes(const gm_report_runs *study, char **text, gm_error *err) {
  static const gm_report_run_kind kinds[] = {GM_RUN_TUNE, GM_RUN_TUNE_PRUNED};
  size_t size = 0;
  FILE *out = open_memstream(text, &size);
  if (out == NULL) return gm_fail_memory(err, "notes");
  for (size_t i = 0; i < COUNT(kinds); i++) {
    struct json_object *notes = gm_report_run_member(study->runs[kinds[i]], "search_notes");
    if (!json_object_is_type(notes, json_type_array) || json_object_array_length(notes) == 0) continue;
    fprintf(out, "%sof %s, ", ftell(out) > 0 ? "; " : "", gm_report_run_kind_name(kinds[i]));
    gm_json_words(out, notes);
  }
  if (fclose(out) != 0) return gm_fail_memory(err, "notes");
  if (size > 0) return GM_OK;
  free(*text);
  *text = NULL;
  return GM_OK;
}

gm_status gm_report_make_table2(gm_report *report, gm_report_table *table, gm_error *err) {
  const gm_report_column columns[] = {
      {.key = "strategy", .head = "Strategy"},
      {.key = "num_input_time_steps", .head = "Input time steps", .format = WHOLE},
      {.key = "learning_rate", .head = "Learning rate", .format = SCIENTIFIC(3)},
      {.key = "optimizer", .head = "Optimizer"},
      {.key = "rmse_validation", .head = "RMSE validation", .unit = report->unit, .format = ERRORS(6)},
      {.key = "trials_complete", .head = "Trials complete", .format = WHOLE},
      {.key = "trials_pruned", .head = "pruned", .format = WHOLE},
      {.key = "trials_failed", .head = "failed", .format = WHOLE},
      {.key = "epochs", .head = "Epochs", .unit = "all trials", .format = WHOLE},
      {.key = "duration_s", .head = "Time", .unit = "s", .format = SIGNIFICANT(3)},
      {.key = "energy_kwh", .head = "Energy", .unit = "kWh", .format = SCIENTIFIC(3)},
      {.key = "poster_num_input_time_steps"},
      {.key = "poster_learning_rate"},
      {.key = "poster_optimizer"},
      {.key = "poster_rmse", .head = "Poster RMSE", .unit = "as printed", .format = FIXED(6)},
      {.key = "protocol"},
  };
  memcpy(report->table2_columns, columns, sizeof columns);
  const gm_report_run *search = report->study->runs[GM_RUN_TUNE];
  gm_csv_table replay = {0}, sweep = {0};
  size_t *front = NULL, n_front = 0;
  gm_status status = read_replay(search, "replay.csv", &replay, err);
  if (status == GM_OK) status = read_replay(search, "frontier.csv", &sweep, err);
  if (status == GM_OK && (front = malloc((sweep.n_rows + 1) * sizeof *front)) == NULL)
    status = gm_fail_memory(err, "the frontier");
  if (status == GM_OK) status = frontier_rows(&sweep, front, &n_front, err);
  const size_t n_first = 2 + replay.n_rows;
  if (status == GM_OK)
    status =
        gm_report_table_init(table, "table2", report->table2_columns, COUNT(columns), n_first + n_front, err);
  for (size_t i = 0; i < replay.n_rows && status == GM_OK; i++)
    status = set_percentile(table, 2 + i, search, &replay, i, err);
  for (size_t i = 0; i < n_front && status == GM_OK; i++)
    status = set_frontier(table, n_first + i, search, &sweep, front[i], err);
  gm_csv_free(&replay);
  gm_csv_free(&sweep);
  free(front);
  if (status == GM_OK)
    status = set_search(table, 0, report->study->runs[GM_RUN_TUNE], "Not pruned", &gm_poster_not_pruned, err);
  if (status == GM_OK)
    status = set_search(table, 1, report->study->runs[GM_RUN_TUNE_PRUNED], "Pruned", &gm_poster_pruned, err);
  if (status != GM_OK) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  table->title = "Table 2";
  char *notes = NULL;
  status = search_notes(report->study, &notes, err);
  if (status == GM_OK)
    status = gm_report_set_texts(report, table, &(gm_template_word){.name = "search-notes", .text = notes}, 1,
                                 err);
  free(notes);
  return status;
}
