/* SPDX-License-Identifier: MIT
 * Skill by lead and target month (the spring barrier) of the better linear model and of the CNN (seed 0) of a
 * study on maps: 1 − MSE/MSE of climatology over the validation and test months, as tables/skill_months and
 * as figures/skill_months.csv, which scripts/figures/skill_months.gp draws: lead,target_month,model,skill. */
#ifndef EXPERIMENTS_REPORT_SKILL_MONTHS_H
#define EXPERIMENTS_REPORT_SKILL_MONTHS_H

#include "experiments/report/tables.h"

/* A table of no rows where there is no skill curve or no climatology. */
gm_status gm_report_make_skill_months(gm_report *report, gm_report_table *table, gm_error *err);

/* Writes directory/skill_months.csv; nothing for an empty table. */
gm_status gm_report_write_skill_months(const gm_report *report, const char *directory, gm_error *err);

#endif
