/* SPDX-License-Identifier: MIT
 * Dates of journal records: ISO 8601 as Python's datetime.isoformat writes it. Written
 * as local time without an offset and with six digits, which every Optuna reads;
 * read with and without an offset. */
#ifndef TUNING_JOURNAL_TIME_H
#define TUNING_JOURNAL_TIME_H

#include <stdbool.h>

#define GM_JOURNAL_TIME 32

/* Seconds since 1970 to "2026-01-02T03:04:05.000001", local time. */
void gm_journal_time_format(double seconds, char text[GM_JOURNAL_TIME]);

/* The other way round; "Z" and "+HH:MM" are understood. False: no such date. */
bool gm_journal_time_parse(const char *text, double *seconds);

/* CLOCK_REALTIME, seconds since 1970. */
double gm_journal_time_now(void);

#endif
