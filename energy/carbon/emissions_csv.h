/* SPDX-License-Identifier: MIT
 * emissions.csv: CodeCarbon's 38 columns in the order of its release 3.3, one row per
 * run, safe for many writers at once (O_APPEND, flock, whole row in one write). Unknown
 * fields are empty; the number of fields never changes. A file that has another header
 * is left alone and emissions.N.csv written instead. */
#ifndef ENERGY_EMISSIONS_CSV_H
#define ENERGY_EMISSIONS_CSV_H

#include "common/status.h"

#include <stddef.h>
#include <time.h>

#define GM_EMISSIONS_COLUMNS 38

/* One row. NULL texts, NAN numbers and negative counts are written as empty fields. */
typedef struct {
  size_t size;      /* of this struct as the caller knows it; newer members are unknown */
  time_t timestamp; /* end of the run; written as local time without zone, as CodeCarbon does */
  const char *project_name, *run_id, *experiment_id;
  double duration_s;
  double emissions_kg;
  double cpu_power_w, gpu_power_w, ram_power_w;                               /* mean = energy / duration */
  double cpu_energy_kwh, gpu_energy_kwh, ram_energy_kwh, energy_consumed_kwh; /* PUE included */
  double water_l;
  const char *country_name, *country_iso_code, *region, *cloud_provider, *cloud_region;
  const char *os, *version; /* version: codecarbon_version, "greenmile-x.y" */
  int cpu_count;
  const char *cpu_model;
  int gpu_count;
  char gpu_model[160]; /* "" = unknown */
  double longitude, latitude;
  double ram_total_gib;
  const char *tracking_mode; /* "machine" or "process", with what was not measured */
  double cpu_utilization_percent, gpu_utilization_percent, ram_utilization_percent, ram_used_gib;
  const char *on_cloud; /* "Y" or "N" */
  double pue, wue;
} gm_emissions_row;

/* A row of unknowns, of what fits into `size` bytes: programs built against an older header go on working. */
void gm_emissions_row_init(gm_emissions_row *row, size_t size);
static inline gm_emissions_row gm_emissions_row_empty(void) {
  gm_emissions_row row;
  gm_emissions_row_init(&row, sizeof row);
  return row;
}

/* A random (version 4) UUID for run_id. */
#define GM_UUID_LENGTH 37
gm_status gm_uuid(char text[GM_UUID_LENGTH], gm_error *err);

/* GM_BAD_INPUT where a row could not be appended to `path` now: no such directory, no right to write. For
 * programs that want to know before hours of work. */
gm_status gm_emissions_check(const char *path, gm_error *err);

/* Appends `row` to `path`, or to path with .1, .2, … before its extension where the
 * header there is another one; *written (NULL = not wanted) is the path used, for the caller to free. */
gm_status gm_emissions_append(const char *path, const gm_emissions_row *row, char **written, gm_error *err);

#endif
