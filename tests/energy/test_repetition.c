/* SPDX-License-Identifier: MIT
 * Energy by repetition on a machine whose power and time per call are known exactly. */
#include "energy/repetition.h"
#include "tests/fake_machine.h"

/* A call that takes call_s and jouls of package energy, told to the fake machine. */
typedef struct {
  fake_machine *machine;
  double call_s;
  uint64_t call_uj;
  uint64_t counter_uj;
  int calls, fail_at, slow_every;
} workload;

static gm_status work(void *context, gm_error *err) {
  workload *w = context;
  if (++w->calls == w->fail_at && w->fail_at > 0) return gm_fail(err, GM_INTERRUPTED, "stopped");
  const bool slow = w->slow_every > 0 && w->calls % w->slow_every == 0;
  fake_advance(w->machine, slow ? 50 * w->call_s : w->call_s);
  w->counter_uj += w->call_uj;
  fake_energy(w->machine, "intel-rapl:0", w->counter_uj);
  return GM_OK;
}

/* Without RAM, so that all energy is the package's. */
static gm_meter *package_meter(fake_machine *f) {
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  config.ram_power_w = 0;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  return meter;
}

static void a_constant_load_is_found_exactly(void **state) {
  fake_machine *f = *state;
  gm_repetition r;
  gm_meter *meter = package_meter(f);
  gm_repetition_config config = gm_repetition_config_default();
  workload w = {.machine = f, .call_s = 0.01, .call_uj = 250000};
  config.max_latency_calls = 7;
  assert_int_equal(gm_energy_repeat(meter, work, &w, &config, &r, NULL), GM_OK);
  assert_near(r.energy_j, 0.25, 1e-9);
  assert_near(r.sd_j, 0, 1e-9);
  assert_near(r.cv, 0, 1e-8);
  assert_near(r.min_j, 0.25, 1e-9);
  assert_near(r.call_s, 0.01, 1e-9);
  assert_near(r.latency_s, 0.01, 1e-9);
  assert_int_equal(r.calls_per_batch, 25); /* 0.25 s */
  assert_int_equal(r.batches, 5);          /* what does not vary needs no more */
  assert_int_equal(r.latency_calls, 7);
  assert_near(r.total.energy_j, 31.25, 1e-6);
  assert_near(r.low_j / r.energy_j, r.total.low_j / r.total.energy_j, 1e-6);
  assert_near(r.high_j / r.energy_j, r.total.high_j / r.total.energy_j, 1e-6);
  gm_meter_close(meter);
}

static void a_batch_outlasts_the_ticks_even_when_asked_to_be_short(void **state) {
  fake_machine *f = *state;
  gm_repetition r;
  gm_meter *meter = package_meter(f);
  gm_repetition_config config = gm_repetition_config_default();
  workload w = {.machine = f, .call_s = 0.001, .call_uj = 30000};
  config.batch_s = 0.01; /* 200 ticks of 1 ms ask for 0.2 s */
  config.latency_s = 0;
  config.batches = 5;
  assert_int_equal(gm_energy_repeat(meter, work, &w, &config, &r, NULL), GM_OK);
  assert_int_equal(r.calls_per_batch, 200);
  assert_int_equal(r.latency_calls, 1);
  gm_meter_close(meter);
}

/* Energy that alternates between batches: 1 J and 3 J per call. */
static gm_status alternate(void *context, gm_error *err) {
  workload *w = context;
  w->call_uj = (w->calls / 10) % 2 == 0 ? 1000000 : 3000000;
  return work(w, err);
}

static void spread_between_batches_gives_the_t_interval(void **state) {
  fake_machine *f = *state;
  gm_repetition r;
  gm_meter *meter = package_meter(f);
  gm_repetition_config config = gm_repetition_config_default();
  workload w = {.machine = f, .call_s = 0.1, .calls = -3};
  config.batch_s = 1;
  config.warm_up_calls = 1;
  config.max_latency_calls = 1; /* warm-up, one calibrating call, one timed: batches start at calls = 0 */
  config.batches = config.max_batches = 4;
  assert_int_equal(gm_energy_repeat(meter, alternate, &w, &config, &r, NULL), GM_OK);
  assert_int_equal(r.calls_per_batch, 10);
  assert_near(r.energy_j, 2, 1e-9); /* 1, 3, 1, 3 */
  assert_near(r.sd_j, sqrt(4.0 / 3), 1e-9);
  assert_near(r.min_j, 1, 1e-9);
  assert_near(r.repeat_high_j - r.energy_j, 3.182 * sqrt(4.0 / 3) / 2, 1e-9); /* t of 3 degrees of freedom */
  assert_true(r.low_j <= r.repeat_low_j && r.high_j >= r.repeat_high_j);
  gm_meter_close(meter);
}

/* 1 J and 3 J in turn: sd of K batches just above 1 J, so t · sd / √K ≤ 2 J · precision says when it is over.
 */
static void it_ends_once_the_mean_is_known_well_enough(void **state) {
  fake_machine *f = *state;
  gm_repetition r;
  gm_meter *meter = package_meter(f);
  gm_repetition_config config = gm_repetition_config_default();
  config.batch_s = 1;
  config.warm_up_calls = 1;
  config.max_latency_calls = 1;
  for (int i = 0; i < 3; i++) {
    workload w = {.machine = f, .call_s = 0.1, .calls = -3};
    config.precision = (const double[]){0.5, 0.25, 0.01}[i];
    config.max_batches = 30;
    assert_int_equal(gm_energy_repeat(meter, alternate, &w, &config, &r, NULL), GM_OK);
    const double half = (r.repeat_high_j - r.energy_j) / r.energy_j;
    if (i == 0)
      assert_true(r.batches == 8 && half <= 0.5); /* 2.365 · 1.069 / √8 = 0.894 of 2; 7: 0.989 of 1.857 */
    if (i == 1) assert_true(r.batches > 8 && r.batches < 30 && half <= 0.25);
    if (i == 2) assert_true(r.batches == 15 && half > 0.01); /* 30 would bring 0.19 */
  }
  gm_meter_close(meter);
}

static void the_latency_is_a_median_which_outliers_do_not_move(void **state) {
  fake_machine *f = *state;
  gm_repetition r;
  gm_meter *meter = package_meter(f);
  gm_repetition_config config = gm_repetition_config_default();
  workload w = {.machine = f, .call_s = 0.001, .call_uj = 1000, .slow_every = 5};
  config.latency_s = 10;
  config.max_latency_calls = 50;
  assert_int_equal(gm_energy_repeat(meter, work, &w, &config, &r, NULL), GM_OK);
  assert_near(r.latency_s, 0.001, 1e-9);
  assert_true(r.call_s > 0.005);
  gm_meter_close(meter);
}

static void a_failing_call_ends_it_with_its_own_status(void **state) {
  fake_machine *f = *state;
  gm_repetition r;
  gm_error err = {0};
  gm_meter *meter = package_meter(f);
  const gm_repetition_config config = gm_repetition_config_default();
  for (int fail_at = 1; fail_at < 100; fail_at += 31) {
    workload w = {.machine = f, .call_s = 0.01, .call_uj = 1, .fail_at = fail_at};
    assert_int_equal(gm_energy_repeat(meter, work, &w, &config, &r, &err), GM_INTERRUPTED);
    assert_int_equal(w.calls, fail_at);
  }
  gm_meter_close(meter);
}

static void bad_settings_are_named(void **state) {
  (void)state;
  gm_error err;
  gm_repetition_config c = gm_repetition_config_default();
  assert_int_equal(gm_repetition_config_check(&c, &err), GM_OK);
  c.batches = 1;
  assert_int_equal(gm_repetition_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "batches"));
  c = gm_repetition_config_default();
  c.batch_s = 0;
  assert_int_equal(gm_repetition_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "batch_s"));
  c = gm_repetition_config_default();
  c.max_batches = c.batches - 1;
  assert_int_equal(gm_repetition_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "max_batches"));
  c = gm_repetition_config_default();
  c.min_ticks = 0.5;
  assert_int_equal(gm_repetition_config_check(&c, &err), GM_OK);
  c.min_ticks = 0;
  assert_int_equal(gm_repetition_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "min_ticks"));
  c = gm_repetition_config_default();
  c.precision = NAN;
  assert_int_equal(gm_repetition_config_check(&c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "precision"));
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_MACHINE(a_constant_load_is_found_exactly),
      ON_MACHINE(a_batch_outlasts_the_ticks_even_when_asked_to_be_short),
      ON_MACHINE(spread_between_batches_gives_the_t_interval),
      ON_MACHINE(it_ends_once_the_mean_is_known_well_enough),
      ON_MACHINE(the_latency_is_a_median_which_outliers_do_not_move),
      ON_MACHINE(a_failing_call_ends_it_with_its_own_status),
      cmocka_unit_test(bad_settings_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
