/* SPDX-License-Identifier: MIT
 * Software Carbon Intensity: the sum of operation and making, with its bounds, and multiples of it. */
#include "energy/carbon/sci.h"

#include <math.h>
#include <stddef.h>

static const double s_per_h = 3600;

gm_sci gm_sci_of(const gm_emissions *operation, const gm_embodied *embodied, double duration_s) {
  gm_sci s = {.operation = *operation, .making = {NAN, NAN, NAN}, .sum = *operation};
  if (embodied == NULL) return s;
  const double hours = duration_s / s_per_h;
  s.making = (gm_emissions){.kg = embodied->kg_per_h * hours,
                            .low_kg = embodied->low_kg_per_h * hours,
                            .high_kg = embodied->high_kg_per_h * hours};
  s.sum.kg += s.making.kg;
  s.sum.low_kg += s.making.low_kg;
  s.sum.high_kg += s.making.high_kg;
  return s;
}

static gm_emissions times(gm_emissions e, double part) {
  return (gm_emissions){e.kg * part, e.low_kg * part, e.high_kg * part};
}

gm_sci gm_sci_times(const gm_sci *s, double part) {
  return (gm_sci){times(s->operation, part), times(s->making, part), times(s->sum, part)};
}
