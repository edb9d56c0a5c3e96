/* SPDX-License-Identifier: MIT
 * Ratios of energy (equally of emissions: one carbon intensity), the only way to
 * compare with the poster. What all runs share (sensor, model, carbon intensity)
 * cancels, so an interval comes from repeats only and is given only where both
 * sides were repeated:
 *   seed against seed    the geometric mean of the ratios and the t-interval of their logarithms
 *                        (models/statistics/ratio_interval.h);
 *   anything else        lowest over highest to highest over lowest, where runs over
 *                        seeds range from their minimum to their maximum and
 *                        repetitions over the 95 % t-interval of the batches. */
#ifndef EXPERIMENTS_REPORT_RATIOS_H
#define EXPERIMENTS_REPORT_RATIOS_H

#include "experiments/report/runs.h"

#include <stddef.h>

/* Why no finding may rest on a ratio. */
typedef enum {
  GM_COMPARABLE,
  GM_APART_BUSY,    /* the machine was busy with other programs during one of the runs */
  GM_APART_METERS,  /* the runs are of two machines, or energy is measured of one and modelled of the other */
  GM_APART_UNKNOWN, /* one of the runs has no energy, or none at all was read */
} gm_apart;

typedef struct {
  const char *name; /* "CNN / Linear Regression" */
  double ours, low, high;
  double poster; /* from the printed figures, NaN where it has none */
  gm_apart apart;
  bool
      attributed; /* others' CPU time was noticeable: of both sides this study's share of the busy CPU time */
} gm_ratio;

typedef enum {
  GM_RATIO_CNN_LR,
  GM_RATIO_CNN_LR_PROCESS,
  GM_RATIO_PRUNED,
  GM_RATIO_STRUCTURED,
  GM_RATIO_EARLY_STOPPING,
  GM_RATIO_TUNING,
  GM_RATIO_TUNING_PRUNED,
  GM_RATIO_INFERENCE,
  GM_RATIOS
} gm_ratio_kind;

/* Energies are the machine's. Where somebody else's work took more than a fiftieth of the busy CPU time of
 * one of the runs, those of both sides are times the run's own share of it ("foreign_cpu_share"). */
void gm_report_ratios(const gm_report_runs *study, gm_ratio ratios[GM_RATIOS]);

/* Of n ratios a[i] / b[i]: mean(a) / mean(b) and, for n > 1, its 95 % interval. */
gm_ratio gm_ratio_paired(const double *a, const double *b, size_t n);

#endif
