/* SPDX-License-Identifier: MIT
 * Whether the figures of a record agree with one another, before a row or a ratio is made of them: what was
 * changed in one place does not pass. */
#include "experiments/track/record_check.h"
#include "energy/carbon/emissions.h"

#include <math.h>

/* Of numbers that were written with all their digits, and of products of such. */
static const double rounding = 1e-9;

static gm_status check_interval(const char *path, struct json_object *record, const char *const keys[3],
                                gm_error *err) {
  const double low = gm_json_number(record, keys[0]), value = gm_json_number(record, keys[1]),
               high = gm_json_number(record, keys[2]);
  if (!(low > value * (1 + rounding)) && !(value > high * (1 + rounding))) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: \"%s\" %g is not between \"%s\" %g and \"%s\" %g", path, keys[1],
                 value, keys[0], low, keys[2], high);
}

/* stated = follows, where both are known. */
static gm_status check_equal(const char *path, const char *key, double stated, double follows,
                             const char *from, gm_error *err) {
  if (!(fabs(stated - follows) > rounding * fmax(fabs(stated), fabs(follows)))) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: \"%s\" is %g, but %s give %g: one of them was changed", path, key,
                 stated, from, follows);
}

gm_status gm_track_record_check(const char *path, struct json_object *record, gm_error *err) {
  static const char *const intervals[][3] = {{"energy_low_kwh", "energy_kwh", "energy_high_kwh"},
                                             {"emissions_low_kg", "emissions_kg", "emissions_high_kg"}};
  const double kwh = gm_json_number(record, "energy_kwh"), seconds = gm_json_number(record, "duration_s");
  gm_status status = GM_OK;
  for (size_t i = 0; i < sizeof intervals / sizeof *intervals && status == GM_OK; i++)
    status = check_interval(path, record, intervals[i], err);
  if (status == GM_OK)
    status = check_equal(path, "emissions_kg", gm_json_number(record, "emissions_kg"),
                         kwh * gm_json_number(record, "carbon_intensity_g_per_kwh") / 1000,
                         "\"energy_kwh\" and \"carbon_intensity_g_per_kwh\"", err);
  if (status == GM_OK)
    status = check_equal(path, "it_energy_kwh", gm_json_number(record, "it_energy_kwh"),
                         kwh / gm_json_number(record, "pue"), "\"energy_kwh\" and \"pue\"", err);
  if (status != GM_OK || !(seconds > 0)) return status;
  return check_equal(path, "power_w", gm_json_number(record, "power_w"), kwh * GM_J_PER_KWH / seconds,
                     "\"energy_kwh\" and \"duration_s\"", err);
}
