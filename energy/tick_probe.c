/* SPDX-License-Identifier: MIT
 * How often a counter is refreshed (docs/energy-model.md, Ticks and edges): watched until it has changed a
 * few times. The longest of the intervals seen is taken, which is on the safe side. A counter that does not
 * change at all is called frozen; the meter counts it again once it moves. */
#include "common/clock.h"
#include "energy/meter_state.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

enum { edges_wanted = 4 };                /* three whole intervals */
static const double spin_s = 0.02;        /* so long without a pause: RAPL's 1 ms is found by then */
static const long pause_ns = 500000;      /* between reads afterwards */
enum { most_reads_in_a_moment = 100000 }; /* a clock that stands still ends the probe */

typedef struct {
  uint64_t energy_uj;
  int64_t edge_ns, longest_ns;
  int edges;
  bool readable;
} watch;

static bool is_watched(const gm_zone *zone) {
  return zone->measured && zone->counter;
}

/* True once every counter has shown enough edges. */
static bool look(const gm_meter *m, watch *watches) {
  bool done = true;
  const gm_reading *r = &m->scratch;
  for (size_t i = 0; i < m->n_zones; i++) {
    watch *w = &watches[i];
    if (!is_watched(&m->zones[i])) continue;
    if (r->zones[i].stale_ns == 0 && r->zones[i].energy_uj != w->energy_uj) {
      if (w->edges > 0 && r->time_ns - w->edge_ns > w->longest_ns) w->longest_ns = r->time_ns - w->edge_ns;
      w->edges++;
      w->edge_ns = r->time_ns;
      w->energy_uj = r->zones[i].energy_uj;
    }
    w->readable = w->readable && r->zones[i].stale_ns == 0;
    done = done && (w->edges >= edges_wanted || !w->readable);
  }
  return done;
}

void gm_probe_ticks(gm_meter *m, double limit_s) {
  watch watches[GM_MAX_ZONES] = {0};
  bool any = false;
  const int64_t start_ns = m->scratch.time_ns;
  for (size_t i = 0; i < m->n_zones; i++) {
    watches[i] =
        (watch){.energy_uj = m->scratch.zones[i].energy_uj, .readable = m->scratch.zones[i].stale_ns == 0};
    any = any || is_watched(&m->zones[i]);
  }
  if (!any || !(limit_s > 0)) return;
  double elapsed_s = 0;
  for (long reads = 0; elapsed_s < limit_s && !look(m, watches); reads++) {
    const struct timespec pause = {.tv_nsec = pause_ns};
    if (elapsed_s == 0 && reads > most_reads_in_a_moment) return;
    if (elapsed_s > spin_s) nanosleep(&pause, NULL);
    gm_meter_take(m, &m->scratch);
    elapsed_s = gm_ns_to_s(m->scratch.time_ns - start_ns);
  }
  for (size_t i = 0; i < m->n_zones; i++) {
    gm_zone *zone = &m->zones[i];
    const watch *w = &watches[i];
    if (!is_watched(zone) || !w->readable) continue;
    zone->frozen = w->edges == 0;
    if (w->edges >= 2)
      zone->tick_s = gm_ns_to_s(w->longest_ns);
    else
      zone->tick_s = fmax(zone->tick_s, elapsed_s); /* at least as long as it was watched */
  }
}
