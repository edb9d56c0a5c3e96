/* SPDX-License-Identifier: MIT
 * The record of a run as JSON: what ran, what it drew, and the figures beside it. What they rest on is in
 * run_record_basis.c, the row of emissions.csv in run_record_row.c. */
#include "energy/record/run_record.h"

#include "common/clock.h"
#include "common/json.h"
#include "common/secrets.h"
#include "energy/carbon/embodied.h"
#include "energy/carbon/emissions.h"
#include "energy/record/run_record_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char schema[] = "greenmile-run-2";

/* ---- pieces -------------------------------------------------------------------- */

static void add_moment(struct json_object *to, const char *key, time_t seconds) {
  char text[GM_UTC_TEXT];
  gm_json_add_text(to, key, gm_utc_text(seconds, text));
}

static struct json_object *texts(const char *const *list, size_t n) {
  struct json_object *array = json_object_new_array();
  for (size_t i = 0; i < n; i++) json_object_array_add(array, gm_json_string(list[i]));
  return array;
}

struct json_object *gm_run_record_power_model(const gm_power_lines *l) {
  struct json_object *m = json_object_new_object();
  gm_json_add_text(m, "tier", gm_power_tier_name(l->tier));
  gm_json_add_text(m, "rests_on", l->text);
  gm_json_add_bool(m, "share", l->share);
  gm_json_add_number(m, "cpus", l->cpus);
  gm_json_add_number(m, "ram_gib", l->ram_gib);
  gm_json_add_number(m, "idle_w", l->idle_w);
  gm_json_add_number(m, "full_w", l->full_w);
  gm_json_add_number(m, "idle_low_factor", l->low_idle);
  gm_json_add_number(m, "idle_high_factor", l->high_idle);
  gm_json_add_number(m, "full_low_factor", l->low_full);
  gm_json_add_number(m, "full_high_factor", l->high_full);
  gm_json_add_integer(m, "cpu_models", l->models);
  gm_json_add_number(m, "coverage_low_percent", l->coverage_low);
  gm_json_add_number(m, "coverage_high_percent", l->coverage_high);
  return m;
}

/* null where no model counted, and in a replay, whose log tells joules and not the lines they came from. */
static void add_power_model(struct json_object *to, const gm_run_record *r) {
  const gm_power_lines *l = gm_meter_power_lines(r->meter);
  const bool counted =
      r->energy.scope == GM_SCOPE_WALL_MODELLED || r->energy.scope == GM_SCOPE_WALL_MODELLED_GPU;
  json_object_object_add(to, "power_model", counted && l->cpus > 0 ? gm_run_record_power_model(l) : NULL);
}

/* The making of the hardware over the run: quoted figures, beside the emissions and never in them. null in a
 * replay: the machine of the log is not known. */
static void add_embodied(struct json_object *to, const gm_run_record *r) {
  const gm_power_lines *l = gm_meter_power_lines(r->meter);
  if (!(l->cpus > 0)) {
    json_object_object_add(to, "embodied", NULL);
    return;
  }
  const gm_embodied e = gm_embodied_of(gm_meter_host(r->meter), l->cpus, l->server, l->portable);
  struct json_object *m = json_object_new_object();
  gm_json_add_bool(m, "quoted", true);
  gm_json_add_text(m, "hardware", gm_hardware_name(e.hardware));
  gm_json_add_number(m, "making_kg", e.making_kg);
  gm_json_add_number(m, "making_low_kg", e.making_low_kg);
  gm_json_add_number(m, "making_high_kg", e.making_high_kg);
  gm_json_add_number(m, "life_h", GM_EMBODIED_LIFE_H);
  gm_json_add_number(m, "share", e.share);
  gm_json_add_number(m, "share_low", e.share_low);
  gm_json_add_number(m, "share_high", e.share_high);
  gm_json_add_number(m, "kg_per_h", e.kg_per_h);
  gm_json_add_number(m, "low_kg_per_h", e.low_kg_per_h);
  gm_json_add_number(m, "high_kg_per_h", e.high_kg_per_h);
  gm_json_add_text(m, "source", "makers' statements as collected by Boavizta; quantiles 2.5, 50 and 97.5 %");
  json_object_object_add(to, "embodied", m);
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
  const gm_emissions market = gm_emissions_by_contract(e->energy_j, e->low_j, e->high_j, &r->carbon);
  gm_json_add_number(to, "market_emissions_kg", market.kg);
  gm_json_add_number(to, "market_emissions_low_kg", market.low_kg);
  gm_json_add_number(to, "market_emissions_high_kg", market.high_kg);
  gm_json_add_number(to, "water_l", r->wue * gm_kwh(e->energy_j / e->pue));
  gm_json_add_number(to, "pue", e->pue);
  gm_json_add_number(to, "wue_l_per_kwh", r->wue);
  gm_likely_wall(e, &r->wall, &wall_low_j, &wall_high_j);
  gm_json_add_number(to, "likely_wall_low_kwh", gm_kwh(wall_low_j));
  gm_json_add_number(to, "likely_wall_high_kwh", gm_kwh(wall_high_j));
  gm_json_add_text(to, "energy_scope", gm_scope_name(e->scope));
  gm_json_add_bool(to, "energy_measured", e->measured);
  gm_json_add_number(to, "energy_measured_share", e->energy_j > 0 ? e->measured_j / e->energy_j : NAN);
  gm_meter_sources(r->meter, &e->basis, text, sizeof text);
  gm_json_add_text(to, "energy_sources", text);
  gm_json_add_number(to, "utilisation", gm_record_utilisation(e));
  add_power_model(to, r);
  add_embodied(to, r);
}

static void add_attribution(struct json_object *to, const gm_run_record *r) {
  const gm_energy *e = &r->energy;
  struct json_object *a = json_object_new_object();
  gm_json_add_text(a, "method", r->tree_method);
  gm_json_add_text(a, "note", r->tree_note);
  gm_json_add_number(a, "tree_cpu_s", gm_ns_to_s(r->stop->process_cpu_ns - r->start->process_cpu_ns));
  const bool known = r->start->stat_valid && r->stop->stat_valid;
  gm_json_add_number(a, "machine_busy_s", known ? gm_ns_to_s(r->stop->busy_ns - r->start->busy_ns) : NAN);
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

void gm_run_record_add_carbon(struct json_object *to, const gm_carbon_intensity *c) {
  const bool set = gm_carbon_intensity_is_set(c);
  gm_json_add_number(to, "carbon_intensity_g_per_kwh", c->g_per_kwh);
  gm_json_add_number(to, "carbon_intensity_low_g_per_kwh", c->low_g_per_kwh);
  gm_json_add_number(to, "carbon_intensity_high_g_per_kwh", c->high_g_per_kwh);
  if (c->year > 0)
    gm_json_add_integer(to, "carbon_intensity_year", c->year);
  else
    gm_json_add_text(to, "carbon_intensity_year", NULL);
  gm_json_add_text(to, "carbon_intensity_method", set ? "location-based" : NULL);
  gm_json_add_text(to, "carbon_intensity_basis", set && c->basis[0] != '\0' ? c->basis : NULL);
  gm_json_add_text(to, "carbon_intensity_source", set ? c->source : NULL);
  gm_json_add_text(to, "carbon_intensity_licence", set && c->licence[0] != '\0' ? c->licence : NULL);
  gm_json_add_number(to, "contract_intensity_g_per_kwh", c->has_contract ? c->contract_g_per_kwh : NAN);
  gm_json_add_text(to, "country_iso_code", c->iso3[0] != '\0' ? c->iso3 : NULL);
  struct json_object *basis;
  if (json_object_object_get_ex(to, "energy_basis", &basis) && json_object_is_type(basis, json_type_array))
    gm_record_basis_of_emissions(basis, c);
}

/* ---- the record ---------------------------------------------------------------------- */

/* "argv" with secrets masked, and how many there were; null where it is not wanted. */
static void add_argv(struct json_object *to, const gm_run_record *r) {
  size_t masked = 0;
  char **argv = r->argv != NULL ? gm_secrets_mask_arguments((int)r->argc, r->argv, &masked) : NULL;
  json_object_object_add(to, "argv", argv != NULL ? texts((const char *const *)argv, r->argc) : NULL);
  gm_json_add_integer(to, "argv_secrets_masked", (int64_t)masked);
  free(argv);
}

static struct json_object *host_object(const gm_host *host) {
  struct json_object *h = json_object_new_object();
  gm_json_add_text(h, "cpu_model", host->cpu_model);
  gm_json_add_integer(h, "logical_cpus", host->logical_cpus);
  gm_json_add_integer(h, "sockets", host->sockets);
  gm_json_add_bool(h, "virtualised", host->virtualised);
  gm_json_add_number(h, "ram_gib", host->ram_gib);
  gm_json_add_text(h, "os", host->os);
  return h;
}

void gm_run_record_add_identity(struct json_object *to, const gm_run_record *r) {
  const gm_host *host = gm_meter_host(r->meter);
  gm_json_add_text(to, "schema", schema);
  gm_json_add_text(to, "state", r->complete ? "complete" : "running");
  gm_json_add_text(to, "run_id", r->run_id);
  gm_json_add_text(to, "program", r->program);
  gm_json_add_text(to, "version", r->version);
  gm_json_add_text(to, "git_commit", r->git_commit);
  add_argv(to, r);
  add_moment(to, "started_at", r->started_at);
  add_moment(to, "stopped_at", r->stopped_at);
  gm_json_add_text(to, "project", r->project);
  gm_json_add_text(to, "experiment", r->experiment);
  gm_json_add_text(to, "boot_id", host->boot_id);
  gm_json_add_text(to, "cpu_model", host->cpu_model);
  json_object_object_add(to, "host", host_object(host));
}

void gm_run_record_add_energy(struct json_object *to, const gm_run_record *r) {
  char priors[512];
  const gm_reasons no_baseline = r->baseline == NULL ? GM_REASON_BIT(GM_NO_BASELINE) : 0;
  add_energy(to, r);
  gm_run_record_add_carbon(to, &r->carbon);
  add_attribution(to, r);
  gm_priors_describe(gm_meter_priors(r->meter), priors, sizeof priors);
  gm_json_add_text(to, "prior_set", priors);
  json_object_object_add(to, "energy_basis", gm_record_basis(r));
  json_object_object_add(to, "energy_reasons", gm_record_reasons(r->energy.reasons | no_baseline));
  gm_json_add_bool(to, "degraded", gm_energy_degraded(&r->energy));
  json_object_object_add(to, "energy_notes", gm_run_record_notes(r));
  json_object_object_add(to, "zones", gm_record_zones(r));
  json_object_object_add(to, "sources", gm_record_sources(r->meter));
}

gm_status gm_run_record_write(const gm_run_record *r, const char *path, gm_error *err) {
  struct json_object *root = json_object_new_object(), *overhead = json_object_new_object();
  gm_run_record_add_identity(root, r);
  if (r->exit_status >= 0)
    gm_json_add_integer(root, "exit_status", r->exit_status);
  else
    gm_json_add_text(root, "exit_status", NULL);
  gm_run_record_add_energy(root, r);
  gm_json_add_number(overhead, "cpu_s", r->overhead_cpu_s);
  gm_json_add_number(overhead, "share_of_one_core",
                     r->energy.duration_s > 0 ? r->overhead_cpu_s / r->energy.duration_s : NAN);
  gm_json_add_number(overhead, "memory_mib", r->overhead_memory_mib);
  json_object_object_add(root, "overhead", overhead);
  struct json_object *warnings = texts(r->warnings, r->n_warnings);
  if (r->baseline == NULL && r->no_baseline != NULL && r->no_baseline[0] != '\0')
    json_object_array_add(warnings, gm_json_string(r->no_baseline));
  json_object_object_add(root, "warnings", warnings);
  const gm_status status = gm_json_write(path, root, err);
  json_object_put(root);
  return status;
}
