/* SPDX-License-Identifier: MIT
 * Another country is a multiplication, not another training: the emissions of runs that are there, from the
 * energy they have recorded and its interval, with the carbon intensity of another place and its own. */
#ifndef EXPERIMENTS_REPORT_COUNTRY_H
#define EXPERIMENTS_REPORT_COUNTRY_H

#include "energy/carbon/carbon_intensity.h"
#include "experiments/report/runs.h"

/* In memory, every run's emissions (of the run, of all processes of a search, of one forecast) and all that
 * it says of its carbon intensity become those of `carbon`; runs that were made for that figure stay bit by
 * bit. */
void gm_report_set_country(gm_report_runs *study, const gm_carbon_intensity *carbon);

/* DIR/emissions.csv: the rows of all runs in CodeCarbon's columns, one file; emissions and country are those
 * that the study has now, so that rows and tables agree. */
gm_status gm_report_write_emissions(const gm_report_runs *study, const char *results, gm_error *err);

#endif
