/* SPDX-License-Identifier: MIT
 * Forms of dates, one parser per form, and the step of the rows from all of them together: one date that fits
 * two forms is decided by the others. Calendars of maps are maps/cf_time.c's. */
#include "datasets/text/date_column.h"

#include "common/csv.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MONTHS = 12, FIRST_YEAR = 1000, LAST_YEAR = 2999, N_UNITS = GM_DAILY + 1 };

/* ---- one date ----------------------------------------------------------------- */

typedef enum { NO_DATE, NUMBER, DECIMAL, MONTH, DAY, DAY_MONTH_YEAR } date_form;

static const char *const form_names[] = {[NUMBER] = "a whole number",
                                         [DECIMAL] = "a decimal year",
                                         [MONTH] = "YYYY-MM",
                                         [DAY] = "YYYY-MM-DD",
                                         [DAY_MONTH_YEAR] = "D/M/YYYY or M/D/YYYY"};

typedef struct {
  date_form form;
  int64_t number; /* of NUMBER; ordinal of MONTH and DAY */
  double decimal; /* of DECIMAL */
  int a, b;       /* of DAY_MONTH_YEAR: the first two numbers */
  int year;
} date;

static int month_by_name(const char *name, size_t length) {
  static const char *const full[MONTHS] = {"january",   "february", "march",    "april",
                                           "may",       "june",     "july",     "august",
                                           "september", "october",  "november", "december"};
  if (length < 3) return 0;
  for (int m = 0; m < MONTHS; m++) {
    const bool whole = length == strlen(full[m]) && strncasecmp(name, full[m], length) == 0;
    const bool brief =
        (length == 3 || (length == 4 && (name[3] == '.' || tolower((unsigned char)name[3]) == full[m][3]))) &&
        strncasecmp(name, full[m], 3) == 0;
    if (whole || brief) return m + 1;
  }
  return 0;
}

int gm_month_of_name(const char *name, size_t length) {
  static const char initials[] = "DJFMAMJJASONDJ";
  const int month = month_by_name(name, length);
  if (month > 0) return month;
  for (int m = 0; length == 3 && m < MONTHS; m++)
    if (strncasecmp(name, initials + m, 3) == 0) return m + 1;
  return 0;
}

static bool is_real_day(int64_t year, int month, int day) {
  int64_t same_year;
  int same_month, same_day;
  enum { SHORTEST = 28 };
  if (month < 1 || month > MONTHS || day < 1) return false;
  if (day <= SHORTEST) return true;
  gm_time_split(GM_DAILY, gm_time_join(GM_DAILY, year, month, day), &same_year, &same_month, &same_day);
  return same_month == month && same_day == day; /* 30 February comes back as March */
}

/* Up to `most` digits at *at; how many there are. */
static int read_digits(const char **at, int most, int *value) {
  int n = 0;
  *value = 0;
  for (; n < most && isdigit((unsigned char)**at); n++, ++*at) *value = 10 * *value + (**at - '0');
  return n;
}

/* Nothing, or a time of day: "T00:00:00Z", " 12:00:00", "T00:00:00.000000000". */
static bool is_time_of_day(const char *text) {
  if (*text == '\0') return true;
  if (*text != 'T' && *text != ' ') return false;
  return text[1] != '\0' && text[1 + strspn(text + 1, "0123456789:.Z+-")] == '\0' &&
         strchr(text, ':') != NULL;
}

/* "1980-01", "1980/1", "1980M01", "1980:01", and the same with a day. */
static bool parse_year_first(const char *text, date *d) {
  const char *at = text;
  int month, day;
  if (read_digits(&at, 4, &d->year) != 4 || *at == '\0' || strchr("-/:.Mm", *at) == NULL) return false;
  const char separator = *at++;
  const int n_month = read_digits(&at, 2, &month);
  if (n_month < 1 || month < 1 || month > MONTHS) return false;
  if (*at == '\0' && separator != '.') {
    *d = (date){.form = MONTH, .number = gm_time_join(GM_MONTHLY, d->year, month, 1), .year = d->year};
    return true;
  }
  if (*at != separator || strchr("-/.", separator) == NULL) return false;
  at++;
  if (read_digits(&at, 2, &day) < 1 || !is_time_of_day(at) || !is_real_day(d->year, month, day)) return false;
  *d = (date){.form = DAY, .number = gm_time_join(GM_DAILY, d->year, month, day), .year = d->year};
  return true;
}

/* "12/1999"; "1/31/1980", "31.1.1980": which is the month is seen from all rows. */
static bool parse_year_last(const char *text, date *d) {
  const char *at = text;
  if (read_digits(&at, 2, &d->a) < 1 || *at == '\0' || strchr("/.-", *at) == NULL) return false;
  const char separator = *at++;
  if (read_digits(&at, 4, &d->year) == 4 && *at == '\0' && d->a >= 1 && d->a <= MONTHS) { /* "12/1999" */
    *d = (date){.form = MONTH, .number = gm_time_join(GM_MONTHLY, d->year, d->a, 1), .year = d->year};
    return true;
  }
  at = strchr(text, separator) + 1;
  if (read_digits(&at, 2, &d->b) < 1 || *at++ != separator || read_digits(&at, 4, &d->year) != 4)
    return false;
  d->form = DAY_MONTH_YEAR;
  return is_time_of_day(at) && d->a >= 1 && d->b >= 1;
}

/* "Jan 1980", "January-1980", "1980 Jan", "1980-Jan", "1980Jan"; "Jan-15-1980", "15 Jan 1980", "16-JAN-1950".
 */
static bool parse_named(const char *text, date *d) {
  static const char separators[] = " -/.,";
  const char *at = text;
  int first = 0, day = 0;
  const int n_first = read_digits(&at, 4, &first);
  at += strspn(at, separators);
  const size_t letters = strcspn(at, "0123456789 -/.,");
  const int month = gm_month_of_name(at, letters);
  if (month == 0 || n_first == 3) return false;
  at += letters;
  at += strspn(at, separators);
  if (n_first == 4) {
    if (*at != '\0') return false;
    d->year = first;
  } else {
    const int n_next = read_digits(&at, 4, &d->year);
    day = n_first > 0 ? first : 0;
    if (n_first == 0 && n_next > 0 && n_next <= 2) { /* "Jan-15-1980" */
      day = d->year;
      at += strspn(at, separators);
      if (read_digits(&at, 4, &d->year) != 4) return false;
    } else if (n_next != 4) {
      return false;
    }
    if (!is_time_of_day(at)) return false;
  }
  if (n_first == 1 || n_first == 2 || day > 0) {
    if (!is_real_day(d->year, month, day)) return false;
    *d = (date){.form = DAY, .number = gm_time_join(GM_DAILY, d->year, month, day), .year = d->year};
    return true;
  }
  *d = (date){.form = MONTH, .number = gm_time_join(GM_MONTHLY, d->year, month, 1), .year = d->year};
  return true;
}

bool gm_parse_whole(const char *text, int64_t *value) {
  double number;
  if (gm_parse_integer(text, value) && strlen(text) <= GM_INDEX_DIGITS) return true;
  const char *point = strchr(text, '.');
  if (point == NULL || point[1] == '\0' || point[1 + strspn(point + 1, "0")] != '\0' ||
      point - text > GM_INDEX_DIGITS || !gm_parse_double(text, &number))
    return false;
  *value = (int64_t)number;
  return true;
}

static date parse(const char *text) {
  date d = {0};
  const bool whole = gm_parse_whole(text, &d.number);
  if (whole && (strchr(text, '.') == NULL || d.number > LAST_YEAR + 1)) { /* 1980.0 is a decimal year */
    d.form = NUMBER;
  } else if (!parse_year_first(text, &d) && !parse_year_last(text, &d) && !parse_named(text, &d)) {
    d.form = gm_parse_double(text, &d.decimal) && d.decimal >= FIRST_YEAR && d.decimal <= LAST_YEAR + 1
                 ? DECIMAL
                 : NO_DATE;
  }
  return d;
}

bool gm_date_is_likely(const char *text, size_t length) {
  if (length == 0) return false;
  const bool sign = length > 1 && (*text == '-' || *text == '+');
  if (isdigit((unsigned char)text[sign])) return true;
  size_t letters = 0;
  while (letters < length && isalpha((unsigned char)text[letters])) letters++;
  if (letters < length && strchr(" -/.,0123456789", text[letters]) == NULL) return false;
  return gm_month_of_name(text, letters) > 0;
}

/* ---- all of them --------------------------------------------------------------- */

static gm_status read_date(const gm_date_column *c, size_t r, date_form form, date *d, gm_error *err) {
  const char *text = c->text(c->context, r);
  *d = parse(text);
  if (d->form == NO_DATE)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s:%zu: expected a date YYYY, YYYY-MM or YYYY-MM-DD in column \"%s\", got \"%s\"",
                   c->name, c->line(c->context, r), c->column, text);
  if (d->form == NUMBER && form == DECIMAL) { /* "1980" among "1980.083" */
    d->form = DECIMAL;
    d->decimal = (double)d->number;
  }
  if (form == NO_DATE || form == d->form) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s:%zu: date \"%s\" is not of the form %s of the rows before it",
                 c->name, c->line(c->context, r), text, form_names[form]);
}

/* Checks that ordinals advance by one; `text` is what the row has. */
static gm_status check_step(const gm_date_column *c, size_t r, gm_time_unit unit, int64_t previous,
                            int64_t ordinal, gm_error *err) {
  if (r == 0 || ordinal == previous + 1) return GM_OK;
  const char *text = c->text(c->context, r);
  const size_t line = c->line(c->context, r);
  char before[GM_TIME_TEXT], own[GM_TIME_TEXT];
  gm_time_format(unit, ordinal, own);
  if (c->month != NULL) text = own;
  if (ordinal == previous) {
    const bool exact = strcmp(own, text) == 0;
    return gm_fail(err, GM_BAD_INPUT,
                   exact ? "%s:%zu: date %s occurs twice" : "%s:%zu: date %s is a second row of %s", c->name,
                   line, text, own);
  }
  if (ordinal < previous)
    return gm_fail(err, GM_BAD_INPUT, "%s:%zu: date %s comes after %s; the rows must be in ascending order",
                   c->name, line, text, gm_time_format(unit, previous, before));
  return gm_fail(err, GM_BAD_INPUT, "%s:%zu: a gap, expected %s but got %s", c->name, line,
                 gm_time_format(unit, previous + 1, before), text);
}

/* ---- days ------------------------------------------------------------------------ */

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

/* Which order of day and month makes real days of the dates of a column, and with the better step. */
typedef enum { YEAR_FIRST, COMPACT, DAY_FIRST, MONTH_FIRST } day_order;

static bool day_of(const date *d, day_order order, int64_t *day_number) {
  int64_t year = d->year;
  int month = order == DAY_FIRST ? d->b : d->a, day = order == DAY_FIRST ? d->a : d->b;
  if (order == YEAR_FIRST) {
    *day_number = d->number;
    return true;
  }
  if (order == COMPACT) {
    year = d->number / 10000;
    month = (int)(d->number / 100 % 100);
    day = (int)(d->number % 100);
    if (year < FIRST_YEAR || year > LAST_YEAR) return false;
  }
  if (!is_real_day(year, month, day)) return false;
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

static day_steps look_at_days(const gm_date_column *c, day_order order) {
  day_steps s = {.real = true, .advances = {true, true, true}, .places = ANYWHERE};
  int64_t day = 0, previous = 0, year;
  int month, first_month = 0, first = 0, of_month;
  for (size_t r = 0; r < c->n; r++) {
    const date d = parse(c->text(c->context, r));
    if (!day_of(&d, order, &day)) return (day_steps){.real = false};
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
static gm_status fail_days(const gm_date_column *c, day_order order, gm_error *err) {
  int64_t day = 0, previous = 0;
  gm_time_unit unit = GM_DAILY;
  int first = 0;
  for (size_t r = 0; r < c->n; r++) {
    int64_t year;
    int month, of_month;
    const char *text = c->text(c->context, r);
    const size_t line = c->line(c->context, r);
    const date d = parse(text);
    if (!day_of(&d, order, &day))
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
        check_step(c, r, unit, r == 0 ? 0 : unit_of_day(unit, previous), unit_of_day(unit, day), err);
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

/* Days, or months or years by one day each. */
static gm_status read_days(const gm_date_column *c, day_order order, gm_time_unit *unit, int64_t *first,
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

/* Day before month or month before day: the one that gives regular rows, if it is one alone. */
static gm_status read_day_month(const gm_date_column *c, gm_time_unit *unit, int64_t *first,
                                char form[GM_DATE_FORM], gm_error *err) {
  bool regular[2];
  const day_order orders[2] = {DAY_FIRST, MONTH_FIRST};
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
  const gm_status status = read_days(c, regular[0] ? DAY_FIRST : MONTH_FIRST, unit, first, form, err);
  if (status == GM_OK)
    snprintf(form + strlen(form), GM_DATE_FORM - strlen(form), " (%s)", regular[0] ? "D/M/YYYY" : "M/D/YYYY");
  return status;
}

/* ---- numbers and months ------------------------------------------------------------- */

static bool is_year_month(int64_t number) {
  const int64_t year = number / 100, month = number % 100;
  return year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= MONTHS;
}

/* Whether every number is YYYYMM, or YYYYMMDD. */
static void look_at_numbers(const gm_date_column *c, bool *year_months, bool *days) {
  *year_months = *days = true;
  for (size_t r = 0; r < c->n && (*year_months || *days); r++) {
    const date d = parse(c->text(c->context, r));
    int64_t day;
    *year_months = *year_months && d.form == NUMBER && is_year_month(d.number);
    *days = *days && d.form == NUMBER && day_of(&d, COMPACT, &day);
  }
}

static gm_status read_ordinals(const gm_date_column *c, date_form wanted, gm_time_unit unit, bool compact,
                               int64_t *first, gm_error *err) {
  int64_t previous = 0;
  for (size_t r = 0; r < c->n; r++) {
    date d;
    gm_status status = read_date(c, r, wanted, &d, err);
    if (status != GM_OK) return status;
    const int64_t ordinal =
        compact ? gm_time_join(GM_MONTHLY, d.number / 100, (int)(d.number % 100), 1) : d.number;
    status = check_step(c, r, unit, previous, ordinal, err);
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
  if (days) return read_days(c, COMPACT, unit, first, form, err);
  *unit = year_months ? GM_MONTHLY : GM_INDEX;
  snprintf(form, GM_DATE_FORM, "%s", year_months ? "dates YYYYMM" : "whole numbers");
  return read_ordinals(c, NUMBER, *unit, year_months, first, err);
}

/* Whether every decimal year is the last day of a month and not every one the beginning of the next: 1980.082
 * is 31 January by its day, (31 − 1)/366, and 0.0013 before 1980.0833. Two decimals cannot tell. */
static bool are_month_ends(const gm_date_column *c) {
  static const double rounded = 0.001; /* three decimals, and a year of 365.25 days */
  bool starts = true;
  for (size_t r = 0; r < c->n; r++) {
    const date d = parse(c->text(c->context, r));
    const double value = d.form == NUMBER ? (double)d.number : d.decimal;
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
    date d;
    gm_status status = read_date(c, r, DECIMAL, &d, err);
    if (status != GM_OK) return status;
    const double months = MONTHS * d.decimal;
    if (r == 0) into = fabs(months - floor(months) - 0.5) <= 0.25 ? 0.5 : 0;
    const int64_t nearest = (int64_t)floor(months - into + 0.5), ordinal = nearest - ends;
    if (fabs(months - into - (double)nearest) > most_off)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s:%zu: %s is at another place of its month than the first date, which is at its %s",
                     c->name, c->line(c->context, r), c->text(c->context, r), into > 0 ? "middle" : "start");
    status = check_step(c, r, GM_MONTHLY, previous, ordinal, err);
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
      seasons = seasons || month_by_name(month_text, strlen(month_text)) == 0;
    }
    if (month == 0)
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected a month 1 to 12 or its name, got \"%s\"", c->name,
                     c->line(c->context, r), month_text);
    const int64_t ordinal = gm_time_join(GM_MONTHLY, year, (int)month, 1);
    const gm_status status = check_step(c, r, GM_MONTHLY, previous, ordinal, err);
    if (status != GM_OK) return status;
    if (r == 0) *first = ordinal;
    previous = ordinal;
  }
  snprintf(form, GM_DATE_FORM, "%s",
           seasons ? "three-month seasons by their middle month" : "year and month in two columns");
  return GM_OK;
}

static gm_status read_form(const gm_date_column *c, date_form found, gm_time_unit *unit, int64_t *first,
                           char form[GM_DATE_FORM], gm_error *err) {
  switch (found) {
  case NO_DATE:
  case NUMBER:
    return read_numbers(c, unit, first, form, err);
  case DECIMAL:
    return read_decimals(c, first, form, err);
  case MONTH:
    snprintf(form, GM_DATE_FORM, "dates of months");
    return read_ordinals(c, MONTH, *unit, false, first, err);
  case DAY:
    return read_days(c, YEAR_FIRST, unit, first, form, err);
  case DAY_MONTH_YEAR:
    break;
  }
  return read_day_month(c, unit, first, form, err);
}

/* What a column is whose numbers or ordinals go up by one from that of its first date. False where they may
 * say more than that (YYYYMM, YYYYMMDD) or another unit is wanted of days. */
static bool take_consecutive(const gm_date_column *c, const date *d, gm_time_unit *unit, int64_t *first,
                             char form[GM_DATE_FORM]) {
  static const char *const forms[] = {
      [NUMBER] = "whole numbers", [MONTH] = "dates of months", [DAY] = "dates of days"};
  static const gm_time_unit units[] = {[NUMBER] = GM_INDEX, [MONTH] = GM_MONTHLY, [DAY] = GM_DAILY};
  bool year_months = false, days = false;
  if (d->form != NUMBER && d->form != MONTH && d->form != DAY) return false;
  if (d->form == DAY && c->forced && c->unit != GM_DAILY) return false;
  if (d->form == NUMBER) look_at_numbers(c, &year_months, &days);
  if (year_months || days) return false;
  *unit = units[d->form];
  *first = d->number;
  snprintf(form, GM_DATE_FORM, "%s", forms[d->form]);
  return true;
}

gm_status gm_date_column_read(const gm_date_column *c, gm_time_unit *unit, int64_t *first,
                              char form[GM_DATE_FORM], gm_error *err) {
  date d = {0};
  *unit = GM_MONTHLY;
  if (c->month != NULL) return read_pairs(c, first, form, err);
  gm_status status = read_date(c, 0, NO_DATE, &d, err);
  date next;
  if (status == GM_OK && d.form == NUMBER && c->n > 1 && parse(c->text(c->context, 1)).form == DECIMAL)
    d.form = DECIMAL; /* 1980, 1980.083 */
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
