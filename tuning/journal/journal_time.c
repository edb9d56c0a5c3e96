/* SPDX-License-Identifier: MIT
 * Dates of journal records: local time in, seconds since 1970 out, and back. */
#include "tuning/journal/journal_time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void gm_journal_time_format(double seconds, char text[GM_JOURNAL_TIME]) {
  const double micros = rint(seconds * 1e6);
  const time_t whole = (time_t)floor(micros / 1e6);
  const long fraction = (long)(micros - (double)whole * 1e6);
  struct tm local;
  localtime_r(&whole, &local);
  const size_t n = strftime(text, GM_JOURNAL_TIME, "%Y-%m-%dT%H:%M:%S", &local);
  snprintf(text + n, GM_JOURNAL_TIME - n, ".%06ld", fraction);
}

/* "", "Z", "+HH:MM" or "+HH:MM:SS"; false for anything else. */
static bool parse_offset(const char *text, bool *naive, double *offset_s) {
  int hours, minutes, seconds = 0, used = 0;
  *naive = text[0] == '\0';
  *offset_s = 0.0;
  if (*naive || strcmp(text, "Z") == 0) return true;
  if (text[0] != '+' && text[0] != '-') return false;
  if (sscanf(text + 1, "%2d:%2d%n:%2d%n", &hours, &minutes, &used, &seconds, &used) < 2) return false;
  *offset_s = (text[0] == '-' ? -1.0 : 1.0) * (hours * 3600.0 + minutes * 60.0 + seconds);
  return text[1 + used] == '\0';
}

bool gm_journal_time_parse(const char *text, double *seconds) {
  struct tm date = {.tm_isdst = -1};
  int used = 0;
  double fraction = 0.0, offset_s;
  bool naive;
  if (sscanf(text, "%4d-%2d-%2d%n", &date.tm_year, &date.tm_mon, &date.tm_mday, &used) != 3) return false;
  text += used;
  if (text[0] != '\0') {
    if (sscanf(text + 1, "%2d:%2d%n:%2d%n", &date.tm_hour, &date.tm_min, &used, &date.tm_sec, &used) < 2)
      return false;
    text += 1 + used;
  }
  if (text[0] == '.') {
    double unit = 0.1;
    for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10.0) fraction += (*text - '0') * unit;
  }
  if (!parse_offset(text, &naive, &offset_s)) return false;
  if (date.tm_mon < 1 || date.tm_mon > 12 || date.tm_mday < 1 || date.tm_mday > 31 || date.tm_hour > 23 ||
      date.tm_min > 59 || date.tm_sec > 59)
    return false;
  date.tm_year -= 1900;
  date.tm_mon -= 1;
  *seconds = (double)(naive ? mktime(&date) : timegm(&date)) - offset_s + fraction;
  return true;
}

double gm_journal_time_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
