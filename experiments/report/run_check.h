/* SPDX-License-Identifier: MIT
 * Whether the numbers of the runs can be stood behind, before anything is made of them. */
#ifndef EXPERIMENTS_REPORT_RUN_CHECK_H
#define EXPERIMENTS_REPORT_RUN_CHECK_H

#include "experiments/report/runs.h"

/* Each run.json is complete and has a protocol, its members are null or numbers that can be (no negative
 * energy, no value outside its interval), and all are of the same data, target and periods. GM_BAD_INPUT
 * names the file and the member. */
gm_status gm_report_runs_check(const gm_report_runs *study, gm_error *err);

#endif
