/* SPDX-License-Identifier: MIT
 * Recorded energy under another carbon intensity than that of its runs: no run directory is changed, what the
 * report knows of the runs is, and the rows that it writes into one emissions.csv. */
#include "experiments/report/country.h"

#include "common/atomic_file.h"
#include "common/csv.h"
#include "energy/carbon/emissions.h"
#include "energy/record/run_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- in the runs --------------------------------------------------------------------- */

/* Members of a run: an energy with its interval, in units of so many joules, and the emissions that follow.
 */
static const struct {
  double unit_j;
  const char *energy, *energy_low, *energy_high, *kg, *low_kg, *high_kg;
} costs[] = {
    {GM_J_PER_KWH, "energy_kwh", "energy_low_kwh", "energy_high_kwh", "emissions_kg", "emissions_low_kg",
     "emissions_high_kg"},
    {GM_J_PER_KWH, "study_energy_kwh", "study_energy_low_kwh", "study_energy_high_kwh", "study_emissions_kg",
     "study_emissions_low_kg", "study_emissions_high_kg"},
    {1, "energy_per_forecast_j", "energy_per_forecast_low_j", "energy_per_forecast_high_j",
     "emissions_per_forecast_kg", "emissions_per_forecast_low_kg", "emissions_per_forecast_high_kg"},
};

static bool made_for(struct json_object *run, const gm_carbon_intensity *c) {
  const char *iso3 = gm_json_text(run, "country_iso_code");
  return strcmp(iso3 != NULL ? iso3 : "", c->iso3) == 0 &&
         gm_json_number(run, "carbon_intensity_g_per_kwh") == c->g_per_kwh;
}

/* False: it was made for this figure already. */
static bool set_run(struct json_object *run, const gm_carbon_intensity *c) {
  if (made_for(run, c)) return false;
  for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
    const double energy_j = gm_json_number(run, costs[i].energy) * costs[i].unit_j;
    if (isnan(energy_j)) continue;
    const gm_emissions e =
        gm_emissions_of(energy_j, gm_json_number(run, costs[i].energy_low) * costs[i].unit_j,
                        gm_json_number(run, costs[i].energy_high) * costs[i].unit_j, c);
    gm_json_add_number(run, costs[i].kg, e.kg);
    gm_json_add_number(run, costs[i].low_kg, e.low_kg);
    gm_json_add_number(run, costs[i].high_kg, e.high_kg);
  }
  gm_carbon_intensity own = *c; /* the contract stays the run's */
  (void)gm_carbon_intensity_contract(gm_json_number(run, "contract_intensity_g_per_kwh"), &own, NULL);
  gm_run_record_add_carbon(run, &own);
  return true;
}

void gm_report_set_country(gm_report_runs *study, const gm_carbon_intensity *carbon) {
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(study, kind); i++)
      if (set_run(study->runs[kind][i].json, carbon)) {
        study->runs[kind][i].recomputed = true;
        study->n_recomputed++;
      }
  study->country = *carbon;
}

/* ---- emissions.csv ----------------------------------------------------------------------- */

/* A number of a row by its column's name; NaN where there is none. */
static double number_of(const gm_csv_table *rows, size_t row, const char *name) {
  size_t column;
  double value;
  const bool there = gm_csv_column(rows, name, &column, NULL) == GM_OK &&
                     gm_parse_double(gm_csv_field(rows, row, column), &value);
  return there ? value : NAN;
}

/* A field of a row as the study has it now. */
static void put_field(gm_csv_writer *csv, const gm_csv_table *rows, size_t row, size_t column,
                      const gm_carbon_intensity *c) {
  const char *name = rows->header[column];
  const double kwh = number_of(rows, row, "energy_consumed"), seconds = number_of(rows, row, "duration");
  const double kg = gm_emissions_of(kwh * GM_J_PER_KWH, NAN, NAN, c).kg;
  if (strcmp(name, "emissions") == 0)
    gm_csv_put_number(csv, kg);
  else if (strcmp(name, "emissions_rate") == 0)
    gm_csv_put_number(csv, kg / seconds);
  else if (strcmp(name, "country_name") == 0)
    gm_csv_put_text(csv, c->country);
  else if (strcmp(name, "country_iso_code") == 0)
    gm_csv_put_text(csv, c->iso3);
  else
    gm_csv_put_text(csv, gm_csv_field(rows, row, column));
}

/* Of that country, and at its intensity: a run may have been given another, or be of an older table. */
static bool row_is_of(const gm_csv_table *rows, size_t row, const gm_carbon_intensity *c) {
  static const double rounding = 1e-9;
  size_t iso3;
  const double kg = gm_emissions_of(number_of(rows, row, "energy_consumed") * GM_J_PER_KWH, NAN, NAN, c).kg;
  return gm_csv_column(rows, "country_iso_code", &iso3, NULL) == GM_OK &&
         strcmp(gm_csv_field(rows, row, iso3), c->iso3) == 0 &&
         fabs(number_of(rows, row, "emissions") - kg) <= rounding * kg;
}

static void put_rows(gm_csv_writer *csv, const gm_csv_table *rows, const gm_carbon_intensity *c) {
  for (size_t row = 0; row < rows->n_rows; row++) {
    const bool as_it_is = c->iso3[0] == '\0' || row_is_of(rows, row, c);
    for (size_t column = 0; column < rows->n_columns; column++)
      if (as_it_is)
        gm_csv_put_text(csv, gm_csv_field(rows, row, column));
      else
        put_field(csv, rows, row, column, c);
    gm_csv_end_row(csv);
  }
}

/* The header line of a table, in fresh memory. */
static char *header_of(const gm_csv_table *rows) {
  size_t length = 1;
  for (size_t i = 0; i < rows->n_columns; i++) length += strlen(rows->header[i]) + 1;
  char *header = malloc(length), *end = header;
  for (size_t i = 0; header != NULL && i < rows->n_columns; i++)
    end = stpcpy(stpcpy(end, i > 0 ? "," : ""), rows->header[i]);
  return header;
}

static gm_status add_run(const gm_report_runs *study, const gm_report_run *run, gm_csv_writer *csv,
                         const char *path, gm_error *err) {
  gm_csv_table rows = {0};
  gm_status status = gm_csv_read_in(run->directory, "emissions.csv", &rows, err);
  if (status == GM_OK && csv->file.stream == NULL) { /* the first */
    char *header = header_of(&rows);
    status = header == NULL ? gm_fail_memory(err, path) : gm_csv_open(csv, path, header, err);
    free(header);
  }
  if (status == GM_OK) put_rows(csv, &rows, &study->country);
  gm_csv_free(&rows);
  return status;
}

gm_status gm_report_write_emissions(const gm_report_runs *study, const char *results, gm_error *err) {
  gm_csv_writer csv = {0};
  char *path = gm_path_join(results, "emissions.csv");
  gm_status status = path == NULL ? gm_fail_memory(err, "a file name") : GM_OK;
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(study, kind) && status == GM_OK; i++)
      status = add_run(study, &study->runs[kind][i], &csv, path, err);
  free(path);
  return csv.file.stream != NULL ? gm_csv_close(&csv, status, err) : status;
}
