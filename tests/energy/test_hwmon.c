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
  const gm_energy e = fake_since(f, meter, &a, 10);
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
  e = fake_since(f, meter, &a, 1);
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
  const gm_energy e = fake_since(f, meter, &a, 3);
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
  const gm_energy e = fake_since(f, meter, &a, 5);
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
  const gm_energy e = fake_since(f, meter, &a, 2);
  assert_near(e.component_j[GM_GPU], 60 + 50, 1e-6);
  /* The CPU is modelled, and most of the joules are measured all the same. */
  assert_near(e.measured_j, 110, 1e-6);
  assert_true(e.measured && fake_has(e.reasons, GM_MODELLED));
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
  const gm_energy e = fake_since(f, meter, &a, 1);
  assert_near(e.component_j[GM_GPU], 200, 1e-6);
  assert_true(fake_has(e.reasons, GM_READ_ERROR));
  assert_true(e.high_j - e.component_j[GM_GPU] > 1700); /* two seconds at up to 1 kW */
  gm_meter_close(meter);
}

/* ---- readings no hardware can have --------------------------------------------------------- */

static void a_meter_that_says_it_does_not_know_is_no_meter(void **state) {
  fake_machine *f = *state;
  /* all ones in mW and W, as interfaces say "unknown", and plain nonsense (the last tells
   * watts and not microwatts); in µW */
  static const char *const texts[] = {
      "4294967295000\n", "65535000000\n", "32767000000\n",          "4294967295\n", "65535000\n",
      "32767000\n",      "23000000000\n", "18446744073709551615\n", "-1\n",         "150\n"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    gm_reading a;
    device(f, 0, "power_meter");
    value(f, 0, "power1_average", texts[i]);
    gm_meter *meter = fake_meter(f);
    assert_false(fake_report(meter, "hwmon").usable);
    gm_meter_read(meter, &a);
    const gm_energy e = fake_since(f, meter, &a, 3);
    assert_false(e.measured);
    assert_int_equal(e.scope, GM_SCOPE_WALL_MODELLED);
    assert_true((e.reasons & (GM_REASON_BIT(GM_IMPLAUSIBLE) | GM_REASON_BIT(GM_READ_ERROR))) != 0);
    gm_meter_close(meter);
  }
}

static void a_card_above_twice_its_cap_was_misread(void **state) {
  fake_machine *f = *state;
  gm_reading a, b, c;
  gm_energy e;
  device(f, 0, "amdgpu");
  value(f, 0, "power1_cap", "300000000\n");
  value(f, 0, "power1_average", "200000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  value(f, 0, "power1_average", "700000000\n");
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  value(f, 0, "power1_average", "200000000\n");
  fake_advance(f, 1);
  gm_meter_read(meter, &c);
  gm_meter_between(meter, &a, &c, NULL, &e);
  assert_near(e.component_j[GM_GPU], 400, 1e-6);
  assert_true(fake_has(e.reasons, GM_IMPLAUSIBLE));
  assert_true(e.high_j >= 1200); /* 600 W is what it can draw */
  gm_meter_close(meter);
}

/* The driver goes while the file is open: what it showed last is no reading any more. */
static void a_meter_that_is_taken_away_is_not_read_on(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  device(f, 2, "power_meter");
  value(f, 2, "power1_average", "150000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_remove(f, "sys/class/hwmon/hwmon2");
  fake_advance(f, 5);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_false(e.measured);
  assert_true(fake_has(e.reasons, GM_READ_ERROR));
  gm_meter_close(meter);
}

/* ---- nothing twice --------------------------------------------------------------------------- */

static void graphics_of_a_processor_are_part_of_its_socket(void **state) {
  fake_machine *f = *state;
  gm_reading a;
  fake_cpuinfo(f, "AuthenticAMD", "AMD Ryzen 7 5700U with Radeon Graphics", 1, 4, "");
  fake_zone(f, "intel-rapl:0", "package-0", 1000000, INTEL_RANGE_UJ);
  device(f, 3, "amdgpu");
  value(f, 3, "power1_input", "30000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 61000000);
  gm_energy e = fake_since(f, meter, &a, 2);
  assert_near(e.component_j[GM_CPU], 60, 1e-6);
  assert_true(isnan(e.component_j[GM_GPU]));
  gm_meter_close(meter);
  fake_zone_remove(f, "intel-rapl:0"); /* without the counter it measures the processor */
  meter = fake_meter(f);
  gm_meter_read(meter, &a);
  e = fake_since(f, meter, &a, 2);
  assert_near(e.component_j[GM_CPU], 60, 1e-6);
  assert_true(e.measured && isnan(e.component_j[GM_GPU]));
  gm_meter_close(meter);
}

static void sockets_alike_to_the_microjoule_count_once_and_are_said(void **state) {
  fake_machine *f = *state;
  gm_reading a;
  device(f, 0, "amd_energy");
  value(f, 0, "energy1_label", "Esocket0\n");
  value(f, 0, "energy2_label", "Esocket1\n");
  value(f, 0, "energy1_input", "5000000\n");
  value(f, 0, "energy2_input", "5000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  value(f, 0, "energy1_input", "165000000\n");
  value(f, 0, "energy2_input", "165000000\n");
  gm_energy e = fake_since(f, meter, &a, 2);
  assert_near(e.component_j[GM_CPU], 160, 1e-6);
  assert_true(fake_has(e.reasons, GM_MIRRORED));
  assert_true(e.high_j > 320); /* both may be real */
  gm_reading b, c;
  gm_meter_read(meter, &b);
  value(f, 0, "energy1_input", "265000000\n");
  value(f, 0, "energy2_input", "265000001\n"); /* a µJ apart: two sensors */
  fake_advance(f, 2);
  gm_meter_read(meter, &c);
  gm_meter_between(meter, &b, &c, NULL, &e);
  assert_near(e.component_j[GM_CPU], 200, 1e-5);
  assert_false(fake_has(e.reasons, GM_MIRRORED));
  gm_meter_close(meter);
}

static void a_meter_shown_twice_counts_once_and_meters_that_differ_not_at_all(void **state) {
  fake_machine *f = *state;
  static const char *const second[] = {"200000000\n", "150000000\n"};
  for (int differ = 0; differ <= 1; differ++) {
    gm_reading a;
    device(f, 0, "power_meter");
    device(f, 1, "power_meter");
    value(f, 0, "power1_average", "200000000\n");
    value(f, 1, "power1_average", second[differ]);
    gm_meter *meter = fake_meter(f);
    gm_meter_read(meter, &a);
    const gm_energy e = fake_since(f, meter, &a, 2);
    if (differ)
      assert_int_equal(e.scope, GM_SCOPE_WALL_MODELLED);
    else
      assert_near(e.energy_j, 400, 1e-6);
    gm_meter_close(meter);
  }
}

/* ---- standing still ---------------------------------------------------------------------------- */

static void a_frozen_powercap_does_not_hide_a_moving_socket(void **state) {
  fake_machine *f = *state;
  gm_reading a;
  fake_cpuinfo(f, "AuthenticAMD", "AMD EPYC 7543 32-Core Processor", 1, 4, "");
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  device(f, 0, "amd_energy");
  value(f, 0, "energy1_label", "Esocket0\n");
  value(f, 0, "energy1_input", "5000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  value(f, 0, "energy1_input", "205000000\n");
  const gm_energy e = fake_since(f, meter, &a, 2.5);
  assert_near(e.component_j[GM_CPU], 200, 1e-6);
  assert_true(e.measured);
  gm_meter_close(meter);
}

static void a_platform_meter_stands_in_for_a_frozen_package(void **state) {
  fake_machine *f = *state;
  gm_reading a;
  fake_zone(f, "intel-rapl:0", "package-0", 7000, INTEL_RANGE_UJ);
  device(f, 0, "power_meter");
  value(f, 0, "power1_average", "200000000\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  const gm_energy e = fake_since(f, meter, &a, 2);
  assert_near(e.energy_j, 400, 1e-6);
  assert_int_equal(e.scope, GM_SCOPE_PLATFORM);
  gm_meter_close(meter);
}

static void a_counter_that_froze_on_the_way_gives_way_too(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  device(f, 0, "amd_energy");
  value(f, 0, "energy1_label", "Esocket0\n");
  value(f, 0, "energy1_input", "0\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  for (int second = 1; second <= 10; second++) {
    char text[32];
    snprintf(text, sizeof text, "%d\n", 80000000 * second);
    value(f, 0, "energy1_input", text);
    if (second <= 3) fake_energy(f, "intel-rapl:0", 80000000u * (unsigned)second);
    fake_advance(f, 1);
    gm_meter_read(meter, &b);
  }
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 800, 1e-6);
  gm_meter_close(meter);
}

/* ---- which cards count ----------------------------------------------------------------------------- */

static void three_cards(fake_machine *f) {
  static const char *const watts[] = {"100000000\n", "50000000\n"};
  for (int i = 0; i < 2; i++) {
    device(f, i, "amdgpu");
    value(f, i, "power1_cap", "300000000\n");
    value(f, i, "power1_average", watts[i]);
    value(f, i, "device/unique_id", i == 0 ? "aabb0011\n" : "ccdd0022\n");
    value(f, i, "device/product_name", "AMD Instinct MI100\n");
  }
  device(f, 2, "xe");
  value(f, 2, "energy1_input", "0\n");
}

static void cards_of_all_vendors_are_chosen_alike(void **state) {
  fake_machine *f = *state;
  static const struct {
    const char *gpus, *rocr, *hip, *ze;
    double w; /* AMD 100 and 50 W, Intel 20 W; NAN: refused */
  } cases[] = {{NULL, NULL, NULL, NULL, 170},
               {"0", NULL, NULL, NULL, 100},
               {"[0, 1]", NULL, NULL, NULL, 150},
               {"2", NULL, NULL, NULL, 20},
               {"GPU-CCDD", NULL, NULL, NULL, 50},
               {"", NULL, NULL, NULL, 0},
               {"3", NULL, NULL, NULL, NAN},
               {"0", "1", NULL, NULL, 100},
               {"GPU-ff", NULL, NULL, NULL, NAN},
               {NULL, "1", NULL, NULL, 70},
               {NULL, "1", "0", NULL, 70},
               {NULL, NULL, "0", NULL, 120},
               {NULL, "", NULL, "", 0},
               {NULL, NULL, NULL, "0.0,0.1", 170},
               {NULL, NULL, "-1", NULL, 20},
               {NULL, "GPU-aabb0011", NULL, NULL, 120}};
  three_cards(f);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_reading a;
    gm_meter *meter;
    gm_error err;
    gm_meter_config config = fake_config(f);
    config.gpus = cases[i].gpus;
    config.visible_gpus = (gm_visible_gpus){.rocr = cases[i].rocr, .hip = cases[i].hip, .ze = cases[i].ze};
    value(f, 2, "energy1_input", "0\n");
    const gm_status status = gm_meter_open(&meter, &config, &err);
    assert_int_equal(status, isnan(cases[i].w) ? GM_BAD_INPUT : GM_OK);
    if (status != GM_OK) {
      assert_non_null(strstr(err.message, "is not here: 3 GPUs"));
      continue;
    }
    gm_meter_read(meter, &a);
    value(f, 2, "energy1_input", "20000000\n");
    const gm_energy e = fake_since(f, meter, &a, 1);
    if (cases[i].w > 0)
      assert_near(e.component_j[GM_GPU], cases[i].w, 1e-6);
    else
      assert_true(isnan(e.component_j[GM_GPU]));
    gm_meter_close(meter);
  }
}

static void a_card_has_a_name(void **state) {
  fake_machine *f = *state;
  three_cards(f);
  gm_meter *meter = fake_meter(f);
  assert_string_equal(gm_meter_zone(meter, 0)->model, "AMD Instinct MI100");
  assert_string_equal(gm_meter_zone(meter, 2)->model, "Intel GPU");
  gm_meter_close(meter);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

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
      ON_MACHINE(a_meter_that_says_it_does_not_know_is_no_meter),
      ON_MACHINE(a_card_above_twice_its_cap_was_misread),
      ON_MACHINE(a_meter_that_is_taken_away_is_not_read_on),
      ON_MACHINE(graphics_of_a_processor_are_part_of_its_socket),
      ON_MACHINE(sockets_alike_to_the_microjoule_count_once_and_are_said),
      ON_MACHINE(a_meter_shown_twice_counts_once_and_meters_that_differ_not_at_all),
      ON_MACHINE(a_frozen_powercap_does_not_hide_a_moving_socket),
      ON_MACHINE(a_platform_meter_stands_in_for_a_frozen_package),
      ON_MACHINE(a_counter_that_froze_on_the_way_gives_way_too),
      ON_MACHINE(cards_of_all_vendors_are_chosen_alike),
      ON_MACHINE(a_card_has_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
