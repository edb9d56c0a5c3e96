/* SPDX-License-Identifier: MIT
 * Table 4, the inference table and the ratios: energy beside other people's. */
#include "experiments/report/tables_rows.h"

#include <math.h>

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
  table->title = "Table 4";
  return gm_report_set_texts(
      report, table, "Large models (Patterson et al. 2021) and this study",
      "The first four rows are quoted by the poster from Patterson et al. 2021, “Carbon Emissions and "
      "Large Neural Network Training”, arXiv:2104.10350. The last row is every program of this study "
      "from start to end, interrupted and repeated ones too.",
      err);
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
  return gm_report_set_texts(
      report, table, "Energy and emissions of one forecast",
      "One forecast is one forward pass of batch 1 from a window in memory with the weights loaded, no "
      "input or output; joules are the energy of all repeats divided by their number. The poster does "
      "not say what one inference of its covers.",
      err);
}

/* ---- ratios ----------------------------------------------------------- */

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
    char name[240]; /* ratios.csv has no columns for marks, so the name carries them */
    snprintf(name, sizeof name, "%s%s%s", ratio->name, report->quick ? " (quick protocol)" : "",
             ratio->flagged      ? " (not comparable: the machine was busy)"
             : ratio->attributed ? " (by CPU time)"
                                 : "");
    status = gm_report_table_text(table, r, "ratio", name, err);
    gm_report_table_number(table, r, "ours", ratio->ours);
    gm_report_table_number(table, r, "ours_low", ratio->low);
    gm_report_table_number(table, r, "ours_high", ratio->high);
    gm_report_table_number(table, r, "poster", ratio->poster);
  }
  if (status != GM_OK) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  char notes[1600], seeds[96] = "";
  if (report->study->n_seeds > 1)
    snprintf(seeds, sizeof seeds, "seed against seed the extremes of the %zu ratios; ",
             report->study->n_seeds);
  snprintf(
      notes, sizeof notes,
      "Ratios of energy and so, with one carbon intensity, of emissions. Sensor, power model and carbon "
      "intensity are common to both sides and cancel; an interval comes from repeats only and is given "
      "where both sides were repeated: %sfor one fit or one forecast the 95 %% t-interval over batches "
      "of repetitions. A whole program counts from its start to its last file with one fit, as a tracker "
      "around a script sees it. The poster prints one digit for the linear regression, so its %.0f stands "
      "for anything from %.0f to %.0f, and it does not say whether it metered the fit or the whole "
      "program. By CPU time: others' work was noticeable, so both sides count by the run's own share of the "
      "busy CPU "
      "time.",
      seeds, report->ratios[GM_RATIO_CNN_LR].poster,
      gm_poster_table3[GM_MODEL_CNN].emissions_kg / gm_poster_lr_emissions_high_kg,
      gm_poster_table3[GM_MODEL_CNN].emissions_kg / gm_poster_lr_emissions_low_kg);
  return gm_report_set_texts(report, table, "Ratios of this study and of the poster", notes, err);
}
