/* SPDX-License-Identifier: MIT
 * Dates, periods and the table that carries them. Day numbers follow H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms": years start on 1 March, so that
 * the leap day is the last one, in eras of 400 years. */
#include "datasets/series.h"

#include "common/csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 12, ERA_YEARS = 400, ERA_DAYS = 146097, DAYS_TO_1970 = 719468 };

/* ---- time ------------------------------------------------------------- */

const char *gm_time_form(gm_time_unit unit) {
  switch (unit) {
  case GM_MONTHLY:
    return "YYYY-MM";
  case GM_DAILY:
    return "YYYY-MM-DD";
  case GM_INDEX:
    break;
  }
  return "YYYY";
}

const char *gm_time_step(gm_time_unit unit) {
  switch (unit) {
  case GM_MONTHLY:
    return "month";
  case GM_DAILY:
    return "day";
  case GM_INDEX:
    break;
  }
  return "row";
}

/* Quotient rounded down, for years before 0. */
static int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

static int64_t days_from_date(int64_t year, int month, int day) {
  if (month <= 2) year--;
  const int64_t era = floor_divide(year, ERA_YEARS);
  const int64_t year_of_era = year - era * ERA_YEARS;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1; /* from 1 March */
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * ERA_DAYS + day_of_era - DAYS_TO_1970;
}

static void date_from_days(int64_t days, int64_t *year, int *month, int *day) {
  days += DAYS_TO_1970;
  const int64_t era = floor_divide(days, ERA_DAYS);
  const int64_t day_of_era = days - era * ERA_DAYS;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153; /* month from March = 0 */
  *day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
  *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
  *year = year_of_era + era * ERA_YEARS + (*month <= 2);
}

int64_t gm_time_join(gm_time_unit unit, int64_t year, int month, int day) {
  switch (unit) {
  case GM_MONTHLY:
    return MONTHS * year + month - 1;
  case GM_DAILY:
    return days_from_date(year, month, day);
  case GM_INDEX:
    break;
  }
  return year;
}

bool gm_are_years_from_february(int64_t first, size_t n) {
  return first % MONTHS == 1 && n > 0 && n % MONTHS == 0;
}

void gm_time_split(gm_time_unit unit, int64_t ordinal, int64_t *year, int *month, int *day) {
  *year = ordinal;
  *month = 1;
  *day = 1;
  if (unit == GM_MONTHLY) {
    *year = floor_divide(ordinal, MONTHS);
    *month = (int)(ordinal - *year * MONTHS) + 1;
  } else if (unit == GM_DAILY) {
    date_from_days(ordinal, year, month, day);
  }
}

/* The number in `count` digits of text, or -1. */
static int digits(const char *text, int count) {
  int value = 0;
  for (int i = 0; i < count; i++) {
    if (!isdigit((unsigned char)text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool gm_time_parse(const char *text, gm_time_unit *unit, int64_t *ordinal) {
  const size_t length = strlen(text);
  const bool dated = (length == 7 || length == 10) && text[4] == '-' && digits(text, 4) >= 0;
  if (!dated) {
    *unit = GM_INDEX;
    return length <= GM_INDEX_DIGITS && gm_parse_integer(text, ordinal);
  }
  const int year = digits(text, 4);
  const int month = digits(text + 5, 2);
  if (month < 1 || month > MONTHS) return false;
  *unit = GM_MONTHLY;
  int day = 1;
  if (length == 10) {
    *unit = GM_DAILY;
    day = text[7] == '-' ? digits(text + 8, 2) : -1;
    if (day < 1) return false;
  }
  *ordinal = gm_time_join(*unit, year, month, day);
  int64_t same_year;
  int same_month, same_day;
  gm_time_split(*unit, *ordinal, &same_year, &same_month, &same_day);
  return same_year == year && same_month == month && same_day == day; /* 30 February comes back as March */
}

/* A number in at least so many digits; returns where they end. */
static char *put_digits(char *text, int64_t value, int least) {
  char digits[GM_TIME_TEXT];
  int n = 0;
  uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
  if (value < 0) {
    *text++ = '-';
    least--; /* the sign counts, as printf counts it */
  }
  for (; rest > 0 || n < least; rest /= 10) digits[n++] = (char)('0' + rest % 10);
  while (n > 0) *text++ = digits[--n];
  return text;
}

const char *gm_time_format(gm_time_unit unit, int64_t ordinal, char text[GM_TIME_TEXT]) {
  int64_t year;
  int month, day;
  gm_time_split(unit, ordinal, &year, &month, &day);
  char *end = put_digits(text, year, unit == GM_INDEX ? 1 : 4);
  if (unit != GM_INDEX) {
    *end++ = '-';
    end = put_digits(end, month, 2);
  }
  if (unit == GM_DAILY) {
    *end++ = '-';
    end = put_digits(end, day, 2);
  }
  *end = '\0';
  return text;
}

/* One bound of a period, text[0 … length). */
static bool parse_bound(const char *text, size_t length, gm_time_unit unit, int64_t *ordinal) {
  char bound[GM_TIME_TEXT];
  gm_time_unit found;
  if (length >= sizeof bound) return false;
  memcpy(bound, text, length);
  bound[length] = '\0';
  return gm_time_parse(bound, &found, ordinal) && found == unit;
}

gm_status gm_period_parse(const char *text, gm_time_unit unit, const char *what, gm_period *period,
                          gm_error *err) {
  const char *form = gm_time_form(unit);
  const char *colon = strchr(text, ':');
  bool good = colon != NULL && parse_bound(text, (size_t)(colon - text), unit, &period->first);
  if (good && colon[1] == '\0')
    period->last = INT64_MAX;
  else
    good = good && parse_bound(colon + 1, strlen(colon + 1), unit, &period->last);
  if (!good)
    return gm_fail(err, GM_BAD_INPUT, "%s: expected two dates \"%s:%s\" (or an open end \"%s:\"), got \"%s\"",
                   what, form, form, form, text);
  if (period->first > period->last)
    return gm_fail(err, GM_BAD_INPUT, "%s: \"%s\" ends before it begins", what, text);
  return GM_OK;
}

/* ---- the table -------------------------------------------------------- */

gm_status gm_series_alloc(gm_series *series, const char *name, gm_time_unit unit, int64_t first,
                          size_t n_times, size_t n_channels, gm_error *err) {
  *series = (gm_series){.name = strdup(name),
                        .unit = unit,
                        .first = first,
                        .n_times = n_times,
                        .n_channels = n_channels,
                        .target = calloc(n_channels + 1, n_times * sizeof *series->target),
                        .target_name = strdup(""),
                        .channel_names = calloc(n_channels, sizeof *series->channel_names)};
  bool complete = series->name != NULL && series->target != NULL && series->target_name != NULL &&
                  series->channel_names != NULL && n_times <= SIZE_MAX / sizeof *series->target;
  for (size_t c = 0; complete && c < n_channels; c++) {
    series->channel_names[c] = strdup("");
    complete = series->channel_names[c] != NULL;
  }
  if (!complete) {
    gm_series_free(series);
    return gm_fail_memory(err, name);
  }
  series->channels = series->target + n_times;
  return GM_OK;
}

gm_status gm_series_name(char **column_name, const char *name, gm_error *err) {
  char *copy = strdup(name);
  if (copy == NULL) return gm_fail_memory(err, name);
  free(*column_name);
  *column_name = copy;
  return GM_OK;
}

void gm_series_free(gm_series *series) {
  for (size_t c = 0; series->channel_names != NULL && c < series->n_channels; c++)
    free(series->channel_names[c]);
  free(series->channel_names);
  free(series->target_name);
  free(series->target_unit);
  free(series->target);
  free(series->name);
  *series = (gm_series){0};
}
