/* SPDX-License-Identifier: MIT
 * Sums of intervals, from one table of what adds up. */
#include "energy/energy_sum.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Every member of gm_energy that adds up, by the name it has in JSON. */
#define MEMBER(name)                                                                                         \
  { #name, offsetof(gm_energy, name) }
#define PER_COMPONENT(prefix, member)                                                                        \
  {prefix "cpu_j", offsetof(gm_energy, member[GM_CPU])},                                                     \
      {prefix "ram_j", offsetof(gm_energy, member[GM_RAM])},                                                 \
      {prefix "gpu_j", offsetof(gm_energy, member[GM_GPU])}, {                                               \
    prefix "wall_j", offsetof(gm_energy, member[GM_WALL])                                                    \
  }
static const struct {
  const char *key;
  size_t offset;
} summed[] = {
    MEMBER(duration_s),
    MEMBER(energy_j),
    MEMBER(low_j),
    MEMBER(high_j),
    MEMBER(measured_j),
    PER_COMPONENT("", component_j),
    MEMBER(above_idle_j),
    MEMBER(above_idle_low_j),
    MEMBER(above_idle_high_j),
    MEMBER(attributed_j),
    MEMBER(attributed_low_j),
    MEMBER(attributed_high_j),
    PER_COMPONENT("attributed_", attributed_component_j),
};
#undef MEMBER
#undef PER_COMPONENT

/* Shares, each a mean over the time. */
static const struct {
  const char *key;
  size_t offset;
} averaged[] = {
    {"utilisation", offsetof(gm_energy, utilisation)},
    {"process_share", offsetof(gm_energy, process_share)},
    {"idle_share", offsetof(gm_energy, idle_share)},
};

enum { N_SUMMED = sizeof summed / sizeof *summed, N_AVERAGED = sizeof averaged / sizeof *averaged };

static double *at(gm_energy *energy, size_t offset) {
  return (double *)(void *)((char *)energy + offset);
}

static double value_at(const gm_energy *energy, size_t offset) {
  double value;
  memcpy(&value, (const char *)energy + offset, sizeof value);
  return value;
}

/* As gm_attribute has it: 0 where nothing was busy for a tick. */
static double busy_share(const gm_energy *energy) {
  return energy->utilisation > 0 ? fmin(energy->process_share / energy->utilisation, 1)
                                 : 0 * energy->process_share * energy->utilisation;
}

/* What one of the two intervals has and the other has not is not known of both. */
void gm_energy_add(gm_energy *sum, const gm_energy *part) {
  gm_energy total = *part;
  if (sum->duration_s > 0 || sum->energy_j > 0) {
    for (size_t i = 0; i < N_SUMMED; i++) *at(&total, summed[i].offset) += value_at(sum, summed[i].offset);
    for (size_t i = 0; i < N_AVERAGED; i++)
      *at(&total, averaged[i].offset) = (value_at(sum, averaged[i].offset) * sum->duration_s +
                                         value_at(part, averaged[i].offset) * part->duration_s) /
                                        total.duration_s;
    total.busy_share = busy_share(&total);
    total.power_w = total.energy_j / total.duration_s;
    total.pue = total.energy_j / (sum->energy_j / sum->pue + part->energy_j / part->pue);
    total.below_idle = sum->below_idle || part->below_idle;
    total.measured = gm_energy_is_measured(&total);
    total.scope = sum->scope < part->scope ? sum->scope : part->scope;
    total.reasons |= sum->reasons;
  }
  *sum = total;
}

struct json_object *gm_energy_to_json(const gm_energy *energy) {
  struct json_object *object = json_object_new_object();
  for (size_t i = 0; i < N_SUMMED; i++)
    gm_json_add_number(object, summed[i].key, value_at(energy, summed[i].offset));
  for (size_t i = 0; i < N_AVERAGED; i++)
    gm_json_add_number(object, averaged[i].key, value_at(energy, averaged[i].offset));
  gm_json_add_number(object, "pue", energy->pue);
  gm_json_add_bool(object, "below_idle", energy->below_idle);
  gm_json_add_bool(object, "measured", energy->measured);
  gm_json_add_text(object, "scope", gm_scope_name(energy->scope));
  gm_json_add_integer(object, "reasons", (int64_t)energy->reasons);
  return object;
}

static bool flag(const struct json_object *object, const char *key) {
  return json_object_get_boolean(json_object_object_get(object, key));
}

gm_energy gm_energy_from_json(const struct json_object *object) {
  gm_energy energy = {.pue = gm_json_number(object, "pue"),
                      .below_idle = flag(object, "below_idle"),
                      .measured = flag(object, "measured")};
  const double reasons = gm_json_number(object, "reasons");
  const char *scope = gm_json_text(object, "scope");
  for (size_t i = 0; i < N_SUMMED; i++)
    *at(&energy, summed[i].offset) = gm_json_number(object, summed[i].key);
  for (size_t i = 0; i < N_AVERAGED; i++)
    *at(&energy, averaged[i].offset) = gm_json_number(object, averaged[i].key);
  for (gm_scope s = GM_SCOPE_NONE; scope != NULL && s <= GM_SCOPE_WALL; s++)
    if (strcmp(scope, gm_scope_name(s)) == 0) energy.scope = s;
  energy.busy_share = busy_share(&energy);
  energy.power_w = energy.energy_j / energy.duration_s;
  energy.reasons = reasons >= 0 ? (gm_reasons)reasons : 0;
  return energy;
}
