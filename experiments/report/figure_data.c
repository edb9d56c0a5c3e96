/* SPDX-License-Identifier: MIT
 * The data of figures 1 to 6; gnuplot only draws them. */
#include "experiments/report/figures.h"

#include "tuning/domination.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- all figures ------------------------------------------------------ */

static gm_status write_study(const gm_report *report, const char *directory, gm_error *err) {
  gm_csv_writer csv = {0};
  const gm_status status = gm_csv_open_in(
      &csv, directory, "study.csv",
      "protocol,quantity,unit,lead,n_seeds,meter,energy_kwh,emissions_kg,emissions_low_kg,emissions_high_kg",
      err);
  if (status != GM_OK) return status;
  gm_csv_put_text(&csv, report->quick ? "quick" : "full");
  const char *base_period =
      gm_report_run_text(report->study->runs[GM_RUN_LINEAR_REGRESSION], "dataset.base_period");
  const bool anomalies = base_period != NULL && strcmp(base_period, "none") != 0;
  gm_csv_put_text(&csv, anomalies ? "Anomaly" : "Target");
  gm_csv_put_text(&csv, report->unit);
  gm_csv_put_number(&csv,
                    gm_report_run_number(report->study->runs[GM_RUN_LINEAR_REGRESSION], "dataset.lead"));
  gm_csv_put_integer(&csv, (int64_t)report->study->n_seeds);
  gm_csv_put_text(&csv, report->total.n_measured == report->total.n_runs ? "measured"
                        : report->total.n_measured > 0                   ? "partly measured"
                                                                         : "modelled");
  gm_csv_put_number(&csv, report->total.energy_kwh);
  gm_csv_put_number(&csv, report->total.emissions_kg);
  gm_csv_put_number(&csv, report->total.emissions_low_kg);
  gm_csv_put_number(&csv, report->total.emissions_high_kg);
  gm_csv_end_row(&csv);
  return gm_csv_commit(&csv, err);
}

/* ---- figure 2 --------------------------------------------------------- */

/* "conv:64:3" as people say it. */
static void layer_name(const char *layer, const char *kind, char text[GM_NUMBER_TEXT]) {
  const char *first = strchr(layer, ':');
  const char *second = first != NULL ? strchr(first + 1, ':') : NULL;
  if (strcmp(kind, "conv") == 0 && second != NULL)
    snprintf(text, GM_NUMBER_TEXT, "Conv. (kernel %s)", second + 1);
  else if (strcmp(kind, "maxpool") == 0 && first != NULL)
    snprintf(text, GM_NUMBER_TEXT, "Max pooling by %s", first + 1);
  else
    snprintf(text, GM_NUMBER_TEXT, "%s",
             strcmp(kind, "relu") == 0      ? "ReLU"
             : strcmp(kind, "flatten") == 0 ? "Flatten"
             : strcmp(kind, "dense") == 0   ? "Dense"
                                            : layer);
}

static void put_layer(gm_csv_writer *csv, int64_t position, const char *name, const char *kind,
                      double channels, double length, double parameters) {
  gm_csv_put_integer(csv, position);
  gm_csv_put_text(csv, name);
  gm_csv_put_text(csv, kind);
  gm_csv_put_number(csv, channels);
  gm_csv_put_number(csv, length);
  gm_csv_put_number(csv, parameters);
  gm_csv_end_row(csv);
}

/* The input's channels, from the parameters (channels · kernel + 1) · c_out of a first convolution or
 * (channels · length + 1) · out of a first dense layer; same padding keeps the length. */
static void put_input(gm_csv_writer *csv, const gm_report_run *first) {
  const char *layer = gm_report_run_text(first, "layer");
  const char *kind = gm_report_run_text(first, "kind");
  const double out = gm_report_run_number(first, "channels");
  const double per_output = gm_report_run_number(first, "parameters") / out - 1.0;
  const char *kernel = layer != NULL ? strrchr(layer, ':') : NULL;
  if (kind != NULL && kernel != NULL && strcmp(kind, "conv") == 0)
    put_layer(csv, 0, "Input", "input", per_output / atof(kernel + 1), gm_report_run_number(first, "length"),
              0);
  else
    put_layer(csv, 0, "Input", "input", per_output, 1, 0);
}

static gm_status write_layers(const gm_report *report, const char *directory, gm_error *err) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  struct json_object *layers = gm_report_run_member(run, "layers");
  if (!json_object_is_type(layers, json_type_array) || json_object_array_length(layers) == 0)
    return gm_fail(err, GM_BAD_INPUT, "%s/run.json: expected \"layers\", an array with one object per layer",
                   run->directory);
  gm_csv_writer csv = {0};
  const gm_status status = gm_csv_open_in(&csv, directory, "fig2_layers.csv",
                                          "position,name,kind,channels,length,parameters", err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < json_object_array_length(layers); i++) {
    const gm_report_run layer = {.json = json_object_array_get_idx(layers, i)};
    const char *text = gm_report_run_text(&layer, "layer");
    const char *kind = gm_report_run_text(&layer, "kind");
    char name[GM_NUMBER_TEXT] = "";
    if (text != NULL && kind != NULL) layer_name(text, kind, name);
    if (i == 0) put_input(&csv, &layer);
    put_layer(&csv, (int64_t)i + 1, name, kind, gm_report_run_number(&layer, "channels"),
              gm_report_run_number(&layer, "length"), gm_report_run_number(&layer, "parameters"));
  }
  return gm_csv_commit(&csv, err);
}

/* ---- figures 3 and 4 -------------------------------------------------- */

/* Copies the validation and test rows of predictions.csv. */
static gm_status write_series(const gm_report_run *run, const char *directory, const char *name,
                              gm_error *err) {
  static const char *const names[] = {"split", "month", "truth", "prediction"};
  size_t column[4];
  gm_csv_table table = {0};
  gm_csv_writer csv = {0};
  gm_status status = gm_csv_read_in(run->directory, "predictions.csv", &table, err);
  for (size_t c = 0; c < 4 && status == GM_OK; c++) status = gm_csv_column(&table, names[c], &column[c], err);
  if (status == GM_OK) status = gm_csv_open_in(&csv, directory, name, "split,month,truth,prediction", err);
  if (status != GM_OK) goto done;
  for (size_t r = 0; r < table.n_rows && status == GM_OK; r++) {
    const char *split = gm_csv_field(&table, r, column[0]);
    if (strcmp(split, "validation") != 0 && strcmp(split, "test") != 0) continue;
    gm_csv_put_text(&csv, split);
    gm_csv_put_text(&csv, gm_csv_field(&table, r, column[1]));
    for (size_t c = 2; c < 4; c++) {
      double value = NAN;
      if (status == GM_OK) status = gm_csv_number(&table, r, column[c], &value, err);
      gm_csv_put_number(&csv, value);
    }
    gm_csv_end_row(&csv);
  }
  status = gm_csv_close(&csv, status, err);
done:
  gm_csv_free(&table);
  return status;
}

/* Persistence stands beside the model, from the linear regression's run, which scores it. */
static gm_status write_panels(const gm_report *report, const gm_report_run *run, const char *directory,
                              const char *name, gm_error *err) {
  gm_csv_writer csv = {0};
  const gm_status status = gm_csv_open_in(
      &csv, directory, name, "split,correlation,rmse,persistence_correlation,persistence_rmse", err);
  if (status != GM_OK) return status;
  const gm_report_run *lr = report->study->runs[GM_RUN_LINEAR_REGRESSION];
  for (int split = 0; split < GM_REPORT_SPLITS; split++) {
    static const char *const measures[] = {"correlation", "rmse"};
    gm_csv_put_text(&csv, gm_report_splits[split]);
    for (int of_persistence = 0; of_persistence < 2; of_persistence++)
      for (int m = 0; m < 2; m++) {
        char key[64];
        snprintf(key, sizeof key, "%s%s_%s", of_persistence ? "persistence." : "", measures[m],
                 gm_report_splits[split]);
        gm_csv_put_number(&csv, gm_report_run_number(of_persistence ? lr : run, key));
      }
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

/* ---- figures 5 and 6 -------------------------------------------------- */

/* RMSE of a row on validation (split 0) or test (1). */
static double rmse_of(const gm_report_row *row, int split) {
  return split == 0 ? row->rmse_validation.mean : row->rmse_test.mean;
}

/* The vertical bar of a point: the interval of its difference to the linear regression, drawn from the linear
 * regression's error, so that a bar which does not reach that is a difference. */
static gm_interval bar_of(const gm_report *report, gm_report_model m, int split) {
  const double lr = rmse_of(&report->models[GM_MODEL_LINEAR_REGRESSION], split);
  const gm_interval *over = &report->models[m].over[GM_OVER_LINEAR_REGRESSION][split];
  return (gm_interval){rmse_of(&report->models[m], split), lr + over->low, lr + over->high};
}

static gm_status write_models(const gm_report *report, const char *directory, gm_error *err) {
  gm_csv_writer csv = {0};
  const gm_status status = gm_csv_open_in(
      &csv, directory, "fig5_models.csv",
      "model,name,split,emissions_kg,emissions_low_kg,emissions_high_kg,rmse,rmse_low,rmse_high,machine_busy",
      err);
  if (status != GM_OK) return status;
  gm_report_model order[GM_MODELS];
  const size_t n = gm_report_row_order(report->models, order);
  for (int split = 0; split < GM_REPORT_SPLITS; split++)
    for (size_t i = 0; i < n; i++) {
      const gm_report_row *row = &report->models[order[i]];
      const gm_interval rmse = bar_of(report, order[i], split);
      gm_csv_put_text(&csv, row->key);
      gm_csv_put_text(&csv, row->name);
      gm_csv_put_text(&csv, gm_report_splits[split]);
      gm_csv_put_number(&csv, row->emissions_kg.mean);
      gm_csv_put_number(&csv, row->emissions_low_kg);
      gm_csv_put_number(&csv, row->emissions_high_kg);
      gm_csv_put_number(&csv, rmse.value);
      gm_csv_put_number(&csv, rmse.low);
      gm_csv_put_number(&csv, rmse.high);
      gm_csv_put_integer(&csv, row->flagged);
      gm_csv_end_row(&csv);
    }
  return gm_csv_commit(&csv, err);
}

/* The models that no other beats in both; a model whose machine was busy has no emissions of its own. */
static gm_status write_front(const gm_report *report, const char *directory, gm_error *err) {
  gm_csv_writer csv = {0};
  const gm_status status =
      gm_csv_open_in(&csv, directory, "fig6_front.csv", "split,model,emissions_kg,rmse", err);
  if (status != GM_OK) return status;
  for (int split = 0; split < GM_REPORT_SPLITS; split++) {
    double x[GM_MODELS], y[GM_MODELS];
    size_t front[GM_MODELS], n = 0;
    const gm_report_row *rows[GM_MODELS];
    for (size_t m = 0; m < GM_MODELS; m++) {
      const gm_report_row *row = &report->models[m];
      if (!row->present || row->n_runs == 0 || row->flagged) continue;
      rows[n] = row;
      x[n] = row->emissions_kg.mean;
      y[n] = rmse_of(row, split);
      n++;
    }
    const size_t n_front = gm_pareto_front(x, y, n, front);
    for (size_t i = 0; i < n_front; i++) {
      gm_csv_put_text(&csv, gm_report_splits[split]);
      gm_csv_put_text(&csv, rows[front[i]]->key);
      gm_csv_put_number(&csv, x[front[i]]);
      gm_csv_put_number(&csv, y[front[i]]);
      gm_csv_end_row(&csv);
    }
  }
  return gm_csv_commit(&csv, err);
}

/* ---- all -------------------------------------------------------------- */

gm_status gm_report_write_figure_data(const gm_report *report, const char *directory, gm_error *err) {
  gm_report_run *const *runs = report->study->runs;
  gm_status status = write_layers(report, directory, err);
  if (status == GM_OK)
    status = write_series(runs[GM_RUN_LINEAR_REGRESSION], directory, "fig3_series.csv", err);
  if (status == GM_OK)
    status = write_panels(report, runs[GM_RUN_LINEAR_REGRESSION], directory, "fig3_panels.csv", err);
  if (status == GM_OK) status = write_series(runs[GM_RUN_CNN], directory, "fig4_series.csv", err);
  if (status == GM_OK) status = write_panels(report, runs[GM_RUN_CNN], directory, "fig4_panels.csv", err);
  if (status == GM_OK) status = write_models(report, directory, err);
  if (status == GM_OK) status = write_front(report, directory, err);
  if (status == GM_OK) status = gm_report_write_curves(report, runs[GM_RUN_TUNE], 7, directory, err);
  if (status == GM_OK) status = gm_report_write_curves(report, runs[GM_RUN_TUNE_PRUNED], 8, directory, err);
  if (status == GM_OK) status = gm_report_write_frontier(runs[GM_RUN_TUNE], directory, err);
  if (status == GM_OK) status = gm_report_write_power(report, directory, err);
  if (status == GM_OK) status = gm_report_write_coast(report, directory, err);
  if (status == GM_OK) status = gm_report_write_skill(report, directory, err);
  if (status == GM_OK) status = gm_report_write_skill_months(report, directory, err);
  if (status == GM_OK) status = gm_report_write_scaling(report, directory, err);
  return status == GM_OK ? write_study(report, directory, err)
                         : status; /* last: make lets it stand for all */
}
