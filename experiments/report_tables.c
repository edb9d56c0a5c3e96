/* SPDX-License-Identifier: MIT
 * The rows of every table. */
#include "experiments/report_tables.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define FIXED(d)                                                                                             \
  { GM_NUMBER_FIXED, d }
#define SIGNIFICANT(d)                                                                                       \
  { GM_NUMBER_SIGNIFICANT, d }
#define SCIENTIFIC(d)                                                                                        \
  { GM_NUMBER_SCIENTIFIC, d }
#define SHORTEST(d)                                                                                          \
  { GM_NUMBER_SHORTEST, d }
#define WHOLE                                                                                                \
  { GM_NUMBER_COUNT, 0 }
#define KG "kg CO₂eq"

/* ---- helpers ---------------------------------------------------------- */

static gm_status set_texts(const gm_report *report, gm_report_table *table, const char *caption,
                           const char *notes, gm_error *err) {
  if (asprintf(&table->caption, "%s%s", caption, report->quick ? " (quick protocol)" : "") < 0)
    table->caption = NULL;
  table->notes = strdup(notes);
  for (size_t r = 0; r < table->n_rows && gm_report_table_cell(table, r, "protocol") != NULL; r++) {
    const gm_status status =
        gm_report_table_text(table, r, "protocol", report->quick ? "quick" : "full", err);
    if (status != GM_OK) return status;
  }
  return table->caption != NULL && table->notes != NULL ? GM_OK : gm_fail_memory(err, table->name);
}

/* "adam" -> "Adam", "sgd" -> "SGD", as papers print them. */
static const char *optimizer_name(const char *name) {
  if (name != NULL && strcmp(name, "adam") == 0) return "Adam";
  if (name != NULL && strcmp(name, "sgd") == 0) return "SGD";
  return name;
}

/* ---- Table 1 ---------------------------------------------------------- */

static gm_status make_table1(gm_report *report, gm_report_table *table, gm_error *err) {
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
  return set_texts(report, table, "Table 1. Optimal hyperparameters found by the search without pruner",
                   "Best finished trial by validation RMSE after its last epoch. Poster: as printed.", err);
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

static gm_status make_table2(gm_report *report, gm_report_table *table, gm_error *err) {
  const gm_report_column columns[] = {
      {.key = "strategy", .head = "Strategy"},
      {.key = "num_input_time_steps", .head = "Input time steps", .format = WHOLE},
      {.key = "learning_rate", .head = "Learning rate", .format = SCIENTIFIC(3)},
      {.key = "optimizer", .head = "Optimizer"},
      {.key = "rmse_validation", .head = "RMSE validation", .unit = report->unit, .format = FIXED(6)},
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
  gm_status status = gm_report_table_init(table, "table2", report->table2_columns, COUNT(columns), 2, err);
  if (status == GM_OK)
    status = set_search(table, 0, report->study->runs[GM_RUN_TUNE], "Not pruned", &gm_poster_not_pruned, err);
  if (status == GM_OK)
    status = set_search(table, 1, report->study->runs[GM_RUN_TUNE_PRUNED], "Pruned", &gm_poster_pruned, err);
  if (status != GM_OK) return status;
  table->wide = true;
  return set_texts(
      report, table, "Table 2. The search without and with the percentile pruner",
      "The poster found 1 input time step, learning rate 0.004626 and SGD with both strategies. Its RMSE "
      "names no split and may be a mean squared error: read it beside ours, not against it.",
      err);
}

/* ---- Table 3 ---------------------------------------------------------- */

static void set_model(gm_report_table *table, size_t r, const gm_report_row *row, double cnn_emissions_kg,
                      const gm_poster_row *poster) {
  gm_report_table_number(table, r, "emissions_kg", row->emissions_kg.mean);
  gm_report_table_number(table, r, "emissions_low_kg", row->emissions_low_kg);
  gm_report_table_number(table, r, "emissions_high_kg", row->emissions_high_kg);
  gm_report_table_number(table, r, "energy_kwh", row->energy_kwh.mean);
  gm_report_table_number(table, r, "rmse_validation", row->rmse_validation.mean);
  gm_report_table_number(table, r, "rmse_test", row->rmse_test.mean);
  gm_report_table_number(table, r, "correlation_validation", row->correlation_validation.mean);
  gm_report_table_number(table, r, "duration_s", row->duration_s.mean);
  gm_report_table_number(table, r, "epochs", row->epochs.mean);
  gm_report_table_number(table, r, "emissions_ratio_to_cnn", row->emissions_kg.mean / cnn_emissions_kg);
  gm_report_table_number(table, r, "poster_emissions_kg", poster->emissions_kg);
  gm_report_table_number(table, r, "poster_rmse", poster->rmse);
  gm_report_table_number(table, r, "rmse_validation_sd", row->rmse_validation.sd);
  gm_report_table_number(table, r, "rmse_test_sd", row->rmse_test.sd);
  gm_report_table_number(table, r, "emissions_kg_sd", row->emissions_kg.sd);
  gm_report_table_number(table, r, "rmse_difference_low", row->difference_low);
  gm_report_table_number(table, r, "rmse_difference_high", row->difference_high);
}

static gm_status make_table3(gm_report *report, gm_report_table *table, gm_error *err) {
  const char *unit = report->unit;
  const gm_report_column columns[] = {
      {.key = "model", .head = "Model"},
      {.key = "emissions_kg",
       .head = "Emissions",
       .unit = KG,
       .format = SCIENTIFIC(3),
       .low = "emissions_low_kg",
       .high = "emissions_high_kg"},
      {.key = "emissions_low_kg"},
      {.key = "emissions_high_kg"},
      {.key = "energy_kwh", .head = "Energy", .unit = "kWh", .format = SCIENTIFIC(3)},
      {.key = "rmse_validation",
       .head = "RMSE validation",
       .unit = unit,
       .format = FIXED(4),
       .sd = "rmse_validation_sd"},
      {.key = "rmse_test", .head = "RMSE test", .unit = unit, .format = FIXED(4), .sd = "rmse_test_sd"},
      {.key = "correlation_validation", .head = "Correlation", .unit = "validation", .format = FIXED(3)},
      {.key = "duration_s", .head = "Time", .unit = "s", .format = SIGNIFICANT(3)},
      {.key = "epochs", .head = "Epochs", .format = SHORTEST(6)},
      {.key = "emissions_ratio_to_cnn", .head = "Emissions ÷ CNN's", .format = SIGNIFICANT(3)},
      {.key = "poster_emissions_kg", .head = "Poster emissions", .unit = KG, .format = SHORTEST(6)},
      {.key = "poster_rmse", .head = "Poster RMSE", .unit = "as printed", .format = FIXED(6)},
      {.key = "rmse_validation_sd"},
      {.key = "rmse_test_sd"},
      {.key = "emissions_kg_sd"},
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
  memcpy(report->table3_columns, columns, sizeof columns);
  gm_status status =
      gm_report_table_init(table, "table3", report->table3_columns, COUNT(columns), GM_MODELS, err);
  for (size_t m = 0; m < GM_MODELS && status == GM_OK; m++) {
    status = gm_report_table_text(table, m, "model", report->models[m].name, err);
    set_model(table, m, &report->models[m], report->models[GM_MODEL_CNN].emissions_kg.mean,
              &gm_poster_table3[m]);
  }
  if (status != GM_OK) return status;
  table->wide = true;
  char notes[1200];
  snprintf(notes, sizeof notes,
           "Emissions with the interval of the meter, whose causes are common to all rows and cancel in "
           "ratios. Training "
           "only: from the first to the end of the last epoch with the evaluation of each epoch, the linear "
           "regression "
           "one fit by repetition; the tuning rows count all trials. %s%s"
           "Persistence fits nothing, so it has no energy to measure. Poster: as printed; its \"Emission "
           "Rate\" is a "
           "total in kg, its RMSE names no split and may be a mean squared error.",
           report->study->n_seeds > 1 ? "CNN rows are means over the seeds, ± one standard deviation. " : "",
           isnan(report->models[GM_MODEL_CNN].difference_low)
               ? ""
               : "The interval of the RMSE difference is a moving-block bootstrap over the validation months "
                 "(blocks of "
                 "12, 10,000 replicates, seed 0). ");
  return set_texts(report, table, "Table 3. Emissions and errors of model training", notes, err);
}

/* ---- Table 4 ---------------------------------------------------------- */

static gm_status make_table4(gm_report *report, gm_report_table *table, gm_error *err) {
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
  return set_texts(
      report, table, "Table 4. Large models (Patterson et al. 2021) and this study",
      "The first four rows are quoted by the poster from Patterson et al. 2021, \"Carbon Emissions and "
      "Large Neural Network Training\", arXiv:2104.10350. The last row is every program of this study from "
      "start to end.",
      err);
}

/* ---- inference -------------------------------------------------------- */

static gm_status make_inference(gm_report *report, gm_report_table *table, gm_error *err) {
  static const gm_report_column columns[] = {
      {.key = "model", .head = "Model"},
      {.key = "energy_per_forecast_j",
       .head = "Energy per forecast",
       .unit = "J",
       .format = SCIENTIFIC(3),
       .low = "energy_per_forecast_low_j",
       .high = "energy_per_forecast_high_j"},
      {.key = "energy_per_forecast_low_j"},
      {.key = "energy_per_forecast_high_j"},
      {.key = "emissions_per_forecast_kg",
       .head = "Emissions per forecast",
       .unit = KG,
       .format = SCIENTIFIC(3),
       .low = "emissions_per_forecast_low_kg",
       .high = "emissions_per_forecast_high_kg"},
      {.key = "emissions_per_forecast_low_kg"},
      {.key = "emissions_per_forecast_high_kg"},
      {.key = "latency_s", .head = "Latency, median", .unit = "s", .format = SCIENTIFIC(3)},
      {.key = "repeats", .head = "Repeats", .format = WHOLE},
      {.key = "poster_emissions_kg", .head = "Poster, one inference", .unit = KG, .format = SCIENTIFIC(5)},
      {.key = "protocol"},
  };
  static const gm_report_run_kind kinds[] = {GM_RUN_INFERENCE_LINEAR_REGRESSION, GM_RUN_INFERENCE_CNN};
  static const gm_report_model models[] = {GM_MODEL_LINEAR_REGRESSION, GM_MODEL_CNN};
  const double poster[] = {gm_poster_lr_inference_kg, gm_poster_cnn_inference_kg};
  gm_status status = gm_report_table_init(table, "inference", columns, COUNT(columns), COUNT(kinds), err);
  for (size_t r = 0; r < COUNT(kinds) && status == GM_OK; r++) {
    const gm_report_run *run = report->study->runs[kinds[r]];
    for (size_t c = 1; c < COUNT(columns); c++) /* columns are named as in run.json */
      gm_report_table_number(table, r, columns[c].key, gm_report_run_number(run, columns[c].key));
    gm_report_table_number(table, r, "poster_emissions_kg", poster[r]);
    status = gm_report_table_text(table, r, "model", report->models[models[r]].name, err);
  }
  if (status != GM_OK) return status;
  table->wide = true;
  return set_texts(
      report, table, "Inference. Energy and emissions of one forecast",
      "One forecast is one forward pass of batch 1 from a window in memory with the weights loaded, no "
      "input or output; joules are the energy of all repeats divided by their number. The poster does not "
      "say what one inference of its covers.",
      err);
}

/* ---- ratios ----------------------------------------------------------- */

static gm_status make_ratios(gm_report *report, gm_report_table *table, gm_error *err) {
  static const gm_report_column columns[] = {
      {.key = "ratio", .head = "Ratio of energies = of emissions"},
      {.key = "ours", .head = "Ours", .format = SIGNIFICANT(3), .low = "ours_low", .high = "ours_high"},
      {.key = "ours_low"},
      {.key = "ours_high"},
      {.key = "poster", .head = "Poster", .format = SIGNIFICANT(3)},
  };
  gm_status status = gm_report_table_init(table, "ratios", columns, COUNT(columns), GM_RATIOS, err);
  for (size_t r = 0; r < GM_RATIOS && status == GM_OK; r++) {
    const gm_ratio *ratio = &report->ratios[r];
    char name[160]; /* ratios.csv has no protocol column, so the name carries the mark */
    snprintf(name, sizeof name, "%s%s", ratio->name, report->quick ? " (quick protocol)" : "");
    status = gm_report_table_text(table, r, "ratio", name, err);
    gm_report_table_number(table, r, "ours", ratio->ours);
    gm_report_table_number(table, r, "ours_low", ratio->low);
    gm_report_table_number(table, r, "ours_high", ratio->high);
    gm_report_table_number(table, r, "poster", ratio->poster);
  }
  if (status != GM_OK) return status;
  char notes[1200];
  snprintf(
      notes, sizeof notes,
      "Sensor, power model and carbon intensity are common to both sides and cancel; an interval comes from "
      "repeats only and is given where both sides were repeated: seed against seed the extremes of the %zu "
      "ratios, "
      "for one fit or one forecast the mean ± 2 standard deviations between batches of repetitions. The "
      "poster "
      "prints one digit for the linear regression, so its %.0f stands for anything from %.0f to %.0f, and it "
      "does "
      "not say whether it metered the fit or the whole program.",
      report->study->n_seeds, report->ratios[GM_RATIO_CNN_LR].poster,
      gm_poster_table3[GM_MODEL_CNN].emissions_kg / gm_poster_lr_emissions_high_kg,
      gm_poster_table3[GM_MODEL_CNN].emissions_kg / gm_poster_lr_emissions_low_kg);
  return set_texts(report, table, "Ratios. This study and the poster", notes, err);
}

/* ---- all -------------------------------------------------------------- */

gm_status gm_report_make(gm_report *report, const gm_report_runs *study, gm_error *err) {
  typedef gm_status make_table(gm_report *, gm_report_table *, gm_error *);
  static make_table *const makers[GM_TABLES] = {[GM_TABLE_1] = make_table1,
                                                [GM_TABLE_2] = make_table2,
                                                [GM_TABLE_3] = make_table3,
                                                [GM_TABLE_4] = make_table4,
                                                [GM_TABLE_INFERENCE] = make_inference,
                                                [GM_TABLE_RATIOS] = make_ratios};
  *report = (gm_report){.study = study, .quick = gm_report_is_quick(study), .unit = gm_report_unit(study)};
  gm_report_ratios(study, report->ratios);
  report->total = gm_report_sum(study);
  gm_status status = gm_report_models(study, report->models, err);
  for (size_t t = 0; t < GM_TABLES && status == GM_OK; t++)
    status = makers[t](report, &report->tables[t], err);
  if (status != GM_OK) gm_report_free(report);
  return status;
}

void gm_report_free(gm_report *report) {
  for (size_t t = 0; t < GM_TABLES; t++) gm_report_table_free(&report->tables[t]);
  *report = (gm_report){0};
}
