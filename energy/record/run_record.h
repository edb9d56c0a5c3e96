/* SPDX-License-Identifier: MIT
 * The record of one metered run, of a command under track as of a program of the study: everything the
 * figure rests on, as JSON (schema greenmile-run-2), and the row of emissions.csv that goes with
 * it. What else a program knows of its run it adds to the same object. Energies and powers include PUE
 * unless named it_energy. */
#ifndef ENERGY_RUN_RECORD_H
#define ENERGY_RUN_RECORD_H

#include "energy/carbon/carbon_intensity.h"
#include "energy/carbon/emissions_csv.h"
#include "energy/likely_wall.h"
#include "energy/meter.h"
#include "energy/record/idle_baseline.h"

struct json_object; /* json-c's */

/* Everything is borrowed. NULL texts are written as null. */
typedef struct {
  const char *run_id, *program;
  bool complete;           /* false: a checkpoint of a run that goes on */
  const char *const *argv; /* written with secrets masked (common/secrets.h); NULL: left out */
  size_t argc;
  int exit_status; /* −1: unknown */
  time_t started_at, stopped_at;
  const gm_meter *meter;
  const gm_reading *start, *stop; /* of what was metered */
  gm_energy energy; /* between the two, with what earlier processes spent, or of one call where repeated */
  bool repeated;    /* the interval repeated one call many times (energy/repetition.h) */
  gm_carbon_intensity carbon;
  double wue;                       /* L per kWh before PUE */
  gm_wall_calibration wall;         /* of the machine; zeroed: none */
  const gm_idle_baseline *baseline; /* NULL: none */
  const char *no_baseline;          /* why not */
  const char *tree_method, *tree_note;
  int survivors; /* of the tree, at the end */
  double overhead_cpu_s, overhead_memory_mib;
  const char *const *warnings;
  size_t n_warnings;
  const char *project, *experiment, *region, *cloud_provider, *cloud_region, *git_commit;
  const char *version, *row_version; /* "0.1", and in the row "greenmile-0.1" */
  bool bill_process;                 /* the row holds attributed energy instead of the machine's */
  double ram_used_gib;
} gm_run_record;

/* Adds to `to`: what ran, when, on which machine. */
void gm_run_record_add_identity(struct json_object *to, const gm_run_record *record);

/* Adds to `to`: energy, emissions, attribution, and all they rest on. */
void gm_run_record_add_energy(struct json_object *to, const gm_run_record *record);

/* The lines of the power model and how well its bands are known; the caller's to put. */
struct json_object *gm_run_record_power_model(const gm_power_lines *lines);

/* Adds to `to`, or replaces there: the carbon intensity, its interval and basis, where it is from, and the
 * country. */
void gm_run_record_add_carbon(struct json_object *to, const gm_carbon_intensity *carbon);

/* What a person should know before quoting the figure: an array of sentences, the caller's to put. */
struct json_object *gm_run_record_notes(const gm_run_record *record);

/* The record of a command, whole or not at all: both, exit status, overhead and warnings. */
gm_status gm_run_record_write(const gm_run_record *record, const char *path, gm_error *err);

/* The texts are the record's. */
gm_emissions_row gm_run_record_row(const gm_run_record *record);

/* True unless most of the energy was measured, and soundly: nothing unreadable, implausible, reset, wrapped
 * ambiguously, frozen, with a gap, or too short for its counter. */
bool gm_energy_degraded(const gm_energy *energy);

#endif
