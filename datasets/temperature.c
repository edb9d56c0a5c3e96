/* SPDX-License-Identifier: MIT
 * Units of temperature: their spellings in one table, with the range of water and ice in each. */
#include "datasets/temperature.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

gm_temperature_units gm_temperature_units_find(const char *units) {
  static const struct {
    const char *word;
    gm_temperature_units units;
  } words[] = {{"c", GM_UNITS_CELSIUS},
               {"degc", GM_UNITS_CELSIUS},
               {"degsc", GM_UNITS_CELSIUS},
               {"degreec", GM_UNITS_CELSIUS},
               {"degreesc", GM_UNITS_CELSIUS},
               {"celsius", GM_UNITS_CELSIUS},
               {"celsiusscale", GM_UNITS_CELSIUS},
               {"centigrade", GM_UNITS_CELSIUS},
               {"degcelsius", GM_UNITS_CELSIUS},
               {"degreecelsius", GM_UNITS_CELSIUS},
               {"degreescelsius", GM_UNITS_CELSIUS},
               {"degreecentigrade", GM_UNITS_CELSIUS},
               {"degreescentigrade", GM_UNITS_CELSIUS},
               {"°c", GM_UNITS_CELSIUS},
               {"ºc", GM_UNITS_CELSIUS}, /* the ordinal indicator, as typed on Spanish keyboards */
               {"℃", GM_UNITS_CELSIUS},
               {"°celsius", GM_UNITS_CELSIUS},
               {"k", GM_UNITS_KELVIN},
               {"kelvin", GM_UNITS_KELVIN},
               {"kelvins", GM_UNITS_KELVIN},
               {"degk", GM_UNITS_KELVIN},
               {"degsk", GM_UNITS_KELVIN},
               {"degreek", GM_UNITS_KELVIN},
               {"degreesk", GM_UNITS_KELVIN},
               {"degkelvin", GM_UNITS_KELVIN},
               {"degreekelvin", GM_UNITS_KELVIN},
               {"degreeskelvin", GM_UNITS_KELVIN},
               {"°k", GM_UNITS_KELVIN},
               {"f", GM_UNITS_FAHRENHEIT},
               {"degf", GM_UNITS_FAHRENHEIT},
               {"degsf", GM_UNITS_FAHRENHEIT},
               {"degreef", GM_UNITS_FAHRENHEIT},
               {"degreesf", GM_UNITS_FAHRENHEIT},
               {"fahrenheit", GM_UNITS_FAHRENHEIT},
               {"degfahrenheit", GM_UNITS_FAHRENHEIT},
               {"degreefahrenheit", GM_UNITS_FAHRENHEIT},
               {"degreesfahrenheit", GM_UNITS_FAHRENHEIT},
               {"°f", GM_UNITS_FAHRENHEIT},
               {"℉", GM_UNITS_FAHRENHEIT}};
  char word[32] = "";
  size_t n = 0;
  for (const char *c = units; *c != '\0' && n + 1 < sizeof word; c++)
    if (strchr(" _.\t", *c) == NULL) word[n++] = (char)tolower((unsigned char)*c);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(word, words[i].word) == 0) return words[i].units;
  return GM_UNITS_OTHER;
}

const char *gm_temperature_label(gm_temperature_units units) {
  static const char *const labels[] = {
      [GM_UNITS_CELSIUS] = "°C", [GM_UNITS_KELVIN] = "K", [GM_UNITS_FAHRENHEIT] = "°F"};
  return labels[units];
}

bool gm_temperature_plausible(gm_temperature_units units, bool anomaly, double value) {
  static const struct {
    double least, most, anomaly;
  } bounds[] = {[GM_UNITS_CELSIUS] = {-60, 60, 60},
                [GM_UNITS_KELVIN] = {200, 340, 60},
                [GM_UNITS_FAHRENHEIT] = {-76, 140, 108}};
  if (units == GM_UNITS_OTHER) return true;
  if (anomaly) return value >= -bounds[units].anomaly && value <= bounds[units].anomaly;
  return value >= bounds[units].least && value <= bounds[units].most;
}

bool gm_temperature_of_water(gm_temperature_units units, bool anomaly, double value) {
  static const double freezing_k = 273.15, freezing_f = 32, f_per_c = 1.8, least_c = -4, most_c = 45,
                      anomaly_c = 20;
  double celsius = value;
  if (units == GM_UNITS_OTHER) return true;
  if (units == GM_UNITS_FAHRENHEIT) celsius = (anomaly ? value : value - freezing_f) / f_per_c;
  if (units == GM_UNITS_KELVIN && !anomaly) celsius = value - freezing_k;
  return anomaly ? fabs(celsius) <= anomaly_c : celsius >= least_c && celsius <= most_c;
}

bool gm_temperature_mark(double value) {
  static const double below_every_sea = -150; /* °F, the widest of the scales; anomalies stay above −108 */
  return value < below_every_sea;
}
