/* SPDX-License-Identifier: MIT
 * Means, spreads and the total. */
#include "experiments/report/models.h"

#include "experiments/report/difference.h"

#include <math.h>

static const struct {
  const char *name;
  gm_report_run_kind run;
} models[GM_MODELS] = {
    [GM_MODEL_PERSISTENCE] = {"Persistence", GM_RUN_KINDS},
    [GM_MODEL_LINEAR_REGRESSION] = {"Linear Regression", GM_RUN_LINEAR_REGRESSION},
    [GM_MODEL_CNN] = {"CNN", GM_RUN_CNN},
    [GM_MODEL_CNN_PRUNED] = {"Pruned CNN", GM_RUN_CNN_PRUNED},
    [GM_MODEL_CNN_STRUCTURED] = {"Pruned CNN (structured)", GM_RUN_CNN_STRUCTURED},
    [GM_MODEL_CNN_EARLY_STOPPING] = {"CNN + Early Stopping", GM_RUN_CNN_EARLY_STOPPING},
    [GM_MODEL_TUNE] = {"CNN + Hyperparameter Tuning", GM_RUN_TUNE},
    [GM_MODEL_TUNE_PRUNED] = {"CNN + Hyperparameter Pruning", GM_RUN_TUNE_PRUNED},
};

gm_report_run_kind gm_report_model_run(gm_report_model model) {
  return models[model].run;
}

gm_mean_sd gm_report_mean(const gm_report_runs *study, gm_report_run_kind kind, const char *key) {
  const size_t repeats = gm_report_repeats(study, kind);
  double sum = 0.0, squares = 0.0;
  size_t n = 0;
  for (size_t i = 0; i < repeats; i++) {
    const double value = gm_report_run_number(&study->runs[kind][i], key);
    if (isnan(value)) continue;
    sum += value;
    n++;
  }
  if (n == 0) return (gm_mean_sd){NAN, NAN};
  const double mean = sum / (double)n;
  for (size_t i = 0; i < repeats; i++) {
    const double value = gm_report_run_number(&study->runs[kind][i], key);
    if (!isnan(value)) squares += (value - mean) * (value - mean);
  }
  return (gm_mean_sd){mean, n > 1 ? sqrt(squares / (double)(n - 1)) : NAN};
}

static gm_mean_sd single(double value) {
  return (gm_mean_sd){value, NAN};
}

/* Persistence has no run of its own; the linear regression's carries its metrics. */
static gm_report_row persistence_row(const gm_report_runs *study) {
  const gm_report_run *run = study->runs[GM_RUN_LINEAR_REGRESSION];
  const gm_mean_sd none = single(NAN);
  return (gm_report_row){
      .name = models[GM_MODEL_PERSISTENCE].name,
      .key = "persistence",
      .emissions_kg = none,
      .energy_kwh = none,
      .duration_s = none,
      .epochs = none,
      .rmse_validation = single(gm_report_run_number(run, "persistence.rmse_validation")),
      .rmse_test = single(gm_report_run_number(run, "persistence.rmse_test")),
      .correlation_validation = single(gm_report_run_number(run, "persistence.correlation_validation")),
      .emissions_low_kg = NAN,
      .emissions_high_kg = NAN,
      .difference_low = NAN,
      .difference_high = NAN,
  };
}

gm_status gm_report_models(const gm_report_runs *study, gm_report_row rows[GM_MODELS], gm_error *err) {
  rows[GM_MODEL_PERSISTENCE] = persistence_row(study);
  gm_status status = GM_OK;
  for (gm_report_model m = GM_MODEL_LINEAR_REGRESSION; m < GM_MODELS && status == GM_OK; m++) {
    const gm_report_run_kind kind = models[m].run;
    gm_report_row *row = &rows[m];
    *row = (gm_report_row){
        .name = models[m].name,
        .key = gm_report_run_kind_name(kind),
        .n_runs = gm_report_repeats(study, kind),
        .emissions_kg = gm_report_mean(study, kind, "emissions_kg"),
        .energy_kwh = gm_report_mean(study, kind, "energy_kwh"),
        .rmse_validation = gm_report_mean(study, kind, "rmse_validation"),
        .rmse_test = gm_report_mean(study, kind, "rmse_test"),
        .correlation_validation = gm_report_mean(study, kind, "correlation_validation"),
        .duration_s = gm_report_mean(study, kind, "duration_s"),
        .epochs = gm_report_mean(study, kind, "epochs"),
        .emissions_low_kg = gm_report_mean(study, kind, "emissions_low_kg").mean,
        .emissions_high_kg = gm_report_mean(study, kind, "emissions_high_kg").mean,
        .difference_low = NAN,
        .difference_high = NAN,
    };
    if (m != GM_MODEL_LINEAR_REGRESSION)
      status = gm_report_rmse_difference(study->runs[GM_RUN_LINEAR_REGRESSION], study->runs[kind],
                                         &row->difference_low, &row->difference_high, err);
  }
  return status;
}

double gm_report_bound_factor(const gm_report_run *run, const char *bound, const char *value) {
  const double factor = gm_report_run_number(run, bound) / gm_report_run_number(run, value);
  return isfinite(factor) ? factor : NAN;
}

gm_report_total gm_report_sum(const gm_report_runs *study) {
  gm_report_total total = {0};
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(study, kind); i++) {
      const gm_report_run *run = &study->runs[kind][i];
      const double earlier = gm_report_run_number(run, "earlier_energy_kwh"); /* interrupted, repeated */
      const double energy = gm_report_run_number(run, "all_energy_kwh") + (isnan(earlier) ? 0.0 : earlier);
      const double emissions = energy * gm_report_run_number(run, "carbon_intensity_g_per_kwh") / 1000.0;
      total.n_runs++;
      total.duration_s += gm_report_run_number(run, "all_duration_s");
      total.energy_kwh += energy;
      total.energy_low_kwh += energy * gm_report_bound_factor(run, "energy_low_kwh", "energy_kwh");
      total.energy_high_kwh += energy * gm_report_bound_factor(run, "energy_high_kwh", "energy_kwh");
      total.emissions_kg += emissions;
      total.emissions_low_kg += emissions * gm_report_bound_factor(run, "emissions_low_kg", "emissions_kg");
      total.emissions_high_kg += emissions * gm_report_bound_factor(run, "emissions_high_kg", "emissions_kg");
    }
  return total;
}
