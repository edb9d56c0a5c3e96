/* SPDX-License-Identifier: MIT
 * What a meter at the plug would likely show where counters measure components of the machine. A range beside
 * the energy, never part of it, and no 95 % interval: from the user's own calibration of this machine, wall
 * power = slope · power + offset_w, with a residual, else components times what was published of one server
 * and one desktop: wall over package counters of two EPYC 7502 under nine kernels 1.17 to 1.67 (TU Dresden,
 * roco2). The power model is of the wall already. */
#ifndef ENERGY_LIKELY_WALL_H
#define ENERGY_LIKELY_WALL_H

#include "energy/meter.h"

typedef struct {
  double slope;    /* > 0, e.g. 1.11; 0: not calibrated */
  double offset_w; /* ≥ 0, e.g. 50: what the rest of the machine draws */
  double residual; /* standard deviation of what the line leaves, relative [0, 1], e.g. 0.044 */
} gm_wall_calibration;

/* "SLOPE,OFFSET_W,RESIDUAL", e.g. "1.11,50,0.044". GM_BAD_INPUT for anything else. */
gm_status gm_wall_calibration_parse(gm_wall_calibration *calibration, const char *text, gm_error *err);

/* The energy's own interval where the wall is metered; with a calibration its line ± 2 residuals; else
 * [1.15, 1.55] times the interval where a GPU dominates, [1.15, 1.7] where it does not. NAN where the CPU is
 * modelled, and on battery, where there is no plug. */
void gm_likely_wall(const gm_energy *energy, const gm_wall_calibration *calibration, double *low_j,
                    double *high_j);

#endif
