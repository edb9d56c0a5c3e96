/* SPDX-License-Identifier: MIT
 * The table, its CSV and the writing of all its files. */
#include "experiments/report/table.h"

#include "common/csv.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- life cycle ------------------------------------------------------- */

gm_status gm_report_table_init(gm_report_table *table, const char *name, const gm_report_column *columns,
                               size_t n_columns, size_t n_rows, gm_error *err) {
  *table = (gm_report_table){.name = name, .columns = columns, .n_columns = n_columns, .n_rows = n_rows};
  table->cells = calloc(n_rows * n_columns + 1, sizeof *table->cells);
  if (table->cells == NULL) return gm_fail_memory(err, name);
  for (size_t i = 0; i < n_rows * n_columns; i++) table->cells[i].number = NAN;
  return GM_OK;
}

void gm_report_table_free(gm_report_table *table) {
  for (size_t i = 0; table->cells != NULL && i < table->n_rows * table->n_columns; i++)
    free(table->cells[i].text);
  free(table->cells);
  free(table->caption);
  free(table->notes);
  *table = (gm_report_table){0};
}

/* ---- filling ---------------------------------------------------------- */

gm_report_cell *gm_report_table_cell(const gm_report_table *table, size_t row, const char *key) {
  for (size_t c = 0; key != NULL && c < table->n_columns; c++)
    if (strcmp(table->columns[c].key, key) == 0) return &table->cells[row * table->n_columns + c];
  return NULL;
}

gm_status gm_report_table_text(gm_report_table *table, size_t row, const char *key, const char *text,
                               gm_error *err) {
  gm_report_cell *cell = gm_report_table_cell(table, row, key);
  if (cell == NULL) return gm_fail(err, GM_FAILED, "table %s has no column %s", table->name, key);
  free(cell->text);
  cell->text = text != NULL ? strdup(text) : NULL;
  return text == NULL || cell->text != NULL ? GM_OK : gm_fail_memory(err, table->name);
}

void gm_report_table_number(gm_report_table *table, size_t row, const char *key, double value) {
  gm_report_cell *cell = gm_report_table_cell(table, row, key);
  if (cell != NULL) cell->number = value;
  if (cell == NULL && table->unknown == NULL) table->unknown = key;
}

gm_status gm_report_table_check(const gm_report_table *table, gm_error *err) {
  if (table->unknown == NULL) return GM_OK;
  return gm_fail(err, GM_FAILED, "table %s has no column %s", table->name, table->unknown);
}

/* ---- reading a cell --------------------------------------------------- */

static double number_of(const gm_report_table *table, size_t row, const char *key) {
  const gm_report_cell *cell = gm_report_table_cell(table, row, key);
  return cell != NULL ? cell->number : NAN;
}

const char *gm_report_value_text(const gm_report_table *table, size_t row, size_t column,
                                 char buffer[GM_NUMBER_TEXT]) {
  const gm_report_cell *cell = &table->cells[row * table->n_columns + column];
  const gm_report_column *c = &table->columns[column];
  if (cell->text != NULL) return cell->text;
  if (!isfinite(cell->number)) return "–";
  if (c->only_interval)
    gm_interval_text(c->format, cell->number, number_of(table, row, c->low), number_of(table, row, c->high),
                     buffer);
  else
    gm_number_text(c->format, cell->number, buffer);
  if (cell->marked) strncat(buffer, " †", GM_NUMBER_TEXT - 1 - strlen(buffer));
  return buffer[0] != '\0' ? buffer : "–";
}

void gm_report_companion_text(const gm_report_table *table, size_t row, size_t column,
                              char text[GM_NUMBER_TEXT]) {
  const gm_report_column *c = &table->columns[column];
  const double value = table->cells[row * table->n_columns + column].number;
  text[0] = '\0';
  if (isnan(value) || c->only_interval) return;
  gm_interval_text(c->format, value, number_of(table, row, c->low), number_of(table, row, c->high), text);
  if (text[0] == '\0') gm_spread_text(c->format, value, number_of(table, row, c->sd), text);
}

bool gm_report_is_text_column(const gm_report_table *table, size_t column) {
  for (size_t r = 0; r < table->n_rows; r++) {
    const gm_report_cell *cell = &table->cells[r * table->n_columns + column];
    if (cell->text == NULL && !isnan(cell->number)) return false;
  }
  return true;
}

/* ---- CSV -------------------------------------------------------------- */

static gm_status write_csv(const gm_report_table *table, const char *path, gm_error *err) {
  char *header = NULL;
  size_t size = 0;
  FILE *text = open_memstream(&header, &size);
  if (text == NULL) return gm_fail_memory(err, path);
  for (size_t c = 0; c < table->n_columns; c++)
    fprintf(text, "%s%s", c > 0 ? "," : "", table->columns[c].key);
  gm_csv_writer csv = {0};
  gm_status status = fclose(text) == 0 ? gm_csv_open(&csv, path, header, err) : gm_fail_memory(err, path);
  free(header);
  if (status != GM_OK) return status;
  for (size_t r = 0; r < table->n_rows; r++) {
    for (size_t c = 0; c < table->n_columns; c++) {
      const gm_report_cell *cell = &table->cells[r * table->n_columns + c];
      if (cell->text != NULL)
        gm_csv_put_text(&csv, cell->text);
      else
        gm_csv_put_number(&csv, cell->number);
    }
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

/* ---- all files -------------------------------------------------------- */

typedef void put_table(const gm_report_table *table, FILE *out);

static gm_status write_with(const gm_report_table *table, const char *path, put_table *put, gm_error *err) {
  gm_atomic_file file = {0};
  const gm_status status = gm_atomic_file_open(&file, path, err);
  if (status != GM_OK) return status;
  put(table, file.stream);
  return gm_atomic_file_commit(&file, err);
}

gm_status gm_report_table_write(const gm_report_table *table, const char *directory, gm_error *err) {
  static const char *const endings[] = {"csv", "md", "tex"};
  gm_status status = GM_OK;
  for (size_t i = 0; i < sizeof endings / sizeof *endings && status == GM_OK; i++) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s.%s", directory, table->name, endings[i]) < 0)
      return gm_fail_memory(err, table->name);
    if (table->n_rows == 0)
      remove(path); /* of a study that had it */
    else if (i == 0)
      status = write_csv(table, path, err);
    else
      status = write_with(table, path, i == 1 ? gm_report_table_markdown : gm_report_table_tex, err);
    free(path);
  }
  return status;
}
