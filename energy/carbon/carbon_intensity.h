/* SPDX-License-Identifier: MIT
 * Grams of CO2-equivalent per kWh of electricity, by country: annual, generation-based,
 * life-cycle means of Ember's yearly data as Our World in Data publishes them (CC BY 4.0), in
 * carbon_intensity.csv with value, year, source and licence per row. `WLD` is the
 * stated world average. A country is never guessed. */
#ifndef ENERGY_CARBON_INTENSITY_H
#define ENERGY_CARBON_INTENSITY_H

#include "common/status.h"

#include <stdbool.h>

typedef struct {
  char iso3[8]; /* "" where a fixed value was given */
  char country[64];
  double g_per_kwh;                     /* NAN: not set, emissions stay empty */
  double low_g_per_kwh, high_g_per_kwh; /* ±10 % of a country's value, ×/÷1.5 of WLD */
  int year;                             /* of the figure, 0 where a fixed value was given */
  char source[192];
  char licence[32];
} gm_carbon_intensity;

/* "Not set": every number NAN, every text empty. */
gm_carbon_intensity gm_carbon_intensity_unset(void);

/* Looks `iso3` up (any case), first in `table_path` (NULL = none), a CSV with the columns iso3, g_per_kwh
 * and, where it has them, country, year, source, licence; then in the table that comes with the
 * suite. An unknown code is GM_BAD_INPUT with the nearest codes. */
gm_status gm_carbon_intensity_find(const char *iso3, const char *table_path, gm_carbon_intensity *intensity,
                                   gm_error *err);

/* A value the user states (> 0), with the ±10 % band of a national mean. */
gm_status gm_carbon_intensity_fixed(double g_per_kwh, gm_carbon_intensity *intensity, gm_error *err);

/* What the options of a program ask for: `iso3` (NULL: no place) by the tables, its figure replaced by
 * g_per_kwh where that is stated (NAN: it is not); "not set" without either. */
gm_status gm_carbon_intensity_choose(const char *iso3, const char *table_path, double g_per_kwh,
                                     gm_carbon_intensity *intensity, gm_error *err);

bool gm_carbon_intensity_is_set(const gm_carbon_intensity *intensity);

#endif
