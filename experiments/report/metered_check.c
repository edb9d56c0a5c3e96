/* SPDX-License-Identifier: MIT
 * Whether what a run has metered can be stood behind: figures that say the same thing agree, those that its
 * row of emissions.csv repeats are the row's, and the epochs of a training add up to its energy. */
#include "common/atomic_file.h"
#include "common/csv.h"
#include "energy/carbon/emissions.h"
#include "experiments/report/runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Of numbers that were written with all their digits, and of a product of such. */
static const double rounding = 1e-9;

static bool agree(double a, double b) {
  return !(fabs(a - b) > rounding * fmax(fabs(a), fabs(b)));
}

/* ---- within a run.json ------------------------------------------------------ */

static gm_status unknown_beside(const gm_report_run *run, const char *unknown, const char *known,
                                gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"%s\" is not known and \"%s\" is; a run records both or neither, rerun it",
                 run->directory, unknown, known);
}

/* Both known or neither. */
static gm_status check_pair(const gm_report_run *run, const char *a, const char *b, gm_error *err) {
  const bool has_a = !isnan(gm_report_run_number(run, a)), has_b = !isnan(gm_report_run_number(run, b));
  if (has_a == has_b) return GM_OK;
  return has_a ? unknown_beside(run, b, a, err) : unknown_beside(run, a, b, err);
}

/* kg = energy · g/kWh / 1000, where there is an intensity. */
static gm_status check_product(const gm_report_run *run, const char *energy, double unit_j, const char *kg,
                               gm_error *err) {
  const double g_per_kwh = gm_report_run_number(run, "carbon_intensity_g_per_kwh");
  if (isnan(g_per_kwh)) return GM_OK;
  const gm_status status = check_pair(run, energy, kg, err);
  if (status != GM_OK) return status;
  const double stated = gm_report_run_number(run, kg),
               follows = gm_kwh(gm_report_run_number(run, energy) * unit_j) * g_per_kwh / 1000;
  if (agree(stated, follows)) return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s/run.json: \"%s\" is %g, but \"%s\" times \"carbon_intensity_g_per_kwh\" %g is %g kg; one "
      "of them was changed, rerun it",
      run->directory, kg, stated, energy, g_per_kwh, follows);
}

/* The whole program drew and took no less than the part of it that counts. Not so of a run that went on after
 * an interruption: the part is of several programs. */
static gm_status check_whole(const gm_report_run *run, const char *part, const char *whole, gm_error *err) {
  const double p = gm_report_run_number(run, part), w = gm_report_run_number(run, whole);
  if (gm_report_run_number(run, "earlier_processes") > 0 || !(p > w * (1 + rounding))) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"%s\" is %g, more than \"%s\" %g of the whole program; one of them was "
                 "changed, rerun it",
                 run->directory, part, p, whole, w);
}

/* Bounds of what is shown: where a value has an interval it is in it, and a share is at most 1. */
static gm_status check_ranges(const gm_report_run *run, gm_error *err) {
  static const struct {
    const char *low, *value, *high;
  } intervals[] = {
      {"energy_per_forecast_low_j", "energy_per_forecast_j", "energy_per_forecast_high_j"},
      {"energy_repeat_low_j", "energy_per_forecast_j", "energy_repeat_high_j"},
      {"emissions_per_forecast_low_kg", "emissions_per_forecast_kg", "emissions_per_forecast_high_kg"},
      {"carbon_intensity_low_g_per_kwh", "carbon_intensity_g_per_kwh", "carbon_intensity_high_g_per_kwh"},
      {"embodied.making_low_kg", "embodied.making_kg", "embodied.making_high_kg"},
      {"embodied.share_low", "embodied.share", "embodied.share_high"}};
  static const char *const shares[] = {"foreign_cpu_share", "energy_measured_share", "embodied.share"};
  static const char *const not_negative[] = {"latency_s",
                                             "process_duration_s",
                                             "process_cpu_s",
                                             "training_flop",
                                             "forecast_flop",
                                             "repeats",
                                             "fit_repeats",
                                             "embodied.making_kg",
                                             "embodied.share_low",
                                             "embodied.kg_per_h",
                                             "foreign_cpu_share",
                                             "energy_measured_share",
                                             "threads"};
  gm_status status = GM_OK;
  for (size_t i = 0; i < LENGTH(intervals) && status == GM_OK; i++)
    status = gm_report_interval_check(run, intervals[i].low, intervals[i].value, intervals[i].high, err);
  for (size_t i = 0; i < LENGTH(not_negative) && status == GM_OK; i++)
    status = gm_report_number_check(run, not_negative[i], err);
  for (size_t i = 0; i < LENGTH(shares) && status == GM_OK; i++)
    if (gm_report_run_number(run, shares[i]) > 1 + rounding)
      status = gm_fail(err, GM_BAD_INPUT, "%s/run.json: \"%s\" is %g; expected a share, at most 1",
                       run->directory, shares[i], gm_report_run_number(run, shares[i]));
  const bool foreign = !isnan(gm_report_run_number(run, "foreign_cpu_share"));
  if (status == GM_OK && foreign &&
      !json_object_is_type(gm_report_run_member(run, "machine_busy"), json_type_boolean))
    status = gm_fail(err, GM_BAD_INPUT,
                     "%s/run.json: \"machine_busy\": expected true or false beside \"foreign_cpu_share\"",
                     run->directory);
  return status;
}

static gm_status check_figures(const gm_report_run *run, gm_error *err) {
  static const char *const pairs[][2] = {
      {"energy_kwh", "energy_low_kwh"},     {"energy_kwh", "energy_high_kwh"},
      {"energy_kwh", "duration_s"},         {"energy_kwh", "all_energy_kwh"},
      {"duration_s", "all_duration_s"},     {"emissions_kg", "emissions_low_kg"},
      {"emissions_kg", "emissions_high_kg"}};
  gm_status status = GM_OK;
  for (size_t i = 0; i < LENGTH(pairs) && status == GM_OK; i++)
    status = check_pair(run, pairs[i][0], pairs[i][1], err);
  if (status == GM_OK) status = check_product(run, "energy_kwh", GM_J_PER_KWH, "emissions_kg", err);
  if (status == GM_OK)
    status = check_product(run, "energy_per_forecast_j", 1, "emissions_per_forecast_kg", err);
  if (status == GM_OK) status = check_whole(run, "energy_kwh", "all_energy_kwh", err);
  if (status == GM_OK) status = check_whole(run, "process_energy_kwh", "all_energy_kwh", err);
  if (status == GM_OK) status = check_whole(run, "duration_s", "all_duration_s", err);
  return status == GM_OK ? check_ranges(run, err) : status;
}

/* ---- beside it -------------------------------------------------------------- */

static gm_status check_field(const gm_report_run *run, const gm_csv_table *rows, size_t row, const char *name,
                             const char *key, gm_error *err) {
  size_t column;
  double value;
  gm_status status = gm_csv_column(rows, name, &column, err);
  if (status == GM_OK) status = gm_csv_number(rows, row, column, &value, err);
  if (status != GM_OK || agree(value, gm_report_run_number(run, key))) return status;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"%s\" is %g, \"%s\" of the same run in emissions.csv beside it %g; one of "
                 "them was changed, rerun it",
                 run->directory, key, gm_report_run_number(run, key), name, value);
}

/* A field that may be absent or empty, which says nothing. */
static gm_status check_optional(const gm_report_run *run, const gm_csv_table *rows, size_t row,
                                const char *name, const char *key, gm_error *err) {
  size_t column;
  const bool there =
      gm_csv_column(rows, name, &column, NULL) == GM_OK && gm_csv_field(rows, row, column)[0] != '\0';
  return there && !isnan(gm_report_run_number(run, key)) ? check_field(run, rows, row, name, key, err)
                                                         : GM_OK;
}

/* Parts of the energy, and the emissions where they are still those that the run recorded. */
static gm_status check_parts(const gm_report_run *run, const gm_csv_table *rows, size_t row, gm_error *err) {
  static const char *const parts[][2] = {{"cpu_energy", "energy_cpu_kwh"},
                                         {"ram_energy", "energy_ram_kwh"},
                                         {"gpu_energy", "energy_gpu_kwh"},
                                         {"pue", "pue"}};
  gm_status status = GM_OK;
  for (size_t i = 0; i < LENGTH(parts) && status == GM_OK; i++)
    status = check_optional(run, rows, row, parts[i][0], parts[i][1], err);
  if (status != GM_OK || run->recomputed) return status;
  return check_optional(run, rows, row, "emissions", "emissions_kg", err);
}

/* A search by several processes has a row of each, and none of their sum. */
static gm_status check_row(const gm_report_run *run, gm_error *err) {
  const char *id = gm_report_run_text(run, "run_id");
  gm_csv_table rows = {0};
  size_t ids = 0;
  if (id == NULL || gm_report_run_number(run, "study_processes") > 1 ||
      isnan(gm_report_run_number(run, "energy_kwh")))
    return GM_OK;
  gm_status status = gm_csv_read_in(run->directory, "emissions.csv", &rows, err);
  if (status == GM_OK) status = gm_csv_column(&rows, "run_id", &ids, err);
  size_t row = 0;
  while (status == GM_OK && row < rows.n_rows && strcmp(gm_csv_field(&rows, row, ids), id) != 0) row++;
  if (status == GM_OK && row == rows.n_rows)
    status = gm_fail(err, GM_BAD_INPUT,
                     "%s/emissions.csv: it has no row of the run %s of run.json beside it; they are not of "
                     "one run, rerun it",
                     run->directory, id);
  if (status == GM_OK) status = check_field(run, &rows, row, "energy_consumed", "energy_kwh", err);
  if (status == GM_OK) status = check_field(run, &rows, row, "duration", "duration_s", err);
  if (status == GM_OK) status = check_parts(run, &rows, row, err);
  gm_csv_free(&rows);
  return status;
}

gm_status gm_report_metered_check(const gm_report_run *run, gm_error *err) {
  const gm_status status = check_figures(run, err);
  return status == GM_OK ? check_row(run, err) : status;
}

/* The epochs of a training are as many as it says and add up to its energy; without epochs.csv there is
 * nothing to hold them against. */
gm_status gm_report_epochs_check(const gm_report_run *run, gm_error *err) {
  const double stated_j = gm_report_run_number(run, "energy_kwh") * GM_J_PER_KWH;
  gm_csv_table epochs = {0};
  size_t column;
  double sum_j = 0, energy_j = 0;
  char *path = gm_path_join(run->directory, "epochs.csv");
  if (path == NULL) return gm_fail_memory(err, "epochs.csv");
  const bool there = access(path, F_OK) == 0;
  gm_status status = there ? gm_csv_read(path, &epochs, err) : GM_OK;
  if (status == GM_OK && there) status = gm_csv_column(&epochs, "energy_j", &column, err);
  for (size_t row = 0; row < epochs.n_rows && status == GM_OK; row++, sum_j += energy_j)
    status = gm_csv_number(&epochs, row, column, &energy_j, err);
  const double n = gm_report_run_number(run, "epochs");
  if (status == GM_OK && there && !isnan(n) && n != (double)epochs.n_rows)
    status = gm_fail(
        err, GM_BAD_INPUT,
        "%s: it has %zu epochs, \"epochs\" of run.json beside it is %g; one of them was changed, rerun it",
        path, epochs.n_rows, n);
  if (status == GM_OK && epochs.n_rows > 0 && !agree(sum_j, stated_j))
    status = gm_fail(err, GM_BAD_INPUT,
                     "%s: its epochs add up to %g J, \"energy_kwh\" of run.json beside it is %g J; one of "
                     "them was changed, rerun it",
                     path, sum_j, stated_j);
  gm_csv_free(&epochs);
  free(path);
  return status;
}
