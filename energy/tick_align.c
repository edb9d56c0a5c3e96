/* SPDX-License-Identifier: MIT
 * A reading taken when a counter has just been refreshed (docs/energy-model.md, Ticks and edges): what the
 * counter holds then is not old. Of several counters the coarsest is waited for, since its age weighs most.
 */
#include "common/clock.h"
#include "energy/meter_state.h"

#include <time.h>

static const double longest_wait_s = 0.5;
static const double spin_s = 0.02;       /* so long without a pause */
static const long pause_ns = 200000;     /* between reads afterwards */
enum { most_reads_in_a_moment = 10000 }; /* a clock that stands still ends the wait */

/* The coarsest counter whose next edge is certain to come in time; n_zones where there is none. Looks at what
 * never changes after opening. */
static size_t coarsest(const gm_meter *m, const gm_reading *r) {
  size_t found = m->n_zones;
  for (size_t i = 0; i < m->n_zones; i++) {
    const gm_zone *zone = &m->zones[i];
    const bool waits = zone->measured && zone->counter && !zone->frozen && r->zones[i].stale_ns == 0 &&
                       zone->tick_s > 0 && 2 * zone->tick_s <= longest_wait_s;
    if (waits && (found == m->n_zones || zone->tick_s > m->zones[found].tick_s)) found = i;
  }
  return found;
}

void gm_meter_read_aligned(gm_meter *m, gm_reading *r) {
  gm_meter_read(m, r);
  if (r->n_zones == 0) return; /* an inert handle after fork() */
  const size_t zone = coarsest(m, r);
  if (zone == m->n_zones) return;
  const int64_t start_ns = r->time_ns;
  const uint64_t before_uj = r->zones[zone].energy_uj;
  double waited_s = 0;
  for (long reads = 0; waited_s < 2 * m->zones[zone].tick_s && r->zones[zone].energy_uj == before_uj;
       reads++) {
    const struct timespec pause = {.tv_nsec = pause_ns};
    if (waited_s == 0 && reads > most_reads_in_a_moment) return;
    if (waited_s > spin_s) nanosleep(&pause, NULL);
    gm_meter_read(m, r);
    waited_s = gm_ns_to_s(r->time_ns - start_ns);
  }
}
