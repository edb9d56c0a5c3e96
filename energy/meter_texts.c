/* SPDX-License-Identifier: MIT
 * What the energy between two readings rests on, in words. */
#include "energy/meter_state.h"

#include <stdarg.h>
#include <stdio.h>

const char *gm_scope_name(gm_scope scope) {
  static const char *const names[] = {
      "none", "wall (modelled)", "wall (modelled) + gpu", "package", "package+dram", "platform", "battery",
      "wall"};
  return names[scope];
}

/* Appends to text; what does not fit is cut. */
__attribute__((format(printf, 4, 5))) static void append(char *text, size_t size, size_t *used,
                                                         const char *format, ...) {
  va_list args;
  va_start(args, format);
  const int n = vsnprintf(text + *used, size - *used, format, args);
  va_end(args);
  if (n > 0) *used = *used + (size_t)n < size ? *used + (size_t)n : size - 1;
}

void gm_meter_sources(const gm_meter *m, const gm_basis *basis, char *text, size_t size) {
  size_t used = 0;
  const gm_open_source *last = NULL;
  text[0] = '\0';
  for (size_t i = 0; i < m->n_zones; i++) {
    if ((basis->zones >> i & 1) == 0) continue;
    const gm_open_source *s = gm_meter_source_of(m, i);
    if (s == last)
      append(text, size, &used, ", %s", m->zones[i].name);
    else
      append(text, size, &used, "%s%s (%s): %s", used > 0 ? "; " : "", s->source->name,
             m->zones[i].measured ? "measured" : "modelled", m->zones[i].name);
    last = s;
  }
}

void gm_meter_uncertainty(const gm_meter *m, const gm_basis *basis, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  append(text, size, &used, "95 %% interval, components added bound by bound:");
  const gm_zone *last = NULL;
  bool lines = false, judged = false;
  for (size_t i = 0; i < m->n_zones; i++) {
    const gm_zone *zone = &m->zones[i];
    if ((basis->zones >> i & 1) == 0) continue;
    const bool line = gm_is_power_model(gm_meter_source_of(m, i));
    if (line && lines) continue; /* its parts are told of together */
    if (!line && last != NULL && last->component == zone->component) continue; /* one class per component */
    append(text, size, &used, "%s ", last != NULL ? ";" : "");
    if (line) {
      append(text, size, &used, "%s", gm_meter_source_of(m, i)->note);
    } else if (zone->measured) {
      append(text, size, &used, "%s sensor ±%.3g %%", gm_component_name(zone->component),
             200 * zone->sensor_relative);
    } else {
      append(text, size, &used, "%s model %.2g to %.2g of the estimate", gm_component_name(zone->component),
             zone->low_factor, zone->high_factor);
    }
    lines = lines || line;
    judged = judged || !line;
    last = zone;
  }
  if (judged)
    append(text, size, &used, "; sensor classes and the RAM model are judgements, not measurements");
  if (m->pue != 1) append(text, size, &used, "; PUE %.3g taken as exact", m->pue);
}
