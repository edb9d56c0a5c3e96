/* SPDX-License-Identifier: MIT
 * Table 4, the inference table and the ratios: energy beside other people's. */
#include "experiments/report/tables_rows.h"

#include <math.h>
#include <stdlib.h>

/* ---- Table 4 ---------------------------------------------------------- */

gm_status gm_report_make_table4(gm_report *report, gm_report_table *table, gm_error *err) {
  static const gm_report_column columns[] = {
      {.key = "model", .head = "Model"},
      {.key = "energy_mwh", .head = "Energy", .unit = "MWh", .format = SHORTEST(4)},
      {.key = "emissions_t",
       .head = "Emissions",
       .unit = "t CO₂eq",
       .format = SHORTEST(4),
       .low = "emissions_low_t",
       .high = "emissions_high_t"},
      {.key = "emissions_low_t"},
      {.key = "emissions_high_t"},
      {.key = "protocol"},
  };
  const gm_report_total *total = &report->total;
  const double kg_per_t = 1000.0, kwh_per_mwh = 1000.0;
  gm_status status =
      gm_report_table_init(table, "table4", columns, COUNT(columns), GM_PATTERSON_ROWS + 1, err);
  for (size_t r = 0; r < GM_PATTERSON_ROWS && status == GM_OK; r++) {
    status = gm_report_table_text(table, r, "model", gm_patterson[r].model, err);
    gm_report_table_number(table, r, "energy_mwh", gm_patterson[r].energy_mwh);
    gm_report_table_number(table, r, "emissions_t", gm_patterson[r].emissions_t);
  }
  if (status == GM_OK)
    status = gm_report_table_text(table, GM_PATTERSON_ROWS, "model", "This study, all runs", err);
  if (status != GM_OK) return status;
  gm_report_table_number(table, GM_PATTERSON_ROWS, "energy_mwh", total->energy_kwh / kwh_per_mwh);
  gm_report_table_number(table, GM_PATTERSON_ROWS, "emissions_t", total->emissions_kg / kg_per_t);
  gm_report_table_number(table, GM_PATTERSON_ROWS, "emissions_low_t", total->emissions_low_kg / kg_per_t);
  gm_report_table_number(table, GM_PATTERSON_ROWS, "emissions_high_t", total->emissions_high_kg / kg_per_t);
  if (total->n_busy > 0) gm_report_mark_busy(table, GM_PATTERSON_ROWS);
  table->title = "Table 4";
  return gm_report_set_texts(report, table, NULL, 0, err);
}

/* ---- inference -------------------------------------------------------- */

gm_status gm_report_make_inference(gm_report *report, gm_report_table *table, gm_error *err) {
  static const gm_report_column columns[] = {
      {.key = "model", .head = "Model"},
      {.key = "energy_per_forecast_j",
       .head = "Energy per forecast",
       .unit = "J",
       .format = SCIENTIFIC(3),
       .low = "energy_per_forecast_low_j",
       .high = "energy_per_forecast_high_j",
       .from = GM_FROM_MEAN},
      {.key = "energy_per_forecast_low_j", .from = GM_FROM_MEAN},
      {.key = "energy_per_forecast_high_j", .from = GM_FROM_MEAN},
      {.key = "emissions_per_forecast_kg",
       .head = "Emissions per forecast",
       .unit = KG,
       .format = SCIENTIFIC(3),
       .low = "emissions_per_forecast_low_kg",
       .high = "emissions_per_forecast_high_kg",
       .from = GM_FROM_MEAN},
      {.key = "emissions_per_forecast_low_kg", .from = GM_FROM_MEAN},
      {.key = "emissions_per_forecast_high_kg", .from = GM_FROM_MEAN},
      {.key = "latency_s",
       .head = "Latency, median",
       .unit = "s",
       .format = SCIENTIFIC(3),
       .from = GM_FROM_MEAN},
      {.key = "repeats", .head = "Repeats", .format = WHOLE, .from = GM_FROM_MEAN},
      {.key = "poster_emissions_kg", .head = "Poster, one inference", .unit = KG, .format = SCIENTIFIC(5)},
      {.key = "protocol"},
  };
  static const gm_report_run_kind kinds[] = {GM_RUN_INFERENCE_LINEAR_REGRESSION, GM_RUN_INFERENCE_CNN};
  static const gm_report_model models[] = {GM_MODEL_LINEAR_REGRESSION, GM_MODEL_CNN};
  const double poster[] = {gm_poster_lr_inference_kg, gm_poster_cnn_inference_kg};
  gm_status status = gm_report_table_init(table, "inference", columns, COUNT(columns), COUNT(kinds), err);
  for (size_t r = 0; r < COUNT(kinds) && status == GM_OK; r++) {
    gm_report_fill_from_runs(report->study, kinds[r], NULL, table, r);
    gm_report_table_number(table, r, "poster_emissions_kg", poster[r]);
    status = gm_report_table_text(table, r, "model", report->models[models[r]].name, err);
  }
  if (status != GM_OK) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  return gm_report_set_texts(report, table, NULL, 0, err);
}

/* ---- ratios ----------------------------------------------------------- */

/* ratios.csv has no columns for marks, so the name carries them. */
static gm_status set_ratio_name(const gm_report *report, gm_report_table *table, size_t r, gm_error *err) {
  const gm_ratio *ratio = &report->ratios[r];
  char plain[160], *name = NULL;
  snprintf(plain, sizeof plain, "%s%s%s", ratio->name, report->quick ? " (quick protocol)" : "",
           ratio->apart == GM_COMPARABLE && ratio->attributed ? " (by CPU time)" : "");
  if (ratio->apart == GM_COMPARABLE) return gm_report_table_text(table, r, "ratio", plain, err);
#define WHY(word, reason)                                                                                    \
  { .name = word, .text = ratio->apart == reason ? "yes" : NULL }
  const gm_template_word values[] = {{.name = "name", .text = plain},
                                     WHY("busy", GM_APART_BUSY),
                                     WHY("meters", GM_APART_METERS),
                                     WHY("unknown", GM_APART_UNKNOWN)};
#undef WHY
  gm_status status =
      gm_report_sentence(NULL, "ratio that is not comparable", values, COUNT(values), &name, err);
  if (status == GM_OK) status = gm_report_table_text(table, r, "ratio", name, err);
  free(name);
  return status;
}

gm_status gm_report_make_ratios(gm_report *report, gm_report_table *table, gm_error *err) {
  static const gm_report_column columns[] = {
      {.key = "ratio", .head = "Ratio"},
      {.key = "ours", .head = "Ours", .format = SIGNIFICANT(3), .low = "ours_low", .high = "ours_high"},
      {.key = "ours_low"},
      {.key = "ours_high"},
      {.key = "poster", .head = "Poster", .format = SIGNIFICANT(3)},
  };
  gm_status status = gm_report_table_init(table, "ratios", columns, COUNT(columns), GM_RATIOS, err);
  for (size_t r = 0; r < GM_RATIOS && status == GM_OK; r++) {
    const gm_ratio *ratio = &report->ratios[r];
    status = set_ratio_name(report, table, r, err);
    gm_report_table_number(table, r, "ours", ratio->ours);
    gm_report_table_number(table, r, "ours_low", ratio->low);
    gm_report_table_number(table, r, "ours_high", ratio->high);
    gm_report_table_number(table, r, "poster", ratio->poster);
  }
  if (status != GM_OK) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  char ratio[24], low[24], high[24];
  snprintf(ratio, sizeof ratio, "%.0f", report->ratios[GM_RATIO_CNN_LR].poster);
  snprintf(low, sizeof low, "%.0f",
           gm_poster_table3[GM_MODEL_CNN].emissions_kg / gm_poster_lr_emissions_high_kg);
  snprintf(high, sizeof high, "%.0f",
           gm_poster_table3[GM_MODEL_CNN].emissions_kg / gm_poster_lr_emissions_low_kg);
  const gm_template_word values[] = {{.name = "poster", .text = ratio},
                                     {.name = "poster-low", .text = low},
                                     {.name = "poster-high", .text = high}};
  return gm_report_set_texts(report, table, values, COUNT(values), err);
}
