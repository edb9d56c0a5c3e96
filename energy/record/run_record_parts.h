/* SPDX-License-Identifier: MIT
 * Parts of the record of a run, for the files beside run_record.c only; each is the caller's to put. */
#ifndef ENERGY_RUN_RECORD_PARTS_H
#define ENERGY_RUN_RECORD_PARTS_H

#include "common/json.h"
#include "energy/record/run_record.h"

/* What the intervals rest on, one sentence each. */
struct json_object *gm_record_basis(const gm_run_record *record);

/* The sentence on the carbon intensity, in place of the one that is there; none where it is not set. */
void gm_record_basis_of_emissions(struct json_object *list, const gm_carbon_intensity *carbon);

/* The names of a set of reasons. */
struct json_object *gm_record_reasons(gm_reasons reasons);

/* What every zone showed at start and stop. */
struct json_object *gm_record_zones(const gm_run_record *record);

/* The busy share of the CPUs as it is shown: ticks bring more busy time into a short interval than it has
 * room for. */
static inline double gm_record_utilisation(const gm_energy *energy) {
  return energy->utilisation > 1 ? 1 : energy->utilisation;
}

/* The sources that were tried, and why they are not in use. */
struct json_object *gm_record_sources(const gm_meter *meter);

#endif
