/* SPDX-License-Identifier: MIT
 * Decimal commas and points between thousands are seen from the whole column; so are marks that nobody
 * listed.
 */
#include "datasets/text/csv_column.h"

#include <string.h>

/* Whether a comma can only be a decimal one: fields are cut elsewhere, none of the column has a point, and
 * one has other than three digits behind it or a zero alone before it (1,234 may be a thousand, 0,234 not).
 */
static bool has_decimal_commas(const gm_csv_reading *r, size_t column, size_t n) {
  bool decimal = false;
  if (r->layout.dialect.delimiter == ',') return false;
  for (size_t i = 0; i < n; i++) {
    size_t row, field;
    gm_csv_place(r, column, i, &row, &field);
    const char *text = gm_csv_field(&r->table, row, field), *comma = strchr(text, ',');
    if (strchr(text, '.') != NULL) return false;
    text += *text == '-' || *text == '+';
    decimal = decimal || (comma != NULL && (strlen(comma + 1) != 3 || comma == text || *text == '0'));
  }
  return decimal;
}

/* Digits and a point before every three of them: "1.836", "12.004.100", which may be thousands; "0.836" is
 * not.
 */
static bool may_be_thousands(const char *text) {
  text += *text == '-' || *text == '+';
  size_t digits = strspn(text, "0123456789");
  if (digits < 1 || digits > 3 || *text == '0' || text[digits] != '.') return false;
  for (text += digits; *text == '.'; text += 4) {
    digits = strspn(text + 1, "0123456789");
    if (digits != 3) return false;
  }
  return *text == '\0';
}

/* Points that part thousands ("1.836" beside "832") would be read as decimal ones. Where fields are cut at
 * commas they are. */
static gm_status check_points(gm_csv_reading *r, size_t column, size_t n, gm_error *err) {
  enum { HUNDRED = 3 /* digits */ };
  size_t n_points = 0, first = 0, hundreds = n, row, field;
  if (r->layout.dialect.delimiter == ',') return GM_OK;
  for (size_t i = 0; i < n; i++) {
    gm_csv_place(r, column, i, &row, &field);
    const char *text = gm_csv_field(&r->table, row, field);
    const bool point = strchr(text, '.') != NULL;
    if (point && !may_be_thousands(text)) return GM_OK;
    if (point && n_points++ == 0) first = i;
    text += *text == '-' || *text == '+';
    if (!point && hundreds == n && strspn(text, "0123456789") == strlen(text) && strlen(text) >= HUNDRED)
      hundreds = i;
  }
  if (n_points < 2) return GM_OK;
  gm_csv_place(r, column, first, &row, &field);
  const char *text = gm_csv_field(&r->table, row, field), *name = r->table.header[field];
  const size_t line = r->table.line[row];
  if (hundreds < n) {
    gm_csv_place(r, column, hundreds, &row, &field);
    return gm_fail(err, GM_BAD_INPUT,
                   "%s:%zu: every point in column \"%s\" has three digits behind it, as in \"%s\", and line "
                   "%zu has \"%s\": does it part thousands? Write 1836 or 1.8360",
                   r->table.name, line, name, text, r->table.line[row], gm_csv_field(&r->table, row, field));
  }
  if (r->layout.dialect.delimiter == ';' && n_points == n)
    gm_csv_note(r,
                "%s:%zu: every value of \"%s\" is like %s and is read as a decimal number; if the point "
                "parts thousands, leave it out of the file",
                r->table.name, line, name, text);
  return GM_OK;
}

static gm_status check_marks(gm_csv_reading *r, size_t column, const gm_missing_watch *watch, gm_error *err) {
  double mark;
  size_t i, row, field;
  if (!gm_missing_watch_finds(watch, &mark, &i)) return GM_OK;
  gm_csv_place(r, column, i, &row, &field);
  const char *text = gm_csv_field(&r->table, row, field);
  if (r->missing.all_data) {
    gm_csv_note(r,
                "%s:%zu: %s in column \"%s\" is a known mark of missing values beyond all others, and is "
                "taken as data.",
                r->table.name, r->table.line[row], text, r->table.header[field]);
    return GM_OK;
  }
  if (watch->least > watch->most)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s:%zu: column \"%s\" holds nothing but known marks of missing values, such as %s: "
                   "--missing none takes them as data",
                   r->table.name, r->table.line[row], r->table.header[field], text);
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s:%zu: %s in column \"%s\" is a known mark of missing values beyond all others (%g to %g): --missing "
      "%s leaves it out, --missing none takes it as data",
      r->table.name, r->table.line[row], text, r->table.header[field], watch->least, watch->most, text);
}

gm_status gm_csv_read_column(gm_csv_reading *r, size_t column, double *values, gm_error *err) {
  gm_missing_watch watch = gm_missing_watch_start();
  const size_t n = r->series->n_times;
  gm_status status = GM_OK;
  r->rules.decimal_comma = has_decimal_commas(r, column, n);
  status = check_points(r, column, n, err);
  for (size_t i = 0; status == GM_OK && i < n; i++) {
    size_t row, field;
    gm_csv_place(r, column, i, &row, &field);
    status = gm_series_value(&r->table, row, field, &r->rules, &values[i], err);
    if (status == GM_OK) gm_missing_watch_value(&watch, values[i], i);
  }
  return status == GM_OK ? check_marks(r, column, &watch, err) : status;
}
