/* SPDX-License-Identifier: MIT
 * CF time coordinates: "days since 1800-1-1 00:00:00" and a calendar in, calendar
 * months out (CF conventions 1.10, section 4.4). Pure arithmetic: it reads no file.
 *
 * Deviations: one "month since" is a calendar month, as every monthly data set means
 * it, not udunits' year/12. The year 0 (climatologies) counts as the Julian leap year
 * before year 1. Leap seconds do not exist, so that "utc", which counts them, is refused, and "tai" (both CF
 * 1.12) is what it is, days of 86,400 s; its months begin up to 37 s before those of UTC. */
#ifndef DATASETS_CF_TIME_H
#define DATASETS_CF_TIME_H

#include "common/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  GM_CALENDAR_STANDARD,  /* "standard", "gregorian", none: Julian before 1582-10-15 */
  GM_CALENDAR_PROLEPTIC, /* "proleptic_gregorian", "tai" */
  GM_CALENDAR_JULIAN,    /* "julian" */
  GM_CALENDAR_NOLEAP,    /* "noleap", "365_day", "365_days", "365" */
  GM_CALENDAR_ALL_LEAP,  /* "all_leap", "366_day", … */
  GM_CALENDAR_360_DAY,   /* "360_day", "360", …: twelve months of 30 days */
} gm_calendar;

/* What the file's numbers are. */
typedef enum {
  GM_STORED_UNITS,  /* units since the reference */
  GM_STORED_DAYS,   /* dates, 19800116.5: year, month, day and part of the day */
  GM_STORED_MONTHS, /* 198001.5: year, month and part of the month */
} gm_stored_time;

typedef struct {
  gm_calendar calendar;
  gm_stored_time stored;
  bool months;               /* the unit is a calendar month */
  double unit_days;          /* length of the unit otherwise */
  int64_t reference_year;    /* of the date after "since" */
  int reference_month;       /* 1 … 12 */
  int reference_day;         /* 1 … 31 */
  double reference_fraction; /* time of day in UTC, as part of the day; a zone can take it out of [0, 1) */
} gm_cf_time;

/* Parses `units` ("weeks|days|hours|minutes|seconds|milli-, micro-, nanoseconds|months since DATE [TIME
 * [ZONE]]", or the absolute axes of CDO, "day as %Y%m%d.%f" and "month as %Y%m.%f") and `calendar` (NULL:
 * standard). GM_BAD_INPUT says what was expected. */
gm_status gm_cf_time_parse(const char *units, const char *calendar, gm_cf_time *time, gm_error *err);

/* What the file's number `stored` is in units since the reference, which all below take; for dates days since
 * the first of year 1, NAN for what is no date of the calendar. */
double gm_cf_time_value(const gm_cf_time *time, double stored);

/* The month in which `value` lies, as an ordinal of series.h (12·year + month − 1). False for a value
 * that is not finite or outside the years 0 … 9999. */
bool gm_cf_time_month(const gm_cf_time *time, double value, int64_t *month);

/* The same, and how much of the month is over by then: 0 at its first midnight, less than 1. */
bool gm_cf_time_place(const gm_cf_time *time, double value, int64_t *month, double *into);

/* Whether the same value is the same time in both. */
bool gm_cf_time_same(const gm_cf_time *a, const gm_cf_time *b);

#endif
