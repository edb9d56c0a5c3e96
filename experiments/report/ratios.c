/* SPDX-License-Identifier: MIT
 * The ratios of the study beside the poster's, and when there is none to give. */
#include "experiments/report/ratios.h"

#include "experiments/report/poster.h"
#include "models/statistics/ratio_interval.h"

#include <math.h>
#include <stdlib.h>

gm_ratio gm_ratio_paired(const double *a, const double *b, size_t n) {
  const gm_interval ratio = gm_ratio_interval(a, b, n);
  return (gm_ratio){.ours = ratio.value, .low = ratio.low, .high = ratio.high, .poster = NAN};
}

/* A quantity of one side and where repeats put it; NaN bounds where it was not repeated. */
typedef struct {
  double value, low, high;
} range;

/* How the energies of two kinds of runs are taken, and whether they may be. */
typedef struct {
  gm_apart apart;
  bool attributed;
} terms;

/* Whether the energies of two runs come from one machine and one kind of meter. */
static bool same_meter(const gm_report_run *a, const gm_report_run *b) {
  static const char *const same[] = {"cpu_model", "energy_measured", "energy_scope"};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    struct json_object *one = gm_report_run_member(a, same[i]), *other = gm_report_run_member(b, same[i]);
    if (!json_object_equal(one, other)) return false;
  }
  return true;
}

/* The runs of a kind, beside `first`; what weighs most stays. */
static void look_at(const gm_report_runs *study, gm_report_run_kind kind, const gm_report_run *first,
                    terms *t) {
  const double noticeable = 0.02; /* of the busy CPU time */
  for (size_t i = 0; i < gm_report_repeats(study, kind); i++) {
    const gm_report_run *run = &study->runs[kind][i];
    gm_apart apart = GM_COMPARABLE;
    if (gm_report_is_flagged(run)) apart = GM_APART_BUSY;
    if (!same_meter(first, run)) apart = GM_APART_METERS;
    if (!(gm_report_run_number(run, "energy_kwh") > 0)) apart = GM_APART_UNKNOWN;
    if (apart > t->apart) t->apart = apart;
    t->attributed = t->attributed || gm_report_run_number(run, "foreign_cpu_share") > noticeable;
  }
}

static terms terms_of(const gm_report_runs *study, gm_report_run_kind a, gm_report_run_kind b) {
  terms t = {GM_COMPARABLE, false};
  look_at(study, a, study->runs[a], &t);
  look_at(study, b, study->runs[a], &t);
  return t;
}

/* What of a run's energy counts. A share that is not known is 1. */
static double share_of(const gm_report_run *run, const terms *t) {
  const double foreign = gm_report_run_number(run, "foreign_cpu_share");
  return t->attributed && foreign > 0 ? 1 - foreign : 1;
}

static double energy_of(const gm_report_run *run, const char *key, const terms *t) {
  return gm_report_run_number(run, key) * share_of(run, t);
}

static range over_seeds(const gm_report_runs *study, gm_report_run_kind kind, const char *key,
                        const terms *t) {
  const size_t n = gm_report_repeats(study, kind);
  range r = {0.0, NAN, NAN};
  for (size_t i = 0; i < n; i++) {
    const double value = energy_of(&study->runs[kind][i], key, t);
    r.value += value / (double)n;
    r.low = fmin(r.low, value);
    r.high = fmax(r.high, value);
  }
  if (n < 2) r.low = r.high = NAN;
  return r;
}

/* One call by repetition; the bounds are the t-interval over the batches, in joules per call. */
static range over_repetition(const gm_report_run *run, double joules, const terms *t) {
  const double share = share_of(run, t);
  return (range){joules * share, gm_report_run_number(run, "energy_repeat_low_j") * share,
                 gm_report_run_number(run, "energy_repeat_high_j") * share};
}

/* Energy of one forecast of an inference run. */
static range one_forecast(const gm_report_runs *study, gm_report_run_kind kind, const terms *t) {
  const gm_report_run *run = study->runs[kind];
  return over_repetition(run, gm_report_run_number(run, "energy_per_forecast_j"), t);
}

/* a / b; no interval without both of theirs. */
static gm_ratio of_ranges(range a, range b) {
  gm_ratio ratio = {.ours = a.value / b.value, .low = a.low / b.high, .high = a.high / b.low, .poster = NAN};
  if (isnan(ratio.low) || isnan(ratio.high) || !(b.low > 0.0)) ratio.low = ratio.high = NAN;
  return ratio;
}

static gm_ratio under(gm_ratio ratio, const terms *t) {
  ratio.apart = isfinite(ratio.ours) ? t->apart : GM_APART_UNKNOWN;
  ratio.attributed = t->attributed;
  return ratio;
}

/* Seed by seed; kinds that are not repeated give no interval. */
static gm_ratio of_kinds(const gm_report_runs *study, gm_report_run_kind a, gm_report_run_kind b) {
  const size_t n_a = gm_report_repeats(study, a), n_b = gm_report_repeats(study, b);
  const terms t = terms_of(study, a, b);
  if (n_a != n_b)
    return under(of_ranges(over_seeds(study, a, "energy_kwh", &t), over_seeds(study, b, "energy_kwh", &t)),
                 &t);
  double *values = calloc(2 * n_a, sizeof *values);
  if (values == NULL) return (gm_ratio){.ours = NAN, .low = NAN, .high = NAN, .poster = NAN};
  for (size_t i = 0; i < n_a; i++) {
    values[i] = energy_of(&study->runs[a][i], "energy_kwh", &t);
    values[n_a + i] = energy_of(&study->runs[b][i], "energy_kwh", &t);
  }
  const gm_ratio ratio = gm_ratio_paired(values, values + n_a, n_a);
  free(values);
  return under(ratio, &t);
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
  const terms training = terms_of(study, GM_RUN_CNN, GM_RUN_LINEAR_REGRESSION);
  range cnn = over_seeds(study, GM_RUN_CNN, "energy_kwh", &training);
  cnn = (range){cnn.value * joules_per_kwh, cnn.low * joules_per_kwh, cnn.high * joules_per_kwh};

  ratios[GM_RATIO_CNN_LR] =
      named(under(of_ranges(cnn, over_repetition(lr, gm_report_run_number(lr, "energy_kwh") * joules_per_kwh,
                                                 &training)),
                  &training),
            "CNN / Linear Regression", poster_cnn_lr);
  ratios[GM_RATIO_CNN_LR_PROCESS] =
      named(under(of_ranges(over_seeds(study, GM_RUN_CNN, "process_energy_kwh", &training),
                            (range){energy_of(lr, "process_energy_kwh", &training), NAN, NAN}),
                  &training),
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
  const terms inference = terms_of(study, GM_RUN_INFERENCE_CNN, GM_RUN_INFERENCE_LINEAR_REGRESSION);
  ratios[GM_RATIO_INFERENCE] =
      named(under(of_ranges(one_forecast(study, GM_RUN_INFERENCE_CNN, &inference),
                            one_forecast(study, GM_RUN_INFERENCE_LINEAR_REGRESSION, &inference)),
                  &inference),
            "CNN / Linear Regression (one forecast)", gm_poster_cnn_inference_kg / gm_poster_lr_inference_kg);
}
