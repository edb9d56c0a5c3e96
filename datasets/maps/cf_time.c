/* SPDX-License-Identifier: MIT
 * Day counts of the CF calendars. Only the way from a date to its day is written per
 * calendar; the way back is a search on it. */
#include "datasets/maps/cf_time.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MONTHS = 12, LAST_YEAR = 9999, MINUTES_OF_DAY = 24 * 60 };

/* Half a second: what a time in days loses in single-precision hours or in 1/24 of a day. */
static const double tolerance_days = 0.5 / 86400;

/* ---- calendars ---------------------------------------------------------- */

/* Julian day number at noon of a date, y > −4800 (Richards 2013, Explanatory Supplement to the
 * Astronomical Almanac, 15.11; March is the first month of its year). */
static int64_t julian_day(int64_t year, int month, int64_t day, bool gregorian) {
  const int64_t before_march = month <= 2;
  const int64_t y = year + 4800 - before_march, m = month + 12 * before_march - 3;
  const int64_t julian = day + (153 * m + 2) / 5 + 365 * y + y / 4 - 32083;
  return gregorian ? julian - y / 100 + y / 400 + 38 : julian;
}

/* Number of a day, counted from an origin of the calendar's own. */
static int64_t day_number(gm_calendar calendar, int64_t year, int month, int64_t day) {
  static const int before_month[MONTHS] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  const int64_t of_year = before_month[month - 1] + day - 1;
  switch (calendar) {
  case GM_CALENDAR_NOLEAP:
    return 365 * year + of_year;
  case GM_CALENDAR_ALL_LEAP:
    return 366 * year + of_year + (month > 2);
  case GM_CALENDAR_360_DAY:
    return 360 * year + 30 * (month - 1) + day - 1;
  case GM_CALENDAR_JULIAN:
    return julian_day(year, month, day, false);
  case GM_CALENDAR_PROLEPTIC:
    return julian_day(year, month, day, true);
  case GM_CALENDAR_STANDARD:
    break;
  }
  const bool gregorian =
      year > 1582 || (year == 1582 && (month > 10 || (month == 10 && day >= 15))); /* 4 October: Julian */
  return julian_day(year, month, day, gregorian);
}

static int64_t month_length(gm_calendar calendar, int64_t year, int month) {
  if (calendar == GM_CALENDAR_STANDARD && year == 1582)
    calendar = GM_CALENDAR_PROLEPTIC; /* 31, with a hole */
  const int64_t next =
      month < MONTHS ? day_number(calendar, year, month + 1, 1) : day_number(calendar, year + 1, 1, 1);
  return next - day_number(calendar, year, month, 1);
}

/* ---- units ---------------------------------------------------------------- */

/* Length of the unit called `name` in days, 0 for months, −1 for anything else. */
static double unit_length(const char *name) {
  static const struct {
    const char *name;
    double days;
  } units[] = {{"week", 7},
               {"weeks", 7},
               {"d", 1},
               {"day", 1},
               {"days", 1},
               {"h", 1.0 / 24},
               {"hr", 1.0 / 24},
               {"hrs", 1.0 / 24},
               {"hour", 1.0 / 24},
               {"hours", 1.0 / 24},
               {"min", 1.0 / 1440},
               {"mins", 1.0 / 1440},
               {"minute", 1.0 / 1440},
               {"minutes", 1.0 / 1440},
               {"s", 1.0 / 86400},
               {"sec", 1.0 / 86400},
               {"secs", 1.0 / 86400},
               {"second", 1.0 / 86400},
               {"seconds", 1.0 / 86400},
               {"ms", 1.0 / 86400e3},
               {"msec", 1.0 / 86400e3},
               {"msecs", 1.0 / 86400e3},
               {"millisec", 1.0 / 86400e3},
               {"millisecs", 1.0 / 86400e3},
               {"millisecond", 1.0 / 86400e3},
               {"milliseconds", 1.0 / 86400e3},
               {"us", 1.0 / 86400e6},
               {"microsec", 1.0 / 86400e6},
               {"microsecs", 1.0 / 86400e6},
               {"microsecond", 1.0 / 86400e6},
               {"microseconds", 1.0 / 86400e6},
               {"ns", 1.0 / 86400e9},
               {"nanosec", 1.0 / 86400e9},
               {"nanosecs", 1.0 / 86400e9},
               {"nanosecond", 1.0 / 86400e9},
               {"nanoseconds", 1.0 / 86400e9},
               {"month", 0},
               {"months", 0}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strcasecmp(name, units[i].name) == 0) return units[i].days;
  return -1;
}

static bool find_calendar(const char *name, gm_calendar *calendar) {
  static const struct {
    const char *name;
    gm_calendar calendar;
  } calendars[] = {{"standard", GM_CALENDAR_STANDARD},
                   {"gregorian", GM_CALENDAR_STANDARD},
                   {"prolepticgregorian", GM_CALENDAR_PROLEPTIC},
                   {"tai", GM_CALENDAR_PROLEPTIC},
                   {"julian", GM_CALENDAR_JULIAN},
                   {"noleap", GM_CALENDAR_NOLEAP},
                   {"365", GM_CALENDAR_NOLEAP},
                   {"365day", GM_CALENDAR_NOLEAP},
                   {"allleap", GM_CALENDAR_ALL_LEAP},
                   {"366", GM_CALENDAR_ALL_LEAP},
                   {"366day", GM_CALENDAR_ALL_LEAP},
                   {"360", GM_CALENDAR_360_DAY},
                   {"360day", GM_CALENDAR_360_DAY}};
  char word[32] = ""; /* "365_days", "365 day": without separators and plural */
  size_t n = 0;
  for (const char *c = name; *c != '\0' && n + 1 < sizeof word; c++)
    if (strchr("_- ", *c) == NULL) word[n++] = *c;
  if (n > 3 && isdigit((unsigned char)word[0]) && (word[n - 1] == 's' || word[n - 1] == 'S'))
    word[n - 1] = '\0';
  for (size_t i = 0; i < sizeof calendars / sizeof *calendars; i++)
    if (strcasecmp(word, calendars[i].name) == 0) {
      *calendar = calendars[i].calendar;
      return true;
    }
  return false;
}

/* "Z", "UTC", "GMT", "+05:30", "-6:00", "+0530", "+05" or nothing: minutes ahead of UTC. */
static bool parse_zone(const char *text, int *minutes) {
  int hours = 0, rest = 0, used = 0;
  *minutes = 0;
  text += strspn(text, " ");
  if (*text == '\0' || strcasecmp(text, "Z") == 0 || strcasecmp(text, "UTC") == 0 ||
      strcasecmp(text, "GMT") == 0)
    return true;
  if (*text != '+' && *text != '-') return false;
  const char *digits = text + 1;
  if (sscanf(digits, "%2d:%2d%n", &hours, &rest, &used) != 2 &&
      sscanf(digits, "%2d%2d%n", &hours, &rest, &used) != 2 && sscanf(digits, "%2d%n", &hours, &used) != 1)
    return false;
  if (digits[used] != '\0' || hours < 0 || hours > 23 || rest < 0 || rest > 59) return false;
  *minutes = (*text == '-' ? -1 : 1) * (60 * hours + rest);
  return true;
}

/* "1800-1-1", "1800/1/1", "18000101"; "1800-1" and "1800" alone are their first day, as udunits 2 takes them.
 * What stands behind the date, or NULL. */
static const char *parse_date(const char *text, long long *year, int *month, int *day) {
  const size_t digits = strspn(text, "0123456789");
  int used = 0;
  *month = *day = 1;
  if (sscanf(text, "%5lld-%2d-%2d%n", year, month, day, &used) == 3) return text + used;
  if (digits == 8 && sscanf(text, "%4lld%2d%2d%n", year, month, day, &used) == 3) return text + used;
  if (digits != 4) return NULL;
  if (sscanf(text, "%4lld/%2d/%2d%n", year, month, day, &used) == 3) return text + used;
  if (sscanf(text, "%4lld-%2d%n", year, month, &used) < 2) sscanf(text, "%4lld%n", year, &used);
  return text[used] == '\0' ? text + used : NULL;
}

/* "1800-1-1", "1800-01-01 00:00:0.0", "1970-01-01T00:00Z". */
static bool parse_reference(const char *text, gm_cf_time *time) {
  long long year = 0;
  int month = 0, day = 0, hour = 0, minute = 0, zone = 0;
  double second = 0;
  text = parse_date(text, &year, &month, &day);
  if (text == NULL) return false;
  if (year < 0 || year > LAST_YEAR || month < 1 || month > MONTHS) return false;
  if (day < 1 || day > month_length(time->calendar, year, month)) return false;
  if (*text == 'T' || *text == 't' || *text == ' ') {
    int clock = 0;
    text++;
    text += strspn(text, " ");
    if (sscanf(text, "%2d:%2d%n", &hour, &minute, &clock) == 2) {
      int seconds = 0;
      if (text[clock] == ':') {
        if (sscanf(text + clock, ":%9lf%n", &second, &seconds) != 1) return false;
      }
      text += clock + seconds;
    }
  }
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(second >= 0 && second < 61)) return false;
  if (!parse_zone(text, &zone)) return false;
  time->reference_year = year;
  time->reference_month = month;
  time->reference_day = day;
  time->reference_fraction = (hour * 60 + minute - zone + second / 60) / MINUTES_OF_DAY;
  return true;
}

/* "day as %Y%m%d.%f", "month as %Y%m.%f": dates themselves, which become days since the first of year 1. */
static bool parse_dates(const char *units, gm_cf_time *time) {
  static const struct {
    const char *units;
    bool months;
  } forms[] = {{"day as %Y%m%d.%f", false},
               {"days as %Y%m%d.%f", false},
               {"day as %Y%m%d", false},
               {"month as %Y%m.%f", true},
               {"month as %Y%m", true}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (strcmp(units, forms[i].units) != 0) continue;
    time->stored = forms[i].months ? GM_STORED_MONTHS : GM_STORED_DAYS;
    time->unit_days = 1;
    return parse_reference("0001-01-01", time);
  }
  return false;
}

gm_status gm_cf_time_parse(const char *units, const char *calendar, gm_cf_time *time, gm_error *err) {
  char unit[16], since[8];
  int used = 0;
  *time = (gm_cf_time){.calendar = GM_CALENDAR_STANDARD};
  if (calendar != NULL && !find_calendar(calendar, &time->calendar))
    return gm_fail(
        err, GM_BAD_INPUT,
        "calendar \"%.40s\": expected standard, gregorian, proleptic_gregorian, tai, julian, noleap, "
        "all_leap or 360_day%s",
        calendar,
        strcasecmp(calendar, "utc") == 0 ? "; it counts leap seconds, less than a minute in all: "
                                           "the attribute set to standard leaves them out"
                                         : "");
  if (sscanf(units, "%15s %7s %n", unit, since, &used) == 2 && used > 0 && strcasecmp(since, "since") == 0) {
    time->unit_days = unit_length(unit);
    time->months = time->unit_days == 0;
    if (time->unit_days >= 0 && parse_reference(units + used, time)) return GM_OK;
  }
  if (parse_dates(units, time)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "time units \"%.60s\": expected weeks, days, hours, minutes, seconds (or fractions of them) "
                 "or months since a date YYYY-MM-DD of the calendar, or \"day as %%Y%%m%%d.%%f\"%s",
                 units,
                 strcasestr(units, " as ") != NULL ? "; cdo -r copy makes days since a date of them" : "");
}

/* ---- values --------------------------------------------------------------- */

double gm_cf_time_value(const gm_cf_time *time, double stored) {
  enum { HUNDRED = 100 };
  const double latest = (LAST_YEAR + 1.0) * HUNDRED * HUNDRED;
  if (time->stored == GM_STORED_UNITS) return stored;
  if (!(stored >= 0 && stored < latest)) return NAN;
  const double fraction = stored - floor(stored);
  int64_t date = (int64_t)stored, day = 1;
  if (time->stored == GM_STORED_DAYS) {
    day = date % HUNDRED;
    date /= HUNDRED;
  }
  const int64_t year = date / HUNDRED, month = date % HUNDRED;
  if (year > LAST_YEAR || month < 1 || month > MONTHS) return NAN;
  const int64_t length = month_length(time->calendar, year, (int)month);
  if (day < 1 || day > length) return NAN;
  return (double)(day_number(time->calendar, year, (int)month, day) - day_number(time->calendar, 1, 1, 1)) +
         fraction * (time->stored == GM_STORED_MONTHS ? (double)length : 1);
}

bool gm_cf_time_place(const gm_cf_time *time, double value, int64_t *month, double *into) {
  const gm_calendar calendar = time->calendar;
  const double longest = 366.0 * (LAST_YEAR + 1);
  if (!isfinite(value)) return false;
  if (time->months) {
    const double length = (double)month_length(calendar, time->reference_year, time->reference_month);
    const double from = (double)(MONTHS * time->reference_year + time->reference_month - 1);
    const double after = time->reference_day - 1 + time->reference_fraction + tolerance_days;
    const double at = from + value + after / length;
    if (!(floor(at) >= 0 && floor(at) < MONTHS * (LAST_YEAR + 1.0))) return false;
    *month = (int64_t)floor(at);
    *into = at - floor(at);
    return true;
  }
  const double days = value * time->unit_days + time->reference_fraction + tolerance_days;
  if (!(fabs(days) <= longest)) return false;
  const int64_t day = day_number(calendar, time->reference_year, time->reference_month, time->reference_day) +
                      (int64_t)floor(days);
  int64_t year = (day - day_number(calendar, 0, 1, 1)) / 366; /* never too late for day of year 0 or after */
  if (day < day_number(calendar, 0, 1, 1)) return false;
  while (day >= day_number(calendar, year + 1, 1, 1)) year++;
  if (year > LAST_YEAR) return false;
  int m = MONTHS;
  while (m > 1 && day < day_number(calendar, year, m, 1)) m--;
  *month = MONTHS * year + m - 1;
  *into = ((double)(day - day_number(calendar, year, m, 1)) + days - floor(days)) /
          (double)month_length(calendar, year, m);
  return true;
}

bool gm_cf_time_month(const gm_cf_time *time, double value, int64_t *month) {
  double into;
  return gm_cf_time_place(time, value, month, &into);
}

bool gm_cf_time_same(const gm_cf_time *a, const gm_cf_time *b) {
  return a->calendar == b->calendar && a->stored == b->stored && a->months == b->months &&
         a->unit_days == b->unit_days && a->reference_year == b->reference_year &&
         a->reference_month == b->reference_month && a->reference_day == b->reference_day &&
         a->reference_fraction == b->reference_fraction;
}
