/* SPDX-License-Identifier: MIT
 * The data of the figures, DIR/figures, that scripts/figures/figN.gp draws:
 *
 *   study.csv          protocol, unit of the target, version, totals      fig. 1 to 8
 *   fig2_layers.csv    the network, layer by layer                        fig. 2
 *   figN_series.csv    month, truth, forecast                             fig. 3 (LR), 4 (CNN)
 *   figN_panels.csv    correlation and RMSE of each split                 fig. 3, 4
 *   fig5_models.csv    emissions and RMSE with intervals                  fig. 5 (LR, CNN), 6 (variants)
 *   fig6_front.csv     Pareto front of each split                         fig. 6
 *   figN_curves.csv    RMSE of every epoch of every trial                 fig. 7 (no pruner), 8 (pruner)
 *   figN_trials.csv    end of every trial, best value and kWh so far      fig. 7, 8
 *   figN_axes.csv      the ranges shown and how many trials leave them    fig. 7, 8
 *   power.csv, power_runs.csv  watts of every piece of every run         power
 *   skill_months.csv   skill by lead and target month (report/skill_months.c)  skill_months, of maps only
 *   scaling.csv        error and energy by size (report/scaling.c)  scaling, after `make scaling`
 *   maps_coast.csv  outline of the points of a map                        maps, of maps only
 *   skill.csv          RMSE and correlation by lead (report/skill.c)      skill, of maps only
 */
#ifndef EXPERIMENTS_REPORT_FIGURES_H
#define EXPERIMENTS_REPORT_FIGURES_H

#include "common/csv.h"
#include "experiments/report/tables.h"

gm_status gm_report_write_figure_data(const gm_report *report, const char *directory, gm_error *err);

/* Figures 7 and 8 (experiments/report/curves.c): `figure` 7 or 8 from the run of a search. */
gm_status gm_report_write_curves(const gm_report *report, const gm_report_run *run, int figure,
                                 const char *directory, gm_error *err);

/* Writes directory/fig8_frontier.csv: what other pruners would have done to the search `run`; no rows where
 * it has no frontier.csv. */
gm_status gm_report_write_frontier(const gm_report_run *run, const char *directory, gm_error *err);

/* power.csv and power_runs.csv (experiments/report/power.c). */
gm_status gm_report_write_power(const gm_report *report, const char *directory, gm_error *err);

/* maps_coast.csv (experiments/report/coast.c); nothing for a study without a map. */
gm_status gm_report_write_coast(const gm_report *report, const char *directory, gm_error *err);

/* skill.csv from the table and the runs' forecasts, skill_months.csv and scaling.csv from theirs; nothing for
 * an empty table. */
gm_status gm_report_write_skill(const gm_report *report, const char *directory, gm_error *err);
gm_status gm_report_write_skill_months(const gm_report *report, const char *directory, gm_error *err);
gm_status gm_report_write_scaling(const gm_report *report, const char *directory, gm_error *err);

#endif
