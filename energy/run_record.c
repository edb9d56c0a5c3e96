/* SPDX-License-Identifier: MIT
 * Writing the record of a run. */
#include "energy/run_record.h"

#include "common/json.h"
#include "energy/emissions.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static const char schema[] = "greenmile-track-1";
/* Version of the sensor classes, model bands and shares the intervals rest on (energy.md 6.6, 7.1). */
static const char prior_set[] = "greenmile-priors-1";

static const double gpu_wall_low = 1.15, gpu_wall_high = 1.55, cpu_wall_low = 1.35, cpu_wall_high = 2.5;

void gm_likely_wall(const gm_energy *e, double *low_j, double *high_j) {
  const bool gpu = e->component_j[GM_GPU] > 0.5 * e->energy_j; /* false where there is none */
  const bool wall = !isnan(e->component_j[GM_WALL]);
  *low_j = e->low_j * (wall ? 1 : gpu ? gpu_wall_low : cpu_wall_low);
  *high_j = e->high_j * (wall ? 1 : gpu ? gpu_wall_high : cpu_wall_high);
}

bool gm_energy_degraded(const gm_energy *e) {
  const gm_reasons trouble = GM_REASON_BIT(GM_RAPL_DENIED) | GM_REASON_BIT(GM_ZONE_GONE) |
                             GM_REASON_BIT(GM_READ_ERROR) | GM_REASON_BIT(GM_RESET) | GM_REASON_BIT(GM_GAP) |
                             GM_REASON_BIT(GM_WRAP_AMBIGUOUS) | GM_REASON_BIT(GM_FROZEN) |
                             GM_REASON_BIT(GM_NVML_INIT) | GM_REASON_BIT(GM_NVML_UNSUPPORTED) |
                             GM_REASON_BIT(GM_GPU_LOST) | GM_REASON_BIT(GM_BELOW_RESOLUTION);
  return !e->measured || (e->reasons & trouble) != 0;
}

/* ---- pieces -------------------------------------------------------------------- */

static void add_moment(struct json_object *to, const char *key, time_t seconds) {
  struct tm utc;
  char text[32];
  if (gmtime_r(&seconds, &utc) == NULL) return;
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  gm_json_add_text(to, key, text);
}

static struct json_object *texts(const char *const *list, size_t n) {
  struct json_object *array = json_object_new_array();
  for (size_t i = 0; i < n; i++) json_object_array_add(array, json_object_new_string(list[i]));
  return array;
}

__attribute__((format(printf, 2, 3))) static void add_sentence(struct json_object *array, const char *format,
                                                               ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  json_object_array_add(array, json_object_new_string(text));
}

static void add_energy(struct json_object *to, const gm_run_record *r) {
  static const struct {
    gm_component component;
    const char *key;
  } parts[] = {{GM_CPU, "energy_cpu_kwh"},
               {GM_RAM, "energy_ram_kwh"},
               {GM_GPU, "energy_gpu_kwh"},
               {GM_WALL, "energy_wall_kwh"}};
  const gm_energy *e = &r->energy;
  const gm_emissions kg = gm_emissions_of(e->energy_j, e->low_j, e->high_j, &r->carbon);
  double wall_low_j, wall_high_j;
  char text[1024];
  gm_json_add_number(to, "duration_s", e->duration_s);
  gm_json_add_number(to, "energy_kwh", gm_kwh(e->energy_j));
  gm_json_add_number(to, "energy_low_kwh", gm_kwh(e->low_j));
  gm_json_add_number(to, "energy_high_kwh", gm_kwh(e->high_j));
  gm_json_add_number(to, "it_energy_kwh", gm_kwh(e->energy_j / e->pue));
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    gm_json_add_number(to, parts[i].key, gm_kwh(e->component_j[parts[i].component]));
  gm_json_add_number(to, "power_w", e->power_w);
  gm_json_add_number(to, "emissions_kg", kg.kg);
  gm_json_add_number(to, "emissions_low_kg", kg.low_kg);
  gm_json_add_number(to, "emissions_high_kg", kg.high_kg);
  gm_json_add_number(to, "water_l", r->wue * gm_kwh(e->energy_j / e->pue));
  gm_json_add_number(to, "pue", e->pue);
  gm_json_add_number(to, "wue_l_per_kwh", r->wue);
  gm_likely_wall(e, &wall_low_j, &wall_high_j);
  gm_json_add_number(to, "likely_wall_low_kwh", gm_kwh(wall_low_j));
  gm_json_add_number(to, "likely_wall_high_kwh", gm_kwh(wall_high_j));
  gm_json_add_text(to, "energy_scope", gm_scope_name(e->scope));
  gm_json_add_bool(to, "energy_measured", e->measured);
  gm_meter_sources(r->meter, &e->basis, text, sizeof text);
  gm_json_add_text(to, "energy_sources", text);
  gm_json_add_number(to, "utilisation", e->utilisation);
}

static void add_attribution(struct json_object *to, const gm_run_record *r) {
  const gm_energy *e = &r->energy;
  struct json_object *a = json_object_new_object();
  gm_json_add_text(a, "method", r->tree_method);
  gm_json_add_text(a, "note", r->tree_note);
  gm_json_add_number(a, "tree_cpu_s", (double)(r->stop->process_cpu_ns - r->start->process_cpu_ns) * 1e-9);
  const bool known = r->start->stat_valid && r->stop->stat_valid;
  gm_json_add_number(a, "machine_busy_s",
                     known ? (double)(r->stop->busy_ns - r->start->busy_ns) * 1e-9 : NAN);
  gm_json_add_number(a, "busy_share", e->busy_share);
  gm_json_add_number(a, "idle_share", e->idle_share);
  gm_json_add_integer(a, "survivors", r->survivors);
  gm_json_add_number(a, "machine_kwh", gm_kwh(e->energy_j));
  gm_json_add_number(a, "above_idle_kwh", gm_kwh(e->above_idle_j));
  gm_json_add_number(a, "above_idle_low_kwh", gm_kwh(e->above_idle_low_j));
  gm_json_add_number(a, "above_idle_high_kwh", gm_kwh(e->above_idle_high_j));
  gm_json_add_number(a, "attributed_kwh", gm_kwh(e->attributed_j));
  gm_json_add_number(a, "attributed_low_kwh", gm_kwh(e->attributed_low_j));
  gm_json_add_number(a, "attributed_high_kwh", gm_kwh(e->attributed_high_j));
  gm_json_add_bool(a, "below_idle", e->below_idle);
  json_object_object_add(to, "attribution", a);
  struct json_object *b = NULL;
  if (r->baseline != NULL) {
    b = json_object_new_object();
    add_moment(b, "measured_at", r->baseline->measured_at);
    const bool windows = !isnan(r->baseline->drift);
    gm_json_add_text(b, "kind", windows ? "windows before and after" : "stored");
    gm_json_add_number(b, "drift", r->baseline->drift);
    if (windows)
      gm_json_add_bool(b, "drifting", gm_idle_baseline_is_drifting(r->baseline));
    else
      gm_json_add_text(b, "drifting", NULL);
    gm_json_add_number(b, "duration_s", r->baseline->seconds);
    gm_json_add_number(b, "utilisation", r->baseline->utilisation);
    gm_json_add_number(b, "load_1min", r->baseline->load);
    for (int c = 0; c < GM_N_COMPONENTS; c++) {
      char key[32];
      if (isnan(r->baseline->power.power_w[c])) continue;
      snprintf(key, sizeof key, "%s_power_w", gm_component_name((gm_component)c));
      gm_json_add_number(b, key, r->baseline->power.power_w[c]);
      snprintf(key, sizeof key, "%s_sd_w", gm_component_name((gm_component)c));
      gm_json_add_number(b, key, r->baseline->power.sd_w[c]);
    }
  }
  json_object_object_add(to, "baseline", b);
}

static void add_carbon(struct json_object *to, const gm_carbon_intensity *c) {
  const bool set = gm_carbon_intensity_is_set(c);
  gm_json_add_number(to, "carbon_intensity_g_per_kwh", c->g_per_kwh);
  gm_json_add_number(to, "carbon_intensity_low_g_per_kwh", c->low_g_per_kwh);
  gm_json_add_number(to, "carbon_intensity_high_g_per_kwh", c->high_g_per_kwh);
  if (c->year > 0)
    gm_json_add_integer(to, "carbon_intensity_year", c->year);
  else
    gm_json_add_text(to, "carbon_intensity_year", NULL);
  gm_json_add_text(to, "carbon_intensity_source", set ? c->source : NULL);
  gm_json_add_text(to, "carbon_intensity_licence", set && c->licence[0] != '\0' ? c->licence : NULL);
  gm_json_add_text(to, "country_iso_code", c->iso3[0] != '\0' ? c->iso3 : NULL);
}

/* What the intervals rest on, one sentence each. */
static struct json_object *basis_list(const gm_run_record *r) {
  struct json_object *list = json_object_new_array();
  const gm_energy *e = &r->energy;
  for (size_t i = 0; i < gm_meter_n_zones(r->meter); i++) {
    const gm_zone *zone = gm_meter_zone(r->meter, i);
    if ((e->basis.zones >> i & 1) == 0) continue;
    const char *component = gm_component_name(zone->component);
    if (zone->measured)
      add_sentence(list, "%s, %s: sensor class ±%.3g %% (2 standard uncertainties, a judgement)", component,
                   zone->name, 200 * zone->sensor_relative);
    else
      add_sentence(list, "%s, %s: model, %.3g to %.3g of the estimate (a judgement)", component, zone->name,
                   zone->low_factor, zone->high_factor);
    if (zone->tick_s > 0)
      add_sentence(list, "%s, %s: reading edges, 2 ticks of %.3g s in %.3g s", component, zone->name,
                   zone->tick_s, e->duration_s);
    const gm_zone_reading *a = &r->start->zones[i], *b = &r->stop->zones[i];
    if (b->missing_uj > a->missing_uj || b->doubtful_uj > a->doubtful_uj || b->stale_ns > 0 ||
        a->stale_ns > 0)
      add_sentence(
          list, "%s, %s: up to %.4g J unseen, %.4g J doubtful, widen the interval", component, zone->name,
          (double)(b->missing_uj - a->missing_uj) * 1e-6 + zone->max_power_w * (double)b->stale_ns * 1e-9,
          (double)(b->doubtful_uj - a->doubtful_uj) * 1e-6);
  }
  add_sentence(list,
               "components add bound by bound; one run, so no spread between repeats is in the interval");
  if (e->pue != 1) add_sentence(list, "PUE %.4g is taken as exact", e->pue);
  if (gm_carbon_intensity_is_set(&r->carbon))
    add_sentence(list, "emissions: intensity %.4g to %.4g g/kWh, an annual mean, bound by bound",
                 r->carbon.low_g_per_kwh, r->carbon.high_g_per_kwh);
  if (r->baseline != NULL)
    add_sentence(list, "attributed: share of busy CPU time, ±20 %% in quadrature (a judgement), and the "
                       "baseline's spread");
  if (isnan(e->component_j[GM_WALL]))
    add_sentence(list, "likely wall: published quotients of one desktop, not a measurement of this machine");
  return list;
}

static struct json_object *reason_list(gm_reasons reasons) {
  struct json_object *list = json_object_new_array();
  for (int i = 0; i < GM_N_REASONS; i++)
    if ((reasons & GM_REASON_BIT(i)) != 0)
      json_object_array_add(list, json_object_new_string(gm_reason_name((gm_reason)i)));
  return list;
}

static struct json_object *zone_list(const gm_run_record *r) {
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

static struct json_object *source_list(const gm_meter *meter) {
  struct json_object *list = json_object_new_array();
  for (size_t i = 0; i < gm_meter_n_sources(meter); i++) {
    const gm_source_report report = gm_meter_source(meter, i);
    struct json_object *s = json_object_new_object();
    gm_json_add_text(s, "source", report.source);
    gm_json_add_bool(s, "usable", report.usable);
    json_object_object_add(s, "reasons", reason_list(report.reasons));
    gm_json_add_text(s, "note", report.note);
    json_object_array_add(list, s);
  }
  return list;
}

/* ---- the record ---------------------------------------------------------------------- */

gm_status gm_run_record_write(const gm_run_record *r, const char *path, gm_error *err) {
  const gm_host *host = gm_meter_host(r->meter);
  struct json_object *root = json_object_new_object();
  gm_json_add_text(root, "schema", schema);
  gm_json_add_text(root, "state", r->complete ? "complete" : "running");
  gm_json_add_text(root, "run_id", r->run_id);
  gm_json_add_text(root, "program", r->program);
  gm_json_add_text(root, "version", r->version);
  gm_json_add_text(root, "git_commit", r->git_commit);
  json_object_object_add(root, "argv", texts(r->argv, r->argc));
  if (r->exit_status >= 0)
    gm_json_add_integer(root, "exit_status", r->exit_status);
  else
    gm_json_add_text(root, "exit_status", NULL);
  add_moment(root, "started_at", r->started_at);
  add_moment(root, "stopped_at", r->stopped_at);
  gm_json_add_text(root, "boot_id", host->boot_id);
  gm_json_add_text(root, "project", r->project);
  gm_json_add_text(root, "experiment", r->experiment);
  add_energy(root, r);
  add_carbon(root, &r->carbon);
  add_attribution(root, r);
  gm_json_add_text(root, "prior_set", prior_set);
  json_object_object_add(root, "energy_basis", basis_list(r));
  const gm_reasons no_baseline = r->baseline == NULL ? GM_REASON_BIT(GM_NO_BASELINE) : 0;
  json_object_object_add(root, "energy_reasons", reason_list(r->energy.reasons | no_baseline));
  gm_json_add_bool(root, "degraded", gm_energy_degraded(&r->energy));
  json_object_object_add(root, "zones", zone_list(r));
  json_object_object_add(root, "sources", source_list(r->meter));
  struct json_object *h = json_object_new_object();
  gm_json_add_text(h, "cpu_model", host->cpu_model);
  gm_json_add_integer(h, "logical_cpus", host->logical_cpus);
  gm_json_add_integer(h, "sockets", host->sockets);
  gm_json_add_bool(h, "virtualised", host->virtualised);
  gm_json_add_number(h, "ram_gib", host->ram_gib);
  gm_json_add_text(h, "os", host->os);
  json_object_object_add(root, "host", h);
  struct json_object *o = json_object_new_object();
  gm_json_add_number(o, "cpu_s", r->overhead_cpu_s);
  gm_json_add_number(o, "share_of_one_core",
                     r->energy.duration_s > 0 ? r->overhead_cpu_s / r->energy.duration_s : NAN);
  gm_json_add_number(o, "memory_mib", r->overhead_memory_mib);
  json_object_object_add(root, "overhead", o);
  struct json_object *warnings = texts(r->warnings, r->n_warnings);
  if (r->baseline == NULL && r->no_baseline != NULL && r->no_baseline[0] != '\0')
    json_object_array_add(warnings, json_object_new_string(r->no_baseline));
  json_object_object_add(root, "warnings", warnings);
  const gm_status status = gm_json_write(path, root, err);
  json_object_put(root);
  return status;
}

gm_emissions_row gm_run_record_row(const gm_run_record *r) {
  const gm_energy *e = &r->energy;
  const gm_host *host = gm_meter_host(r->meter);
  const bool process = r->bill_process && !isnan(e->attributed_j);
  const double *component = process ? e->attributed_component_j : e->component_j;
  const double energy_j = process ? e->attributed_j : e->energy_j;
  gm_emissions_row row = gm_emissions_row_empty();
  row.timestamp = r->stopped_at;
  row.project_name = r->project;
  row.run_id = r->run_id;
  row.experiment_id = r->experiment;
  row.duration_s = e->duration_s;
  row.emissions_kg = gm_emissions_of(energy_j, 0, 0, &r->carbon).kg;
  row.cpu_power_w = component[GM_CPU] / e->duration_s;
  row.ram_power_w = component[GM_RAM] / e->duration_s;
  row.gpu_power_w = component[GM_GPU] / e->duration_s;
  row.cpu_energy_kwh = gm_kwh(component[GM_CPU]);
  row.ram_energy_kwh = gm_kwh(component[GM_RAM]);
  row.gpu_energy_kwh = gm_kwh(component[GM_GPU]);
  row.energy_consumed_kwh = gm_kwh(energy_j);
  row.water_l = r->wue * gm_kwh(energy_j / e->pue);
  row.country_name = r->carbon.country;
  row.country_iso_code = r->carbon.iso3;
  row.region = r->region;
  row.cloud_provider = r->cloud_provider;
  row.cloud_region = r->cloud_region;
  row.os = host->os;
  row.version = r->version;
  row.cpu_count = host->logical_cpus;
  row.cpu_model = host->cpu_model;
  for (size_t i = 0; i < gm_meter_n_zones(r->meter); i++) {
    if (gm_meter_zone(r->meter, i)->component != GM_GPU) continue;
    row.gpu_count = row.gpu_count < 0 ? 1 : row.gpu_count + 1;
    row.gpu_model =
        row.gpu_count == 1 ? gm_meter_zone(r->meter, i)->name : NULL; /* of several: in the record */
  }
  row.ram_total_gib = host->ram_gib;
  row.tracking_mode = process ? "process" : "machine";
  row.cpu_utilization_percent = 100 * e->utilisation;
  row.ram_used_gib = r->ram_used_gib;
  row.ram_utilization_percent = 100 * r->ram_used_gib / host->ram_gib;
  row.on_cloud = r->cloud_provider != NULL && r->cloud_provider[0] != '\0' ? "Y" : "N";
  row.pue = e->pue;
  row.wue = r->wue;
  return row;
}
