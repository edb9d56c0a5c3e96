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

/* Persistence has no run of its own; the linear regression's carries its metrics. */
const char *gm_report_model_place(gm_report_model model, gm_report_run_kind *kind) {
  *kind = model == GM_MODEL_PERSISTENCE ? GM_RUN_LINEAR_REGRESSION : models[model].run;
  return model == GM_MODEL_PERSISTENCE ? "persistence" : NULL;
}

gm_mean_sd gm_report_mean(const gm_report_runs *study, gm_report_run_kind kind, const char *inside,
                          const char *key) {
  const size_t repeats = gm_report_repeats(study, kind);
  double sum = 0.0, squares = 0.0;
  size_t n = 0;
  char path[128];
  snprintf(path, sizeof path, "%s%s%s", inside != NULL ? inside : "", inside != NULL ? "." : "", key);
  for (size_t i = 0; i < repeats; i++) {
    const double value = gm_report_run_number(&study->runs[kind][i], path);
    if (isnan(value)) continue;
    sum += value;
    n++;
  }
  if (n == 0) return (gm_mean_sd){NAN, NAN};
  const double mean = sum / (double)n;
  for (size_t i = 0; i < repeats; i++) {
    const double value = gm_report_run_number(&study->runs[kind][i], path);
    if (!isnan(value)) squares += (value - mean) * (value - mean);
  }
  return (gm_mean_sd){mean, n > 1 ? sqrt(squares / (double)(n - 1)) : NAN};
}

gm_status gm_report_models(const gm_report_runs *study, gm_report_row rows[GM_MODELS], gm_error *err) {
  gm_status status = GM_OK;
  for (gm_report_model m = 0; m < GM_MODELS && status == GM_OK; m++) {
    gm_report_run_kind kind;
    const char *inside = gm_report_model_place(m, &kind);
    const bool runs = models[m].run != GM_RUN_KINDS;
    gm_report_row *row = &rows[m];
#define MEAN(key) gm_report_mean(study, kind, inside, key)
    *row = (gm_report_row){
        .name = models[m].name,
        .key = runs ? gm_report_run_kind_name(kind) : inside,
        .n_runs = runs ? gm_report_repeats(study, kind) : 0,
        .emissions_kg = MEAN("emissions_kg"),
        .energy_kwh = MEAN("energy_kwh"),
        .rmse_validation = MEAN("rmse_validation"),
        .rmse_test = MEAN("rmse_test"),
        .correlation_validation = MEAN("correlation_validation"),
        .duration_s = MEAN("duration_s"),
        .epochs = MEAN("epochs"),
        .emissions_low_kg = MEAN("emissions_low_kg").mean,
        .emissions_high_kg = MEAN("emissions_high_kg").mean,
        .difference_low = NAN,
        .difference_high = NAN,
    };
#undef MEAN
    if (runs && m != GM_MODEL_LINEAR_REGRESSION)
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
