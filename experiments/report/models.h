/* SPDX-License-Identifier: MIT
 * The rows of Table 3 as numbers, from which tables, ratios, figures and
 * sentences are made, and the total of the study. */
#ifndef EXPERIMENTS_REPORT_MODELS_H
#define EXPERIMENTS_REPORT_MODELS_H

#include "experiments/report/difference.h"
#include "experiments/report/poster.h"
#include "experiments/report/runs.h"

/* Mean over the runs of a row; sample standard deviation, NaN for fewer than two. */
typedef struct {
  double mean, sd;
} gm_mean_sd;

/* What a row's error is compared with. */
typedef enum {
  GM_OVER_PERSISTENCE,
  GM_OVER_CLIMATOLOGY,
  GM_OVER_LINEAR_REGRESSION,
  GM_OVER_CNN,
  GM_OVER_TUNE,
  GM_REFERENCES
} gm_report_reference;

/* Has a row skill on a split? Only what is below both persistence and climatology by more than chance. */
typedef enum {
  GM_SKILL,
  GM_SKILL_NOT_SHOWN, /* below both, but an interval includes zero or is missing */
  GM_NO_SKILL         /* not below both */
} gm_report_skill;

typedef struct {
  const char *name; /* as Table 3 prints it */
  const char *key;  /* as figure data names it: linear_regression, cnn, … */
  size_t n_runs;    /* 0: the row has no run of its own (persistence) */
  gm_mean_sd emissions_kg, energy_kwh, rmse_validation, rmse_test, correlation_validation, duration_s, epochs;
  double emissions_low_kg, emissions_high_kg; /* of the meter; common to all rows, means over the runs */
  double difference_low, difference_high; /* of RMSE(row) − RMSE(LR), validation; NaN where there is none */
  gm_interval rmse[GM_REPORT_SPLITS];     /* with its 95 % interval */
  gm_interval over[GM_REFERENCES][GM_REPORT_SPLITS]; /* RMSE(row) − RMSE(reference), with its 95 % interval */
  bool present;                                      /* a row of this study */
  bool flagged; /* one of its runs shared the machine: its energy is not comparable */
} gm_report_row;

/* NaN energy and emissions for persistence, which computes nothing. */
gm_status gm_report_models(const gm_report_runs *study, gm_report_row rows[GM_MODELS], gm_error *err);

/* Of a row that is present and no reference itself. */
gm_report_skill gm_report_skill_of(const gm_report_row *row, int split);

/* The order of the rows in Table 3; n of those that are present. */
size_t gm_report_row_order(const gm_report_row rows[GM_MODELS], gm_report_model order[GM_MODELS]);

/* Mean and sd of a member of run.json over the runs of a kind, `inside` an object of it or NULL; NaN where
 * one of them does not know it: a mean is over all runs of its row. */
gm_mean_sd gm_report_mean(const gm_report_runs *study, gm_report_run_kind kind, const char *inside,
                          const char *key);

/* The forecasts of a row on "validation" or "test"; no seeds where it has none. */
gm_status gm_report_model_forecasts(const gm_report_runs *study, gm_report_model m, const char *split,
                                    gm_report_forecasts *forecasts, gm_error *err);

/* The run kind behind a row; persistence has none (GM_RUN_KINDS). */
gm_report_run_kind gm_report_model_run(gm_report_model model);

/* Where a row's numbers are: the runs of *kind, inside that object of run.json; NULL: at its top. */
const char *gm_report_model_place(gm_report_model model, gm_report_run_kind *kind);

/* What the bound of a run's metered interval is, as a factor of its value ("energy_low_kwh",
 * "energy_kwh"); it holds for the whole program too. NaN where there is none. */
double gm_report_bound_factor(const gm_report_run *run, const char *bound, const char *value);

/* Everything the machine drew for the study, program start to end, all runs and all processes that worked on
 * them. */
typedef struct {
  size_t n_runs;
  size_t n_busy;      /* runs whose machine was busy: other programs' work is in their energy */
  size_t n_unknown;   /* runs without an energy; the sums are NaN then */
  size_t n_measured;  /* runs whose energy was measured by counters */
  size_t n_earlier;   /* processes of before: interrupted, killed, repeated */
  double earlier_kwh; /* of them; part of energy_kwh */
  double energy_kwh, energy_low_kwh, energy_high_kwh; /* with PUE */
  double emissions_kg, emissions_low_kg,
      emissions_high_kg; /* bounds added: the source is common to all runs */
  double duration_s;
} gm_report_total;
gm_report_total gm_report_sum(const gm_report_runs *study);

#endif
