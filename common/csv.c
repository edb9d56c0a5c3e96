/* SPDX-License-Identifier: MIT
 * CSV in (libcsv) and out. */
#include "common/csv.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---------------------------------------------------------- */

typedef struct {
  gm_csv_table *table;
  gm_error *err;
  gm_status status;
  size_t line;     /* being fed */
  size_t row_line; /* on which the current row started */
  size_t n_fields; /* of the current row */
  size_t capacity, line_capacity, header_capacity;
  bool in_header;
} reader;

/* Makes room for one more element in *array. */
static bool grow(void *array, size_t *capacity, size_t used, size_t element) {
  if (used < *capacity) return true;
  const size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
  void **base = array;
  void *larger = realloc(*base, wanted * element);
  if (larger == NULL) return false;
  *base = larger;
  *capacity = wanted;
  return true;
}

static void on_field(void *data, size_t length, void *context) {
  reader *r = context;
  gm_csv_table *t = r->table;
  if (r->status != GM_OK) return;
  char ***array = r->in_header ? &t->header : &t->fields;
  size_t *capacity = r->in_header ? &r->header_capacity : &r->capacity;
  const size_t used = r->in_header ? t->n_columns : t->n_rows * t->n_columns + r->n_fields;
  char *copy = malloc(length + 1);
  if (copy == NULL || !grow(array, capacity, used, sizeof **array)) {
    free(copy);
    r->status = gm_fail_memory(r->err, t->name);
    return;
  }
  if (length > 0) memcpy(copy, data, length);
  copy[length] = '\0';
  if (!r->in_header && r->n_fields == t->n_columns) { /* one too many: counted, not kept */
    free(copy);
  } else {
    (*array)[used] = copy;
    if (r->in_header) t->n_columns++;
  }
  r->n_fields++;
  if (!r->in_header && r->n_fields > t->n_columns)
    r->status = gm_fail(r->err, GM_BAD_INPUT, "%s:%zu: more than the %zu fields of the header line", t->name,
                        r->row_line, t->n_columns);
}

static void on_row(int terminator, void *context) {
  (void)terminator;
  reader *r = context;
  gm_csv_table *t = r->table;
  if (r->status != GM_OK) return;
  if (r->in_header) {
    r->in_header = false;
  } else if (r->n_fields != t->n_columns) {
    r->status = gm_fail(r->err, GM_BAD_INPUT, "%s:%zu: %zu fields where the header line has %zu", t->name,
                        r->row_line, r->n_fields, t->n_columns);
    for (size_t i = 0; i < r->n_fields; i++) free(t->fields[t->n_rows * t->n_columns + i]);
  } else if (!grow(&t->line, &r->line_capacity, t->n_rows, sizeof *t->line)) {
    r->status = gm_fail_memory(r->err, t->name);
    for (size_t i = 0; i < r->n_fields; i++) free(t->fields[t->n_rows * t->n_columns + i]);
  } else {
    t->line[t->n_rows++] = r->row_line;
  }
  r->n_fields = 0;
}

static gm_status read_stream(FILE *stream, const char *name, gm_csv_table *table, gm_error *err) {
  struct csv_parser parser;
  reader r = {.table = table, .err = err, .status = GM_OK, .in_header = true};
  char *text = NULL;
  size_t size = 0;
  *table = (gm_csv_table){.name = strdup(name)};
  if (table->name == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
    gm_csv_free(table);
    return gm_fail_memory(err, name);
  }
  ssize_t length;
  while (r.status == GM_OK && (length = getline(&text, &size, stream)) > 0) {
    const bool between_rows = r.n_fields == 0 && !parser.quoted; /* a quoted field may go on for lines */
    const char *start = text;
    r.line++;
    if (between_rows) r.row_line = r.line;
    if (r.line == 1 && length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* UTF-8 byte order mark */
      start += 3;
      length -= 3;
    }
    if (between_rows && start[0] == '#') continue;
    if (memchr(start, '\0', (size_t)length) != NULL) {
      r.status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: a NUL byte, expected text", name, r.line);
      break;
    }
    if (csv_parse(&parser, start, (size_t)length, on_field, on_row, &r) != (size_t)length &&
        r.status == GM_OK)
      r.status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: misplaced quotation mark", name, r.line);
  }
  if (r.status == GM_OK && ferror(stream))
    r.status = gm_fail(err, errno == EISDIR ? GM_BAD_INPUT : GM_IO_ERROR, "%s: cannot read it: %s", name,
                       strerror(errno));
  if (r.status == GM_OK && csv_fini(&parser, on_field, on_row, &r) != 0)
    r.status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: quotation mark never closed", name, r.row_line);
  if (r.status == GM_OK && table->n_columns == 0)
    r.status = gm_fail(err, GM_BAD_INPUT, "%s: empty file, expected a CSV header line", name);
  csv_free(&parser);
  free(text);
  if (r.status != GM_OK) {
    for (size_t i = 0; !r.in_header && i < r.n_fields && i < table->n_columns; i++) /* of an unfinished row */
      free(table->fields[table->n_rows * table->n_columns + i]);
    gm_csv_free(table);
  }
  return r.status;
}

gm_status gm_csv_read(const char *path, gm_csv_table *table, gm_error *err) {
  *table = (gm_csv_table){0};
  FILE *stream = fopen(path, "r");
  if (stream == NULL) return gm_fail(err, GM_BAD_INPUT, "%s: cannot open it: %s", path, strerror(errno));
  const gm_status status = read_stream(stream, path, table, err);
  fclose(stream);
  return status;
}

gm_status gm_csv_parse(const char *text, size_t length, const char *name, gm_csv_table *table,
                       gm_error *err) {
  *table = (gm_csv_table){0};
  char *copy = malloc(length + 1); /* fmemopen wants memory it may write */
  if (copy == NULL) return gm_fail_memory(err, name);
  memcpy(copy, text, length);
  copy[length] = '\0';
  FILE *stream = fmemopen(copy, length, "r");
  const gm_status status = stream == NULL
                               ? gm_fail(err, GM_BAD_INPUT, "%s: empty, expected a CSV header line", name)
                               : read_stream(stream, name, table, err);
  if (stream != NULL) fclose(stream);
  free(copy);
  return status;
}

void gm_csv_free(gm_csv_table *table) {
  for (size_t i = 0; i < table->n_columns && table->header != NULL; i++) free(table->header[i]);
  for (size_t i = 0; i < table->n_rows * table->n_columns; i++) free(table->fields[i]);
  free(table->header);
  free(table->fields);
  free(table->line);
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

const char *gm_csv_field(const gm_csv_table *table, size_t row, size_t column) {
  return table->fields[row * table->n_columns + column];
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

static FILE *next_field(gm_csv_writer *csv) {
  if (csv->n_fields++ > 0) fputc(',', csv->file.stream);
  return csv->file.stream;
}

void gm_csv_quote(FILE *out, const char *text) {
  const size_t length = strlen(text);
  const bool padded =
      length > 0 && (strchr(" \t", text[0]) != NULL || strchr(" \t", text[length - 1]) != NULL);
  if (strpbrk(text, ",\"\r\n") == NULL && !padded && text[0] != '#') {
    fputs(text, out);
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
  fputs(text, next_field(csv));
}

void gm_csv_put_rounded(gm_csv_writer *csv, double value, int digits) {
  FILE *out = next_field(csv);
  if (!isnan(value)) fprintf(out, "%.*g", digits, value);
}

void gm_csv_end_row(gm_csv_writer *csv) {
  fputc('\n', csv->file.stream);
  csv->n_fields = 0;
}

gm_status gm_csv_commit(gm_csv_writer *csv, gm_error *err) {
  return gm_atomic_file_commit(&csv->file, err);
}

void gm_csv_abort(gm_csv_writer *csv) {
  gm_atomic_file_abort(&csv->file);
}

/* ---- numbers ---------------------------------------------------------- */

void gm_format_double(double value, char text[GM_DOUBLE_TEXT]) {
  for (int digits = 15; digits <= 17;
       digits++) { /* 15 always survive, 17 always suffice (IEEE 754 binary64) */
    snprintf(text, GM_DOUBLE_TEXT, "%.*g", digits, value);
    if (strtod(text, NULL) == value) return;
  }
}

bool gm_parse_double(const char *text, double *value) {
  char *end;
  if (isspace((unsigned char)text[0]) || strpbrk(text, "xX(") != NULL) return false; /* no 0x1p3, no nan(7) */
  errno = 0;
  *value = strtod(text, &end);
  return end != text && *end == '\0' && !(errno == ERANGE && isinf(*value));
}

bool gm_parse_integer(const char *text, int64_t *value) {
  char *end;
  if (isspace((unsigned char)text[0])) return false;
  errno = 0;
  *value = strtoll(text, &end, 10);
  return end != text && *end == '\0' && errno == 0;
}
