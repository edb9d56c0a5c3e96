/* SPDX-License-Identifier: MIT
 * Load time and idle time: one step from two readings of busy time. */
#include "energy/sources/load_time.h"

#include "common/clock.h"

#include <math.h>

void gm_load_time_step(gm_load_time *t, const gm_tick *tick) {
  if (!t->started) t->last = *tick;
  t->started = true;
  const double cpus = t->own_time || tick->online_cpus <= 0 ? t->cpus : tick->online_cpus;
  const int64_t busy_ns =
      t->own_time ? tick->process_cpu_ns - t->last.process_cpu_ns : tick->busy_ns - t->last.busy_ns;
  t->elapsed_s += gm_ns_to_s(tick->time_ns - t->last.time_ns);
  t->load_s += gm_ns_to_s(busy_ns) / cpus;
  t->idle_s = fmax(t->idle_s, t->elapsed_s - t->load_s);
  t->last = *tick;
}
