/* SPDX-License-Identifier: MIT
 * Two clocks of busy time joined: each step takes the larger of the two, and what was ahead is owed back. */
#include "energy/process/busy_time.h"

static int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}

void gm_busy_time_step(gm_busy_time *b, int64_t stat_ns, int64_t own_ns, int64_t tick_ns) {
  if (b->started) {
    const int64_t by_stat_ns = larger(stat_ns - b->stat_ns, 0), by_own_ns = larger(own_ns - b->own_ns, 0);
    const int64_t step_ns = larger(by_stat_ns - b->ahead_ns, by_own_ns);
    const int64_t ahead_ns = larger(b->ahead_ns + step_ns - by_stat_ns, 0);
    b->busy_ns += step_ns;
    b->ahead_ns = ahead_ns < tick_ns ? ahead_ns : tick_ns;
  }
  b->stat_ns = stat_ns;
  b->own_ns = own_ns;
  b->started = true;
}
