/* SPDX-License-Identifier: MIT
 * hwmon sensors as drivers show them. */
#include "tests/fake_machine.h"

static void device(const fake_machine *f, int n, const char *driver) {
  char path[FAKE_PATH], text[64];
  fake_print(path, "sys/class/hwmon/hwmon%d/name", n);
  snprintf(text, sizeof text, "%s\n", driver);
  fake_write(f, path, text);
}

static void value(const fake_machine *f, int n, const char *file, const char *text) {
  char path[FAKE_PATH];
  fake_print(path, "sys/class/hwmon/hwmon%d/%s", n, file);
  fake_write(f, path, text);
}

static gm_energy over(fake_machine *f, gm_meter *meter, const gm_reading *a, double seconds) {
  gm_reading b;
  gm_energy e;
  fake_advance(f, seconds);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, a, &b, NULL, &e);
  return e;
}

static void sockets_of_amd_energy_are_the_cpu_and_its_cores_are_not_added(void **state) {
  fake_machine *f = *state;
  gm_reading a;
  device(f, 0, "amd_energy");
  value(f, 0, "energy1_label", "Ecore000\n");
  value(f, 0, "energy1_input", "1000000\n");
  value(f, 0, "energy2_label", "Esocket0\n");
  value(f, 0, "energy2_input", "5000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  value(f, 0, "energy1_input", "31000000\n");
  value(f, 0, "energy2_input", "65000000\n");
  const gm_energy e = over(f, meter, &a, 10);
  assert_near(e.component_j[GM_CPU], 60, 1e-9);
  assert_true(e.measured);
  gm_meter_close(meter);
}

static void an_acpi_meter_is_the_platform_where_nothing_else_measures(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  device(f, 0, "power_meter");
  value(f, 0, "power1_average", "200000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  value(f, 0, "power1_average", "300000000\n");
  e = over(f, meter, &a, 1);
  /* 1 s at 200 W, then a step somewhere in the next second: 250 J ± 50 J */
  assert_near(e.energy_j, 450, 1e-6);
  assert_true(e.low_j < 400 && e.high_j > 500);
  assert_int_equal(e.scope, GM_SCOPE_PLATFORM);
  assert_true(isnan(e.component_j[GM_RAM])); /* contained */
  gm_meter_close(meter);
}

static void an_acpi_meter_stays_out_beside_a_package_counter(void **state) {
  fake_machine *f = *state;
  gm_reading a;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  device(f, 0, "power_meter");
  value(f, 0, "power1_average", "200000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 90000000);
  const gm_energy e = over(f, meter, &a, 3);
  assert_near(e.component_j[GM_CPU], 90, 1e-9);
  assert_true(isnan(e.component_j[GM_WALL]));
  gm_meter_close(meter);
}

static void a_grace_module_gives_its_cpu_and_nothing_that_contains_it(void **state) {
  fake_machine *f = *state;
  gm_reading a;
  const char *const infos[] = {"Module Power Socket 0\n", "Grace Power Socket 0\n", "CPU Power Socket 0\n"};
  for (int i = 0; i < 3; i++) {
    device(f, i, "power_meter");
    value(f, i, "power1_oem_info", infos[i]);
    value(f, i, "power1_average", i == 2 ? "80000000\n" : "500000000\n");
  }
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  const gm_energy e = over(f, meter, &a, 5);
  assert_near(e.component_j[GM_CPU], 400, 1e-6);
  assert_true(isnan(e.component_j[GM_WALL]));
  gm_meter_close(meter);
}

static void graphics_cards_count_as_gpu(void **state) {
  fake_machine *f = *state;
  gm_reading a;
  device(f, 0, "amdgpu");
  value(f, 0, "power1_average", "30000000\n");
  device(f, 10, "xe");
  value(f, 10, "energy1_label", "pkg\n");
  value(f, 10, "energy1_input", "0\n");
  value(f, 10, "energy2_label", "card\n");
  value(f, 10, "energy2_input", "0\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  value(f, 10, "energy1_input", "40000000\n");
  value(f, 10, "energy2_input", "50000000\n");
  const gm_energy e = over(f, meter, &a, 2);
  assert_near(e.component_j[GM_GPU], 60 + 50, 1e-6);
  /* The CPU is modelled, and most of the joules are measured all the same. */
  assert_near(e.measured_share, 110 / e.energy_j, 1e-9);
  assert_true(e.measured && (e.reasons & GM_REASON_BIT(GM_MODELLED)) != 0);
  gm_meter_close(meter);
}

static void a_sensor_that_fails_is_a_hole_bounded_by_what_could_be_drawn(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  device(f, 0, "amdgpu");
  value(f, 0, "power1_input", "100000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  value(f, 0, "power1_input", "\n");
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  value(f, 0, "power1_input", "100000000\n");
  const gm_energy e = over(f, meter, &a, 1);
  assert_near(e.component_j[GM_GPU], 200, 1e-6);
  assert_true((e.reasons & GM_REASON_BIT(GM_READ_ERROR)) != 0);
  assert_true(e.high_j - e.component_j[GM_GPU] > 1700); /* two seconds at up to 1 kW */
  gm_meter_close(meter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(sockets_of_amd_energy_are_the_cpu_and_its_cores_are_not_added,
                                      fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(an_acpi_meter_is_the_platform_where_nothing_else_measures, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(an_acpi_meter_stays_out_beside_a_package_counter, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(a_grace_module_gives_its_cpu_and_nothing_that_contains_it, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(graphics_cards_count_as_gpu, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_sensor_that_fails_is_a_hole_bounded_by_what_could_be_drawn,
                                      fake_setup, fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
