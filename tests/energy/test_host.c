/* SPDX-License-Identifier: MIT
 * What is read about the machine. */
#include "energy/host.h"
#include "tests/fake_machine.h"

static void a_two_socket_machine_is_described(void **state) {
  fake_machine *f = *state;
  gm_host host;
  fake_cpuinfo(f, "AuthenticAMD", "AMD EPYC 7763 64-Core Processor", 2, 3, "sse");
  gm_host_read(f->proc, &host);
  assert_string_equal(host.cpu_model, "AMD EPYC 7763 64-Core Processor");
  assert_int_equal(host.logical_cpus, 6);
  assert_int_equal(host.sockets, 2);
  assert_false(host.virtualised);
  assert_true(gm_host_is_amd(&host));
  assert_near(host.ram_gib, 16, 1e-12);
  assert_string_equal(host.boot_id, "0b6e7a4c-0000-4000-8000-000000000001");
  assert_memory_equal(host.os, "Linux-", 6);
}

static void a_guest_is_recognised_by_its_whole_flag(void **state) {
  fake_machine *f = *state;
  gm_host host;
  fake_cpuinfo(f, "GenuineIntel", "Test", 1, 2, "hypervisors avx");
  gm_host_read(f->proc, &host);
  assert_false(host.virtualised);
  fake_cpuinfo(f, "GenuineIntel", "Test", 1, 2, "avx hypervisor");
  gm_host_read(f->proc, &host);
  assert_true(host.virtualised);
}

static void an_arm_board_is_named_by_its_model(void **state) {
  fake_machine *f = *state;
  gm_host host;
  fake_write(f, "proc/cpuinfo",
             "processor\t: 0\nBogoMIPS\t: 108.00\n\nprocessor\t: 1\nBogoMIPS\t: 108.00\n\n"
             "Revision\t: c03114\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n");
  gm_host_read(f->proc, &host);
  assert_string_equal(host.cpu_model, "Raspberry Pi 4 Model B Rev 1.4");
  assert_int_equal(host.logical_cpus, 2);
  assert_int_equal(host.sockets, 1);
}

static void what_is_missing_is_unknown_not_zero(void **state) {
  fake_machine *f = *state;
  gm_host host;
  fake_remove(f, "proc");
  gm_host_read(f->proc, &host);
  assert_true(isnan(host.ram_gib));
  assert_string_equal(host.cpu_model, "");
  assert_true(host.logical_cpus >= 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_two_socket_machine_is_described, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_guest_is_recognised_by_its_whole_flag, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(an_arm_board_is_named_by_its_model, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(what_is_missing_is_unknown_not_zero, fake_setup, fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
