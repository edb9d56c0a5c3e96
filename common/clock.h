/* SPDX-License-Identifier: MIT
 * Time: seconds of CLOCK_MONOTONIC for durations, UTC texts for dates, never one for the other. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>
#include <time.h>

#define GM_NS_PER_S 1000000000

double gm_monotonic_s(void);

/* Between the two ways durations are kept: whole ns in counters and readings, s in results. */
static inline double gm_ns_to_s(int64_t ns) {
  return (double)ns * 1e-9;
}
static inline int64_t gm_timespec_to_ns(struct timespec t) {
  return (int64_t)t.tv_sec * GM_NS_PER_S + t.tv_nsec;
}
struct timespec gm_s_to_timespec(double seconds); /* 0 for negative ones */

/* "2026-11-26T22:09:24Z" in `text`, which is returned; NULL where the year has no such text. */
enum { GM_UTC_TEXT = 32 };
const char *gm_utc_text(time_t seconds, char text[GM_UTC_TEXT]);

#endif
