/* SPDX-License-Identifier: MIT
 * Adding the energies of two intervals of one run that lie in different processes
 * (a run that was interrupted and resumed, trials of several workers), and keeping one as
 * JSON in between. Intervals of one process and one meter are asked for whole instead
 * (gm_meter_between), which also knows what happened between them. */
#ifndef ENERGY_ENERGY_SUM_H
#define ENERGY_ENERGY_SUM_H

#include "common/json.h"
#include "energy/meter.h"

/* *sum <- *sum + *part. Energies, bounds (the errors of one machine's sensors are common, so bound
 * by bound) and durations add; powers, shares and PUE follow from the sums; reasons join; the sum is
 * measured where both are and has the narrower scope; basis becomes that of `part`. A zeroed sum is nothing.
 */
void gm_energy_add(gm_energy *sum, const gm_energy *part);

/* All but the basis as an object, and back; absent numbers are NAN, an absent flag is false. */
struct json_object *gm_energy_to_json(const gm_energy *energy);
gm_energy gm_energy_from_json(const struct json_object *object);

#endif
