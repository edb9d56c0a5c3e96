/* SPDX-License-Identifier: MIT
 * The powercap source through the meter, on trees that misbehave as real ones do. The
 * numbers in the names (s1 to s28) are the scenarios of machines that misbehave, on fake sysfs trees: 1 to 21
 * and 23 here, 13 and 24 also in test_counter.c, 22 in test_meter.c, 25 in test_process_tree.c, 26 to 28 in
 * test_emissions_csv.c, 28 also in cli/track.sh. Those of graphics cards (s1 to s17) are in test_nvml.c. */
#include "tests/fake_machine.h"
#include "tests/unprivileged.h"

#include <errno.h>
#include <math.h>
#include <sys/wait.h>

static const double last_bits = 1e-9; /* J; energies are sums of whole µJ, exact but for rounding */

/* Energy of `component` while every zone in `entry` goes from its value to the one in `to_uj` within
 * `seconds`. */
typedef struct {
  const char *entry;
  uint64_t to_uj;
} move;

static gm_energy run(fake_machine *f, gm_meter *meter, const move *moves, double seconds) {
  gm_reading a, b;
  gm_energy energy;
  gm_meter_read(meter, &a);
  for (; moves->entry != NULL; moves++) fake_energy(f, moves->entry, moves->to_uj);
  fake_advance(f, seconds);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &energy);
  return energy;
}

static void assert_modelled(fake_machine *f, gm_reason why) {
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{0}}, 10);
  assert_false(e.measured);
  assert_true(fake_has(e.reasons, GM_MODELLED));
  assert_true(fake_has(e.reasons, why));
  assert_true(e.energy_j > 0);
  assert_true(e.low_j < e.energy_j && e.energy_j < e.high_j);
  assert_int_equal(e.scope, GM_SCOPE_WALL_MODELLED);
  gm_meter_close(meter);
}

static void s1_without_powercap_the_model_stands_in(void **state) {
  assert_modelled(*state, GM_NO_RAPL);
}

static void s2_an_empty_powercap_is_no_rapl(void **state) {
  fake_write(*state, "sys/class/powercap/intel-rapl/enabled", "1\n");
  assert_modelled(*state, GM_NO_RAPL);
}

static void s3_one_package_is_measured_exactly(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 1000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 250001000}, {0}}, 10);
  assert_true(e.measured);
  assert_near(e.component_j[GM_CPU], 250, last_bits);
  assert_near(e.component_j[GM_RAM], 16 * 0.136 * 10, last_bits); /* modelled beside it, of an idle machine */
  assert_near(e.energy_j, 250 + 21.76, last_bits);
  assert_near(e.power_w, 27.176, last_bits);
  /* 95 %: 2 · sqrt(5 %² + (2 · 1 ms / 10 s)²/3), and ×/÷2 for the idle RAM */
  const double half = 2 * sqrt(0.05 * 0.05 + 2e-4 * 2e-4 / 3);
  assert_near(e.low_j, 250 * (1 - half) + 21.76 / 2, 1e-6);
  assert_near(e.high_j, 250 * (1 + half) + 21.76 * 2, 1e-6);
  assert_int_equal(e.scope, GM_SCOPE_PACKAGE);
  char text[256];
  gm_meter_sources(meter, &e.basis, text, sizeof text);
  assert_string_equal(
      text,
      "powercap (measured): package-0; RAM model (modelled): RAM 16 GiB, idle 2.18 W, at full load 4.02 W");
  gm_meter_close(meter);
}

static void s4_packages_are_found_by_name_under_any_hexadecimal_index(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:1", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0", "package-1", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:a", "package-2", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(
      f, meter,
      (move[]){{"intel-rapl:0", 1000000}, {"intel-rapl:1", 20000000}, {"intel-rapl:a", 300000000}, {0}}, 5);
  assert_near(e.component_j[GM_CPU], 321, last_bits);
  gm_meter_close(meter);
}

static void s5_core_and_uncore_are_inside_their_package(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:0", "core", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:1", "uncore", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(
      f, meter,
      (move[]){{"intel-rapl:0", 90000000}, {"intel-rapl:0:0", 60000000}, {"intel-rapl:0:1", 9000000}, {0}},
      5);
  assert_near(e.component_j[GM_CPU], 90, last_bits);
  gm_meter_close(meter);
}

static void s6_two_drams_of_one_name_both_count_as_ram(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:0", "dram", 7, 65712999613u);
  fake_zone(f, "intel-rapl:1", "package-1", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1:0", "dram", 9, 65712999613u);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter,
                          (move[]){{"intel-rapl:0", 100000000},
                                   {"intel-rapl:1", 100000000},
                                   {"intel-rapl:0:0", 15000007},
                                   {"intel-rapl:1:0", 25000009},
                                   {0}},
                          5);
  assert_near(e.component_j[GM_CPU], 200, last_bits);
  assert_near(e.component_j[GM_RAM], 40, last_bits);
  assert_near(e.energy_j, 240, last_bits);
  assert_int_equal(e.scope, GM_SCOPE_PACKAGE_DRAM);
  assert_false(fake_has(e.reasons, GM_MODELLED));
  gm_meter_close(meter);
}

/* The memory of one of two sockets would pass for the machine's: it is modelled, all of it. */
static void s6_memory_of_one_socket_alone_is_not_the_machine_s(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:0", "dram", 7, 65712999613u);
  fake_zone(f, "intel-rapl:1", "package-1", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(
      f, meter,
      (move[]){{"intel-rapl:0", 100000000}, {"intel-rapl:1", 110000000}, {"intel-rapl:0:0", 15000007}, {0}},
      5);
  assert_near(e.component_j[GM_CPU], 210, last_bits);
  assert_int_equal(e.scope, GM_SCOPE_PACKAGE);
  assert_true(fake_has(e.reasons, GM_MODELLED));
  assert_near(e.measured_j, 210, last_bits);
  assert_true(e.component_j[GM_RAM] > 0);
  gm_meter_close(meter);
}

/* The same where the other's counter is there and gives no number: it is not one that stays at 0. */
static void s6_memory_that_cannot_be_read_is_not_memory_that_is_not_there(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:0", "dram", 7, 65712999613u);
  fake_zone(f, "intel-rapl:1", "package-1", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1:0", "dram", 9, 65712999613u);
  fake_print(path, "%s/sys/class/powercap/intel-rapl:1:0/energy_uj", f->root);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(mkdir(path, 0755), 0); /* opens, and every read fails */
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(
      f, meter,
      (move[]){{"intel-rapl:0", 100000000}, {"intel-rapl:1", 110000000}, {"intel-rapl:0:0", 15000007}, {0}},
      5);
  assert_near(e.component_j[GM_CPU], 210, last_bits);
  assert_true(!(e.scope == GM_SCOPE_PACKAGE_DRAM) || fake_has(e.reasons, GM_READ_ERROR));
  assert_true(e.high_j > 210 + 2 * 15);
  gm_meter_close(meter);
}

/* So would one of two packages, where the other's counter cannot be opened. */
static void s6_one_of_two_packages_is_not_the_machine(void **state) {
  fake_machine *f = *state;
  char path[512];
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1", "package-1", 0, INTEL_RANGE_UJ);
  snprintf(path, sizeof path, "%s/sys/class/powercap/intel-rapl:1/energy_uj", f->root);
  assert_int_equal(unlink(path), 0);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 100000000}, {0}}, 5);
  assert_false(e.measured);
  assert_near(e.measured_j, 0, last_bits);
  assert_true(fake_has(e.reasons, GM_READ_ERROR));
  assert_string_equal(fake_report(meter, "powercap").note,
                      "0 of 2 zones in use; those of some sockets alone are left out");
  gm_meter_close(meter);
}

static void s7_psys_is_left_out_beside_packages(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1", "psys", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 50000000}, {"intel-rapl:1", 20000000}, {0}}, 5);
  assert_near(e.component_j[GM_CPU], 50, last_bits);
  assert_true(isnan(e.component_j[GM_WALL]));
  gm_meter_close(meter);
}

static void s7_psys_alone_is_the_platform_and_nothing_is_added(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "psys", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 80000000}, {0}}, 5);
  assert_near(e.energy_j, 80, last_bits);
  assert_near(e.component_j[GM_WALL], 80, last_bits);
  assert_true(isnan(e.component_j[GM_CPU]) && isnan(e.component_j[GM_RAM]));
  assert_int_equal(e.scope, GM_SCOPE_PLATFORM);
  assert_true(e.measured);
  gm_meter_close(meter);
}

static void s7_psys_replaces_packages_when_asked_for(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:0", "dram", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1", "psys", 0, INTEL_RANGE_UJ);
  gm_meter_config config = fake_config(f);
  gm_meter *meter;
  config.use_psys = true;
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 50000000}, {"intel-rapl:1", 70000000}, {0}}, 5);
  assert_near(e.energy_j, 70, last_bits);
  gm_meter_close(meter);
}

static void s8_an_mmio_duplicate_is_not_counted_twice(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl-mmio:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e =
      run(f, meter, (move[]){{"intel-rapl:0", 50000000}, {"intel-rapl-mmio:0", 51000000}, {0}}, 5);
  assert_near(e.component_j[GM_CPU], 50, last_bits);
  gm_meter_close(meter);
}

/* Removes energy_uj of a zone and leaves the rest. */
static void remove_counter(const fake_machine *f, const char *entry) {
  char path[FAKE_PATH], file[FAKE_PATH];
  fake_zone_directory(entry, path);
  fake_print(file, "%s/energy_uj", path);
  fake_remove(f, file);
}

static void s8_mmio_steps_in_where_the_msr_zone_cannot_be_read(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl-mmio:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  remove_counter(f, "intel-rapl:0");
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl-mmio:0", 51000000}, {0}}, 5);
  assert_near(e.component_j[GM_CPU], 51, last_bits);
  gm_meter_close(meter);
}

static void s8_mmio_steps_in_where_the_msr_zone_gives_no_number(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl-mmio:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone_write(f, "intel-rapl:0", "energy_uj", "");
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl-mmio:0", 51000000}, {0}}, 5);
  assert_near(e.component_j[GM_CPU], 51, last_bits);
  gm_meter_close(meter);
}

static double two_dies(fake_machine *f, const char *vendor, uint64_t first_uj, uint64_t second_uj) {
  fake_cpuinfo(f, vendor, "Test", 1, 4, "");
  fake_zone(f, "intel-rapl:0", "package-0-die-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1", "package-0-die-1", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e =
      run(f, meter, (move[]){{"intel-rapl:0", first_uj}, {"intel-rapl:1", second_uj}, {0}}, 5);
  gm_meter_close(meter);
  return e.component_j[GM_CPU];
}

static void s9_amd_dies_that_mirror_their_socket_count_once(void **state) {
  assert_near(two_dies(*state, "AuthenticAMD", 100000000, 101000000), 100, last_bits);
}

static void s9_amd_dies_that_differ_both_count(void **state) {
  assert_near(two_dies(*state, "AuthenticAMD", 100000000, 60000000), 160, last_bits);
}

static void s9_intel_dies_both_count_even_when_equal(void **state) {
  assert_near(two_dies(*state, "GenuineIntel", 100000000, 100000000), 200, last_bits);
}

/* The kernel never gives a name twice: one register behind two directories counts once, and is said. */
static void a_package_shown_twice_counts_once(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e =
      run(f, meter, (move[]){{"intel-rapl:0", 100000000}, {"intel-rapl:1", 100000000}, {0}}, 5);
  gm_meter_close(meter);
  assert_near(e.component_j[GM_CPU], 100, last_bits);
  assert_true(fake_has(e.reasons, GM_MIRRORED));
}

static void mirrored_epochs_add_up_to_the_run_on_its_basis(void **state) {
  fake_machine *f = *state;
  gm_reading at[3];
  gm_energy run_energy, first, second;
  fake_cpuinfo(f, "AuthenticAMD", "Test", 1, 4, "");
  fake_zone(f, "intel-rapl:0", "package-0-die-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1", "package-0-die-1", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &at[0]);
  fake_energy(f, "intel-rapl:0", 1000000);
  fake_energy(f, "intel-rapl:1", 1100000); /* read 100 mJ apart: not alike in this epoch alone */
  fake_advance(f, 1);
  gm_meter_read(meter, &at[1]);
  fake_energy(f, "intel-rapl:0", 100000000);
  fake_energy(f, "intel-rapl:1", 100100000);
  fake_advance(f, 9);
  gm_meter_read(meter, &at[2]);
  const gm_basis basis = gm_meter_basis(meter, &at[0], &at[2]);
  gm_meter_between(meter, &at[0], &at[2], &basis, &run_energy);
  gm_meter_between(meter, &at[0], &at[1], &basis, &first);
  gm_meter_between(meter, &at[1], &at[2], &basis, &second);
  assert_near(run_energy.component_j[GM_CPU], 100, last_bits);
  assert_near(first.energy_j + second.energy_j, run_energy.energy_j, last_bits);
  gm_meter_close(meter);
}

/* A tree with plain directories instead of the kernel's links. */
static void plain_zone(const fake_machine *f, const char *directory, const char *name, const char *uj) {
  char path[FAKE_PATH];
  fake_print(path, "sys/class/powercap/%s/name", directory);
  fake_write(f, path, name);
  fake_print(path, "sys/class/powercap/%s/energy_uj", directory);
  fake_write(f, path, uj);
}

static void s10_flat_and_nested_copies_are_one_zone_each(void **state) {
  fake_machine *f = *state;
  plain_zone(f, "intel-rapl:0", "package-0\n", "0\n"); /* flat only */
  plain_zone(f, "intel-rapl:0:0", "dram\n", "0\n");
  plain_zone(f, "intel-rapl/intel-rapl:1", "package-1\n", "0\n"); /* nested only */
  plain_zone(f, "intel-rapl/intel-rapl:1/intel-rapl:1:0", "dram\n", "0\n");
  gm_meter *meter = fake_meter(f);
  assert_int_equal(gm_meter_n_zones(meter), 4 + 4 + 2); /* zones, power model, RAM model */
  assert_string_equal(gm_meter_zone(meter, 0)->name, "package-0");
  assert_string_equal(gm_meter_zone(meter, 1)->name, "package-1");
  assert_string_equal(gm_meter_zone(meter, 2)->name, "dram of package-0");
  assert_string_equal(gm_meter_zone(meter, 3)->name, "dram of package-1");
  gm_meter_close(meter);
}

/* Exit status of a child that opens the meter as nobody and finds `why`. */
static int denied_as_nobody(fake_machine *f) {
  const pid_t child = fork();
  if (child == 0) {
    if (!drop_root()) _exit(CANNOT_DROP_ROOT);
    gm_meter *meter;
    const gm_meter_config config = fake_config(f);
    if (gm_meter_open(&meter, &config, NULL) != GM_OK) _exit(3);
    const gm_source_report report = fake_report(meter, "powercap");
    const bool as_expected =
        !report.usable && fake_has(report.reasons, GM_RAPL_DENIED) && strstr(report.note, "tmpfiles") != NULL;
    gm_meter_close(meter);
    _exit(as_expected ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void s11_root_only_counters_are_reported_as_denied_with_the_remedy(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_print(path, "%s/sys/class/powercap/intel-rapl:0/energy_uj", f->root);
  assert_int_equal(chmod(path, getuid() == 0 ? 0400 : 0), 0);
  const int status = denied_as_nobody(f);
  if (status == CANNOT_DROP_ROOT) skip();
  assert_int_equal(status, 0);
}

static void s12_without_a_range_a_drop_is_a_reset_never_negative(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 5000000, 0);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 1000000}, {0}}, 10);
  assert_true(fake_has(e.reasons, GM_RESET));
  assert_true(e.energy_j > 0); /* the model stands in for what the counter lost */
  assert_false(e.measured);
  assert_true(e.high_j >= 1000 * 10); /* which may have been all a package can draw in 10 s */
  gm_meter_close(meter);
}

static void s13_a_wrap_between_two_readings_is_exact(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", INTEL_RANGE_UJ - 1000000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 2000000}, {0}}, 1);
  assert_near(e.component_j[GM_CPU], 3, last_bits);
  assert_false(fake_has(e.reasons, GM_RESET) || fake_has(e.reasons, GM_GAP));
  gm_meter_close(meter);
}

static void s13_two_wraps_in_a_gap_are_flagged_and_inside_the_interval(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, 65532610987u);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 1000000}, {0}}, 600);
  assert_true(fake_has(e.reasons, GM_WRAP_AMBIGUOUS) && fake_has(e.reasons, GM_GAP));
  assert_true(e.high_j > 2 * 65532.6);
  gm_meter_close(meter);
}

static void s14_a_reset_within_a_run_loses_only_its_own_interval(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  const uint64_t values[] = {40000000, 80000000, 3000000, 43000000}; /* reset in the third second */
  for (int i = 0; i < 4; i++) {
    fake_energy(f, "intel-rapl:0", values[i]);
    fake_advance(f, 1);
    gm_meter_read(meter, &b);
  }
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 120, last_bits);
  assert_true(fake_has(e.reasons, GM_RESET));
  assert_true(e.high_j > 160); /* what the lost second may have held is in the interval */
  gm_meter_close(meter);
}

static void s14_what_a_reset_hid_is_in_the_upper_bound_though_the_model_stands_in(void **state) {
  fake_machine *f = *state;
  gm_meter_config config = fake_config(f);
  config.max_package_w = 300;
  for (int psys = 0; psys <= 1; psys++) {
    gm_meter *meter;
    fake_zone(f, "intel-rapl:0", psys ? "psys" : "package-0", 5000000000, INTEL_RANGE_UJ);
    assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
    const gm_energy calm = run(f, meter, (move[]){{0}}, 10);
    const gm_energy reset = run(f, meter, (move[]){{"intel-rapl:0", 0}, {0}}, 10);
    assert_true(fake_has(reset.reasons, GM_RESET) && fake_has(reset.reasons, GM_MODELLED));
    assert_false(reset.measured || fake_has(calm.reasons, GM_RESET));
    assert_near(reset.energy_j, calm.energy_j, last_bits);
    assert_near(reset.low_j, calm.low_j, last_bits);
    assert_true(calm.high_j < 300 * 10 && reset.high_j >= 300 * 10);
    gm_meter_close(meter);
    fake_zone_remove(f, "intel-rapl:0");
  }
}

static void s14_a_drop_by_one_is_a_reset(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 5000000000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  (void)run(f, meter, (move[]){{"intel-rapl:0", 5060000000}, {0}}, 1);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 5059999999}, {0}}, 1);
  assert_true(fake_has(e.reasons, GM_RESET));
  assert_true(e.energy_j < 100); /* not a whole range */
  gm_meter_close(meter);
}

static void s14_a_reset_after_a_very_long_time_is_flagged_and_bounded(void **state) {
  fake_machine *f = *state;
  const double day_s = 86400;
  fake_zone(f, "intel-rapl:0", "package-0", 5000000000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 7000000}, {0}}, day_s);
  assert_true(fake_has(e.reasons, GM_WRAP_AMBIGUOUS) && fake_has(e.reasons, GM_GAP));
  assert_true(e.low_j <=
              7 + 16 * 0.136 * day_s / 2); /* what a restarted counter has seen, and the RAM's lower bound */
  assert_true(e.high_j >= 0.99 * 1000 * day_s);
  gm_meter_close(meter);
}

static void s15_a_failed_read_conserves_energy_across_the_hole(void **state) {
  fake_machine *f = *state;
  gm_reading a, hole, b;
  gm_energy e, before, after;
  fake_zone(f, "intel-rapl:0", "package-0", 1000000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_zone_write(f, "intel-rapl:0", "energy_uj", "");
  fake_advance(f, 1);
  gm_meter_read(meter, &hole);
  fake_energy(f, "intel-rapl:0", 61000000);
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 60, last_bits); /* CodeCarbon: 262 kJ more */
  assert_true(fake_has(e.reasons, GM_READ_ERROR));
  /* Where within the hole it was used is not known: the parts say so, and still add up. */
  gm_meter_between(meter, &a, &hole, &e.basis, &before);
  gm_meter_between(meter, &hole, &b, &e.basis, &after);
  assert_near(before.energy_j + after.energy_j, e.energy_j, last_bits);
  assert_true(before.high_j >= 60);
  assert_true(after.low_j <= 60.0 / 2 + 6);
  gm_meter_close(meter);
}

static void s15_a_counter_whose_reads_fail_with_eio_gives_way_to_the_model(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  remove_counter(f, "intel-rapl:0");
  fake_link(f, "/proc/self/mem",
            "sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj"); /* EIO at 0 */
  assert_modelled(f, GM_READ_ERROR);
}

static void s16_a_zone_that_comes_back_under_another_index_goes_on(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:1", "package-1", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 10000000);
  fake_zone_remove(f, "intel-rapl:1");
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 10, last_bits);
  assert_true(fake_has(e.reasons, GM_ZONE_GONE));
  assert_true(e.high_j > 1000); /* the vanished package may have drawn up to max_package_w */
  fake_zone(f, "intel-rapl:b", "package-1", 30000000, INTEL_RANGE_UJ);
  fake_energy(f, "intel-rapl:0", 20000000);
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 50, last_bits);
  gm_meter_close(meter);
}

static void s17_what_is_not_a_number_is_a_failed_read(void **state) {
  fake_machine *f = *state;
  static const char *const junk[] = {"",
                                     "\n",
                                     "abc\n",
                                     "-5\n",
                                     "12 34\n",
                                     "0x10\n",
                                     "1e6\n",
                                     " 7\n",
                                     "+7\n",
                                     "7 \n",
                                     "99999999999999999999\n",
                                     "1\n\n"};
  fake_zone(f, "intel-rapl:0", "package-0", 1000000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++) {
    gm_reading a, b;
    fake_energy(f, "intel-rapl:0", 1000000);
    gm_meter_read(meter, &a);
    fake_zone_write(f, "intel-rapl:0", "energy_uj", junk[i]);
    fake_advance(f, 1);
    gm_meter_read(meter, &b);
    assert_int_equal(b.zones[0].errors - a.zones[0].errors, 1);
    assert_int_equal(b.zones[0].energy_uj, a.zones[0].energy_uj);
  }
  fake_zone_write(f, "intel-rapl:0", "energy_uj", "9000000"); /* no newline is fine */
  const gm_energy e = run(f, meter, (move[]){{0}}, 1);
  gm_reading end;
  gm_meter_read(meter, &end);
  assert_int_equal(end.zones[0].energy_uj, 8000000);
  assert_int_equal(end.zones[0].stale_ns, 0);
  assert_true(e.energy_j > 0);
  gm_meter_close(meter);
}

static void s18_a_frozen_counter_gives_way_to_the_model(void **state) {
  fake_zone(*state, "intel-rapl:0", "package-0", 77, INTEL_RANGE_UJ);
  assert_modelled(*state, GM_FROZEN);
}

/* A zone of at most 1,000 W that stood still for an hour cannot have drawn more than that in the second in
 * which it moves again: the hour's energy is not the second's. */
static void what_a_counter_hid_before_an_interval_is_none_of_it(void **state) {
  fake_machine *f = *state;
  enum { HOUR = 3600 };
  fake_zone(f, "intel-rapl:0", "package-0", 1000000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const double most_w = gm_meter_zone(meter, 0)->max_power_w;
  gm_reading a, b;
  gm_energy e;
  fake_advance(f, HOUR);
  gm_meter_read(meter, &a);
  fake_advance(f, 1);
  fake_energy(f, "intel-rapl:0", 6000000);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 5, last_bits);
  assert_true(fake_has(e.reasons, GM_FROZEN));
  assert_true(e.high_j >= most_w && e.high_j < 1.1 * most_w);
  gm_meter_close(meter);
}

static void s19_a_suspend_is_flagged_and_a_drop_after_it_is_no_wrap(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  fake_zone(f, "intel-rapl:0", "package-0", INTEL_RANGE_UJ - 1000000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", INTEL_RANGE_UJ - 500000);
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  f->asleep_ns += 3600 * INT64_C(1000000000);
  fake_energy(f, "intel-rapl:0", 100);
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.component_j[GM_CPU], 0.5, last_bits);
  assert_true(fake_has(e.reasons, GM_GAP) && fake_has(e.reasons, GM_RESET));
  assert_near(e.duration_s, 2, last_bits); /* sleep is not run time */
  gm_meter_close(meter);
}

static void s20_a_sampler_starved_for_ten_minutes_is_flagged(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, (move[]){{"intel-rapl:0", 60000000000}, {0}}, 600);
  assert_near(e.component_j[GM_CPU], 60000, last_bits); /* an interval marked gap still counts its energy */
  assert_true(fake_has(e.reasons, GM_GAP));
  gm_meter_close(meter);
}

static void s21_stopping_at_once_gives_an_upper_bound(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 5, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  gm_energy e = run(f, meter, (move[]){{0}}, 0);
  assert_near(e.duration_s, 0, 0);
  assert_true(fake_has(e.reasons, GM_BELOW_RESOLUTION));
  assert_true(e.high_j > 0);
  e = run(f, meter, (move[]){{0}}, 0.001);
  assert_true(e.energy_j > 0 && fake_has(e.reasons, GM_BELOW_RESOLUTION));
  gm_meter_close(meter);
}

static int open_fds(void) {
  int n = 0;
  for (int fd = 0; fd < 256; fd++) n += fcntl(fd, F_GETFD) != -1;
  return n;
}

static void s23_a_thousand_meters_leak_no_file(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 5, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:0", "dram", 5, INTEL_RANGE_UJ);
  const int before = open_fds();
  for (int i = 0; i < 1000; i++) {
    gm_meter *meter = fake_meter(f);
    gm_reading r;
    gm_meter_read(meter, &r);
    gm_meter_close(meter);
  }
  assert_int_equal(open_fds(), before);
}

static void more_zones_than_there_is_room_for_give_way_to_the_model(void **state) {
  fake_machine *f = *state;
  for (int i = 0; i < GM_MAX_ZONES + 1; i++) {
    char entry[32], name[32];
    snprintf(entry, sizeof entry, "intel-rapl:%x", i);
    snprintf(name, sizeof name, "package-%d", i);
    fake_zone(f, entry, name, 0, INTEL_RANGE_UJ);
  }
  assert_modelled(f, GM_READ_ERROR);
}

static void as_many_zones_as_there_is_room_for_are_all_counted(void **state) {
  fake_machine *f = *state;
  move moves[GM_MAX_ZONES + 1] = {{0}};
  char entries[GM_MAX_ZONES][32], name[32];
  for (int i = 0; i < GM_MAX_ZONES; i++) {
    snprintf(entries[i], sizeof entries[i], "intel-rapl:%x", i);
    snprintf(name, sizeof name, "package-%d", i);
    fake_zone(f, entries[i], name, 0, INTEL_RANGE_UJ);
    moves[i] = (move){entries[i], 1000000};
  }
  gm_meter *meter = fake_meter(f);
  const gm_energy e = run(f, meter, moves, 1);
  assert_near(e.component_j[GM_CPU], GM_MAX_ZONES, 1e-6);
  gm_meter_close(meter);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

/* ---- what no package can have used --------------------------------------------------------- */

static void a_package_cannot_use_twice_its_limit(void **state) {
  fake_machine *f = *state;
  fake_zone(f, "intel-rapl:0", "package-0", 1000000, INTEL_RANGE_UJ);
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "65000000\n");
  fake_zone_write(f, "intel-rapl:0", "constraint_1_power_limit_uw", "100000000\n");
  gm_meter *meter = fake_meter(f);
  assert_near(gm_meter_zone(meter, 0)->max_power_w, 200, last_bits);
  const gm_energy odd = run(f, meter, (move[]){{"intel-rapl:0", 1000000 + 2500000000u}, {0}}, 10); /* 250 W */
  assert_false(odd.measured);
  assert_true(fake_has(odd.reasons, GM_IMPLAUSIBLE) && fake_has(odd.reasons, GM_MODELLED));
  gm_meter_close(meter);
  fake_energy(f, "intel-rapl:0", 1000000);
  meter = fake_meter(f);
  const gm_energy sound = run(f, meter, (move[]){{"intel-rapl:0", 1000000 + 1900000000u}, {0}}, 10);
  assert_near(sound.component_j[GM_CPU], 1900, last_bits);
  assert_false(fake_has(sound.reasons, GM_IMPLAUSIBLE));
  gm_meter_close(meter);
  fake_zone_write(f, "intel-rapl:0", "constraint_1_power_limit_uw", "4095999878\n"); /* no limit */
  meter = fake_meter(f);
  assert_near(gm_meter_zone(meter, 0)->max_power_w, 1000, last_bits);
  gm_meter_close(meter);
}

static void nonsense_of_a_counter_is_never_energy(void **state) {
  fake_machine *f = *state;
  static const uint64_t odd[] = {INTEL_RANGE_UJ + 1u, 0xffffffffffffffffu, INTEL_RANGE_UJ - 5u};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    gm_reading a, b, c;
    gm_energy e;
    fake_zone(f, "intel-rapl:0", "package-0", 1000000, INTEL_RANGE_UJ);
    gm_meter *meter = fake_meter(f);
    gm_meter_read(meter, &a);
    fake_energy(f, "intel-rapl:0", odd[i]);
    fake_advance(f, 1);
    gm_meter_read(meter, &b);
    fake_energy(f, "intel-rapl:0", 81000000);
    fake_advance(f, 1);
    gm_meter_read(meter, &c);
    gm_meter_between(meter, &a, &c, NULL, &e);
    assert_near(e.component_j[GM_CPU], 80, last_bits);
    assert_true(fake_has(e.reasons, GM_IMPLAUSIBLE));
    gm_meter_close(meter);
    fake_zone_remove(f, "intel-rapl:0");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_MACHINE(s1_without_powercap_the_model_stands_in),
      ON_MACHINE(s2_an_empty_powercap_is_no_rapl),
      ON_MACHINE(s3_one_package_is_measured_exactly),
      ON_MACHINE(s4_packages_are_found_by_name_under_any_hexadecimal_index),
      ON_MACHINE(s5_core_and_uncore_are_inside_their_package),
      ON_MACHINE(s6_two_drams_of_one_name_both_count_as_ram),
      ON_MACHINE(s6_memory_of_one_socket_alone_is_not_the_machine_s),
      ON_MACHINE(s6_memory_that_cannot_be_read_is_not_memory_that_is_not_there),
      ON_MACHINE(s6_one_of_two_packages_is_not_the_machine),
      ON_MACHINE(s7_psys_is_left_out_beside_packages),
      ON_MACHINE(s7_psys_alone_is_the_platform_and_nothing_is_added),
      ON_MACHINE(s7_psys_replaces_packages_when_asked_for),
      ON_MACHINE(s8_an_mmio_duplicate_is_not_counted_twice),
      ON_MACHINE(s8_mmio_steps_in_where_the_msr_zone_cannot_be_read),
      ON_MACHINE(s8_mmio_steps_in_where_the_msr_zone_gives_no_number),
      ON_MACHINE(s9_amd_dies_that_mirror_their_socket_count_once),
      ON_MACHINE(a_package_shown_twice_counts_once),
      ON_MACHINE(s9_amd_dies_that_differ_both_count),
      ON_MACHINE(s9_intel_dies_both_count_even_when_equal),
      ON_MACHINE(mirrored_epochs_add_up_to_the_run_on_its_basis),
      ON_MACHINE(s10_flat_and_nested_copies_are_one_zone_each),
      ON_MACHINE(s11_root_only_counters_are_reported_as_denied_with_the_remedy),
      ON_MACHINE(s12_without_a_range_a_drop_is_a_reset_never_negative),
      ON_MACHINE(s13_a_wrap_between_two_readings_is_exact),
      ON_MACHINE(s13_two_wraps_in_a_gap_are_flagged_and_inside_the_interval),
      ON_MACHINE(s14_a_reset_within_a_run_loses_only_its_own_interval),
      ON_MACHINE(s14_what_a_reset_hid_is_in_the_upper_bound_though_the_model_stands_in),
      ON_MACHINE(s14_a_drop_by_one_is_a_reset),
      ON_MACHINE(s14_a_reset_after_a_very_long_time_is_flagged_and_bounded),
      ON_MACHINE(s15_a_failed_read_conserves_energy_across_the_hole),
      ON_MACHINE(s15_a_counter_whose_reads_fail_with_eio_gives_way_to_the_model),
      ON_MACHINE(s16_a_zone_that_comes_back_under_another_index_goes_on),
      ON_MACHINE(s17_what_is_not_a_number_is_a_failed_read),
      ON_MACHINE(s18_a_frozen_counter_gives_way_to_the_model),
      ON_MACHINE(what_a_counter_hid_before_an_interval_is_none_of_it),
      ON_MACHINE(s19_a_suspend_is_flagged_and_a_drop_after_it_is_no_wrap),
      ON_MACHINE(s20_a_sampler_starved_for_ten_minutes_is_flagged),
      ON_MACHINE(s21_stopping_at_once_gives_an_upper_bound),
      ON_MACHINE(s23_a_thousand_meters_leak_no_file),
      ON_MACHINE(more_zones_than_there_is_room_for_give_way_to_the_model),
      ON_MACHINE(as_many_zones_as_there_is_room_for_are_all_counted),
      ON_MACHINE(a_package_cannot_use_twice_its_limit),
      ON_MACHINE(nonsense_of_a_counter_is_never_energy),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
