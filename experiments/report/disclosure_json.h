/* SPDX-License-Identifier: MIT
 * The disclosure as members (schema greenmile-disclosure-1), for disclosure.c only. */
#ifndef EXPERIMENTS_REPORT_DISCLOSURE_JSON_H
#define EXPERIMENTS_REPORT_DISCLOSURE_JSON_H

#include "experiments/report/disclosure.h"

/* The caller's to put. */
struct json_object *gm_disclosure_json(const gm_disclosure *disclosure, const gm_report *report,
                                       const gm_report_scores *scores);

#endif
