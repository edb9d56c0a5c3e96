/* SPDX-License-Identifier: MIT
 * Energy to emissions: one product, and its bounds in quadrature of the logarithms. */
#include "energy/carbon/emissions.h"

#include <math.h>

double gm_kwh(double energy_j) {
  return energy_j / GM_J_PER_KWH;
}

/* ln(a/b) and ln(c/d) in quadrature; infinite where a bound is 0, and 0 where nothing was used. */
static double quadrature(double a, double b, double c, double d) {
  return hypot(a == b ? 0 : log(a / b), log(c / d));
}

gm_emissions gm_emissions_of(double energy_j, double low_j, double high_j,
                             const gm_carbon_intensity *intensity) {
  const gm_carbon_intensity *i = intensity;
  const double kg = gm_kwh(energy_j) * i->g_per_kwh / 1000;
  gm_emissions e = {.kg = kg, .low_kg = NAN, .high_kg = NAN};
  if (energy_j > 0) {
    e.low_kg = kg * exp(-quadrature(energy_j, low_j, i->g_per_kwh, i->low_g_per_kwh));
    e.high_kg = kg * exp(quadrature(high_j, energy_j, i->high_g_per_kwh, i->g_per_kwh));
  } else { /* nothing was seen: the bounds are all there is */
    e.low_kg = gm_kwh(low_j) * i->low_g_per_kwh / 1000;
    e.high_kg = gm_kwh(high_j) * i->high_g_per_kwh / 1000;
  }
  return e;
}

gm_emissions gm_emissions_by_contract(double energy_j, double low_j, double high_j,
                                      const gm_carbon_intensity *intensity) {
  const double kg_per_kwh = intensity->has_contract ? intensity->contract_g_per_kwh / 1000 : NAN;
  return (gm_emissions){gm_kwh(energy_j) * kg_per_kwh, gm_kwh(low_j) * kg_per_kwh,
                        gm_kwh(high_j) * kg_per_kwh};
}
