/* SPDX-License-Identifier: MIT
 * The forecasts behind the rows of Table 3, month by month, and what the statistics say of them: the only
 * place where the report meets models/statistics. */
#ifndef EXPERIMENTS_REPORT_DIFFERENCE_H
#define EXPERIMENTS_REPORT_DIFFERENCE_H

#include "experiments/report/runs.h"
#include "models/statistics/rmse_interval.h"

/* Validation and test, in this order, wherever an array has two. */
enum { GM_REPORT_SPLITS = 2 };
extern const char *const gm_report_splits[GM_REPORT_SPLITS]; /* "validation", "test" */

/* One model's forecasts of one split. */
typedef struct {
  char *name;        /* of the first file, for messages; owned */
  size_t n, n_seeds; /* months; 0 seeds: there are no forecasts */
  double *truth;     /* (n), owned */
  char **month;      /* (n), owned */
  double **forecast; /* (n_seeds, n), owned */
} gm_report_forecasts;

/* Where they stand in each of the runs' directories, one seed each. */
typedef struct {
  const gm_report_run *runs;
  size_t n_runs;
  const char *reference; /* this column of references.csv, which an old run lacks; NULL: predictions.csv */
  bool optional;         /* a predictions.csv that is not there gives no seeds */
} gm_report_forecasts_place;

/* Rows of `split`. Runs on different months are GM_BAD_INPUT. */
gm_status gm_report_forecasts_read(const gm_report_forecasts_place *place, const char *split,
                                   gm_report_forecasts *forecasts, gm_error *err);
void gm_report_forecasts_free(gm_report_forecasts *forecasts);

/* True if both are of the same months of the same truth: only then their errors can be paired. */
bool gm_report_same_truth(const gm_report_forecasts *a, const gm_report_forecasts *b);

/* RMSE and, where it is recorded, correlation of each seed are what its run.json states ("rmse_SPLIT",
 * "correlation_SPLIT", of a reference in the object of its name): otherwise the two files are not of one run,
 * which is GM_BAD_INPUT. */
gm_status gm_report_scores_check(const gm_report_forecasts *forecasts, const gm_report_forecasts_place *place,
                                 const char *split, gm_error *err);

/* RMSE(a) with its interval; RMSE(a) − RMSE(b) with its interval, over seeds and months. All NaN where one
 * has no forecasts. Different months or another truth are GM_BAD_INPUT. */
gm_status gm_report_rmse(const gm_report_forecasts *a, gm_interval *interval, gm_error *err);
gm_status gm_report_rmse_difference(const gm_report_forecasts *a, const gm_report_forecasts *b,
                                    gm_interval *interval, gm_error *err);

#endif
