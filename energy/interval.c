/* SPDX-License-Identifier: MIT
 * Energy between two readings: which zones count, how much they saw, and how well that
 * is known. Looks only at the readings and at what never changes after opening. */
#include "energy/meter_state.h"

#include <math.h>

/* A counter that stands still for so long is frozen (energy.md 6.3). */
static const double frozen_s = 0.5;

/* AMD shows one socket counter under several dies: equal within this is one sensor (energy.md 3.1). */
static const double mirror_tolerance = 0.02;

static const double j_per_uj = 1e-6;

/* A GPU that is there and not metered as it should be is said whatever else is counted. That there is no NVML
 * is no lack on a machine without such a GPU: only the list of sources says it. */
static const gm_reasons gpu_reasons = GM_REASON_BIT(GM_NVML_INIT) | GM_REASON_BIT(GM_NVML_UNSUPPORTED) |
                                      GM_REASON_BIT(GM_GPU_SHARED) | GM_REASON_BIT(GM_MIG);
static const gm_reasons source_only = GM_REASON_BIT(GM_NVML_MISSING);

static double seconds(const gm_reading *a, const gm_reading *b) {
  return (double)(b->time_ns - a->time_ns) * 1e-9;
}

static uint64_t delta_uj(const gm_reading *a, const gm_reading *b, size_t i) {
  return b->zones[i].energy_uj - a->zones[i].energy_uj;
}

/* ---- basis ------------------------------------------------------------ */

/* Of the zones in `mask` that may show one sensor, keeps the first of those that moved alike. */
static uint64_t without_mirrors(const gm_meter *m, const gm_reading *a, const gm_reading *b, uint64_t mask) {
  for (size_t i = 0; i < m->n_zones; i++) {
    if ((mask >> i & 1) == 0 || m->zones[i].mirror_group == 0) continue;
    const double first = (double)delta_uj(a, b, i);
    for (size_t j = i + 1; j < m->n_zones; j++) {
      if ((mask >> j & 1) == 0 || m->zones[j].mirror_group != m->zones[i].mirror_group) continue;
      const double other = (double)delta_uj(a, b, j);
      if (fabs(first - other) <= mirror_tolerance * fmax(first, other)) mask &= ~((uint64_t)1 << j);
    }
  }
  return mask;
}

/* The zones of source `s` for `component`. */
static uint64_t zones_of(const gm_meter *m, size_t s, gm_component component) {
  uint64_t mask = 0;
  for (size_t i = m->sources[s].first; i < m->sources[s].first + m->sources[s].n; i++)
    if (m->zones[i].component == component) mask |= (uint64_t)1 << i;
  return mask;
}

static bool moved(const gm_meter *m, const gm_reading *a, const gm_reading *b, uint64_t mask) {
  for (size_t i = 0; i < m->n_zones; i++)
    if ((mask >> i & 1) != 0 && delta_uj(a, b, i) > 0) return true;
  return false;
}

/* Zones of the first source of `component` that saw anything; where none did, of the first there is. The
 * power model is of the whole machine: it counts for the memory where it counts for the CPU (`model`), and
 * only there. */
static uint64_t choose(const gm_meter *m, const gm_reading *a, const gm_reading *b, gm_component component,
                       bool model) {
  uint64_t fallback = 0;
  for (size_t s = 0; s < m->n_sources; s++) {
    const uint64_t mask = zones_of(m, s, component);
    if (component == GM_RAM && (m->sources[s].source == &gm_power_model_source) != model) continue;
    if (moved(m, a, b, mask)) return without_mirrors(m, a, b, mask);
    if (fallback == 0) fallback = mask;
  }
  return fallback;
}

static bool has_source(const gm_meter *m, uint64_t zones, const gm_source *source) {
  for (size_t i = 0; i < m->n_zones; i++)
    if ((zones >> i & 1) != 0 && gm_meter_source_of(m, i)->source == source) return true;
  return false;
}

gm_basis gm_meter_basis(const gm_meter *m, const gm_reading *start, const gm_reading *end) {
  gm_basis basis = {0};
  if (start->n_zones == 0 || end->n_zones == 0) return basis;
  const uint64_t wall = choose(m, start, end, GM_WALL, false);
  if (moved(m, start, end, wall)) { /* it contains the others */
    basis.zones = wall;
    return basis;
  }
  basis.zones = choose(m, start, end, GM_CPU, false);
  const bool model = has_source(m, basis.zones, &gm_power_model_source);
  basis.zones |= choose(m, start, end, GM_RAM, model) | choose(m, start, end, GM_GPU, model);
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
                       zone->max_power_w * (double)a->stale_ns * 1e-9;
  const double most = seen + (double)(b->missing_uj - a->missing_uj) * j_per_uj +
                      zone->max_power_w * (double)b->stale_ns * 1e-9;
  /* A read is up to one tick old at either end; the bound 2 τ/T taken as uniform. */
  const double tick = duration_s > 0 ? 2 * zone->tick_s / duration_s / sqrt(3) : 0;
  band result = {.energy = seen};
  if (zone->measured) {
    const double relative = 2 * sqrt(tick * tick + zone->sensor_relative * zone->sensor_relative);
    result.low = fmax(least, 0) * fmax(1 - relative, 0);
    result.high = most * (1 + relative);
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
  if (b->errors != a->errors || b->stale_ns > 0) reasons |= GM_REASON_BIT(GM_READ_ERROR);
  if (b->resets != a->resets) reasons |= GM_REASON_BIT(GM_RESET);
  if (b->gaps != a->gaps) reasons |= GM_REASON_BIT(GM_GAP);
  if (b->ambiguous != a->ambiguous) reasons |= GM_REASON_BIT(GM_WRAP_AMBIGUOUS);
  if (zone->measured && duration_s < 2 * zone->tick_s)
    reasons |= GM_REASON_BIT(GM_BELOW_RESOLUTION);
  else if (zone->measured && still && reasons == 0)
    reasons |= GM_REASON_BIT(duration_s >= frozen_s || zone->frozen ? GM_FROZEN : GM_BELOW_RESOLUTION);
  return reasons;
}

/* ---- the interval ----------------------------------------------------- */

static gm_scope scope_of(const gm_meter *m, uint64_t zones) {
  bool measured[GM_N_COMPONENTS] = {false};
  for (size_t i = 0; i < m->n_zones; i++)
    if ((zones >> i & 1) != 0 && m->zones[i].measured) measured[m->zones[i].component] = true;
  if (zones == 0) return GM_SCOPE_NONE;
  if (has_source(m, zones, &gm_wall_meter_source)) return GM_SCOPE_WALL;
  if (measured[GM_WALL]) return GM_SCOPE_PLATFORM;
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
      .tree_cpu_s = (double)(b->process_cpu_ns - a->process_cpu_ns) * 1e-9,
      .share_relative = m->priors.value[GM_PRIOR_SHARE],
      .billing = m->idle_billing,
      .cores_share = m->cores_share,
      .machine_busy_s = known ? (double)(b->busy_ns - a->busy_ns) * 1e-9 : NAN,
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

void gm_meter_between(const gm_meter *m, const gm_reading *a, const gm_reading *b, const gm_basis *basis,
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
    if (zone->measured) e->reasons |= zone_reasons(zone, &a->zones[i], &b->zones[i], e->duration_s);
    if ((e->basis.zones >> i & 1) == 0) continue;
    const band one = zone_band(zone, &a->zones[i], &b->zones[i], e->duration_s);
    double *component = &e->component_j[zone->component];
    *component = (isnan(*component) ? 0 : *component) + one.energy * m->pue;
    e->energy_j += one.energy * m->pue;
    e->low_j += one.low * m->pue;
    high_j[zone->component] += one.high;
    measured[zone->component] = measured[zone->component] || zone->measured;
    modelled = modelled || !zone->measured;
    if (!zone->measured && zone->component == GM_CPU && !(a->stat_valid && b->stat_valid))
      e->reasons |= GM_REASON_BIT(GM_NO_PROC_STAT);
  }
  if (has_source(m, e->basis.zones,
                 &gm_power_model_source)) /* the least that its lower line says of any load */
    e->low_j = fmax(e->low_j, m->pue * e->duration_s * gm_power_lines_least_w(&m->power_lines));
  e->measured = measured[GM_CPU] || measured[GM_WALL];
  for (gm_component c = GM_CPU; c < GM_WALL; c++)
    e->high_j +=
        m->pue * (measured[c] ? high_j[c] : fmax(high_j[c], hidden_by_restart(m, a, b, c, e->duration_s)));
  e->high_j += m->pue * high_j[GM_WALL];
  if (!e->measured) e->high_j = fmax(e->high_j, m->pue * hidden_by_restart(m, a, b, GM_WALL, e->duration_s));
  if (modelled) e->reasons |= GM_REASON_BIT(GM_MODELLED);
  for (size_t s = 0; s < m->n_sources; s++) { /* why something is modelled, or what a counted source lacks */
    const uint64_t own =
        m->sources[s].n > 0 ? (UINT64_MAX >> (64 - m->sources[s].n)) << m->sources[s].first : 0;
    const bool counted = (own & e->basis.zones) != 0;
    if (counted || (modelled && !e->measured))
      e->reasons |= m->sources[s].reasons & ~(gpu_reasons | source_only);
    e->reasons |= m->sources[s].reasons & gpu_reasons;
  }
  if (b->suspends != a->suspends) e->reasons |= GM_REASON_BIT(GM_GAP);
  e->scope = scope_of(m, e->basis.zones);
  attribute(m, a, b, e);
  const double capacity_s = e->duration_s * b->online_cpus;
  if (!(capacity_s > 0)) return;
  e->power_w = e->energy_j / e->duration_s;
  e->process_share = (double)(b->process_cpu_ns - a->process_cpu_ns) * 1e-9 / capacity_s;
  if (a->stat_valid && b->stat_valid) e->utilisation = (double)(b->busy_ns - a->busy_ns) * 1e-9 / capacity_s;
}
