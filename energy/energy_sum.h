/* SPDX-License-Identifier: MIT
 * Adding the energies of two intervals of one run that lie in different processes
 * (a run that was interrupted and resumed), and keeping one as JSON in between. */
#ifndef ENERGY_ENERGY_SUM_H
#define ENERGY_ENERGY_SUM_H

#include "common/json.h"
#include "energy/meter.h"

/* *sum <- *sum + *part: energies, bounds (the errors of one machine's sensors are common, so bound
 * by bound) and durations add, mean power follows, reasons join; basis, scope and
 * utilisation become those of `part`. A zeroed sum is nothing. */
void gm_energy_add(gm_energy *sum, const gm_energy *part);

/* The additive members as an object, and back; absent members are NAN. */
struct json_object *gm_energy_to_json(const gm_energy *energy);
gm_energy gm_energy_from_json(const struct json_object *object);

#endif
