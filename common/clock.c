/* SPDX-License-Identifier: MIT
 * The monotonic clock in seconds. */
#include "common/clock.h"

#include <time.h>

double gm_monotonic_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
