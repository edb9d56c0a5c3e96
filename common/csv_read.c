/* SPDX-License-Identifier: MIT
 * CSV in: a row without quotation marks is cut where it stands, in one pass; the others go through libcsv. */
#include "common/csv.h"
#include "common/csv_scan.h"
#include "common/large_block.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  gm_csv_table *table;
  const gm_csv_dialect *dialect;
  gm_error *err;
  gm_status status;
  size_t length;   /* of the text */
  size_t line;     /* being read */
  size_t row_line; /* on which the current row started */
  size_t n_lines;  /* of the text */
  size_t n_fields; /* of the current row */
  size_t n_names;  /* room in the header */
  bool in_header;
  char *put; /* where libcsv's next field goes: its text is never longer than what was read for it */
} reader;

/* ---- a row -------------------------------------------------------------- */

/* Room for every row the text can have: each field takes a byte of it at least. */
static bool reserve_rows(reader *r) {
  gm_csv_table *t = r->table;
  const size_t most = r->length + 2;
  const size_t fields = t->n_columns > most / r->n_lines ? most : r->n_lines * t->n_columns;
  t->fields = gm_large_block((fields + t->n_columns) * sizeof *t->fields);
  t->line = gm_large_block((r->n_lines + 1) * sizeof *t->line);
  return t->fields != NULL && t->line != NULL;
}

static bool add_name(reader *r, char *field) {
  gm_csv_table *t = r->table;
  if (t->n_columns == r->n_names) {
    const size_t wanted = 2 * r->n_names + 16;
    char **larger = realloc(t->header, wanted * sizeof *larger);
    if (larger == NULL) return false;
    t->header = larger;
    r->n_names = wanted;
  }
  t->header[t->n_columns++] = field;
  return true;
}

static void add_field(reader *r, char *field) {
  gm_csv_table *t = r->table;
  if (r->status != GM_OK) return;
  if (r->in_header && !add_name(r, field)) r->status = gm_fail_memory(r->err, t->name);
  if (!r->in_header && r->n_fields == t->n_columns)
    r->status = gm_fail(r->err, GM_BAD_INPUT, "%s:%zu: more than the %zu fields of the header line", t->name,
                        r->row_line, t->n_columns);
  else if (!r->in_header)
    t->fields[t->n_rows * t->n_columns + r->n_fields] = field;
  r->n_fields++;
}

/* Names "1" … "n" for the fields of the first row, which was taken for a header. */
static void number_columns(reader *r) {
  enum { DIGITS = 21 };
  gm_csv_table *t = r->table;
  t->numbers = malloc(t->n_columns * DIGITS);
  if (t->numbers == NULL) {
    r->status = gm_fail_memory(r->err, t->name);
    return;
  }
  for (size_t c = 0; c < t->n_columns; c++) {
    t->fields[c] = t->header[c];
    t->header[c] = t->numbers + c * DIGITS;
    snprintf(t->header[c], DIGITS, "%zu", c + 1);
  }
  t->line[t->n_rows++] = r->row_line;
}

/* What a field without text points to; nobody writes to fields. */
static const char nothing[] = "";

static void end_header(reader *r) {
  gm_csv_table *t = r->table;
  char *unnamed = (char *)nothing;
  if (r->dialect->row_names && add_name(r, unnamed)) {
    memmove(t->header + 1, t->header, (t->n_columns - 1) * sizeof *t->header);
    t->header[0] = unnamed;
  }
  r->in_header = false;
  if (!reserve_rows(r))
    r->status = gm_fail_memory(r->err, t->name);
  else if (r->dialect->no_header)
    number_columns(r);
}

static void end_row(reader *r) {
  gm_csv_table *t = r->table;
  char *empty = (char *)nothing;
  if (r->status != GM_OK) return;
  if (r->in_header) {
    end_header(r);
  } else {
    while (r->dialect->short_last && r->n_fields > 0 && r->n_fields < t->n_columns && r->line == r->n_lines)
      add_field(r, empty);
    if (r->n_fields != t->n_columns)
      r->status = gm_fail(r->err, GM_BAD_INPUT, "%s:%zu: %zu fields where the header line has %zu", t->name,
                          r->row_line, r->n_fields, t->n_columns);
    else
      t->line[t->n_rows++] = r->row_line;
  }
  r->n_fields = 0;
}

/* ---- a line -------------------------------------------------------------- */

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* Cuts [from, to) into fields; a NUL may be written to *to. */
static void cut_line(reader *r, char *from, char *to) {
  const char delimiter = r->dialect->delimiter;
  while (r->status == GM_OK) {
    char *end = memchr(from, delimiter, (size_t)(to - from));
    if (end == NULL) end = to;
    const bool last = end == to;
    char *first = from, *past = end;
    while (first < past && is_blank(*first)) first++;
    while (past > first && is_blank(past[-1])) past--;
    *past = '\0';
    add_field(r, first);
    if (last) break;
    from = end + 1;
  }
  end_row(r);
}

/* The same where runs of blanks separate; a field in quotation marks may hold blanks. */
static void cut_blanks(reader *r, char *from, char *to) {
  while (r->status == GM_OK) {
    while (from < to && is_blank(*from)) from++;
    if (from == to) break;
    const bool quoted = *from == '"';
    char *first = from + quoted, *past = first;
    while (past < to && (quoted ? *past != '"' : !is_blank(*past))) past++;
    if (quoted && (past == to || (past + 1 < to && !is_blank(past[1])))) {
      r->status = gm_fail(r->err, GM_BAD_INPUT, "%s:%zu: %s", r->table->name, r->line,
                          past == to ? "quotation mark never closed" : "misplaced quotation mark");
      return;
    }
    from = past < to ? past + 1 : to;
    *past = '\0';
    add_field(r, first);
  }
  end_row(r);
}

static void on_field(void *data, size_t length, void *context) {
  reader *r = context;
  if (length > 0) memmove(r->put, data, length);
  r->put[length] = '\0';
  char *field = r->put;
  r->put += length + 1;
  add_field(r, field);
}

static void on_row(int terminator, void *context) {
  (void)terminator;
  end_row(context);
}

static bool all_blank(const char *from, const char *to) {
  while (from < to && is_blank(*from)) from++;
  return from == to;
}

/* The line [start, next), its end of line included. */
static void read_line(reader *r, struct csv_parser *parser, char *start, char *next) {
  const bool between_rows = r->n_fields == 0 && !parser->quoted; /* a quoted field may go on for lines */
  char *end = next;
  if (between_rows) {
    r->row_line = r->line;
    r->put = start;
  }
  if (r->line == 1 && next - start >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) start += 3; /* UTF-8 BOM */
  if (between_rows && (*start == '#' || (r->dialect->percent && *start == '%'))) return;
  if (end > start && end[-1] == '\n') end--;
  if (end > start && end[-1] == '\r') end--;
  const size_t length = (size_t)(end - start);
  if (memchr(start, '\0', length) != NULL) {
    r->status = gm_fail(r->err, GM_BAD_INPUT, "%s:%zu: a NUL byte, expected text", r->table->name, r->line);
  } else if (between_rows && all_blank(start, end)) {
    return;
  } else if (r->dialect->delimiter == ' ') {
    cut_blanks(r, start, end);
  } else if (between_rows && memchr(start, '"', length) == NULL) {
    cut_line(r, start, end);
  } else if (csv_parse(parser, start, (size_t)(next - start), on_field, on_row, r) !=
                 (size_t)(next - start) &&
             r->status == GM_OK) {
    r->status = gm_fail(r->err, GM_BAD_INPUT, "%s:%zu: misplaced quotation mark", r->table->name, r->line);
  }
}

/* ---- a row as most rows are ------------------------------------------------ */

/* Whether the line that starts at `at` may be a row that cut_regular can cut. */
static bool may_be_regular(const reader *r, const struct csv_parser *parser, const char *at) {
  return !r->in_header && r->n_fields == 0 && !parser->quoted && r->line >= r->dialect->first &&
         r->dialect->delimiter != ' ' && *at != '#' && !(r->dialect->percent && *at == '%');
}

/* Cuts the row at `at` and returns what follows it. NULL, and nothing is changed, where it is blank, has
 * a quotation mark or a NUL byte or another number of fields than the header: read_line knows what to do. */
static char *cut_regular(reader *r, csv_scan *scan, char *at) {
  gm_csv_table *t = r->table;
  char **field = t->fields + t->n_rows * t->n_columns, *end, *first = at;
  size_t n = 0;
  do /* the fields' ends stand where the fields will */
    field[n++] = end = csv_next_mark(scan);
  while (*end == r->dialect->delimiter && n < t->n_columns);
  if (*end == '\r' && end[1] == '\n') (void)csv_next_mark(scan);
  if (n < t->n_columns || *end == r->dialect->delimiter || *end == '"' || (*end == '\0' && end < scan->end) ||
      all_blank(at, end))
    return NULL;
  char *next = end + (end < scan->end) + (*end == '\r' && end[1] == '\n');
  for (size_t c = 0; c < n; c++) {
    char *past = field[c], *from = first;
    first = past + 1;
    while (from < past && is_blank(*from)) from++;
    while (past > from && is_blank(past[-1])) past--;
    *past = '\0';
    field[c] = from;
  }
  t->line[t->n_rows++] = r->line;
  return next;
}

/* ---- a text ---------------------------------------------------------------- */

/* Behind the line that starts at `at`: lines end with LF, CR LF or, as on old Macs, CR. */
static char *next_line(char *at, char *end) {
  char *feed = memchr(at, '\n', (size_t)(end - at));
  char *next = feed == NULL ? end : feed + 1;
  char *carriage = memchr(at, '\r', (size_t)(next - at));
  return carriage == NULL || carriage + 1 == feed ? next : carriage + 1;
}

/* Of a text with text[length] = 0. */
static size_t count_lines(const char *text, size_t length) {
  enum { PIECE = UINT8_MAX }; /* whose line ends a byte can count */
  size_t n = length > 0 && text[length - 1] != '\n' && text[length - 1] != '\r';
  for (size_t first = 0; first < length; first += PIECE) {
    const char *piece = text + first;
    const size_t size = length - first < PIECE ? length - first : PIECE;
    uint8_t ends = 0;
#pragma omp simd reduction(+ : ends)
    for (size_t i = 0; i < size; i++)
      ends = (uint8_t)(ends + ((piece[i] == '\n') | ((piece[i] == '\r') & (piece[i + 1] != '\n'))));
    n += ends;
  }
  return n;
}

static void read_lines(reader *r, struct csv_parser *parser, char *text) {
  char *at = text, *end = text + r->length;
  csv_scan scan = {.end = end, .delimiter = (uint8_t)r->dialect->delimiter};
  csv_scan_from(&scan, at);
  while (r->status == GM_OK && r->line < r->n_lines) {
    r->line++;
    char *next = may_be_regular(r, parser, at) ? cut_regular(r, &scan, at) : NULL;
    if (next == NULL) {
      next = next_line(at, end);
      if (r->line >= r->dialect->first) read_line(r, parser, at, next);
      csv_scan_from(&scan, next);
    }
    at = next;
  }
}

gm_status gm_csv_cut(char *text, size_t length, const char *name, const gm_csv_dialect *dialect,
                     gm_csv_table *table, gm_error *err) {
  struct csv_parser parser;
  *table = (gm_csv_table){.name = strdup(name), .text = text};
  reader r = {.table = table, .dialect = dialect, .err = err, .in_header = true, .length = length};
  if (table->name == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
    gm_csv_free(table);
    return gm_fail_memory(err, name);
  }
  csv_set_delim(&parser, (unsigned char)dialect->delimiter);
  r.n_lines = count_lines(text, length);
  if (dialect->last > 0 && dialect->last < r.n_lines) r.n_lines = dialect->last;
  read_lines(&r, &parser, text);
  if (r.status == GM_OK && csv_fini(&parser, on_field, on_row, &r) != 0)
    r.status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: quotation mark never closed", name, r.row_line);
  if (r.status == GM_OK && table->n_columns == 0)
    r.status = gm_fail(err, GM_BAD_INPUT, "%s: empty file, expected a CSV header line", name);
  if (r.status == GM_OK && table->fields == NULL) end_header(&r);
  csv_free(&parser);
  if (r.status != GM_OK) gm_csv_free(table);
  return r.status;
}

gm_status gm_text_read(const char *path, char **text, size_t *length, gm_error *err) {
  enum { STEP = 1 << 16 };
  size_t room = 0, n = 1;
  *text = NULL;
  *length = 0;
  FILE *stream = fopen(path, "r");
  if (stream == NULL) return gm_fail(err, GM_BAD_INPUT, "%s: cannot open it: %s", path, strerror(errno));
  if (fseeko(stream, 0, SEEK_END) == 0 && ftello(stream) > 0 && ftello(stream) < INT64_MAX / 2)
    room = (size_t)ftello(stream) + 1; /* one more, so that the end of the file is met without growing */
  gm_status status = fseeko(stream, 0, SEEK_SET) == 0 || room == 0 ? GM_OK : GM_IO_ERROR;
  for (errno = 0; status == GM_OK && n > 0; *length += n) {
    if (*text == NULL || *length + 1 >= room) {
      room = *text == NULL && room > 0 ? room + 1 : 2 * room + STEP;
      char *larger = *text == NULL ? gm_large_block(room) : realloc(*text, room);
      if (larger == NULL) status = gm_fail_memory(err, path);
      *text = larger != NULL ? larger : *text;
    }
    n = status == GM_OK ? fread(*text + *length, 1, room - *length - 1, stream) : 0;
  }
  if (status == GM_OK && ferror(stream))
    status = gm_fail(err, errno == EISDIR ? GM_BAD_INPUT : GM_IO_ERROR, "%s: cannot read it: %s", path,
                     strerror(errno));
  fclose(stream);
  if (status == GM_OK) {
    (*text)[*length] = '\0';
  } else {
    free(*text);
    *text = NULL;
  }
  return status;
}

gm_status gm_csv_read(const char *path, gm_csv_table *table, gm_error *err) {
  char *text;
  size_t length;
  *table = (gm_csv_table){0};
  const gm_status status = gm_text_read(path, &text, &length, err);
  return status == GM_OK ? gm_csv_cut(text, length, path, &GM_CSV_RFC4180, table, err) : status;
}

gm_status gm_csv_read_in(const char *directory, const char *name, gm_csv_table *table, gm_error *err) {
  char *path = gm_path_join(directory, name);
  *table = (gm_csv_table){0};
  const gm_status status = path != NULL ? gm_csv_read(path, table, err) : gm_fail_memory(err, name);
  free(path);
  return status;
}

gm_status gm_csv_parse(const char *text, size_t length, const char *name, gm_csv_table *table,
                       gm_error *err) {
  *table = (gm_csv_table){0};
  char *copy = malloc(length + 1);
  if (copy == NULL) return gm_fail_memory(err, name);
  memcpy(copy, text, length);
  copy[length] = '\0';
  return gm_csv_cut(copy, length, name, &GM_CSV_RFC4180, table, err);
}
