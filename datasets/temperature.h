/* SPDX-License-Identifier: MIT
 * Units of temperature as files spell them, and which values a sea or ice surface can have in
 * them. Pure arithmetic: it reads no file. */
#ifndef DATASETS_TEMPERATURE_H
#define DATASETS_TEMPERATURE_H

#include <stdbool.h>

typedef enum { GM_UNITS_OTHER, GM_UNITS_CELSIUS, GM_UNITS_KELVIN, GM_UNITS_FAHRENHEIT } gm_temperature_units;

/* The spellings UDUNITS-2 knows (udunits2-derived.xml, -common.xml, -accepted.xml) and some that
 * files have beside them, without regard to case, blanks, underscores and points. */
gm_temperature_units gm_temperature_units_find(const char *units);

/* "°C", "K", "°F"; NULL for other units. */
const char *gm_temperature_label(gm_temperature_units units);

/* Whether a surface temperature (or its anomaly) can have this value: from −60 to 60 °C, 200 to 340 K,
 * −76 to 140 °F; anomalies ±60 °C or K, ±108 °F. True of anything in other units. */
bool gm_temperature_plausible(gm_temperature_units units, bool anomaly, double value);

/* Whether the water at the surface of a sea can be so warm: −4 to 45 °C (it freezes near −2), in K or °F
 * alike, anomalies ±20 °C or K, ±36 °F. True of anything in other units. */
bool gm_temperature_of_water(gm_temperature_units units, bool anomaly, double value);

/* Below every temperature in any of the units: a mark, as HadISST's −1000 for sea ice. */
bool gm_temperature_mark(double value);

#endif
