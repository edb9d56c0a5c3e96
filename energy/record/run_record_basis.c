/* SPDX-License-Identifier: MIT
 * What the figures of a record rest on: zones, sources, reasons, the basis of the interval. */
#include "energy/record/run_record_parts.h"

#include "energy/meter_state.h"

#include "common/clock.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Readings beside those of the interval may lie so far from its edges. */
static const double other_tolerance = 0.01;

__attribute__((format(printf, 2, 3))) static void add_sentence(struct json_object *array, const char *format,
                                                               ...) {
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  json_object_array_add(array, json_object_new_string(text));
}

/* What the interval says of other runs, and which part of the energy the zones show. */
static void add_spread(struct json_object *list, const gm_run_record *r, double metered_s) {
  const double other_s = r->energy.duration_s - metered_s;
  if (r->repeated) {
    add_sentence(
        list,
        "the mean of one call, repeated for %.4g s, which the zones show; the spread of the repeats is "
        "in the interval",
        metered_s);
    return;
  }
  add_sentence(list,
               "components add bound by bound; one run, so no spread between repeats is in the interval");
  if (other_s > other_tolerance * metered_s)
    add_sentence(list,
                 "%.4g s of the duration, and their energy, are other processes'; the zones show this one",
                 other_s);
}

/* Of a zone that does not count: what a restart hid, which the upper bound holds. */
static void add_restart(struct json_object *list, const gm_run_record *r, size_t i) {
  const gm_zone *zone = gm_meter_zone(r->meter, i);
  const gm_zone_reading *a = &r->start->zones[i], *b = &r->stop->zones[i];
  if (zone->measured && b->resets != a->resets)
    add_sentence(list,
                 "%s, %s: restarted and gave way; where a model stands in, the %.4g J it may have missed are "
                 "in the upper bound",
                 gm_component_name(zone->component), zone->name,
                 (double)(b->missing_uj - a->missing_uj) * 1e-6);
}

static void add_zone(struct json_object *list, const gm_run_record *r, size_t i, double metered_s) {
  const gm_zone *zone = gm_meter_zone(r->meter, i);
  const char *component = gm_component_name(zone->component);
  const gm_zone_reading *a = &r->start->zones[i], *b = &r->stop->zones[i];
  if (zone->measured)
    add_sentence(list, "%s, %s: sensor class ±%.3g %% (2 standard uncertainties, a judgement)", component,
                 zone->name, 200 * zone->sensor_relative);
  else
    add_sentence(list, "%s, %s: model, %.3g to %.3g of the estimate (a judgement)", component, zone->name,
                 zone->low_factor, zone->high_factor);
  if (zone->tick_s > 0)
    add_sentence(list, "%s, %s: reading edges, 2 ticks of %.3g s in %.3g s", component, zone->name,
                 zone->tick_s, metered_s);
  if (b->missing_uj > a->missing_uj || b->doubtful_uj > a->doubtful_uj || b->stale_ns > 0 || a->stale_ns > 0)
    add_sentence(list, "%s, %s: up to %.4g J unseen, %.4g J doubtful, widen the interval", component,
                 zone->name,
                 (double)(b->missing_uj - a->missing_uj) * 1e-6 + zone->max_power_w * gm_ns_to_s(b->stale_ns),
                 (double)(b->doubtful_uj - a->doubtful_uj) * 1e-6);
}

/* The zones of the power model are told of together. */
static void add_zones(struct json_object *list, const gm_run_record *r, double metered_s) {
  bool model_told = false;
  for (size_t i = 0; i < gm_meter_n_zones(r->meter); i++) {
    if ((r->energy.basis.zones >> i & 1) == 0) {
      add_restart(list, r, i);
    } else if (!gm_is_power_model(gm_meter_source_of(r->meter, i))) {
      add_zone(list, r, i, metered_s);
    } else if (!model_told) { /* by its note, which a log has too */
      add_sentence(list, "%s", gm_meter_source_of(r->meter, i)->note);
      model_told = true;
    }
  }
}

struct json_object *gm_record_basis(const gm_run_record *r) {
  struct json_object *list = json_object_new_array();
  const gm_energy *e = &r->energy;
  const double metered_s = gm_ns_to_s(r->stop->time_ns - r->start->time_ns);
  add_zones(list, r, metered_s);
  add_spread(list, r, metered_s);
  if (e->pue != 1) add_sentence(list, "PUE %.4g is taken as exact", e->pue);
  gm_record_basis_of_emissions(list, &r->carbon);
  if (r->baseline != NULL)
    add_sentence(list,
                 "attributed: share of busy CPU time, ±%.3g %% in quadrature (a judgement), and the "
                 "baseline's spread",
                 200 * gm_meter_priors(r->meter)->value[GM_PRIOR_SHARE]);
  else /* why there is none names a directory of the user's, which is nothing to publish */
    add_sentence(list, "attributed: not known, there is no idle baseline (track idle)");
  if (e->scope <= GM_SCOPE_WALL_MODELLED_GPU || !isnan(e->component_j[GM_WALL])) return list;
  if (r->wall.slope > 0)
    add_sentence(
        list,
        "likely wall: %.4g times the power and %.4g W, ±%.3g %% (2 residuals), as the user calibrated it",
        r->wall.slope, r->wall.offset_w, 200 * r->wall.residual);
  else
    add_sentence(
        list, "likely wall: published quotients of one server and one desktop, no 95 %% interval and not a "
              "measurement of this machine");
  return list;
}

void gm_record_basis_of_emissions(struct json_object *list, const gm_carbon_intensity *carbon) {
  static const char beginning[] = "emissions: intensity";
  size_t at = 0;
  while (at < json_object_array_length(list) &&
         strncmp(json_object_get_string(json_object_array_get_idx(list, at)), beginning, strlen(beginning)) !=
             0)
    at++;
  if (at < json_object_array_length(list)) json_object_array_del_idx(list, at, 1);
  if (!gm_carbon_intensity_is_set(carbon)) return;
  add_sentence(list,
               "%s %.4g to %.4g g/kWh (%s), with the energy in quadrature in the logarithm; the "
               "hour of the run is not in it: %.2f to %.2f of the year's mean",
               beginning, carbon->low_g_per_kwh, carbon->high_g_per_kwh,
               carbon->basis[0] != '\0' ? carbon->basis : "of a basis that its table does not state",
               GM_HOUR_FACTOR_LOW, GM_HOUR_FACTOR_HIGH);
}

/* A counter that can be read and did not move for so long stood still. */
static const double still_s = 0.5;

/* Other programs' part of the busy CPU time that is worth a word, where the machine was busy at all. */
static const double foreign_share = 0.1, busy_at_all = 0.02;

/* Zones that measure and do not count, because they stood still. */
static void add_still_zones(struct json_object *list, const gm_run_record *r) {
  if (r->energy.duration_s < still_s) return;
  for (size_t i = 0; i < gm_meter_n_zones(r->meter); i++) {
    const gm_zone *zone = gm_meter_zone(r->meter, i);
    const bool counted = (r->energy.basis.zones >> i & 1) != 0;
    if (!zone->measured || counted || r->stop->zones[i].energy_uj != r->start->zones[i].energy_uj) continue;
    add_sentence(list, "%s %s stood still and is not counted%s", gm_meter_zone_source(r->meter, i),
                 zone->name,
                 isnan(r->energy.component_j[zone->component]) && isnan(r->energy.component_j[GM_WALL])
                     ? ": nothing else measures it"
                     : "");
  }
}

struct json_object *gm_run_record_notes(const gm_run_record *r) {
  struct json_object *list = json_object_new_array();
  const gm_energy *e = &r->energy;
  /* Said elsewhere in the record and summary. */
  const gm_reasons known =
      GM_REASON_BIT(GM_MODELLED) | GM_REASON_BIT(GM_NO_BASELINE) | GM_REASON_BIT(GM_NO_RAPL);
  for (int i = 0; i < GM_N_REASONS; i++)
    if ((e->reasons & ~known & GM_REASON_BIT(i)) != 0)
      json_object_array_add(list, json_object_new_string(gm_reason_sentence((gm_reason)i)));
  add_still_zones(list, r);
  if (e->scope == GM_SCOPE_WALL_MODELLED && isnan(e->component_j[GM_RAM]))
    add_sentence(list, "how much memory there is is not known: its power is not in the figure");
  const double foreign = 1 - e->busy_share;
  const bool whose = r->tree_method == NULL || strcmp(r->tree_method, "none") != 0; /* else nobody's run */
  if (whose && !gm_energy_is_own(r->meter, e) && e->utilisation > busy_at_all && foreign > foreign_share)
    add_sentence(list, "other programs used %.0f %% of the busy CPU time; the energy is the whole machine's",
                 100 * foreign);
  return list;
}

struct json_object *gm_record_reasons(gm_reasons reasons) {
  struct json_object *list = json_object_new_array();
  for (int i = 0; i < GM_N_REASONS; i++)
    if ((reasons & GM_REASON_BIT(i)) != 0)
      json_object_array_add(list, json_object_new_string(gm_reason_name((gm_reason)i)));
  return list;
}

/* What the hardware itself showed, null where it could not be read or has no counter. */
static void add_raw(struct json_object *to, const char *key, const gm_zone_reading *r) {
  if (r->raw_valid)
    gm_json_add_integer(to, key, (int64_t)r->raw_uj);
  else
    gm_json_add_text(to, key, NULL);
}

struct json_object *gm_record_zones(const gm_run_record *r) {
  struct json_object *list = json_object_new_array();
  for (size_t i = 0; i < gm_meter_n_zones(r->meter); i++) {
    const gm_zone *zone = gm_meter_zone(r->meter, i);
    const gm_zone_reading *a = &r->start->zones[i], *b = &r->stop->zones[i];
    struct json_object *z = json_object_new_object();
    gm_json_add_text(z, "source", gm_meter_zone_source(r->meter, i));
    gm_json_add_text(z, "name", zone->name);
    gm_json_add_text(z, "component", gm_component_name(zone->component));
    gm_json_add_bool(z, "measured", zone->measured);
    gm_json_add_bool(z, "counted", (r->energy.basis.zones >> i & 1) != 0);
    gm_json_add_number(z, "tick_s", zone->tick_s);
    gm_json_add_number(z, "max_power_w", zone->max_power_w);
    add_raw(z, "raw_start_uj", a);
    add_raw(z, "raw_stop_uj", b);
    gm_json_add_integer(z, "start_uj", (int64_t)a->energy_uj);
    gm_json_add_integer(z, "stop_uj", (int64_t)b->energy_uj);
    gm_json_add_integer(z, "delta_uj", (int64_t)(b->energy_uj - a->energy_uj));
    gm_json_add_integer(z, "missing_uj", (int64_t)(b->missing_uj - a->missing_uj));
    gm_json_add_integer(z, "doubtful_uj", (int64_t)(b->doubtful_uj - a->doubtful_uj));
    gm_json_add_integer(z, "wraps", b->wraps - a->wraps);
    gm_json_add_integer(z, "resets", b->resets - a->resets);
    gm_json_add_integer(z, "gaps", b->gaps - a->gaps);
    gm_json_add_integer(z, "ambiguous", b->ambiguous - a->ambiguous);
    gm_json_add_integer(z, "read_errors", b->errors - a->errors);
    gm_json_add_integer(z, "gone", b->gone - a->gone);
    json_object_array_add(list, z);
  }
  return list;
}

struct json_object *gm_record_sources(const gm_meter *meter) {
  struct json_object *list = json_object_new_array();
  for (size_t i = 0; i < gm_meter_n_sources(meter); i++) {
    const gm_source_report report = gm_meter_source(meter, i);
    struct json_object *s = json_object_new_object();
    gm_json_add_text(s, "source", report.source);
    gm_json_add_bool(s, "usable", report.usable);
    json_object_object_add(s, "reasons", gm_record_reasons(report.reasons));
    gm_json_add_text(s, "note", report.note);
    json_object_array_add(list, s);
  }
  return list;
}
