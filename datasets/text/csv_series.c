/* SPDX-License-Identifier: MIT
 * Text files to a dated table, in the order: layout, columns, dates, values, marks. Each step's rules have a
 * file of their own; here they are put together and told. */
#include "datasets/text/csv_series.h"

#include "common/csv.h"
#include "datasets/file_kind.h"
#include "datasets/text/column_names.h"
#include "datasets/text/column_units.h"
#include "datasets/text/date_column.h"
#include "datasets/text/series_values.h"
#include "datasets/text/text_encoding.h"
#include "datasets/text/text_layout.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 12 };

/* Farther than this from the median, in robust standard deviations, a value is pointed out. */
static const double far_off = 20;

/* What one reading works on. */
typedef struct {
  const gm_csv_series_config *config;
  gm_text_layout layout;
  gm_text_wish wish;
  gm_missing missing;
  gm_value_rules rules;
  gm_csv_table table;
  gm_chosen_columns columns;
  gm_series *series;
  gm_series_found *found;
  char form[GM_DATE_FORM];
  size_t n_more; /* notes beyond GM_SERIES_NOTES, and the last one */
  char **units;  /* of the columns, from a row below the header; NULL: there is none; owned */
  bool latin1;   /* the file is not in UTF-8 */
} reading;

/* ---- notes ------------------------------------------------------------------------ */

static void note(reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(reading *r, const char *format, ...) {
  gm_series_found *f = r->found;
  va_list arguments;
  if (f->n_notes == GM_SERIES_NOTES) { /* the last place counts those that have none */
    r->n_more += r->n_more == 0 ? 2 : 1;
    snprintf(f->note[GM_SERIES_NOTES - 1], GM_SERIES_NOTE,
             "%s: %zu more of such findings; read fewer columns to see them", r->table.name, r->n_more);
    return;
  }
  va_start(arguments, format);
  vsnprintf(f->note[f->n_notes++], GM_SERIES_NOTE, format, arguments);
  va_end(arguments);
}

/* ---- dates -------------------------------------------------------------------------- */

static const char *date_text(void *context, size_t row) {
  const reading *r = context;
  return gm_csv_field(&r->table, row, r->columns.date);
}

static const char *month_text(void *context, size_t row) {
  const reading *r = context;
  return gm_csv_field(&r->table, row, r->columns.month);
}

static size_t line_of(void *context, size_t row) {
  const reading *r = context;
  return r->table.line[row];
}

static gm_status read_dates(reading *r, gm_time_unit *unit, int64_t *first, gm_error *err) {
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

/* ---- values --------------------------------------------------------------------------- */

/* Where value i of a column stands: rows are dates, or years of twelve months. */
static void place_of(const reading *r, size_t column, size_t i, size_t *row, size_t *field) {
  *row = r->layout.year_rows ? i / MONTHS : i;
  *field = r->layout.year_rows ? r->layout.first_month + i % MONTHS : column;
}

/* Whether a comma can only be a decimal one: fields are cut elsewhere, none of the column has a point, and
 * one has other than three digits behind it or a zero alone before it (1,234 may be a thousand, 0,234 not).
 */
static bool has_decimal_commas(const reading *r, size_t column, size_t n) {
  bool decimal = false;
  if (r->layout.dialect.delimiter == ',') return false;
  for (size_t i = 0; i < n; i++) {
    size_t row, field;
    place_of(r, column, i, &row, &field);
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
static gm_status check_points(reading *r, size_t column, size_t n, gm_error *err) {
  enum { HUNDRED = 3 /* digits */ };
  size_t n_points = 0, first = 0, hundreds = n, row, field;
  if (r->layout.dialect.delimiter == ',') return GM_OK;
  for (size_t i = 0; i < n; i++) {
    place_of(r, column, i, &row, &field);
    const char *text = gm_csv_field(&r->table, row, field);
    const bool point = strchr(text, '.') != NULL;
    if (point && !may_be_thousands(text)) return GM_OK;
    if (point && n_points++ == 0) first = i;
    text += *text == '-' || *text == '+';
    if (!point && hundreds == n && strspn(text, "0123456789") == strlen(text) && strlen(text) >= HUNDRED)
      hundreds = i;
  }
  if (n_points < 2) return GM_OK;
  place_of(r, column, first, &row, &field);
  const char *text = gm_csv_field(&r->table, row, field), *name = r->table.header[field];
  const size_t line = r->table.line[row];
  if (hundreds < n) {
    place_of(r, column, hundreds, &row, &field);
    return gm_fail(err, GM_BAD_INPUT,
                   "%s:%zu: every point in column \"%s\" has three digits behind it, as in \"%s\", and "
                   "line %zu has \"%s\": does it part thousands? Write 1836 or 1.8360",
                   r->table.name, line, name, text, r->table.line[row], gm_csv_field(&r->table, row, field));
  }
  if (r->layout.dialect.delimiter == ';' && n_points == n)
    note(r,
         "%s:%zu: every value of \"%s\" is like %s and is read as a decimal number; if the point parts "
         "thousands, leave it out of the file",
         r->table.name, line, name, text);
  return GM_OK;
}

static gm_status check_marks(reading *r, size_t column, const gm_missing_watch *watch, gm_error *err) {
  double mark;
  size_t i, row, field;
  if (!gm_missing_watch_finds(watch, &mark, &i)) return GM_OK;
  place_of(r, column, i, &row, &field);
  const char *text = gm_csv_field(&r->table, row, field);
  if (r->missing.all_data) {
    note(r,
         "%s:%zu: %s in column \"%s\" is a known mark of missing values beyond all others, and is taken as "
         "data.",
         r->table.name, r->table.line[row], text, r->table.header[field]);
    return GM_OK;
  }
  if (watch->least > watch->most)
    return gm_fail(
        err, GM_BAD_INPUT,
        "%s:%zu: column \"%s\" holds nothing but known marks of missing values, such as %s: --missing "
        "none takes them as data",
        r->table.name, r->table.line[row], r->table.header[field], text);
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s:%zu: %s in column \"%s\" is a known mark of missing values beyond all others (%g to %g): --missing "
      "%s leaves it out, --missing none takes it as data",
      r->table.name, r->table.line[row], text, r->table.header[field], watch->least, watch->most, text);
}

/* Points out a value at an end that stands alone; whether there is one. */
static bool note_lone(reading *r, size_t column, const char *name, const double *values) {
  const gm_lone_value lone = gm_series_lone_value(values, r->series->n_times);
  size_t row, field;
  if (lone.n == 0) return false;
  place_of(r, column, lone.first, &row, &field);
  const char *text = gm_csv_field(&r->table, row, field);
  note(
      r,
      "%s:%zu: %s in column \"%s\" stands alone: %zu time%s, and all others are %g to %g; if it stands for a "
      "missing value: --missing %s",
      r->table.name, r->table.line[row], text, name, lone.n, lone.n == 1 ? "" : "s", lone.least, lone.most,
      text);
  return true;
}

/* Points out a known mark amid the other values that comes more often than all that are near it: 999.9 five
 * times in a column from 0 to 1500 with nothing else between 995 and 1005. */
static void note_inner_mark(reading *r, size_t column, const char *name, const double *values) {
  enum { TIMES = 3, OFTENER = 2 };
  static const double near = 0.005; /* of the mark */
  const size_t n = r->series->n_times;
  size_t first = 0, times = 0, others = 0, row, field;
  while (first < n && !gm_missing_is_known(values[first])) first++;
  for (size_t i = first; i < n; i++) times += values[i] == values[first] ? 1 : 0;
  for (size_t i = 0; times >= TIMES && i < n; i++)
    others +=
        values[i] != values[first] && fabs(values[i] - values[first]) <= near * fabs(values[first]) ? 1 : 0;
  if (times < TIMES || times <= OFTENER * (others + 1)) return;
  place_of(r, column, first, &row, &field);
  const char *text = gm_csv_field(&r->table, row, field);
  note(r,
       "%s:%zu: %s in column \"%s\" is a known mark of missing values, and comes %zu times; if it is one "
       "here: "
       "--missing %s",
       r->table.name, r->table.line[row], text, name, times, text);
}

/* Whether a value of the column is written without decimals: few texts have to be looked at for it. */
static bool has_whole(const reading *r, size_t column, const double *values) {
  size_t row, field;
  for (size_t i = 0; i < r->series->n_times; i++) {
    if (values[i] != nearbyint(values[i])) continue; /* nor is what is missing */
    place_of(r, column, i, &row, &field);
    if (strpbrk(gm_csv_field(&r->table, row, field), ".,eE") == NULL) return true;
  }
  return false;
}

/* Points out the one value that is written without decimals where all others have as many of them: "0" among
 * "0.53" and "-1.20". */
static void note_whole(reading *r, size_t column, const char *name, const double *values) {
  enum { OTHERS = 5 }; /* for each of them */
  const size_t n = r->series->n_times;
  const char *whole = NULL;
  size_t n_whole = 0, n_others = 0, decimals = 0, first = 0, row, field;
  if (!has_whole(r, column, values)) return;
  for (size_t i = 0; i < n; i++) {
    if (isnan(values[i])) continue;
    place_of(r, column, i, &row, &field);
    const char *text = gm_csv_field(&r->table, row, field), *point = strpbrk(text, ".,");
    if (strpbrk(text, "eE") != NULL || (point != NULL && n_others > 0 && strlen(point) != decimals)) return;
    if (point != NULL) {
      decimals = strlen(point);
      n_others++;
    } else if (n_whole++ == 0) {
      whole = text;
      first = i;
    } else if (strcmp(text, whole) != 0) {
      return;
    }
  }
  if (n_whole == 0 || decimals < 2 || n_others < OTHERS * n_whole) return;
  if (n_whole == 1 && decimals == 2) return; /* of tenths, one in ten ends in 0, which some programs drop */
  place_of(r, column, first, &row, &field);
  note(r,
       "%s:%zu: %s in column \"%s\" is written without decimals (%zu time%s), and all others have %zu; if it "
       "stands for a missing value: --missing %s",
       r->table.name, r->table.line[row], whole, name, n_whole, n_whole == 1 ? "" : "s", decimals - 1, whole);
}

/* Points out what is missing and what is far off. */
static gm_status look_at(reading *r, size_t column, const char *name, const double *values, gm_error *err) {
  const size_t n = r->series->n_times;
  size_t missing = 0, first = n, row, field;
  gm_outliers far;
  for (size_t i = 0; i < n; i++) {
    if (!isnan(values[i])) continue;
    if (missing++ == 0) first = i;
  }
  if (missing == n)
    return gm_fail(err, GM_BAD_INPUT, "%s: column \"%s\" has no value at all", r->table.name, name);
  r->series->n_missing += missing;
  if (missing > 0) {
    char date[GM_TIME_TEXT];
    place_of(r, column, first, &row, &field);
    note(r,
         "%s: %zu of the %zu values of \"%s\" are missing, the first in line %zu (%s); samples that would "
         "need one are left out.",
         r->table.name, missing, n, name, r->table.line[row],
         gm_time_format(r->series->unit, r->series->first + (int64_t)first, date));
  }
  const gm_status status = gm_series_outliers(values, n, far_off, &far, err);
  if (status == GM_OK && far.n == 0 && !note_lone(r, column, name, values)) {
    note_inner_mark(r, column, name, values);
    note_whole(r, column, name, values);
  }
  if (status != GM_OK || far.n == 0) return status;
  place_of(r, column, far.farthest, &row, &field);
  note(r,
       "%s:%zu: %s in column \"%s\" is %.0f robust standard deviations from the median%s; if it stands for a "
       "missing value: --missing %s",
       r->table.name, r->table.line[row], gm_csv_field(&r->table, row, field), name, far.distance,
       far.n > 1 ? ", and it is not the only one beyond 20" : "", gm_csv_field(&r->table, row, field));
  return GM_OK;
}

static gm_status read_column(reading *r, size_t column, double *values, gm_error *err) {
  gm_missing_watch watch = gm_missing_watch_start();
  const size_t n = r->series->n_times;
  gm_status status = GM_OK;
  r->rules.decimal_comma = has_decimal_commas(r, column, n);
  status = check_points(r, column, n, err);
  for (size_t i = 0; status == GM_OK && i < n; i++) {
    size_t row, field;
    place_of(r, column, i, &row, &field);
    status = gm_series_value(&r->table, row, field, &r->rules, &values[i], err);
    if (status == GM_OK) gm_missing_watch_value(&watch, values[i], i);
  }
  return status == GM_OK ? check_marks(r, column, &watch, err) : status;
}

/* ---- units -------------------------------------------------------------------------------- */

/* Takes the row of units off the table. */
static gm_status take_units(reading *r, gm_error *err) {
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

/* The unit that the file states for a column; NULL where it states none. */
static const char *unit_of(const reading *r, size_t column) {
  const char *below = r->units != NULL ? gm_unit_shown(r->units[column]) : NULL;
  return below != NULL ? below : gm_unit_of_heading(r->table.header[column]);
}

/* Points out temperatures that the stated unit cannot have. */
static void note_unit(reading *r, size_t column, const double *values) {
  const char *unit = unit_of(r, column);
  const size_t n = r->series->n_times;
  size_t odd = 0, first = 0;
  for (size_t i = n; i-- > 0;)
    if (!isnan(values[i]) && !gm_unit_allows(unit, values[i])) {
      odd++;
      first = i;
    }
  if (odd == 0) return;
  note(r,
       "%s:%zu: %s in column \"%s\" is no temperature in %s, as are %zu of its values: is that the unit, or "
       "does "
       "it stand for a missing value (--missing %s)?",
       r->table.name, r->table.line[first], gm_csv_field(&r->table, first, column), r->table.header[column],
       unit, odd, gm_csv_field(&r->table, first, column));
}

/* ---- what was found -------------------------------------------------------------------------- */

static void tell_layout(reading *r) {
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

static void tell_values(reading *r) {
  const gm_series *s = r->series;
  double least = INFINITY, most = -INFINITY;
  size_t missing = 0;
  for (size_t i = 0; i < s->n_times; i++) {
    if (isnan(s->target[i])) missing++;
    if (s->target[i] < least) least = s->target[i];
    if (s->target[i] > most) most = s->target[i];
  }
  snprintf(r->found->values, GM_SERIES_NOTE, "%s: %g to %g%s%s, %zu of %zu values missing", s->target_name,
           least, most, s->target_unit != NULL ? " " : "", s->target_unit != NULL ? s->target_unit : "",
           missing, s->n_times);
}

/* ---- reading ------------------------------------------------------------------------------------ */

static gm_status open_table(reading *r, gm_error *err) {
  static char months[MONTHS][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                   "Aug", "Sep", "Oct", "Nov", "Dec"}; /* for messages; never written */
  const gm_csv_series_config *config = r->config;
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
  for (size_t m = 0; status == GM_OK && r->layout.year_rows && m < MONTHS; m++)
    r->table.header[r->layout.first_month + m] = months[m];
  if (status == GM_OK && r->layout.units_row && r->table.n_rows > 0) status = take_units(r, err);
  if (status == GM_OK && r->table.n_rows == 0)
    status = gm_fail(err, GM_BAD_INPUT, "%s: a header line but no rows", r->table.name);
  return status;
}

/* A year and twelve months in every row: one column, of the name that was asked for. */
static gm_status read_years(reading *r, gm_error *err) {
  const char *slash = strrchr(r->table.name, '/'), *target = r->config->target;
  char stem[64];
  int64_t year;
  if (r->config->date_column != NULL || r->config->features != NULL)
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
  gm_status status = gm_series_alloc(r->series, r->table.name, GM_MONTHLY,
                                     gm_time_join(GM_MONTHLY, year, 1, 1), r->table.n_rows * MONTHS, 1, err);
  if (status == GM_OK) status = read_column(r, 0, r->series->target, err);
  if (status == GM_OK) status = gm_series_name(&r->series->target_name, target, err);
  if (status == GM_OK) status = gm_series_name(&r->series->channel_names[0], target, err);
  if (status == GM_OK) status = look_at(r, 0, target, r->series->target, err);
  if (status == GM_OK)
    memcpy(r->series->channels, r->series->target, r->series->n_times * sizeof *r->series->target);
  return status;
}

static gm_status read_rows(reading *r, gm_error *err) {
  gm_series *s = r->series;
  const gm_csv_table *t = &r->table;
  gm_time_unit unit = GM_INDEX;
  int64_t first = 0;
  gm_status status =
      gm_choose_columns(t, r->config->date_column, r->config->target, r->config->features, &r->columns, err);
  if (status == GM_OK) status = read_dates(r, &unit, &first, err);
  if (status == GM_OK && unit == GM_MONTHLY && strstr(r->form, "at month start") != NULL &&
      gm_are_years_from_february(first, t->n_rows))
    note(r,
         "%s: the months are whole years from February to January by dates at their start: if the dates end "
         "their "
         "months, write the last day of each.",
         t->name);
  if (status == GM_OK && strncmp(r->form, "three-month", strlen("three-month")) == 0)
    note(r,
         "%s: the values are means of three months: each holds two of the next one's, so that persistence "
         "sees part "
         "of its target and a lead of 1 is no real forecast.",
         t->name);
  if (status == GM_OK)
    status = gm_series_alloc(s, t->name, unit, first, t->n_rows, r->columns.n_channels, err);
  if (status != GM_OK) return status;
  const size_t target = r->columns.target;
  const char *own = unit_of(r, target);
  status = read_column(r, target, s->target, err);
  if (status == GM_OK) status = gm_series_name(&s->target_name, t->header[target], err);
  if (status == GM_OK && own != NULL) status = gm_series_name(&s->target_unit, own, err);
  if (status == GM_OK) status = look_at(r, target, t->header[target], s->target, err);
  if (status == GM_OK) note_unit(r, target, s->target);
  for (size_t c = 0; status == GM_OK && c < s->n_channels; c++) {
    const size_t column = r->columns.channel[c];
    double *values = s->channels + c * t->n_rows;
    status = gm_series_name(&s->channel_names[c], t->header[column], err);
    if (column == target) {
      memcpy(values, s->target, t->n_rows * sizeof *values);
      continue;
    }
    if (status == GM_OK) status = read_column(r, column, values, err);
    if (status == GM_OK) status = look_at(r, column, t->header[column], values, err);
  }
  return status;
}

gm_status gm_csv_series_read(const gm_csv_series_config *config, gm_series *series, gm_series_found *found,
                             gm_error *err) {
  gm_series_found unread;
  reading r = {.config = config, .series = series, .found = found != NULL ? found : &unread};
  *series = (gm_series){0};
  *r.found = (gm_series_found){0};
  if (config->path == NULL) return gm_fail(err, GM_BAD_INPUT, "a CSV series needs a file");
  gm_status status = open_table(&r, err);
  r.rules = (gm_value_rules){.missing = &r.missing, .mark = r.layout.mark};
  if (status == GM_OK) status = r.layout.year_rows ? read_years(&r, err) : read_rows(&r, err);
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
