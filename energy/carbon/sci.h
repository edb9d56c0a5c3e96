/* SPDX-License-Identifier: MIT
 * Software Carbon Intensity (ISO/IEC 21031:2024), SCI = (O + M) per R, O = E · I and M = TE · (TiR / EL) ·
 * (RR / ToR) (energy/carbon/embodied.h), I location-based. After SCI for AI the training is the provider's
 * score, with the search that found the model in it, and R one training; a forecast is the consumer's, and R
 * one forecast. */
#ifndef ENERGY_SCI_H
#define ENERGY_SCI_H

#include "energy/carbon/embodied.h"
#include "energy/carbon/emissions.h"

typedef struct {
  gm_emissions operation, making, sum; /* kg per R; the bounds of the sum are the sums of the bounds */
} gm_sci;

/* Of one unit R that emitted `operation` and took duration_s. A NULL `embodied` leaves M out: NAN, and the
 * sum is O. */
gm_sci gm_sci_of(const gm_emissions *operation, const gm_embodied *embodied, double duration_s);

/* Of `part` of a unit, e.g. one of its floating-point operations. */
gm_sci gm_sci_times(const gm_sci *sci, double part);

#endif
