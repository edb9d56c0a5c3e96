/* SPDX-License-Identifier: MIT
 * Skill against lead: RMSE and correlation of persistence, climatology, the linear models and the CNN (seed
 * 0) at every lead of a study on maps, as tables/skill and as figures/skill.csv, which
 * scripts/figures/skill.gp draws: lead,model,split,rmse,correlation,rmse_low,rmse_high,protocol. The bounds
 * are those of the difference to the linear regression, from its error on. */
#ifndef EXPERIMENTS_REPORT_SKILL_H
#define EXPERIMENTS_REPORT_SKILL_H

#include "experiments/report/tables.h"

/* A table of no rows for a study without a skill curve. A run whose lead is not what its
 * directory says is GM_BAD_INPUT. */
gm_status gm_report_make_skill(gm_report *report, gm_report_table *table, gm_error *err);

/* Writes directory/skill.csv from the table and the runs' forecasts; nothing for an empty one. */
gm_status gm_report_write_skill(const gm_report *report, const char *directory, gm_error *err);

#endif
