/* SPDX-License-Identifier: MIT
 * The embedded table to a dated one: a row of twelve months for each year, read by the suite's CSV parser and
 * by none of the guesses of text/. */
#include "datasets/nino12.h"

#include "common/csv.h"

#include <string.h>

extern const char gm_table_nino12[]; /* nino12.csv, made an array by the Makefile */

enum { MONTHS = 12 };

gm_status gm_nino12_parse(const char *text, size_t length, const char *name, gm_series *series,
                          gm_error *err) {
  static const char *const header[] = {"YEAR", "JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                       "JUL",  "AUG", "SEP", "OCT", "NOV", "DEC"};
  *series = (gm_series){0};
  gm_csv_table table;
  gm_status status = gm_csv_parse(text, length, name, &table, err);
  if (status != GM_OK) return status;
  if (table.n_columns != MONTHS + 1 || table.n_rows == 0)
    status =
        gm_fail(err, GM_BAD_INPUT, "%s: expected the columns YEAR,JAN,…,DEC and a row for each year", name);
  for (size_t c = 0; status == GM_OK && c < table.n_columns; c++)
    if (strcmp(table.header[c], header[c]) != 0)
      status = gm_fail(err, GM_BAD_INPUT, "%s: expected the column %s, got \"%s\"", name, header[c],
                       table.header[c]);
  int64_t first_year = 0;
  for (size_t row = 0; status == GM_OK && row < table.n_rows; row++) {
    const char *field = gm_csv_field(&table, row, 0);
    gm_time_unit unit;
    int64_t year;
    if (!gm_time_parse(field, &unit, &year) || unit != GM_INDEX || /* a whole number and no date */
        (row > 0 && year != first_year + (int64_t)row))
      status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected consecutive years in column YEAR, got \"%s\"",
                       name, table.line[row], field);
    else if (row == 0)
      first_year = year;
  }
  if (status == GM_OK)
    status = gm_series_alloc(series, name, GM_MONTHLY, gm_time_join(GM_MONTHLY, first_year, 1, 1),
                             table.n_rows * MONTHS, 1, err);
  for (size_t row = 0; status == GM_OK && row < table.n_rows; row++)
    for (size_t month = 0; status == GM_OK && month < MONTHS; month++)
      status = gm_csv_number(&table, row, month + 1, &series->target[row * MONTHS + month], err);
  if (status == GM_OK) status = gm_series_name(&series->target_name, "sst", err);
  if (status == GM_OK) status = gm_series_name(&series->channel_names[0], "sst", err);
  if (status == GM_OK) status = gm_series_name(&series->target_unit, "°C", err);
  if (status == GM_OK)
    memcpy(series->channels, series->target, series->n_times * sizeof *series->target);
  else
    gm_series_free(series);
  gm_csv_free(&table);
  return status;
}

gm_status gm_nino12_read(gm_series *series, gm_error *err) {
  return gm_nino12_parse(gm_table_nino12, strlen(gm_table_nino12), "nino12", series, err);
}

gm_samples_config gm_nino12_samples_config(void) {
  gm_samples_config config = gm_samples_config_default();
  config.period[GM_TRAIN] = "1980-01:1995-12"; /* the windows of Mahesh & Hanna's exercise */
  config.period[GM_VALIDATION] = "1997-01:2006-12";
  config.period[GM_TEST] = "2007-01:";
  return config;
}

const gm_embedded_dataset gm_nino12_dataset = {
    .name = "nino12",
    .summary = "NOAA ERSST.v3b Niño 1+2, monthly",
    .description = "Niño 1+2 sea-surface temperature anomaly, monthly",
    .source = "NOAA ERSST.v3b, public domain",
    .base_period = GM_NINO12_BASE_PERIOD,
    .read = gm_nino12_read,
    .samples = gm_nino12_samples_config,
};
