/* SPDX-License-Identifier: MIT
 * Energy to emissions: kg = kWh · g/kWh / 1000, with 1 kWh = 3.6e6 J exactly. The interval
 * is bound by bound: low = low energy · low intensity, high likewise. */
#ifndef ENERGY_EMISSIONS_H
#define ENERGY_EMISSIONS_H

#include "energy/carbon/carbon_intensity.h"

#define GM_J_PER_KWH 3.6e6

typedef struct {
  double kg, low_kg, high_kg; /* NAN where the intensity is not set */
} gm_emissions;

double gm_kwh(double energy_j);

/* Energies in J, PUE included (as gm_energy gives them). */
gm_emissions gm_emissions_of(double energy_j, double low_j, double high_j,
                             const gm_carbon_intensity *intensity);

#endif
