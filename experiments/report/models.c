/* SPDX-License-Identifier: MIT
 * Rows of Table 3 as numbers: means over runs, intervals of differences, the study's total. How they are
 * shown is table.c's; the statistics are models/statistics. */
#include "experiments/report/models.h"

#include <math.h>
#include <stdio.h>

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
    [GM_MODEL_CLIMATOLOGY] = {"Climatology", GM_RUN_KINDS},
    [GM_MODEL_EOF_REGRESSION] = {"EOF Regression", GM_RUN_EOF_REGRESSION},
};

gm_report_run_kind gm_report_model_run(gm_report_model model) {
  return models[model].run;
}

/* Persistence and climatology have no run of their own; the linear regression's carries their metrics. */
const char *gm_report_model_place(gm_report_model model, gm_report_run_kind *kind) {
  *kind = models[model].run;
  if (*kind != GM_RUN_KINDS) return NULL;
  *kind = GM_RUN_LINEAR_REGRESSION;
  return model == GM_MODEL_PERSISTENCE ? "persistence" : "climatology";
}

gm_mean_sd gm_report_mean(const gm_report_runs *study, gm_report_run_kind kind, const char *inside,
                          const char *key) {
  const size_t repeats = gm_report_repeats(study, kind);
  double sum = 0.0, squares = 0.0;
  char path[128];
  snprintf(path, sizeof path, "%s%s%s", inside != NULL ? inside : "", inside != NULL ? "." : "", key);
  for (size_t i = 0; i < repeats; i++) sum += gm_report_run_number(&study->runs[kind][i], path);
  const double mean = repeats > 0 ? sum / (double)repeats : NAN;
  for (size_t i = 0; i < repeats; i++) {
    const double deviation = gm_report_run_number(&study->runs[kind][i], path) - mean;
    squares += deviation * deviation;
  }
  return (gm_mean_sd){mean, repeats > 1 ? sqrt(squares / (double)(repeats - 1)) : NAN};
}

/* ---- rows ------------------------------------------------------------- */

static gm_report_row row_of(const gm_report_runs *study, gm_report_model m) {
  gm_report_run_kind kind;
  const char *inside = gm_report_model_place(m, &kind);
  const size_t n = inside == NULL ? gm_report_repeats(study, kind) : 0;
#define MEAN(key) gm_report_mean(study, kind, inside, key)
  gm_report_row row = {.name = models[m].name,
                       .key = inside != NULL ? inside : gm_report_run_kind_name(kind),
                       .n_runs = n,
                       .emissions_kg = MEAN("emissions_kg"),
                       .energy_kwh = MEAN("energy_kwh"),
                       .rmse_validation = MEAN("rmse_validation"),
                       .rmse_test = MEAN("rmse_test"),
                       .correlation_validation = MEAN("correlation_validation"),
                       .duration_s = MEAN("duration_s"),
                       .epochs = MEAN("epochs"),
                       .emissions_low_kg = MEAN("emissions_low_kg").mean,
                       .emissions_high_kg = MEAN("emissions_high_kg").mean,
                       .present = n > 0 || m == GM_MODEL_PERSISTENCE};
#undef MEAN
  if (m == GM_MODEL_CLIMATOLOGY) row.present = gm_report_is_map(study) && !isnan(row.rmse_validation.mean);
  for (size_t i = 0; i < n; i++) row.flagged = row.flagged || gm_report_is_flagged(&study->runs[kind][i]);
  return row;
}

size_t gm_report_row_order(const gm_report_row rows[GM_MODELS], gm_report_model order[GM_MODELS]) {
  static const gm_report_model all[GM_MODELS] = {
      GM_MODEL_PERSISTENCE, GM_MODEL_CLIMATOLOGY, GM_MODEL_LINEAR_REGRESSION, GM_MODEL_EOF_REGRESSION,
      GM_MODEL_CNN,         GM_MODEL_CNN_PRUNED,  GM_MODEL_CNN_STRUCTURED,    GM_MODEL_CNN_EARLY_STOPPING,
      GM_MODEL_TUNE,        GM_MODEL_TUNE_PRUNED};
  size_t n = 0;
  for (size_t i = 0; i < GM_MODELS; i++)
    if (rows[all[i]].present) order[n++] = all[i];
  return n;
}

/* ---- intervals -------------------------------------------------------- */

static const gm_report_model references[GM_REFERENCES] = {
    [GM_OVER_PERSISTENCE] = GM_MODEL_PERSISTENCE,
    [GM_OVER_CLIMATOLOGY] = GM_MODEL_CLIMATOLOGY,
    [GM_OVER_LINEAR_REGRESSION] = GM_MODEL_LINEAR_REGRESSION,
    [GM_OVER_CNN] = GM_MODEL_CNN,
    [GM_OVER_TUNE] = GM_MODEL_TUNE,
};

gm_status gm_report_model_forecasts(const gm_report_runs *study, gm_report_model m, const char *split,
                                    gm_report_forecasts *forecasts, gm_error *err) {
  gm_report_run_kind kind;
  const char *reference = gm_report_model_place(m, &kind);
  const gm_report_forecasts_place place = {
      study->runs[kind], reference != NULL ? 1 : gm_report_repeats(study, kind), reference, false};
  gm_status status = gm_report_forecasts_read(&place, split, forecasts, err);
  if (status == GM_OK) status = gm_report_scores_check(forecasts, &place, split, err);
  if (status != GM_OK) gm_report_forecasts_free(forecasts);
  return status;
}

static gm_status set_intervals(const gm_report_runs *study, gm_report_row rows[GM_MODELS], int split,
                               gm_error *err) {
  gm_report_forecasts forecasts[GM_MODELS] = {{0}};
  gm_status status = GM_OK;
  for (gm_report_model m = 0; m < GM_MODELS && status == GM_OK; m++)
    status = gm_report_model_forecasts(study, m, gm_report_splits[split], &forecasts[m], err);
  for (gm_report_model m = 0; m < GM_MODELS && status == GM_OK; m++) {
    status = gm_report_rmse(&forecasts[m], &rows[m].rmse[split], err);
    for (gm_report_reference r = 0; r < GM_REFERENCES && status == GM_OK; r++)
      status =
          gm_report_rmse_difference(&forecasts[m], &forecasts[references[r]], &rows[m].over[r][split], err);
  }
  for (gm_report_model m = 0; m < GM_MODELS; m++) gm_report_forecasts_free(&forecasts[m]);
  return status;
}

gm_report_skill gm_report_skill_of(const gm_report_row *row, int split) {
  const gm_interval *over[] = {&row->over[GM_OVER_PERSISTENCE][split],
                               &row->over[GM_OVER_CLIMATOLOGY][split]};
  gm_report_skill skill = GM_SKILL;
  for (int r = 0; r < 2; r++) {
    if (over[r]->value >= 0) return GM_NO_SKILL;
    if (gm_interval_verdict(over[r]) != GM_BELOW) skill = GM_SKILL_NOT_SHOWN;
  }
  return skill;
}

gm_status gm_report_models(const gm_report_runs *study, gm_report_row rows[GM_MODELS], gm_error *err) {
  for (gm_report_model m = 0; m < GM_MODELS; m++) rows[m] = row_of(study, m);
  gm_status status = GM_OK;
  for (int split = 0; split < GM_REPORT_SPLITS && status == GM_OK; split++)
    status = set_intervals(study, rows, split, err);
  for (gm_report_model m = 0; m < GM_MODELS; m++) {
    const gm_interval *over = &rows[m].over[GM_OVER_LINEAR_REGRESSION][0];
    const bool itself = m == GM_MODEL_LINEAR_REGRESSION || models[m].run == GM_RUN_KINDS;
    rows[m].difference_low = itself ? NAN : over->low;
    rows[m].difference_high = itself ? NAN : over->high;
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
      const double own = gm_report_run_number(run, "all_energy_kwh");
      const bool known = own > 0.0; /* a program that ran drew something */
      const double energy = known ? own + (isnan(earlier) ? 0.0 : earlier) : NAN;
      const double emissions = energy * gm_report_run_number(run, "carbon_intensity_g_per_kwh") / 1000.0;
      const double processes = gm_report_run_number(run, "earlier_processes");
      total.n_runs++;
      total.n_unknown += !known;
      total.n_busy += gm_report_is_flagged(run);
      if (json_object_get_boolean(gm_report_run_member(run, "energy_measured"))) total.n_measured++;
      total.n_earlier += processes > 0 ? (size_t)processes : 0;
      total.earlier_kwh += earlier > 0 ? earlier : 0;
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
