/* SPDX-License-Identifier: MIT
 * What the disclosure adds up from the runs: SCI of trainings and forecasts, operations, the making of the
 * hardware. */
#ifndef EXPERIMENTS_REPORT_SCORES_H
#define EXPERIMENTS_REPORT_SCORES_H

#include "energy/carbon/sci.h"
#include "experiments/report/tables.h"

typedef struct {
  const char *what, *per; /* "Training, CNN", "training" */
  gm_sci sci;             /* per R; NAN where the runs do not say */
  double flop;            /* of R; NAN: not counted */
} gm_report_score;

enum { GM_SCORES = 5 };

typedef struct {
  bool has_embodied;
  gm_embodied embodied; /* as the runs of the CNN state it */
  gm_emissions making;  /* of the whole study */
  gm_report_score score[GM_SCORES];
} gm_report_scores;

/* Of the whole study by the contract's factor, which is taken as exact; NAN without one. */
gm_emissions gm_report_market_emissions(const gm_report *report);

/* Without `embodied` the making of the hardware is left out. */
gm_report_scores gm_report_scores_of(const gm_report *report, bool embodied);

#endif
