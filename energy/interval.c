/* SPDX-License-Identifier: MIT
 * Energy between two readings: which zones count, how much they saw, and how well that
 * is known. Looks only at the readings and at what never changes after opening. */
#include "common/clock.h"
#include "energy/meter_state.h"

#include <math.h>
#include <string.h>

/* A counter that stands still for so long is frozen (docs/energy-model.md, Ticks and edges). */
static const double frozen_s = 0.5;

/* A source whose last value is older than this part of the interval gives way to another. */
static const double largest_stale_share = 0.1;

static const double j_per_uj = 1e-6;

/* A GPU that is there and not metered as it should be is said whatever else is counted. That there is no NVML
 * is no lack on a machine without such a GPU: only the list of sources says it. */
static const gm_reasons gpu_reasons = GM_REASON_BIT(GM_NVML_INIT) | GM_REASON_BIT(GM_NVML_UNSUPPORTED) |
                                      GM_REASON_BIT(GM_GPU_SHARED) | GM_REASON_BIT(GM_MIG) |
                                      GM_REASON_BIT(GM_GPU_UNKNOWN);
static const gm_reasons source_only = GM_REASON_BIT(GM_NVML_MISSING);

static double seconds(const gm_reading *a, const gm_reading *b) {
  return gm_ns_to_s(b->time_ns - a->time_ns);
}

static uint64_t delta_uj(const gm_reading *a, const gm_reading *b, size_t i) {
  return b->zones[i].energy_uj - a->zones[i].energy_uj;
}

/* ---- basis ------------------------------------------------------------ */

static uint64_t bit(size_t i) {
  return (uint64_t)1 << i;
}

static bool moved(const gm_reading *a, const gm_reading *b, size_t i) {
  return delta_uj(a, b, i) > 0;
}

/* It moved, was not asleep meanwhile, and its last value is of the end of the interval. */
static bool is_sound(const gm_reading *a, const gm_reading *b, size_t i) {
  const gm_zone_reading *end = &b->zones[i];
  return moved(a, b, i) && end->stalls == a->zones[i].stalls &&
         gm_ns_to_s(end->stale_ns) <= largest_stale_share * seconds(a, b);
}

static bool are_mirrors(const gm_meter *m, const gm_reading *a, const gm_reading *b, size_t i, size_t j) {
  if (m->zones[i].mirror_group == 0 || m->zones[i].mirror_group != m->zones[j].mirror_group) return false;
  const double first = (double)delta_uj(a, b, i), other = (double)delta_uj(a, b, j);
  return fabs(first - other) <= m->zones[i].mirror_relative * fmax(first, other);
}

/* Of the zones in `mask` that may show one sensor, keeps the first of those that moved alike. */
static uint64_t without_mirrors(const gm_meter *m, const gm_reading *a, const gm_reading *b, uint64_t mask) {
  for (size_t i = 0; i < m->n_zones; i++)
    for (size_t j = i + 1; j < m->n_zones && (mask & bit(i)) != 0; j++)
      if ((mask & bit(j)) != 0 && are_mirrors(m, a, b, i, j)) mask &= ~bit(j);
  return mask;
}

/* Keeps one view of each device: the first sound one, else the first that moved. */
static uint64_t without_other_views(const gm_meter *m, const gm_reading *a, const gm_reading *b,
                                    uint64_t mask) {
  uint64_t kept = mask;
  for (size_t i = 0; i < m->n_zones; i++) {
    if ((mask & bit(i)) == 0 || m->zones[i].device == 0) continue;
    for (size_t j = 0; j < m->n_zones; j++) {
      if (j == i || (mask & bit(j)) == 0 || m->zones[j].device != m->zones[i].device) continue;
      const int rank_i = is_sound(a, b, i) ? 2 : moved(a, b, i);
      const int rank_j = is_sound(a, b, j) ? 2 : moved(a, b, j);
      if (rank_j > rank_i || (rank_j == rank_i && j < i)) kept &= ~bit(i);
    }
  }
  return kept;
}

/* Meters of the whole machine that differ: none says what it contains, so none can be taken, nor their sum.
 */
static bool is_ambiguous(const gm_meter *m, uint64_t mask) {
  bool grouped = false;
  for (size_t i = 0; i < m->n_zones; i++)
    grouped = grouped ||
              ((mask & bit(i)) != 0 && m->zones[i].component == GM_WALL && m->zones[i].mirror_group != 0);
  return grouped && (mask & (mask - 1)) != 0;
}

/* What a source offers for a component. */
typedef struct {
  uint64_t mask;
  bool any_moved, all_sound;
} offer;

static offer offer_of(const gm_meter *m, const gm_reading *a, const gm_reading *b, const gm_open_source *s,
                      gm_component component, bool stand_in) {
  offer o = {.all_sound = true};
  for (size_t i = s->first; i < s->first + s->n; i++) {
    const gm_zone *zone = &m->zones[i];
    if (zone->component != component || zone->stand_in != stand_in) continue;
    /* A module that is not there has a counter that never left 0; one that no read could tell may be there.
     */
    const bool was_read = b->zones[i].errors == a->zones[i].errors;
    if (component == GM_RAM && zone->measured && was_read && !moved(a, b, i) && b->zones[i].raw_uj == 0)
      continue;
    o.mask |= bit(i);
    o.any_moved = o.any_moved || moved(a, b, i);
    o.all_sound = o.all_sound && is_sound(a, b, i);
  }
  if (o.any_moved) o.mask = without_mirrors(m, a, b, o.mask);
  if (is_ambiguous(m, o.mask)) o.mask = 0, o.any_moved = false;
  o.all_sound = o.all_sound && o.mask != 0;
  return o;
}

static double sum_uj(const gm_meter *m, const gm_reading *a, const gm_reading *b, uint64_t mask) {
  double sum = 0;
  for (size_t i = 0; i < m->n_zones; i++)
    if ((mask & bit(i)) != 0) sum += (double)delta_uj(a, b, i);
  return sum;
}

/* The power model is of the whole machine: it counts for the memory where it counts for the CPU, and there
 * alone. */
static bool may_count(const gm_open_source *s, gm_component component, bool cpu_by_model) {
  return component != GM_RAM || gm_is_power_model(s) == cpu_by_model;
}

/* Zones of the first source of `component` that is sound. One that moved for a part of the time only gives
 * way, but not to a model that says less than it saw: that much is certain. Where nothing moved, of the first
 * there is. */
static uint64_t choose(const gm_meter *m, const gm_reading *a, const gm_reading *b, gm_component component,
                       bool stand_in, bool cpu_by_model) {
  uint64_t moving = 0, still = 0;
  for (size_t s = 0; s < m->n_sources; s++) {
    if (!may_count(&m->sources[s], component, cpu_by_model)) continue;
    const offer o = offer_of(m, a, b, &m->sources[s], component, stand_in);
    const bool measured = o.mask != 0 && m->zones[m->sources[s].first].measured;
    if (o.all_sound && (measured || sum_uj(m, a, b, o.mask) >= sum_uj(m, a, b, moving))) return o.mask;
    if (o.any_moved && moving == 0) moving = o.mask;
    if (still == 0) still = o.mask;
  }
  return moving != 0 ? moving : still;
}

/* Every card of every source counts by itself; one whose readings do not move is not a card that draws
 * nothing. */
static uint64_t choose_cards(const gm_meter *m, const gm_reading *a, const gm_reading *b) {
  uint64_t mask = 0;
  const double duration_s = seconds(a, b);
  for (size_t i = 0; i < m->n_zones; i++)
    if (m->zones[i].component == GM_GPU) mask |= bit(i);
  mask = without_other_views(m, a, b, mask);
  for (size_t i = 0; i < m->n_zones; i++)
    if ((mask & bit(i)) != 0 && !moved(a, b, i) && duration_s >= fmax(frozen_s, 2 * m->zones[i].tick_s))
      mask &= ~bit(i);
  return mask;
}

/* How well `mask` covers the interval: 0: nothing in it moved, 1: a part, 2: all of it. Models cover all. */
static int coverage(const gm_meter *m, const gm_reading *a, const gm_reading *b, uint64_t mask,
                    bool measured_only) {
  bool some = false, all = mask != 0;
  for (size_t i = 0; i < m->n_zones; i++) {
    if ((mask & bit(i)) == 0 || (measured_only && !m->zones[i].measured)) continue;
    some = some || moved(a, b, i);
    all = all && is_sound(a, b, i);
  }
  return some + (some && all);
}

static bool has_power_model(const gm_meter *m, uint64_t zones) {
  for (size_t i = 0; i < m->n_zones; i++)
    if ((zones & bit(i)) != 0 && gm_is_power_model(gm_meter_source_of(m, i))) return true;
  return false;
}

static bool has_source(const gm_meter *m, uint64_t zones, const gm_source *functions) {
  for (size_t i = 0; i < m->n_zones; i++)
    if ((zones & bit(i)) != 0 && gm_meter_source_of(m, i)->source->functions == functions) return true;
  return false;
}

static bool has_role(const gm_meter *m, uint64_t zones, gm_source_role role) {
  for (size_t i = 0; i < m->n_zones; i++)
    if ((zones & bit(i)) != 0 && gm_meter_source_of(m, i)->source->role == role) return true;
  return false;
}

gm_basis gm_meter_basis(const gm_meter *m, const gm_reading *start, const gm_reading *end) {
  gm_basis basis = {0};
  if (start->n_zones == 0 || end->n_zones == 0) return basis;
  const uint64_t cpu = choose(m, start, end, GM_CPU, false, false);
  const bool by_model = has_power_model(m, cpu);
  const uint64_t parts = cpu | choose(m, start, end, GM_RAM, false, by_model) | choose_cards(m, start, end);
  const uint64_t wall = choose(m, start, end, GM_WALL, false, false),
                 platform = choose(m, start, end, GM_WALL, true, false);
  const double parts_uj = sum_uj(m, start, end, parts);
  basis.zones = parts;
  /* A meter of the whole contains the parts; one that covers a part of the time says at least what it saw. */
  const int by_wall = coverage(m, start, end, wall, true),
            by_platform = coverage(m, start, end, platform, true);
  if (by_wall == 2 || (by_wall == 1 && sum_uj(m, start, end, wall) > parts_uj))
    basis.zones = wall;
  else if (coverage(m, start, end, cpu, true) == 0 &&
           (by_platform == 2 || (by_platform == 1 && sum_uj(m, start, end, platform) > parts_uj)))
    basis.zones = platform;
  return basis;
}

/* ---- one zone --------------------------------------------------------- */

typedef struct {
  double energy, low, high; /* J */
} band;

static band zone_band(const gm_zone *zone, const gm_zone_reading *a, const gm_zone_reading *b,
                      double duration_s) {
  const double seen = (double)(b->energy_uj - a->energy_uj) * j_per_uj;
  /* Energy that may belong before the interval, or after what was read. */
  const double least = seen - (double)(b->doubtful_uj - a->doubtful_uj) * j_per_uj -
                       zone->max_power_w * gm_ns_to_s(a->stale_ns);
  const double most =
      seen + (double)(b->missing_uj - a->missing_uj) * j_per_uj + zone->max_power_w * gm_ns_to_s(b->stale_ns);
  /* A read is up to one tick old at either end; the bound 2 τ/T taken as uniform. */
  const double tick = duration_s > 0 ? 2 * zone->tick_s / duration_s / sqrt(3) : 0;
  const double step = (double)zone->resolution_uj * j_per_uj; /* it may have been about to tell one more */
  band result = {.energy = seen};
  if (zone->measured) {
    const double relative = 2 * sqrt(tick * tick + zone->sensor_relative * zone->sensor_relative);
    result.low = fmax(least - step, 0) * fmax(1 - relative, 0);
    /* What it hid while it stood still before the interval is no energy of the interval. */
    result.high =
        fmin((most + step) * (1 + relative),
             fmax((seen + step) * (1 + relative), zone->max_power_w * (duration_s + zone->slack_s)));
  } else { /* of a model that follows the CPUs' time it is that time, and with it a part of the zone's power
            */
    const double edge = zone->max_power_w * 2 * tick * duration_s;
    result.low = fmax(least - edge, 0) * zone->low_factor;
    result.high = fmax(most, fmin(most + edge, zone->max_power_w * duration_s)) * zone->high_factor;
  }
  if (zone->measured && duration_s < 2 * zone->tick_s) { /* below resolution: an upper bound */
    result.low = 0;
    result.high += 2 * zone->tick_s * zone->max_power_w;
  }
  return result;
}

/* Most that `component` can have used according to a counter that restarted, was not seen to move again and
 * so gave way to the model: what its restart hid. 0 where there is no such counter. */
static double hidden_by_restart(const gm_meter *m, const gm_reading *a, const gm_reading *b,
                                gm_component component, double duration_s) {
  double most = 0;
  for (size_t s = 0; s < m->n_sources; s++) {
    double high = 0;
    bool restarted = false;
    for (size_t i = m->sources[s].first; i < m->sources[s].first + m->sources[s].n; i++) {
      if (m->zones[i].component != component || !m->zones[i].measured) continue;
      restarted = restarted || b->zones[i].resets != a->zones[i].resets;
      high += zone_band(&m->zones[i], &a->zones[i], &b->zones[i], duration_s).high;
    }
    if (restarted) most = fmax(most, high);
  }
  return most;
}

static gm_reasons zone_reasons(const gm_zone *zone, const gm_zone_reading *a, const gm_zone_reading *b,
                               double duration_s) {
  gm_reasons reasons = 0;
  const bool still = b->energy_uj == a->energy_uj;
  if (b->gone != a->gone) reasons |= GM_REASON_BIT(zone->component == GM_GPU ? GM_GPU_LOST : GM_ZONE_GONE);
  const uint32_t refused = b->implausible - a->implausible;
  if (refused > 0) reasons |= GM_REASON_BIT(GM_IMPLAUSIBLE);
  if (b->errors - a->errors > refused || (b->stale_ns > 0 && !b->still))
    reasons |= GM_REASON_BIT(GM_READ_ERROR);
  if (b->still || b->stalls != a->stalls) reasons |= GM_REASON_BIT(GM_FROZEN);
  if (b->resets != a->resets) reasons |= GM_REASON_BIT(GM_RESET);
  if (b->gaps != a->gaps) reasons |= GM_REASON_BIT(GM_GAP);
  if (b->ambiguous != a->ambiguous) reasons |= GM_REASON_BIT(GM_WRAP_AMBIGUOUS);
  if (zone->measured && duration_s < 2 * zone->tick_s)
    reasons |= GM_REASON_BIT(GM_BELOW_RESOLUTION);
  else if (zone->measured && still && reasons == 0)
    reasons |= GM_REASON_BIT(duration_s >= frozen_s || zone->frozen ? GM_FROZEN : GM_BELOW_RESOLUTION);
  return reasons;
}

/* Some view of the device that zone i shows is counted. */
static bool device_counts(const gm_meter *m, size_t i, uint64_t zones) {
  for (size_t j = 0; j < m->n_zones; j++)
    if ((zones & bit(j)) != 0 && m->zones[j].device != 0 && m->zones[j].device == m->zones[i].device)
      return true;
  return false;
}

/* What happened to the zones that count, and to those of components that nothing measures: a counter that
 * gave way to another one is no lack. */
static void add_zone_reasons(const gm_meter *m, const gm_reading *a, const gm_reading *b,
                             const bool measured[GM_N_COMPONENTS], gm_energy *e,
                             double high_j[GM_N_COMPONENTS]) {
  for (size_t i = 0; i < m->n_zones; i++) {
    const gm_zone *zone = &m->zones[i];
    const bool counted = (e->basis.zones & bit(i)) != 0;
    if (!zone->measured) continue;
    if (zone->stand_in && !counted && measured[GM_CPU]) continue; /* it was not needed */
    if (counted || !measured[zone->component] ||
        (zone->component == GM_GPU && !device_counts(m, i, e->basis.zones)))
      e->reasons |= zone_reasons(zone, &a->zones[i], &b->zones[i], e->duration_s);
    for (size_t j = 0; j < i && !counted && moved(a, b, i); j++) {
      if ((e->basis.zones & bit(j)) == 0 || !are_mirrors(m, a, b, i, j)) continue;
      e->reasons |= GM_REASON_BIT(GM_MIRRORED);
      /* Two sensors that are one by rights (dies) are known; of others both may be real. */
      if (zone->mirror_relative == 0)
        high_j[zone->component] += zone_band(zone, &a->zones[i], &b->zones[i], e->duration_s).high;
      break;
    }
  }
}

/* ---- the interval ----------------------------------------------------- */

static gm_scope scope_of(const gm_meter *m, uint64_t zones) {
  bool measured[GM_N_COMPONENTS] = {false};
  for (size_t i = 0; i < m->n_zones; i++)
    if ((zones >> i & 1) != 0 && m->zones[i].measured) measured[m->zones[i].component] = true;
  if (zones == 0) return GM_SCOPE_NONE;
  if (has_role(m, zones, GM_SOURCE_WALL)) return GM_SCOPE_WALL;
  if (measured[GM_WALL])
    return has_source(m, zones, &gm_battery_source) ? GM_SCOPE_BATTERY : GM_SCOPE_PLATFORM;
  if (measured[GM_CPU]) return measured[GM_RAM] ? GM_SCOPE_PACKAGE_DRAM : GM_SCOPE_PACKAGE;
  return measured[GM_GPU] ? GM_SCOPE_WALL_MODELLED_GPU : GM_SCOPE_WALL_MODELLED;
}

/* What is above idle, and whose it is. */
static void attribute(const gm_meter *m, const gm_reading *a, const gm_reading *b, gm_energy *e) {
  const bool known = a->stat_valid && b->stat_valid;
  gm_attribution_input input = {
      .duration_s = e->duration_s,
      .low = e->energy_j > 0 ? e->low_j / e->energy_j : 0,
      .high = e->energy_j > 0 ? e->high_j / e->energy_j : 1,
      .tree_cpu_s = gm_ns_to_s(b->process_cpu_ns - a->process_cpu_ns),
      .share_relative = m->priors.value[GM_PRIOR_SHARE],
      .billing = m->idle_billing,
      .cores_share = m->cores_share,
      .machine_busy_s = known ? gm_ns_to_s(b->busy_ns - a->busy_ns) : NAN,
  };
  for (int c = 0; c < GM_N_COMPONENTS; c++) input.component_j[c] = e->component_j[c] / m->pue;
  const gm_attribution result = gm_attribute(&input, &m->idle);
  e->busy_share = result.share;
  e->idle_share = result.idle_share;
  e->above_idle_j = result.above_idle_j * m->pue;
  e->above_idle_low_j = result.above_idle_low_j * m->pue;
  e->above_idle_high_j = result.above_idle_high_j * m->pue;
  e->attributed_j = result.attributed_j * m->pue;
  e->attributed_low_j = result.attributed_low_j * m->pue;
  e->attributed_high_j = result.attributed_high_j * m->pue;
  for (int c = 0; c < GM_N_COMPONENTS; c++) e->attributed_component_j[c] = result.component_j[c] * m->pue;
  e->below_idle = result.clamped;
}

static void measure(const gm_meter *m, const gm_reading *a, const gm_reading *b, const gm_basis *basis,
                    gm_energy *e) {
  *e = (gm_energy){.duration_s = seconds(a, b),
                   .energy_j = NAN,
                   .low_j = NAN,
                   .high_j = NAN,
                   .component_j = {NAN, NAN, NAN, NAN},
                   .power_w = NAN,
                   .pue = m->pue,
                   .utilisation = NAN,
                   .process_share = NAN,
                   .busy_share = NAN,
                   .above_idle_j = NAN,
                   .above_idle_low_j = NAN,
                   .above_idle_high_j = NAN,
                   .attributed_j = NAN,
                   .attributed_low_j = NAN,
                   .attributed_high_j = NAN};
  if (a->n_zones == 0 || b->n_zones == 0 || b->time_ns < a->time_ns) return;
  e->basis = basis != NULL ? *basis : gm_meter_basis(m, a, b);
  e->energy_j = e->low_j = e->high_j = 0;
  bool modelled = false, measured[GM_N_COMPONENTS] = {false};
  double high_j[GM_N_COMPONENTS] = {0};
  for (size_t i = 0; i < m->n_zones; i++) {
    const gm_zone *zone = &m->zones[i];
    if ((e->basis.zones & bit(i)) == 0) continue;
    const band one = zone_band(zone, &a->zones[i], &b->zones[i], e->duration_s);
    double *component = &e->component_j[zone->component];
    *component = (isnan(*component) ? 0 : *component) + one.energy * m->pue;
    e->energy_j += one.energy * m->pue;
    e->low_j += one.low * m->pue;
    high_j[zone->component] += one.high;
    if (zone->measured) e->measured_j += one.energy * m->pue;
    measured[zone->component] = measured[zone->component] || zone->measured;
    modelled = modelled || !zone->measured;
    if (!zone->measured && zone->component == GM_CPU && !(a->stat_valid && b->stat_valid))
      e->reasons |= GM_REASON_BIT(GM_NO_PROC_STAT);
  }
  if (has_power_model(m, e->basis.zones)) { /* the least that its lower line says of any load */
    const double least_j = m->pue * e->duration_s * gm_power_lines_least_w(&m->power_lines);
    /* in a span of a few ticks of /proc/stat the load may have been counted with the span before */
    e->low_j = fmin(e->energy_j, fmax(e->low_j, least_j));
  }
  if (measured[GM_WALL]) measured[GM_CPU] = measured[GM_RAM] = measured[GM_GPU] = true; /* contained */
  e->measured = gm_energy_is_measured(e);
  add_zone_reasons(m, a, b, measured, e, high_j);
  for (gm_component c = GM_CPU; c < GM_WALL; c++)
    e->high_j +=
        m->pue * (measured[c] ? high_j[c] : fmax(high_j[c], hidden_by_restart(m, a, b, c, e->duration_s)));
  e->high_j += m->pue * high_j[GM_WALL];
  if (!measured[GM_CPU])
    e->high_j = fmax(e->high_j, m->pue * hidden_by_restart(m, a, b, GM_WALL, e->duration_s));
  if (modelled) e->reasons |= GM_REASON_BIT(GM_MODELLED);
  for (size_t s = 0; s < m->n_sources; s++) { /* why something is modelled, or what a counted source lacks */
    const uint64_t own =
        m->sources[s].n > 0 ? (UINT64_MAX >> (64 - m->sources[s].n)) << m->sources[s].first : 0;
    const bool counted = (own & e->basis.zones) != 0;
    if (counted || !measured[GM_CPU]) e->reasons |= m->sources[s].reasons & ~(gpu_reasons | source_only);
    e->reasons |= m->sources[s].reasons & gpu_reasons;
  }
  if (b->suspends != a->suspends) e->reasons |= GM_REASON_BIT(GM_GAP);
  e->scope = scope_of(m, e->basis.zones);
  attribute(m, a, b, e);
  const double capacity_s = e->duration_s * b->online_cpus;
  if (!(capacity_s > 0)) return;
  e->power_w = e->energy_j / e->duration_s;
  e->process_share = gm_ns_to_s(b->process_cpu_ns - a->process_cpu_ns) / capacity_s;
  if (a->stat_valid && b->stat_valid) e->utilisation = gm_ns_to_s(b->busy_ns - a->busy_ns) / capacity_s;
}

void gm_meter_between_sized(const gm_meter *m, const gm_reading *a, const gm_reading *b,
                            const gm_basis *basis, gm_energy *energy, size_t size) {
  gm_energy all;
  measure(m, a, b, basis, &all);
  memset(energy, 0, size);
  memcpy(energy, &all, size < sizeof all ? size : sizeof all);
}
