/* SPDX-License-Identifier: MIT
 * CSV columns to a dated table. */
#include "datasets/text/csv_series.h"

#include "common/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The one column called `name`; also an error when the header has it twice. */
static gm_status find_column(const gm_csv_table *table, const char *name, size_t *index, gm_error *err) {
  const gm_status status = gm_csv_column(table, name, index, err);
  if (status != GM_OK) return status;
  for (size_t other = *index + 1; other < table->n_columns; other++)
    if (strcmp(table->header[other], name) == 0)
      return gm_fail(err, GM_BAD_INPUT, "%s: the header line has the column \"%s\" more than once",
                     table->name, name);
  return GM_OK;
}

/* Column indices of the comma-separated `features`, (n_channels) in fresh memory. */
static gm_status find_features(const gm_csv_table *table, const char *features, size_t **columns,
                               size_t *n_channels, gm_error *err) {
  gm_status status = GM_OK;
  char *list = strdup(features);
  *columns = calloc(strlen(features) / 2 + 1, sizeof **columns); /* "a,b,c": a name and its comma take two */
  *n_channels = 0;
  if (list == NULL || *columns == NULL) status = gm_fail_memory(err, "the list of features");
  char *rest = list;
  while (status == GM_OK && rest != NULL) {
    const char *name = strsep(&rest, ",");
    if (*name == '\0') {
      status = gm_fail(err, GM_BAD_INPUT, "features: expected column names separated by commas, got \"%s\"",
                       features);
      break;
    }
    size_t column;
    status = find_column(table, name, &column, err);
    for (size_t c = 0; status == GM_OK && c < *n_channels; c++)
      if ((*columns)[c] == column)
        status = gm_fail(err, GM_BAD_INPUT, "features: column \"%s\" is listed twice", name);
    if (status == GM_OK) (*columns)[(*n_channels)++] = column;
  }
  free(list);
  return status;
}

/* Unit and first ordinal of the date column, which must advance by one per row. */
static gm_status check_dates(const gm_csv_table *table, size_t column, gm_time_unit *unit, int64_t *first,
                             gm_error *err) {
  int64_t previous = 0;
  for (size_t row = 0; row < table->n_rows; row++) {
    const char *text = gm_csv_field(table, row, column);
    gm_time_unit found;
    int64_t ordinal;
    char date[GM_TIME_TEXT];
    if (!gm_time_parse(text, &found, &ordinal))
      return gm_fail(err, GM_BAD_INPUT,
                     "%s:%zu: expected a date YYYY, YYYY-MM or YYYY-MM-DD in column \"%s\", got \"%s\"",
                     table->name, table->line[row], table->header[column], text);
    if (row == 0) {
      *unit = found;
      *first = ordinal;
    } else if (found != *unit) {
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: date \"%s\" is not of the form %s of the rows before it",
                     table->name, table->line[row], text, gm_time_form(*unit));
    } else if (ordinal == previous) {
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: date %s occurs twice", table->name, table->line[row], text);
    } else if (ordinal < previous) {
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: date %s comes after %s; the rows must be in ascending order",
                     table->name, table->line[row], text, gm_time_format(*unit, previous, date));
    } else if (ordinal != previous + 1) {
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: a gap, expected %s but got %s", table->name,
                     table->line[row], gm_time_format(*unit, previous + 1, date), text);
    }
    previous = ordinal;
  }
  return GM_OK;
}

/* Copies one column and its name. */
static gm_status read_column(const gm_csv_table *table, size_t column, double *values, char **name,
                             gm_error *err) {
  gm_status status = gm_series_name(name, table->header[column], err);
  for (size_t row = 0; status == GM_OK && row < table->n_rows; row++)
    status = gm_csv_number(table, row, column, &values[row], err);
  return status;
}

gm_status gm_csv_series_read(const gm_csv_series_config *config, gm_series *series, gm_error *err) {
  *series = (gm_series){0};
  if (config->path == NULL || config->date_column == NULL || config->target == NULL)
    return gm_fail(err, GM_BAD_INPUT, "a CSV series needs a file, a date column and a target column");
  gm_csv_table table;
  size_t date_column, target_column, n_channels = 0;
  size_t *columns = NULL;
  gm_time_unit unit = GM_INDEX;
  int64_t first = 0;
  gm_status status = gm_csv_read(config->path, &table, err);
  if (status != GM_OK) return status;
  status = find_column(&table, config->date_column, &date_column, err);
  if (status == GM_OK) status = find_column(&table, config->target, &target_column, err);
  if (status == GM_OK)
    status = find_features(&table, config->features != NULL ? config->features : config->target, &columns,
                           &n_channels, err);
  if (status == GM_OK && table.n_rows == 0)
    status = gm_fail(err, GM_BAD_INPUT, "%s: a header line but no rows", table.name);
  if (status == GM_OK) status = check_dates(&table, date_column, &unit, &first, err);
  if (status == GM_OK)
    status = gm_series_alloc(series, table.name, unit, first, table.n_rows, n_channels, err);
  if (status == GM_OK) status = read_column(&table, target_column, series->target, &series->target_name, err);
  for (size_t c = 0; status == GM_OK && c < n_channels; c++)
    status =
        read_column(&table, columns[c], series->channels + c * table.n_rows, &series->channel_names[c], err);
  if (status != GM_OK) gm_series_free(series);
  free(columns);
  gm_csv_free(&table);
  return status;
}
