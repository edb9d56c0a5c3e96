/* SPDX-License-Identifier: MIT
 * Clocks, and the units between them. Which clock a caller needs is its own choice; nothing here sleeps. */
#include "common/clock.h"

#include <math.h>

double gm_monotonic_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return gm_ns_to_s(gm_timespec_to_ns(now));
}

struct timespec gm_s_to_timespec(double seconds) {
  const double whole = floor(fmax(seconds, 0));
  return (struct timespec){.tv_sec = (time_t)whole,
                           .tv_nsec = (long)((fmax(seconds, 0) - whole) * GM_NS_PER_S)};
}

const char *gm_utc_text(time_t seconds, char text[GM_UTC_TEXT]) {
  struct tm utc;
  if (gmtime_r(&seconds, &utc) == NULL) return NULL;
  return strftime(text, GM_UTC_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0 ? text : NULL;
}
