/* SPDX-License-Identifier: MIT
 * From components to the plug, by the user's calibration or by published ratios. It changes no energy. */
#include "energy/likely_wall.h"

#include "common/csv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double gpu_wall_low = 1.15, gpu_wall_high = 1.55, cpu_wall_low = 1.15, cpu_wall_high = 1.7;

gm_status gm_wall_calibration_parse(gm_wall_calibration *c, const char *text, gm_error *err) {
  double value[3];
  char field[32];
  const char *p = text;
  int n = 0;
  while (n < 3) {
    const size_t length = strcspn(p, ",");
    if (length >= sizeof field) break;
    snprintf(field, sizeof field, "%.*s", (int)length, p);
    if (!gm_parse_double(field, &value[n])) break;
    n++;
    p += length;
    if (*p != ',') break;
    p++;
  }
  const bool whole = n == 3 && *p == '\0' && p[-1] != ',';
  if (!whole || !(value[0] > 0 && value[1] >= 0 && value[2] >= 0 && value[2] <= 1))
    return gm_fail(
        err, GM_BAD_INPUT,
        "expected SLOPE,OFFSET_W,RESIDUAL with a slope above 0, an offset of at least 0 W and a relative "
        "residual from 0 to 1, e.g. 1.11,50,0.044, got \"%s\"",
        text);
  *c = (gm_wall_calibration){.slope = value[0], .offset_w = value[1], .residual = value[2]};
  return GM_OK;
}

void gm_likely_wall(const gm_energy *e, const gm_wall_calibration *c, double *low_j, double *high_j) {
  const bool gpu = e->component_j[GM_GPU] > 0.5 * e->energy_j; /* false where there is none */
  *low_j = *high_j = NAN;
  if (e->scope <= GM_SCOPE_WALL_MODELLED_GPU || e->scope == GM_SCOPE_BATTERY) return;
  *low_j = e->low_j;
  *high_j = e->high_j;
  if (!isnan(e->component_j[GM_WALL])) return;
  if (c->slope == 0) {
    *low_j *= gpu ? gpu_wall_low : cpu_wall_low;
    *high_j *= gpu ? gpu_wall_high : cpu_wall_high;
  } else { /* the line was fitted to what this sensor shows: only what it leaves is uncertain */
    const double wall_j = c->slope * e->energy_j + c->offset_w * e->duration_s * e->pue;
    *low_j = wall_j * fmax(1 - 2 * c->residual, 0);
    *high_j = wall_j * (1 + 2 * c->residual);
  }
}
