/* SPDX-License-Identifier: MIT
 * Kilograms from joules. */
#include "energy/carbon/emissions.h"
#include "tests/assert_near.h"

static void a_kilowatt_hour_is_three_point_six_megajoules_exactly(void **state) {
  (void)state;
  assert_near(gm_kwh(3.6e6), 1, 0);
  assert_near(gm_kwh(200), 200 / 3.6e6, 0); /* CodeCarbon: 0.8 ppm more */
}

static void bounds_combine_in_the_logarithm(void **state) {
  (void)state;
  const gm_carbon_intensity c = {.g_per_kwh = 500, .low_g_per_kwh = 250, .high_g_per_kwh = 1000};
  const gm_emissions e = gm_emissions_of(7.2e6, 3.6e6, 7.2e6 * 8, &c); /* 2 kWh, 1 to 16 */
  assert_near(e.kg, 1, 1e-12);
  assert_near(e.low_kg, pow(2, -sqrt(1 + 1)), 1e-12);    /* energy ÷ 2, intensity ÷ 2 */
  assert_near(e.high_kg, pow(2, sqrt(3 * 3 + 1)), 1e-9); /* energy × 8, intensity × 2 */
  /* with one of the two exact the other is all there is */
  const gm_emissions exact = gm_emissions_of(7.2e6, 7.2e6, 7.2e6, &c);
  assert_near(exact.low_kg, 0.5, 1e-12);
  assert_near(exact.high_kg, 2, 1e-12);
}

static void an_energy_that_may_be_zero_gives_a_bound_of_zero(void **state) {
  (void)state;
  const gm_carbon_intensity c = {.g_per_kwh = 500, .low_g_per_kwh = 250, .high_g_per_kwh = 1000};
  const gm_emissions e = gm_emissions_of(7.2e6, 0, 14.4e6, &c);
  assert_near(e.low_kg, 0, 0);
  const gm_emissions unseen = gm_emissions_of(0, 0, 3.6e6, &c); /* an upper bound only */
  assert_near(unseen.kg, 0, 0);
  assert_near(unseen.low_kg, 0, 0);
  assert_near(unseen.high_kg, 1, 1e-12);
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
      cmocka_unit_test(bounds_combine_in_the_logarithm),
      cmocka_unit_test(an_energy_that_may_be_zero_gives_a_bound_of_zero),
      cmocka_unit_test(without_an_intensity_there_are_no_emissions_rather_than_zero),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
