/* SPDX-License-Identifier: MIT
 * The ratios of the study and the poster's. */
#include "experiments/report/ratios.h"

#include "experiments/report/poster.h"

#include <math.h>
#include <stdlib.h>

gm_ratio gm_ratio_paired(const double *a, const double *b, size_t n) {
  gm_ratio ratio = {.low = NAN, .high = NAN, .poster = NAN};
  double sum_a = 0.0, sum_b = 0.0;
  for (size_t i = 0; i < n; i++) {
    sum_a += a[i];
    sum_b += b[i];
    ratio.low = fmin(ratio.low, a[i] / b[i]); /* fmin and fmax pass over NaN */
    ratio.high = fmax(ratio.high, a[i] / b[i]);
  }
  ratio.ours = sum_a / sum_b;
  if (n < 2) ratio.low = ratio.high = NAN;
  return ratio;
}

gm_ratio gm_ratio_ranges(double a, double a_low, double a_high, double b, double b_low, double b_high) {
  gm_ratio ratio = {.ours = a / b, .low = a_low / b_high, .high = a_high / b_low, .poster = NAN};
  if (isnan(ratio.low) || isnan(ratio.high) || !(b_low > 0.0)) ratio.low = ratio.high = NAN;
  return ratio;
}

/* A quantity of one side and where repeats put it; NaN bounds where it was not repeated. */
typedef struct {
  double value, low, high;
} range;

static range over_seeds(const gm_report_runs *study, gm_report_run_kind kind, const char *key) {
  const size_t n = gm_report_repeats(study, kind);
  range r = {0.0, NAN, NAN};
  for (size_t i = 0; i < n; i++) {
    const double value = gm_report_run_number(&study->runs[kind][i], key);
    r.value += value / (double)n;
    r.low = fmin(r.low, value);
    r.high = fmax(r.high, value);
  }
  if (n < 2) r.low = r.high = NAN;
  return r;
}

/* One call by repetition; the bounds are the t-interval over the batches, in joules per call. */
static range over_repetition(const gm_report_run *run, double joules) {
  return (range){joules, gm_report_run_number(run, "energy_repeat_low_j"),
                 gm_report_run_number(run, "energy_repeat_high_j")};
}

/* Energy of one forecast of an inference run. */
static range one_forecast(const gm_report_runs *study, gm_report_run_kind kind) {
  const gm_report_run *run = study->runs[kind];
  return over_repetition(run, gm_report_run_number(run, "energy_per_forecast_j"));
}

static gm_ratio of_ranges(range a, range b) {
  return gm_ratio_ranges(a.value, a.low, a.high, b.value, b.low, b.high);
}

/* Seed by seed; kinds that are not repeated give no interval. */
static gm_ratio of_kinds(const gm_report_runs *study, gm_report_run_kind a, gm_report_run_kind b) {
  const size_t n_a = gm_report_repeats(study, a), n_b = gm_report_repeats(study, b);
  if (n_a != n_b) return of_ranges(over_seeds(study, a, "energy_kwh"), over_seeds(study, b, "energy_kwh"));
  double *values = calloc(2 * n_a, sizeof *values);
  if (values == NULL) return (gm_ratio){.ours = NAN, .low = NAN, .high = NAN, .poster = NAN};
  for (size_t i = 0; i < n_a; i++) {
    values[i] = gm_report_run_number(&study->runs[a][i], "energy_kwh");
    values[n_a + i] = gm_report_run_number(&study->runs[b][i], "energy_kwh");
  }
  const gm_ratio ratio = gm_ratio_paired(values, values + n_a, n_a);
  free(values);
  return ratio;
}

static gm_ratio named(gm_ratio ratio, const char *name, double poster) {
  ratio.name = name;
  ratio.poster = poster;
  return ratio;
}

void gm_report_ratios(const gm_report_runs *study, gm_ratio ratios[GM_RATIOS]) {
  const double joules_per_kwh = 3.6e6;
  const gm_poster_row *poster = gm_poster_table3;
  const double poster_cnn = poster[GM_MODEL_CNN].emissions_kg;
  const double poster_cnn_lr = poster_cnn / poster[GM_MODEL_LINEAR_REGRESSION].emissions_kg;
  const gm_report_run *lr = study->runs[GM_RUN_LINEAR_REGRESSION];
  range cnn = over_seeds(study, GM_RUN_CNN, "energy_kwh");
  cnn = (range){cnn.value * joules_per_kwh, cnn.low * joules_per_kwh, cnn.high * joules_per_kwh};

  ratios[GM_RATIO_CNN_LR] =
      named(of_ranges(cnn, over_repetition(lr, gm_report_run_number(lr, "energy_kwh") * joules_per_kwh)),
            "CNN / Linear Regression", poster_cnn_lr);
  ratios[GM_RATIO_CNN_LR_PROCESS] =
      named(gm_ratio_ranges(over_seeds(study, GM_RUN_CNN, "process_energy_kwh").value, NAN, NAN,
                            gm_report_run_number(lr, "process_energy_kwh"), NAN, NAN),
            "CNN / Linear Regression (whole program)", poster_cnn_lr);
  ratios[GM_RATIO_PRUNED] = named(of_kinds(study, GM_RUN_CNN_PRUNED, GM_RUN_CNN), "Pruned CNN / CNN",
                                  poster[GM_MODEL_CNN_PRUNED].emissions_kg / poster_cnn);
  ratios[GM_RATIO_STRUCTURED] =
      named(of_kinds(study, GM_RUN_CNN_STRUCTURED, GM_RUN_CNN), "Pruned CNN (structured) / CNN", NAN);
  ratios[GM_RATIO_EARLY_STOPPING] =
      named(of_kinds(study, GM_RUN_CNN_EARLY_STOPPING, GM_RUN_CNN), "CNN + Early Stopping / CNN",
            poster[GM_MODEL_CNN_EARLY_STOPPING].emissions_kg / poster_cnn);
  ratios[GM_RATIO_TUNING] =
      named(of_kinds(study, GM_RUN_TUNE, GM_RUN_CNN), "CNN + Hyperparameter Tuning / CNN",
            poster[GM_MODEL_TUNE].emissions_kg / poster_cnn);
  ratios[GM_RATIO_TUNING_PRUNED] =
      named(of_kinds(study, GM_RUN_TUNE_PRUNED, GM_RUN_TUNE),
            "CNN + Hyperparameter Pruning / CNN + Hyperparameter Tuning",
            poster[GM_MODEL_TUNE_PRUNED].emissions_kg / poster[GM_MODEL_TUNE].emissions_kg);
  ratios[GM_RATIO_INFERENCE] =
      named(of_ranges(one_forecast(study, GM_RUN_INFERENCE_CNN),
                      one_forecast(study, GM_RUN_INFERENCE_LINEAR_REGRESSION)),
            "CNN / Linear Regression (one forecast)", gm_poster_cnn_inference_kg / gm_poster_lr_inference_kg);
}
