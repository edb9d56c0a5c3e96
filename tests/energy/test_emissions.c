/* SPDX-License-Identifier: MIT
 * Kilograms from joules. */
#include "energy/carbon/emissions.h"
#include "tests/assert_near.h"

static void a_kilowatt_hour_is_three_point_six_megajoules_exactly(void **state) {
  (void)state;
  assert_near(gm_kwh(3.6e6), 1, 0);
  assert_near(gm_kwh(200), 200 / 3.6e6, 0); /* CodeCarbon: 0.8 ppm more */
}

static void kilograms_are_energy_times_intensity_bound_by_bound(void **state) {
  (void)state;
  gm_carbon_intensity c;
  assert_int_equal(gm_carbon_intensity_fixed(500, &c, NULL), GM_OK);
  const gm_emissions e = gm_emissions_of(7.2e6, 3.6e6, 10.8e6, &c); /* 2 kWh, 1 to 3 */
  assert_near(e.kg, 1, 1e-12);
  assert_near(e.low_kg, 0.45, 1e-12);
  assert_near(e.high_kg, 1.65, 1e-12);
}

static void without_an_intensity_there_are_no_emissions_rather_than_zero(void **state) {
  (void)state;
  const gm_carbon_intensity unset = gm_carbon_intensity_unset();
  const gm_emissions e = gm_emissions_of(1, 1, 1, &unset);
  assert_true(isnan(e.kg) && isnan(e.low_kg) && isnan(e.high_kg));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_kilowatt_hour_is_three_point_six_megajoules_exactly),
      cmocka_unit_test(kilograms_are_energy_times_intensity_bound_by_bound),
      cmocka_unit_test(without_an_intensity_there_are_no_emissions_rather_than_zero),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
