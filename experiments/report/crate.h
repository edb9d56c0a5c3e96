/* SPDX-License-Identifier: MIT
 * results/ro-crate-metadata.json: who ran what on which data, so that archives and people can read it.
 * RO-Crate 1.1 with the profile Process Run Crate 0.5 (Workflow Run RO-Crate working group): every
 * run of the study is a CreateAction whose instrument is a program and whose result is a run
 * directory. Nobody is named: greenmile does not know who ran it. */
#ifndef EXPERIMENTS_REPORT_CRATE_H
#define EXPERIMENTS_REPORT_CRATE_H

#include "experiments/report/tables.h"

/* Lists the files that are in results when it is called, so it comes last. */
gm_status gm_report_write_crate(const gm_report *report, const char *results, gm_error *err);

#endif
