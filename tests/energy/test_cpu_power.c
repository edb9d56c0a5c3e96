/* SPDX-License-Identifier: MIT
 * Names as real /proc/cpuinfo files print them against the rows they have to find, and every
 * row of the table itself. */
#include "tests/fake_machine.h"

#include "common/csv.h"
#include "energy/sources/cpu_power.h"

extern const char gm_table_cpu_power[];
extern const size_t gm_table_cpu_power_size;

static gm_host host_named(const char *vendor, const char *model, int sockets, int cpus) {
  gm_host host = {.sockets = sockets, .logical_cpus = cpus, .ram_gib = NAN};
  snprintf(host.cpu_vendor, sizeof host.cpu_vendor, "%s", vendor);
  snprintf(host.cpu_model, sizeof host.cpu_model, "%s", model);
  return host;
}

static gm_cpu_power find(const char *sysfs_root, const gm_host *host) {
  gm_cpu_power power;
  gm_error err = {0};
  const gm_source_setup setup = {.priors = gm_priors_default(),
                                 .sysfs_root = sysfs_root,
                                 .host = host,
                                 .cpu_power_w = NAN,
                                 .cpu_idle_w = NAN};
  assert_int_equal(gm_cpu_power_find(&setup, &power, &err), GM_OK);
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
    int sockets, cpus;
    double watts;
    gm_power_basis basis;
  } cases[] = {
      {"AMD EPYC 7763 64-Core Processor", 1, 128, 280, GM_POWER_SKU},
      {"AMD EPYC 7742 64-Core Processor", 2, 256, 450, GM_POWER_SKU},
      {"Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", 2, 80, 300, GM_POWER_SKU},
      {"Intel(R) Xeon(R) Platinum 8480+", 1, 112, 350, GM_POWER_SKU},
      {"13th Gen Intel(R) Core(TM) i9-13900K", 1, 32, 125, GM_POWER_SKU},
      {"Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 1, 8, 15, GM_POWER_SKU},
      {"AMD Ryzen 7 5800H with Radeon Graphics", 1, 16, 45, GM_POWER_SKU},
      {"Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz", 1, 8, 15, GM_POWER_FAMILY},
      {"12th Gen Intel(R) Core(TM) i7-12700H", 1, 20, 45, GM_POWER_FAMILY},
      {"Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz", 1, 12, 65, GM_POWER_FAMILY},
      {"13th Gen Intel(R) Core(TM) i5-13600K", 1, 20, 125, GM_POWER_FAMILY},
      {"AMD Ryzen 5 5600H with Radeon Graphics", 1, 12, 45, GM_POWER_FAMILY},
      {"Intel(R) Core(TM) i7-1065G7 CPU @ 1.30GHz", 1, 8, 32, GM_POWER_PER_THREAD},
      {"Intel(R) Xeon(R) Processor @ 2.60GHz", 1, 2, 8, GM_POWER_PER_THREAD},
      {"Intel Xeon Processor (Skylake, IBRS)", 2, 2, 8, GM_POWER_PER_THREAD}, /* CodeCarbon: 16 W */
      {"AMD EPYC Processor", 1, 8, 32, GM_POWER_PER_THREAD},
      {"AMD EPYC 77631 64-Core Processor", 1, 8, 32, GM_POWER_PER_THREAD}, /* a likeness is not a match */
      {"", 1, 4, 16, GM_POWER_PER_THREAD},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const gm_host host = host_named("", cases[i].model, cases[i].sockets, cases[i].cpus);
    const gm_cpu_power power = find("/nonexistent", &host);
    assert_near(power.watts, cases[i].watts, 1e-9);
    assert_int_equal(power.basis, cases[i].basis);
    assert_true(power.low < 1 && power.high > 1);
  }
}

static void a_virtual_machine_is_billed_its_threads_of_the_package(void **state) {
  (void)state;
  gm_host host = host_named("AuthenticAMD", "AMD EPYC 7763 64-Core Processor", 1, 4);
  host.virtualised = true;
  assert_near(find("/nonexistent", &host).watts, 280.0 * 4 / 128, 1e-9);
  host = host_named("GenuineIntel", "Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz", 1, 2);
  host.virtualised = true; /* a family row does not say how many threads there are */
  assert_int_equal(find("/nonexistent", &host).basis, GM_POWER_PER_THREAD);
}

static void powercap_limits_come_before_the_table(void **state) {
  fake_machine *f = *state;
  const gm_host host = host_named("GenuineIntel", "13th Gen Intel(R) Core(TM) i9-13900K", 1, 32);
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone_write(f, "intel-rapl:0", "constraint_0_max_power_uw", "125000000\n");
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "100000000\n");
  fake_zone_write(f, "intel-rapl:0", "constraint_1_power_limit_uw", "253000000\n");
  const gm_cpu_power power = find(f->sys, &host);
  assert_int_equal(power.basis, GM_POWER_POWERCAP);
  assert_near(power.watts, 125, 1e-9);
  assert_near(power.low * power.watts, 100, 1e-9);  /* PL1 */
  assert_near(power.high * power.watts, 253, 1e-9); /* PL2 */
  fake_zone_write(f, "intel-rapl:0", "constraint_0_max_power_uw", "0\n");
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "4095875000\n"); /* "no limit" */
  assert_int_equal(find(f->sys, &host).basis, GM_POWER_SKU);
}

static void every_row_parses_has_a_source_and_finds_itself(void **state) {
  (void)state;
  gm_csv_table table;
  gm_error err = {0};
  size_t kind, name, watts, threads, year, source;
  assert_int_equal(gm_csv_parse(gm_table_cpu_power, gm_table_cpu_power_size, "cpu_power.csv", &table, &err),
                   GM_OK);
  assert_int_equal(gm_csv_column(&table, "kind", &kind, &err), GM_OK);
  assert_int_equal(gm_csv_column(&table, "name", &name, &err), GM_OK);
  assert_int_equal(gm_csv_column(&table, "watts", &watts, &err), GM_OK);
  assert_int_equal(gm_csv_column(&table, "threads", &threads, &err), GM_OK);
  assert_int_equal(gm_csv_column(&table, "year", &year, &err), GM_OK);
  assert_int_equal(gm_csv_column(&table, "source", &source, &err), GM_OK);
  for (size_t row = 0; row < table.n_rows; row++) {
    double value, n = 0;
    char normal[GM_HOST_TEXT];
    const char *text = gm_csv_field(&table, row, name);
    assert_int_equal(gm_csv_number(&table, row, watts, &value, &err), GM_OK);
    assert_true(value >= 1 && value <= 600);
    assert_int_equal(gm_csv_number(&table, row, year, &n, &err), GM_OK);
    assert_true(n >= 2010 && n <= 2030);
    assert_memory_equal(gm_csv_field(&table, row, source), "https://", 8);
    if (strcmp(gm_csv_field(&table, row, kind), "sku") != 0) continue;
    assert_int_equal(gm_csv_number(&table, row, threads, &n, &err), GM_OK);
    gm_cpu_name_normalise(text, normal, sizeof normal);
    assert_string_equal(normal, text);
    const gm_host host = host_named("", text, 1, (int)n);
    const gm_cpu_power power = find("/nonexistent", &host);
    assert_near(power.watts, value, 1e-9);
    assert_int_equal(power.basis, GM_POWER_SKU);
  }
  gm_csv_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_lose_what_is_not_the_model),
      cmocka_unit_test(real_names_find_their_row_or_none),
      cmocka_unit_test(a_virtual_machine_is_billed_its_threads_of_the_package),
      cmocka_unit_test_setup_teardown(powercap_limits_come_before_the_table, fake_setup, fake_teardown),
      cmocka_unit_test(every_row_parses_has_a_source_and_finds_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
