/* SPDX-License-Identifier: MIT
 * Grams of CO2-equivalent per kWh of electricity, by country: annual, generation-based,
 * life-cycle means of Ember's yearly data as Our World in Data publishes them (CC BY 4.0), in
 * carbon_intensity.csv with value, year, band, source and licence per row. All of it is location-based
 * (GHG Protocol, Scope 2): what the grid of a country emits, not what a contract says.
 *
 * The band of a row covers the value of the year of a run up to two years after the row's (95 % of 615 later
 * values, fitted on the years before). It does not hold the hour of the run, nor imports, nor a part of the
 * country; what the hour alone does is printed beside it. `WLD` is the world's mean: kilograms per
 * world-average kWh, not an estimate for a country that is not named. A country is never guessed.
 *
 * carbon_regions.csv has the states of the USA (ISO 3166-2, US-CA) by EPA's eGRID and the provinces of China
 * (CN-BJ) by its ministry of environment, both at the stack, without the life cycle, so lower than the
 * national figures, and those of Canada (CA-QC), worked out from mix and factors by fuel; the basis of each
 * row says so. */
#ifndef ENERGY_CARBON_INTENSITY_H
#define ENERGY_CARBON_INTENSITY_H

#include "common/status.h"

#include <stdbool.h>

typedef struct {
  char iso3[8]; /* "" where a fixed value was given */
  char country[64];
  double g_per_kwh;                     /* NAN: not set, emissions stay empty */
  double low_g_per_kwh, high_g_per_kwh; /* 95 % */
  int year;                             /* of the figure, 0 where a fixed value was given */
  char source[192];
  char licence[32];
  char basis[64];    /* "annual mean of generation, life cycle", "" where the table does not say */
  bool has_contract; /* a factor of the user's contract for electricity was stated; none is ever assumed */
  double
      contract_g_per_kwh; /* market-based (GHG Protocol, Scope 2): stands beside the others, replaces none */
  double reserved[4];     /* for members to come */
} gm_carbon_intensity;

/* Mean over the hour of a run ÷ mean of the year: geometric means of the 95 % bounds of 15 years of 7 grids
 * (ENTSO-E 2020: FR, GB, DE; Electricity Maps 2021-23: ES, NO, BR, California); the widest is 0.40 to 2.04.
 */
#define GM_HOUR_FACTOR_LOW 0.54
#define GM_HOUR_FACTOR_HIGH 1.61

/* Takes the factor of a contract, 0 or 1 to 3000 g/kWh (NAN: none); GM_BAD_INPUT for anything else. */
gm_status gm_carbon_intensity_contract(double g_per_kwh, gm_carbon_intensity *intensity, gm_error *err);

/* "Not set": every number NAN, every text empty. */
gm_carbon_intensity gm_carbon_intensity_unset(void);

/* Looks `iso3` (alpha-3, or US-CA and its like) up (any case), first in `table_path` (NULL = none), a CSV
 * with the columns iso3, g_per_kwh and, where it has them, country, year, low_factor, high_factor, basis,
 * source, licence; then in the table that comes with the suite. An unknown code is GM_BAD_INPUT with the
 * nearest codes. */
gm_status gm_carbon_intensity_find(const char *iso3, const char *table_path, gm_carbon_intensity *intensity,
                                   gm_error *err);

/* A value the user states, 1 to 3000 (0.475 is kilograms), with the usual band of a table: ×/÷1.26, the
 * median of the countries'. */
gm_status gm_carbon_intensity_fixed(double g_per_kwh, gm_carbon_intensity *intensity, gm_error *err);

/* What the options of a program ask for: `iso3` (NULL: no place) by the tables, its figure replaced by
 * g_per_kwh where that is stated (NAN: it is not); "not set" without either. */
gm_status gm_carbon_intensity_choose(const char *iso3, const char *table_path, double g_per_kwh,
                                     gm_carbon_intensity *intensity, gm_error *err);

bool gm_carbon_intensity_is_set(const gm_carbon_intensity *intensity);

/* The world's mean, which estimates nobody's emissions. */
bool gm_carbon_intensity_is_world(const gm_carbon_intensity *intensity);

#endif
