/* SPDX-License-Identifier: MIT
 * What the edges of a run cost (docs/energy-model.md, Ticks and edges), on a counter of known period and
 * constant power: within 2 τ of the truth wherever the run starts, within τ when its start is aligned; and
 * waiting ends. */
#include "tests/fake_machine.h"

static const double power_w = 50;
static const double looks_per_reading = 4; /* two or three */

typedef struct {
  fake_machine *f;
  double step_s; /* the clock goes on by this at every look */
  double tick_s; /* of the counter; 0: it stands still */
  double ticks;  /* it has shown */
  int looks;
} machine;

static int64_t now_ns(void *context, clockid_t id) {
  machine *m = context;
  if (id == CLOCK_MONOTONIC) {
    m->looks++;
    fake_advance(m->f, m->step_s);
    const double ticks = m->tick_s > 0 ? floor((double)m->f->time_ns * 1e-9 / m->tick_s) : m->ticks;
    if (ticks != m->ticks)
      fake_energy(m->f, "intel-rapl:0", (uint64_t)llround(ticks * m->tick_s * power_w * 1e6));
    m->ticks = ticks;
  }
  return fake_now_ns(m->f, id);
}

/* A meter that has found the counter's tick. */
static gm_meter *open_on(machine *m, fake_machine *f, double step_s, double tick_s) {
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  *m = (machine){.f = f, .step_s = step_s, .tick_s = tick_s};
  config.clock = (gm_clock){.now_ns = now_ns, .context = m};
  config.tick_probe_s = 0.5;
  fake_zone_remove(f, "intel-rapl:0");
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  return meter;
}

/* Energy of the package beyond the truth between two readings, in J. */
static double excess_j(const gm_meter *meter, const gm_reading *a, const gm_reading *b) {
  gm_energy e;
  gm_meter_between(meter, a, b, NULL, &e);
  const double truth_j = power_w * (double)(b->time_ns - a->time_ns) * 1e-9;
  const double others_j = e.energy_j - e.component_j[GM_CPU];
  assert_true(e.low_j <= truth_j && truth_j <= e.high_j - others_j);
  return e.component_j[GM_CPU] - truth_j;
}

static void edges_cost_two_ticks_at_most_and_one_when_aligned(void **state) {
  const double ticks_s[] = {1e-3, 2e-2};
  for (size_t t = 0; t < sizeof ticks_s / sizeof *ticks_s; t++) {
    machine m;
    const double tick_s = ticks_s[t], step_s = tick_s / 50, reading_s = looks_per_reading * step_s;
    gm_meter *meter = open_on(&m, *state, step_s, tick_s);
    double worst_j[2] = {0, 0};
    for (int phase = 0; phase < 40; phase++) {
      for (int aligned = 0; aligned <= 1; aligned++) {
        gm_reading a, b;
        fake_advance(*state, tick_s * (1 + phase / 40.0));
        (aligned ? gm_meter_read_aligned : gm_meter_read)(meter, &a);
        fake_advance(*state, tick_s * (20 + (7 * phase % 40) / 40.0));
        gm_meter_read(meter, &b);
        worst_j[aligned] = fmax(worst_j[aligned], fabs(excess_j(meter, &a, &b)));
      }
    }
    assert_true(worst_j[0] <= 2 * tick_s * power_w);
    assert_true(worst_j[1] <= (tick_s + reading_s) * power_w);
    gm_meter_close(meter);
  }
}

static void an_aligned_start_is_at_an_edge_and_waits_one_tick_at_most(void **state) {
  machine m;
  const double tick_s = 5e-3, step_s = 5e-5, reading_s = looks_per_reading * step_s;
  fake_machine *f = *state;
  gm_meter *meter = open_on(&m, f, step_s, tick_s);
  for (int phase = 0; phase < 40; phase++) {
    gm_reading r;
    fake_advance(f, tick_s * (3 + phase / 40.0));
    const int64_t before_ns = f->time_ns;
    gm_meter_read_aligned(meter, &r);
    assert_true(fmod((double)r.time_ns * 1e-9, tick_s) <= reading_s);
    assert_true((double)(f->time_ns - before_ns) * 1e-9 <= tick_s + 2 * reading_s);
  }
  gm_meter_close(meter);
}

static void a_counter_that_stops_is_waited_for_two_ticks_only(void **state) {
  machine m;
  const double tick_s = 5e-3, step_s = 5e-5, reading_s = looks_per_reading * step_s;
  fake_machine *f = *state;
  gm_reading r;
  gm_meter *meter = open_on(&m, f, step_s, tick_s);
  const double found_s = gm_meter_zone(meter, 0)->tick_s;
  m.tick_s = 0;
  const int64_t before_ns = f->time_ns;
  gm_meter_read_aligned(meter, &r);
  const double waited_s = (double)(f->time_ns - before_ns) * 1e-9;
  assert_true(waited_s >= 2 * found_s && waited_s <= 2 * found_s + 2 * reading_s);
  gm_meter_close(meter);
}

/* A reading looks at the clock a fixed number of times; an aligned one that waits for nothing as often. */
static void assert_no_wait(machine *m, gm_meter *meter) {
  gm_reading r;
  const int before = m->looks;
  gm_meter_read(meter, &r);
  const int one = m->looks - before;
  gm_meter_read_aligned(meter, &r);
  assert_int_equal(m->looks - before, 2 * one);
  assert_true(r.n_zones > 0);
}

static void frozen_slow_and_unreadable_counters_are_not_waited_for(void **state) {
  machine m;
  gm_meter *meter = open_on(&m, *state, 1e-3, 0);
  assert_true(gm_meter_zone(meter, 0)->frozen);
  assert_no_wait(&m, meter);
  gm_meter_close(meter);
  meter = open_on(&m, *state, 1e-3, 0.4);
  assert_false(gm_meter_zone(meter, 0)->frozen);
  assert_no_wait(&m, meter);
  gm_meter_close(meter);
  meter = open_on(&m, *state, 2e-5, 1e-3);
  m.tick_s = 0;
  fake_zone_write(*state, "intel-rapl:0", "energy_uj", "");
  assert_no_wait(&m, meter);
  gm_meter_close(meter);
}

static void a_clock_that_stands_still_ends_the_wait(void **state) {
  fake_machine *f = *state;
  gm_reading r;
  fake_zone(f, "intel-rapl:0", "package-0", 1000, INTEL_RANGE_UJ);
  gm_meter *meter = fake_meter(f);
  gm_meter_read_aligned(meter, &r);
  assert_int_equal(r.time_ns, f->time_ns);
  gm_meter_close(meter);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_MACHINE(edges_cost_two_ticks_at_most_and_one_when_aligned),
      ON_MACHINE(an_aligned_start_is_at_an_edge_and_waits_one_tick_at_most),
      ON_MACHINE(a_counter_that_stops_is_waited_for_two_ticks_only),
      ON_MACHINE(frozen_slow_and_unreadable_counters_are_not_waited_for),
      ON_MACHINE(a_clock_that_stands_still_ends_the_wait),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
