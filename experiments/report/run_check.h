/* SPDX-License-Identifier: MIT
 * Whether the numbers of a run can be stood behind, before anything is made of them. */
#ifndef EXPERIMENTS_REPORT_RUN_CHECK_H
#define EXPERIMENTS_REPORT_RUN_CHECK_H

#include "experiments/report/runs.h"

/* Of one run.json: complete, with a protocol, and members that are null or numbers that can be: no negative energy, no value
 * outside its interval. GM_BAD_INPUT names the file and the member. */
gm_status gm_report_run_check(const gm_report_run *run, gm_error *err);

/* Of all runs of a study: the same data, target and periods. GM_BAD_INPUT names the two runs that differ. */
gm_status gm_report_runs_check(const gm_report_runs *study, gm_error *err);

#endif
