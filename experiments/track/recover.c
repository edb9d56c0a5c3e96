/* SPDX-License-Identifier: MIT
 * track recover: the row of a run whose track was killed, from the last checkpoint of its record. The record
 * then says so, and gives no second row. */
#include "common/json.h"
#include "energy/carbon/emissions_csv.h"
#include "experiments/track/commands.h"
#include "experiments/track/record_check.h"
#include "experiments/track/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double of(const struct json_object *record, const char *member) {
  return gm_json_number(record, member);
}

static double power_w(double energy_kwh, double duration_s) {
  return energy_kwh * 3.6e6 / duration_s;
}

/* "2026-11-26T22:00:00Z". */
static time_t moment(const char *text) {
  struct tm utc = {0};
  return text != NULL && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc) != NULL ? timegm(&utc) : time(NULL);
}

static gm_emissions_row row_of(struct json_object *record, const char *version) {
  struct json_object *host = json_object_object_get(record, "host");
  const double duration_s = of(record, "duration_s"), nearly_all = 0.95;
  const double share = of(record, "energy_measured_share");
  gm_emissions_row row = gm_emissions_row_empty();
  row.timestamp = moment(gm_json_text(record, "stopped_at"));
  row.project_name = gm_json_text(record, "project");
  row.run_id = gm_json_text(record, "run_id");
  row.experiment_id = gm_json_text(record, "experiment");
  row.duration_s = duration_s;
  row.emissions_kg = of(record, "emissions_kg");
  row.cpu_energy_kwh = of(record, "energy_cpu_kwh");
  row.ram_energy_kwh = of(record, "energy_ram_kwh");
  row.gpu_energy_kwh = of(record, "energy_gpu_kwh");
  row.energy_consumed_kwh = of(record, "energy_kwh");
  row.cpu_power_w = power_w(row.cpu_energy_kwh, duration_s);
  row.ram_power_w = power_w(row.ram_energy_kwh, duration_s);
  row.gpu_power_w = power_w(row.gpu_energy_kwh, duration_s);
  row.water_l = of(record, "water_l");
  row.country_iso_code = gm_json_text(record, "country_iso_code");
  row.os = gm_json_text(host, "os");
  row.version = version;
  row.cpu_model = gm_json_text(host, "cpu_model");
  const double cpus = of(host, "logical_cpus");
  row.cpu_count = cpus > 0 ? (int)cpus : -1;
  row.ram_total_gib = of(host, "ram_gib");
  row.tracking_mode = !(share > 0.5)       ? "machine (modelled)"
                      : share < nearly_all ? "machine (partly measured)"
                                           : "machine";
  row.cpu_utilization_percent = 100 * of(record, "utilisation");
  row.pue = of(record, "pue");
  row.wue = of(record, "wue_l_per_kwh");
  return row;
}

static gm_status recover(gm_track *track, const char *path, void *context, gm_error *err) {
  const char *output = gm_settings_text(&track->settings, GM_SET_OUTPUT);
  (void)context;
  struct json_object *record = NULL;
  char version[64], *written = NULL;
  gm_status status = gm_json_read(path, &record, err);
  if (status != GM_OK) return status;
  const char *state = gm_json_text(record, "state"), *run_id = gm_json_text(record, "run_id");
  if (state == NULL || run_id == NULL || isnan(of(record, "energy_kwh")))
    status = gm_fail(err, GM_BAD_INPUT, "%s: expected a record of track", path);
  else if (strcmp(state, "running") != 0)
    status = gm_fail(
        err, GM_BAD_INPUT,
        "%s: expected the record of a run that was killed (state \"running\"), got \"%s\": its row is "
        "written",
        path, state);
  if (status == GM_OK) status = gm_track_record_check(path, record, err);
  if (status == GM_OK) status = gm_emissions_check(output, err);
  if (status == GM_OK) {
    snprintf(version, sizeof version, "greenmile-%s", gm_version());
    const gm_emissions_row row = row_of(record, version);
    status = gm_emissions_append(output, &row, &written, err);
  }
  if (status == GM_OK) {
    printf("%s: %.3g kWh in %.4g s, up to its last checkpoint, appended to %s\n", path,
           of(record, "energy_kwh"), of(record, "duration_s"), written);
    gm_json_add_text(record, "state", "recovered");
    status = gm_json_write(path, record, err);
  }
  free(written);
  json_object_put(record);
  return status;
}

int gm_track_recover(int argc, char **argv) {
  const gm_track_usage usage = {
      .name = "track recover",
      .usage = "[--output FILE.csv] RECORD.json",
      .operand = "record",
      .description = "Appends the row of a run whose track was killed, from the last checkpoint in its\n"
                     "record, to --output. What it used after that is lost."};
  return gm_track_main(&usage, argc, argv, recover, NULL);
}
