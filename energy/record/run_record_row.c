/* SPDX-License-Identifier: MIT
 * The row of emissions.csv that goes with a record. */
#include "energy/carbon/emissions.h"
#include "energy/record/run_record.h"
#include "energy/record/run_record_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* CodeCarbon's word, and how much of the energy was measured: its readers take the column as it comes, and
 * whoever reads the row sees what it is worth. */
static const char *tracking_mode(bool process, const gm_energy *e) {
  static const char *const words[2][3] = {{"machine (modelled)", "machine (partly measured)", "machine"},
                                          {"process (modelled)", "process (partly measured)", "process"}};
  const double nearly_all = 0.95;
  return words[process][!e->measured ? 0 : e->measured_j < nearly_all * e->energy_j ? 1 : 2];
}

/* The cards that count: their number, and "2 x NAME" of each kind, as CodeCarbon writes them. */
static void add_cards(const gm_run_record *r, gm_emissions_row *row) {
  const gm_zone *kinds[GM_MAX_ZONES];
  int count[GM_MAX_ZONES];
  size_t n = 0, used = 0;
  for (size_t i = 0; i < gm_meter_n_zones(r->meter); i++) {
    const gm_zone *zone = gm_meter_zone(r->meter, i);
    if (zone->component != GM_GPU || (r->energy.basis.zones >> i & 1) == 0) continue;
    size_t kind = 0;
    while (kind < n && strcmp(kinds[kind]->model, zone->model) != 0) kind++;
    if (kind == n) kinds[n] = zone, count[n++] = 0;
    count[kind]++;
    row->gpu_count = row->gpu_count < 0 ? 1 : row->gpu_count + 1;
  }
  for (size_t i = 0; i < n && used < sizeof row->gpu_model; i++)
    used += (size_t)snprintf(row->gpu_model + used, sizeof row->gpu_model - used, "%s%d x %s",
                             i > 0 ? ", " : "", count[i], kinds[i]->model);
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
  row.version = r->row_version;
  row.cpu_count = host->logical_cpus;
  row.cpu_model = host->cpu_model;
  add_cards(r, &row);
  row.ram_total_gib = host->ram_gib;
  row.tracking_mode = tracking_mode(process, e);
  row.cpu_utilization_percent = 100 * gm_record_utilisation(e);
  row.ram_used_gib = r->ram_used_gib;
  row.ram_utilization_percent = 100 * r->ram_used_gib / host->ram_gib;
  row.on_cloud = r->cloud_provider != NULL && r->cloud_provider[0] != '\0' ? "Y" : "N";
  row.pue = e->pue;
  row.wue = r->wue;
  return row;
}
