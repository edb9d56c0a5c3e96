/* SPDX-License-Identifier: MIT
 * The row of emissions.csv that goes with a record. */
#include "energy/carbon/emissions.h"
#include "energy/record/run_record.h"

#include <math.h>

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
