/* SPDX-License-Identifier: MIT
 * The perf source on a kernel made by the test: a PMU described in sysfs, counts the test turns. */
#include "tests/fake_machine.h"

#include <errno.h>

#define PMU "sys/bus/event_source/devices/power/"
static const double j_per_count = 2.3283064365386962890625e-10; /* 2^-32 J, what the kernel always states */

typedef struct {
  uint64_t count[4]; /* by handle */
  int cpu[4], opened, closed, refuse;
  bool fail;
} fake_kernel;

static int open_event(void *context, uint32_t type, uint64_t config, int cpu) {
  fake_kernel *k = context;
  assert_int_equal(type, 9);
  assert_true(config == 2 || config == 3);
  if (k->refuse != 0) return -k->refuse;
  k->cpu[k->opened] = cpu;
  return k->opened++;
}

static bool read_event(void *context, int handle, uint64_t *count) {
  const fake_kernel *k = context;
  *count = k->count[handle];
  return !k->fail;
}

static void close_event(void *context, int handle) {
  (void)handle;
  ((fake_kernel *)context)->closed++;
}

static void describe(const fake_machine *f, const char *event, const char *code) {
  char path[FAKE_PATH];
  fake_print(path, PMU "events/%s", event);
  fake_write(f, path, code);
  fake_print(path, PMU "events/%s.unit", event);
  fake_write(f, path, "Joules\n");
  fake_print(path, PMU "events/%s.scale", event);
  fake_write(f, path, "2.3283064365386962890625e-10\n");
}

static gm_meter *open_meter(fake_machine *f, fake_kernel *k) {
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  config.perf = (gm_perf_api){.open = open_event, .read = read_event, .close = close_event, .context = k};
  fake_write(f, PMU "type", "9\n");
  fake_write(f, PMU "cpumask", "0,28\n");
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  return meter;
}

static uint64_t counts(double joules) {
  return (uint64_t)(joules / j_per_count);
}

static void packages_and_dram_are_measured_on_the_cpus_of_the_mask(void **state) {
  fake_machine *f = *state;
  fake_kernel k = {0};
  gm_reading a, b;
  gm_energy e;
  describe(f, "energy-pkg", "event=0x02\n");
  describe(f, "energy-ram", "event=0x03\n");
  describe(f, "energy-cores", "event=0x01\n"); /* inside the package: never opened */
  gm_meter *meter = open_meter(f, &k);
  assert_int_equal(k.opened, 4);
  assert_int_equal(k.cpu[0], 0);
  assert_int_equal(k.cpu[1], 28);
  gm_meter_read(meter, &a);
  k.count[0] = counts(50), k.count[1] = counts(70), k.count[2] = counts(4), k.count[3] = counts(5);
  fake_advance(f, 2);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 120, 1e-5); /* whole µJ */
  assert_near(e.component_j[GM_RAM], 9, 1e-5);
  assert_true(e.measured);
  assert_int_equal(e.scope, GM_SCOPE_PACKAGE_DRAM);
  assert_int_equal(e.reasons, 0);
  gm_meter_close(meter);
  assert_int_equal(k.closed, 4);
}

static void a_large_count_keeps_its_last_joule(void **state) {
  fake_machine *f = *state;
  fake_kernel k = {.count = {counts(3e8)}}; /* ten years at a watt, more digits than a double's µJ */
  gm_reading a, b;
  gm_energy e;
  describe(f, "energy-pkg", "event=0x02\n");
  gm_meter *meter = open_meter(f, &k);
  gm_meter_read(meter, &a);
  k.count[0] += counts(1), k.count[1] += counts(2);
  fake_advance(f, 2);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 3, 6e-6);
  gm_meter_close(meter);
}

static void without_permission_the_remedy_is_named_and_powercap_serves(void **state) {
  fake_machine *f = *state;
  fake_kernel k = {.refuse = EACCES};
  gm_reading a, b;
  gm_energy e;
  describe(f, "energy-pkg", "event=0x02\n");
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter *meter = open_meter(f, &k);
  const gm_source_report report = fake_report(meter, "perf");
  assert_false(report.usable);
  assert_int_equal(report.reasons, GM_REASON_BIT(GM_RAPL_DENIED));
  assert_non_null(strstr(report.note, "perf_event_paranoid"));
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 10000000);
  fake_advance(f, 2);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 10, 1e-9);
  assert_int_equal(e.reasons, GM_REASON_BIT(GM_MODELLED)); /* the RAM; a refused twin takes nothing away */
  gm_meter_close(meter);
}

static void perf_and_powercap_are_never_added(void **state) {
  fake_machine *f = *state;
  fake_kernel k = {0};
  gm_reading a, b;
  gm_energy e;
  describe(f, "energy-pkg", "event=0x02\n");
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter *meter = open_meter(f, &k);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 100000000);
  k.count[0] = counts(100);
  fake_advance(f, 2);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 100, 1e-5);
  gm_meter_close(meter);
}

static void a_failed_read_loses_nothing_and_is_never_a_zero(void **state) {
  fake_machine *f = *state;
  fake_kernel k = {.count = {counts(1000)}};
  gm_reading a, b, c;
  gm_energy e;
  describe(f, "energy-pkg", "event=0x02\n");
  gm_meter *meter = open_meter(f, &k);
  gm_meter_read(meter, &a);
  k.fail = true;
  fake_advance(f, 2);
  gm_meter_read(meter, &b);
  k.fail = false;
  k.count[0] += counts(20), k.count[1] += counts(10);
  fake_advance(f, 2);
  gm_meter_read(meter, &c);
  gm_meter_between(meter, &a, &c, NULL, &e);
  assert_near(e.component_j[GM_CPU], 30, 1e-5);
  assert_true(fake_has(e.reasons, GM_READ_ERROR));
  gm_meter_close(meter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(packages_and_dram_are_measured_on_the_cpus_of_the_mask, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(a_large_count_keeps_its_last_joule, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(without_permission_the_remedy_is_named_and_powercap_serves, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(perf_and_powercap_are_never_added, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_failed_read_loses_nothing_and_is_never_a_zero, fake_setup,
                                      fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
