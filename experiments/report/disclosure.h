/* SPDX-License-Identifier: MIT
 * The statement that a paper can paste: hardware, how the energy was obtained,
 * kWh, kg with interval, carbon intensity with its year, seeds, software. */
#ifndef EXPERIMENTS_REPORT_DISCLOSURE_H
#define EXPERIMENTS_REPORT_DISCLOSURE_H

#include "experiments/report/tables.h"

typedef struct {
  char *paragraph;       /* owned */
  gm_report_table table; /* item, value */
} gm_disclosure;

gm_status gm_disclosure_make(gm_disclosure *disclosure, const gm_report *report, gm_error *err);
void gm_disclosure_free(gm_disclosure *disclosure);

/* results/disclosure.md and results/disclosure.tex. */
gm_status gm_disclosure_write(const gm_disclosure *disclosure, const char *results, gm_error *err);

#endif
