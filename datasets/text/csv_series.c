/* SPDX-License-Identifier: MIT
 * Text files to a dated table, in the order: layout, columns, dates, values, marks. Each step's rules have a
 * file of their own; here they are put together and told. */
#include "datasets/text/csv_series.h"

#include "datasets/file_kind.h"
#include "datasets/series_patterns.h"
#include "datasets/text/csv_column.h"
#include "datasets/text/csv_findings.h"
#include "datasets/text/date_column.h"
#include "datasets/text/text_encoding.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- dates -------------------------------------------------------------------------- */

static const char *date_text(void *context, size_t row) {
  const gm_csv_reading *r = context;
  return gm_csv_field(&r->table, row, r->columns.date);
}

static const char *month_text(void *context, size_t row) {
  const gm_csv_reading *r = context;
  return gm_csv_field(&r->table, row, r->columns.month);
}

static size_t line_of(void *context, size_t row) {
  const gm_csv_reading *r = context;
  return r->table.line[row];
}

static gm_status read_dates(gm_csv_reading *r, gm_time_unit *unit, int64_t *first, gm_error *err) {
  const gm_date_column column = {.name = r->table.name,
                                 .column = r->table.header[r->columns.date],
                                 .n = r->table.n_rows,
                                 .text = date_text,
                                 .month = r->columns.two_date_columns ? month_text : NULL,
                                 .line = line_of,
                                 .context = r,
                                 .forced = r->wish.dated,
                                 .unit = r->wish.unit};
  return gm_date_column_read(&column, unit, first, r->form, err);
}

/* ---- a row of units ------------------------------------------------------------------------- */

/* Takes the row of units off the table. */
static gm_status take_units(gm_csv_reading *r, gm_error *err) {
  gm_csv_table *t = &r->table;
  const size_t n = t->n_columns;
  r->units = malloc((n + 1) * sizeof *r->units);
  if (r->units == NULL) return gm_fail_memory(err, t->name);
  memcpy(r->units, t->fields, n * sizeof *r->units);
  t->n_rows--;
  memmove(t->fields, t->fields + n, t->n_rows * n * sizeof *t->fields);
  memmove(t->line, t->line + 1, t->n_rows * sizeof *t->line);
  return GM_OK;
}

/* ---- what was found -------------------------------------------------------------------------- */

static void tell_layout(gm_csv_reading *r) {
  const gm_series *s = r->series;
  static const char *const steps[] = {
      [GM_INDEX] = "one row per number", [GM_MONTHLY] = "monthly", [GM_DAILY] = "daily"};
  char from[GM_TIME_TEXT], to[GM_TIME_TEXT], more[160] = "";
  const int64_t end = s->first + (int64_t)s->n_times - 1;
  size_t used = 0;
  const char delimiter = r->layout.dialect.delimiter;
#define MORE(...) used += (size_t)snprintf(more + used, sizeof more - used, __VA_ARGS__)
  if (delimiter != ',') MORE("; columns separated by %s", gm_text_delimiter_name(delimiter));
  if (!r->layout.year_rows && r->layout.dialect.no_header) MORE("; no header line");
  if (r->layout.n_before > 0) MORE("; %zu lines before the table", r->layout.n_before);
  if (r->layout.n_after > 0) MORE("; %zu lines behind it", r->layout.n_after);
  if (r->layout.mark[0] != '\0') MORE("; %s missing, as the file states", r->layout.mark);
  if (r->rules.decimal_comma) MORE("; decimal commas");
  if (r->layout.units_row) MORE("; units below the names");
  if (r->latin1) MORE("; Latin-1");
#undef MORE
  snprintf(r->found->layout, GM_SERIES_NOTE, "%s, %s, %zu rows, %s to %s%s", steps[s->unit], r->form,
           s->n_times, gm_time_format(s->unit, s->first, from), gm_time_format(s->unit, end, to), more);
}

static void tell_values(gm_csv_reading *r) {
  const gm_series *s = r->series;
  double least, most;
  size_t missing = 0;
  gm_series_range(s->target, s->n_times, &least, &most);
  for (size_t i = 0; i < s->n_times; i++) missing += isnan(s->target[i]) ? 1 : 0;
  snprintf(r->found->values, GM_SERIES_NOTE, "%s: %g to %g%s%s, %zu of %zu values missing", s->target_name,
           least, most, s->target_unit != NULL ? " " : "", s->target_unit != NULL ? s->target_unit : "",
           missing, s->n_times);
}

/* ---- reading ------------------------------------------------------------------------------------ */

static gm_status open_table(gm_csv_reading *r, const gm_csv_series_config *config, gm_error *err) {
  static char months[GM_YEAR_ROW_MONTHS][4] = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun",
      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}; /* for messages; never written */
  char *text;
  size_t length;
  gm_status status = gm_text_wish_parse(config->layout, &r->wish, err);
  if (status == GM_OK) status = gm_missing_parse(config->missing, &r->missing, err);
  if (status == GM_OK) status = gm_text_read(config->path, &text, &length, err);
  if (status != GM_OK) return status;
  const char *complaint = gm_file_kind_complaint(text, length, false);
  if (complaint != NULL) {
    free(text);
    return gm_fail(err, GM_BAD_INPUT, "%s: %s", config->path, complaint);
  }
  status = gm_text_to_utf8(&text, &length, config->path, &r->latin1, err);
  if (status != GM_OK) {
    free(text);
    return status;
  }
  const bool named = config->date_column != NULL || config->features != NULL;
  status = gm_text_layout_find(text, length, config->path, &r->wish, named, &r->layout, err);
  if (status != GM_OK)
    free(text);
  else
    status = gm_csv_cut(text, length, config->path, &r->layout.dialect, &r->table, err);
  for (size_t m = 0; status == GM_OK && r->layout.year_rows && m < GM_YEAR_ROW_MONTHS; m++)
    r->table.header[r->layout.first_month + m] = months[m];
  if (status == GM_OK && r->layout.units_row && r->table.n_rows > 0) status = take_units(r, err);
  if (status == GM_OK && r->table.n_rows == 0)
    status = gm_fail(err, GM_BAD_INPUT, "%s: a header line but no rows", r->table.name);
  return status;
}

/* A year and twelve months in every row: one column, of the name that was asked for. */
static gm_status read_years(gm_csv_reading *r, const gm_csv_series_config *config, gm_error *err) {
  const char *slash = strrchr(r->table.name, '/'), *target = config->target;
  char stem[64];
  int64_t year;
  if (config->date_column != NULL || config->features != NULL)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: every row is a year of twelve months: it has neither a date column nor features",
                   r->table.name);
  if (!gm_parse_integer(gm_csv_field(&r->table, 0, 0), &year))
    return gm_fail(err, GM_BAD_INPUT, "%s: expected a year, got \"%s\"", r->table.name,
                   gm_csv_field(&r->table, 0, 0));
  snprintf(stem, sizeof stem, "%s", slash != NULL ? slash + 1 : r->table.name);
  if (target == NULL) {
    stem[strcspn(stem, ".")] = '\0';
    target = stem[0] != '\0' ? stem : "value";
  }
  snprintf(r->form, sizeof r->form, "rows of a year and twelve months");
  gm_status status =
      gm_series_alloc(r->series, r->table.name, GM_MONTHLY, gm_time_join(GM_MONTHLY, year, 1, 1),
                      r->table.n_rows * GM_YEAR_ROW_MONTHS, 1, err);
  if (status == GM_OK) status = gm_csv_read_column(r, 0, r->series->target, err);
  if (status == GM_OK) status = gm_series_name(&r->series->target_name, target, err);
  if (status == GM_OK) status = gm_series_name(&r->series->channel_names[0], target, err);
  if (status == GM_OK) status = gm_csv_look_at(r, 0, target, r->series->target, err);
  if (status == GM_OK)
    memcpy(r->series->channels, r->series->target, r->series->n_times * sizeof *r->series->target);
  return status;
}

static gm_status read_rows(gm_csv_reading *r, const gm_csv_series_config *config, gm_error *err) {
  gm_series *s = r->series;
  const gm_csv_table *t = &r->table;
  gm_time_unit unit = GM_INDEX;
  int64_t first = 0;
  gm_status status =
      gm_choose_columns(t, config->date_column, config->target, config->features, &r->columns, err);
  if (status == GM_OK) status = read_dates(r, &unit, &first, err);
  if (status == GM_OK && unit == GM_MONTHLY && strstr(r->form, "at month start") != NULL &&
      gm_are_years_from_february(first, t->n_rows))
    gm_csv_note(r,
                "%s: the months are whole years from February to January by dates at their start: if the "
                "dates end their months, write the last day of each.",
                t->name);
  if (status == GM_OK && strncmp(r->form, "three-month", strlen("three-month")) == 0)
    gm_csv_note(r,
                "%s: the values are means of three months: each holds two of the next one's, so that "
                "persistence sees part of its target and a lead of 1 is no real forecast.",
                t->name);
  if (status == GM_OK)
    status = gm_series_alloc(s, t->name, unit, first, t->n_rows, r->columns.n_channels, err);
  if (status != GM_OK) return status;
  const size_t target = r->columns.target;
  const char *own = gm_csv_unit(r, target);
  status = gm_csv_read_column(r, target, s->target, err);
  if (status == GM_OK) status = gm_series_name(&s->target_name, t->header[target], err);
  if (status == GM_OK && own != NULL) status = gm_series_name(&s->target_unit, own, err);
  if (status == GM_OK) status = gm_csv_look_at(r, target, t->header[target], s->target, err);
  if (status == GM_OK) gm_csv_note_unit(r, target, s->target);
  for (size_t c = 0; status == GM_OK && c < s->n_channels; c++) {
    const size_t column = r->columns.channel[c];
    double *values = s->channels + c * t->n_rows;
    status = gm_series_name(&s->channel_names[c], t->header[column], err);
    if (column == target) {
      memcpy(values, s->target, t->n_rows * sizeof *values);
      continue;
    }
    if (status == GM_OK) status = gm_csv_read_column(r, column, values, err);
    if (status == GM_OK) status = gm_csv_look_at(r, column, t->header[column], values, err);
  }
  return status;
}

gm_status gm_csv_series_read(const gm_csv_series_config *config, gm_series *series, gm_series_found *found,
                             gm_error *err) {
  gm_series_found unread;
  gm_csv_reading r = {.series = series, .found = found != NULL ? found : &unread};
  *series = (gm_series){0};
  *r.found = (gm_series_found){0};
  if (config->path == NULL) return gm_fail(err, GM_BAD_INPUT, "a CSV series needs a file");
  gm_status status = open_table(&r, config, err);
  r.rules = (gm_value_rules){.missing = &r.missing, .mark = r.layout.mark};
  if (status == GM_OK) status = r.layout.year_rows ? read_years(&r, config, err) : read_rows(&r, config, err);
  if (status == GM_OK) {
    tell_layout(&r);
    tell_values(&r);
  } else {
    gm_series_free(series);
  }
  gm_chosen_columns_free(&r.columns);
  free(r.units);
  gm_csv_free(&r.table);
  return status;
}
