/* SPDX-License-Identifier: MIT
 * A meter that reads nothing, from the first line of a log. */
#include "energy/record/replay_meter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static gm_status bad_log(const char *path, const char *what, gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT, "%s: line 1: %s", path, what);
}

/* A whole number in [0, most], else −1. */
static int64_t whole(const struct json_object *object, const char *key, double most) {
  const double value = gm_json_number(object, key);
  return value >= 0 && value <= most && value == floor(value) ? (int64_t)value : -1;
}

static bool read_zone(const struct json_object *z, gm_zone *zone) {
  const char *name = gm_json_text(z, "name");
  const int64_t component = whole(z, "component", GM_N_COMPONENTS - 1);
  const int64_t mirror = whole(z, "mirror_group", 1e6), range = whole(z, "range_uj", 9e18);
  const int64_t device = whole(z, "device", 1e6), resolution = whole(z, "resolution_uj", 9e18);
  if (name == NULL || component < 0 || mirror < 0 || range < 0 || device < 0 || resolution < 0) return false;
  *zone = (gm_zone){.component = (gm_component)component,
                    .measured = json_object_get_boolean(json_object_object_get(z, "measured")),
                    .mirror_group = (int)mirror,
                    .mirror_relative = gm_json_number(z, "mirror_relative"),
                    .device = (int)device,
                    .stand_in = json_object_get_boolean(json_object_object_get(z, "stand_in")),
                    .slack_s = gm_json_number(z, "slack_s"),
                    .resolution_uj = (uint64_t)resolution,
                    .tick_s = gm_json_number(z, "tick_s"),
                    .max_power_w = gm_json_number(z, "max_power_w"),
                    .max_gap_s = INFINITY,
                    .sensor_relative = gm_json_number(z, "sensor_relative"),
                    .counter = json_object_get_boolean(json_object_object_get(z, "counter")),
                    .range_uj = (uint64_t)range,
                    .low_factor = gm_json_number(z, "low_factor"),
                    .high_factor = gm_json_number(z, "high_factor")};
  snprintf(zone->name, sizeof zone->name, "%s", name);
  const double *const not_negative[] = {&zone->mirror_relative, &zone->slack_s, &zone->tick_s,
                                        &zone->max_power_w, &zone->sensor_relative};
  for (size_t i = 0; i < sizeof not_negative / sizeof *not_negative; i++)
    if (!(*not_negative[i] >= 0 && isfinite(*not_negative[i]))) return false;
  return isfinite(zone->low_factor) && zone->low_factor <= 1 && isfinite(zone->high_factor) &&
         zone->high_factor >= 1;
}

static bool read_source(const struct json_object *s, const gm_meter *m, gm_open_source *source) {
  const char *name = gm_json_text(s, "name"), *note = gm_json_text(s, "note");
  const int64_t first = whole(s, "first", (double)m->n_zones), n = whole(s, "n", (double)m->n_zones);
  const int64_t reasons = whole(s, "reasons", UINT32_MAX);
  *source = (gm_open_source){.source = name != NULL ? gm_meter_known_source(name) : NULL,
                             .first = (size_t)first,
                             .n = (size_t)n,
                             .reasons = (gm_reasons)reasons};
  if (note != NULL) snprintf(source->note, sizeof source->note, "%s", note);
  return source->source != NULL && first >= 0 && n >= 0 && reasons >= 0 && (size_t)(first + n) <= m->n_zones;
}

/* Models alone are not measured. */
static bool is_of_its_role(const gm_open_source *s, const gm_meter *m) {
  for (size_t i = s->first; i < s->first + s->n; i++)
    if (m->zones[i].measured == (s->source->role == GM_SOURCE_MODEL)) return false;
  return true;
}

static void read_host(const struct json_object *root, gm_host *host) {
  const char *boot = gm_json_text(root, "boot_id"), *cpu = gm_json_text(root, "cpu_model");
  const char *os = gm_json_text(root, "os");
  *host = (gm_host){.logical_cpus = (int)whole(root, "logical_cpus", 1e6),
                    .sockets = (int)whole(root, "sockets", 1e6),
                    .ram_gib = gm_json_number(root, "ram_gib")};
  snprintf(host->boot_id, sizeof host->boot_id, "%s", boot != NULL ? boot : "");
  snprintf(host->cpu_model, sizeof host->cpu_model, "%s", cpu != NULL ? cpu : "");
  snprintf(host->os, sizeof host->os, "%s", os != NULL ? os : "");
}

gm_status gm_rebuild_meter(const char *path, const struct json_object *root, double pue, gm_meter *m,
                           gm_error *err) {
  struct json_object *zones = json_object_object_get(root, "zones");
  struct json_object *sources = json_object_object_get(root, "sources");
  const double logged_pue = gm_json_number(root, "pue");
  m->pue = isnan(pue) ? logged_pue : pue;
  m->idle = gm_idle_power_unknown();
  m->priors = gm_priors_default(); /* those of the zones are in the log */
  m->stat.fd = -1;
  read_host(root, &m->host);
  if (!(m->pue >= 1) || !json_object_is_type(zones, json_type_array) ||
      !json_object_is_type(sources, json_type_array) || json_object_array_length(zones) > GM_MAX_ZONES ||
      json_object_array_length(sources) > GM_MAX_SOURCES)
    return bad_log(path, "expected pue, zones and sources", err);
  m->n_zones = json_object_array_length(zones);
  for (size_t i = 0; i < m->n_zones; i++)
    if (!read_zone(json_object_array_get_idx(zones, i), &m->zones[i]))
      return bad_log(path, "a zone is incomplete, or has a value that no zone has", err);
  m->n_sources = json_object_array_length(sources);
  for (size_t i = 0; i < m->n_sources; i++)
    if (!read_source(json_object_array_get_idx(sources, i), m, &m->sources[i])) {
      m->n_sources = i;
      return bad_log(path, "a source is incomplete or unknown", err);
    } else if (!is_of_its_role(&m->sources[i], m)) {
      return bad_log(path, "a model that measures, or a meter that does not", err);
    }
  for (size_t i = 0, covered = 0; i <= m->n_sources; i++) { /* every zone is of one source */
    if (i == m->n_sources && covered != m->n_zones) return bad_log(path, "zones without a source", err);
    if (i < m->n_sources && m->sources[i].n > 0 && m->sources[i].first != covered)
      return bad_log(path, "sources overlap", err);
    if (i < m->n_sources) covered += m->sources[i].n;
  }
  return GM_OK;
}
