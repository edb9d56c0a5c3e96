/* SPDX-License-Identifier: MIT
 * results/README.md: the study where a repository or an archive shows its folder. How it reads is in
 * readme.md. */
#ifndef EXPERIMENTS_REPORT_README_H
#define EXPERIMENTS_REPORT_README_H

#include "experiments/report/tables.h"

gm_status gm_report_write_readme(const gm_report *report, const char *results, gm_error *err);

#endif
