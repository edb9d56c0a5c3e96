/* SPDX-License-Identifier: MIT
 * Rows of days: whether they advance by a day, a month or a year; which number of 1/2/1980 is the month. */
#include "datasets/text/date_days.h"

#include <stdio.h>
#include <string.h>

enum { N_UNITS = GM_DAILY + 1 };

/* How a day lies in its month. */
enum { AT_START = 1, AT_END = 2, AT_MIDDLE = 4, SAME_DAY = 8, ANYWHERE = 15 };

static int place_of(int64_t day_number, int first_day) {
  int64_t year;
  int month, day, next_month, next_day;
  gm_time_split(GM_DAILY, day_number, &year, &month, &day);
  gm_time_split(GM_DAILY, day_number + 1, &year, &next_month, &next_day);
  return (day == 1 ? AT_START : 0) | (next_day == 1 ? AT_END : 0) | (day >= 14 && day <= 17 ? AT_MIDDLE : 0) |
         (day == first_day ? SAME_DAY : 0);
}

static int64_t unit_of_day(gm_time_unit unit, int64_t day_number) {
  int64_t year;
  int month, day;
  gm_time_split(GM_DAILY, day_number, &year, &month, &day);
  return gm_time_join(unit, year, month, day);
}

bool gm_date_day(const gm_date *d, gm_day_order order, int64_t *day_number) {
  int64_t year = d->year;
  int month = order == GM_DAY_FIRST ? d->b : d->a, day = order == GM_DAY_FIRST ? d->a : d->b;
  if (order == GM_YEAR_FIRST) {
    *day_number = d->number;
    return true;
  }
  if (order == GM_COMPACT) {
    year = d->number / 10000;
    month = (int)(d->number / 100 % 100);
    day = (int)(d->number % 100);
    if (year < GM_FIRST_YEAR || year > GM_LAST_YEAR) return false;
  }
  if (!gm_is_real_day(year, month, day)) return false;
  *day_number = gm_time_join(GM_DAILY, year, month, day);
  return true;
}

/* What can be said of all rows read in this order: the units in which they advance by one each. */
typedef struct {
  bool real; /* all are days of the calendar */
  bool advances[N_UNITS];
  int places; /* of the rows in their months, common to all */
  int64_t first_day;
} day_steps;

static day_steps look_at_days(const gm_date_column *c, gm_day_order order) {
  day_steps s = {.real = true, .advances = {true, true, true}, .places = ANYWHERE};
  int64_t day = 0, previous = 0, year;
  int month, first_month = 0, first = 0, of_month;
  for (size_t r = 0; r < c->n; r++) {
    gm_date d;
    gm_date_parse(c->text(c->context, r), &d);
    if (!gm_date_day(&d, order, &day)) return (day_steps){.real = false};
    gm_time_split(GM_DAILY, day, &year, &month, &of_month);
    if (r == 0) {
      s.first_day = day;
      first_month = month;
      first = of_month;
    }
    s.places &= place_of(day, first);
    for (int u = 0; u < N_UNITS && r > 0; u++)
      s.advances[u] =
          s.advances[u] && unit_of_day((gm_time_unit)u, day) == unit_of_day((gm_time_unit)u, previous) + 1;
    s.advances[GM_INDEX] = s.advances[GM_INDEX] && month == first_month && of_month == first;
    previous = day;
  }
  s.advances[GM_MONTHLY] = s.advances[GM_MONTHLY] && s.places != 0;
  return s;
}

/* What the first step looks like: the unit whose next step is then looked for. */
static gm_status fail_days(const gm_date_column *c, gm_day_order order, gm_error *err) {
  int64_t day = 0, previous = 0;
  gm_time_unit unit = GM_DAILY;
  int first = 0;
  for (size_t r = 0; r < c->n; r++) {
    int64_t year;
    int month, of_month;
    const char *text = c->text(c->context, r);
    const size_t line = c->line(c->context, r);
    gm_date d;
    gm_date_parse(text, &d);
    if (!gm_date_day(&d, order, &day))
      return gm_fail(err, GM_BAD_INPUT,
                     "%s:%zu: \"%s\" in column \"%s\" is no date as the rows before it are", c->name, line,
                     text, c->column);
    gm_time_split(GM_DAILY, day, &year, &month, &of_month);
    if (r == 0) first = of_month;
    if (r == 1 && day > previous + 1) {
      const int64_t step = day - previous;
      if (step >= 28 && step <= 31) unit = GM_MONTHLY;
      if (step >= 365 && step <= 366) unit = GM_INDEX;
      if (unit == GM_DAILY && step > 2)
        return gm_fail(
            err, GM_BAD_INPUT,
            "%s:%zu: the rows are %lld days apart; expected one for every day, month or year (weeks and "
            "quarters: number the rows, or average to months first)",
            c->name, line, (long long)step);
    }
    const gm_status status =
        gm_date_check_step(c, r, unit, r == 0 ? 0 : unit_of_day(unit, previous), unit_of_day(unit, day), err);
    if (status != GM_OK) return status;
    if (unit == GM_MONTHLY && r > 0 && (place_of(day, first) & place_of(previous, first)) == 0)
      return gm_fail(
          err, GM_BAD_INPUT,
          "%s:%zu: %s is at another place of its month than the date before it; expected all at the "
          "first, the middle, the last or the same day",
          c->name, line, text);
    previous = day;
  }
  return gm_fail(err, GM_BAD_INPUT,
                 "%s: the dates of column \"%s\" are not all at the first, the middle, the last or the same "
                 "day of their month",
                 c->name, c->column);
}

static const char *name_places(int places) {
  return (places & AT_START) != 0    ? "dates at month start"
         : (places & AT_END) != 0    ? "dates at month end"
         : (places & AT_MIDDLE) != 0 ? "dates at mid-month"
                                     : "dates at the same day of every month";
}

/* Whether a date has a time of day from 20:00 to 23:58: the beginning of the next day in another zone, or the
 * evening it says. */
static bool is_evening(const char *text) {
  const char *colon = strchr(text, ':');
  return colon != NULL && colon - text > 10 && colon[-2] == '2' && strncmp(colon + 1, "59", 2) != 0;
}

gm_status gm_date_read_days(const gm_date_column *c, gm_day_order order, gm_time_unit *unit, int64_t *first,
                            char form[GM_DATE_FORM], gm_error *err) {
  const day_steps s = look_at_days(c, order);
  *unit = s.advances[GM_DAILY] ? GM_DAILY : s.advances[GM_MONTHLY] ? GM_MONTHLY : GM_INDEX;
  if (c->forced) *unit = c->unit;
  if (!s.real || !s.advances[*unit]) return fail_days(c, order, err);
  *first = unit_of_day(*unit, s.first_day);
  snprintf(form, GM_DATE_FORM, "%s",
           *unit == GM_DAILY     ? "dates of days"
           : *unit == GM_MONTHLY ? name_places(s.places)
                                 : "a date for every year");
  if (*unit == GM_MONTHLY && (s.places & AT_START) == 0 && (s.places & AT_END) != 0 &&
      is_evening(c->text(c->context, 0)))
    snprintf(form + strlen(form), GM_DATE_FORM - strlen(form), " in the evening, as of that month");
  return GM_OK;
}

gm_status gm_date_read_day_month(const gm_date_column *c, gm_time_unit *unit, int64_t *first,
                                 char form[GM_DATE_FORM], gm_error *err) {
  bool regular[2];
  const gm_day_order orders[2] = {GM_DAY_FIRST, GM_MONTH_FIRST};
  for (int i = 0; i < 2; i++) {
    const day_steps s = look_at_days(c, orders[i]);
    regular[i] = s.real && (s.advances[GM_DAILY] || s.advances[GM_MONTHLY] || s.advances[GM_INDEX]);
  }
  if (regular[0] == regular[1])
    return gm_fail(
        err, GM_BAD_INPUT,
        "%s:%zu: column \"%s\" has dates such as \"%s\", whose rows are regular %s: expected YYYY-MM-DD",
        c->name, c->line(c->context, 0), c->column, c->text(c->context, 0),
        regular[0] ? "with either number as the month" : "with neither number as the month");
  const gm_status status =
      gm_date_read_days(c, regular[0] ? GM_DAY_FIRST : GM_MONTH_FIRST, unit, first, form, err);
  if (status == GM_OK)
    snprintf(form + strlen(form), GM_DATE_FORM - strlen(form), " (%s)", regular[0] ? "D/M/YYYY" : "M/D/YYYY");
  return status;
}
