/* SPDX-License-Identifier: MIT
 * What stands below the table of both stacks: what is the same on both sides, and what is not. */
#include "experiments/report/stacks.h"

#include <math.h>
#include <stdlib.h>

static const char *text_or(const gm_report_run *run, const char *key, const char *otherwise) {
  const char *text = gm_report_run_text(run, key);
  return text != NULL ? text : otherwise;
}

/* "Python 3.11, torch 2.1, optuna 4.0", in fresh memory. */
static char *versions_of(const gm_report_run *stacks) {
  struct json_object *versions = gm_report_run_member(stacks, "versions");
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL) return NULL;
  fprintf(out, "Python %s", text_or(stacks, "python", "of unknown version"));
  if (json_object_is_type(versions, json_type_object)) {
    json_object_object_foreach(versions, name, version) {
      if (version != NULL) fprintf(out, ", %s %s", name, json_object_get_string(version));
    }
  }
  fclose(out);
  return text;
}

static void threads_text(double threads, char text[32]) {
  snprintf(text, 32, "%.0f thread%s", threads, threads == 1 ? "" : "s");
}

/* "13 with Adam and 17 with SGD" */
static void tried_text(const gm_stacks_trials *trials, char text[64]) {
  snprintf(text, 64, "%zu with Adam and %zu with SGD", trials->n_of_adam, trials->n - trials->n_of_adam);
}

static double epochs_of(const gm_report_table *table, size_t row) {
  return gm_report_table_cell(table, row, "epochs")->number;
}

/* "CNN + Hyperparameter Pruning: greenmile 325, Python 331; …" of the rows in which not all sides trained as
 * many epochs, in fresh memory; empty where all did. */
static char *unequal_epochs(const gm_report_table *table) {
  static const char *const short_names[GM_STACKS_SIDES] = {"greenmile", "Python", "fastest"};
  char *text = NULL, epochs[GM_NUMBER_TEXT];
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL) return NULL;
  for (size_t r = 0; r < table->n_rows; r += GM_STACKS_SIDES) {
    bool equal = true;
    for (size_t i = 1; i < GM_STACKS_SIDES; i++)
      equal = equal && (isnan(epochs_of(table, r)) || epochs_of(table, r + i) == epochs_of(table, r));
    if (equal) continue;
    fprintf(out, "%s%s: ", ftell(out) > 0 ? "; " : "", gm_report_table_cell(table, r, "model")->text);
    for (size_t i = 0; i < GM_STACKS_SIDES; i++) {
      gm_number_text((gm_number_format)WHOLE, epochs_of(table, r + i), epochs);
      fprintf(out, "%s%s %s", i > 0 ? ", " : "", short_names[i], epochs);
    }
  }
  fclose(out);
  return text;
}

/* How far our runs before Python's two are apart in wall time, in % of their mean. */
typedef struct {
  double together, largest; /* of the sums over all rows; of the row in which it is most */
  const char *row;
} spread;

static double apart_percent(const double wall_s[2]) {
  return 100.0 * fabs(wall_s[1] - wall_s[0]) / ((wall_s[0] + wall_s[1]) / 2.0);
}

static spread spread_of_turns(const gm_report *report, const gm_report_run *stacks) {
  double sums_s[2] = {0};
  spread s = {.largest = -1};
  for (gm_report_model m = GM_MODEL_LINEAR_REGRESSION; m < GM_MODEL_CLIMATOLOGY; m++) {
    const gm_report_run_kind kind = gm_report_model_run(m);
    if (kind == GM_RUN_CNN_STRUCTURED) continue;
    double wall_s[2];
    for (size_t i = 0; i < 2; i++) {
      char key[64];
      const gm_report_run row = gm_stacks_row(stacks, i + 1, kind, key), turn = gm_stacks_turn(&row);
      wall_s[i] = gm_report_run_number(&turn, "process_duration_s");
      sums_s[i] += wall_s[i];
    }
    if (apart_percent(wall_s) <= s.largest) continue;
    s.largest = apart_percent(wall_s);
    s.row = report->models[m].name;
  }
  s.together = apart_percent(sums_s);
  return s;
}

gm_status gm_stacks_put_notes(const gm_report *report, gm_report_table *table, const gm_report_run *stacks,
                              const gm_stacks_trials trials[GM_STACKS_SEARCHES], gm_error *err) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  const bool measured = json_object_get_boolean(gm_report_run_member(stacks, "energy_measured"));
  const spread apart = spread_of_turns(report, stacks);
  const double pue = gm_report_run_number(run, "pue"); /* of every row, on both sides */
  char theirs[32], ours[32], best[32], pue_text[32], tried[GM_STACKS_SEARCHES][64];
  char together[GM_NUMBER_TEXT], largest[GM_NUMBER_TEXT];
  char *versions = versions_of(stacks), *unequal = unequal_epochs(table);
  gm_number_text((gm_number_format)SIGNIFICANT(2), apart.together, together);
  gm_number_text((gm_number_format)SIGNIFICANT(2), apart.largest, largest);
  for (size_t s = 0; s < GM_STACKS_SEARCHES; s++) tried_text(&trials[s], tried[s]);
  threads_text(gm_report_run_number(stacks, "best.threads"), best);
  threads_text(gm_report_run_number(stacks, "threads"), theirs);
  threads_text(gm_report_run_number(run, "threads"), ours);
  snprintf(pue_text, sizeof pue_text, "%g", pue);
  const gm_template_word values[] = {
      {.name = "apart", .text = together},
      {.name = "apart-most", .text = largest},
      {.name = "apart-row", .text = apart.row},
      {.name = "both-measured", .text = measured ? "yes" : NULL},
      {.name = "tried", .text = tried[0]},
      {.name = "tried-pruned", .text = tried[1]},
      {.name = "unequal", .text = unequal},
      {.name = "pue", .text = isnan(pue) || pue == 1 ? NULL : pue_text},
      {.name = "python-versions", .text = versions},
      {.name = "codecarbon", .text = gm_report_run_text(stacks, "versions.codecarbon")},
      {.name = "python-threads", .text = theirs},
      {.name = "best", .text = text_or(stacks, "best.what", "unknown settings")},
      {.name = "best-threads", .text = best},
      {.name = "python-date", .text = text_or(stacks, "written_at", "an unknown date")},
      {.name = "version", .text = text_or(run, "version", "of unknown version")},
      {.name = "threads", .text = ours}};
  const gm_status status = versions != NULL && unequal != NULL
                               ? gm_report_set_texts(report, table, values, COUNT(values), err)
                               : gm_fail_memory(err, table->name);
  free(versions);
  free(unequal);
  return status;
}
