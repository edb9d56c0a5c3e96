/* SPDX-License-Identifier: MIT
 * The scalar interface: what it refuses and with which sentence, and that its figures are the meter's. The
 * machine is given by the environment, as a caller in another language has it. */
#include "energy/record/run.h"

#include "tests/fake_machine.h"

static int set_up(void **state) {
  if (fake_setup(state) != 0) return -1;
  const fake_machine *f = *state;
  setenv("GREENMILE_SYSFS_ROOT", f->sys, 1);
  setenv("GREENMILE_PROC_ROOT", f->proc, 1);
  setenv("GREENMILE_NVML", "/nonexistent", 1);
  return 0;
}

static int tear_down(void **state) {
  unsetenv("GREENMILE_SYSFS_ROOT");
  unsetenv("GREENMILE_PROC_ROOT");
  unsetenv("GREENMILE_NVML");
  unsetenv("GREENMILE_PUE");
  return fake_teardown(state);
}

static void an_interval_is_the_meters(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 5000000, INTEL_RANGE_UJ);
  gm_run *run = gm_run_open();
  assert_int_equal(gm_run_interface(), GM_RUN_INTERFACE);
  assert_int_equal(gm_run_set(run, "carbon_intensity", "360"), 0);
  assert_int_equal(gm_run_set(run, "ram_power", "0"), 0);
  assert_int_equal(gm_run_start(run), 0);
  const struct timespec pause = {.tv_nsec = 50000000}; /* 7 J in less would be more than a package can draw */
  nanosleep(&pause, NULL);
  fake_energy(f, "intel-rapl:0", 12000000);
  assert_near(gm_run_stop_j(run), 7, 1e-9);
  assert_near(gm_run_energy_j(run), 7, 1e-9);
  assert_true(gm_run_low_j(run) < 7 && gm_run_high_j(run) > 7 && gm_run_duration_s(run) > 0);
  assert_near(gm_run_measured_share(run), 1, 1e-12);
  assert_near(gm_run_emissions_kg(run), 7 / 3.6e6 * 0.36, 1e-15);
  assert_non_null(strstr(gm_run_sources(run), "powercap (measured): package-0"));
  char path[FAKE_PATH], line[1024];
  fake_print(path, "%s/e.csv", f->root);
  assert_int_equal(gm_run_append_csv(run, path), 0);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file));
  assert_non_null(fgets(line, sizeof line, file));
  assert_non_null(strstr(line, ",machine,"));
  fclose(file);
  gm_run_close(run);
}

static void what_is_refused_is_said(void **state) {
  (void)state;
  gm_run *run = gm_run_open();
  assert_string_equal(gm_run_error(run), "");
  assert_int_equal(gm_run_set(run, "colour", "red"), 2);
  assert_string_equal(gm_run_error(run), "\"colour\" is no setting; see track config");
  assert_int_equal(gm_run_set(run, "pue", "0.5"), 2);
  assert_non_null(strstr(gm_run_error(run), "pue: expected a number of at least 1"));
  assert_true(isnan(gm_run_stop_j(run)));
  assert_string_equal(gm_run_error(run), "expected gm_run_start before gm_run_stop_j");
  assert_int_equal(gm_run_append_csv(run, "nowhere"), 2);
  assert_true(isnan(gm_run_energy_j(run)) && isnan(gm_run_emissions_kg(run)));
  assert_string_equal(gm_run_sources(run), "");
  assert_int_equal(gm_run_set(run, "gpus", "0"), 0);
  assert_int_equal(gm_run_start(run), 2);
  assert_non_null(strstr(gm_run_error(run), "is not here"));
  gm_run_close(run);
  gm_run_close(NULL);
}

static void a_bad_setting_of_the_environment_is_said_by_the_start(void **state) {
  (void)state;
  setenv("GREENMILE_PUE", "many", 1);
  gm_run *run = gm_run_open();
  assert_int_equal(gm_run_start(run), 2);
  assert_non_null(strstr(gm_run_error(run), "GREENMILE_PUE"));
  gm_run_close(run);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(an_interval_is_the_meters, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_refused_is_said, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_bad_setting_of_the_environment_is_said_by_the_start, set_up,
                                      tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
