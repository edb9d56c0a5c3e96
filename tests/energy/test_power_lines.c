/* SPDX-License-Identifier: MIT
 * The lines of the power model: by what is known of a machine, and against what servers drew.
 *
 * The servers are results of SPECpower_ssj2008 as published at https://www.spec.org/power_ssj2008/, retrieved
 * 2026-11-26; SPEC and SPECpower are trademarks of the Standard Performance Evaluation Corporation. A name
 * power_ssj2008-YYYYMMDD-NNNNN is a result's page: results/resYYYYqQ/NAME.html there (the quarter it was
 * published in), read as text in green-coding-solutions/spec-power-raw-data 3fe0e56 (MIT). "row N" is a row
 * of data/SPECpower-2026-03-09.csv in cloud-carbon-footprint/ccf-coefficients b0032d9 (Apache-2.0), for
 * results that are too new for those pages. Taken by rule, not by fit: of every generation the CPU models
 * with the least, middle and greatest design power, of each its first result with one node and 1, 2 or 4
 * sockets. */
#include "energy/process/memory_limit.h"
#include "energy/sources/power_lines.h"
#include "tests/fake_machine.h"

typedef struct {
  const char *result, *cpu;
  int family, model, stepping, sockets, threads;
  double ram_gib, idle_w, half_w, full_w; /* at the wall */
} server;

static const server servers[] = {
    {"power_ssj2008-20180716-00830", "amd epyc 7351", 23, 1, 2, 2, 64, 128, 103, 213, 265},
    {"power_ssj2008-20180716-00831", "amd epyc 7501", 23, 1, 2, 2, 128, 128, 103, 232, 295},
    {"power_ssj2008-20180523-00817", "amd epyc 7601", 23, 1, 2, 2, 128, 128, 94.9, 196, 279},
    {"row 179", "amd epyc 7702", 23, 49, 0, 2, 256, 128, 81.6, NAN, 404},
    {"row 178", "amd epyc 7702p", 23, 49, 0, 1, 128, 64, 54.5, NAN, 231},
    {"power_ssj2008-20190717-00990", "amd epyc 7742", 23, 49, 0, 2, 256, 256, 133, 364, 464},
    {"power_ssj2008-20211001-01130", "amd epyc 7763", 25, 1, 1, 2, 256, 256, 78.5, 281, 381},
    {"power_ssj2008-20220215-01164", "amd epyc 7773x", 25, 1, 1, 2, 256, 256, 156, 343, 470},
    {"row 1040", "amd epyc 8024pn", 25, 160, 1, 1, 16, 96, 67, NAN, 111},
    {"row 1044", "amd epyc 8224p", 25, 160, 1, 1, 48, 96, 68.8, NAN, 169},
    {"row 19", "amd epyc 9754", 25, 160, 1, 2, 512, 384, 117, NAN, 685},
    {"row 180", "amd epyc 9845", 26, 17, 1, 1, 320, 192, 72.8, NAN, 374},
    {"row 998", "amd epyc 9755", 26, 2, 1, 2, 512, 384, 130, NAN, 931},
    {"row 25", "amd epyc 9965", 26, 17, 1, 2, 768, 384, 150, NAN, 800},
    {"power_ssj2008-20180630-00826", "intel xeon gold 5117", 6, 85, 4, 2, 56, 192, 51.9, 146, 227},
    {"power_ssj2008-20180716-00829", "intel xeon platinum 8160", 6, 85, 4, 2, 96, 192, 53.4, 194, 354},
    {"power_ssj2008-20170621-00763", "intel xeon platinum 8180", 6, 85, 4, 2, 112, 192, 48.9, 192, 328},
    {"power_ssj2008-20210203-01062", "intel xeon silver 4210", 6, 85, 7, 2, 40, 768, 127, 237, 278},
    {"power_ssj2008-20220523-01177", "intel xeon gold 6226r", 6, 85, 7, 2, 64, 512, 96.6, 260, 345},
    {"power_ssj2008-20190423-00958", "intel xeon platinum 8280l", 6, 85, 7, 2, 112, 192, 58.3, 189, 322},
    {"power_ssj2008-20201201-01059", "intel xeon platinum 8376hl", 6, 85, 11, 4, 224, 384, 138, 397, 631},
    {"power_ssj2008-20201006-01049", "intel xeon platinum 8380h", 6, 85, 11, 4, 224, 384, 129, 413, 688},
    {"power_ssj2008-20210113-01061", "intel xeon platinum 8380hl", 6, 85, 11, 4, 224, 384, 104, 451, 896},
    {"power_ssj2008-20210630-01114", "intel xeon gold 6336y", 6, 106, 6, 2, 96, 256, 176, 270, 583},
    {"power_ssj2008-20210630-01113", "intel xeon platinum 8352y", 6, 106, 6, 2, 128, 512, 156, 314, 615},
    {"power_ssj2008-20210407-01092", "intel xeon platinum 8380", 6, 106, 6, 2, 160, 256, 131, 302, 499},
    {"row 233", "intel xeon gold 6421n", 6, 143, 8, 1, 64, 128, 124, NAN, 256},
    {"row 137", "intel xeon gold 6448y", 6, 143, 8, 2, 128, 256, 122, NAN, 602},
    {"row 5", "intel xeon platinum 8490h", 6, 143, 8, 2, 240, 256, 216, NAN, 781},
    {"row 952", "intel xeon silver 4510", 6, 207, 2, 2, 48, 512, 93.5, NAN, 391},
    {"row 424", "intel xeon platinum 8581v", 6, 207, 2, 1, 120, 128, 94.4, NAN, 349},
    {"row 3", "intel xeon platinum 8592+", 6, 207, 2, 2, 256, 256, 166, NAN, 783},
    {"row 115", "intel xeon 6787p", 6, 173, 1, 2, 344, 512, 166, NAN, 753},
    {"row 207", "intel xeon 6980p", 6, 173, 1, 2, 1024, 768, 241, NAN, 1185},
    {"row 437", "intel xeon 6766e", 6, 175, 3, 1, 144, 128, 125, NAN, 359},
    {"row 116", "intel xeon 6780e", 6, 175, 3, 2, 288, 512, 151, NAN, 647},
    {"power_ssj2008-20120515-00464", "intel xeon e5-2450l", 6, 45, 7, 2, 32, 16, 54, 102, 150},
    {"power_ssj2008-20120522-00473", "intel xeon e5-2640", 6, 45, 7, 2, 24, 32, 83.5, 165, 240},
    {"power_ssj2008-20120305-00428", "intel xeon e5-2680", 6, 45, 7, 2, 32, 24, 56.6, 142, 233},
    {"power_ssj2008-20140728-00659", "intel xeon e5-2660 v2", 6, 62, 4, 2, 40, 32, 97.1, 151, 217},
    {"row 495", "intel xeon e5-4669 v3", 6, 63, 2, 4, 144, 64, 86.3, NAN, 557},
    {"power_ssj2008-20140930-00675", "intel xeon e5-2699 v3", 6, 63, 2, 2, 72, 64, 39, 143, 244},
    {"power_ssj2008-20160412-00725", "intel xeon e5-2698 v4", 6, 79, 1, 2, 80, 64, 43.5, 145, 277},
    {"power_ssj2008-20160317-00716", "intel xeon e5-2699 v4", 6, 79, 1, 2, 88, 64, 41.7, 139, 218},
};
enum { n_servers = sizeof servers / sizeof *servers };

/* At least seven of eight inside, of 40 that is 35: at 95 % it happens by chance once in twenty that fewer
 * are. */
static bool enough(int inside, int n) {
  return 8 * inside >= 7 * n;
}

static gm_host host_like(const server *s) {
  gm_host host = {.cpu_family = s->family,
                  .cpu_model_number = s->model,
                  .cpu_stepping = s->stepping,
                  .sockets = s->sockets,
                  .logical_cpus = s->threads,
                  .ram_gib = s->ram_gib};
  snprintf(host.cpu_vendor, sizeof host.cpu_vendor, "%s", s->family == 6 ? "GenuineIntel" : "AuthenticAMD");
  snprintf(host.cpu_model, sizeof host.cpu_model, "%s", s->cpu);
  snprintf(host.architecture, sizeof host.architecture, "x86_64");
  return host;
}

static gm_source_setup setup_of(const gm_host *host) {
  return (gm_source_setup){.sysfs_root = "/nonexistent",
                           .host = host,
                           .cpu_power_w = NAN,
                           .cpu_idle_w = NAN,
                           .ram_power_w = NAN,
                           .priors = gm_priors_default()};
}

static gm_power_lines lines_of(const gm_source_setup *setup) {
  gm_power_lines lines;
  gm_error err = {0};
  if (gm_power_lines_find(setup, &lines, &err) != GM_OK) fail_msg("%s", err.message);
  return lines;
}

static gm_power_lines lines_of_host(const gm_host *host) {
  const gm_source_setup setup = setup_of(host);
  return lines_of(&setup);
}

static double low_w(const gm_power_lines *l, double u) {
  return l->low_idle * l->idle_w * (1 - u) + l->low_full * l->full_w * u;
}
static double high_w(const gm_power_lines *l, double u) {
  return l->high_idle * l->idle_w * (1 - u) + l->high_full * l->full_w * u;
}

/* ---- against servers ------------------------------------------------------ */

static void count_inside(const char *what, gm_power_tier tier, void (*forget)(gm_host *host)) {
  static const double loads[] = {0, 0.5, 1};
  for (int k = 0; k < 3; k++) {
    int inside = 0, n = 0;
    for (int i = 0; i < n_servers; i++) {
      const double drew_w[] = {servers[i].idle_w, servers[i].half_w, servers[i].full_w};
      gm_host host = host_like(&servers[i]);
      forget(&host);
      const gm_power_lines l = lines_of_host(&host);
      assert_int_equal(l.tier, tier);
      if (isnan(drew_w[k])) continue;
      n++;
      inside += drew_w[k] >= low_w(&l, loads[k]) && drew_w[k] <= high_w(&l, loads[k]);
    }
    print_message("           %-40s %3.0f %% load: %d of %d inside\n", what, 100 * loads[k], inside, n);
    assert_true(enough(inside, n));
  }
}

static void nothing(gm_host *host) {
  (void)host;
}
static void name(gm_host *host) {
  host->cpu_model[0] = '\0';
}
static void name_and_generation(gm_host *host) {
  host->cpu_model[0] = '\0', host->cpu_family = host->cpu_model_number = -1;
}
static void all_but_threads(gm_host *host) {
  host->cpu_model[0] = host->cpu_vendor[0] = '\0', host->cpu_family = host->cpu_model_number = -1;
}

static void servers_drew_what_the_bounds_say(void **state) {
  (void)state;
  count_inside("name and generation known", GM_TIER_SKU, nothing);
  count_inside("generation known", GM_TIER_GENERATION, name);
  count_inside("vendor known", GM_TIER_VENDOR, name_and_generation);
  count_inside("threads known", GM_TIER_THREADS, all_but_threads);
}

/* ---- by what is known -------------------------------------------------------- */

/* Two vCPUs of an EPYC that shows no name but "AMD EPYC": 2 · 1.947 + 23.5 · 0.251 = 9.79 W at full load. */
static void a_small_virtual_machine_is_billed_its_share(void **state) {
  (void)state;
  const server small = {"", "AMD EPYC", 25, 17, 1, 1, 2, 23.5, 0, 0, 0};
  gm_host host = host_like(&small);
  host.virtualised = true;
  const gm_power_lines l = lines_of_host(&host);
  assert_int_equal(l.tier, GM_TIER_GENERATION);
  assert_true(l.share && !l.own_time);
  assert_near(l.full_w, 9.7925, 1e-9);
  assert_near(l.idle_w, 2 * 0.616 + 23.5 * 0.136, 1e-9);
  assert_near(l.ram_full_w, 23.5 * 0.251, 1e-9);
  assert_near(low_w(&l, 1), 0.9 * 0.583 * 9.7925, 1e-9); /* with the convention of the share */
  assert_near(high_w(&l, 1), 1.1 * 1.734 * 9.7925, 1e-9);
  char text[GM_POWER_LINES_TEXT];
  gm_power_lines_describe(&l, text, sizeof text);
  assert_non_null(strstr(text, "tier generation (2 threads of a genoa host by CPUID)"));
  assert_non_null(strstr(text, "95 to 99 %"));
  assert_non_null(strstr(text, "by convention"));
  assert_true(strlen(text) + 1 < sizeof text);
}

static void what_is_known_best_decides(void **state) {
  fake_machine *f = *state;
  const server s = {"", "AMD EPYC 7763 64-Core Processor", 25, 1, 1, 2, 256, 256, 0, 0, 0};
  const gm_host host = host_like(&s);
  gm_source_setup setup = setup_of(&host);
  gm_power_lines l = lines_of(&setup);
  assert_int_equal(l.tier, GM_TIER_SKU);
  assert_near(l.full_w, 0.927 * 560 + 0.251 * 256 + 12.147 * 2, 1e-9);
  assert_near(l.idle_w, 0.92 * (11.827 + 0.121 * 560 + 0.136 * 256 + 6.196 * 2), 1e-9);
  assert_near(l.low_full, 0.513, 0);
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone_write(f, "intel-rapl:0", "constraint_0_power_limit_uw", "225000000\n");
  setup.sysfs_root = f->sys;
  l = lines_of(&setup);
  assert_int_equal(l.tier, GM_TIER_POWERCAP);
  assert_near(l.full_w, 0.927 * 225 + 0.251 * 256 + 12.147 * 2, 1e-9);
  setup.cpu_power_w = 500;
  l = lines_of(&setup);
  assert_int_equal(l.tier, GM_TIER_USER);
  assert_near(l.full_w, 0.927 * 500 + 0.251 * 256 + 12.147 * 2, 1e-9);
  setup.cpu_idle_w = 40;
  setup.ram_power_w = 30;
  l = lines_of(&setup);
  assert_near(l.full_w, 0.927 * 500 + 30 + 12.147 * 2, 1e-9);
  assert_near(l.idle_w, 40 + 30 + 0.92 * (11.827 + 6.196 * 2), 1e-9);
}

static void a_desktop_whose_limit_is_not_known_may_draw_twice_as_much(void **state) {
  (void)state;
  const server desktop = {"", "13th Gen Intel(R) Core(TM) i9-13900K", 6, 183, 1, 1, 32, 64, 0, 0, 0};
  const gm_host host = host_like(&desktop);
  const gm_power_lines l = lines_of_host(&host);
  assert_int_equal(l.tier, GM_TIER_SKU);
  assert_near(l.low_full, 0.468, 0); /* its generation is none of servers */
  assert_near(l.high_full, 2 * 1.505, 1e-9);
}

static void cpuid_tells_the_generation(void **state) {
  (void)state;
  static const struct {
    const char *vendor;
    int family, model, stepping;
    bool virtualised;
    double full_w_per_thread;
  } cases[] = {{"GenuineIntel", 6, 85, 4, true, 3.587},   {"GenuineIntel", 6, 85, 6, true, 3.326},
               {"GenuineIntel", 6, 85, 7, false, 3.326},  {"GenuineIntel", 6, 85, 11, false, 3.293},
               {"GenuineIntel", 6, 85, 8, false, 3.535}, /* of no listed stepping: any Intel */
               {"GenuineIntel", 6, 106, 6, true, 4.068},  {"GenuineIntel", 6, 134, 0, true, 4.068},
               {"GenuineIntel", 6, 134, 5, false, 3.535}, /* of silicon an Atom */
               {"GenuineIntel", 6, 173, 1, true, 2.255},  {"AuthenticAMD", 25, 160, 1, true, 1.947},
               {"AuthenticAMD", 26, 17, 0, true, 1.294},  {"AuthenticAMD", 25, 33, 0, false, 1.736},
               {"AuthenticAMD", 15, 107, 1, true, 3.017}, /* what QEMU shows by default */
               {"GenuineIntel", 15, 107, 1, true, 3.017}, {"GenuineIntel", 25, 17, 1, true, 3.535},
               {"HygonGenuine", 24, 1, 1, false, 3.017},  {"", -1, -1, -1, true, 3.017}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_host host = {.cpu_family = cases[i].family,
                    .cpu_model_number = cases[i].model,
                    .cpu_stepping = cases[i].stepping,
                    .virtualised = cases[i].virtualised,
                    .sockets = 1,
                    .logical_cpus = 10,
                    .ram_gib = NAN};
    snprintf(host.cpu_vendor, sizeof host.cpu_vendor, "%s", cases[i].vendor);
    const gm_power_lines l = lines_of_host(&host);
    assert_near(l.full_w, 10 * cases[i].full_w_per_thread, 1e-9);
    assert_near(l.ram_full_w, 0, 0);
  }
  gm_host arm = {.cpu_family = -1, .sockets = 1, .logical_cpus = 10, .ram_gib = NAN};
  snprintf(arm.architecture, sizeof arm.architecture, "aarch64");
  assert_near(lines_of_host(&arm).full_w, 13.09, 1e-9);
  assert_int_equal(lines_of_host(&arm).tier, GM_TIER_VENDOR);
}

/* ---- shares -------------------------------------------------------------------- */

static void a_batch_job_is_billed_what_it_was_given(void **state) {
  (void)state;
  const server node = {"", "AMD EPYC 7763 64-Core Processor", 25, 1, 1, 2, 256, 256, 0, 0, 0};
  const gm_host host = host_like(&node);
  gm_source_setup setup = setup_of(&host);
  const gm_power_lines whole = lines_of(&setup);
  setup.allocated_cpus = 64; /* a quarter, and of the memory */
  const gm_power_lines quarter = lines_of(&setup);
  assert_true(quarter.share && quarter.own_time);
  assert_near(quarter.full_w, whole.full_w / 4, 1e-9);
  assert_near(quarter.idle_w, whole.idle_w / 4, 1e-9);
  assert_near(quarter.low_full, 0.9 * whole.low_full, 1e-9);
  assert_near(quarter.high_idle, 1.1 * whole.high_idle, 1e-9);
  setup.allocated_ram_gib = 16;
  assert_near(lines_of(&setup).full_w, whole.full_w / 4 - (64 - 16) * 0.251, 1e-9);
  setup.allocated_cpus = 256; /* the whole node */
  setup.allocated_ram_gib = NAN;
  assert_false(lines_of(&setup).share);
}

static void a_memory_limit_is_the_memory_that_is_billed(void **state) {
  fake_machine *f = *state;
  const server big = {"", "", 25, 1, 1, 2, 256, 1024, 0, 0, 0};
  const gm_host host = host_like(&big);
  gm_source_setup setup = setup_of(&host);
  assert_near(lines_of(&setup).ram_full_w, 1024 * 0.251, 1e-9);
  fake_write(f, "proc/self/cgroup", "0::/jobs/one\n");
  fake_write(f, "sys/fs/cgroup/jobs/memory.max", "17179869184\n");
  fake_write(f, "sys/fs/cgroup/jobs/one/memory.max", "max\n");
  setup.ram_limit_gib = gm_memory_limit_gib(f->sys, f->proc);
  assert_near(setup.ram_limit_gib, 16, 0); /* of the group above */
  assert_near(lines_of(&setup).ram_full_w, 16 * 0.251, 1e-9);
  fake_write(f, "proc/self/cgroup", "9:memory:/old\n0::/\n");                           /* version 1 */
  fake_write(f, "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"); /* its "none" */
  fake_write(f, "sys/fs/cgroup/memory/old/memory.limit_in_bytes", "2147483648\n");
  assert_near(gm_memory_limit_gib(f->sys, f->proc), 2, 0);
  fake_remove(f, "proc/self");
  assert_true(isinf(gm_memory_limit_gib(f->sys, f->proc)));
}

/* Others keep the rest of the node busy: that is theirs. */
static void a_share_follows_its_own_time(void **state) {
  fake_machine *f = *state;
  gm_meter *meter;
  gm_reading a, b;
  gm_energy e;
  gm_meter_config config = fake_config(f);
  config.allocated_cpus = 1;
  config.allocated_ram_gib = 2;
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_advance(f, 10);
  fake_stat(f, 4, 100 + 35);
  f->cpu_ns += 5000000000; /* half of its CPU */
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.energy_j, 5 * (0.535 + 2 * 0.136) + 5 * (3.535 + 2 * 0.251), 1e-5);
  assert_int_equal(e.scope, GM_SCOPE_WALL_MODELLED);
  assert_true(gm_energy_is_own(meter, &e)); /* so nobody is told that it holds the others' */
  gm_meter_close(meter);
}

static void slurm_says_what_is_allocated(void **state) {
  (void)state;
  gm_meter_config config = gm_meter_config_default();
  setenv("SLURM_JOB_ID", "1", 1);
  setenv("SLURM_CPUS_ON_NODE", "8", 1);
  setenv("SLURM_MEM_PER_CPU", "2048", 1);
  unsetenv("SLURM_MEM_PER_NODE");
  gm_meter_config_environment(&config);
  assert_near(config.allocated_cpus, 8, 0);
  assert_near(config.allocated_ram_gib, 16, 0);
  setenv("SLURM_MEM_PER_NODE", "0", 1); /* all of it */
  unsetenv("SLURM_MEM_PER_CPU");
  gm_meter_config_environment(&config);
  assert_true(isnan(config.allocated_ram_gib));
  unsetenv("SLURM_JOB_ID");
  unsetenv("SLURM_CPUS_ON_NODE");
  unsetenv("SLURM_MEM_PER_NODE");
  config = gm_meter_config_default();
  gm_meter_config_environment(&config);
  assert_true(isnan(config.allocated_cpus));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(servers_drew_what_the_bounds_say),
      cmocka_unit_test(a_small_virtual_machine_is_billed_its_share),
      cmocka_unit_test_setup_teardown(what_is_known_best_decides, fake_setup, fake_teardown),
      cmocka_unit_test(a_desktop_whose_limit_is_not_known_may_draw_twice_as_much),
      cmocka_unit_test(cpuid_tells_the_generation),
      cmocka_unit_test(a_batch_job_is_billed_what_it_was_given),
      cmocka_unit_test_setup_teardown(a_memory_limit_is_the_memory_that_is_billed, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_share_follows_its_own_time, fake_setup, fake_teardown),
      cmocka_unit_test(slurm_says_what_is_allocated),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
