/* SPDX-License-Identifier: MIT
 * Tables in memory and CSV out. Reading is csv_read.c's, numbers as text csv_numbers.c's. */
#include "common/csv.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- tables ----------------------------------------------------------- */

void gm_csv_free(gm_csv_table *table) {
  free(table->header);
  free(table->fields);
  free(table->line);
  free(table->text);
  free(table->numbers);
  free(table->name);
  *table = (gm_csv_table){0};
}

gm_status gm_csv_column(const gm_csv_table *table, const char *column, size_t *index, gm_error *err) {
  char known[GM_ERROR_LENGTH / 2] = "";
  size_t used = 0;
  for (size_t i = 0; i < table->n_columns; i++) {
    if (strcmp(table->header[i], column) == 0) {
      *index = i;
      return GM_OK;
    }
    const int n = snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", table->header[i]);
    if (n > 0) used = used + (size_t)n < sizeof known ? used + (size_t)n : sizeof known - 1;
  }
  return gm_fail(err, GM_BAD_INPUT, "%s: no column \"%s\"; it has %s", table->name, column, known);
}

gm_status gm_csv_number(const gm_csv_table *table, size_t row, size_t column, double *value, gm_error *err) {
  const char *text = gm_csv_field(table, row, column);
  if (gm_parse_double(text, value) && isfinite(*value)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected a finite number in column \"%s\", got \"%s\"",
                 table->name, table->line[row], table->header[column], text);
}

/* ---- writing ---------------------------------------------------------- */

gm_status gm_csv_open(gm_csv_writer *csv, const char *path, const char *header, gm_error *err) {
  *csv = (gm_csv_writer){0};
  const gm_status status = gm_atomic_file_open(&csv->file, path, err);
  if (status == GM_OK) fprintf(csv->file.stream, "%s\n", header);
  return status;
}

gm_status gm_csv_open_in(gm_csv_writer *csv, const char *directory, const char *name, const char *header,
                         gm_error *err) {
  char *path = gm_path_join(directory, name);
  *csv = (gm_csv_writer){0};
  const gm_status status = path != NULL ? gm_csv_open(csv, path, header, err) : gm_fail_memory(err, name);
  free(path);
  return status;
}

/* The stream is nobody else's: no lock is taken for each character. */
static void put(FILE *out, const char *text) {
  for (; *text != '\0'; text++) putc_unlocked(*text, out);
}

static FILE *next_field(gm_csv_writer *csv) {
  if (csv->n_fields++ > 0) putc_unlocked(',', csv->file.stream);
  return csv->file.stream;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* Whether a reader would take the text for something else where it stood bare. */
static bool needs_quotes(const char *text) {
  const char *p = text;
  if (*p == '#' || is_blank(*p)) return true;
  for (; *p != '\0'; p++)
    if (*p == ',' || *p == '"' || *p == '\r' || *p == '\n') return true;
  return p > text && is_blank(p[-1]);
}

void gm_csv_quote(FILE *out, const char *text) {
  if (!needs_quotes(text)) {
    put(out, text);
    return;
  }
  fputc('"', out);
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"') fputc('"', out);
    fputc(*p, out);
  }
  fputc('"', out);
}

void gm_csv_put_text(gm_csv_writer *csv, const char *text) {
  gm_csv_quote(next_field(csv), text != NULL ? text : "");
}

void gm_csv_put_integer(gm_csv_writer *csv, int64_t value) {
  fprintf(next_field(csv), "%" PRId64, value);
}

void gm_csv_put_number(gm_csv_writer *csv, double value) {
  char text[GM_DOUBLE_TEXT] = "";
  if (!isnan(value)) gm_format_double(value, text);
  put(next_field(csv), text);
}

void gm_csv_put_rounded(gm_csv_writer *csv, double value, int digits) {
  FILE *out = next_field(csv);
  if (!isnan(value)) fprintf(out, "%.*g", digits, value);
}

void gm_csv_end_row(gm_csv_writer *csv) {
  putc_unlocked('\n', csv->file.stream);
  csv->n_fields = 0;
}

gm_status gm_csv_commit(gm_csv_writer *csv, gm_error *err) {
  return gm_atomic_file_commit(&csv->file, err);
}

gm_status gm_csv_close(gm_csv_writer *csv, gm_status status, gm_error *err) {
  return gm_atomic_file_close(&csv->file, status, err);
}
