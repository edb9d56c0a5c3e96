/* SPDX-License-Identifier: MIT
 * The last words of a program: two lines on stderr, and the units they are told in. */
#include "experiments/run/words.h"

#include "common/terminal.h"
#include "models/regression/persistence.h"
#include "models/statistics/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  double j;
  const char *name;
} units[] = {{1e-6, "µJ"}, {1e-3, "mJ"}, {1, "J"}, {1e3, "kJ"}, {1e6, "MJ"}, {1e9, "GJ"}};
enum { JOULE = 2, N_UNITS = sizeof units / sizeof *units };

/* The largest unit of which there is one, as it is shown in three digits. */
static size_t unit_of(double energy_j) {
  size_t u = 0;
  while (u + 1 < N_UNITS && energy_j >= 0.9995 * units[u + 1].j) u++;
  return energy_j == 0 || isnan(energy_j) ? JOULE : u;
}

const char *gm_energy_text(double energy_j, char text[GM_ENERGY_TEXT]) {
  const size_t u = unit_of(energy_j);
  snprintf(text, GM_ENERGY_TEXT, "%.3g %s", energy_j / units[u].j, units[u].name);
  return text;
}

const char *gm_unit_suffix(const gm_experiment *e, char text[GM_UNIT_SUFFIX]) {
  const char *unit = gm_experiment_unit(e);
  snprintf(text, GM_UNIT_SUFFIX, "%s%s", unit != NULL ? " " : "", unit != NULL ? unit : "");
  return text;
}

static double persistence_rmse(const gm_samples *samples, gm_split_name name) {
  const gm_split *s = &samples->split[name];
  double *forecast = malloc(s->n * sizeof *forecast), rmse = NAN;
  if (forecast == NULL) return NAN;
  gm_persistence_predict(s->index_at_t, s->n, forecast);
  if (gm_rmse(forecast, s->y, s->n, &rmse, NULL) != GM_OK) rmse = NAN;
  free(forecast);
  return rmse;
}

void gm_experiment_say_scores(const gm_experiment *e, const gm_scores *scores) {
  char unit[GM_UNIT_SUFFIX];
  gm_unit_suffix(e, unit);
  gm_say(stderr, "%s: RMSE validation %.4g, test %.4g%s (persistence %.4g, %.4g)", e->program,
         scores->rmse_validation, scores->rmse_test, unit, persistence_rmse(&e->samples, GM_VALIDATION),
         persistence_rmse(&e->samples, GM_TEST));
}

void gm_experiment_say_cost(const gm_experiment *e, const gm_energy *energy, const char *what) {
  const gm_emissions emissions = gm_emissions_of(energy->energy_j, energy->low_j, energy->high_j, &e->carbon);
  const size_t u = unit_of(energy->energy_j);
  char text[GM_ENERGY_TEXT], kg[160], contract[80] = "";
  if (gm_carbon_intensity_is_set(&e->carbon))
    snprintf(kg, sizeof kg, ", %.2g kg CO2eq (%.2g to %.2g)%s%s", emissions.kg, emissions.low_kg,
             emissions.high_kg, e->carbon.iso3[0] != '\0' ? ", " : "", e->carbon.iso3);
  else
    strcpy(kg, "; kg need --country ISO3 (WLD: the world) or --carbon-intensity");
  if (e->carbon.has_contract)
    snprintf(contract, sizeof contract, "; by contract %.2g kg, market-based",
             gm_emissions_by_contract(energy->energy_j, energy->low_j, energy->high_j, &e->carbon).kg);
  gm_say(stderr, "%s: %s%s (%.3g to %.3g)%s%s; in %s", e->program, gm_energy_text(energy->energy_j, text),
         what, energy->low_j / units[u].j, energy->high_j / units[u].j, kg, contract, e->options.out);
}
