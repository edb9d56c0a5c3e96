/* SPDX-License-Identifier: MIT
 * External meters: files and commands. */
#include "tests/fake_machine.h"

#include <poll.h>

static gm_status open_wall(fake_machine *f, const char *file, const char *command, gm_meter **meter,
                           gm_error *err) {
  gm_meter_config config = fake_config(f);
  config.wall_file = file;
  config.wall_command = command;
  return gm_meter_open(meter, &config, err);
}

static void a_file_of_joules_replaces_the_sum_of_components(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  gm_meter *meter;
  gm_reading a;
  fake_write(f, "wall", "1000 J\n");
  fake_print(path, "%s/wall", f->root);
  assert_int_equal(open_wall(f, path, NULL, &meter, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_remove(f, "wall"); /* writers that rename give a new file */
  fake_write(f, "wall", "1.5 kJ\n");
  fake_advance(f, 10);
  const gm_energy e = fake_since(f, meter, &a, 0);
  assert_near(e.energy_j, 500, 1e-6);
  assert_int_equal(e.scope, GM_SCOPE_WALL);
  assert_true(e.measured && isnan(e.component_j[GM_CPU]));
  assert_true(e.low_j < 500 * 0.98 + 1e-9 && e.high_j > 500 * 1.02 - 1e-9);
  gm_meter_close(meter);
}

static void watts_are_integrated(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  gm_meter *meter;
  gm_reading a;
  fake_write(f, "wall", "80 W");
  fake_print(path, "%s/wall", f->root);
  assert_int_equal(open_wall(f, path, NULL, &meter, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_advance(f, 5);
  assert_near(fake_since(f, meter, &a, 0).energy_j, 400, 1e-6);
  gm_meter_close(meter);
}

static void a_meter_that_restarts_is_a_reset_and_never_negative(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  gm_meter *meter;
  gm_reading a;
  fake_write(f, "wall", "2 kWh\n");
  fake_print(path, "%s/wall", f->root);
  assert_int_equal(open_wall(f, path, NULL, &meter, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_write(f, "wall", "0.001 kWh\n");
  fake_advance(f, 1);
  const gm_energy e = fake_since(f, meter, &a, 0);
  assert_true(e.energy_j >= 0);
  assert_true(fake_has(e.reasons, GM_RESET));
  gm_meter_close(meter);
}

/* Lines the test releases one by one through a FIFO, so that nothing depends on the scheduler. */
static void a_command_reports_for_as_long_as_it_runs(void **state) {
  fake_machine *f = *state;
  char command[FAKE_PATH], fifo[FAKE_PATH];
  gm_meter *meter;
  gm_reading a, b;
  gm_energy e;
  fake_print(fifo, "%s/lines", f->root);
  assert_int_equal(mkfifo(fifo, 0600), 0);
  fake_print(command, "echo 10 J; cat %s", fifo);
  assert_int_equal(open_wall(f, NULL, command, &meter, NULL), GM_OK);
  gm_meter_read(meter, &a);
  FILE *lines = fopen(fifo, "w"); /* waits for cat */
  assert_non_null(lines);
  fputs("15 J\n20 J\n25", lines); /* the last line is not whole yet */
  fflush(lines);
  fake_advance(f, 2);
  do {
    (void)poll(NULL, 0, 2);
    gm_meter_read(meter, &b);
    gm_meter_between(meter, &a, &b, NULL, &e);
  } while (!(e.scope == GM_SCOPE_WALL && e.energy_j > 9.9));
  assert_near(e.energy_j, 10, 1e-6);
  fclose(lines);
  gm_meter_close(meter);
}

static void what_is_no_reading_is_refused_with_the_form_expected(void **state) {
  fake_machine *f = *state;
  static const char *const bad[] = {"",         "J\n",        "12\n",     "-3 J\n",   "nan W\n",
                                    "12 BTU\n", "1e40 kWh\n", "0x10 W\n", "0x1p4 J\n"};
  char path[FAKE_PATH];
  gm_meter *meter;
  fake_print(path, "%s/wall", f->root);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_error err = {0};
    fake_write(f, "wall", bad[i]);
    assert_int_equal(open_wall(f, path, NULL, &meter, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "expected a line like"));
  }
  gm_error err = {0};
  assert_int_equal(open_wall(f, NULL, "exit 3", &meter, &err), GM_BAD_INPUT);
  assert_int_equal(open_wall(f, path, "echo 1 J", &meter, &err), GM_BAD_INPUT);
}

static void a_coarse_counter_is_known_to_its_last_decimal(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  gm_meter *meter;
  gm_reading a;
  fake_write(f, "wall", "0.34 kWh\n");
  fake_print(path, "%s/wall", f->root);
  assert_int_equal(open_wall(f, path, NULL, &meter, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_advance(f, 30);
  fake_write(f, "wall", "0.35 kWh\n");
  const gm_energy e = fake_since(f, meter, &a, 0);
  assert_near(e.energy_j, 36000, 1e-6);
  assert_near(e.low_j, 0, 1e-6); /* 0.3449 to 0.3450 looks the same */
  assert_true(e.high_j >= 72000);
  gm_meter_close(meter);
}

static void a_file_nobody_writes_any_more_is_no_meter(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  gm_meter *meter;
  gm_reading a;
  fake_write(f, "wall", "80 W\n");
  fake_print(path, "%s/wall", f->root);
  assert_int_equal(open_wall(f, path, NULL, &meter, NULL), GM_OK);
  gm_meter_read(meter, &a);
  for (int i = 0; i < 20; i++) {
    gm_reading b;
    fake_advance(f, 30);
    gm_meter_read(meter, &b);
  }
  const gm_energy e = fake_since(f, meter, &a, 0);
  assert_true(fake_has(e.reasons, GM_READ_ERROR));
  /* what it saw of ten minutes, about one of them; or the model's, where that is more */
  assert_true(e.energy_j >= 80 * 30);
  assert_false(e.scope == GM_SCOPE_WALL && e.high_j < 8 * 60 * GM_PLATFORM_MAX_W);
  gm_meter_close(meter);
}

/* 87 W in kW, or in mW of a meter that says W; a socket that is off shows 0. */
static void powers_below_any_computer_are_refused(void **state) {
  fake_machine *f = *state;
  static const char *const odd[] = {"0.087 W\n", "87 mW\n", "0.00009 kW\n"};
  char path[FAKE_PATH];
  gm_meter *meter;
  gm_error err;
  fake_print(path, "%s/wall", f->root);
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    fake_write(f, "wall", odd[i]);
    assert_int_equal(open_wall(f, path, NULL, &meter, &err), GM_BAD_INPUT);
    assert_non_null(
        strstr(err.message, "expected at least 0.1 W, what the smallest computers draw, got 0.0"));
  }
  fake_write(f, "wall", "0 W\n");
  assert_int_equal(open_wall(f, path, NULL, &meter, &err), GM_OK);
  gm_meter_close(meter);
}

static void powers_beyond_any_feed_are_refused(void **state) {
  fake_machine *f = *state;
  static const char *const odd[] = {"4294967.295 W\n", "65535 W\n", "23 kW\n", "4294967295 mW\n"};
  char path[FAKE_PATH];
  gm_meter *meter;
  gm_error err;
  fake_print(path, "%s/wall", f->root);
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    gm_reading a;
    fake_write(f, "wall", odd[i]);
    assert_int_equal(open_wall(f, path, NULL, &meter, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "expected at most 22 kW"));
    fake_write(f, "wall", "80 W\n");
    assert_int_equal(open_wall(f, path, NULL, &meter, &err), GM_OK);
    gm_meter_read(meter, &a);
    fake_advance(f, 1);
    (void)fake_since(f, meter, &a, 0);
    fake_write(f, "wall", odd[i]); /* on the way it is a hole */
    fake_advance(f, 1);
    (void)fake_since(f, meter, &a, 0);
    fake_write(f, "wall", "80 W\n");
    fake_advance(f, 1);
    const gm_energy e = fake_since(f, meter, &a, 0);
    assert_near(e.energy_j, 240, 1e-6);
    assert_true(fake_has(e.reasons, GM_IMPLAUSIBLE));
    gm_meter_close(meter);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_file_of_joules_replaces_the_sum_of_components, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(watts_are_integrated, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_meter_that_restarts_is_a_reset_and_never_negative, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(a_command_reports_for_as_long_as_it_runs, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(what_is_no_reading_is_refused_with_the_form_expected, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(powers_below_any_computer_are_refused, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(powers_beyond_any_feed_are_refused, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_file_nobody_writes_any_more_is_no_meter, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_coarse_counter_is_known_to_its_last_decimal, fake_setup,
                                      fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
