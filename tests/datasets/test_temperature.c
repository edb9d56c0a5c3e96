/* SPDX-License-Identifier: MIT
 * Units of temperature. Truth: UDUNITS-2.2.28 (udunits2-derived.xml, udunits2-common.xml) for the spellings.
 */
#include "datasets/temperature.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void spellings_are_those_of_udunits(void **state) {
  (void)state;
  static const char *const celsius[] = {"degree_Celsius",
                                        "degrees_Celsius",
                                        "°C",
                                        "Celsius",
                                        "degC",
                                        "degreeC",
                                        "degreesC",
                                        "deg_C",
                                        "degree_C",
                                        "degrees_C",
                                        "deg C",
                                        "C",
                                        "Celsius_scale",
                                        "ºC",
                                        "℃",
                                        "degrees C",
                                        "deg. C",
                                        "celsius",
                                        "degreesCelsius"};
  static const char *const kelvin[] = {"K",     "kelvin",   "Kelvin",        "degK",
                                       "deg_K", "degree_K", "degrees_kelvin"};
  static const char *const fahrenheit[] = {"degF", "fahrenheit", "degree_Fahrenheit", "°F", "℉", "deg_F"};
  for (size_t i = 0; i < sizeof celsius / sizeof *celsius; i++)
    assert_int_equal(gm_temperature_units_find(celsius[i]), GM_UNITS_CELSIUS);
  for (size_t i = 0; i < sizeof kelvin / sizeof *kelvin; i++)
    assert_int_equal(gm_temperature_units_find(kelvin[i]), GM_UNITS_KELVIN);
  for (size_t i = 0; i < sizeof fahrenheit / sizeof *fahrenheit; i++)
    assert_int_equal(gm_temperature_units_find(fahrenheit[i]), GM_UNITS_FAHRENHEIT);
  static const char *const others[] = {"", "1", "m s-1", "Pa", "degrees", "degree_north", "mm/day"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    assert_int_equal(gm_temperature_units_find(others[i]), GM_UNITS_OTHER);
}

static void labels_are_the_units_own(void **state) {
  (void)state;
  assert_string_equal(gm_temperature_label(GM_UNITS_CELSIUS), "°C");
  assert_string_equal(gm_temperature_label(GM_UNITS_KELVIN), "K");
  assert_string_equal(gm_temperature_label(GM_UNITS_FAHRENHEIT), "°F");
  assert_null(gm_temperature_label(GM_UNITS_OTHER));
}

static void bounds_hold_in_every_unit(void **state) {
  (void)state;
  assert_true(gm_temperature_plausible(GM_UNITS_CELSIUS, false, -1.8));
  assert_true(gm_temperature_plausible(GM_UNITS_KELVIN, false, 271.35));
  assert_true(gm_temperature_plausible(GM_UNITS_FAHRENHEIT, false, 85));
  assert_true(gm_temperature_plausible(GM_UNITS_KELVIN, true, -3));
  assert_false(gm_temperature_plausible(GM_UNITS_CELSIUS, false, 300));
  assert_false(gm_temperature_plausible(GM_UNITS_KELVIN, false, 27));
  assert_false(gm_temperature_plausible(GM_UNITS_FAHRENHEIT, true, 150));
  assert_false(gm_temperature_plausible(GM_UNITS_CELSIUS, false, (double)NAN));
  assert_true(gm_temperature_mark(-1000) && gm_temperature_mark(-1000 - 273.15)); /* also from K to °C */
  assert_true(gm_temperature_mark(-1000 + 273.15) && !gm_temperature_mark(-100));
}

/* Sea water freezes near −2 °C = 271 K = 28 °F; the warmest seas are below 40 °C. */
static void water_is_told_from_other_surfaces(void **state) {
  (void)state;
  assert_true(gm_temperature_of_water(GM_UNITS_CELSIUS, false, -1.9));
  assert_true(gm_temperature_of_water(GM_UNITS_KELVIN, false, 271.2));
  assert_true(gm_temperature_of_water(GM_UNITS_FAHRENHEIT, false, 28.5));
  assert_true(gm_temperature_of_water(GM_UNITS_FAHRENHEIT, true, 30));
  assert_false(gm_temperature_of_water(GM_UNITS_CELSIUS, false, -9.99));
  assert_false(gm_temperature_of_water(GM_UNITS_KELVIN, false, 263.16));
  assert_false(gm_temperature_of_water(GM_UNITS_FAHRENHEIT, false, 14));
  assert_false(gm_temperature_of_water(GM_UNITS_KELVIN, true, -32.768));
  for (int edge = 0; edge < 2; edge++) { /* of what is taken for water, −4 and 45 °C: the edges are in it */
    const double at = edge == 0 ? -4 : 45, beyond = edge == 0 ? -4.01 : 45.01;
    assert_true(gm_temperature_of_water(GM_UNITS_CELSIUS, false, at));
    assert_false(gm_temperature_of_water(GM_UNITS_CELSIUS, false, beyond));
  }
  assert_true(gm_temperature_of_water(GM_UNITS_KELVIN, true, -20));
  assert_false(gm_temperature_of_water(GM_UNITS_KELVIN, true, -20.01));
  assert_true(gm_temperature_of_water(GM_UNITS_OTHER, false, -1000));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(spellings_are_those_of_udunits),
      cmocka_unit_test(labels_are_the_units_own),
      cmocka_unit_test(bounds_hold_in_every_unit),
      cmocka_unit_test(water_is_told_from_other_surfaces),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
