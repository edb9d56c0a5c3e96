/* SPDX-License-Identifier: MIT
 * What `make scaling` has left in DIR/runs/scaling: RMSE and energy of networks of one kind by parameters and
 * training months, beside the linear regression of the same months, as tables/scaling and figures/scaling.csv
 * (which scripts/figures/scaling.gp draws), and the sentences that follow by rule. */
#ifndef EXPERIMENTS_REPORT_SCALING_H
#define EXPERIMENTS_REPORT_SCALING_H

#include "experiments/report/tables.h"

/* A table of no rows where nothing has been run. */
gm_status gm_report_make_scaling(gm_report *report, gm_report_table *table, gm_error *err);

/* Writes directory/scaling.csv from the table; nothing for an empty one. */
gm_status gm_report_write_scaling(const gm_report *report, const char *directory, gm_error *err);

#endif
