/* SPDX-License-Identifier: MIT
 * The RAM model with a power the user states: its band is the stated one, on both sides. */
#include "tests/fake_machine.h"

static void a_stated_power_has_the_band_of_stated_powers(void **state) {
  fake_machine *f = *state;
  gm_meter *meter;
  gm_reading a, b;
  gm_energy energy;
  gm_meter_config config = fake_config(f);
  config.ram_power_w = 20;
  config.priors = "stated=0.1"; /* half of the band */
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 1000000);
  fake_advance(f, 1000);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &energy);
  assert_near(energy.component_j[GM_RAM], 20e3, 1);
  int n = 0;
  for (size_t i = 0; i < gm_meter_n_zones(meter); i++) {
    const gm_zone *zone = gm_meter_zone(meter, i);
    if (zone->component != GM_RAM || zone->measured || (energy.basis.zones >> i & 1) == 0) continue;
    assert_near(zone->low_factor, 0.8, 1e-12);
    assert_near(zone->high_factor, 1.2, 1e-12);
    n++;
  }
  assert_true(n > 0);
  gm_meter_close(meter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_stated_power_has_the_band_of_stated_powers, fake_setup,
                                      fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
