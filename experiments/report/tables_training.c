/* SPDX-License-Identifier: MIT
 * Table 3: emissions and errors of training, row by row as the poster's. */
#include "experiments/report/tables_rows.h"

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
       .format = ERRORS(4),
       .sd = "rmse_validation_sd",
       .from = GM_FROM_MEAN},
      {.key = "rmse_test",
       .head = "RMSE test",
       .unit = unit,
       .format = ERRORS(4),
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
       .format = ERRORS(3),
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
  table->title = "Table 3";
  return gm_report_set_texts(report, table, NULL, 0, err);
}
