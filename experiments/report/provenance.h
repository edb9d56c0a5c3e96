/* SPDX-License-Identifier: MIT
 * Where the numbers come from: every run with its start, seed, energy and
 * commit, in what the runs differ though they should not, and their warnings. */
#ifndef EXPERIMENTS_REPORT_PROVENANCE_H
#define EXPERIMENTS_REPORT_PROVENANCE_H

#include "experiments/report/tables.h"

/* An HTML table with one row per run. */
void gm_report_provenance(const gm_report_runs *study, FILE *out);

/* One <li> per distinct warning of the runs and per difference between them; *n of them. */
gm_status gm_report_warnings(const gm_report *report, FILE *out, size_t *n, gm_error *err);

#endif
