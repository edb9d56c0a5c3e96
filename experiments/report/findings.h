/* SPDX-License-Identifier: MIT
 * What the numbers say, in sentences made from the numbers: no sentence here
 * knows beforehand which model wins. */
#ifndef EXPERIMENTS_REPORT_FINDINGS_H
#define EXPERIMENTS_REPORT_FINDINGS_H

#include "experiments/report/tables.h"

#include <stdio.h>

typedef enum {
  GM_FINDINGS_SKILL,
  GM_FINDINGS_PRICE,
  GM_FINDINGS_SLASHING,
  GM_FINDINGS_SEARCH,
  GM_FINDINGS
} gm_findings;

/* One <li> per finding of that group. */
void gm_report_findings(const gm_report *report, gm_findings group, FILE *out);

/* Is the bigger model worth it? One sentence, by the interval of the difference of the errors. */
void gm_report_answer(const gm_report *report, FILE *out);

#endif
