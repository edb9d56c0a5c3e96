/* SPDX-License-Identifier: MIT
 * Two studies side by side, two machines, two commits or two data sets: what differs beyond its interval.
 *
 *   RMSE       the difference over seeds and months, where both forecast the same months of the same
 *              truth (models/statistics/rmse_interval.h); otherwise no verdict
 *   energy, emissions   the ratio B / A. What both meters share cancels when machine, sensors and models
 *              are the same: then only seeds are left (models/statistics/ratio_interval.h). Otherwise both
 *              intervals, in quadrature of their logarithms. No verdict on a run whose machine was busy
 *   time       the ratio, seed by seed; no interval from one seed
 *
 * "apart" is said only where an interval excludes 0 (a difference) or 1 (a ratio). */
#ifndef EXPERIMENTS_REPORT_COMPARE_H
#define EXPERIMENTS_REPORT_COMPARE_H

#include "experiments/report/tables.h"

/* Writes directory/compare.{csv,md,tex} and directory/compare.html, made where missing. */
gm_status gm_report_compare(const gm_report *a, const gm_report *b, const char *directory, gm_error *err);

#endif
