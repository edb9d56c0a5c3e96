/* SPDX-License-Identifier: MIT
 * CSV (RFC 4180) in and out. Quoted lines are read by libcsv, all others by a plain scan;
 * this adds a header line, columns by name and line numbers
 * for messages. Writing goes through
 * gm_atomic_file. Numbers are always in the C locale. */
#ifndef COMMON_CSV_H
#define COMMON_CSV_H

#include "common/atomic_file.h"
#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- reading ---------------------------------------------------------- */

/* A whole table in memory. Every row has exactly n_columns fields. */
typedef struct {
  char *name;       /* of the source, for messages */
  size_t n_columns; /* fields of the header line */
  size_t n_rows;    /* data rows, the header not counted */
  char **header;    /* n_columns names */
  char **fields;    /* n_rows × n_columns, row-major, into `text` */
  size_t *line;     /* line of the source (from 1) on which each row starts */
  char *text;       /* of the source, cut into fields where it stands */
  char *numbers;    /* the names of columns without a header line */
} gm_csv_table;

/* Reads `path`. Blank lines and lines that start with '#' are skipped (inside quotes
 * they are text), a UTF-8 byte order mark too; blanks around unquoted fields are
 * trimmed. A row with another number of fields than the header, a misplaced or
 * unclosed quotation mark or a NUL byte is GM_BAD_INPUT with its line. */
gm_status gm_csv_read(const char *path, gm_csv_table *table, gm_error *err);
/* The same of directory/name. */
gm_status gm_csv_read_in(const char *directory, const char *name, gm_csv_table *table, gm_error *err);

/* The same from memory (an embedded table); `name` is used in messages. */
gm_status gm_csv_parse(const char *text, size_t length, const char *name, gm_csv_table *table, gm_error *err);

/* Tables of other forms than RFC 4180. */
typedef struct {
  char delimiter;     /* ',', ';', '\t', or ' ' for runs of blanks */
  bool no_header;     /* the columns are called "1", "2", … */
  bool row_names;     /* the header has one name less than a row has fields: the first column is "" (R's
                         write.table) */
  bool short_last;    /* the last row may be short: empty fields */
  bool percent;       /* lines that start with '%' are comments too (MATLAB's) */
  size_t first, last; /* lines of the source that are looked at, from 1; last 0: to the end */
} gm_csv_dialect;

#define GM_CSV_RFC4180 ((gm_csv_dialect){.delimiter = ',', .first = 1})

/* The whole of a file in fresh memory, with a NUL behind it. */
gm_status gm_text_read(const char *path, char **text, size_t *length, gm_error *err);

/* Cuts a text with text[length] = 0 where it stands; it belongs to the table then, also on failure. */
gm_status gm_csv_cut(char *text, size_t length, const char *name, const gm_csv_dialect *dialect,
                     gm_csv_table *table, gm_error *err);

/* Frees what gm_csv_read filled; accepts a zeroed table. */
void gm_csv_free(gm_csv_table *table);

/* Index of the column called `column`, or GM_BAD_INPUT naming the file and the columns it has. */
gm_status gm_csv_column(const gm_csv_table *table, const char *column, size_t *index, gm_error *err);

/* The field as text. */
static inline const char *gm_csv_field(const gm_csv_table *table, size_t row, size_t column) {
  return table->fields[row * table->n_columns + column];
}

/* The field as a finite number; anything else is GM_BAD_INPUT with file, line and column. */
gm_status gm_csv_number(const gm_csv_table *table, size_t row, size_t column, double *value, gm_error *err);

/* ---- writing ---------------------------------------------------------- */

typedef struct {
  gm_atomic_file file;
  size_t n_fields; /* written so far in the current row */
} gm_csv_writer;

/* Opens the file and writes `header`, a comma-separated list of column names. */
gm_status gm_csv_open(gm_csv_writer *csv, const char *path, const char *header, gm_error *err);
/* The same of directory/name. */
gm_status gm_csv_open_in(gm_csv_writer *csv, const char *directory, const char *name, const char *header,
                         gm_error *err);

/* One field each, quoted where RFC 4180 asks for it. NULL text and NaN write an empty field. */
void gm_csv_put_text(gm_csv_writer *csv, const char *text);
void gm_csv_put_integer(gm_csv_writer *csv, int64_t value);
/* The shortest decimal text that reads back as the same double. */
void gm_csv_put_number(gm_csv_writer *csv, double value);
/* `digits` significant digits (%.*g). */
void gm_csv_put_rounded(gm_csv_writer *csv, double value, int digits);
void gm_csv_end_row(gm_csv_writer *csv);

/* See gm_atomic_file_commit and gm_atomic_file_close. */
gm_status gm_csv_commit(gm_csv_writer *csv, gm_error *err);
gm_status gm_csv_close(gm_csv_writer *csv, gm_status status, gm_error *err);

/* Writes `text` to `out` as one RFC 4180 field, quoted only where needed: also where
 * a reader would take it for a comment ('#' first) or trim it (blanks at an end). */
void gm_csv_quote(FILE *out, const char *text);

/* ---- numbers ---------------------------------------------------------- */

/* Size of a buffer for gm_format_double. */
#define GM_DOUBLE_TEXT 32

/* The shortest of %.15g, %.16g, %.17g that reads back as `value`. */
void gm_format_double(double value, char text[GM_DOUBLE_TEXT]);

/* The whole of `text` as a decimal double (also nan, inf) or a whole number; false
 * when anything else (spaces, units, hexadecimal, an empty text, an overflow) is there. */
bool gm_parse_double(const char *text, double *value);
bool gm_parse_integer(const char *text, int64_t *value);
/* Double precision as Fortran writes it, a number with a point and D for E: 0.25D+02; false for all else. */
bool gm_parse_fortran_double(const char *text, double *value);

#endif
