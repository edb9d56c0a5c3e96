/* SPDX-License-Identifier: MIT
 * Names as real /proc/cpuinfo files print them against the rows they have to find, and every
 * row of the table itself. */
#include "tests/fake_machine.h"

#include "common/csv.h"
#include "energy/sources/cpu_power.h"

extern const char gm_table_cpu_power[];

static gm_host host_named(const char *vendor, const char *model, int sockets, int cpus) {
  gm_host host = {.sockets = sockets, .logical_cpus = cpus, .ram_gib = NAN};
  snprintf(host.cpu_vendor, sizeof host.cpu_vendor, "%s", vendor);
  snprintf(host.cpu_model, sizeof host.cpu_model, "%s", model);
  return host;
}

static gm_cpu_power find(const char *sysfs_root, const gm_host *host, bool server) {
  gm_cpu_power power;
  gm_error err = {0};
  const gm_source_setup setup = {.priors = gm_priors_default(),
                                 .sysfs_root = sysfs_root,
                                 .host = host,
                                 .cpu_power_w = NAN,
                                 .cpu_idle_w = NAN};
  assert_int_equal(gm_cpu_power_find(&setup, server, &power, &err), GM_OK);
  return power;
}

static void names_lose_what_is_not_the_model(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", "intel xeon gold 6248"},
      {"Intel(R) Xeon(R) CPU E5-2699 v4 @ 2.20GHz", "intel xeon e5-2699 v4"},
      {"Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz", "intel core i7-8700k"},
      {"11th Gen Intel(R) Core(TM) i7-11800H @ 2.30GHz", "intel core i7-11800h"},
      {"12th Gen Intel(R) Core(TM) i9-12900K", "intel core i9-12900k"},
      {"13th Gen Intel(R) Core(TM) i9-13900K", "intel core i9-13900k"},
      {"Intel(R) Core(TM) Ultra 7 155H", "intel core ultra 7 155h"},
      {"Intel(R) Xeon(R) Platinum 8480+", "intel xeon platinum 8480+"},
      {"Intel(R) Xeon(R) Processor @ 2.60GHz", "intel xeon"},
      {"Intel Xeon Processor (Skylake, IBRS)", "intel xeon (skylake, ibrs)"},
      {"AMD EPYC 7763 64-Core Processor", "amd epyc 7763"},
      {"AMD EPYC Processor", "amd epyc"},
      {"AMD Ryzen 9 5950X 16-Core Processor", "amd ryzen 9 5950x"},
      {"AMD Ryzen 7 5800H with Radeon Graphics", "amd ryzen 7 5800h"},
      {"AMD Ryzen 7 7840U w/ Radeon  780M Graphics", "amd ryzen 7 7840u"},
      {"AMD Ryzen Threadripper 3990X 64-Core Processor", "amd ryzen threadripper 3990x"},
      {"", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char normal[GM_HOST_TEXT];
    gm_cpu_name_normalise(cases[i][0], normal, sizeof normal);
    assert_string_equal(normal, cases[i][1]);
  }
}

static void real_names_find_their_row_or_none(void **state) {
  (void)state;
  static const struct {
    const char *model;
    int sockets;
    double watts;
  } cases[] = {
      {"AMD EPYC 7763 64-Core Processor", 1, 280},
      {"AMD EPYC 7742 64-Core Processor", 2, 450},
      {"Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", 2, 300},
      {"Intel(R) Xeon(R) Platinum 8480+", 1, 350},
      {"13th Gen Intel(R) Core(TM) i9-13900K", 1, 125},
      {"Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 1, 15},
      {"AMD Ryzen 7 5800H with Radeon Graphics", 1, 45},
      {"Intel(R) Xeon(R) Processor @ 2.60GHz", 1, NAN},
      {"Intel Xeon Processor (Skylake, IBRS)", 2, NAN},
      {"AMD EPYC Processor", 1, NAN},
      {"AMD EPYC 77631 64-Core Processor", 1, NAN}, /* a likeness is not a match */
      {"", 1, NAN},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const gm_host host = host_named("", cases[i].model, cases[i].sockets, 8);
    const gm_cpu_power power = find("/nonexistent", &host, true);
    assert_int_equal(power.basis, isnan(cases[i].watts) ? GM_POWER_UNKNOWN : GM_POWER_SKU);
    if (isnan(cases[i].watts))
      assert_true(isnan(power.watts));
    else
      assert_near(power.watts, cases[i].watts, 1e-9);
    assert_near(power.above, 1, 0);
  }
}

/* Its i9-13900K is listed with 125 W and draws up to 253 W. */
static void a_desktops_listed_power_is_no_limit(void **state) {
  (void)state;
  const gm_host host = host_named("GenuineIntel", "13th Gen Intel(R) Core(TM) i9-13900K", 1, 32);
  assert_near(find("/nonexistent", &host, false).above, 2, 0);
}

static void a_virtual_machine_has_no_limit_but_a_stated_one(void **state) {
  fake_machine *f = *state;
  gm_host host = host_named("AuthenticAMD", "AMD EPYC 7763 64-Core Processor", 1, 4);
  host.virtualised = true;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ); /* the host's, should it be shown */
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "280000000\n");
  assert_int_equal(find(f->sys, &host, true).basis, GM_POWER_UNKNOWN);
  gm_cpu_power power;
  const gm_source_setup setup = {.sysfs_root = f->sys, .host = &host, .cpu_power_w = 12};
  assert_int_equal(gm_cpu_power_find(&setup, true, &power, NULL), GM_OK);
  assert_int_equal(power.basis, GM_POWER_USER);
  assert_near(power.watts, 12, 0);
}

static void the_limit_in_force_comes_before_the_table(void **state) {
  fake_machine *f = *state;
  const gm_host host = host_named("GenuineIntel", "13th Gen Intel(R) Core(TM) i9-13900K", 1, 32);
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone_write(f, "intel-rapl:0", "constraint_0_max_power_uw", "125000000\n");
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "100000000\n");
  fake_zone_write(f, "intel-rapl:0", "constraint_1_power_limit_uw", "253000000\n");
  gm_cpu_power power = find(f->sys, &host, false);
  assert_int_equal(power.basis, GM_POWER_POWERCAP);
  assert_near(power.watts, 253, 1e-9); /* a desktop's board lets PL2 stand */
  assert_near(power.above, 1, 0);
  assert_near(find(f->sys, &host, true).watts, 100, 1e-9); /* a server's long-term limit holds */
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "4095875000\n"); /* "no limit" */
  fake_zone_write(f, "intel-rapl:0", "constraint_1_power_limit_uw", "4095875000\n");
  power = find(f->sys, &host, false);
  assert_near(power.watts, 125, 1e-9); /* the design power, above which nothing holds it */
  assert_near(power.above, 2, 0);
  assert_near(find(f->sys, &host, true).above, 1, 0);
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "600000000\n");
  fake_zone_write(f, "intel-rapl:0", "constraint_1_power_limit_uw", "600000001\n");
  assert_near(find(f->sys, &host, true).watts, 600, 1e-9); /* no package is held above that */
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "600000001\n");
  assert_near(find(f->sys, &host, true).watts, 125, 1e-9);
  fake_zone_write(f, "intel-rapl:0", "constraint_0_max_power_uw", "0\n");
  assert_int_equal(find(f->sys, &host, false).basis, GM_POWER_SKU);
}

static void every_row_parses_names_its_line_and_finds_itself(void **state) {
  (void)state;
  enum { every = 37 }; /* of thousands */
  gm_csv_table table;
  gm_error err = {0};
  size_t name, watts, line;
  assert_int_equal(
      gm_csv_parse(gm_table_cpu_power, strlen(gm_table_cpu_power), "cpu_power.csv", &table, &err), GM_OK);
  assert_int_equal(gm_csv_column(&table, "name", &name, &err), GM_OK);
  assert_int_equal(gm_csv_column(&table, "watts", &watts, &err), GM_OK);
  assert_int_equal(gm_csv_column(&table, "line", &line, &err), GM_OK);
  assert_true(table.n_rows > 1000);
  for (size_t row = 0; row < table.n_rows; row++) {
    double value, n = 0;
    char normal[GM_HOST_TEXT];
    const char *text = gm_csv_field(&table, row, name);
    assert_int_equal(gm_csv_number(&table, row, watts, &value, &err), GM_OK);
    assert_true(value >= 1 && value <= 600);
    assert_int_equal(gm_csv_number(&table, row, line, &n, &err), GM_OK);
    assert_true(n >= 2);
    gm_cpu_name_normalise(text, normal, sizeof normal);
    assert_string_equal(normal, text);
    if (row > 0) assert_true(strcmp(gm_csv_field(&table, row - 1, name), text) < 0);
    if (row % every != 0) continue;
    const gm_host host = host_named("", text, 1, 8);
    const gm_cpu_power power = find("/nonexistent", &host, true);
    assert_near(power.watts, value, 1e-9);
    assert_int_equal(power.basis, GM_POWER_SKU);
  }
  gm_csv_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_lose_what_is_not_the_model),
      cmocka_unit_test(real_names_find_their_row_or_none),
      cmocka_unit_test(a_desktops_listed_power_is_no_limit),
      cmocka_unit_test_setup_teardown(a_virtual_machine_has_no_limit_but_a_stated_one, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(the_limit_in_force_comes_before_the_table, fake_setup, fake_teardown),
      cmocka_unit_test(every_row_parses_names_its_line_and_finds_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
