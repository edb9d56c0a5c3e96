/* SPDX-License-Identifier: MIT
 * Machines on their batteries, as drivers show them. */
#include "tests/fake_machine.h"

static void value(const fake_machine *f, const char *supply, const char *file, const char *text) {
  char path[FAKE_PATH], line[64];
  fake_print(path, "sys/class/power_supply/%s/%s", supply, file);
  snprintf(line, sizeof line, "%s\n", text);
  fake_write(f, path, line);
}

static void battery(const fake_machine *f, const char *name, const char *status, const char *power_uw) {
  value(f, name, "type", "Battery");
  value(f, name, "present", "1");
  value(f, name, "status", status);
  if (power_uw != NULL) value(f, name, "power_now", power_uw);
}

static void mains(const fake_machine *f, const char *online) {
  value(f, "AC", "type", "Mains");
  value(f, "AC", "online", online);
}

static gm_energy run(fake_machine *f, gm_meter *meter, int seconds) {
  gm_reading a, b;
  gm_energy e;
  gm_meter_read(meter, &a);
  for (int i = 0; i < seconds; i++) {
    fake_advance(f, 1);
    gm_meter_read(meter, &b);
  }
  gm_meter_between(meter, &a, &b, NULL, &e);
  return e;
}

static void assert_watts(fake_machine *f, double watts) {
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, 100);
  assert_true(e.measured);
  assert_int_equal(e.scope, GM_SCOPE_BATTERY);
  assert_near(e.energy_j, 100 * watts, 1e-6);
  assert_near(e.component_j[GM_WALL], 100 * watts, 1e-6);
  assert_true(isnan(e.component_j[GM_CPU]) && isnan(e.component_j[GM_RAM])); /* contained */
  gm_meter_close(meter);
}

static void assert_modelled(fake_machine *f, const char *note) {
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, 10);
  assert_false(e.measured);
  assert_int_equal(e.scope, GM_SCOPE_WALL_MODELLED);
  assert_false(fake_report(meter, "battery").usable);
  assert_non_null(strstr(fake_report(meter, "battery").note, note));
  gm_meter_close(meter);
}

static void a_discharging_battery_measures_the_whole_machine(void **state) {
  fake_machine *f = *state;
  mains(f, "0");
  battery(f, "BAT0", "Discharging", "12500000");
  assert_watts(f, 12.5);
}

static void current_times_voltage_where_there_is_no_power(void **state) {
  fake_machine *f = *state;
  battery(f, "BAT0", "Discharging", NULL);
  value(f, "BAT0", "current_now", "-1500000"); /* 1.5 A, as drivers sign it */
  value(f, "BAT0", "voltage_now", "12000000"); /* 12 V */
  assert_watts(f, 18);
}

static void of_two_batteries_those_that_discharge_are_added(void **state) {
  fake_machine *f = *state;
  battery(f, "BAT0", "Discharging", "7000000");
  battery(f, "BAT1", "Discharging", "-3000000");
  battery(f, "BAT2", "Unknown", "900000"); /* rests */
  assert_watts(f, 10);
}

static void a_mouse_is_no_supply_of_the_machine(void **state) {
  fake_machine *f = *state;
  battery(f, "hidpp_battery_0", "Discharging", "100000");
  value(f, "hidpp_battery_0", "scope", "Device");
  assert_modelled(f, "no battery");
  battery(f, "BAT0", "Discharging", "5000000");
  assert_watts(f, 5);
}

static void on_mains_they_tell_the_chargers_power(void **state) {
  fake_machine *f = *state;
  battery(f, "BAT0", "Charging", "45000000");
  assert_modelled(f, "not counted on mains");
  battery(f, "BAT0", "Full", "0");
  assert_modelled(f, "not counted on mains");
  battery(f, "BAT0", "Discharging", "8000000"); /* a calibration, or a weak charger: the mains feed too */
  value(f, "usb", "type", "USB");
  value(f, "usb", "online", "1");
  assert_modelled(f, "not counted on mains");
}

static void what_no_machine_draws_is_not_counted(void **state) {
  fake_machine *f = *state;
  battery(f, "BAT0", "Discharging", "4294967295000");
  assert_modelled(f, "neither power nor energy");
  battery(f, "BAT0", "Discharging", "0");
  assert_modelled(f, "neither power nor energy");
}

static void energy_that_is_left_falls_in_steps(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  battery(f, "BAT0", "Discharging", NULL);
  value(f, "BAT0", "energy_now", "40000000"); /* 40 Wh */
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  for (int i = 1; i <= 60; i++) { /* an hour at 10 W, a step a minute */
    char text[32];
    snprintf(text, sizeof text, "%d", 40000000 - 10000000 / 60 * i);
    value(f, "BAT0", "energy_now", text);
    fake_advance(f, 60);
    gm_meter_read(meter, &b);
  }
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_int_equal(e.scope, GM_SCOPE_BATTERY);
  assert_near(e.energy_j, 36000, 1);
  assert_true(e.low_j < 36000 - 36 && e.high_j > 36000 + 36);
  gm_meter_close(meter);
}

static void a_plug_in_the_middle_leaves_the_rest_unknown(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  battery(f, "BAT0", "Discharging", "200000000"); /* more than the model says of all of it */
  mains(f, "0");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  for (int i = 0; i < 50; i++) {
    fake_advance(f, 1);
    if (i == 25) battery(f, "BAT0", "Charging", "30000000"), mains(f, "1");
    gm_meter_read(meter, &b);
  }
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_true(fake_has(e.reasons, GM_READ_ERROR));
  assert_true(e.high_j > 200 * 25 + 300 * 25); /* whatever it drew on mains is inside */
  gm_meter_close(meter);
}

static void a_counter_of_the_cpu_comes_first(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  battery(f, "BAT0", "Discharging", "12500000");
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 900000000);
  fake_advance(f, 100);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_int_equal(e.scope, GM_SCOPE_PACKAGE); /* and means the same when the charger comes */
  assert_near(e.component_j[GM_CPU], 900, 1e-6);
  gm_meter_close(meter);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_MACHINE(a_discharging_battery_measures_the_whole_machine),
      ON_MACHINE(current_times_voltage_where_there_is_no_power),
      ON_MACHINE(of_two_batteries_those_that_discharge_are_added),
      ON_MACHINE(a_mouse_is_no_supply_of_the_machine),
      ON_MACHINE(on_mains_they_tell_the_chargers_power),
      ON_MACHINE(what_no_machine_draws_is_not_counted),
      ON_MACHINE(energy_that_is_left_falls_in_steps),
      ON_MACHINE(a_plug_in_the_middle_leaves_the_rest_unknown),
      ON_MACHINE(a_counter_of_the_cpu_comes_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
