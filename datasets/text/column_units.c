/* SPDX-License-Identifier: MIT
 * A list of units, and where they stand. */
#include "datasets/text/column_units.h"

#include "datasets/temperature.h"

#include <stddef.h>
#include <string.h>

static const char *const units[] = {"Pa",  "hPa",  "kPa",    "mb",       "mbar", "mm",    "cm",
                                    "m",   "km",   "mm/day", "mm/month", "m/s",  "m s-1", "ppm",
                                    "ppb", "W/m2", "W m-2",  "%",        "psu",  "kg"};

/* One letter may be anything; only °F's alone is common as another thing (an F statistic). */
static bool is_temperature(const char *text) {
  const gm_temperature_units found = gm_temperature_units_find(text);
  return found != GM_UNITS_OTHER && strlen(text) > (found == GM_UNITS_FAHRENHEIT ? 1 : 0);
}

static const char *find(const char *text) {
  if (is_temperature(text)) return gm_temperature_label(gm_temperature_units_find(text));
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strcmp(text, units[i]) == 0) return units[i];
  return NULL;
}

const char *gm_unit_of_heading(const char *heading) {
  const char *open = strrchr(heading, '('), *square = strrchr(heading, '[');
  if (square != NULL && (open == NULL || square > open)) open = square;
  const char *close = open != NULL ? strpbrk(open, ")]") : NULL;
  char text[16];
  if (close == NULL || close[1] != '\0' || close - open > (ptrdiff_t)sizeof text) return NULL;
  memcpy(text, open + 1, (size_t)(close - open - 1));
  text[close - open - 1] = '\0';
  return find(text);
}

bool gm_unit_is_known(const char *text) {
  return find(text) != NULL;
}

const char *gm_unit_shown(const char *text) {
  const char *known = find(text);
  if (known != NULL) return known;
  return text[strspn(text, " -0123456789.")] == '\0' ? NULL : text;
}

bool gm_unit_allows(const char *unit, double value) {
  const gm_temperature_units found = unit != NULL ? gm_temperature_units_find(unit) : GM_UNITS_OTHER;
  return gm_temperature_plausible(found, false, value) || gm_temperature_of_water(found, true, value);
}
