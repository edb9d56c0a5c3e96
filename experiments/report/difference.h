/* SPDX-License-Identifier: MIT
 * Does a model differ from the linear regression by more than chance? The only
 * place where the report meets the bootstrap. */
#ifndef EXPERIMENTS_REPORT_DIFFERENCE_H
#define EXPERIMENTS_REPORT_DIFFERENCE_H

#include "experiments/report/runs.h"

/* *low … *high: interval of RMSE(model) − RMSE(linear regression) over the
 * validation months of both predictions.csv; NaN where it is not computed.
 * Different months are GM_BAD_INPUT. */
gm_status gm_report_rmse_difference(const gm_report_run *linear_regression, const gm_report_run *model,
                                    double *low, double *high, gm_error *err);

#endif
