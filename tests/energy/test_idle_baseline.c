/* SPDX-License-Identifier: MIT
 * Idle power: measured on a machine of known power, combined from two windows, kept and found again.
 * Waiting turns the machine's clock. */
#include "energy/record/idle_baseline.h"
#include "tests/fake_machine.h"

static const double exact = 1e-9; /* W; energies are whole µJ */

typedef struct {
  fake_machine *f;
  double power_w, swing_w; /* of the package: power_w ± swing_w, turn by turn */
  double busy;             /* of the four CPUs */
  int seconds, give_up_after;
  uint64_t energy_uj;
  double busy_s;
} idle_machine;

static bool wait_s(void *context, double seconds) {
  idle_machine *m = context;
  if (m->give_up_after > 0 && m->seconds == m->give_up_after) return false;
  const double power_w = m->power_w + (m->seconds % 2 == 0 ? m->swing_w : -m->swing_w);
  m->seconds++;
  m->energy_uj += (uint64_t)llround(power_w * seconds * 1e6);
  m->busy_s += 4 * m->busy * seconds;
  fake_advance(m->f, seconds);
  fake_energy(m->f, "intel-rapl:0", m->energy_uj);
  fake_stat(m->f, 4, 100 + m->busy_s);
  return true;
}

static gm_meter *open_meter(idle_machine *m, void **state) {
  m->f = *state;
  fake_zone(m->f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  return fake_meter(m->f);
}

static gm_idle_baseline measure(idle_machine *m, gm_meter *meter, int seconds) {
  gm_idle_baseline b;
  gm_error err = {0};
  assert_int_equal(gm_idle_baseline_measure(meter, seconds, wait_s, m, &b, &err), GM_OK);
  return b;
}

/* ---- measuring -------------------------------------------------------------- */

static void mean_and_spread_are_those_of_single_seconds(void **state) {
  idle_machine m = {.power_w = 12, .swing_w = 3, .busy = 0.02};
  gm_meter *meter = open_meter(&m, state);
  const gm_idle_baseline b = measure(&m, meter, 10);
  assert_near(b.power.power_w[GM_CPU], 12, exact);
  assert_near(b.power.sd_w[GM_CPU], sqrt(10 * 9.0 / 9), exact); /* ten times 3² off the mean, over n − 1 */
  assert_near(b.power.power_w[GM_RAM], 16 * (0.136 * (1 - 0.02) + 0.251 * 0.02), 1e-6);
  assert_true(isnan(b.power.power_w[GM_GPU]) && isnan(b.drift));
  assert_false(gm_idle_baseline_is_drifting(&b));
  assert_near(b.utilisation, 0.02, exact);
  assert_near(b.seconds, 10, exact);
  gm_meter_close(meter);
}

static void a_busy_machine_gives_no_baseline(void **state) {
  gm_idle_baseline b;
  gm_error err = {0};
  idle_machine m = {.power_w = 12, .busy = 0.05};
  gm_meter *meter = open_meter(&m, state);
  (void)measure(&m, meter, 4); /* 5 % is still idle */
  m.busy = 0.06;
  assert_int_equal(gm_idle_baseline_measure(meter, 4, wait_s, &m, &b, &err), GM_FAILED);
  assert_string_equal(err.message,
                      "the machine is busy (6.0 % of its CPU time, at most 5 % is idle): no idle baseline");
  gm_meter_close(meter);
}

static void too_short_or_interrupted_is_said(void **state) {
  gm_idle_baseline b;
  gm_error err = {0};
  idle_machine m = {.power_w = 12, .give_up_after = 3};
  gm_meter *meter = open_meter(&m, state);
  assert_int_equal(gm_idle_baseline_measure(meter, 1, wait_s, &m, &b, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "at least 2 seconds, got 1"));
  assert_int_equal(gm_idle_baseline_measure(meter, 5, wait_s, &m, &b, &err), GM_INTERRUPTED);
  gm_meter_close(meter);
}

/* ---- windows around a run ----------------------------------------------------- */

static void the_run_between_two_windows_is_above_their_mean(void **state) {
  gm_reading start, stop;
  gm_energy e;
  idle_machine m = {.power_w = 10};
  gm_meter *meter = open_meter(&m, state);
  const gm_idle_baseline before = measure(&m, meter, 5);
  m.power_w = 60, m.busy = 0.5;
  gm_meter_read(meter, &start);
  (void)wait_s(&m, 20);
  gm_meter_read(meter, &stop);
  m.power_w = 10.8, m.busy = 0;
  const gm_idle_baseline after = measure(&m, meter, 5);
  const gm_idle_baseline around = gm_idle_baseline_around(&before, &after);
  assert_near(around.power.power_w[GM_CPU], 10.4, exact);
  assert_near(around.power.sd_w[GM_CPU], 0.4,
              exact); /* neither window swings: half of what lies between them */
  assert_near(around.seconds, 10, exact);
  assert_near(around.drift, 0.8 / 10.4, exact);
  assert_false(gm_idle_baseline_is_drifting(&around));
  gm_meter_set_idle(meter, &around.power);
  gm_meter_between(meter, &start, &stop, NULL, &e);
  /* half busy, the modelled RAM is half way from 0.136 to 0.251 W per GiB */
  assert_near(e.above_idle_j, (60 - 10.4) * 20 + 16 * (0.251 - 0.136) * 10, 1e-6);
  gm_meter_close(meter);
}

static void windows_more_than_a_tenth_apart_are_drifting(void **state) {
  idle_machine m = {.power_w = 10};
  gm_meter *meter = open_meter(&m, state);
  const gm_idle_baseline before = measure(&m, meter, 5);
  m.power_w = 11; /* 1 of 10.5: 9.5 % */
  const gm_idle_baseline near = measure(&m, meter, 5);
  m.power_w = 11.2; /* 1.2 of 10.6: 11.3 % */
  const gm_idle_baseline far = measure(&m, meter, 5);
  gm_idle_baseline around = gm_idle_baseline_around(&before, &near);
  assert_false(gm_idle_baseline_is_drifting(&around));
  around = gm_idle_baseline_around(&before, &far);
  assert_true(gm_idle_baseline_is_drifting(&around));
  around = gm_idle_baseline_around(&far, &before); /* either way round */
  assert_true(gm_idle_baseline_is_drifting(&around));
  gm_meter_close(meter);
}

/* ---- keeping ---------------------------------------------------------------------- */

enum { day_s = 24 * 3600 };

/* Whether the baseline in the machine's directory is found `age_s` after it was measured. */
static bool is_found(fake_machine *f, const gm_meter *meter, const gm_idle_baseline *kept, time_t age_s,
                     char *why, gm_idle_baseline *found) {
  char directory[FAKE_PATH];
  bool is;
  gm_error err = {0};
  why[0] = '\0';
  fake_print(directory, "%s/cache", f->root);
  assert_int_equal(
      gm_idle_baseline_load(directory, meter, kept->measured_at + age_s, found, &is, why, 256, &err), GM_OK);
  assert_true(is || why[0] != '\0');
  return is;
}

static gm_idle_baseline keep(fake_machine *f, const gm_idle_baseline *b) {
  char directory[FAKE_PATH];
  fake_print(directory, "%s/cache", f->root);
  assert_int_equal(gm_idle_baseline_save(directory, b, NULL), GM_OK);
  return *b;
}

static void what_was_kept_is_found_for_a_day(void **state) {
  char why[256];
  gm_idle_baseline found;
  idle_machine m = {.power_w = 12.25, .swing_w = 0.5, .busy = 0.01};
  gm_meter *meter = open_meter(&m, state);
  const gm_idle_baseline measured = measure(&m, meter, 4);
  assert_false(is_found(m.f, meter, &measured, 0, why, &found));
  assert_non_null(strstr(why, "no idle baseline"));
  const gm_idle_baseline b = keep(m.f, &measured);
  assert_true(is_found(m.f, meter, &b, 0, why, &found));
  assert_true(found.power.power_w[GM_CPU] == b.power.power_w[GM_CPU]); /* to the last bit */
  assert_true(found.power.sd_w[GM_CPU] == b.power.sd_w[GM_CPU] && found.utilisation == b.utilisation);
  assert_true(isnan(found.power.power_w[GM_GPU]) && isnan(found.drift));
  assert_int_equal(found.measured_at, b.measured_at);
  assert_true(is_found(m.f, meter, &b, day_s, why, &found));
  assert_false(is_found(m.f, meter, &b, day_s + 1, why, &found));
  assert_non_null(strstr(why, "more than 24"));
  assert_false(is_found(m.f, meter, &b, -1, why, &found)); /* a clock that was put back */
  gm_meter_close(meter);
}

/* The same machine with something changed: the baseline must not be found. */
static void assert_other(fake_machine *f, const gm_idle_baseline *b) {
  char why[256];
  gm_idle_baseline found;
  gm_meter *meter = fake_meter(f);
  assert_false(is_found(f, meter, b, 0, why, &found));
  gm_meter_close(meter);
}

static void another_host_boot_or_set_of_sources_has_another(void **state) {
  static const char boot[] = "proc/sys/kernel/random/boot_id", host[] = "proc/sys/kernel/hostname";
  char why[256];
  gm_idle_baseline found;
  idle_machine m = {.power_w = 12};
  fake_machine *f = *state;
  fake_write(f, host, "node-1\n");
  gm_meter *meter = open_meter(&m, state);
  const gm_idle_baseline measured = measure(&m, meter, 4), b = keep(f, &measured);
  assert_string_equal(b.host, "node-1");
  gm_meter_close(meter);
  fake_write(f, host, "node-2\n"); /* one home directory, many machines */
  assert_other(f, &b);
  fake_write(f, host, "node-1\n");
  fake_write(f, boot, "0b6e7a4c-0000-4000-8000-000000000002\n");
  assert_other(f, &b);
  fake_write(f, boot, "0b6e7a4c-0000-4000-8000-000000000001\n");
  fake_zone(f, "intel-rapl:0:0", "dram", 0, INTEL_RANGE_UJ);
  assert_other(f, &b);
  fake_zone_remove(f, "intel-rapl:0:0");
  meter = fake_meter(f);
  assert_true(is_found(f, meter, &b, 0, why, &found)); /* nothing else had changed */
  gm_meter_close(meter);
}

static void a_file_that_is_something_else_is_refused(void **state) {
  char why[256], path[FAKE_PATH], command[2 * FAKE_PATH];
  bool is;
  gm_error err = {0};
  gm_idle_baseline found;
  idle_machine m = {.power_w = 12};
  gm_meter *meter = open_meter(&m, state);
  const gm_idle_baseline measured = measure(&m, meter, 4), b = keep(m.f, &measured);
  fake_print(path, "%s/cache", m.f->root);
  snprintf(command, sizeof command, "for f in %s/idle-*.json; do echo '{' > $f; done", path);
  assert_int_equal(system(command), 0);
  assert_int_equal(gm_idle_baseline_load(path, meter, b.measured_at, &found, &is, why, sizeof why, &err),
                   GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "idle-"));
  snprintf(command, sizeof command, "for f in %s/idle-*.json; do echo '{\"schema\": \"other\"}' > $f; done",
           path);
  assert_int_equal(system(command), 0);
  assert_false(is_found(m.f, meter, &b, 0, why, &found));
  gm_meter_close(meter);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_MACHINE(mean_and_spread_are_those_of_single_seconds),
      ON_MACHINE(a_busy_machine_gives_no_baseline),
      ON_MACHINE(too_short_or_interrupted_is_said),
      ON_MACHINE(the_run_between_two_windows_is_above_their_mean),
      ON_MACHINE(windows_more_than_a_tenth_apart_are_drifting),
      ON_MACHINE(what_was_kept_is_found_for_a_day),
      ON_MACHINE(another_host_boot_or_set_of_sources_has_another),
      ON_MACHINE(a_file_that_is_something_else_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
