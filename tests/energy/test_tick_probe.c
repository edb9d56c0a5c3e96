/* SPDX-License-Identifier: MIT
 * Ticks of counters, found by watching: the clock moves with every look at it, and the counter's
 * file with the clock, in steps of a known period. */
#include "tests/fake_machine.h"

typedef struct {
  fake_machine *f;
  double step_s, tick_s; /* of the clock at each look; of the counter, 0 = it stands still */
} machine;

static int64_t now_ns(void *context, clockid_t id) {
  machine *m = context;
  if (id == CLOCK_MONOTONIC) {
    fake_advance(m->f, m->step_s);
    if (m->tick_s > 0)
      fake_energy(m->f, "intel-rapl:0", (uint64_t)((double)m->f->time_ns * 1e-9 / m->tick_s) * 1000);
  }
  return fake_now_ns(m->f, id);
}

static gm_zone probe(fake_machine *f, double step_s, double tick_s, double limit_s) {
  machine m = {.f = f, .step_s = step_s, .tick_s = tick_s};
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  config.clock = (gm_clock){.now_ns = now_ns, .context = &m};
  config.tick_probe_s = limit_s;
  fake_zone_remove(f, "intel-rapl:0");
  fake_zone(f, "intel-rapl:0", "package-0", 1000, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  const gm_zone zone = *gm_meter_zone(meter, 0);
  gm_meter_close(meter);
  return zone;
}

static void a_tick_is_found_to_within_a_look(void **state) {
  const double step_s = 2e-5; /* the clock is looked at three times per reading */
  const double ticks_s[] = {1e-3, 1e-2, 5e-2};
  for (size_t i = 0; i < sizeof ticks_s / sizeof *ticks_s; i++) {
    const gm_zone zone = probe(*state, step_s, ticks_s[i], 0.5);
    assert_near(zone.tick_s, ticks_s[i], 8 * step_s);
    assert_false(zone.frozen);
  }
}

static void a_counter_that_stands_still_is_frozen(void **state) {
  const gm_zone zone = probe(*state, 1e-3, 0, 0.5);
  assert_true(zone.frozen);
  assert_true(zone.tick_s >= 0.5);
}

static void one_change_only_gives_a_tick_as_long_as_the_watch(void **state) {
  const gm_zone zone = probe(*state, 1e-3, 0.8, 0.9);
  assert_false(zone.frozen);
  assert_true(zone.tick_s >= 0.7);
}

static void a_clock_that_stands_still_ends_the_probe(void **state) {
  const gm_zone zone = probe(*state, 0, 0, 0.5);
  assert_false(zone.frozen); /* nothing can be said */
}

static void a_frozen_counter_is_said_and_counted_again_once_it_moves(void **state) {
  fake_machine *f = *state;
  machine m = {.f = f, .step_s = 1e-3};
  gm_meter *meter;
  gm_reading a, b, c;
  gm_energy e;
  gm_meter_config config = fake_config(f);
  config.clock = (gm_clock){.now_ns = now_ns, .context = &m};
  config.tick_probe_s = 0.5;
  fake_zone(f, "intel-rapl:0", "package-0", 1000, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_advance(f, 5);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_false(e.measured);
  assert_true(fake_has(e.reasons, GM_FROZEN));
  fake_energy(f, "intel-rapl:0", 50001000);
  fake_advance(f, 5);
  gm_meter_read(meter, &c);
  gm_meter_between(meter, &b, &c, NULL, &e);
  assert_true(e.measured);
  assert_near(e.component_j[GM_CPU], 50, 1e-9);
  gm_meter_close(meter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_tick_is_found_to_within_a_look, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_counter_that_stands_still_is_frozen, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(one_change_only_gives_a_tick_as_long_as_the_watch, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(a_clock_that_stands_still_ends_the_probe, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_frozen_counter_is_said_and_counted_again_once_it_moves, fake_setup,
                                      fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
