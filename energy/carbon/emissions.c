/* SPDX-License-Identifier: MIT
 * Energy to emissions. */
#include "energy/carbon/emissions.h"

double gm_kwh(double energy_j) {
  return energy_j / GM_J_PER_KWH;
}

gm_emissions gm_emissions_of(double energy_j, double low_j, double high_j,
                             const gm_carbon_intensity *intensity) {
  return (gm_emissions){.kg = gm_kwh(energy_j) * intensity->g_per_kwh / 1000,
                        .low_kg = gm_kwh(low_j) * intensity->low_g_per_kwh / 1000,
                        .high_kg = gm_kwh(high_j) * intensity->high_g_per_kwh / 1000};
}
