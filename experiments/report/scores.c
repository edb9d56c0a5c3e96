/* SPDX-License-Identifier: MIT
 * SCI from the runs: sums over trainings, searches and forecasts. */
#include "experiments/report/scores.h"

#include <math.h>

static gm_embodied read_embodied(const gm_report_run *run) {
  return (gm_embodied){.making_kg = gm_report_run_number(run, "embodied.making_kg"),
                       .making_low_kg = gm_report_run_number(run, "embodied.making_low_kg"),
                       .making_high_kg = gm_report_run_number(run, "embodied.making_high_kg"),
                       .share = gm_report_run_number(run, "embodied.share"),
                       .share_low = gm_report_run_number(run, "embodied.share_low"),
                       .share_high = gm_report_run_number(run, "embodied.share_high"),
                       .kg_per_h = gm_report_run_number(run, "embodied.kg_per_h"),
                       .low_kg_per_h = gm_report_run_number(run, "embodied.low_kg_per_h"),
                       .high_kg_per_h = gm_report_run_number(run, "embodied.high_kg_per_h")};
}

/* The emissions and operations of one run are in members of these names; the search's are of all its trials.
 */
static const struct {
  const char *what, *per;
  gm_report_run_kind run;
  const char *kg, *low_kg, *high_kg, *flop;
} rows[GM_SCORES] = {
    {"Training, linear regression", "training", GM_RUN_LINEAR_REGRESSION, "emissions_kg", "emissions_low_kg",
     "emissions_high_kg", "training_flop"},
    {"Training, CNN", "training", GM_RUN_CNN, "emissions_kg", "emissions_low_kg", "emissions_high_kg",
     "training_flop"},
    {"Training, CNN found by the search, search included", "training", GM_RUN_TUNE, "emissions_kg",
     "emissions_low_kg", "emissions_high_kg", "training_flop"},
    {"Forecast, linear regression", "forecast", GM_RUN_INFERENCE_LINEAR_REGRESSION,
     "emissions_per_forecast_kg", "emissions_per_forecast_low_kg", "emissions_per_forecast_high_kg",
     "forecast_flop"},
    {"Forecast, CNN", "forecast", GM_RUN_INFERENCE_CNN, "emissions_per_forecast_kg",
     "emissions_per_forecast_low_kg", "emissions_per_forecast_high_kg", "forecast_flop"},
};

gm_emissions gm_report_market_emissions(const gm_report *report) {
  const double kg_per_kwh = report->contract_g_per_kwh / 1000;
  const gm_report_total *t = &report->total;
  return (gm_emissions){t->energy_kwh * kg_per_kwh, t->energy_low_kwh * kg_per_kwh,
                        t->energy_high_kwh * kg_per_kwh};
}

gm_report_scores gm_report_scores_of(const gm_report *report, bool embodied) {
  const gm_report_run *cnn = report->study->runs[GM_RUN_CNN];
  gm_report_scores s = {.embodied = read_embodied(cnn)};
  s.has_embodied = embodied && !isnan(s.embodied.kg_per_h);
  const gm_embodied *making = s.has_embodied ? &s.embodied : NULL;
  const gm_emissions total = {report->total.emissions_kg, report->total.emissions_low_kg,
                              report->total.emissions_high_kg};
  s.making = gm_sci_of(&total, making, report->total.duration_s).making;
  for (int i = 0; i < GM_SCORES; i++) {
    const gm_report_run *run = report->study->runs[rows[i].run];
    const gm_emissions operation = {gm_report_run_number(run, rows[i].kg),
                                    gm_report_run_number(run, rows[i].low_kg),
                                    gm_report_run_number(run, rows[i].high_kg)};
    s.score[i] =
        (gm_report_score){.what = rows[i].what,
                          .per = rows[i].per,
                          .sci = gm_sci_of(&operation, making, gm_report_run_number(run, "duration_s")),
                          .flop = gm_report_run_number(run, rows[i].flop)};
  }
  return s;
}
