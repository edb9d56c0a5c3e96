/* SPDX-License-Identifier: MIT
 * Table 3: emissions and errors of training, row by row as the poster's. */
#include "experiments/report/tables_rows.h"

#include <math.h>
#include <string.h>

/* What is not in run.json. */
static void set_compared(gm_report_table *table, size_t r, const gm_report_row *row, double cnn_emissions_kg,
                         const gm_poster_row *poster) {
  gm_report_table_number(table, r, "emissions_ratio_to_cnn", row->emissions_kg.mean / cnn_emissions_kg);
  gm_report_table_number(table, r, "poster_emissions_kg", poster->emissions_kg);
  gm_report_table_number(table, r, "poster_rmse", poster->rmse);
  gm_report_table_number(table, r, "rmse_difference_low", row->difference_low);
  gm_report_table_number(table, r, "rmse_difference_high", row->difference_high);
}

/* Appends names to a list, which begins with `before` and ends as the caller likes. */
static bool add_name(char *text, size_t size, bool any, const char *before, const char *name) {
  const size_t used = strlen(text);
  snprintf(text + used, size - used, "%s%s", any ? ", " : before, name);
  return true;
}

static void close_list(char *text, size_t size, bool any) {
  const size_t used = strlen(text);
  if (any) snprintf(text + used, size - used, ".");
}

/* What must be read with the rows: who has no skill, whose energy is not comparable. */
static void put_marks(const gm_report *report, char *text, size_t size) {
  gm_report_model order[GM_MODELS];
  const size_t n = gm_report_row_order(report->models, order);
  text[0] = '\0';
  for (int split = 0; split < GM_REPORT_SPLITS; split++) {
    char before[160];
    bool any = false;
    snprintf(before, sizeof before,
             " No skill on %s, their error is not below both persistence's and climatology's: ",
             gm_report_splits[split]);
    for (size_t i = 0; i < n; i++) {
      const gm_report_row *row = &report->models[order[i]];
      if (row->n_runs > 0 && gm_report_skill_of(row, split) == GM_NO_SKILL)
        any = add_name(text, size, any, before, row->name);
    }
    close_list(text, size, any);
  }
  bool any = false;
  for (size_t i = 0; i < n; i++)
    if (report->models[order[i]].flagged)
      any = add_name(text, size, any, " Energy not comparable, the machine was busy with other programs: ",
                     report->models[order[i]].name);
  close_list(text, size, any);
}

gm_status gm_report_make_table3(gm_report *report, gm_report_table *table, gm_error *err) {
  const char *unit = report->unit;
  const gm_report_column columns[] = {
      {.key = "model", .head = "Model"},
      {.key = "emissions_kg",
       .head = "Emissions",
       .unit = KG,
       .format = SCIENTIFIC(3),
       .low = "emissions_low_kg",
       .high = "emissions_high_kg",
       .from = GM_FROM_MEAN},
      {.key = "emissions_low_kg", .from = GM_FROM_MEAN},
      {.key = "emissions_high_kg", .from = GM_FROM_MEAN},
      {.key = "energy_kwh", .head = "Energy", .unit = "kWh", .format = SCIENTIFIC(3), .from = GM_FROM_MEAN},
      {.key = "rmse_validation",
       .head = "RMSE validation",
       .unit = unit,
       .format = FIXED(4),
       .sd = "rmse_validation_sd",
       .from = GM_FROM_MEAN},
      {.key = "rmse_test",
       .head = "RMSE test",
       .unit = unit,
       .format = FIXED(4),
       .sd = "rmse_test_sd",
       .from = GM_FROM_MEAN},
      {.key = "correlation_validation",
       .head = "Correlation",
       .unit = "validation",
       .format = FIXED(3),
       .from = GM_FROM_MEAN},
      {.key = "duration_s", .head = "Time", .unit = "s", .format = SIGNIFICANT(3), .from = GM_FROM_MEAN},
      {.key = "epochs", .head = "Epochs", .format = SHORTEST(6), .from = GM_FROM_MEAN},
      {.key = "emissions_ratio_to_cnn", .head = "Emissions ÷ CNN's", .format = SIGNIFICANT(3)},
      {.key = "poster_emissions_kg", .head = "Poster emissions", .unit = KG, .format = SHORTEST(6)},
      {.key = "poster_rmse", .head = "Poster RMSE", .unit = "as printed", .format = FIXED(6)},
      {.key = "rmse_validation_sd", .from = GM_FROM_SD, .member = "rmse_validation"},
      {.key = "rmse_test_sd", .from = GM_FROM_SD, .member = "rmse_test"},
      {.key = "emissions_kg_sd", .from = GM_FROM_SD, .member = "emissions_kg"},
      {.key = "rmse_difference_low",
       .head = "RMSE − LR's",
       .unit = "95 %, validation",
       .format = FIXED(3),
       .low = "rmse_difference_low",
       .high = "rmse_difference_high",
       .only_interval = true},
      {.key = "rmse_difference_high"},
      {.key = "protocol"},
  };
  gm_report_model order[GM_MODELS];
  const size_t n_rows = gm_report_row_order(report->models, order);
  memcpy(report->table3_columns, columns, sizeof columns);
  gm_status status =
      gm_report_table_init(table, "table3", report->table3_columns, COUNT(columns), n_rows, err);
  for (size_t r = 0; r < n_rows && status == GM_OK; r++) {
    const gm_report_row *row = &report->models[order[r]];
    gm_report_run_kind kind;
    const char *inside = gm_report_model_place(order[r], &kind);
    status = gm_report_table_text(table, r, "model", row->name, err);
    gm_report_fill_from_runs(report->study, kind, inside, table, r);
    set_compared(table, r, row, report->models[GM_MODEL_CNN].emissions_kg.mean, &gm_poster_table3[order[r]]);
  }
  if (status != GM_OK) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  const char *seeds =
      report->study->n_seeds > 1 ? "CNN rows are means over the seeds, ± one standard deviation. " : "";
  const char *interval =
      isnan(report->models[GM_MODEL_CNN].difference_low)
          ? ""
          : "The interval of the RMSE difference is of the validation months, whose errors are "
            "dependent, and the seeds (docs/statistics.md): a difference whose interval includes "
            "zero is none. ";
  const char *country = gm_report_run_text(report->study->runs[GM_RUN_CNN], "country_iso_code");
  const char *world =
      country != NULL && strcmp(country, "WLD") == 0
          ? "The kilograms are per world-average kWh (COUNTRY=WLD), no estimate for the place of the "
            "runs. "
          : "";
  char notes[2400], marks[1000];
  put_marks(report, marks, sizeof marks);
  snprintf(notes, sizeof notes,
           "Emissions with the interval of the meter, whose causes are common to all rows and cancel in "
           "ratios. %sTraining only: from the first to the end of the last epoch with the evaluation of each "
           "epoch, the linear regression one fit by repetition; the tuning rows count all trials. "
           "%s%sPersistence fits nothing, so it has no energy to measure. Poster: as printed; its “Emission "
           "Rate” is a total in kg, its RMSE names no split and may be a mean squared error.%s",
           world, seeds, interval, marks);
  table->title = "Table 3";
  return gm_report_set_texts(report, table, "Emissions and errors of model training", notes, err);
}
