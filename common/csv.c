/* SPDX-License-Identifier: MIT
 * CSV in (libcsv, RFC 4180) and out, numbers in the shortest form that reads back the same. */
#include "common/csv.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
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

gm_status gm_csv_open_in(gm_csv_writer *csv, const char *directory, const char *name, const char *header,
                         gm_error *err) {
  char *path = gm_path_join(directory, name);
  *csv = (gm_csv_writer){0};
  const gm_status status = path != NULL ? gm_csv_open(csv, path, header, err) : gm_fail_memory(err, name);
  free(path);
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

gm_status gm_csv_close(gm_csv_writer *csv, gm_status status, gm_error *err) {
  return gm_atomic_file_close(&csv->file, status, err);
}

/* ---- numbers ---------------------------------------------------------- */

/* A number of few decimals, as measurements are: a whole number below 1e15 over 1, 10, … 1e6. The quotient
 * of two exact numbers is rounded once, as strtod rounds the text, so that they are equal or differ alike. */
static bool format_few_decimals(double value, char text[GM_DOUBLE_TEXT]) {
  static const double scales[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}, least = 1e-4, most = 1e15;
  const double size = fabs(value);
  if (!(size >= least)) return false; /* below, %g turns to exponents */
  for (int decimals = 0; decimals < (int)(sizeof scales / sizeof *scales); decimals++) {
    const double whole = nearbyint(size * scales[decimals]);
    if (whole >= most) return false;
    if (whole / scales[decimals] != size) continue;
    char *end = text + GM_DOUBLE_TEXT - 1, *at = end;
    int64_t rest = (int64_t)whole;
    for (int i = 0; rest > 0 || i <= decimals; i++, rest /= 10) {
      if (i > 0 && i == decimals) *--at = '.';
      *--at = (char)('0' + rest % 10);
    }
    if (value < 0) *--at = '-';
    memmove(text, at, (size_t)(end - at));
    text[end - at] = '\0';
    return true;
  }
  return false;
}

__extension__ typedef unsigned __int128 wide;

/* m / 2^shift (m of 53 bits, shift to 66) times 10^power (to 20), rounded to even, exactly. *back: whether
 * that decimal reads back as m / 2^shift, whose neighbours are one 2^-shift away. */
static uint64_t round_to_digits(uint64_t m, int shift, int power, bool *back) {
  wide scale = 1;
  for (int i = 0; i < power; i++) scale *= 10;
  const wide one = (wide)1 << shift, product = m * scale, rest = product & (one - 1);
  const uint64_t whole = (uint64_t)(product >> shift);
  const bool up = 2 * rest > one || (2 * rest == one && whole % 2 == 1);
  const wide off = 2 * (up ? one - rest : rest);
  *back = off < scale || (off == scale && m % 2 == 0);
  return whole + (up ? 1 : 0);
}

/* "%.*g" of a number whose digits are known, `before` of them before the point (0 and less: zeros behind it).
 */
static void write_digits(bool negative, uint64_t whole, int before, char text[GM_DOUBLE_TEXT]) {
  char digits[24];
  int n = 0;
  while (whole % 10 == 0) whole /= 10; /* as %g does */
  for (; whole > 0; whole /= 10) digits[n++] = (char)('0' + whole % 10);
  if (negative) *text++ = '-';
  if (before <= 0) {
    memcpy(text, "0.000", sizeof "0.000");
    text += 2 - before;
  }
  for (int i = 0; i < n || i < before; i++) {
    if (i == before && before > 0) *text++ = '.';
    *text++ = i < n ? digits[n - 1 - i] : '0';
  }
  *text = '\0';
}

/* The fewest of 15 to 17 digits that read back, in whole numbers instead of by trial: from 1e-4, below which
 * %g has exponents, to 1e15; no power of two, whose neighbours are not equally far. */
static bool format_many_decimals(double value, char text[GM_DOUBLE_TEXT]) {
  enum { BITS = 53, LEAST_DIGITS = 15, MOST_DIGITS = 17 };
  static const double least = 1e-4, most = 1e15, powers[] = {1e-3, 1e-2, 1e-1};
  const double size = fabs(value);
  int exponent, before = -3;
  if (!(size >= least && size < most)) return false;
  const double fraction = frexp(size, &exponent);
  if (fraction == 0.5) return false;
  for (int i = 0; i < 3 && size >= powers[i]; i++) before++;
  for (double power = 1; size >= power; power *= 10) before++;
  const uint64_t m = (uint64_t)ldexp(fraction, BITS);
  for (int digits = LEAST_DIGITS; digits <= MOST_DIGITS; digits++) {
    bool back;
    const uint64_t whole = round_to_digits(m, BITS - exponent, digits - before, &back);
    if (!back) continue;
    uint64_t full = 1; /* 10^digits, which 9.99… may be rounded up to */
    for (int i = 0; i < digits; i++) full *= 10;
    write_digits(value < 0, whole, whole == full ? before + 1 : before, text);
    return true;
  }
  return false;
}

static bool format_digits(double value, int digits, char text[GM_DOUBLE_TEXT]) {
  snprintf(text, GM_DOUBLE_TEXT, "%.*g", digits, value);
  return strtod(text, NULL) == value;
}

/* 15 digits always survive, 17 always suffice (IEEE 754 binary64). Where 16 do not, 15 do not either, but of
 * powers of two, around which doubles lie unevenly. */
void gm_format_double(double value, char text[GM_DOUBLE_TEXT]) {
  int digits = 15, exponent;
  if (format_few_decimals(value, text) || format_many_decimals(value, text)) return;
  if (fabs(frexp(value, &exponent)) != 0.5 && !format_digits(value, 16, text)) digits = 17;
  while (digits <= 17 && !format_digits(value, digits, text)) digits++;
}

/* Digits with at most one point, as in nearly every table. Up to 15 of them are an exact double, and so is
 * the power of ten that they are divided by: one rounding, that of strtod (Clinger, PLDI 1990). False:
 * something else, for strtod to judge. */
static bool parse_plain(const char *text, double *value) {
  enum { MOST_DIGITS = 15 };
  static const double powers[MOST_DIGITS + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char *p = text + (*text == '-' || *text == '+');
  int64_t whole = 0;
  int digits = 0, after_point = 0;
  bool point = false;
  for (; digits <= MOST_DIGITS; p++) {
    if (*p == '.' && !point) {
      point = true;
      continue;
    }
    if (*p < '0' || *p > '9') break;
    whole = 10 * whole + (*p - '0');
    digits++;
    after_point += point;
  }
  if (*p != '\0' || digits == 0 || digits > MOST_DIGITS || FLT_EVAL_METHOD != 0) return false;
  *value = (double)whole / powers[after_point];
  if (*text == '-') *value = -*value;
  return true;
}

bool gm_parse_double(const char *text, double *value) {
  char *end;
  if (parse_plain(text, value)) return true;
  if (isspace((unsigned char)text[0]) || strpbrk(text, "xX(") != NULL) return false; /* no 0x1p3, no nan(7) */
  errno = 0;
  *value = strtod(text, &end);
  return end != text && *end == '\0' && !(errno == ERANGE && isinf(*value));
}

bool gm_parse_integer(const char *text, int64_t *value) {
  enum { SURE_DIGITS = 18 }; /* any number of so many fits */
  char *end;
  int digits = 0;
  for (*value = 0; digits < SURE_DIGITS && text[digits] >= '0' && text[digits] <= '9'; digits++)
    *value = 10 * *value + (text[digits] - '0');
  if (digits > 0 && text[digits] == '\0') return true;
  if (isspace((unsigned char)text[0])) return false;
  errno = 0;
  *value = strtoll(text, &end, 10);
  return end != text && *end == '\0' && errno == 0;
}
