/* SPDX-License-Identifier: MIT
 * Sums of intervals. */
#include "energy/energy_sum.h"

#include <math.h>

static const char *const component_keys[GM_N_COMPONENTS] = {
    [GM_CPU] = "cpu_j", [GM_RAM] = "ram_j", [GM_GPU] = "gpu_j", [GM_WALL] = "wall_j"};

void gm_energy_add(gm_energy *sum, const gm_energy *part) {
  gm_energy total = *part;
  if (sum->duration_s > 0) {
    total.duration_s += sum->duration_s;
    total.energy_j += sum->energy_j;
    total.low_j += sum->low_j;
    total.high_j += sum->high_j;
    for (int c = 0; c < GM_N_COMPONENTS; c++) total.component_j[c] += sum->component_j[c];
    total.above_idle_j += sum->above_idle_j;
    total.attributed_j += sum->attributed_j;
    total.reasons |= sum->reasons;
    total.power_w = total.energy_j / total.duration_s;
  }
  *sum = total;
}

struct json_object *gm_energy_to_json(const gm_energy *energy) {
  struct json_object *object = json_object_new_object();
  gm_json_add_number(object, "duration_s", energy->duration_s);
  gm_json_add_number(object, "energy_j", energy->energy_j);
  gm_json_add_number(object, "low_j", energy->low_j);
  gm_json_add_number(object, "high_j", energy->high_j);
  for (int c = 0; c < GM_N_COMPONENTS; c++)
    gm_json_add_number(object, component_keys[c], energy->component_j[c]);
  gm_json_add_number(object, "above_idle_j", energy->above_idle_j);
  gm_json_add_number(object, "attributed_j", energy->attributed_j);
  gm_json_add_integer(object, "reasons", (int64_t)energy->reasons);
  return object;
}

gm_energy gm_energy_from_json(const struct json_object *object) {
  const double reasons = gm_json_number(object, "reasons");
  gm_energy energy = {.duration_s = gm_json_number(object, "duration_s"),
                      .energy_j = gm_json_number(object, "energy_j"),
                      .low_j = gm_json_number(object, "low_j"),
                      .high_j = gm_json_number(object, "high_j"),
                      .above_idle_j = gm_json_number(object, "above_idle_j"),
                      .attributed_j = gm_json_number(object, "attributed_j"),
                      .reasons = reasons >= 0 ? (gm_reasons)reasons : 0};
  for (int c = 0; c < GM_N_COMPONENTS; c++) energy.component_j[c] = gm_json_number(object, component_keys[c]);
  return energy;
}
