/* SPDX-License-Identifier: MIT
 * The step of the rows from all of their dates together: one date that fits two forms is decided by the
 * others. Calendars of maps are maps/cf_time.c's. */
#include "datasets/text/date_column.h"

#include "common/csv.h"
#include "datasets/text/date_days.h"
#include "datasets/text/date_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MONTHS = 12 };

static const char *const form_names[] = {[GM_DATE_NUMBER] = "a whole number",
                                         [GM_DATE_DECIMAL] = "a decimal year",
                                         [GM_DATE_MONTH] = "YYYY-MM",
                                         [GM_DATE_DAY] = "YYYY-MM-DD",
                                         [GM_DATE_DAY_MONTH_YEAR] = "D/M/YYYY or M/D/YYYY"};

static gm_status read_date(const gm_date_column *c, size_t r, gm_date_form form, gm_date *d, gm_error *err) {
  const char *text = c->text(c->context, r);
  gm_date_parse(text, d);
  if (d->form == GM_DATE_NONE)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s:%zu: expected a date YYYY, YYYY-MM or YYYY-MM-DD in column \"%s\", got \"%s\"",
                   c->name, c->line(c->context, r), c->column, text);
  if (d->form == GM_DATE_NUMBER && form == GM_DATE_DECIMAL) { /* "1980" among "1980.083" */
    d->form = GM_DATE_DECIMAL;
    d->decimal = (double)d->number;
  }
  if (form == GM_DATE_NONE || form == d->form) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s:%zu: date \"%s\" is not of the form %s of the rows before it",
                 c->name, c->line(c->context, r), text, form_names[form]);
}

/* ---- numbers and months ------------------------------------------------------------- */

static bool is_year_month(int64_t number) {
  const int64_t year = number / 100, month = number % 100;
  return year >= GM_FIRST_YEAR && year <= GM_LAST_YEAR && month >= 1 && month <= MONTHS;
}

/* Whether every number is YYYYMM, or YYYYMMDD. */
static void look_at_numbers(const gm_date_column *c, bool *year_months, bool *days) {
  *year_months = *days = true;
  for (size_t r = 0; r < c->n && (*year_months || *days); r++) {
    gm_date d;
    gm_date_parse(c->text(c->context, r), &d);
    int64_t day;
    *year_months = *year_months && d.form == GM_DATE_NUMBER && is_year_month(d.number);
    *days = *days && d.form == GM_DATE_NUMBER && gm_date_day(&d, GM_COMPACT, &day);
  }
}

static gm_status read_ordinals(const gm_date_column *c, gm_date_form wanted, gm_time_unit unit, bool compact,
                               int64_t *first, gm_error *err) {
  int64_t previous = 0;
  for (size_t r = 0; r < c->n; r++) {
    gm_date d;
    gm_status status = read_date(c, r, wanted, &d, err);
    if (status != GM_OK) return status;
    const int64_t ordinal =
        compact ? gm_time_join(GM_MONTHLY, d.number / 100, (int)(d.number % 100), 1) : d.number;
    status = gm_date_check_step(c, r, unit, previous, ordinal, err);
    if (status != GM_OK) return status;
    if (r == 0) *first = ordinal;
    previous = ordinal;
  }
  return GM_OK;
}

static gm_status read_numbers(const gm_date_column *c, gm_time_unit *unit, int64_t *first,
                              char form[GM_DATE_FORM], gm_error *err) {
  bool year_months, days;
  look_at_numbers(c, &year_months, &days);
  if (c->forced) {
    year_months = year_months && c->unit == GM_MONTHLY;
    days = days && c->unit != GM_INDEX;
  }
  if (days) return gm_date_read_days(c, GM_COMPACT, unit, first, form, err);
  *unit = year_months ? GM_MONTHLY : GM_INDEX;
  snprintf(form, GM_DATE_FORM, "%s", year_months ? "dates YYYYMM" : "whole numbers");
  return read_ordinals(c, GM_DATE_NUMBER, *unit, year_months, first, err);
}

/* Whether every decimal year is the last day of a month and not every one the beginning of the next: 1980.082
 * is 31 January by its day, (31 − 1)/366, and 0.0013 before 1980.0833. Two decimals cannot tell. */
static bool are_month_ends(const gm_date_column *c) {
  static const double rounded = 0.001; /* three decimals, and a year of 365.25 days */
  bool starts = true;
  for (size_t r = 0; r < c->n; r++) {
    gm_date d;
    gm_date_parse(c->text(c->context, r), &d);
    const double value = d.form == GM_DATE_NUMBER ? (double)d.number : d.decimal;
    const int64_t year = (int64_t)floor(value), first = gm_time_join(GM_DAILY, year, 1, 1);
    const double days = (double)(gm_time_join(GM_DAILY, year + 1, 1, 1) - first), part = value - (double)year;
    bool end = false, start = part < rounded;
    for (int m = 1; m <= MONTHS; m++) { /* the beginning of the month after m, and the day before */
      const double next = (double)(gm_time_join(GM_DAILY, year + m / MONTHS, m % MONTHS + 1, 1) - first);
      end = end || fabs(part - (next - 1) / days) < rounded;
      start = start || fabs(part - next / days) < rounded || fabs(part - m / 12.0) < rounded;
    }
    if (!end) return false;
    starts = starts && start;
  }
  return !starts;
}

/* Months at their start (1980.0, 1980.083), middle (1980.042) or last day, rounded as agencies do. */
static gm_status read_decimals(const gm_date_column *c, int64_t *first, char form[GM_DATE_FORM],
                               gm_error *err) {
  const double most_off =
      0.2; /* of a month: months have 28 to 31 days, and three decimals are rounded to 0.006 */
  const bool ends = are_month_ends(c);
  int64_t previous = 0;
  double into = 0; /* months into the month of the first row: 0 or 1/2 */
  for (size_t r = 0; r < c->n; r++) {
    gm_date d;
    gm_status status = read_date(c, r, GM_DATE_DECIMAL, &d, err);
    if (status != GM_OK) return status;
    const double months = MONTHS * d.decimal;
    if (r == 0) into = fabs(months - floor(months) - 0.5) <= 0.25 ? 0.5 : 0;
    const int64_t nearest = (int64_t)floor(months - into + 0.5), ordinal = nearest - ends;
    if (fabs(months - into - (double)nearest) > most_off)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s:%zu: %s is at another place of its month than the first date, which is at its %s",
                     c->name, c->line(c->context, r), c->text(c->context, r), into > 0 ? "middle" : "start");
    status = gm_date_check_step(c, r, GM_MONTHLY, previous, ordinal, err);
    if (status != GM_OK) return status;
    if (r == 0) *first = ordinal;
    previous = ordinal;
  }
  snprintf(form, GM_DATE_FORM, "decimal years at %s",
           into > 0 ? "mid-month"
           : ends   ? "the last day of the month"
                    : "month start");
  return GM_OK;
}

static gm_status read_pairs(const gm_date_column *c, int64_t *first, char form[GM_DATE_FORM], gm_error *err) {
  int64_t previous = 0;
  bool seasons = false;
  for (size_t r = 0; r < c->n; r++) {
    const char *year_text = c->text(c->context, r), *month_text = c->month(c->context, r);
    int64_t year, month;
    if (!gm_parse_whole(year_text, &year))
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected a year in column \"%s\", got \"%s\"", c->name,
                     c->line(c->context, r), c->column, year_text);
    if (!gm_parse_whole(month_text, &month) || month < 1 || month > MONTHS) {
      month = gm_month_of_name(month_text, strlen(month_text));
      seasons = seasons || gm_month_by_name(month_text, strlen(month_text)) == 0;
    }
    if (month == 0)
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected a month 1 to 12 or its name, got \"%s\"", c->name,
                     c->line(c->context, r), month_text);
    const int64_t ordinal = gm_time_join(GM_MONTHLY, year, (int)month, 1);
    const gm_status status = gm_date_check_step(c, r, GM_MONTHLY, previous, ordinal, err);
    if (status != GM_OK) return status;
    if (r == 0) *first = ordinal;
    previous = ordinal;
  }
  snprintf(form, GM_DATE_FORM, "%s",
           seasons ? "three-month seasons by their middle month" : "year and month in two columns");
  return GM_OK;
}

static gm_status read_form(const gm_date_column *c, gm_date_form found, gm_time_unit *unit, int64_t *first,
                           char form[GM_DATE_FORM], gm_error *err) {
  switch (found) {
  case GM_DATE_NONE:
  case GM_DATE_NUMBER:
    return read_numbers(c, unit, first, form, err);
  case GM_DATE_DECIMAL:
    return read_decimals(c, first, form, err);
  case GM_DATE_MONTH:
    snprintf(form, GM_DATE_FORM, "dates of months");
    return read_ordinals(c, GM_DATE_MONTH, *unit, false, first, err);
  case GM_DATE_DAY:
    return gm_date_read_days(c, GM_YEAR_FIRST, unit, first, form, err);
  case GM_DATE_DAY_MONTH_YEAR:
    break;
  }
  return gm_date_read_day_month(c, unit, first, form, err);
}

/* What a column is whose numbers or ordinals go up by one from that of its first date. False where they may
 * say more than that (YYYYMM, YYYYMMDD) or another unit is wanted of days. */
static bool take_consecutive(const gm_date_column *c, const gm_date *d, gm_time_unit *unit, int64_t *first,
                             char form[GM_DATE_FORM]) {
  static const char *const forms[] = {[GM_DATE_NUMBER] = "whole numbers",
                                      [GM_DATE_MONTH] = "dates of months",
                                      [GM_DATE_DAY] = "dates of days"};
  static const gm_time_unit units[] = {
      [GM_DATE_NUMBER] = GM_INDEX, [GM_DATE_MONTH] = GM_MONTHLY, [GM_DATE_DAY] = GM_DAILY};
  bool year_months = false, days = false;
  if (d->form != GM_DATE_NUMBER && d->form != GM_DATE_MONTH && d->form != GM_DATE_DAY) return false;
  if (d->form == GM_DATE_DAY && c->forced && c->unit != GM_DAILY) return false;
  if (d->form == GM_DATE_NUMBER) look_at_numbers(c, &year_months, &days);
  if (year_months || days) return false;
  *unit = units[d->form];
  *first = d->number;
  snprintf(form, GM_DATE_FORM, "%s", forms[d->form]);
  return true;
}

gm_status gm_date_column_read(const gm_date_column *c, gm_time_unit *unit, int64_t *first,
                              char form[GM_DATE_FORM], gm_error *err) {
  gm_date d = {0};
  *unit = GM_MONTHLY;
  if (c->month != NULL) return read_pairs(c, first, form, err);
  gm_status status = read_date(c, 0, GM_DATE_NONE, &d, err);
  gm_date next;
  if (status == GM_OK && d.form == GM_DATE_NUMBER && c->n > 1) {
    gm_date_parse(c->text(c->context, 1), &next);
    if (next.form == GM_DATE_DECIMAL) d.form = GM_DATE_DECIMAL; /* 1980, 1980.083 */
  }
  bool consecutive = true;
  int64_t previous = d.number;
  for (size_t r = 1; status == GM_OK && r < c->n; r++) {
    status = read_date(c, r, d.form, &next, err);
    consecutive = consecutive && next.number == previous + 1;
    previous = next.number;
  }
  if (status == GM_OK && !(consecutive && take_consecutive(c, &d, unit, first, form)))
    status = read_form(c, d.form, unit, first, form, err);
  if (status != GM_OK || !c->forced || *unit == c->unit) return status;
  return gm_fail(err, GM_BAD_INPUT, "%s: the %s in column \"%s\" are no dates of the form %s", c->name, form,
                 c->column, gm_time_form(c->unit));
}
