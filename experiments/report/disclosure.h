/* SPDX-License-Identifier: MIT
 * The statement that a paper can paste: hardware, how the energy was obtained and how well it is known, kWh,
 * kg with interval, carbon intensity with its basis, the making of the hardware, SCI (ISO/IEC 21031) per
 * training and per forecast, operations, seeds, software. docs/disclosure.md has formulas and references. */
#ifndef EXPERIMENTS_REPORT_DISCLOSURE_H
#define EXPERIMENTS_REPORT_DISCLOSURE_H

#include "experiments/report/scores.h"

typedef struct {
  char *paragraph;          /* owned */
  gm_report_table table;    /* item, value */
  struct json_object *json; /* the same facts and figures as members, owned */
} gm_disclosure;

/* The making of the hardware is left out where report->no_embodied says so. */
gm_status gm_disclosure_make(gm_disclosure *disclosure, const gm_report *report, gm_error *err);
void gm_disclosure_free(gm_disclosure *disclosure);

/* The members of `json` (schema greenmile-disclosure-1; disclosure_json.c); the caller's to put. */
struct json_object *gm_disclosure_json(const gm_disclosure *disclosure, const gm_report *report,
                                       const gm_report_scores *scores);

/* results/disclosure.md, .tex and .json. */
gm_status gm_disclosure_write(const gm_disclosure *disclosure, const char *results, gm_error *err);

#endif
