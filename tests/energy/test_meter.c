/* SPDX-License-Identifier: MIT
 * The meter's own promises: intervals that add up, the basis of a run, forks, threads,
 * configuration. */
#include "tests/fake_machine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

static const double exact = 1e-9; /* J; energies are whole µJ, sums of a few doubles */

/* Model of the fake machine, of which no more than the vendor is known: per thread 3.535 W at full load,
 * 0.535 W idle; of 16 GiB of RAM 0.251 and 0.136 W each. */
static const double full_w = 4 * 3.535, idle_w = 4 * 0.535, ram_full_w = 16 * 0.251, ram_idle_w = 16 * 0.136;

/* CPU and RAM of it in t seconds, busy for so many CPU seconds. */
static double cpu_model_j(double t, double busy_s) {
  return idle_w * (t - busy_s / 4) + full_w * busy_s / 4;
}
static double ram_model_j(double t, double busy_s) {
  return ram_idle_w * (t - busy_s / 4) + ram_full_w * busy_s / 4;
}

static gm_energy between(const gm_meter *m, const gm_reading *a, const gm_reading *b, const gm_basis *basis) {
  gm_energy e;
  gm_meter_between(m, a, b, basis, &e);
  return e;
}

static void a_long_run_follows_the_busy_share_of_the_machine(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_advance(f, 10);
  fake_stat(f, 4, 100 + 15); /* 15 of 40 CPU seconds */
  f->cpu_ns += 3000000000;   /* 3 of them ours */
  gm_meter_read(meter, &b);
  const gm_energy e = between(meter, &a, &b, NULL);
  assert_near(e.component_j[GM_CPU], cpu_model_j(10, 15), 1e-6);
  assert_near(e.component_j[GM_RAM], ram_model_j(10, 15), 1e-6);
  assert_near(e.energy_j, e.component_j[GM_CPU] + e.component_j[GM_RAM], exact);
  assert_near(e.utilisation, 15.0 / 40, exact);
  assert_near(e.process_share, 3.0 / 40, exact);
  /* bands of the tier "vendor" for idle part and load part, this one by the boundary ticks of 10 ms at either
   * end */
  const double idle_j = (idle_w + ram_idle_w) * 6.25, load_w = full_w + ram_full_w;
  const double load_j = load_w * 3.75, edge_j = load_w * 2 * (2 * 0.01 / sqrt(3));
  assert_near(e.low_j, 0.31 * idle_j + 0.539 * (load_j - edge_j), 1e-6);
  assert_near(e.high_j, 2.948 * idle_j + 1.915 * (load_j + edge_j), 1e-6);
  assert_int_equal(e.scope, GM_SCOPE_WALL_MODELLED);
  assert_false(e.measured);
  assert_true(isnan(e.component_j[GM_GPU]) && isnan(e.above_idle_j) && isnan(e.attributed_j));
  gm_meter_close(meter);
}

/* A neighbour keeps one CPU busy all the time, the run half a CPU: the power is the same however long it
 * runs. */
static void the_model_means_the_same_for_short_and_long_runs(void **state) {
  fake_machine *f = *state;
  static const double lengths_s[] = {0.5, 1.9, 2.1, 10};
  gm_meter *meter = fake_meter(f);
  double busy_s = 100;
  for (size_t i = 0; i < sizeof lengths_s / sizeof *lengths_s; i++) {
    gm_reading a, b;
    gm_meter_read(meter, &a);
    fake_advance(f, lengths_s[i]);
    fake_stat(f, 4, busy_s += 1.5 * lengths_s[i]);
    f->cpu_ns += (int64_t)(0.5e9 * lengths_s[i]);
    gm_meter_read(meter, &b);
    const gm_energy e = between(meter, &a, &b, NULL);
    assert_near(e.component_j[GM_CPU] / e.duration_s, idle_w + (full_w - idle_w) * 1.5 / 4,
                (full_w - idle_w) * 0.01 / 4 / lengths_s[i]); /* a tick of /proc/stat */
  }
  gm_meter_close(meter);
}

/* /proc/stat has not moved yet: what the run did itself is counted, and not a second time by the tick after.
 */
static void the_machine_is_never_less_busy_than_the_run_itself(void **state) {
  fake_machine *f = *state;
  gm_reading a, b, c;
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_advance(f, 0.008);
  f->cpu_ns += 8000000;
  gm_meter_read(meter, &b);
  assert_int_equal(b.busy_ns - a.busy_ns, 8000000);
  fake_advance(f, 0.004);
  fake_stat(f, 4, 100.01);
  f->cpu_ns += 2000000;
  gm_meter_read(meter, &c);
  assert_int_equal(c.busy_ns - a.busy_ns, 10000000);
  gm_meter_close(meter);
}

/* In two milliseconds /proc/stat shows nothing, or far too much. */
static void a_run_below_the_ticks_still_has_bounds(void **state) {
  fake_machine *f = *state;
  gm_meter *meter = fake_meter(f);
  for (int i = 0; i < 2; i++) {
    gm_reading a, b;
    gm_meter_read(meter, &a);
    fake_advance(f, 0.002);
    if (i == 1) fake_stat(f, 4, 100 + 0.04);
    gm_meter_read(meter, &b);
    const gm_energy e = between(meter, &a, &b, NULL);
    assert_true(e.low_j >= 0.31 * (idle_w + ram_idle_w) * 0.002 - exact);
    assert_true(e.low_j < e.energy_j && e.energy_j < e.high_j);
    assert_true(e.high_j >=
                1.915 * (full_w + ram_full_w) * 0.002 - 1e-5); /* it may have been busy all the time */
  }
  for (int i = 0; i < 6; i++) { /* what was too much is taken back: less than an idle machine draws */
    gm_reading a, b;
    gm_meter_read(meter, &a);
    fake_advance(f, 0.002);
    gm_meter_read(meter, &b);
    const gm_energy e = between(meter, &a, &b, NULL);
    assert_true(e.low_j <= e.energy_j && e.energy_j <= e.high_j);
    if (i < 2) assert_true(e.energy_j < 0.31 * (idle_w + ram_idle_w) * 0.002);
  }
  gm_meter_close(meter);
}

static void epochs_add_up_to_their_run_on_its_basis(void **state) {
  fake_machine *f = *state;
  enum { n = 50 };
  gm_reading at[n + 1];
  double busy_s = 100, sum = 0;
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &at[0]);
  for (int i = 0; i < n; i++) { /* each far under two seconds, all together above */
    fake_advance(f, 0.1 + 0.001 * i);
    busy_s += 0.01 * (i % 17);
    fake_stat(f, 4, busy_s);
    f->cpu_ns += 1000000 * i;
    gm_meter_read(meter, &at[i + 1]);
  }
  const gm_basis basis = gm_meter_basis(meter, &at[0], &at[n]);
  for (int i = 0; i < n; i++) sum += between(meter, &at[i], &at[i + 1], &basis).energy_j;
  assert_near(sum, between(meter, &at[0], &at[n], &basis).energy_j, n * exact);
  assert_near(sum, between(meter, &at[0], &at[n], NULL).energy_j, n * exact);
  gm_meter_close(meter);
}

static void without_proc_stat_the_own_cpu_time_stands_in(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  fake_remove(f, "proc/stat");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_advance(f, 10);
  f->cpu_ns += 4000000000;
  gm_meter_read(meter, &b);
  const gm_energy e = between(meter, &a, &b, NULL);
  assert_near(e.component_j[GM_CPU], cpu_model_j(10, 4), 1e-6);
  assert_true(isnan(e.utilisation));
  assert_true(fake_has(e.reasons, GM_NO_PROC_STAT)); /* it means something else, and says so */
  gm_meter_close(meter);
}

static void busy_time_leaves_out_idle_and_iowait_and_counts_guests_once(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  fake_write(f, "proc/stat", "cpu  100 10 50 9000 500 7 3 2 40 4\ncpu0 1\ncpu1 1\n");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  /* +60 user (30 of it guest), +5 nice, +20 system, +4 irq, +6 softirq, +5 steal = 100 ticks of 10 ms */
  fake_write(f, "proc/stat", "cpu  160 15 70 9900 800 11 9 7 70 4\ncpu0 1\ncpu1 1\n");
  fake_advance(f, 10);
  gm_meter_read(meter, &b);
  assert_near((double)(b.busy_ns - a.busy_ns), 1e9, 0.5);
  assert_int_equal(b.online_cpus, 2);
  gm_meter_close(meter);
}

static void kernel_times_that_run_backwards_take_nothing_away(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_stat(f, 4, 90);
  fake_advance(f, 10);
  gm_meter_read(meter, &b);
  assert_int_equal(b.busy_ns, a.busy_ns);
  fake_stat(f, 4, 91);
  gm_meter_read(meter, &b);
  assert_near((double)(b.busy_ns - a.busy_ns), 1e9, 0.5);
  gm_meter_close(meter);
}

static void pue_multiplies_every_energy_and_power(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e[2];
  gm_meter *meter;
  for (int i = 0; i < 2; i++) {
    gm_meter_config config = fake_config(f);
    if (i == 1) config.pue = 1.5;
    assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
    gm_meter_read(meter, &a);
    fake_advance(f, 10);
    gm_meter_read(meter, &b);
    e[i] = between(meter, &a, &b, NULL);
    gm_meter_close(meter);
  }
  assert_near(e[1].energy_j, 1.5 * e[0].energy_j, 1e-9);
  assert_near(e[1].low_j, 1.5 * e[0].low_j, 1e-9);
  assert_near(e[1].high_j, 1.5 * e[0].high_j, 1e-9);
  assert_near(e[1].power_w, 1.5 * e[0].power_w, 1e-9);
  assert_near(e[1].component_j[GM_RAM], 1.5 * e[0].component_j[GM_RAM], 1e-9);
}

static void stated_powers_replace_the_estimates(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  config.cpu_power_w = 100;
  config.cpu_idle_w = 20;
  config.ram_power_w = 5;
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_advance(f, 10);
  fake_stat(f, 4, 100 + 20);
  gm_meter_read(meter, &b);
  const gm_energy e = between(meter, &a, &b, NULL);
  /* half busy: the line of a limit of 100 W in one socket, with the stated idle power for the packages' part
   */
  assert_near(e.component_j[GM_CPU], (20 + 11.827 + 6.196) * 5 + (0.927 * 100 + 12.147) * 5, 1e-6);
  assert_near(e.component_j[GM_RAM], 50, 1e-6);
  gm_meter_close(meter);
}

static void model_only_ignores_the_counters(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  config.model_only = true;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 500000000);
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  const gm_energy e = between(meter, &a, &b, NULL);
  assert_false(e.measured);
  assert_near(e.component_j[GM_CPU], idle_w, 1e-6);
  gm_meter_close(meter);
}

static void s22_after_a_fork_the_childs_handle_is_inert(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  config.sampling_interval_s = 0.01; /* with its thread running */
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_meter_read(meter, &a);
  const pid_t child = fork();
  if (child == 0) {
    gm_reading inert;
    gm_meter_read(meter, &inert);
    const gm_energy nothing = between(meter, &a, &inert, NULL);
    const bool as_promised = inert.n_zones == 0 && isnan(nothing.energy_j) && isnan(nothing.high_j);
    gm_meter_close(meter);
    _exit(as_promised ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  assert_int_equal(status, 0);
  fake_energy(f, "intel-rapl:0", 900000);
  gm_meter_read(meter, &b);
  assert_int_equal(b.zones[0].energy_uj - a.zones[0].energy_uj, 900000);
  gm_meter_close(meter);
}

/* Reads until told to stop, as an experiment's worker would. */
static void *reader(void *context) {
  gm_reading r;
  uint64_t last = 0;
  for (int i = 0; i < 2000; i++) {
    gm_meter_read(context, &r);
    if (r.zones[0].energy_uj < last) return context;
    last = r.zones[0].energy_uj;
  }
  return NULL;
}

static void readings_from_several_threads_never_run_backwards(void **state) {
  fake_machine *f = *state;
  gm_meter *meter;
  gm_meter_config config = gm_meter_config_default(); /* the system's clocks: other threads read them */
  config.sysfs_root = f->sys;
  config.proc_root = f->proc;
  config.sampling_interval_s = 0.01;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) assert_int_equal(pthread_create(&threads[i], NULL, reader, meter), 0);
  for (uint64_t uj = 1; uj <= 200; uj++) fake_energy(f, "intel-rapl:0", 1000 * uj);
  for (int i = 0; i < 3; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    assert_null(failed);
  }
  gm_meter_close(meter);
}

/* The first zone's counter as the meter saw it last. */
static void note_raw(void *context, const gm_reading *r) {
  if (r->zones[0].raw_valid) atomic_store((_Atomic uint64_t *)context, r->zones[0].raw_uj);
}

static void the_background_thread_catches_wraps_the_caller_sleeps_through(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_meter *meter;
  _Atomic uint64_t seen_uj = 0;
  gm_meter_config config = gm_meter_config_default();
  config.sysfs_root = f->sys;
  config.proc_root = f->proc;
  config.observer = (gm_observer){.reading = note_raw, .context = &seen_uj};
  config.sampling_interval_s = 10;    /* the wrap period asks for more */
  const uint64_t range_uj = 20000000; /* 20 J: at 1 kW half of it in 10 ms */
  fake_zone(f, "intel-rapl:0", "package-0", 0, range_uj);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_meter_read(meter, &a);
  uint64_t injected = 0;
  for (int i = 0; i < 15; i++) { /* one and a half rounds; so little at a time that it is no restart */
    const struct timespec pause = {.tv_nsec = 1000000};
    injected += 2000000;
    fake_energy(f, "intel-rapl:0", injected % range_uj);
    while (atomic_load(&seen_uj) != injected % range_uj)
      nanosleep(&pause, NULL); /* forever without the thread */
  }
  gm_meter_read(meter, &b);
  assert_int_equal(b.zones[0].energy_uj - a.zones[0].energy_uj, injected);
  assert_int_equal(b.zones[0].wraps, 1);
  gm_meter_close(meter);
}

static void a_machine_about_which_nothing_is_known_still_gets_an_interval(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  fake_remove(f, "proc");
  fake_remove(f, "sys");
  gm_meter *meter = fake_meter(f);
  gm_meter_read(meter, &a);
  fake_advance(f, 1);
  gm_meter_read(meter, &b);
  const gm_energy e = between(meter, &a, &b, NULL);
  assert_true(e.energy_j > 0 && e.low_j > 0 && e.high_j > e.energy_j);
  assert_true(isnan(e.component_j[GM_RAM]));
  gm_meter_close(meter);
}

static void bad_settings_are_named(void **state) {
  (void)state;
  gm_error err;
  gm_meter_config c = gm_meter_config_default();
  assert_int_equal(gm_meter_config_check(&c, &err), GM_OK);
  c.pue = 0.9;
  assert_int_equal(gm_meter_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "pue"));
  c = gm_meter_config_default();
  c.sampling_interval_s = 11;
  assert_int_equal(gm_meter_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "sampling_interval_s"));
  c = gm_meter_config_default();
  c.cpu_power_w = -3;
  assert_int_equal(gm_meter_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cpu_power_w"));
  c = gm_meter_config_default();
  c.cpu_power_w = 10;
  c.cpu_idle_w = 20;
  assert_int_equal(gm_meter_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cpu_idle_w"));
}

static void the_environment_sets_the_roots(void **state) {
  (void)state;
  gm_meter_config c = gm_meter_config_default();
  setenv("GREENMILE_SYSFS_ROOT", "/elsewhere/sys", 1);
  unsetenv("GREENMILE_PROC_ROOT");
  gm_meter_config_environment(&c);
  unsetenv("GREENMILE_SYSFS_ROOT");
  assert_string_equal(c.sysfs_root, "/elsewhere/sys");
  assert_string_equal(c.proc_root, "/proc");
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_MACHINE(a_long_run_follows_the_busy_share_of_the_machine),
      ON_MACHINE(the_model_means_the_same_for_short_and_long_runs),
      ON_MACHINE(the_machine_is_never_less_busy_than_the_run_itself),
      ON_MACHINE(a_run_below_the_ticks_still_has_bounds),
      ON_MACHINE(epochs_add_up_to_their_run_on_its_basis),
      ON_MACHINE(without_proc_stat_the_own_cpu_time_stands_in),
      ON_MACHINE(busy_time_leaves_out_idle_and_iowait_and_counts_guests_once),
      ON_MACHINE(kernel_times_that_run_backwards_take_nothing_away),
      ON_MACHINE(pue_multiplies_every_energy_and_power),
      ON_MACHINE(stated_powers_replace_the_estimates),
      ON_MACHINE(model_only_ignores_the_counters),
      ON_MACHINE(s22_after_a_fork_the_childs_handle_is_inert),
      ON_MACHINE(readings_from_several_threads_never_run_backwards),
      ON_MACHINE(the_background_thread_catches_wraps_the_caller_sleeps_through),
      ON_MACHINE(a_machine_about_which_nothing_is_known_still_gets_an_interval),
      cmocka_unit_test(bad_settings_are_named),
      cmocka_unit_test(the_environment_sets_the_roots),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
