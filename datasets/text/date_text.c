/* SPDX-License-Identifier: MIT
 * One date, one parser per form. What the rows of a column mean together is date_column.c's. */
#include "datasets/text/date_text.h"

#include "common/csv.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { MONTHS = 12 };

int gm_month_by_name(const char *name, size_t length) {
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
  const int month = gm_month_by_name(name, length);
  if (month > 0) return month;
  for (int m = 0; length == 3 && m < MONTHS; m++)
    if (strncasecmp(name, initials + m, 3) == 0) return m + 1;
  return 0;
}

bool gm_is_real_day(int64_t year, int month, int day) {
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
static bool parse_year_first(const char *text, gm_date *d) {
  const char *at = text;
  int month, day;
  if (read_digits(&at, 4, &d->year) != 4 || *at == '\0' || strchr("-/:.Mm", *at) == NULL) return false;
  const char separator = *at++;
  const int n_month = read_digits(&at, 2, &month);
  if (n_month < 1 || month < 1 || month > MONTHS) return false;
  if (*at == '\0' && separator != '.') {
    *d = (gm_date){
        .form = GM_DATE_MONTH, .number = gm_time_join(GM_MONTHLY, d->year, month, 1), .year = d->year};
    return true;
  }
  if (*at != separator || strchr("-/.", separator) == NULL) return false;
  at++;
  if (read_digits(&at, 2, &day) < 1 || !is_time_of_day(at) || !gm_is_real_day(d->year, month, day))
    return false;
  *d = (gm_date){.form = GM_DATE_DAY, .number = gm_time_join(GM_DAILY, d->year, month, day), .year = d->year};
  return true;
}

/* "12/1999"; "1/31/1980", "31.1.1980": which is the month is seen from all rows. */
static bool parse_year_last(const char *text, gm_date *d) {
  const char *at = text;
  if (read_digits(&at, 2, &d->a) < 1 || *at == '\0' || strchr("/.-", *at) == NULL) return false;
  const char separator = *at++;
  if (read_digits(&at, 4, &d->year) == 4 && *at == '\0' && d->a >= 1 && d->a <= MONTHS) { /* "12/1999" */
    *d = (gm_date){
        .form = GM_DATE_MONTH, .number = gm_time_join(GM_MONTHLY, d->year, d->a, 1), .year = d->year};
    return true;
  }
  at = strchr(text, separator) + 1;
  if (read_digits(&at, 2, &d->b) < 1 || *at++ != separator || read_digits(&at, 4, &d->year) != 4)
    return false;
  d->form = GM_DATE_DAY_MONTH_YEAR;
  return is_time_of_day(at) && d->a >= 1 && d->b >= 1;
}

/* "Jan 1980", "January-1980", "1980 Jan", "1980-Jan", "1980Jan"; "Jan-15-1980", "15 Jan 1980", "16-JAN-1950".
 */
static bool parse_named(const char *text, gm_date *d) {
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
    if (!gm_is_real_day(d->year, month, day)) return false;
    *d = (gm_date){
        .form = GM_DATE_DAY, .number = gm_time_join(GM_DAILY, d->year, month, day), .year = d->year};
    return true;
  }
  *d = (gm_date){
      .form = GM_DATE_MONTH, .number = gm_time_join(GM_MONTHLY, d->year, month, 1), .year = d->year};
  return true;
}

static bool parse_short(const char *text, int64_t *value) {
  return gm_parse_integer(text, value) && strlen(text) <= GM_INDEX_DIGITS;
}

/* "1980.0" */
static bool parse_whole_decimal(const char *text, int64_t *value) {
  double number;
  const char *point = strchr(text, '.');
  if (point == NULL || point[1] == '\0' || point[1 + strspn(point + 1, "0")] != '\0' ||
      point - text > GM_INDEX_DIGITS || !gm_parse_double(text, &number))
    return false;
  *value = (int64_t)number;
  return true;
}

bool gm_parse_whole(const char *text, int64_t *value) {
  return parse_short(text, value) || parse_whole_decimal(text, value);
}

void gm_date_parse(const char *text, gm_date *d) {
  *d = (gm_date){0};
  if (parse_short(text, &d->number) || (parse_whole_decimal(text, &d->number) &&
                                        d->number > GM_LAST_YEAR + 1)) { /* 1980.0 is a decimal year */
    d->form = GM_DATE_NUMBER;
  } else if (!parse_year_first(text, d) && !parse_year_last(text, d) && !parse_named(text, d)) {
    d->form =
        gm_parse_double(text, &d->decimal) && d->decimal >= GM_FIRST_YEAR && d->decimal <= GM_LAST_YEAR + 1
            ? GM_DATE_DECIMAL
            : GM_DATE_NONE;
  }
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
